/** What the steps are opened with, for who uses the package: the project, our generators, and more of the caller's own. */
import type { Templates } from '../core/render/render.ts';
import type { Generator, Pins } from '../define.ts';
import { catalog } from '../generated/catalog.ts';
import { pins as known, generators as ours, portsOf } from './ports.ts';
import { linkTemplates } from './templates.ts';
import type { CompiledTemplates, Ports, Project } from './types.ts';

export type PortOptions = Readonly<{
  /** More generators, behind ours; they are chosen by their id like ours. */
  generators?: readonly Generator[];
  /** Their templates, by name (`my-thing/docs/x.md.ejs`), as `compileTemplates` makes them. */
  templates?: CompiledTemplates;
}>;

/** The generators that come with this package, in the order in which they run. */
export const generators: readonly Generator[] = ours;

/** The pins of this release: images, actions and tools, each at the version that it was tried with. */
export const pins: Pins = known;

/** The ports of a project for the steps of this package. */
export function openPorts(project: Project, options: PortOptions = {}): Ports {
  const templates = (options.templates ?? null) as unknown as Templates | null;
  return portsOf(project, options.generators ?? [], templates) as unknown as Ports;
}

/**
 * Templates for generators that are no files of a project. `sources`: name (`my-thing/docs/x.md.ejs`) → EJS text.
 * @throws SetupError GENERATOR with every template that cannot be compiled: name, line and why
 */
export async function compileTemplates(sources: Readonly<Record<string, string>>): Promise<CompiledTemplates> {
  const standards = new Set(catalog.map(({ id }) => id));
  return (await linkTemplates(
    new Map(Object.entries(sources)),
    'templates',
    standards,
  )) as unknown as CompiledTemplates;
}
