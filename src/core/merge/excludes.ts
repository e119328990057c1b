/**
 * What a tool shall leave alone, as entries of a list in its JSON configuration. `fragment` has one pattern a line; a line that begins with
 * `default ` is what the list begins with where it is not there yet. Comments stay.
 */
import { addItems, closeContainer, NoRoom, nodeAt, type Opened, removeItem } from './json-edit.ts';
import { JsonSyntaxError, lineAt } from './jsonc.ts';
import type { MergeResult, Merger } from './merger.ts';
import { openedFrom } from './package-scripts.ts';

const NOTE = '//opened ';
const DEFAULT = 'default ';

type Owned = Readonly<{
  patterns: readonly string[];
  defaults: readonly string[];
  opened: Opened | null;
  noted: boolean;
}>;

/** Where a tool has its list, what a list that is opened begins with, and how a pattern is written there. */
export type Dialect = Readonly<{
  path: readonly string[];
  seed: readonly string[];
  spell: (pattern: string) => string;
}>;

/** `dialectOf` reads the tool's version off its file; `absent` is the reason of the conflict where there is no file. */
export function excludesMerger(absent: string, dialectOf: (text: string) => Dialect): Merger {
  return {
    merge: (existing, fragment, previous) => {
      if (existing === null) return { kind: 'conflict', reason: absent };
      try {
        return mergePatterns(existing, dialectOf(existing), parse(fragment), parse(previous ?? ''));
      } catch (error) {
        if (error instanceof NoRoom) return { kind: 'conflict', reason: error.message };
        if (!(error instanceof JsonSyntaxError)) throw error;
        return { kind: 'conflict', reason: `line ${lineAt(existing, error.offset)} is not JSON: ${error.message}` };
      }
    },
    remove: (existing, owned) => {
      try {
        const record = parse(owned);
        return takeOut(existing, seeded(dialectOf(existing), record), record.patterns, record);
      } catch (error) {
        if (error instanceof JsonSyntaxError) return existing; // the user's to mend; nothing is taken out of it meanwhile
        throw error;
      }
    },
  };
}

function mergePatterns(
  existing: string,
  plain: Dialect,
  { patterns: wanted, defaults }: Owned,
  previous: Owned,
): MergeResult {
  const dialect = seeded(plain, { defaults });
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
  // The list was begun with the defaults of that time; those are what may be left when ours is taken out.
  const begun = previous.opened === null ? defaults : previous.defaults;
  const close = patterns.length === 0 ? { opened, noted: true } : null;
  const text = takeOut(result.text, seeded(plain, { defaults: begun }), gone, close);
  const owned = write({ patterns, defaults: begun, opened: patterns.length === 0 ? null : opened, noted: true });
  return text === existing ? { kind: 'unchanged', owned, kept: [] } : { kind: 'applied', text, owned, kept: [] };
}

function seeded(dialect: Dialect, { defaults }: Pick<Owned, 'defaults'>): Dialect {
  return defaults.length === 0 ? dialect : { ...dialect, seed: [...dialect.seed, ...defaults] };
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
  const bare = close.opened?.was?.startsWith('[') !== true && left.join('\n') === dialect.seed.join('\n');
  if (bare) for (const _ of left) next = removeItem(next, dialect.path, 0);
  return closeContainer(next, dialect.path, close.opened);
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
  const written = lines.filter((line) => !line.startsWith('//') && !line.startsWith('#')).map((line) => line.trim());
  return {
    patterns: written.filter((line) => !line.startsWith(DEFAULT)),
    defaults: written.filter((line) => line.startsWith(DEFAULT)).map((line) => line.slice(DEFAULT.length)),
    opened: openedFrom(value),
    noted: note !== undefined,
  };
}

function write({ patterns, defaults, opened }: Owned): string {
  const begun = opened === null ? [] : defaults.map((one) => DEFAULT + one);
  return `${[...begun, ...patterns, NOTE + JSON.stringify(opened)].join('\n')}\n`;
}
