/** A plan → the tree that a person looks through before saying yes. */
import { printable, type Style } from '../../io/terminal.ts';
import type { Change, Plan } from '../../model.ts';

const SIGNS: Readonly<Record<Change['kind'], string>> = {
  create: '+',
  update: '~',
  unchanged: ' ',
  keep: '=',
  conflict: '!',
  delete: '-',
  orphan: '?',
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
  const rows: [sign: string, left: string, right: string][] = createdRows(plan);
  rows.push(...recordRows(plan));
  for (const change of plan.changes) {
    if (change.kind === 'create' || change.kind === 'unchanged') continue;
    rows.push([SIGNS[change.kind], change.path, change.reason]);
  }
  const width = Math.min(Math.max(...rows.map(([, left]) => left.length), 0) + 2, 36);
  return rows
    .map(([sign, left, right]) => {
      const paint =
        sign === '+' ? style.green : sign === '!' || sign === '-' ? style.red : sign === '~' ? style.yellow : style.dim;
      const head = `    ${paint(sign)} ${printable(left)}`;
      if (right === '') return `${head}\n`;
      const gap = left.length + 2 > width ? `\n${' '.repeat(8)}` : ' '.repeat(width - left.length);
      const indent = gap.startsWith('\n') ? 8 : 6 + width;
      return `${head}${gap}${style.dim(wrap(printable(right), columns - indent, indent))}\n`;
    })
    .join('');
}

/** More names than this are counted: nobody reads them before saying yes, and the diff has them all. */
const MOST_NAMED = 6;

/** A folder with at least so many new folders in it is one row, with the names of those. */
const WHOLE_TREE = 3;

function createdRows({ changes }: Plan): [sign: string, left: string, right: string][] {
  const created = new Map<string, string[]>();
  for (const { path, kind } of changes) {
    if (kind !== 'create') continue;
    const at = path.lastIndexOf('/');
    const folder = path.slice(0, at + 1);
    created.set(folder, [...(created.get(folder) ?? []), path.slice(at + 1)]);
  }
  const below = (folder: string) => [...created.keys()].filter((other) => other !== folder && other.startsWith(folder));
  const trees = [...created.keys()].filter((folder) => folder !== '' && below(folder).length >= WHOLE_TREE);
  return [...created].flatMap(([folder, names]): [string, string, string][] => {
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
function recordRows({ housekeeping }: Plan): [sign: string, left: string, right: string][] {
  const named = (created: boolean) => {
    const paths = housekeeping.filter(({ expect }) => (expect === null) === created).map(({ path }) => path);
    return [
      ...new Set(paths.map((path) => path.replace(/^\.devops\/(base\/)?.*?([^/]*)$/, (_, base, name) => base ?? name))),
    ];
  };
  return [['+', named(true)] as const, ['~', named(false)] as const].flatMap(([sign, names]) =>
    names.length === 0 ? [] : [[sign, '.devops/', names.join(' ')]],
  );
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
