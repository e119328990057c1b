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
  /**
   * The text of a file, or null when it is absent. Throws SetupError (READ) when it is there and cannot be read, or is no text, or is larger
   * than source code is; `ours`: what we write may be that large.
   */
  read: (path: string, ours?: boolean) => string | null;
  /** True when a file or folder is there, also in folders that `list` leaves out. */
  exists: (path: string) => boolean;
  /** Permission bits of a file, or null when it is absent. */
  mode: (path: string) => number | null;
  /** True when the path, or a folder on the way to it, is a symbolic link: the writer follows none. Absent: there are no links. */
  linked?: (path: string) => boolean;
  /** Bytes of a file, without reading it; null when nobody knows. Absent: nobody knows. */
  size?: (path: string) => number | null;
  /** Every plain file below a folder that `list` leaves out, sorted; links are not followed. Absent: there is none. */
  below?: (folder: string) => readonly string[];
}>;

/** What git's own files say; read as files, git itself is never run. */
export type GitFiles = Readonly<{ read: (path: string) => string | null }> | null;

/** What a write is called when it can be taken back, and where its record is kept: beside the project's journal, or outside of it. */
export type WriteOptions = Readonly<{
  progress?: (done: number, total: number) => void;
  /** `update`, `init`, …: shown by `undo`. */
  label?: string;
  /** `outside`: the project shall hold nothing of ours afterwards (`remove --all`). */
  record?: 'inside' | 'outside';
}>;

/** A write that can be taken back. Paths are sorted; our own `.devops/` files are among them. */
export type Undoable = Readonly<{
  label: string;
  created: readonly string[];
  changed: readonly string[];
  deleted: readonly string[];
}>;

/**
 * What became of an interrupted run. `undone`: the write that is gone by it, where it was an undo that is finished now, or a write that was
 * rolled back; else null.
 */
export type Recovery = Readonly<{
  outcome: 'clean' | 'staging-dropped' | 'rolled-back' | 'rolled-forward';
  undone: Undoable | null;
}>;

/** The only writer. */
export type ProjectWriter = Readonly<{
  /** Writes all or nothing. Throws SetupError (WRITE, JAIL, LOCKED, CHANGED) with the disk as it was. */
  apply: (writes: readonly Write[], options?: WriteOptions) => void;
  /** Finishes or rolls back what an interrupted run left behind. */
  recover: () => Recovery;
  /** Whether an interrupted run left something behind; reads only. */
  unfinished: () => boolean;
  /** The last write that is still recorded; null where there is none. Reads only. */
  undoable: () => Undoable | null;
  /**
   * Takes the last recorded write back, byte for byte, modes included, in a transaction of its own; the record goes with it. Where an
   * interrupted run is healed first, and a write is gone by that, it is this one, and no other is taken back.
   * @throws SetupError CHANGED naming every file that was edited since (nothing is touched then), WRITE, JAIL, LOCKED
   */
  undo: () => Undoable;
}>;
