/** What an update does, row by row: our news by folder, everything that meets an edit of the user's by file. */
import type { Style } from '../../io/terminal.ts';
import type { Change, FileAnswer, Plan } from '../../model.ts';
import { answeredIn, markedIn } from '../changes.ts';
import type { Survey } from '../survey.ts';
import { createdRows, plural, type Row, reasonOf, recordRows, rowsText } from './plan.ts';

/** `1.0.0 → 2.0.0 · 74 files managed · 68 unchanged by you`. */
export function headerText({ from, managed, untouched }: Survey, to: string): string {
  const versions = from === to ? to : `${from} → ${to}`;
  return `${versions} · ${managed} ${managed === 1 ? 'file' : 'files'} managed · ${untouched} unchanged by you`;
}

export function updateText(plan: Plan, { edited }: Survey, style: Style, columns: number): string {
  const rows = [
    ...createdRows(plan),
    ...updatedRows(plan, edited),
    ...plan.changes.flatMap((change) => ownRow(change, edited)),
    ...quietRow(plan),
    ...recordRows(plan),
  ];
  return rowsText(rows, style, columns);
}

/** Files of ours that nobody edited: how many in which folder. */
function updatedRows({ changes }: Plan, edited: ReadonlySet<string>): readonly Row[] {
  const folders = new Map<string, string[]>();
  for (const change of changes) {
    if (!isPlainUpdate(change, edited)) continue;
    const at = change.path.lastIndexOf('/') + 1;
    const folder = change.path.slice(0, at);
    folders.set(folder, [...(folders.get(folder) ?? []), change.path.slice(at)]);
  }
  return [...folders].map(([folder, names]): Row => {
    if (folder === '')
      return ['~', names.length > 3 ? `${names.length} files in the root` : names.join(' '), 'updated'];
    return names.length === 1 ? ['~', folder + names[0], 'updated'] : ['~', folder, `${names.length} files updated`];
  });
}

/** Ours, not edited, and where we put it: nobody has to look. */
function isPlainUpdate(change: Change, edited: ReadonlySet<string>): boolean {
  return (
    change.kind === 'update' && change.ownership === 'own' && change.from === undefined && !edited.has(change.path)
  );
}

/** The user's own, and nothing new from us: counted, not listed. */
function isQuiet(change: Change): boolean {
  return change.kind === 'keep' && (change.before !== null || !/newer/.test(change.reason));
}

function quietRow({ changes }: Plan): readonly Row[] {
  const count = changes.filter(isQuiet).length;
  return count === 0 ? [] : [['=', plural(count), 'yours, or edited by you, and nothing new from us']];
}

function ownRow(change: Change, edited: ReadonlySet<string>): readonly Row[] {
  const { kind, path } = change;
  const row = (sign: string): readonly Row[] => [[sign, path, reasonOf(change)]];
  if (isPlainUpdate(change, edited)) return [];
  switch (kind) {
    case 'update':
      return row(edited.has(path) ? '⇄' : '~');
    case 'keep':
      return isQuiet(change) ? [] : row('=');
    case 'conflict':
      return row('!');
    case 'orphan':
      return row('?');
    case 'delete':
      return row('-');
    case 'unchanged': // an edit of theirs that says what we say, or that was kept in a conflict
      return edited.has(path) || change.from !== undefined ? row('=') : [];
    case 'create':
      return [];
  }
}

/** What was done, in one line: `41 updated, 2 merged with your edits, 1 conflict answered, 0 lost`. */
export function doneText(
  plan: Plan,
  { edited }: Survey,
  lost: number,
  answers: ReadonlyMap<string, FileAnswer> = new Map(),
): string {
  const { changes } = plan;
  const marked = new Set(markedIn(plan));
  const count = (is: (change: Change) => boolean) => changes.filter(is).length;
  const written = new Set(changes.filter(({ kind }) => kind !== 'conflict').map(({ path }) => path));
  const inEditor = [...answers].filter(([path, answer]) => 'text' in answer && written.has(path)).length;
  const answered = changes.reduce((sum, change) => sum + answeredIn(plan, change).length, inEditor);
  const parts: readonly (readonly [number, string])[] = [
    [count(({ kind }) => kind === 'create'), 'new'],
    [count(({ kind, path }) => kind === 'update' && !edited.has(path)), 'updated'],
    [
      count((change) => change.kind === 'update' && edited.has(change.path) && !marked.has(change)),
      'merged with your edits',
    ],
    [marked.size, 'written with conflict marks'],
    [count(({ kind }) => kind === 'delete'), 'deleted'],
    [answered, answered === 1 ? 'conflict answered' : 'conflicts answered'],
    [count(({ kind }) => kind === 'conflict'), 'left in conflict'],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return said.length === 0 ? 'the records in .devops/ were written' : [...said, `${lost} lost`].join(', ');
}
