/**
 * The exclusive hold on a project. A run prepares a folder with its name in it and renames it to `.devops/tx/held`: that succeeds for
 * one only, on every file system, and the hold is never without a name. The same folder then takes the staged files and the journal, so
 * that a hold whose process died *is* the unfinished run. Taking such a hold over is itself exclusive (`.devops/tx/breaking`).
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import { codeOf, createFile, type DiskIo, readFile, removeIfEmpty, removeTree } from './disk-io.ts';
import { abandon, isDead, me, type Owner, parseOwner } from './identity.ts';
import { locate } from './jail.ts';

const HOME = '.devops';
const TX = `${HOME}/tx`;
const HELD = `${TX}/held`;
const BREAKING = `${TX}/breaking`;
const UNDO = `${TX}/undo`;
/** In a hold, whose it is; a record of undo has none. */
export const OWNER = 'owner.json';
/** Others come and go while we try; more often than this it is not chance. */
const TRIES = 100;

/** `folder` is ours until `release`. `leftover`: it holds what an interrupted run left. */
export type Hold = Readonly<{ folder: string; run: string; leftover: boolean }>;

/** @throws SetupError LOCKED (another run is at it), JAIL (a link or file where our folders belong) */
export function acquire(io: DiskIo, root: string): Hold {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      const hold = attemptHold(io, root);
      if (hold !== null) return hold;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue; // another run that ended took a folder away under our hands
      removeEmptyFolders(io, root);
      throw error;
    }
  }
  throw locked(null);
}

function attemptHold(io: DiskIo, root: string): Hold | null {
  for (const folder of [HOME, TX]) makeFolder(io, root, folder);
  const run = randomBytes(8).toString('hex');
  const own = join(root, TX, `own-${run}`);
  io.mkdir(own, 0o700);
  try {
    // Copies of texts come here; git must not see them, also where `.devops/.gitignore` is not written yet, or never will be.
    createFile(io, join(own, '.gitignore'), Buffer.from('*\n'), 0o600);
    createFile(io, join(own, OWNER), nameOf(run), 0o600);
    if (moveTo(io, root, own, HELD)) return { folder: join(root, HELD), run, leftover: false };
    const holder = ownerOf(io, root, HELD);
    if (isHolding(holder)) throw locked(holder);
    const taken = holder !== 'gone' && takeOver(io, root, own, run);
    removeTree(io, own);
    return taken ? { folder: join(root, HELD), run, leftover: true } : null;
  } catch (error) {
    leave(run); // our name may stand there already
    removeTree(io, own);
    throw error;
  }
}

/** Puts our name on a hold whose process is dead. Between looking and naming nobody else may do the same. */
function takeOver(io: DiskIo, root: string, own: string, run: string): boolean {
  // A name of its own: if somebody takes our breaking away meanwhile, this must not be found in theirs.
  const claim = `claim-${run}.json`;
  createFile(io, join(own, claim), nameOf(run), 0o600);
  if (!moveTo(io, root, own, BREAKING)) {
    const breaker = ownerOf(io, root, BREAKING);
    if (isHolding(breaker)) throw locked(breaker);
    if (breaker !== 'gone') discard(io, root, BREAKING);
    return false;
  }
  try {
    const holder = ownerOf(io, root, HELD);
    if (holder === 'gone' || isHolding(holder)) return false;
    io.rename(join(root, BREAKING, claim), join(root, HELD, OWNER));
    const named = ownerOf(io, root, HELD);
    return isNamed(named) && named.run === run;
  } finally {
    discard(io, root, BREAKING);
  }
}

/** Gives the project free again and removes what is left of the run, and `.devops` itself when it is empty. */
export function release(io: DiskIo, root: string, hold: Hold): void {
  giveFree(io, root, hold, () => discard(io, root, HELD, hold.run));
  removeEmptyFolders(io, root);
}

/** Gives the project free by an action of the caller, who moves the hold away. */
export function giveFree(io: DiskIo, root: string, hold: Hold, action: () => void): void {
  try {
    sweep(io, root);
    action();
  } catch (error) {
    leave(hold.run);
    throw error;
  }
}

