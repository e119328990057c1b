/** What is decided about one path: the words that the deciding files share. */
import type {
  Change,
  ConflictChoices,
  ConflictPolicy,
  FileAnswer,
  Intent,
  LockEntry,
  Merged,
  MergeTexts,
  Ownership,
  RenderedFile,
} from '../../model.ts';
import { hashText, matches } from '../lock.ts';
import { plainText } from '../text-style.ts';
import { nextMode } from './mode.ts';

/** The three-way merge. All texts have LF ends. */
export type ThreeWay = Readonly<{
  merge: (texts: MergeTexts, choices?: ConflictChoices) => Merged;
  mark: (texts: MergeTexts) => string;
}>;

/** A text that is kept below `.devops/base`: this one, none (null), or the one that is there. */
export type Stored = Readonly<{ text: string | null }> | 'leave';

/** What is to be remembered of a path: its line in the lock, the text that we last wrote, and one that waits for marks to be settled. */
export type Records = Readonly<{ entry: LockEntry | null; base: Stored; next: Stored }>;

/** `change` null: nothing to tell. */
export type Decision = Records & Readonly<{ change: Change | null }>;

/** Everything that a decision looks at. */
export type Situation = Readonly<{
  /** What the generator calls it, and where it is. */
  path: string;
  place: string;
  /** What is on disk; null: absent. */
  before: string | null;
  modeBefore: number | null;
  linked: boolean;
  entry: LockEntry | undefined;
  /** What we last wrote, when it is what the lock says. */
  base: string | null;
  /** There is a text that should be what we last wrote, and it is not what the lock says. */
  damaged: boolean;
  /** The text of ours that waits for marks to be settled, when it is what the lock says. */
  next: string | null;
  /** Marks were written into it and the text from before is back, without what was merged beside them. */
  takenBack?: boolean;
  /** A path of the disk that is this one where case is ignored, and its text. */
  twin: Readonly<{ path: string; text: string }> | null;
  /** The generator's path of another file of ours that a person moved to this place. */
  taken: string | null;
  unmanaged: boolean;
  intent: Intent | undefined;
  answer: FileAnswer | undefined;
  policy: ConflictPolicy;
  threeWay: ThreeWay;
  /** What stays remembered as long as nothing is decided. */
  undecided: Records;
}>;

export const NONE: Stored = { text: null };
export const NOTHING: Records = { entry: null, base: NONE, next: NONE };

type About = Readonly<{ path: string; from?: string; generator: string; ownership: Ownership }>;

export function about(owner: Readonly<{ generator: string; ownership: Ownership }>, now: Situation): About {
  const { generator, ownership } = owner;
  return { path: now.place, ...(now.place === now.path ? {} : { from: now.path }), generator, ownership };
}

/** The line of the lock for a file as it was rendered now. */
export function entryOf(file: RenderedFile, now: Situation): LockEntry {
  const { generator, ownership, mode } = file;
  const at = now.place === file.path ? {} : { at: now.place };
  return { generator, ownership, hash: hashText(file.text), mode, ...at };
}

/** What is remembered when a file is as we want it, or when a person decided: from now on our news are measured against this text. */
export function settled(file: RenderedFile, now: Situation): Records {
  return { entry: entryOf(file, now), base: { text: plainText(file.text) }, next: NONE };
}

export function isNews(file: RenderedFile, entry: LockEntry): boolean {
  return !matches(file.text, entry.hash);
}

/** Left alone. What is on disk can be told apart from what is compared (`before`): a link is not read. */
export function keep(
  file: RenderedFile,
  now: Situation,
  reason: string,
  records: Records = now.undecided,
  before: string | null = now.before,
): Decision {
  const foreign = records.entry === null;
  return { change: { ...about(file, now), kind: 'keep', reason, before, after: file.text, foreign }, ...records };
}

export function created(file: RenderedFile, now: Situation, records: Records, after = file.text): Decision {
  return {
    change: { ...about(file, now), kind: 'create', reason: 'new', before: null, after, mode: file.mode },
    ...records,
  };
}

/** `after` on disk. Where text and mode are that already, nothing is written. */
export function written(
  file: RenderedFile,
  now: Situation & { readonly before: string },
  after: string,
  reason: string,
  records: Records,
  more: Readonly<{ merged?: Merged; mode?: number }> = {},
): Decision {
  const { before } = now;
  const modeBefore = now.modeBefore ?? now.entry?.mode ?? file.mode;
  const mode = more.mode ?? nextMode(file.mode, now.entry?.mode, now.modeBefore);
  const { notes = [], conflicts = [] } = more.merged ?? {};
  const told = { ...(notes.length > 0 ? { notes } : {}), ...(conflicts.length > 0 ? { conflicts } : {}) };
  const change: Change =
    after === before && mode === modeBefore
      ? { ...about(file, now), kind: 'unchanged', reason, before, after, mode, ...told }
      : { ...about(file, now), kind: 'update', reason, before, after, mode, modeBefore, ...told };
  return { change, ...records };
}

/** `Situation` where something is on disk. */
export type Present = Situation & { readonly before: string };

export function isPresent(now: Situation): now is Present {
  return now.before !== null;
}
