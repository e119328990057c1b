/** What the generators really emit for a System, as input of the checks. */
import { generators } from '../../../generators/index.ts';
import { pinsFrom } from '../../../src/core/pins.ts';
import { renderFile } from '../../../src/core/render/render.ts';
import * as pinData from '../../../src/generated/pins.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { RenderedFile, System } from '../../../src/model.ts';
import type { Artifact, CheckRequest } from '../../../src/standards/index.ts';

const pins = pinsFrom(pinData);

const known = new WeakMap<System, readonly RenderedFile[]>();

export function rendered(system: System): readonly RenderedFile[] {
  const files = known.get(system) ?? render(system);
  known.set(system, files);
  return files;
}

function render(system: System): readonly RenderedFile[] {
  return generators
    .filter(({ id, applies }) => system.generators.includes(id) && applies(system) === true)
    .flatMap((generator) =>
      generator
        .files({ system, answers: system.options[generator.id] ?? {}, outputs: {}, pins })
        .map((spec) => renderFile(templates, generator.id, spec)),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Path → text. */
export function treeOf(files: readonly RenderedFile[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, text }) => [path, text]));
}

/** The project has what its System says: lock files and version files. `origins` makes files edited or foreign. */
export function requestOf(
  system: System,
  tree: ReadonlyMap<string, string>,
  origins: Readonly<Record<string, Artifact['origin']>> = {},
): CheckRequest {
  const there = new Set(
    system.services.flatMap(({ packageManager, runtime }) => [packageManager.lockFile, runtime.versionFile]),
  );
  return {
    system,
    artifacts: [...tree].map(([path, text]) => ({
      path,
      text,
      origin: origins[path] ?? 'generated',
      ownership: 'own',
    })),
    exists: (path) => there.has(path),
    expected: rendered(system).map(({ path }) => path),
  };
}
