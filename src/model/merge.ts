/** The three-way merge of one text, as data: what was decided by itself, and what a person has to decide. */

/** The texts have LF ends and no byte order mark. `base` null: nobody knows what both began with, so every difference is a conflict. */
export type MergeTexts = Readonly<{ path: string; base: string | null; yours: string; theirs: string }>;

/** One place where both sides changed the same thing. Null: there is nothing on that side. */
export type MergeConflict = Readonly<{
  /** Names the place within one merge; the same texts give the same id. The pointer where there is one, else `lines <first>-<last>` of yours. */
  id: string;
  /** JSON pointer into the document (`/jobs/build/steps/2/run`; a document of several is `#1/…`); null where the place is lines. */
  pointer: string | null;
  /** In the user's text, from 1. */
  line: number;
  yours: string | null;
  base: string | null;
  theirs: string | null;
  /** One sentence without a full stop: `you deleted it, the new version changes it`. */
  reason: string;
}>;

export type ConflictChoice = 'yours' | 'theirs';
/** By conflict id. */
export type ConflictChoices = ReadonlyMap<string, ConflictChoice>;

/**
 * `text` holds the choices; where nobody chose, it says what the user's text says. `conflicts` are all of them, answered or not;
 * `open` those without an answer. `notes` are decisions worth telling: `actions/setup-node: yours is newer, kept`.
 */
export type Merged = Readonly<{
  text: string;
  method: 'lines' | 'structure';
  conflicts: readonly MergeConflict[];
  open: readonly MergeConflict[];
  notes: readonly string[];
}>;

/** How a person answered for one file: conflict by conflict, or with a text of their own (from an editor). */
export type FileAnswer = Readonly<{ choices: ConflictChoices }> | Readonly<{ text: string }>;