/** Removes our folders when nothing is in them. What stands in their place and is no folder is not ours. */
function removeEmptyFolders(io: DiskIo, root: string): void {
  const isFolder = (path: string): boolean => io.lstat(join(root, path))?.isDirectory() === true;
  if (!isFolder(HOME)) return;
  if (isFolder(TX) && isFolder(UNDO)) removeIfEmpty(io, join(root, UNDO));
  if (io.lstat(join(root, TX)) !== null && !(isFolder(TX) && removeIfEmpty(io, join(root, TX)))) return;
  removeIfEmpty(io, join(root, HOME));
}

/** Leaves the hold to whoever comes next, this process included. */
export function leave(run: string): void {
  abandon(run);
}

/** Whether an interrupted run left something. Only looks. */
export function isLeftOver(io: DiskIo, root: string): boolean {
  for (const folder of [HOME, TX, HELD]) if (io.lstat(join(root, folder))?.isDirectory() !== true) return false;
  const owner = ownerOf(io, root, HELD);
  return owner !== 'gone' && !isHolding(owner);
}

/**
 * Removes our folders when nothing is in them: an interruption before there was a hold. True when there is nothing to take care of:
 * nothing of ours at all, or records of undo only.
 */
export function isUntouched(io: DiskIo, root: string): boolean {
  for (const folder of [UNDO, TX, HOME]) {
    const { stat } = locate(io, root, folder, 'folder');
    if (stat === null || removeIfEmpty(io, join(root, folder))) continue;
    if (folder === TX) return io.readdir(join(root, TX)).every((name) => join(TX, name) === join(UNDO));
  }
  return true;
}

function makeFolder(io: DiskIo, root: string, folder: string): void {
  if (locate(io, root, folder, 'folder').stat !== null) return;
  try {
    io.mkdir(join(root, folder));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    locate(io, root, folder, 'folder');
  }
}

/** Renames a prepared folder to a name that only one can have. False when somebody has it. */
function moveTo(io: DiskIo, root: string, own: string, name: string): boolean {
  if (locate(io, root, name, 'folder').stat !== null) return false;
  try {
    io.rename(own, join(root, name));
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return false;
    if (io.lstat(join(root, name)) !== null) return false; // Windows says EPERM
    throw error;
  }
}

/** `gone`: there is no such folder. `hidden`: it is another user's, who may be at work. Null: the name cannot be read. */
type Holder = Owner | null | 'gone' | 'hidden';

function ownerOf(io: DiskIo, root: string, name: string): Holder {
  if (io.lstat(join(root, name)) === null) return 'gone';
  try {
    return parseOwner(readFile(io, join(root, name, OWNER)).bytes.toString('utf8'));
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error))) return 'hidden';
    // No name, or a link in its place: nobody.
    if (!['ENOENT', 'ELOOP', 'EMLINK', 'EISDIR', ''].includes(codeOf(error))) throw error;
    return io.lstat(join(root, name)) === null ? 'gone' : null;
  }
}

function isNamed(holder: Holder): holder is Owner {
  return holder !== null && typeof holder === 'object';
}

function isHolding(holder: Holder): boolean {
  return holder === 'hidden' || (holder !== 'gone' && !isDead(holder));
}

function nameOf(run: string): Uint8Array {
  return Buffer.from(`${JSON.stringify(me(run))}\n`);
}

/** Takes a name away at once, then removes what was behind it. */
function discard(io: DiskIo, root: string, name: string, run = randomBytes(8).toString('hex')): void {
  const done = join(root, TX, `done-${run}`);
  try {
    io.rename(join(root, name), done);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  removeTree(io, done);
}

/** What runs left that were killed while preparing or cleaning up. */
function sweep(io: DiskIo, root: string): void {
  for (const entry of io.readdir(join(root, TX))) {
    const name = `${TX}/${entry}`;
    if (entry.startsWith('done-')) removeTree(io, join(root, name));
    if (!entry.startsWith('own-') && entry !== 'breaking') continue;
    const owner = ownerOf(io, root, name);
    if (owner !== 'gone' && !isHolding(owner)) removeTree(io, join(root, name));
  }
}

function locked(owner: Holder): SetupError {
  const who = !isNamed(owner) ? 'another run' : `process ${owner.pid} on ${owner.host}, started ${owner.started},`;
  return new SetupError({
    code: 'LOCKED',
    place: HELD,
    message: `${who} is writing to this project.`,
    hint: `Wait until it is done. If it runs no more, delete ${HELD}/${OWNER}: the next run then cleans up after it.`,
  });
}
