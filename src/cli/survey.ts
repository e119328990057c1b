/** What an update does to what people made of the files: counted from the plan, the lock and the bases. */

import { basePath, matches } from '../core/lock.ts';
import { toLf } from '../core/text-style.ts';
import type { Change, FileAnswer, Lock, Plan, ProjectFiles } from '../model.ts';
import { answeredIn } from './changes.ts';

export type Survey = Readonly<{
  /** The release that wrote the files. */
  from: string;
  /** Files of ours; those of the user's that we only add to are not among them. */
  managed: number;
  untouched: number;
  /** Paths (where they are) of files of ours that somebody edited. */
  edited: ReadonlySet<string>;
}>;

/** Looks at the files of the lock as the plan found them. */
export function survey(lock: Lock, { changes, lock: next }: Plan): Survey {
  const ours = Object.entries(lock.files).filter(([, { ownership }]) => ownership === 'own');
  const found = new Map(changes.map((change) => [change.from ?? change.path, change]));
  const edited = new Set<string>();
  for (const [path, entry] of ours) {
    const change = found.get(path);
    // Most files: nothing new from us, and the disk says what we would write.
    if (change?.kind === 'unchanged' && next.files[path]?.hash === entry.hash) continue;
    if (change !== undefined && isEdited(change, entry.hash)) edited.add(change.path);
  }
  const gone = ours.filter(([path]) => !found.has(path)).length; // no longer ours, and not on the disk
  return { from: lock.tool, managed: ours.length, untouched: ours.length - edited.size - gone, edited };
}

function isEdited(change: Change, hash: string): boolean {
  if (change.before === null || change.kind === 'conflict' || change.kind === 'orphan') return true;
  if (change.kind === 'delete') return false;
  return !matches(change.before, hash);
}

export type Lost = Readonly<{ path: string; line: string }>;

/**
 * Lines that people wrote and that are not in the file after the update, although nobody chose the other side: what a merge must not do.
 * A pin that moved on (`uses: a/b@…`, an image) is the same line.
 */
export function lostLines(
  files: ProjectFiles,
  plan: Plan,
  answers: ReadonlyMap<string, FileAnswer> = new Map(),
): readonly Lost[] {
  return plan.changes.flatMap((change) => {
    if (change.kind !== 'update' || change.ownership !== 'own') return [];
    if (answeredIn(plan, change).length > 0 || answers.has(change.path)) return []; // what was answered was seen
    const base = files.read(basePath(change.from ?? change.path));
    if (base === null) return [];
    const known = count(base);
    const after = count(change.after);
    const added = [...count(change.before)].filter(([line, times]) => times > (known.get(line) ?? 0));
    return added.filter(([line]) => !after.has(line)).map(([line]) => ({ path: change.path, line }));
  });
}

function count(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const line of toLf(text).split('\n')) {
    const key = withoutPin(line.trim());
    if (key !== '') lines.set(key, (lines.get(key) ?? 0) + 1);
  }
  return lines;
}

function withoutPin(line: string): string {
  if (!/\buses:|\bimage:|^FROM\s|@sha256:|version/i.test(line)) return line;
  return line.replace(/@?(sha256:)?[0-9a-f]{40,64}/g, '').replace(/v?\d+(\.\d+)*/g, '0');
}
