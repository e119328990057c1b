/**
 * Taking a write back: a transaction of its own that writes the old bytes, and checks first that every file still is what that write
 * left. Its record goes after its own marker, so that a crash leaves the write with its record or neither.
 */
import { type Problem, SetupError } from '../errors.ts';
import type { Undoable } from '../model.ts';
import type { DiskIo } from './disk-io.ts';
import type { Journal, Operation } from './journal.ts';
import { diskProblem } from './problems.ts';
import { currentState, type Purpose, type Staged } from './transaction.ts';
import type { UndoRecord } from './undo-store.ts';

/** What a write did, for people. */
export function describe({ label, operations }: Journal): Undoable {
  const paths = (wanted: (operation: Operation) => boolean): readonly string[] =>
    operations
      .filter(wanted)
      .map(({ path }) => path)
      .sort();
  return {
    label,
    created: paths((operation) => operation.old === null),
    changed: paths((operation) => operation.old !== null && operation.new !== null),
    deleted: paths((operation) => operation.new === null),
  };
}

/** What an undo that was interrupted took back: its own journal says it the other way round. */
export function describeUndo(journal: Journal): Undoable {
  const { label, created, changed, deleted } = describe(journal);
  return { label, created: deleted, changed, deleted: created };
}

/** The transaction that takes a record back. */
export type Reversal = Readonly<{ writes: readonly Staged[]; purpose: Purpose; modes: ReadonlyMap<string, number> }>;

/** @throws SetupError CHANGED and JAIL naming every file that is not as the write left it, WRITE when the record is damaged */
export function reversalOf(io: DiskIo, root: string, record: UndoRecord): Reversal {
  const { journal, shelf, number, saved } = record;
  const problems: Problem[] = [];
  const writes: Staged[] = [];
  for (const [index, { path, old, new: left }] of journal.operations.entries()) {
    try {
      const now = currentState(io, root, path);
      if (now?.hash !== left?.hash || now?.mode !== left?.mode)
        problems.push(edited(path, now === null, left === null));
      const before = old === null ? null : saved(index);
      writes.push({
        path,
        content: before?.bytes ?? null,
        mode: old?.mode ?? 0,
        expect: left?.hash ?? null,
        like: before?.stat,
      });
    } catch (error) {
      if (error instanceof SetupError) problems.push(...error.problems);
      else problems.push(diskProblem(error, path));
    }
  }
  if (problems.length > 0) throw new SetupError(problems);
  const modes = new Map(journal.emptied.map(({ path, mode }) => [path, mode]));
  const emptied = journal.folders.map((path) => ({ path, mode: modes.get(path) ?? 0o755 }));
  return {
    writes,
    purpose: { label: journal.label, sequel: { take: shelf.where, record: number }, emptied },
    modes,
  };
}

function edited(path: string, isGone: boolean, wasDeleted: boolean): Problem {
  const what = isGone
    ? 'it was deleted since.'
    : wasDeleted
      ? 'it was deleted then, and is there again.'
      : 'it was edited since.';
  return {
    code: 'CHANGED',
    place: path,
    message: what,
    hint: 'Undo would lose that. Commit or move it away and put the file back as it was written, or take the write back by git.',
  };
}
