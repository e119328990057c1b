/** TOML: tables by name, arrays of tables as lists whose elements hold the tables below them, in each the keys. */
import type { Container, Entry, Format, Node, Parsed } from '../format.ts';
import { identityOf, numbered } from '../identity.ts';
import { FLOW, fitComma, isComma, joinComma, type Source, treeOf } from './comma-tree.ts';
import { containerOf, entryOf, unique } from './parts.ts';
import {
  readToml,
  skipNotes,
  TomlError,
  type TomlHeader,
  type TomlKey,
  type TomlLine,
  type TomlPair,
  valueAt,
} from './toml-read.ts';
import { doubleDefinition } from './toml-tables.ts';

const TABLE = 'table';
const ELEMENTS = 'elements';

export const tomlFormat: Format = {
  id: 'toml',
  matches: (path) => /\.toml$|(?:^|\/)(?:Pipfile|Cargo\.toml\.orig)$/.test(path),
  parse,
  fit,
  join,
};

function parse(text: string): Parsed {
  let read: ReturnType<typeof readToml>;
  try {
    read = readToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { error: `line ${lineOf(text, error.offset)}: ${error.message}` };
  }
  const twice = doubleDefinition(read.lines);
  if (twice !== null) return { error: `line ${lineOf(text, twice.line.start)}: ${twice.name} is defined twice` };
  const source: Source = { text, unit: '  ', skip: (from) => skipNotes(text, from) };
  const { pairs, tables } = groups(read.lines);
  const entries = [...pairs.map((pair) => pairEntry(pair, source)), ...tablesOf(tables, source)];
  return { root: containerOf('map', 'document', entries, { tail: read.tail }) };
}

type Table = Readonly<{ header: TomlHeader; pairs: readonly TomlPair[] }>;

function groups(lines: readonly TomlLine[]): Readonly<{ pairs: readonly TomlPair[]; tables: readonly Table[] }> {
  const pairs: TomlPair[] = [];
  const tables: { header: TomlHeader; pairs: TomlPair[] }[] = [];
  for (const line of lines) {
    if (line.type === 'pair') (tables.at(-1)?.pairs ?? pairs).push(line);
    else tables.push({ header: line, pairs: [] });
  }
  return { pairs, tables };
}

/** Elements of one array that follow each other are a list: their order says something. */
function tablesOf(tables: readonly Table[], source: Source): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < tables.length; ) {
    const table = tables[at] as Table;
    const { type, key } = table.header;
    if (type === 'table') {
      entries.push(tableEntry(table, [], source));
      at += 1;
      continue;
    }
    const elements: Entry[] = [];
    while (isElement(tables[at], key)) {
      const end = endOf(tables, at, key);
      elements.push(tableEntry(tables[at] as Table, tables.slice(at + 1, end), source));
      at = end;
    }
    const keys = numbered(elements.map(({ node }) => identityOf(node)));
    const list = elements.map((element, index) => ({ ...element, key: keys[index] as string, name: null }));
    entries.push(entryOf(`[[${key.join('.')}]]`, containerOf('list', ELEMENTS, list), { name: key.join('.') }));
  }
  return unique(entries);
}

function isElement(table: Table | undefined, key: TomlKey): boolean {
  return table?.header.type === 'element' && same(table.header.key, key);
}

/** Behind the last table that belongs to the element, whatever stands between. */
function endOf(tables: readonly Table[], at: number, key: TomlKey): number {
  let end = at + 1;
  for (let next = end; next < tables.length && !isElement(tables[next], key); next += 1)
    if (same((tables[next] as Table).header.key.slice(0, key.length), key)) end = next + 1;
  return end;
}

function same(a: TomlKey, b: TomlKey): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

function pairEntry({ key, value, lead, start, end }: TomlPair, source: Source): Entry {
  const { text } = source;
  const name = key.join('.');
  return entryOf(name, treeOf(value, source), {
    name,
    lead,
    open: text.slice(start, value.start),
    remark: text.slice(value.end, end),
  });
}

function tableEntry({ header, pairs }: Table, below: readonly Table[], source: Source): Entry {
  const name = header.key.join('.');
  const entries = [...pairs.map((pair) => pairEntry(pair, source)), ...tablesOf(below, source)];
  const head = source.text.slice(header.start, header.end);
  return entryOf(`[${name}]`, containerOf('map', TABLE, entries, { head }), { name, lead: header.lead });
}

function fit(entry: Entry, from: Container, to: Container): Entry | null {
  if (isComma(from) !== isComma(to)) return null;
  if (!isComma(to)) return entry;
  const fitted = fitComma(entry, from, to, reread);
  // An object in braces stays on its line, and holds no comments.
  return fitted !== null && to.kind === 'map' && /[\n#]/.test(fitted.lead + fitted.open + fitted.remark)
    ? null
    : fitted;
}

function reread(text: string): Node | null {
  try {
    const value = valueAt(text, 0, 0);
    return value.end === text.length
      ? treeOf(value, { text, unit: '  ', skip: (from) => skipNotes(text, from) })
      : null;
  } catch {
    return null;
  }
}

function join(entries: readonly Entry[], like: Container): Container | null {
  if (isComma(like)) return like.kind === 'list' ? joinComma(entries, like) : joinBraces(entries, like);
  if (like.style === ELEMENTS) return { ...like, entries };
  // Keys stand before the tables below; an array without elements is not written at all.
  const written = entries.filter(
    ({ node }) => node.kind === 'leaf' || node.style !== ELEMENTS || node.entries.length > 0,
  );
  return { ...like, entries: [...written.filter((entry) => !isTable(entry)), ...written.filter(isTable)] };
}

/** An object in braces stands on one line, whatever its entries come from. */
function joinBraces(entries: readonly Entry[], like: Container): Container | null {
  const known = new Set(like.entries);
  const flat = entries.map((entry) =>
    known.has(entry) ? entry : { ...entry, open: entry.open.trimStart(), remark: entry.remark.trim() },
  );
  if (like.entries.length > 0 || flat.length === 0) return joinComma(flat, like);
  const last = flat.length - 1;
  const opened = flat.map((entry, index) => ({
    ...entry,
    comma: index < last ? ',' : '',
    remark: index < last ? ' ' : '',
  }));
  return { ...like, style: FLOW, indent: '', head: '{ ', tail: ' }', entries: opened };
}

function isTable({ node }: Entry): boolean {
  return node.kind !== 'leaf' && (node.style === TABLE || node.style === ELEMENTS);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
