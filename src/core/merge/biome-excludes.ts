/**
 * `biome.json` and `biome.jsonc`: folders that Biome shall leave alone, as negations in `files.includes` (version 2) or entries of
 * `files.ignore` (version 1). `fragment` has one pattern a line. Comments stay.
 */
import { addItems, closeContainer, NoRoom, nodeAt, type Opened, removeItem } from './json-edit.ts';
import { JsonSyntaxError, lineAt } from './jsonc.ts';
import type { MergeResult, Merger } from './merger.ts';
import { openedFrom } from './package-scripts.ts';

const NOTE = '//opened ';
/** What an `includes` that we open begins with: negations alone would match nothing. */
const SEED = '**';

type Owned = Readonly<{ patterns: readonly string[]; opened: Opened | null; noted: boolean }>;
type Dialect = Readonly<{ path: readonly string[]; seed: readonly string[]; spell: (pattern: string) => string }>;

const V1: Dialect = { path: ['files', 'ignore'], seed: [], spell: (pattern) => pattern };
const V2: Dialect = { path: ['files', 'includes'], seed: [SEED], spell: (pattern) => `!${pattern}` };

export const biomeExcludes: Merger = { merge, remove };

function merge(existing: string | null, fragment: string, previous: string | null): MergeResult {
  if (existing === null) return { kind: 'conflict', reason: 'there is no Biome configuration' };
  try {
    return mergePatterns(existing, parse(fragment).patterns, parse(previous ?? ''));
  } catch (error) {
    if (error instanceof NoRoom) return { kind: 'conflict', reason: error.message };
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { kind: 'conflict', reason: `line ${lineAt(existing, error.offset)} is not JSON: ${error.message}` };
  }
}

function mergePatterns(existing: string, wanted: readonly string[], previous: Owned): MergeResult {
  const dialect = dialectOf(existing);
  const there = entriesOf(existing, dialect);
  const has = (pattern: string): boolean =>
    there.includes(dialect.spell(pattern)) || there.includes(`!${dialect.spell(pattern)}`);
  const mine = (pattern: string): boolean => previous.patterns.includes(pattern);
  const added = wanted.filter((pattern) => !has(pattern) && !mine(pattern));
  const items = added.map((pattern) => JSON.stringify(dialect.spell(pattern)));
  const result =
    items.length > 0
      ? addItems(
          existing,
          dialect.path,
          'array',
          items,
          dialect.seed.map((s) => JSON.stringify(s)),
        )
      : { text: existing, opened: null };
  const gone = previous.patterns.filter((pattern) => !wanted.includes(pattern));
  const patterns = wanted.filter((pattern) => mine(pattern) || added.includes(pattern));
  const opened = previous.opened ?? result.opened;
  const text = takeOut(result.text, dialect, gone, patterns.length === 0 ? { opened, noted: true } : null);
  const owned = write({ patterns, opened: patterns.length === 0 ? null : opened, noted: true });
  return text === existing ? { kind: 'unchanged', owned, kept: [] } : { kind: 'applied', text, owned, kept: [] };
}

function remove(existing: string, owned: string): string | null {
  try {
    const record = parse(owned);
    return takeOut(existing, dialectOf(existing), record.patterns, record);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return existing; // the user's to mend; nothing is taken out of it meanwhile
    throw error;
  }
}

/** Removes entries; with `close`, also the array that was opened for them, when nothing but its seed is left. */
function takeOut(
  text: string,
  dialect: Dialect,
  patterns: readonly string[],
  close: Pick<Owned, 'opened' | 'noted'> | null,
): string {
  let next = text;
  for (const pattern of patterns) {
    const index = entriesOf(next, dialect).lastIndexOf(dialect.spell(pattern));
    if (index >= 0) next = removeItem(next, dialect.path, index);
  }
  // A note without `opened` says that the array was the user's; a plain fragment says nothing, and an emptied array was ours.
  if (next === text || close === null || (close.noted && close.opened === null)) return next;
  const left = entriesOf(next, dialect);
  const seeded = close.opened?.was?.startsWith('[') !== true && left.join('\n') === dialect.seed.join('\n');
  if (seeded && left.length > 0) next = removeItem(next, dialect.path, 0);
  return closeContainer(next, dialect.path, close.opened);
}

function dialectOf(text: string): Dialect {
  const schema = nodeAt(text, ['$schema']);
  const version = schema?.type === 'scalar' ? /\/schemas\/(\d+)\./.exec(String(schema.value))?.[1] : undefined;
  if (version !== undefined) return Number(version) < 2 ? V1 : V2;
  if (nodeAt(text, ['files', 'includes']) !== undefined) return V2;
  const old = [['files', 'ignore'], ['files', 'include'], ['organizeImports']];
  return old.some((path) => nodeAt(text, path) !== undefined) ? V1 : V2;
}

function entriesOf(text: string, { path }: Dialect): readonly unknown[] {
  const node = nodeAt(text, path);
  return node?.type === 'array' ? node.items.map((item) => (item.type === 'scalar' ? item.value : null)) : [];
}

function parse(text: string): Owned {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const note = lines.find((line) => line.startsWith(NOTE));
  let value: unknown = null;
  try {
    value = note === undefined ? null : JSON.parse(note.slice(NOTE.length));
  } catch {} // a damaged note opens nothing
  const patterns = lines.filter((line) => !line.startsWith('//') && !line.startsWith('#')).map((line) => line.trim());
  return { patterns, opened: openedFrom(value), noted: note !== undefined };
}

function write({ patterns, opened }: Owned): string {
  return `${[...patterns, NOTE + JSON.stringify(opened)].join('\n')}\n`;
}
