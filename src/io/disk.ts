/** The only writer. Writes all or nothing, below one root, and heals what an interrupted run left. */
import { join, relative } from 'node:path';
import { SetupError } from '../errors.ts';
import type { ProjectWriter, Write } from '../model.ts';
import { codeOf, type DiskIo, nodeIo, patient } from './disk-io.ts';
import { listProblems } from './jail.ts';
import type { Journal } from './journal.ts';
import { diskProblem } from './problems.ts';
import { type Outcome, recoverRun, rollBack } from './recovery.ts';
import { checkTargets, commit, prune, stage, type Transaction } from './transaction.ts';
import { acquire, type Hold, isLeftOver, isUntouched, leave, release } from './tx-lock.ts';

export type WriterOptions = Readonly<{
  /** Calls of the disk, for tests. */
  io?: DiskIo;
  /**
   * Asked before each file and before the commit point; true rolls back with CANCELLED. Writing is synchronous, so that a handler of
   * SIGINT runs only between two calls of the writer: what it is asked has to be known without the event loop.
   */
  shouldStop?: () => boolean;
}>;

/**
 * Opens the writer for a folder. A link to the folder is followed once, here; below it none is.
 * @throws SetupError PROJECT when it is no folder
 */
export function openWriter(root: string, options: WriterOptions = {}): ProjectWriter {
  const io = patient(options.io ?? nodeIo);
  const real = realRoot(io, root);
  return {
    apply: (writes, progress = () => {}) => {
      const problems = listProblems(writes.map(({ path }) => path));
      if (problems.length > 0) throw new SetupError(problems);
      if (writes.length > 0)
        guarded(real, () => apply(io, real, writes, options.shouldStop ?? (() => false), progress));
    },
    recover: () => guarded(real, () => recover(io, real)),
    unfinished: () => guarded(real, () => isLeftOver(io, real)),
  };
}

function apply(
  io: DiskIo,
  root: string,
  writes: readonly Write[],
  stop: () => boolean,
  progress: (done: number, total: number) => void,
): void {
  // After a crash the project is healed first; the plan may not fit any more, which the checks below find out.
  let hold = acquire(io, root);
  if (hold.leftover) {
    heal(io, root, hold);
    hold = acquire(io, root);
  }
  const transaction: Transaction = { io, root, folder: hold.folder };
  const quiet = (done: number, total: number): void => {
    try {
      progress(done, total);
    } catch {} // a closed pipe must not stop what has begun
  };
  let journal: Journal | null = null;
  try {
    checkTargets(transaction, writes);
    journal = stage(transaction, writes);
    commit(transaction, journal, { stop, progress: quiet });
  } catch (error) {
    takeBack(transaction, hold, journal, error);
  }
  cleanUp(() => {
    prune(transaction, journal as Journal);
    release(io, root, hold);
  }, hold);
}

/** Rolls back and throws: what happened, and what could not be put back, if so. */
function takeBack(transaction: Transaction, hold: Hold, journal: Journal | null, error: unknown): never {
  try {
    if (journal !== null) rollBack(transaction, journal);
  } catch (second) {
    leave(hold.token);
    if (error instanceof SetupError && second instanceof SetupError)
      throw new SetupError([...error.problems, ...second.problems], { cause: second });
    throw second;
  }
  cleanUp(() => release(transaction.io, transaction.root, hold), hold);
  throw error;
}

function recover(io: DiskIo, root: string): 'clean' | Outcome {
  if (isUntouched(io, root)) return 'clean';
  const hold = acquire(io, root);
  if (hold.leftover) return heal(io, root, hold);
  release(io, root, hold);
  return 'clean';
}

function heal(io: DiskIo, root: string, hold: Hold): Outcome {
  try {
    const outcome = recoverRun({ io, root, folder: hold.folder });
    release(io, root, hold);
    return outcome;
  } catch (error) {
    leave(hold.token);
    throw error;
  }
}

/** What is done is done: if tidying up fails, the next run does it. */
function cleanUp(action: () => void, hold: Hold): void {
  try {
    action();
  } catch {
    leave(hold.token);
  }
}

function realRoot(io: DiskIo, root: string): string {
  try {
    const real = io.realpath(root);
    if (io.lstat(real)?.isDirectory() === true) return real;
  } catch (error) {
    if (codeOf(error) === '') throw error;
  }
  const message = 'it is not a folder that can be opened.';
  throw new SetupError({ code: 'PROJECT', place: root, message, hint: 'Give the folder of the project.' });
}

/** Errors of the disk that no step gave a place to. */
function guarded<T>(root: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SetupError || codeOf(error) === '') throw error;
    const path = (error as NodeJS.ErrnoException).path ?? join(root, '.devops/tx');
    throw new SetupError(diskProblem(error, relative(root, path).replaceAll('\\', '/')), { cause: error });
  }
}
