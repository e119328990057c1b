/** Configurations of TypeScript that take in every file below the root: new folders are compiled with the project, whoever made them. */
import type { Fact, WholeTypescript } from '../../model.ts';
import { record } from './json.ts';
import type { Package } from './package.ts';
import { at, fact } from './repo.ts';
import { glob, readTsconfig, type Tsconfig } from './tsconfig.ts';

/** What a setup of ours excludes does not count: the project would take it in without us. */
const OURS = new Set(['infrastructure/cdktf', 'telemetry']);
/** Stands for all files of a new folder. */
const NEW_FILE = 'infrastructure/cdktf/main.ts';

/** The configurations that compile or check the project, not those that others only begin with. Sorted. */
export function detectWholeTypescript(root: Package | null): readonly Fact<WholeTypescript>[] {
  if (root === null) return [];
  const all = root.files.filter((file) => /^tsconfig(?:\.[\w-]+)*\.json$/.test(file));
  const scripts = Object.values(root.scripts).join('\n');
  const programs = all.filter(
    (file) => file === 'tsconfig.json' || file === 'tsconfig.build.json' || scripts.includes(file),
  );
  const known = all.flatMap((file) => readTsconfig(root, file) ?? []);
  const outputs = known.flatMap(({ outDir }) => (outDir === null || outDir === '.' ? [] : [outDir]));
  const defaults = [...new Set(['node_modules', ...outputs.sort()])];
  return programs.flatMap((file) => {
    const config = readTsconfig(root, file);
    const path = root.at(file);
    if (config === null || path === null || !takesIn(config)) return [];
    return inherits(root, file) ? [] : [fact({ path, defaults }, at(path))];
  });
}

function takesIn({ include, exclude, files }: Tsconfig): boolean {
  if (include === null && files !== null) return false;
  const left = (exclude ?? []).filter((pattern) => !OURS.has(pattern));
  const matches = (pattern: string): boolean => glob(pattern).test(NEW_FILE);
  return (include ?? ['**/*']).some(matches) && !left.some(matches);
}

/** True where the list of `tsconfig.json`, which takes in everything too, is the one that holds. */
function inherits(root: Package, file: string): boolean {
  const base = readTsconfig(root, 'tsconfig.json');
  if (base === null || !takesIn(base)) return false;
  const json = record(root.repo.json(root.at(file) ?? '')?.value);
  const parents = [json.extends].flat().filter((parent) => typeof parent === 'string');
  return json.exclude === undefined && parents.some((parent) => /^(?:\.\/)?tsconfig\.json$/.test(parent));
}
