/** A change made visible, as data: its unified diff. No colours, no printing. */
import { structuredPatch } from 'diff';
import type { Change, ChangeKind } from '../model.ts';
import { toLf } from './text-style.ts';

/** One line of a diff. `old` and `new` are its line numbers, null on the side where it is not. */
export type DiffLine = Readonly<{
  kind: 'same' | 'added' | 'removed';
  text: string;
  old: number | null;
  new: number | null;
}>;
export type DiffHunk = Readonly<{ header: string; lines: readonly DiffLine[] }>;
/**
 * `wholesale`: the texts differ too much to be compared line by line; the old one is shown as removed, the new one as added.
 * `notes`: what lines do not show: modes, line ends, a missing final newline.
 */
export type FileDiff = Readonly<{
  path: string;
  kind: ChangeKind;
  added: number;
  removed: number;
  hunks: readonly DiffHunk[];
  notes: readonly string[];
  wholesale: boolean;
}>;

/** Edits after which a line by line comparison is given up; quadratic beyond, and nobody reads it. */
const MAX_EDITS = 1000;

/**
 * The difference that a change makes to the disk; for a `conflict` and a `keep`, the difference between what is there and ours.
 * `context` is the number of equal lines around each edit.
 */
export function diffOf(change: Change, context = 3): FileDiff {
  const before = toLf(change.before ?? '');
  const ours = change.kind === 'conflict' ? change.theirs : change.after;
  const after = change.kind === 'unchanged' ? before : toLf(ours ?? '');
  const options = { context, maxEditLength: MAX_EDITS };
  const oneSided = before === '' || after === '';
  const patch = before === after || oneSided ? null : structuredPatch('', '', before, after, '', '', options);
  const hunks = before === after ? [] : (patch?.hunks.map(toHunk) ?? [wholeHunk(before, after)]);
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    path: change.path,
    kind: change.kind,
    added: lines.filter(({ kind }) => kind === 'added').length,
    removed: lines.filter(({ kind }) => kind === 'removed').length,
    hunks,
    notes: notesOf(change),
    wholesale: patch === undefined,
  };
}

/** A unified diff as text, as `git diff` prints it; empty when there is no difference. LF ends. */
export function unifiedDiff(change: Change, context = 3): string {
  const { path, hunks, notes } = diffOf(change, context);
  if (hunks.length === 0 && notes.length === 0) return '';
  const from = change.before === null ? '/dev/null' : `a/${path}`;
  const to = change.after === null ? '/dev/null' : `b/${path}`;
  const body = hunks.flatMap(({ header, lines }) => [header, ...lines.map(({ kind, text }) => SIGN[kind] + text)]);
  return `${[`--- ${from}`, `+++ ${to}`, ...notes.map((note) => `# ${note}`), ...body].join('\n')}\n`;
}

const SIGN = { same: ' ', added: '+', removed: '-' } as const;

type Patch = Readonly<{
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: readonly string[];
}>;

function toHunk(hunk: Patch): DiffHunk {
  let oldLine = hunk.oldStart;
  let newLine = hunk.newStart;
  const lines = hunk.lines.flatMap((raw): DiffLine[] => {
    const text = raw.slice(1);
    if (raw.startsWith('+')) return [{ kind: 'added', text, old: null, new: newLine++ }];
    if (raw.startsWith('-')) return [{ kind: 'removed', text, old: oldLine++, new: null }];
    return raw.startsWith(' ') ? [{ kind: 'same', text, old: oldLine++, new: newLine++ }] : []; // `\ No newline`: a note
  });
  return { header: header(hunk.oldStart, hunk.oldLines, hunk.newStart, hunk.newLines), lines };
}

function wholeHunk(before: string, after: string): DiffHunk {
  const split = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
  const [old, now] = [split(before), split(after)];
  return {
    header: header(1, old.length, 1, now.length),
    lines: [
      ...old.map((text, index): DiffLine => ({ kind: 'removed', text, old: index + 1, new: null })),
      ...now.map((text, index): DiffLine => ({ kind: 'added', text, old: null, new: index + 1 })),
    ],
  };
}

/** An empty side is named by the line before it: that is how patches are read. */
function header(oldStart: number, oldLines: number, newStart: number, newLines: number): string {
  const side = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`;
  return `@@ -${side(oldStart, oldLines)} +${side(newStart, newLines)} @@`;
}

function notesOf(change: Change): string[] {
  const notes: string[] = [];
  if (change.kind === 'update' && change.mode !== change.modeBefore)
    notes.push(`mode ${change.modeBefore.toString(8)} becomes ${change.mode.toString(8)}`);
  if (change.kind === 'create' && change.mode !== 0o644) notes.push(`mode ${change.mode.toString(8)}`);
  const ends = (text: string): boolean => text === '' || text.endsWith('\n');
  if (
    typeof change.before === 'string' &&
    typeof change.after === 'string' &&
    ends(change.before) !== ends(change.after)
  )
    notes.push(ends(change.after) ? 'a final newline is added' : 'the final newline goes');
  return notes;
}
