/** The tree of what will happen, as data. */
import type { Ownership } from './files.ts';
import type { MergeConflict } from './merge.ts';

/** `path` is where the file is now; `from` the path that the generator gives it, where a person moved it. */
type Base = Readonly<{ path: string; from?: string; generator: string; ownership: Ownership; reason: string }>;

/**
 * One path of the plan. `before`/`after` are texts (null: absent); `base` is what we last wrote (null: unknown).
 * - `create`    nothing is there; we write it.
 * - `update`    ours and untouched, ours and merged with the user's edits, or an additive edit of a user's file. `notes` tell what the
 *               merge decided, `conflicts` what was answered.
 * - `unchanged` the disk already says what we would write; also when a conflict was answered with what is there (`conflicts`).
 * - `keep`      somebody else's file, or an edit of ours with no news from us: left alone.
 * - `conflict`  ours, edited since, and our news meet the edits in the same place: a person decides. `after` is the merged text with the
 *               user's side in every open place; it is not written.
 * - `delete`    ours, untouched, no longer wanted.
 * - `orphan`    ours, edited, no longer wanted: left to the user and forgotten.
 */
export type Change =
  | (Base & Readonly<{ kind: 'create'; before: null; after: string; mode: number }>)
  | (Base &
      Readonly<{
        kind: 'update';
        before: string;
        after: string;
        mode: number;
        modeBefore: number;
        notes?: readonly string[];
        conflicts?: readonly MergeConflict[];
      }>)
  | (Base &
      Readonly<{
        kind: 'unchanged';
        before: string;
        after: string;
        mode: number;
        notes?: readonly string[];
        conflicts?: readonly MergeConflict[];
      }>)
  | (Base & Readonly<{ kind: 'keep'; before: string | null; after: string; foreign: boolean }>)
  | (Base &
      Readonly<{
        kind: 'conflict';
        before: string;
        after: string;
        /** What we would write if nobody had edited it. */
        theirs: string;
        base: string | null;
        mode: number;
        conflicts: readonly MergeConflict[];
      }>)
  | (Base & Readonly<{ kind: 'delete'; before: string; after: null }>)
  | (Base & Readonly<{ kind: 'orphan'; before: string; after: null }>);

export type ChangeKind = Change['kind'];

/**
 * How conflicts are decided when nobody is asked. `leave` (nobody said anything): the file stays untouched and the conflict is there again
 * next time. `keep`: the user's side in every open place; the rest is merged, and it is decided. `theirs`: our side. `markers`: marks in
 * the text, as git writes them, except where a file with marks would break what runs (`.github/workflows`). `fail`: nothing at all is
 * written.
 */
export type ConflictPolicy = 'leave' | 'keep' | 'theirs' | 'markers' | 'fail';

/** What a person asked for one path: ours again, or theirs under our care. */
export type Intent = 'restore' | 'adopt';

export type Plan = Readonly<{
  /** Sorted by path; our own `.devops/` files are not among them. */
  changes: readonly Change[];
  /** The lock as it will be written, last. */
  lock: Lock;
  /** Files under `.devops/` that go with the plan (config, schema, bases); written in the same transaction. */
  housekeeping: readonly Write[];
}>;

/**
 * One write of a transaction. `content: null` deletes. `expect` is what the disk must hold when the write starts: sha-256, in hex, over
 * its bytes (null: absent).
 */
export type Write = Readonly<{ path: string; content: string | null; mode: number; expect: string | null }>;

/** `.devops/lock.json`. Untrusted when read back. Never holds a secret, a time or a machine's name. */
export type Lock = Readonly<{
  version: 1;
  tool: string;
  /** Hash of the canonical configuration that the files were rendered from. */
  config: string;
  /** Facts that depend on the clone, pinned at the first write. */
  pinned: Readonly<Record<string, string>>;
  /** By the path that the generator gives. */
  files: Readonly<Record<string, LockEntry>>;
  /** Presets from elsewhere that were fetched into `.devops/presets`, by the word in `extends`. */
  presets?: Readonly<Record<string, PresetEntry>>;
}>;

/**
 * `hash` is sha-256 over the text with LF ends (of the fragment, for an additive edit). `at`: where the file is now, when a person moved
 * it. `open`: it was written with conflict marks; hashes of the user's text before and of the text of ours that is still to be settled.
 */
export type LockEntry = Readonly<{
  generator: string;
  ownership: Ownership;
  hash: string;
  mode: number;
  at?: string;
  open?: Readonly<{ yours: string; theirs: string }>;
}>;

/** `file` is below `.devops/presets`, `hash` sha-256 over its text with LF ends, `resolved` the exact version or commit. */
export type PresetEntry = Readonly<{ file: string; hash: string; resolved: string; integrity: string }>;
