/** What comes after the marker, for a run that did it in one go and for the next one that finishes it. Can be interrupted anywhere and done again. */
import { mkdirSync } from 'node:fs';
import { SetupError } from '../errors.ts';
import { codeOf, type DiskIo } from './disk-io.ts';
import { locate } from './jail.ts';
import type { Journal, Sequel } from './journal.ts';
import { diskProblem } from './problems.ts';
import { prune } from './transaction.ts';
import { giveFree, type Hold, release } from './tx-lock.ts';
import {
  adopt,
  clear,
  copyOutside,
  insideShelf,
  keepInside,
  numbers,
  outsideShelf,
  readRecord,
  type Shelf,
  sweep,
  type UndoRecord,
} from './undo-store.ts';

/** A project, and where records are kept outside of it (asked for only when it is needed). */
export type Site = Readonly<{ io: DiskIo; root: string; stateFolder: () => string }>;

/** Before anything is staged: a link or a file where records belong stops the write. @throws SetupError JAIL, WRITE */
export function checkShelf({ io, root }: Site): void {
  const inside = insideShelf(root);
  locate(io, root, inside.path, 'folder');
}

/** Before the marker: what is kept outside is copied there. @throws SetupError WRITE */
export function prepare(site: Site, hold: Hold, journal: Journal): void {
  const { sequel } = journal;
  if (!('keep' in sequel) || sequel.keep !== 'outside') return;
  const { io, root } = site;
  const folder = site.stateFolder();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    copyOutside(io, root, hold.folder, journal, { shelf: outside(site), pending: sequel.pending });
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(diskProblem(error, folder), { cause: error });
  }
}

/** After a rollback: what was prepared goes. The project is whole already; what cannot be removed goes with the next record. */
export function unprepare(site: Site, sequel: Sequel): void {
  if (!('keep' in sequel) || sequel.keep !== 'outside') return;
  try {
    if (hasOutside(site)) sweep(site.io, outside(site));
  } catch {}
}

/** After the marker. The project is free when it returns. */
export function settle(site: Site, hold: Hold, journal: Journal): void {
  const { io, root } = site;
  const { sequel } = journal;
  prune(site, journal);
  if ('take' in sequel) {
    if (sequel.take === 'inside') clear(io, insideShelf(root), [sequel.record]);
    else if (hasOutside(site)) clear(io, outside(site), [sequel.record]);
  } else if (sequel.keep === 'outside') {
    if (hasOutside(site)) adopt(io, outside(site), sequel.pending);
    clear(io, insideShelf(root));
  } else if (journal.operations.length > 0) {
    giveFree(io, root, hold, () => keepInside(io, root, hold.folder));
    return;
  }
  release(io, root, hold);
}

/**
 * The last write that can be taken back. What is outside was written before anything that is inside: the write that put it there left
 * nothing inside.
 */
export function lastRecord(site: Site): UndoRecord | null {
  const { io, root } = site;
  return newest(io, insideShelf(root)) ?? (hasOutside(site) ? newest(io, outside(site)) : null);
}

function newest(io: DiskIo, shelf: Shelf): UndoRecord | null {
  const last = numbers(io, shelf).at(-1);
  return last === undefined ? null : readRecord(io, shelf, last);
}

function outside({ io, root, stateFolder }: Site): Shelf {
  return outsideShelf(io, root, io.realpath(stateFolder()));
}

/** False where there is no state folder, or no place for one. */
function hasOutside({ io, stateFolder }: Site): boolean {
  try {
    return io.lstat(io.realpath(stateFolder()))?.isDirectory() === true;
  } catch (error) {
    if (error instanceof SetupError || ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false;
    throw error;
  }
}
