/** The only writer. Writes all or nothing, below one root, keeps what undo needs, and heals what an interrupted run left. */
import { randomBytes } from 'node:crypto';
import { isAbsolute, join, relative } from 'node:path';
import { SetupError } from '../errors.ts';
import type { ProjectWriter, Recovery, Undoable, Write, WriteOptions } from '../model.ts';
import { codeOf, type DiskIo, nodeIo, patient } from './disk-io.ts';
import { listProblems } from './jail.ts';
import type { Journal } from './journal.ts';
import { diskProblem } from './problems.ts';
import { leftover, rollBack } from './recovery.ts';
import { checkShelf, lastRecord, prepare, type Site, settle, unprepare } from './settle.ts';
import { openState } from './state.ts';
import { checkTargets, commit, type Purpose, type Staged, stage } from './transaction.ts';
import { acquire, type Hold, isLeftOver, isUntouched, leave, release } from './tx-lock.ts';
import { describe, describeUndo, reversalOf } from './undo.ts';

export type WriterOptions = Readonly<{
  /** Calls of the disk, for tests. */
  io?: DiskIo;
  /**
   * Asked before each file and before the commit point; true rolls back with CANCELLED. Writing is synchronous, so that a handler of
   * SIGINT runs only between two calls of the writer: what it is asked has to be known without the event loop.
   */
  shouldStop?: () => boolean;
  /** The folder for records outside of the project; asked for only when it is needed. */
  stateFolder?: () => string;
}>;

/**
 * Opens the writer for a folder. A link to the folder is followed once, here; below it none is.
 * @throws SetupError PROJECT when it is no folder
 */
export function openWriter(root: string, options: WriterOptions = {}): ProjectWriter {
  const io = patient(options.io ?? nodeIo);
  const real = realRoot(io, root);
  const stateFolder = options.stateFolder ?? (() => openState(process.env, process.platform).folder);
  const site: Site = { io, root: real, stateFolder };
  const stop = options.shouldStop ?? (() => false);
  return {
    apply: (writes, how = {}) => {
      const problems = listProblems(writes.map(({ path }) => path));
      if (problems.length > 0) throw new SetupError(problems);
      if (writes.length > 0) guarded(real, () => apply(site, writes, how, stop));
    },
    recover: () => guarded(real, () => recover(site)),
    unfinished: () => guarded(real, () => isLeftOver(io, real)),
    undoable: () =>
      guarded(real, () => {
        const last = lastRecord(site);
        return last === null ? null : describe(last.journal);
      }),
    undo: () => guarded(real, () => undo(site, stop)),
  };
}

function apply(site: Site, writes: readonly Write[], how: WriteOptions, stop: () => boolean): void {
  const { hold } = holdOf(site);
  const tell = how.progress ?? (() => {});
  const progress = (done: number, total: number): void => {
    try {
      tell(done, total);
    } catch {} // a closed pipe must not stop what has begun
  };
  const sequel =
    how.record === 'outside'
      ? ({ keep: 'outside', pending: randomBytes(8).toString('hex') } as const)
      : ({ keep: 'inside' } as const);
  transact(site, hold, () => {
    checkShelf(site);
    checkTargets({ io: site.io, root: site.root, folder: hold.folder }, writes);
    return { writes, purpose: { label: how.label ?? '', sequel }, watch: { stop, progress } };
  });
}

function undo(site: Site, stop: () => boolean): Undoable {
  const { hold, healed } = holdOf(site);
  if (healed !== null) {
    release(site.io, site.root, hold);
    return healed;
  }
  let undone: Undoable | null = null;
  transact(site, hold, () => {
    const record = lastRecord(site);
    if (record === null) throw new SetupError(NOTHING);
    const { writes, purpose, modes } = reversalOf(site.io, site.root, record);
    undone = describe(record.journal);
    return { writes, purpose, watch: { stop, progress: () => {}, modes } };
  });
  return undone ?? { label: '', created: [], changed: [], deleted: [] };
}

/** After a crash the project is healed first; the plan may not fit any more, which the checks find out. */
function holdOf(site: Site): Readonly<{ hold: Hold; healed: Undoable | null }> {
  const hold = acquire(site.io, site.root);
  if (!hold.leftover) return { hold, healed: null };
  const { undone } = heal(site, hold);
  return { hold: acquire(site.io, site.root), healed: undone };
}

type Work = Readonly<{ writes: readonly Staged[]; purpose: Purpose; watch: Parameters<typeof commit>[2] }>;

/** Everything that `plan` gives, or nothing. It looks at the disk under the hold. */
function transact(site: Site, hold: Hold, plan: () => Work): void {
  const transaction = { io: site.io, root: site.root, folder: hold.folder };
  let journal: Journal | null = null;
  try {
    const { writes, purpose, watch } = plan();
    journal = stage(transaction, writes, purpose);
    prepare(site, hold, journal);
    commit(transaction, journal, watch);
  } catch (error) {
    takeBack(site, hold, journal, error);
  }
  const done = journal as Journal;
  cleanUp(() => settle(site, hold, done), hold);
}

/** Rolls back and throws: what happened, and what could not be put back, if so. */
function takeBack(site: Site, hold: Hold, journal: Journal | null, error: unknown): never {
  try {
    if (journal !== null) withdraw(site, hold, journal);
  } catch (second) {
    leave(hold.run);
    if (error instanceof SetupError && second instanceof SetupError)
      throw new SetupError([...error.problems, ...second.problems], { cause: second });
    throw second;
  }
  cleanUp(() => release(site.io, site.root, hold), hold);
  throw error;
}

function withdraw(site: Site, hold: Hold, journal: Journal): void {
  rollBack({ io: site.io, root: site.root, folder: hold.folder }, journal);
  unprepare(site, journal.sequel);
}

function recover(site: Site): Recovery {
  const { io, root } = site;
  const clean = { outcome: 'clean', undone: null } as const;
  if (isUntouched(io, root)) return clean;
  const hold = acquire(io, root);
  if (hold.leftover) return heal(site, hold);
  release(io, root, hold);
  return clean;
}

/** Finishes or takes back what is in the hold. @throws SetupError when it could not be; then nothing of the journal is removed */
function heal(site: Site, hold: Hold): Recovery {
  try {
    const left = leftover(site.io, hold.folder);
    if (left === null) {
      release(site.io, site.root, hold);
      return { outcome: 'staging-dropped', undone: null };
    }
    const { journal, committed } = left;
    const isUndo = 'take' in journal.sequel;
    if (committed) {
      settle(site, hold, journal);
      return { outcome: 'rolled-forward', undone: isUndo ? describeUndo(journal) : null };
    }
    withdraw(site, hold, journal);
    release(site.io, site.root, hold);
    return { outcome: 'rolled-back', undone: isUndo ? null : describe(journal) };
  } catch (error) {
    leave(hold.run);
    throw error;
  }
}

/** What is done is done: if tidying up fails, the next run does it. */
function cleanUp(action: () => void, hold: Hold): void {
  try {
    action();
  } catch {
    leave(hold.run);
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
    const inside = relative(root, path).replaceAll('\\', '/');
    throw new SetupError(diskProblem(error, inside.startsWith('..') || isAbsolute(inside) ? path : inside), {
      cause: error,
    });
  }
}

const NOTHING = {
  code: 'PROJECT',
  place: '.devops/tx/undo',
  message: 'there is no write that could be taken back.',
  hint: 'Each write is kept until it is taken back, or five newer ones are there. Git knows what was before.',
} as const;
