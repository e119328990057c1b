/** Everything that the steps need from outside, in one object: a project on the disk, and what this package brings with it. */
import { generators as ours } from '../../generators/index.ts';
import { pinsFrom } from '../core/pins.ts';
import type { Templates } from '../core/render/render.ts';
import type { Generator, Pins } from '../define.ts';
import { catalog } from '../generated/catalog.ts';
import * as pinData from '../generated/pins.ts';
import { templates } from '../generated/templates.ts';
import type { Ports } from '../pipeline.ts';
import { TOOL } from '../tool.ts';
import type { Project } from './types.ts';

/** The generators that come with this package, in the order in which they run. */
export { ours as generators };

/** The pins of this release: images, actions and tools, each at the version that it was tried with. */
export const pins: Pins = pinsFrom(pinData);

/** The ports of a project. `more` are generators behind ours, `theirs` their templates. */
export function portsOf(
  { files, git }: Project,
  more: readonly Generator[] = [],
  theirs: Templates | null = null,
): Ports {
  return {
    files,
    git,
    templates: theirs ? { ...templates, ...theirs } : templates,
    pins,
    catalog,
    generators: [...ours, ...more],
    tool: TOOL,
  };
}
