/** One place where both sides changed the same thing, as a person sees it. */
import { printable, type Style } from '../../io/terminal.ts';
import type { Plan } from '../../model.ts';
import { conflictsOf, type Entry, entriesOf, markedIn } from '../changes.ts';
import { wrap } from './plan.ts';

/** More lines of a side than this are counted; `all` shows them. */
const MOST_LINES = 6;

const SIDES = [
  ['yours', 'you'],
  ['base', 'was'],
  ['theirs', 'now'],
] as const;

/** `! path:31  /groups/0/rules/2/for`, then the three sides, then why nobody but a person can decide. */
export function conflictText(entry: Entry, style: Style, columns: number, all = false): string {
  const { path, line, pointer, reason } = entry;
  const place = `  ${style.red('!')} ${style.bold(printable(`${path}:${line}`))}`;
  const at = pointer === null ? '' : `  ${style.dim(printable(pointer))}`;
  const fits = path.length + String(line).length + (pointer?.length ?? 0) + 7 <= columns;
  const head = fits || at === '' ? `${place}${at}` : `${place}\n      ${at.trimStart()}`;
  const margin = commonIndent(SIDES.map(([side]) => entry[side]));
  const alike = all ? 0 : alikeLines(SIDES.map(([side]) => entry[side]));
  const sides =
    entry.id === 'file'
      ? []
      : SIDES.map(([side, word]) => sideText(word, dedent(entry[side], margin), style, { columns, all, alike }));
  return `${[head, ...sides, `      ${style.dim(wrap(printable(reason), columns - 6, 6))}`].join('\n')}\n`;
}

type View = Readonly<{ columns: number; all: boolean; alike: number }>;

function sideText(word: string, text: string | null, style: Style, { columns, all, alike }: View): string {
  const label = `      ${style.dim(word.padEnd(5))}`;
  if (text === null) return `${label}${style.dim(word === 'was' ? '(not there, or not known)' : '(not there)')}`;
  const lines = linesOf(text).slice(alike);
  const shown = all || lines.length <= MOST_LINES ? lines : lines.slice(0, MOST_LINES - 1);
  const more = lines.length - shown.length;
  const rest = more > 0 ? [style.dim(`(${more} more lines)`)] : [];
  const skipped = alike > 0 ? [style.dim(`(${alike} lines alike)`)] : [];
  return `${label}${[...skipped, ...shown.map((line) => cut(printable(line), columns - 11, all)), ...rest].join(`\n${' '.repeat(11)}`)}`;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** Lines before the first that differs, where a side is too long to be shown whole: nobody has to decide about them. */
function alikeLines(sides: readonly (string | null)[]): number {
  const [first = [], ...others] = sides.filter((text) => text !== null).map(linesOf);
  if ([first, ...others].every(({ length }) => length <= MOST_LINES) || others.length === 0) return 0;
  const at = first.findIndex((line, index) => others.some((lines) => lines[index] !== line));
  return Math.max((at === -1 ? first.length : at) - 1, 0); // the line before it says where it is
}

/** How far all sides are indented: the first column that says something. */
function commonIndent(sides: readonly (string | null)[]): number {
  const lines = sides.flatMap((text) => text?.split('\n') ?? []).filter((line) => line.trim() !== '');
  return lines.reduce((least, line) => Math.min(least, line.search(/\S/)), lines.length === 0 ? 0 : Infinity);
}

function dedent(text: string | null, columns: number): string | null {
  if (text === null) return null;
  return text.replace(/^.*$/gm, (line) => line.slice(columns));
}

/** A line that is too long is cut where the whole is not asked for: three sides beside each other are compared by their beginning. */
function cut(line: string, width: number, all: boolean): string {
  return all || line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

/** What a script or a log says about conflicts that nobody was asked about. */
export function leftText(plan: Plan, style: Style, columns: number): string {
  const entries = entriesOf(plan).map((entry) => conflictText(entry, style, columns));
  const inConflict = conflictsOf(plan);
  const left = inConflict.length;
  const marked = markedIn(plan).length;
  const stay = left === 1 ? '1 file in conflict stays as it is' : `${left} files in conflict stay as they are`;
  // Marks that are left in a file are settled there: no policy reads them.
  const how = inConflict.every(({ conflicts }) => conflicts.length === 0)
    ? 'Settle the marks in the file, and run it again; or decide at a terminal.'
    : 'Decide at a terminal, in the file itself, or with --on-conflict=keep (yours), =theirs or =markers.';
  const marks = `${marked === 1 ? '1 file is' : `${marked} files are`} written with conflict marks`;
  return [
    ...entries,
    ...(left > 0 ? [`  ${stay}.\n  ${wrap(how, columns - 2, 2)}\n`] : []),
    ...(marked > 0 ? [`  ${wrap(`${marks}: settle them, then run it again.`, columns - 2, 2)}\n`] : []),
  ].join('');
}
