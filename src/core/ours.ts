/** Which of the files that were found are ours: the next run must not take its own output for the user's. */
import { SetupError } from '../errors.ts';
import type { Facts, Lock, ProjectFiles, RenderedFile } from '../model.ts';
import { readOurs } from './config/own-file.ts';
import { basePath, LOCK_PATH, placeOf } from './lock.ts';
import { sameText } from './text-style.ts';

/**
 * Of the files that play a role of ours, those of the lock do not count, wherever they were moved to. Where the lock is lost, the copies of
 * what was last written still tell. A file that the user took out of our care keeps its role all the same: its generator goes on for the
 * others that belong to it.
 */
export function withoutOurs(
  facts: Facts,
  lock: Lock | null,
  files: ProjectFiles,
  unmanaged: ReadonlySet<string>,
): Facts {
  const isOurs = lock === null ? copied(files) : inLock(lock);
  return { ...facts, existing: facts.existing.filter(({ path }) => !unmanaged.has(path) && !isOurs(path)) };
}

/** The facts without the files that stand there exactly as we write them, although no record says that we did; the same facts where there are none. */
export function withoutFound(facts: Facts, rendered: readonly RenderedFile[], files: ProjectFiles): Facts {
  const texts = new Map(
    rendered.flatMap(({ path, text, ownership }) => (ownership === 'own' ? [[path, text] as const] : [])),
  );
  const isFound = (path: string): boolean => {
    const wanted = texts.get(path);
    if (wanted === undefined || files.linked?.(path)) return false;
    const there = files.read(path, true);
    return there !== null && sameText(there, wanted);
  };
  const existing = facts.existing.filter(({ path }) => !isFound(path));
  return existing.length === facts.existing.length ? facts : { ...facts, existing };
}

function inLock(lock: Lock): (path: string) => boolean {
  const own = Object.entries(lock.files).filter(([, { ownership }]) => ownership === 'own');
  const places = new Set(own.map(([path, entry]) => placeOf(path, entry)));
  return (path) => places.has(path);
}

function copied(files: ProjectFiles): (path: string) => boolean {
  return (path) => {
    const base = files.read(basePath(path));
    return base !== null && base === files.read(path, true);
  };
}

/**
 * Another run that writes while this one reads would leave a plan of two states, half before and half after. The lock, which is written
 * last, tells: it has to be what it was when this run began to look. @throws SetupError CHANGED
 */
export function requireSameLock(files: ProjectFiles, before: string | null): void {
  if (readOurs(files, LOCK_PATH) === before) return;
  throw new SetupError({
    code: 'CHANGED',
    place: LOCK_PATH,
    message: 'another run wrote to this project meanwhile.',
    hint: 'Run it again: a new plan looks at what is there now.',
  });
}
