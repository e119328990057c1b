/**
 * All or nothing: stage every new and every old text, write the journal, then rename one file after the other, then the marker
 * `committed`. Until the marker stands, everything can be taken back; from then on it is done. Nothing of a user's is ever open for writing.
 */
import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Problem, SetupError } from '../errors.ts';
import type { Write } from '../model.ts';
import { codeOf, createFile, type DiskIo, readFile, removeIfEmpty, setMode, syncFile, syncFolder } from './disk-io.ts';
import { locate } from './jail.ts';
import {
  COMMITTED,
  type FileState,
  type FolderState,
  hashBytes,
  JOURNAL,
  type Journal,
  type Operation,
  type Sequel,
  serializeJournal,
} from './journal.ts';
import { diskProblem } from './problems.ts';

export type Transaction = Readonly<{ io: DiskIo; root: string; folder: string }>;

/** What stands at a path now. @throws SetupError JAIL */
export function currentState(io: DiskIo, root: string, path: string): (FileState & { readonly bytes: Buffer }) | null {
  const { absolute, stat } = locate(io, root, path);
  if (stat === null) return null;
  const { bytes, stat: opened } = readFile(io, absolute);
  return { bytes, hash: hashBytes(bytes), mode: opened.mode & 0o7777 };
}

/** Looks at every target before anything is staged. @throws SetupError with every JAIL, CHANGED and WRITE problem */
export function checkTargets({ io, root }: Transaction, writes: readonly Write[]): void {
  const problems: Problem[] = [];
  for (const { path, expect } of writes) {
    try {
      if ((currentState(io, root, path)?.hash ?? null) !== expect) problems.push(changed(path));
    } catch (error) {
      if (error instanceof SetupError) problems.push(...error.problems);
      else problems.push(diskProblem(error, path));
    }
  }
  if (problems.length > 0) throw new SetupError(problems);
}

/** A write of the caller, or bytes that go back to where they were, to the owner that they had. */
export type Staged = Omit<Write, 'content'> &
  Readonly<{ content: string | Uint8Array | null; like?: Stats | undefined }>;

/** `emptied`: the folders that go when they are empty; absent: those above each deleted file. */
export type Purpose = Readonly<{ label: string; sequel: Sequel; emptied?: readonly FolderState[] }>;

