/** The few calls of node:fs that the writer makes, as a value: tests hand in others that fail or kill the process at a given call. */
import * as fs from 'node:fs';

export type DiskIo = Readonly<{
  realpath: (path: string) => string;
  /** Null when nothing is there. Never follows a link. */
  lstat: (path: string) => fs.Stats | null;
  fstat: (fd: number) => fs.Stats;
  readdir: (path: string) => readonly string[];
  open: (path: string, flags: string | number, mode?: number) => number;
  readAll: (fd: number) => Buffer;
  write: (fd: number, bytes: Uint8Array, offset: number) => number;
  chmod: (fd: number, mode: number) => void;
  chown: (fd: number, uid: number, gid: number) => void;
  sync: (fd: number) => void;
  close: (fd: number) => void;
  mkdir: (path: string, mode?: number) => void;
  rmdir: (path: string) => void;
  unlink: (path: string) => void;
  rename: (from: string, to: string) => void;
}>;

export const nodeIo: DiskIo = {
  realpath: (path) => fs.realpathSync.native(path),
  lstat: (path) => {
    try {
      return fs.lstatSync(path, { throwIfNoEntry: false }) ?? null;
    } catch (error) {
      if (codeOf(error) === 'ENOTDIR') return null;
      throw error;
    }
  },
  fstat: (fd) => fs.fstatSync(fd),
  readdir: (path) => fs.readdirSync(path),
  open: (path, flags, mode) => fs.openSync(path, flags, mode),
  readAll: (fd) => fs.readFileSync(fd),
  write: (fd, bytes, offset) => fs.writeSync(fd, bytes, offset),
  chmod: (fd, mode) => fs.fchmodSync(fd, mode),
  chown: (fd, uid, gid) => fs.fchownSync(fd, uid, gid),
  sync: (fd) => fs.fsyncSync(fd),
  close: (fd) => fs.closeSync(fd),
  mkdir: (path, mode) => fs.mkdirSync(path, mode),
  rmdir: (path) => fs.rmdirSync(path),
  unlink: (path) => fs.unlinkSync(path),
  rename: (from, to) => fs.renameSync(from, to),
};

const RETRY_MS = 2000;

/**
 * On Windows a virus scanner or an editor may hold a file for a moment: rename and removal are tried again for up to two seconds.
 * Elsewhere EPERM and EBUSY are lasting, and the calls stay as they are.
 */
export function patient(io: DiskIo, platform: string = process.platform, sleep: (ms: number) => void = pause): DiskIo {
  if (platform !== 'win32') return io;
  const again =
    <A extends unknown[]>(call: (...args: A) => void) =>
    (...args: A): void => {
      for (let waited = 0, wait = 10; ; waited += wait, wait = Math.min(wait * 2, 200)) {
        try {
          call(...args);
          return;
        } catch (error) {
          if (!['EPERM', 'EBUSY', 'EACCES'].includes(codeOf(error)) || waited + wait > RETRY_MS) throw error;
          sleep(wait);
        }
      }
    };
  return { ...io, rename: again(io.rename), unlink: again(io.unlink), rmdir: again(io.rmdir) };
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** The error's code (`ENOSPC`), or an empty text. */
export function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | null)?.code ?? '');
}

/** Bytes and permission bits of a regular file. Never follows a link. */
export function readFile(io: DiskIo, path: string): Readonly<{ bytes: Buffer; stat: fs.Stats }> {
  const fd = io.open(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0));
  try {
    const stat = io.fstat(fd);
    if (!stat.isFile()) throw new Error(`${path} is not a regular file`);
    return { bytes: io.readAll(fd), stat };
  } finally {
    io.close(fd);
  }
}

/**
 * A new file, not yet surely on the medium (`syncFile`). `like` gives the owner, when we are allowed to set it. Returns the permission
 * bits that it really has: not every file system keeps them all.
 */
export function createFile(io: DiskIo, path: string, bytes: Uint8Array, mode: number, like?: fs.Stats): number {
  const fd = io.open(path, 'wx', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += io.write(fd, bytes, done);
    if (like !== undefined) giveTo(io, fd, like);
    io.chmod(fd, mode & 0o7777);
    return io.fstat(fd).mode & 0o7777;
  } finally {
    io.close(fd);
  }
}

export function setMode(io: DiskIo, path: string, mode: number): void {
  const fd = io.open(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0));
  try {
    io.chmod(fd, mode);
  } finally {
    io.close(fd);
  }
}

/** Run as root in somebody's project, a replaced file must stay somebody's. */
function giveTo(io: DiskIo, fd: number, like: fs.Stats): void {
  const { uid, gid } = io.fstat(fd);
  if (uid === like.uid && gid === like.gid) return;
  try {
    io.chown(fd, like.uid, like.gid);
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP'].includes(codeOf(error))) throw error;
  }
}

/** Puts a file on the medium. Many at once cost half of what they cost one by one, so this comes after all are written. */
export function syncFile(io: DiskIo, path: string): void {
  const fd = io.open(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    io.sync(fd);
  } finally {
    io.close(fd);
  }
}

/** Makes renames in a folder lasting. Not every system can. */
export function syncFolder(io: DiskIo, path: string): void {
  let fd: number;
  try {
    fd = io.open(path, 'r');
  } catch (error) {
    if (['EISDIR', 'EPERM', 'EACCES', 'ENOENT'].includes(codeOf(error))) return;
    throw error;
  }
  try {
    io.sync(fd);
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR', 'EBADF'].includes(codeOf(error))) throw error;
  } finally {
    io.close(fd);
  }
}

/** Removes a file or a whole folder; a link goes, never what it points to. Nothing there is fine. */
export function removeTree(io: DiskIo, path: string): void {
  const stat = io.lstat(path);
  if (stat === null) return;
  try {
    if (stat.isDirectory()) {
      for (const name of io.readdir(path)) removeTree(io, `${path}/${name}`);
      io.rmdir(path);
    } else io.unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error; // somebody else was faster
  }
}

/** Removes a folder when it is empty. True when it is gone. */
export function removeIfEmpty(io: DiskIo, path: string): boolean {
  try {
    io.rmdir(path);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY', 'EROFS'].includes(codeOf(error))) return false;
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}
