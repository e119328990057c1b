/** The tree of what will happen, as data. */
import type { Ownership } from './files.ts';

type Base = Readonly<{ path: string; generator: string; ownership: Ownership; reason: string }>;

/**
 * One path of the plan. `before`/`after` are texts (null: absent); `base` is what we last wrote (null: unknown).
 * - `create`    nothing is there; we write it.
 * - `update`    ours and untouched, or an additive edit of a user's file.
 * - `unchanged` the disk already says what we would write.
 * - `keep`      somebody else's file, or an edit of ours with no news from us: left alone.
 * - `conflict`  ours, edited since, and we have news: a person decides.
 * - `delete`    ours, untouched, no longer wanted.
 * - `orphan`    ours, edited, no longer wanted: left to the user and forgotten.
 */
export type Change =
  | (Base & Readonly<{ kind: 'create'; before: null; after: string; mode: number }>)
  | (Base & Readonly<{ kind: 'update'; before: string; after: string; mode: number; modeBefore: number }>)
  | (Base & Readonly<{ kind: 'unchanged'; before: string; after: string; mode: number }>)
  | (Base & Readonly<{ kind: 'keep'; before: string | null; after: string; foreign: boolean }>)
  | (Base & Readonly<{ kind: 'conflict'; before: string; after: string; base: string | null; mode: number }>)
  | (Base & Readonly<{ kind: 'delete'; before: string; after: null }>)
  | (Base & Readonly<{ kind: 'orphan'; before: string; after: null }>);

export type ChangeKind = Change['kind'];

/** How conflicts are decided when nobody is asked. The three-way merge (`markers`) comes with `update`. */
export type ConflictPolicy = 'keep' | 'theirs' | 'fail';

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
  files: Readonly<Record<string, LockEntry>>;
}>;

/** `hash` is sha-256 over the text with LF ends (of the fragment, for an additive edit). */
export type LockEntry = Readonly<{ generator: string; ownership: Ownership; hash: string; mode: number }>;
