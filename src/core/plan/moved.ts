/**
 * Finds files of ours that a person moved or renamed: the exact text first, then likeness. It costs nothing while everything is where it
 * belongs, and a few hundred reads when something is missing.
 */
import { SetupError } from '../../errors.ts';
import type { Lock, LockEntry, ProjectFiles } from '../../model.ts';
import { basePath, HOME, hashesOf, matches, placeOf } from '../lock.ts';
import { toLf } from '../text-style.ts';
import { candidates, type Missing, nearness } from './candidates.ts';
import { copies } from './copies.ts';
import { type Lines, likeness, linesOf } from './likeness.ts';

/** Part of the lines that two texts have to share to be one file. */
const LIKENESS = 0.6;
/** The best likeness has to be better than the second by so much, or the file is not followed. */
const MARGIN = 0.1;
/** A text with fewer lines is too common to be known again under another name, or when it was edited. */
const TELLING_LINES = 5;
/** Files that are read at most, beside two for each that is missing. */
const READS = 300;

type Find = Readonly<{ missing: Missing; place: string; exact: boolean; score: number; near: number }>;

/**
 * The lock with `at` where files are now. A file that is where its generator puts it has none. What cannot be found without doubt stays as it
 * is: then it counts as deleted. `unmanaged`: paths that are left to the user, and are never taken for ours.
 */
export function locate(lock: Lock, files: ProjectFiles, unmanaged: ReadonlySet<string> = new Set()): Lock {
  const missing = missingOf(lock, files);
  if (missing.length === 0) return lock;
  const gone = new Set(missing.map(({ path }) => path));
  const taken = new Set([
    ...unmanaged,
    ...Object.entries(lock.files).flatMap(([path, entry]) => (gone.has(path) ? [] : [placeOf(path, entry)])),
  ]);
  const free = files.list().filter((path) => !taken.has(path) && !path.startsWith(`${HOME}/`));
  const look = reader(files, READS + 2 * missing.length);
  const choose = candidates(free, missing, files);
  const isCopy = copies(lock, files, gone);
  const finds = missing
    .flatMap((one) => find(one, choose(one), look))
    .filter(({ missing: { path }, place, exact, score }) => {
      const file = exact ? null : look(place);
      return file === null || !isCopy(path, place, file.lines(), score);
    });
  const places = assign(finds);
  if (places.size === 0) return lock;
  const entries = Object.entries(lock.files).map(([path, entry]): [string, LockEntry] => {
    const place = places.get(path);
    if (place === undefined) return [path, entry];
    const { at: _, ...rest } = entry;
    return [path, place === path ? rest : { ...rest, at: place }];
  });
  return { ...lock, files: Object.fromEntries(entries) };
}

/** Files of our own that are not where they are said to be. Only those are followed: what is the user's is theirs to move. */
function missingOf(lock: Lock, files: ProjectFiles): readonly Missing[] {
  const there = new Set(files.list());
  return Object.entries(lock.files)
    .filter(([path, entry]) => {
      const place = placeOf(path, entry);
      return (
        entry.ownership === 'own' && !there.has(place) && !files.exists(place) && !(files.linked?.(place) ?? false)
      );
    })
    .map(([path, entry]) => {
      const stored = files.read(basePath(path));
      const base = stored !== null && matches(stored, entry.hash) ? toLf(stored) : null;
      return { path, place: placeOf(path, entry), hash: entry.hash, base };
    });
}

type Candidate = Readonly<{ is: (hash: string) => boolean; lines: () => Lines }>;

/** Candidates, each read once; null when it is no text, or when too many have been read. */
function reader(files: ProjectFiles, most: number): (path: string) => Candidate | null {
  const known = new Map<string, Candidate | null>();
  return (path) => {
    const seen = known.get(path);
    if (seen !== undefined) return seen;
    if (known.size >= most) return null;
    const text = readText(files, path);
    const candidate = text === null ? null : candidateOf(text);
    known.set(path, candidate);
    return candidate;
  };
}

function candidateOf(text: string): Candidate {
  const hashes = hashesOf(text);
  let lines: Lines | null = null;
  return {
    is: (hash) => hashes.includes(hash),
    lines: () => {
      lines ??= linesOf(text);
      return lines;
    },
  };
}

function readText(files: ProjectFiles, path: string): string | null {
  if (files.linked?.(path) ?? false) return null;
  try {
    return files.read(path, true);
  } catch (error) {
    if (error instanceof SetupError) return null; // no text, or too large: none of ours
    throw error;
  }
}

/** Where a missing file may be: the one place that is better than every other, if there is one. Lines are compared when no text is the same. */
function find(missing: Missing, places: readonly string[], look: ReturnType<typeof reader>): readonly Find[] {
  const base = missing.base === null ? null : linesOf(missing.base);
  const telling = base !== null && base.distinct >= TELLING_LINES ? base : null;
  const read = places.flatMap((place) => {
    const file = look(place);
    return file === null ? [] : [{ place, file, near: nearness(missing.path, place) }];
  });
  const same = read.filter(
    ({ place, file }) => (telling !== null || nameOf(place) === nameOf(missing.place)) && file.is(missing.hash),
  );
  if (same.length > 0) return clear(same.map(({ place, near }) => ({ missing, place, exact: true, score: 1, near })));
  if (telling === null) return [];
  const alike = read.map(({ place, file, near }) => ({
    missing,
    place,
    exact: false,
    score: likeness(telling, file.lines()),
    near,
  }));
  return clear(alike.filter(({ score }) => score >= LIKENESS));
}

/** The best. Where several are about as good, the one whose name is nearest; none where that is not one. */
function clear(found: readonly Find[]): readonly Find[] {
  const top = Math.max(...found.map(({ score }) => score));
  const good = found.filter(({ score }) => score > top - MARGIN);
  const near = Math.max(...good.map((one) => one.near));
  const best = good.filter((one) => one.near === near);
  return best.length === 1 ? best : [];
}

/** One place, one file: where two want it the better one has it, and neither where both are as good. */
function assign(finds: readonly Find[]): ReadonlyMap<string, string> {
  const wanted = new Map<string, Find[]>();
  for (const one of finds) wanted.set(one.place, [...(wanted.get(one.place) ?? []), one]);
  return new Map(
    [...wanted].flatMap(([place, all]): [string, string][] => {
      const [best, second] = all.sort(
        (a, b) => Number(b.exact) - Number(a.exact) || b.score - a.score || b.near - a.near,
      );
      if (best === undefined) return [];
      const isTie =
        second !== undefined && second.exact === best.exact && second.score === best.score && second.near === best.near;
      return isTie ? [] : [[best.missing.path, place]];
    }),
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
