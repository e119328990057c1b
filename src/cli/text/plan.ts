/** A plan → the tree that a person looks through before saying yes. */
import { printable, type Style } from '../../io/terminal.ts';
import type { Change, Plan, Write } from '../../model.ts';
import { notesOf } from '../changes.ts';

const SIGNS: Readonly<Record<Change['kind'], string>> = {
  create: '+',
  update: '~',
  unchanged: '=',
  keep: '=',
  conflict: '!',
  delete: '-',
  orphan: '?',
};

const PAINT: Readonly<Record<string, 'green' | 'red' | 'yellow'>> = {
  '+': 'green',
  '~': 'yellow',
  '⇄': 'yellow',
  '!': 'red',
  '-': 'red',
};

/** `71 files to create, 2 to edit, 1 left alone`. */
export function planSummary(plan: Plan): string {
  const count = (...kinds: Change['kind'][]) => plan.changes.filter(({ kind }) => kinds.includes(kind)).length;
  const files = (n: number) => (n === 1 ? '1 file' : `${n} files`);
  const parts = [
    count('create') > 0 ? `${files(count('create'))} to create` : null,
    count('update') > 0 ? `${count('update')} to edit` : null,
    count('delete') > 0 ? `${count('delete')} to delete` : null,
    count('conflict') > 0 ? `${count('conflict')} in conflict` : null,
    count('keep', 'orphan') > 0 ? `${count('keep', 'orphan')} left alone` : null,
    count('unchanged') > 0 ? `${count('unchanged')} unchanged` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}

/** True when applying the plan would change a file of the project (our own bookkeeping apart). */
export function hasChanges(plan: Plan): boolean {
  return plan.changes.some(
    ({ kind }) => kind === 'create' || kind === 'update' || kind === 'delete' || kind === 'conflict',
  );
}

/** One line a folder for what is created, one a file for everything that touches what was there. */
export function planText(plan: Plan, style: Style, columns: number): string {
  const rows: Row[] = [...createdRows(plan), ...recordRows(plan)];
  for (const change of plan.changes) {
    // A file that was moved is told of, although nothing is to be done.
    if (change.kind === 'create' || (change.kind === 'unchanged' && change.from === undefined)) continue;
    rows.push([SIGNS[change.kind], change.path, reasonOf(change)]);
  }
  return rowsText(rows, style, columns);
}

/** Why, and what the merge decided; a file that a person moved says where it was. */
export function reasonOf(change: Change): string {
  const notes = notesOf(change).filter((note) => !change.reason.includes(note));
  const moved = change.from === undefined ? [] : [`you moved it here from ${change.from}`];
  return [change.reason, ...moved, ...notes].join('; ');
}

export type Row = readonly [sign: string, left: string, right: string];

/** Rows with a sign, in two columns; what is too long for its column goes on below. */
export function rowsText(rows: readonly Row[], style: Style, columns: number): string {
  const most = columns < 80 ? Math.floor(columns * 0.4) : 36;
  const width = Math.min(Math.max(...rows.map(([, left]) => left.length), 0) + 2, most);
  return rows
    .map(([sign, left, right]) => {
      const paint = PAINT[sign] === undefined ? style.dim : style[PAINT[sign]];
      const head = `    ${paint(sign)} ${printable(left)}`;
      if (right === '') return `${head}\n`;
      const gap = left.length + 2 > width ? `\n${' '.repeat(8)}` : ' '.repeat(width - left.length);
      const indent = gap.startsWith('\n') ? 8 : 6 + width;
      return `${head}${gap}${style.dim(wrap(printable(right), columns - indent, indent))}\n`;
    })
    .join('');
}

/** What a newer release made of the configuration itself. */
export function migratedText(
  { migrated }: Readonly<{ migrated: readonly string[] }>,
  style: Style,
  columns: number,
): string {
  return rowsText(
    migrated.map((words): Row => ['~', '.devops/config.yaml', words]),
    style,
    columns,
  );
}

/** `1 file`, `3 files`. */
export function plural(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

/** More names than this are counted: nobody reads them before saying yes, and the diff has them all. */
const MOST_NAMED = 6;

/** A folder with at least so many new folders in it is one row, with the names of those. */
const WHOLE_TREE = 3;

export function createdRows({ changes }: Plan): readonly Row[] {
  const created = new Map<string, string[]>();
  for (const { path, kind } of changes) {
    if (kind !== 'create') continue;
    const at = path.lastIndexOf('/');
    const folder = path.slice(0, at + 1);
    created.set(folder, [...(created.get(folder) ?? []), path.slice(at + 1)]);
  }
  const below = (folder: string) => [...created.keys()].filter((other) => other !== folder && other.startsWith(folder));
  const trees = [...created.keys()].filter((folder) => folder !== '' && below(folder).length >= WHOLE_TREE);
  return [...created].flatMap(([folder, names]): Row[] => {
    if (folder === '') return names.map((name) => ['+', name, '']);
    if (trees.some((tree) => tree !== folder && folder.startsWith(tree))) return [];
    if (!trees.includes(folder))
      return [['+', folder, names.length > MOST_NAMED ? `${names.length} files` : names.join(' ')]];
    const inside = below(folder);
    const count = inside.reduce((sum, other) => sum + (created.get(other)?.length ?? 0), names.length);
    const folders = new Set(inside.map((other) => `${other.slice(folder.length).split('/')[0]}/`));
    return [['+', folder, `${count} files: ${[...folders].join(' ')}`]];
  });
}

/** Our own folder: what the next run needs to know. The bases repeat the files above, so they are one word. */
export function recordRows({ housekeeping }: Plan): readonly Row[] {
  const named = (sign: string) => {
    const paths = housekeeping.filter((write) => signOf(write) === sign).map(({ path }) => path);
    return [
      ...new Set(paths.map((path) => path.replace(/^\.devops\/(base\/)?.*?([^/]*)$/, (_, base, name) => base ?? name))),
    ];
  };
  return ['+', '~', '-']
    .map((sign) => [sign, named(sign)] as const)
    .flatMap(([sign, names]) => (names.length === 0 ? [] : [[sign, '.devops/', names.join(' ')] as const]));
}

function signOf({ content, expect }: Write): string {
  if (content === null) return '-';
  return expect === null ? '+' : '~';
}

/** Breaks at spaces to stay within `width`; following lines start at `indent`. */
export function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 20)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
