/** One generator of a project on a sample: what its test looks at. */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOCAL_FOLDER } from '../core/local/failure.ts';
import type { Generator } from '../define.ts';
import { SetupError } from '../errors.ts';
import { answer, EMPTY_REQUEST, inspect, makeSetup, requireAnswers } from '../pipeline.ts';
import { findLocal, loadLocal, withNames } from './local.ts';
import { type MemoryFiles, memoryProject } from './memory.ts';
import { portsOf } from './ports.ts';

/** A `URL`. */
export type Address = Readonly<{ href: string }>;

export type Sample = Readonly<{
  /** The project that it writes for: path → text, or data that is written as JSON. It needs a package.json with something to set up. */
  project: MemoryFiles;
  /** Answers, by the full id of the question (`'my-thing.level': 3`). */
  set?: Readonly<Record<string, unknown>>;
}>;

/**
 * The files that a generator makes, path → text, sorted by path; those of generators that it needs are not among them. `file` is the module
 * (`new URL('../generators/my-thing.mjs', import.meta.url)`); its templates are read from beside it. The module is run: whoever calls this
 * has agreed to that.
 * @throws SetupError with everything that is wrong, as `plan` would say it; GENERATOR with the reason where it does not apply to the sample
 */
export async function renderGenerator(
  file: string | Address,
  sample: Sample,
): Promise<Readonly<Record<string, string>>> {
  const path = typeof file === 'string' ? file : fileURLToPath(file.href);
  const root = dirname(dirname(dirname(path)));
  const id = basename(path).replace(/\.(mjs|ts)$/, '');
  const ports = portsOf(memoryProject(sample.project));
  const names = findLocal(root, ports.generators);
  if (names.clashes.length > 0) throw new SetupError(names.clashes);
  const name = names.found.find((found) => join(root, found.file) === path);
  if (!name) throw notThere(path, `${LOCAL_FOLDER}/${basename(path)}`);
  const known = withNames(ports, names);
  let loaded = known;
  let chosen: ReadonlySet<string> = new Set([id]);
  for (let before = -1; before < chosen.size; chosen = closure(loaded.generators, chosen)) {
    before = chosen.size;
    const missing = names.found.filter((found) => chosen.has(found.id));
    loaded = await loadLocal(root, known, missing, async () => undefined);
  }
  const inspection = inspect(loaded);
  const flags = new Map(Object.entries({ generators: [...chosen], ...sample.set }));
  const resolution = answer(inspection, { ...EMPTY_REQUEST, flags });
  requireAnswers(inspection, resolution);
  const { generated } = makeSetup(loaded, inspection, resolution);
  const left = generated.left.find(({ generator }) => generator === id);
  if (left) {
    throw new SetupError({
      code: 'GENERATOR',
      place: name.file,
      message: `it does not apply to the sample: ${left.reason}.`,
      hint: 'Give a sample that it applies to.',
    });
  }
  const files = generated.files.filter(({ generator }) => generator === id);
  return Object.fromEntries(files.map(({ path: written, text }) => [written, text]));
}

/** With everything that it needs, and that those need. */
function closure(generators: readonly Generator[], ids: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...ids, ...generators.filter(({ id }) => ids.has(id)).flatMap(({ needs }) => needs)]);
}

function notThere(path: string, expected: string): SetupError {
  return new SetupError({
    code: 'GENERATOR',
    place: path,
    message: 'there is no such generator.',
    hint: `Give the address of a file ${expected} (or another .mjs or .ts there), below the root of the project.`,
  });
}
