/**
 * `.gitignore`, `.prettierignore`, `.dockerignore`: a labelled block at the end. A line that stands anywhere already is not repeated; a
 * line that the user took away stays away; a line that the user moved out of the block is the user's.
 */
import { dominantEol, toLf } from '../text-style.ts';
import { type MergeResult, type Merger, orAbsent } from './merger.ts';

export const LABEL = '# Added by create-devops-setup';

/** A line with its offsets; `end` is behind its line end. */
type Line = Readonly<{ text: string; start: number; end: number }>;

export const ignoreLines: Merger = { merge, remove };

function merge(existing: string | null, fragment: string, previous: string | null): MergeResult {
  const before = existing ?? '';
  const wanted = linesOf(fragment);
  const had = new Set(linesOf(previous ?? ''));
  const stale = [...had].filter((line) => !wanted.includes(line));
  const cleaned = stale.length > 0 ? takeOut(before, new Set(stale), had) : before;
  const there = new Set(linesOf(cleaned));
  const missing = additions(wanted, (line) => there.has(line) || had.has(line));
  const text = missing.length > 0 ? append(cleaned, missing) : cleaned;
  const owned = fragment;
  return text === before ? { kind: 'unchanged', owned, kept: [] } : { kind: 'applied', text, owned, kept: [] };
}

function remove(existing: string, owned: string): string | null {
  return orAbsent(takeOut(existing, new Set(linesOf(owned)), new Set(linesOf(owned)), true));
}

/** The lines to add, each comment only together with a pattern below it. */
function additions(wanted: readonly string[], present: (line: string) => boolean): string[] {
  const added: string[] = [];
  let comments: string[] = [];
  let gathering = false;
  for (const line of wanted) {
    if (line.startsWith('#')) {
      comments = gathering ? [...comments, line] : [line];
      gathering = true;
      continue;
    }
    gathering = false;
    if (present(line)) continue;
    added.push(...comments.filter((comment) => !present(comment)), line);
    comments = [];
  }
  return added;
}

function append(text: string, lines: readonly string[]): string {
  const eol = dominantEol(text);
  const block = blockOf(text);
  if (block !== null) {
    const last = block.at(-1) as Line;
    const ended = text.slice(last.start, last.end).endsWith('\n');
    const added = ended ? lines.map((line) => line + eol) : lines.map((line) => eol + line);
    return text.slice(0, last.end) + added.join('') + text.slice(last.end);
  }
  const body = [LABEL, ...lines].join(eol);
  if (text === '' || text === '\ufeff') return text + body + eol;
  return text.endsWith('\n') ? text + eol + body + eol : text + eol + eol + body;
}

/**
 * Takes lines out of our block. When no pattern is left in it, or `whole` says that the block goes, our remarks (`had`), the label and the
 * empty line above it go as well; what people wrote into it stays.
 */
function takeOut(text: string, ours: ReadonlySet<string>, had: ReadonlySet<string>, whole = false): string {
  const block = blockOf(text);
  if (block === null) return text;
  const eol = dominantEol(text);
  const [label, ...rest] = block as [Line, ...Line[]];
  const stay = rest.filter((line) => !ours.has(line.text));
  if (stay.length === rest.length && rest.length > 0) return text;
  const end = (rest.at(-1) ?? label).end;
  const after = text.slice(end);
  const ended = text.slice(0, end).endsWith('\n');
  if (!whole && stay.some(({ text: line }) => !line.startsWith('#'))) {
    const kept = text.slice(0, label.end) + stay.map((line) => text.slice(line.start, line.end)).join('');
    return (ended || !kept.endsWith(eol) ? kept : kept.slice(0, -eol.length)) + after;
  }
  const chop = (part: string): string => (part.endsWith(eol) ? part.slice(0, -eol.length) : part);
  const head = text.slice(0, label.start);
  // The empty line above the label came with it; without a final newline, so did the line end before it.
  const bare = chop(head);
  const above = bare !== head && (bare === '' || bare.endsWith('\n')) ? bare : head;
  const theirs = stay.filter((line) => !had.has(line.text)).map((line) => text.slice(line.start, line.end));
  return (ended || after !== '' || theirs.length > 0 ? above : chop(above)) + theirs.join('') + after;
}

/** The label's line and those below it, up to an empty line. */
function blockOf(text: string): readonly Line[] | null {
  const all = split(text);
  const from = all.findIndex((line) => line.text === LABEL);
  if (from < 0) return null;
  const to = all.findIndex((line, index) => index > from && line.text === '');
  return all.slice(from, to < 0 ? undefined : to);
}

function split(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push({ text: text.slice(start, end).trimEnd(), start, end });
    start = end;
  }
  return lines;
}

function linesOf(text: string): string[] {
  return split(toLf(text))
    .map((line) => line.text)
    .filter((line) => line !== '');
}