/** Copies old and new texts beside the journal, and writes the journal. Nothing of the project has changed when it returns. */
export function stage({ io, root, folder }: Transaction, writes: readonly Staged[], purpose: Purpose): Journal {
  const folders = new Set<string>();
  const emptied = new Map<string, FolderState>();
  const operations: Operation[] = [];
  let size = 0;
  for (const { path, content, mode, expect, like } of writes) {
    const index = operations.length;
    attempt(path, () => {
      const { stat, missing } = locate(io, root, path);
      const old = stat === null ? null : currentState(io, root, path);
      if ((old?.hash ?? null) !== expect) throw new SetupError(changed(path));
      const bytes = content === null ? null : Buffer.from(content);
      if (old === null && bytes === null) return;
      size += old?.bytes.length ?? 0;
      // A copy of a text is for its owner's eyes only, whatever the mode of the file is.
      if (old !== null) createFile(io, join(folder, `${index}.old`), old.bytes, 0o600, stat ?? undefined);
      let given = 0;
      if (bytes !== null) {
        given = createFile(io, join(folder, `${index}.new`), bytes, mode, like ?? stat ?? undefined);
        for (const parent of missing) folders.add(parent);
      } else
        for (const parent of parentsOf(path)) if (!emptied.has(parent)) emptied.set(parent, stateOf(io, root, parent));
      operations.push({
        path,
        old: old === null ? null : { hash: old.hash, mode: old.mode },
        new: bytes === null ? null : { hash: hashBytes(bytes), mode: given },
      });
    });
  }
  for (const [index, { path, old, new: next }] of operations.entries()) {
    attempt(path, () => {
      if (old !== null) syncFile(io, join(folder, `${index}.old`));
      if (next !== null) syncFile(io, join(folder, `${index}.new`));
    });
  }
  const journal: Journal = {
    version: 1,
    label: purpose.label,
    folders: [...folders].sort(),
    emptied: purpose.emptied ?? [...emptied.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    operations,
    bytes: size,
    sequel: purpose.sequel,
  };
  attempt(JOURNAL, () => {
    createFile(io, join(folder, `${JOURNAL}.new`), Buffer.from(serializeJournal(journal)), 0o600);
    syncFile(io, join(folder, `${JOURNAL}.new`));
    io.rename(join(folder, `${JOURNAL}.new`), join(folder, JOURNAL));
    syncFolder(io, folder);
  });
  return journal;
}

function stateOf(io: DiskIo, root: string, path: string): FolderState {
  return { path, mode: (locate(io, root, path, 'folder').stat?.mode ?? 0) & 0o7777 };
}

/** `progress` is told after each file; `stop` is asked before each and before the marker. `modes`: of folders that are made again. */
export type Watch = Readonly<{
  stop: () => boolean;
  progress: (done: number, total: number) => void;
  modes?: ReadonlyMap<string, number>;
}>;

/** Renames everything into place and sets the marker. On any error the caller rolls back. */
export function commit({ io, root, folder }: Transaction, journal: Journal, watch: Watch): void {
  const { operations, folders } = journal;
  const cancel = (): void => {
    if (watch.stop()) throw new SetupError(CANCELLED);
  };
  for (const path of folders) attempt(path, () => makeFolder(io, root, path, watch.modes?.get(path)));
  const touched = new Set<string>(folders.map((path) => dirname(join(root, path))));
  for (const [index, operation] of operations.entries()) {
    cancel();
    attempt(operation.path, () => {
      // Looked at again right before it is replaced: an editor may have saved meanwhile.
      const now = currentState(io, root, operation.path);
      if ((now?.hash ?? null) !== (operation.old?.hash ?? null)) throw new SetupError(changed(operation.path));
      const target = join(root, operation.path);
      if (operation.new === null) io.unlink(target);
      else io.rename(join(folder, `${index}.new`), target);
      touched.add(dirname(target));
    });
    watch.progress(index + 1, operations.length);
  }
  cancel();
  attempt(COMMITTED, () => {
    for (const path of touched) syncFolder(io, path);
    createFile(io, join(folder, COMMITTED), Buffer.from(`${journal.bytes}\n`), 0o600);
    syncFolder(io, folder);
  });
}

/** After the marker: folders that are to go and are empty. */
export function prune({ io, root }: Pick<Transaction, 'io' | 'root'>, journal: Journal): void {
  for (const { path } of [...journal.emptied].reverse()) removeFolder(io, root, path);
}

/** True when the folder is gone. A link that stands there now is left to whoever put it there. */
function removeFolder(io: DiskIo, root: string, path: string): boolean {
  try {
    return locate(io, root, path, 'folder').stat === null || removeIfEmpty(io, join(root, path));
  } catch (error) {
    if (error instanceof SetupError) return false;
    throw error;
  }
}

/** `a`, `a/b` of `a/b/c`. */
function parentsOf(path: string): string[] {
  return path.split('/').flatMap((_, index, parts) => (index === 0 ? [] : [parts.slice(0, index).join('/')]));
}

export function makeFolder(io: DiskIo, root: string, path: string, mode?: number): void {
  if (locate(io, root, path, 'folder').stat !== null) return;
  try {
    io.mkdir(join(root, path));
    if (mode !== undefined && process.platform !== 'win32') setMode(io, join(root, path), mode);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    locate(io, root, path, 'folder');
  }
}

/** Errors of the disk become problems with a place; everything else stays what it is. */
function attempt(place: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof SetupError || codeOf(error) === '') throw error;
    throw new SetupError(diskProblem(error, place), { cause: error });
  }
}

const CANCELLED: Problem = {
  code: 'CANCELLED',
  place: '.',
  message: 'you stopped it.',
  hint: 'Nothing was written. Run it again when you are ready.',
};

function changed(path: string): Problem {
  const message = 'it is not what it was when the plan was made.';
  return { code: 'CHANGED', place: path, message, hint: 'Run it again: a new plan looks at what is there now.' };
}
