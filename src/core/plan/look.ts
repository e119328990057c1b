/** Gathers what a decision looks at, path by path: every file is read once. */
import type { ConflictPolicy, FileAnswer, Intent, Lock, LockEntry, ProjectFiles } from '../../model.ts';
import { twinKey } from '../jail.ts';
import { basePath, matches, nextBasePath, placeOf } from '../lock.ts';
import { NONE, type Situation, type ThreeWay } from './decision.ts';

/** What people decided about single paths, by the generator's path or by the place where the file is. */
export type Asked = Readonly<{
  policy: ConflictPolicy;
  answers?: ReadonlyMap<string, FileAnswer> | undefined;
  intents?: ReadonlyMap<string, Intent> | undefined;
  /** Paths that the user took out of our care. */
  unmanaged?: ReadonlySet<string> | undefined;
}>;

/** A situation with the texts below `.devops/base` that were found, whatever they are worth. */
export type Seen = Readonly<{ now: Situation; storedBase: string | null; storedNext: string | null }>;

export function lookAround(files: ProjectFiles, lock: Lock | null, asked: Asked, threeWay: ThreeWay) {
  const { answers, intents, unmanaged, policy } = asked;
  const moved = movedTo(lock);
  const twinOf = twinFinder(files);
  return (path: string, known: LockEntry | undefined): Seen => {
    const there = placeOf(path, known);
    // A moved file that is gone and is asked for by its first name comes back where the generator puts it.
    const back = there !== path && intents?.get(path) === 'restore' && files.read(there, true) === null;
    const place = back ? path : there;
    const entry = back && known !== undefined ? withoutAt(known) : known;
    const linked = files.linked?.(place) ?? false;
    const before = linked && !files.exists(place) ? null : files.read(place, true);
    const storedBase = files.read(basePath(path));
    const storedNext = entry?.open === undefined ? null : files.read(nextBasePath(path));
    // A base that is not what the lock says was tampered with or half merged: it proves nothing.
    const damaged =
      storedBase !== null && entry !== undefined && entry.ownership === 'own' && !matches(storedBase, entry.hash);
    const now: Situation = {
      path,
      place,
      before,
      modeBefore: before === null ? null : files.mode(place),
      linked,
      entry,
      base: damaged || entry === undefined ? null : storedBase,
      damaged,
      next: storedNext !== null && entry?.open && matches(storedNext, entry.open.theirs) ? storedNext : null,
      twin: before === null ? twinOf(place) : null,
      taken: known === undefined ? (moved.get(twinKey(place)) ?? null) : null,
      unmanaged: unmanaged !== undefined && (unmanaged.has(path) || unmanaged.has(there)),
      intent: intents?.get(path) ?? intents?.get(place),
      answer: answers?.get(place) ?? answers?.get(path),
      policy,
      threeWay,
      undecided: {
        entry: entry ?? null,
        base: entry === undefined ? NONE : 'leave',
        next: entry?.open === undefined ? NONE : 'leave',
      },
    };
    return { now, storedBase, storedNext };
  };
}

/** Places to which people moved files of ours, by the key under which two spellings are one → the generator's path. */
function movedTo(lock: Lock | null): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const [path, { at }] of Object.entries(lock?.files ?? {})) if (at !== undefined) places.set(twinKey(at), path);
  return places;
}

function twinFinder(files: ProjectFiles): (path: string) => Situation['twin'] {
  let twins: ReadonlyMap<string, string> | null = null;
  return (path) => {
    twins ??= new Map(files.list().map((other) => [twinKey(other), other]));
    const other = twins.get(twinKey(path));
    return other === undefined || other === path ? null : { path: other, text: files.read(other, true) ?? '' };
  };
}

function withoutAt({ at: _, ...entry }: LockEntry): LockEntry {
  return entry;
}
