/**
 * Records for `undo`: each is the hold of a write that was done, with its journal and the old texts. They are numbered, and few are kept.
 * There are two shelves: `.devops/tx/undo` of the project, where keeping is one rename, and, for a write after which nothing of ours may
 * be left in the project, a folder of the user's own. What is read from either is untrusted.
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import {
  codeOf,
  createFile,
  type DiskIo,
  readFile,
  removeIfEmpty,
  removeTree,
  syncFile,
  syncFolder,
} from './disk-io.ts';
import { locate } from './jail.ts';
import { COMMITTED, hashBytes, JOURNAL, type Journal, parseJournal } from './journal.ts';
import { makeFolder } from './transaction.ts';
import { OWNER } from './tx-lock.ts';

/** The last write can always be taken back, however large it is; those before it as long as both limits hold. */
export const MAX_RECORDS = 5;
export const MAX_BYTES = 32 * 1024 * 1024;

/** `base` is real; `path` below it holds the records. */
export type Shelf = Readonly<{ where: 'inside' | 'outside'; base: string; path: string }>;
/** A record that can be read. `saved` gives the old bytes of an operation; they are what the journal says. */
export type UndoRecord = Readonly<{
  shelf: Shelf;
  number: number;
  journal: Journal;
  saved: (index: number) => Readonly<{ bytes: Buffer; stat: Stats }>;
}>;

export function insideShelf(root: string): Shelf {
  return { where: 'inside', base: root, path: '.devops/tx/undo' };
}

/**
 * The shelf of a project in the state folder. The folder's number on its disk is part of the name: another project that is cloned to the
 * same place later is not this one.
 */
export function outsideShelf(io: DiskIo, root: string, stateFolder: string): Shelf {
  const name = hashBytes(Buffer.from(`${root}\n${io.lstat(root)?.ino ?? 0}`)).slice(0, 32);
  return { where: 'outside', base: stateFolder, path: `undo/${name}` };
}

