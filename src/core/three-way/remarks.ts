/**
 * Comments say nothing to the machine, so they never make a conflict: what only the new version changed comes in, what you changed stays,
 * and where both did so your words stay and a note names the place.
 */
import { type Entry, meaning, type Node, printEntry } from './format.ts';
import { mergedLines } from './lines.ts';

const VERSION = /\bv?\d+(?:\.\d+)+\S*|\bv\d+\b/g;

/** Comments in lines of their own. `theirs` stands in your indentation already. Null: both changed them. */
export function mergeComments(base: string, yours: string, theirs: string, indent: string): string | null {
  const [b, y, t] = [normal(base), normal(yours), normal(theirs)];
  if (b === t || y === t) return yours;
  if (b === y) return theirs;
  const merged = mergedLines(b, y, t);
  if (merged === null) return null;
  return merged.replace(/^(?=[^\n])/gm, indent);
}

/** The comment behind a value. A version in yours that you left as it was follows the new one: it speaks of the value. */
export function mergeRemark(base: string, yours: string, theirs: string): string | null {
  const [b, y, t] = [base.trim(), yours.trim(), theirs.trim()];
  if (b === t || y === t) return yours;
  if (b === y) return theirs;
  const [old, now] = [b.match(VERSION) ?? [], t.match(VERSION) ?? []];
  if (old.length === 1 && now.length === 1 && y.split(old[0]).length === 2) return yours.replace(old[0], now[0]);
  return null;
}

/** A piece of text without indentation and empty lines. */
export function normal(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

/** Whether two entries read the same, wherever they stand, and say the same: indentation alone can move a key. A comma is their container's. */
export function alike(a: Entry, b: Entry): boolean {
  const plain = (entry: Entry): string => normal(printEntry({ ...entry, comma: '' }).trimEnd());
  return plain(a) === plain(b) && meaning(a.node) === meaning(b.node);
}

/** All comments of an entry, in order, one a line. */
export function commentsOf(entry: Entry): string[] {
  const inside = (node: Node): string[] =>
    node.kind === 'leaf' ? [] : [node.head, ...node.entries.flatMap(commentsOf), node.tail];
  return [entry.lead, ...inside(entry.node), entry.remark]
    .flatMap((text) => text.split('\n'))
    .map((line) => line.trim())
    .filter((line) => /[^\s[\]{},:|>&*!-]/.test(line));
}

/** The comments that an entry has and another one has not. */
export function newComments(entry: Entry, base: Entry): string[] {
  const known = new Set(commentsOf(base));
  return commentsOf(entry).filter((comment) => !known.has(comment));
}
