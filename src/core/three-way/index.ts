/**
 * The three-way merge of one text: by lines; then by the format's structure, where lines are in conflict or say something that the
 * structure does not; then what is left is a conflict.
 */
import type { ConflictChoices, Merged, MergeTexts } from '../../model.ts';
import { byLines, withoutBase } from './by-lines.ts';
import { type Draft, YOURS } from './draft.ts';
import type { Format } from './format.ts';
import { formats } from './formats/index.ts';
import { marked } from './markers.ts';
import { byStructure, says } from './structure.ts';
import { yaml } from './yaml.ts';

/** Merges; what nobody can decide is a conflict. Pure; the same texts and choices give the same result. */
export function mergeTexts(texts: MergeTexts, choices: ConflictChoices = new Map()): Merged {
  const { method, conflicts, notes, write } = draftOf(texts);
  const open = conflicts.filter(({ id }) => !choices.has(id));
  const text = write((id) => choices.get(id) ?? 'yours');
  if (open.length < conflicts.length && !fits(texts, text))
    return {
      text: write(YOURS),
      method,
      conflicts,
      open: conflicts,
      notes: [...notes, 'these choices do not go together'],
    };
  return { text, method, conflicts, open, notes };
}

/** The merged text with marks (as git writes them, with the base) around every conflict. */
export function withMarkers(texts: MergeTexts): string {
  const draft = draftOf(texts);
  return draft.conflicts.length === 0 ? draft.write(YOURS) : marked(draft);
}

/** Why a text is not valid in the format that its path names; null where it is, or where nobody knows. */
export function problemOf(path: string, text: string): string | null {
  const parsed = formatOf(path, text)?.parse(text);
  return parsed !== undefined && 'error' in parsed ? parsed.error : null;
}

function draftOf(texts: MergeTexts): Draft {
  const { base, yours, theirs, path } = texts;
  if (yours === theirs || base === theirs) return settled(yours);
  if (base === yours) return settled(theirs);
  if (base === null) return withoutBase(yours, theirs);
  const [mine, old, news] = [yours, base, theirs].map((text) => text === '' || text.endsWith('\n'));
  const ends = mine === old ? news : mine;
  const draft = merged({ path, base: ended(base), yours: ended(yours), theirs: ended(theirs) });
  return ends ? draft : { ...draft, write: (choose) => draft.write(choose).replace(/\n$/, '') };
}

/** The last line's end is no line's business: it is decided by itself. A text without lines lacks none. */
function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function merged({ path, base, yours, theirs }: MergeTexts & { base: string }): Draft {
  const lines = byLines(base, yours, theirs);
  const format = formatOf(path, yours, theirs, base);
  if (format === null) return lines;
  const [b, y, t] = [base, yours, theirs].map((text) => format.parse(text)) as [Tree, Tree, Tree];
  if (!('root' in y)) return lines; // It was broken before we came.
  if (!('root' in b) || !('root' in t)) return proved(lines, format) ? lines : byLines(base, yours, theirs, true);
  const structured = byStructure(
    format,
    { path, base, yours, theirs },
    { base: b.root, yours: y.root, theirs: t.root },
  );
  if (structured === null) return byLines(base, yours, theirs, true);
  const agree = lines.conflicts.length + structured.draft.conflicts.length === 0;
  if (agree && says(format, lines.write(YOURS), structured.meaning)) return lines;
  if (structured.bringsBack()) return lines;
  return structured.isProved() ? structured.draft : byLines(base, yours, theirs, true);
}

type Tree = ReturnType<Format['parse']>;

/** The format of the path; where the texts are of several (with comments and without), the one that reads them all. */
function formatOf(path: string, ...texts: readonly string[]): Format | null {
  const all = new Set(texts.map((text) => [yaml, ...formats].find((format) => format.matches(path, text)) ?? null));
  const [first = null, ...others] = all;
  return others.find((format) => format !== null && texts.every((text) => 'root' in format.parse(text))) ?? first;
}

/** Valid as far as anybody can tell. */
function proved(draft: Draft, format: Format): boolean {
  return 'root' in format.parse(draft.write(YOURS));
}

/** Whether a text with choices in it is as valid as both sides are. */
function fits({ path, yours, theirs }: MergeTexts, text: string): boolean {
  const format = formatOf(path, yours, theirs);
  if (format === null || text === yours || text === theirs) return true;
  return [yours, theirs].some((side) => 'error' in format.parse(side)) || 'root' in format.parse(text);
}

function settled(text: string): Draft {
  return { method: 'lines', conflicts: [], notes: [], write: () => text };
}
