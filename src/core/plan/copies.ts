/**
 * Files that a person wrote after one of ours. Texts of one kind are like each other: a runbook that began as a copy of a runbook looks a lot
 * like all of them, and is none of those that were deleted.
 */
import type { Lock, ProjectFiles } from '../../model.ts';
import { basePath, matches, placeOf } from '../lock.ts';
import { type Lines, likeness, linesOf } from './likeness.ts';

/** Texts of ours that one file is compared with: those beside it, those beside the one that is missing, those of the same name. */
const COMPARED = 60;

/**
 * Says whether the file at `place` is more like to a text of ours that is where it belongs than `score` says, which is how like it is to
 * the one that is missing. `gone`: all that are missing.
 */
export function copies(
  lock: Lock,
  files: ProjectFiles,
  gone: ReadonlySet<string>,
): (missing: string, place: string, file: Lines, score: number) => boolean {
  let shelves: ReadonlyMap<string, readonly string[]> | null = null;
  const known = new Map<string, Lines | null>();
  const ours = (path: string): Lines | null => {
    const seen = known.get(path);
    if (seen !== undefined) return seen;
    const stored = files.read(basePath(path));
    const lines = stored !== null && matches(stored, lock.files[path]?.hash ?? '') ? linesOf(stored) : null;
    known.set(path, lines);
    return lines;
  };
  return (missing, place, file, score) => {
    shelves ??= shelved(lock, gone);
    const there = shelves;
    const near = [folderOf(place), folderOf(missing), nameOf(missing)].flatMap((shelf) => there.get(shelf) ?? []);
    return [...new Set(near)].slice(0, COMPARED).some((path) => {
      const text = ours(path);
      return text !== null && likeness(text, file) > score;
    });
  };
}

/** Paths by the folder that they are in, the one that their generator puts them in, and their name. */
function shelved(lock: Lock, gone: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const shelves = new Map<string, string[]>();
  for (const [path, entry] of Object.entries(lock.files)) {
    if (entry.ownership !== 'own' || gone.has(path)) continue;
    for (const shelf of new Set([folderOf(placeOf(path, entry)), folderOf(path), nameOf(path)]))
      add(shelves, shelf, path);
  }
  return shelves;
}

function add(shelves: Map<string, string[]>, shelf: string, path: string): void {
  const paths = shelves.get(shelf);
  if (paths === undefined) shelves.set(shelf, [path]);
  else paths.push(path);
}

/** With the stroke, so that it is no name. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1) || './';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
