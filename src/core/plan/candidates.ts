/** Which files may be one that is missing, nearest first, without reading any: same kind, about the same size. */
import type { ProjectFiles } from '../../model.ts';

/** `place`: where it was last; `base`: what we last wrote, null when that is not known. */
export type Missing = Readonly<{ path: string; place: string; hash: string; base: string | null }>;

/** Candidates with the same name, and with another one, that are looked at for one file. */
const SAME_NAME = 30;
const OTHER_NAME = 60;
/** Paths with the same name that are compared for one file, those that end alike for the longest. */
const LOOKED_AT = 100;
/** More pairs than this are not compared by name: a folder was moved then, and its files kept their names. */
const PAIRS = 100_000;
/** A text of which 0.6 of the lines are the same is rarely more than so much larger or smaller. */
const LARGER = 2.5;

/** What it costs grows with the number of files, not with the number of pairs, however many are missing. */
export function candidates(
  free: readonly string[],
  missing: readonly Missing[],
  files: ProjectFiles,
): (one: Missing) => readonly string[] {
  const names = new Set(missing.flatMap(({ path, place }) => [nameOf(path), nameOf(place)]));
  const kinds = new Set(missing.map(({ path }) => kindOf(path)));
  const byEnd = new Map<string, string[]>();
  const byKind = new Map<string, string[]>();
  for (const path of free) {
    if (names.has(nameOf(path))) for (const end of endsOf(path)) add(byEnd, end, path);
    const kind = kindOf(path);
    if (kinds.has(kind)) add(byKind, kind, path);
  }
  const fits = sizeFilter(files);
  return (one) => {
    const alike = byKind.get(kindOf(one.path)) ?? [];
    const same = sameName(one, byEnd, fits);
    if (alike.length * missing.length > PAIRS) return same;
    const others = alike.filter((path) => !same.includes(path) && fits(one, path));
    return [...same, ...nearest(one, others).slice(0, OTHER_NAME)];
  };
}

/** Those whose paths end alike for the longest come first; the whole path is the place where the generator puts it. */
function sameName(
  one: Missing,
  byEnd: ReadonlyMap<string, readonly string[]>,
  fits: (one: Missing, path: string) => boolean,
): readonly string[] {
  const seen = new Set<string>();
  for (const end of [...endsOf(one.place), ...endsOf(one.path)])
    for (const path of byEnd.get(end) ?? []) if (seen.size < LOOKED_AT) seen.add(path);
  const picked = [...seen].filter((path) => kindOf(path) === kindOf(one.path) && fits(one, path));
  return nearest(one, picked).slice(0, SAME_NAME);
}

/** `a/b/c`, `b/c`, `c`. */
function endsOf(path: string): readonly string[] {
  const ends = [path];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) ends.push(path.slice(at + 1));
  return ends;
}

function sizeFilter(files: ProjectFiles): (one: Missing, path: string) => boolean {
  const sizes = new Map<string, number | null>();
  return (one, path) => {
    if (one.base === null || files.size === undefined) return true;
    if (!sizes.has(path)) sizes.set(path, files.size(path));
    const size = sizes.get(path) ?? null;
    const length = Buffer.byteLength(one.base);
    return size === null || (size <= length * LARGER + 100 && size * LARGER + 100 >= length);
  };
}

/** How much two paths have in common: the parts at their ends count before those at their beginnings. */
export function nearness(a: string, b: string): number {
  const one = a.split('/');
  const other = b.split('/');
  const most = Math.min(one.length, other.length);
  let tail = 0;
  while (tail < most && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  let head = 0;
  while (head < most - tail && one[head] === other[head]) head += 1;
  return tail * 100 + Math.min(head, 99);
}

function nearest(one: Missing, paths: readonly string[]): readonly string[] {
  return paths
    .map((path) => ({ path, near: nearness(one.path, path) }))
    .sort((a, b) => b.near - a.near || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
}

/** The extension; the whole name where there is none. */
function kindOf(path: string): string {
  const name = nameOf(path).toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : name;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function add(map: Map<string, string[]>, key: string, path: string): void {
  const paths = map.get(key);
  if (paths === undefined) map.set(key, [path]);
  else paths.push(path);
}