/** Numbers of the records, oldest first. @throws SetupError JAIL when a link or a file stands where the shelf belongs */
export function numbers(io: DiskIo, { base, path }: Shelf): readonly number[] {
  if (locate(io, base, path, 'folder').stat === null) return [];
  return io
    .readdir(join(base, path))
    .filter((name) => /^[1-9]\d{0,14}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** @throws SetupError WRITE or JAIL when it is not what we wrote; nothing is taken back by it then */
export function readRecord(io: DiskIo, shelf: Shelf, number: number): UndoRecord {
  const name = `${shelf.path}/${number}`;
  const shown = shelf.where === 'inside' ? name : join(shelf.base, name);
  const hint = `Nothing was changed by it. Take back by git what you do not want, and delete ${shown}: undo then looks at the write before.`;
  const damaged = (reason: string): SetupError =>
    new SetupError({ code: 'WRITE', place: shown, message: `this record of undo is damaged: ${reason}.`, hint });
  const open = (file: string): Readonly<{ bytes: Buffer; stat: Stats }> => {
    try {
      if (locate(io, shelf.base, `${name}/${file}`).stat === null) throw damaged(`${file} is missing`);
      return readFile(io, join(shelf.base, name, file));
    } catch (error) {
      if (!(error instanceof SetupError) || error.problems[0]?.code !== 'JAIL') throw error;
      throw damaged(`${file} is a link, or no regular file`);
    }
  };
  const { stat } = locate(io, shelf.base, name, 'folder');
  if (stat === null) throw damaged('it is missing');
  const reading = { place: `${shown}/${JOURNAL}`, what: 'this record of undo', hint };
  const journal = parseJournal(open(JOURNAL).bytes.toString('utf8'), reading);
  open(COMMITTED);
  return {
    shelf,
    number,
    journal,
    saved: (index) => {
      const saved = open(`${index}.old`);
      if (hashBytes(saved.bytes) !== journal.operations[index]?.old?.hash) throw damaged(`${index}.old was edited`);
      return saved;
    },
  };
}

/** Keeps the hold as the newest record: one rename, which also gives the project free. */
export function keepInside(io: DiskIo, root: string, held: string): void {
  const shelf = insideShelf(root);
  sweep(io, shelf);
  trim(io, shelf, sizeOf(io, held));
  // Another run may take the folder away while nothing is in it.
  for (let tries = 0; ; tries += 1) {
    makeFolder(io, root, shelf.path);
    try {
      const kept = join(root, shelf.path, String((numbers(io, shelf).at(-1) ?? 0) + 1));
      io.rename(held, kept);
      forgetOwner(io, kept);
      return;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || tries > 10) throw error;
    }
  }
}

/**
 * Copies the project's own records, and the hold behind them, to where they will be kept outside, before the write is committed: a
 * record that cannot be kept stops it. `adopt` then takes them in.
 */
export function copyOutside(
  io: DiskIo,
  root: string,
  held: string,
  { operations, bytes }: Journal,
  { shelf: outside, pending }: Readonly<{ shelf: Shelf; pending: string }>,
): void {
  const inside = insideShelf(root);
  const goal = `${outside.path}/pending-${pending}`;
  sweep(io, outside);
  for (const folder of [...parts(outside.path), goal]) makePrivate(io, outside.base, folder);
  const earlier = numbers(io, inside).map((number) => join(root, inside.path, String(number)));
  for (const [index, from] of [...earlier, ...(operations.length > 0 ? [held] : [])].entries()) {
    const to = `${goal}/${index + 1}`;
    makePrivate(io, outside.base, to);
    // What is no plain file was put there by somebody else; without it, undo says that the record is damaged.
    const isOurs = (name: string): boolean => /^(?:\d+\.old|journal\.json|committed)$/.test(name);
    const files = io.readdir(from).filter((name) => isOurs(name) && io.lstat(join(from, name))?.isFile() === true);
    for (const name of files) {
      const file = readFile(io, join(from, name));
      createFile(io, join(outside.base, to, name), file.bytes, 0o600, file.stat);
    }
    if (from === held) {
      createFile(io, join(outside.base, to, COMMITTED), Buffer.from(`${bytes}\n`), 0o600);
      files.push(COMMITTED);
    }
    for (const name of files) syncFile(io, join(outside.base, to, name));
    syncFolder(io, join(outside.base, to));
  }
  // Once the project's own copy is gone, this is the only one.
  for (const folder of [goal, ...parts(outside.path)]) syncFolder(io, join(outside.base, folder));
}

/** Takes what `copyOutside` made to the shelf, behind what is there. Can be interrupted and done again. */
export function adopt(io: DiskIo, outside: Shelf, pending: string): void {
  const waiting: Shelf = { ...outside, path: `${outside.path}/pending-${pending}` };
  for (const number of numbers(io, waiting)) {
    const from = join(waiting.base, waiting.path, String(number));
    trim(io, outside, sizeOf(io, from));
    io.rename(from, join(outside.base, outside.path, String((numbers(io, outside).at(-1) ?? 0) + 1)));
  }
  syncFolder(io, join(outside.base, outside.path));
  sweep(io, outside);
}

/** Takes a record away. It is gone at once; what was behind it is removed then. Nothing there is fine. */
function takeAway(io: DiskIo, { base, path }: Shelf, number: number): void {
  const { stat, absolute } = locate(io, base, `${path}/${number}`, 'folder');
  if (stat === null) return;
  const done = join(base, path, `done-${randomBytes(8).toString('hex')}`);
  io.rename(absolute, done);
  remove(io, done);
}

/** What another user of the project left is theirs to remove; their next run does. */
function remove(io: DiskIo, path: string): void {
  try {
    removeTree(io, path);
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
}

/** Who wrote it, when and on which machine, is nobody's business once it is done. */
function forgetOwner(io: DiskIo, record: string): void {
  if (io.lstat(record)?.isDirectory() === true) remove(io, join(record, OWNER));
}

function isForbidden(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(codeOf(error));
}

/** Takes a record away that was taken back, or all of them. */
export function clear(io: DiskIo, shelf: Shelf, which: readonly number[] = numbers(io, shelf)): void {
  for (const number of which) takeAway(io, shelf, number);
  sweep(io, shelf);
}

/**
 * What was left by a run that was killed while it copied or removed; and the shelf, when nothing is on it. Whoever calls this holds the
 * project, so that nobody is at work here.
 */
export function sweep(io: DiskIo, { base, path }: Pick<Shelf, 'base' | 'path'>): void {
  if (locate(io, base, path, 'folder').stat === null) return;
  for (const name of io.readdir(join(base, path))) {
    if (/^(?:done|pending)-/.test(name)) remove(io, join(base, path, name));
    else if (/^\d+$/.test(name)) forgetOwner(io, join(base, path, name));
  }
  removeIfEmpty(io, join(base, path));
}

/** Makes room for a new record: the oldest go. */
function trim(io: DiskIo, shelf: Shelf, size: number): void {
  const kept = [...numbers(io, shelf)].reverse();
  let total = size;
  let full = false;
  for (const [index, number] of kept.entries()) {
    total += sizeOf(io, join(shelf.base, shelf.path, String(number)));
    full ||= index + 1 >= MAX_RECORDS || total > MAX_BYTES;
    if (full) takeAway(io, shelf, number);
  }
}

/**
 * How many bytes the old texts of a record have: its marker says so. A marker that was half written does not, and the files are counted
 * then. Another user's record, which nobody else may look into, counts as nothing.
 */
function sizeOf(io: DiskIo, record: string): number {
  try {
    const marker = readFile(io, join(record, COMMITTED)).bytes.toString('utf8');
    if (/^\d{1,15}\n$/.test(marker)) return Number(marker);
  } catch (error) {
    if (isForbidden(error)) return 0;
    if (!['ENOENT', 'ELOOP', 'EMLINK', 'EISDIR', ''].includes(codeOf(error))) throw error;
  }
  return io.readdir(record).reduce((sum, name) => sum + (io.lstat(join(record, name))?.size ?? 0), 0);
}

function makePrivate(io: DiskIo, base: string, path: string): void {
  if (locate(io, base, path, 'folder').stat === null) io.mkdir(join(base, path), 0o700);
}

/** `a`, `a/b` of `a/b`. */
function parts(path: string): readonly string[] {
  return path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
}
