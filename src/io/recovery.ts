/**
 * Takes a transaction back, or finishes it. Can itself be interrupted at any point and started again. A file that somebody changed
 * between the crash and now is left as it is: their text is newer than ours and than the old one.
 */
import { join } from 'node:path';
import { type Problem, SetupError } from '../errors.ts';
import { codeOf, createFile, type DiskIo, readFile, removeIfEmpty, setMode, syncFile, syncFolder } from './disk-io.ts';
import { locate } from './jail.ts';
import { COMMITTED, hashBytes, JOURNAL, type Journal, type Operation, parseJournal } from './journal.ts';
import { diskProblem } from './problems.ts';
import { currentState, makeFolder, type Transaction } from './transaction.ts';

/** What an interrupted run left: nothing but staged files, a journal whose marker is missing, or one whose marker stands. */
export type Leftover = Readonly<{ journal: Journal; committed: boolean }> | null;

/** @throws SetupError when the journal is damaged */
export function leftover(io: DiskIo, folder: string): Leftover {
  const journal = readJournal(io, folder);
  return journal === null ? null : { journal, committed: io.lstat(join(folder, COMMITTED))?.isFile() === true };
}

function readJournal(io: DiskIo, folder: string): Journal | null {
  const stat = io.lstat(join(folder, JOURNAL));
  if (stat === null) return null;
  if (!stat.isFile()) return parseJournal(''); // a link in its place: damaged
  return parseJournal(readFile(io, join(folder, JOURNAL)).bytes.toString('utf8'));
}

/** Puts every file back as it was. @throws SetupError WRITE naming each file that could not be; the rest is back then. */
export function rollBack({ io, root, folder }: Transaction, journal: Journal): void {
  const problems: Problem[] = [];
  // A marker that could not be made lasting must not survive what follows.
  if (io.lstat(join(folder, COMMITTED)) !== null) io.unlink(join(folder, COMMITTED));
  for (const [index, operation] of [...journal.operations.entries()].reverse()) {
    try {
      restore({ io, root, folder }, operation, index);
    } catch (error) {
      if (error instanceof SetupError && error.problems.every(({ code }) => code === 'JAIL')) continue; // a link stands there now: not ours
      problems.push(...(error instanceof SetupError ? error.problems : [diskProblem(error, operation.path)]));
    }
  }
  for (const path of [...journal.folders].reverse()) {
    try {
      if (locate(io, root, path, 'folder').stat !== null) removeIfEmpty(io, join(root, path));
    } catch (error) {
      if (!(error instanceof SetupError)) problems.push(diskProblem(error, path));
    }
  }
  if (problems.length > 0)
    throw new SetupError(problems.map((problem) => ({ ...problem, hint: `${problem.hint} ${AGAIN}` })));
}

const AGAIN = 'The old text is safe in .devops/tx/held; the next run puts it back.';

function restore({ io, root, folder }: Transaction, { path, old, new: next }: Operation, index: number): void {
  const target = join(root, path);
  const now = currentState(io, root, path);
  if (old === null) {
    if (now === null || now.hash !== next?.hash) return;
    io.unlink(target);
  } else {
    if (now?.hash === old.hash) {
      if (now.mode !== old.mode) setMode(io, target, old.mode);
      return;
    }
    if (now !== null && now.hash !== next?.hash) return;
    const saved = readFile(io, join(folder, `${index}.old`));
    if (hashBytes(saved.bytes) !== old.hash) throw new Error('the saved copy is damaged');
    for (const [at] of [...path].entries()) if (path[at] === '/') makeFolder(io, root, path.slice(0, at));
    moveBack(io, join(folder, `${index}.old`), target, old.mode, saved);
  }
  syncFolder(io, join(target, '..'));
}

/** A rename needs no room on a full disk. Across file systems it needs a copy. */
function moveBack(io: DiskIo, from: string, target: string, mode: number, saved: ReturnType<typeof readFile>): void {
  try {
    setMode(io, from, mode);
    io.rename(from, target);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    if (io.lstat(target) !== null) io.unlink(target);
    createFile(io, target, saved.bytes, mode, saved.stat);
    syncFile(io, target);
  }
}
