/**
 * The three-way merge by lines: Myers' difference of each side with the base, and edits that touch each other put together. It decides as
 * `git merge-file` does: edits of neighbouring lines are one place, and the same edit on both sides is no conflict.
 */
import { diffArrays } from 'diff';
import { compact, type Marked } from './compact.ts';

/** Half open, in lines from 0. */
export type Span = Readonly<{ start: number; end: number }>;
/** A stretch of the three texts. `same`: nobody changed it; `both`: both sides made the same change. */
export type Region = Readonly<{
  kind: 'same' | 'yours' | 'theirs' | 'both' | 'conflict';
  base: Span;
  yours: Span;
  theirs: Span;
}>;

type Edit = Readonly<{ side: 'yours' | 'theirs'; base: Span; other: Span }>;

/** Edits after which a comparison is given up: the work grows with their square, and such texts have little in common. */
const MAX_EDITS = 2000;

/** The lines of a text with their line ends. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** All stretches in order; one conflict over everything when the texts differ too much to be compared. */
export function regionsOf(base: readonly string[], yours: readonly string[], theirs: readonly string[]): Region[] {
  const mine = editsOf('yours', base, yours);
  const news = editsOf('theirs', base, theirs);
  if (mine === null || news === null) {
    const whole = { base: all(base), yours: all(yours), theirs: all(theirs) };
    return [{ kind: 'conflict', ...whole }];
  }
  const edits = [...mine, ...news].sort((a, b) => a.base.start - b.base.start || a.base.end - b.base.end);
  const regions: Region[] = [];
  // How far each side is shifted against the base, by the edits passed so far.
  const shift = { yours: 0, theirs: 0 };
  let at = 0;
  const same = (to: number): void => {
    if (to > at) regions.push({ kind: 'same', ...spans({ start: at, end: to }, shift, shift) });
    at = to;
  };
  for (let index = 0; index < edits.length; ) {
    const start = (edits[index] as Edit).base.start;
    let end = start;
    const before = { ...shift };
    const sides = new Set<string>();
    for (let edit = edits[index]; edit !== undefined && (sides.size === 0 || edit.base.start <= end); ) {
      end = Math.max(end, edit.base.end);
      sides.add(edit.side);
      shift[edit.side] += edit.other.end - edit.other.start - (edit.base.end - edit.base.start);
      index += 1;
      edit = edits[index];
    }
    const found = spans({ start, end }, before, shift);
    if (start > at) regions.push({ kind: 'same', ...spans({ start: at, end: start }, before, before) });
    regions.push({ kind: kindOf(sides, found, yours, theirs), ...found });
    at = end;
  }
  same(base.length);
  return regions;
}

type Shift = Readonly<{ yours: number; theirs: number }>;

function spans(base: Span, before: Shift, after: Shift): Readonly<{ base: Span; yours: Span; theirs: Span }> {
  const side = (name: 'yours' | 'theirs'): Span => ({ start: base.start + before[name], end: base.end + after[name] });
  return { base, yours: side('yours'), theirs: side('theirs') };
}

function kindOf(
  sides: ReadonlySet<string>,
  found: Readonly<{ yours: Span; theirs: Span }>,
  yours: readonly string[],
  theirs: readonly string[],
): Region['kind'] {
  if (sides.size === 1) return sides.has('yours') ? 'yours' : 'theirs';
  return textOf(yours, found.yours) === textOf(theirs, found.theirs) ? 'both' : 'conflict';
}

export function textOf(lines: readonly string[], { start, end }: Span): string {
  return lines.slice(start, end).join('');
}

/** The merged text, or null when a person would have to decide. */
export function mergedLines(base: string, yours: string, theirs: string): string | null {
  const lines = { base: splitLines(base), yours: splitLines(yours), theirs: splitLines(theirs) };
  const regions = regionsOf(lines.base, lines.yours, lines.theirs);
  if (regions.some(({ kind }) => kind === 'conflict')) return null;
  return regions.map((region) => sideOf(region, lines)).join('');
}

/** What a stretch without a conflict says; of one with a conflict, the user's side. */
export function sideOf(
  region: Region,
  lines: Readonly<{ yours: readonly string[]; theirs: readonly string[] }>,
): string {
  return region.kind === 'theirs' ? textOf(lines.theirs, region.theirs) : textOf(lines.yours, region.yours);
}

/** The edits that make `other` of `base`; null when there are too many. */
function editsOf(side: Edit['side'], base: readonly string[], other: readonly string[]): Edit[] | null {
  // Equal ends are most of most texts, and cheap.
  let head = 0;
  while (head < base.length && head < other.length && base[head] === other[head]) head += 1;
  let tail = 0;
  const most = Math.min(base.length, other.length) - head;
  while (tail < most && base[base.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  const inner = [base.slice(head, base.length - tail), other.slice(head, other.length - tail)] as const;
  const parts = diffArrays(...inner, { maxEditLength: MAX_EDITS });
  if (parts === undefined) return null;
  const old: Marked = { lines: base, changed: base.map(() => false) };
  const now: Marked = { lines: other, changed: other.map(() => false) };
  let at = { base: head, other: head };
  for (const { added, removed, count = 0 } of parts) {
    if (removed) old.changed.fill(true, at.base, at.base + count);
    if (added) now.changed.fill(true, at.other, at.other + count);
    at = { base: at.base + (added ? 0 : count), other: at.other + (removed ? 0 : count) };
  }
  compact(old, now);
  return groups(side, old, now);
}

function groups(side: Edit['side'], old: Marked, now: Marked): Edit[] {
  const edits: Edit[] = [];
  for (let b = 0, o = 0; b < old.lines.length || o < now.lines.length; b += 1, o += 1) {
    const [start, from] = [b, o];
    while (old.changed[b]) b += 1;
    while (now.changed[o]) o += 1;
    if (b > start || o > from) edits.push({ side, base: { start, end: b }, other: { start: from, end: o } });
  }
  return edits;
}

function all(lines: readonly string[]): Span {
  return { start: 0, end: lines.length };
}
