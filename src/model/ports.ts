/** The thin ports through which effects come in. `src/io` implements them; tests hand in plain objects. */
import type { Write } from './plan.ts';

/** Read-only view of the project. Paths are relative to the root, with `/`. Nothing outside the root is ever read. */
export type ProjectFiles = Readonly<{
  /** Every file below the root, sorted; dependency, build and VCS folders left out; bounded. */
  list: () => readonly string[];
  /** True when there is more below the root than `list` holds. Absent: it holds everything. */
  truncated?: () => boolean;
  /** Links that `list` leaves out: to a folder, out of the root, to nothing. With them, the listed folders are known to the last file. */
  leftLinks?: () => ReadonlySet<string>;
  /** The text of a file, or null when it is absent. Throws SetupError (READ) when it is there and cannot be read, or is no text. */
  read: (path: string) => string | null;
  /** True when a file or folder is there, also in folders that `list` leaves out. */
  exists: (path: string) => boolean;
  /** Permission bits of a file, or null when it is absent. */
  mode: (path: string) => number | null;
  /** True when the path, or a folder on the way to it, is a symbolic link: the writer follows none. Absent: there are no links. */
  linked?: (path: string) => boolean;
}>;

/** What git's own files say; read as files, git itself is never run. */
export type GitFiles = Readonly<{ read: (path: string) => string | null }> | null;

/** The only writer. */
export type ProjectWriter = Readonly<{
  /** Writes all or nothing. Progress is told after each file. Throws SetupError (WRITE, JAIL, LOCKED, CHANGED) with the disk as it was. */
  apply: (writes: readonly Write[], progress?: (done: number, total: number) => void) => void;
  /** Finishes or rolls back what an interrupted run left behind. */
  recover: () => 'clean' | 'staging-dropped' | 'rolled-back' | 'rolled-forward';
  /** Whether an interrupted run left something behind; reads only. */
  unfinished: () => boolean;
}>;
