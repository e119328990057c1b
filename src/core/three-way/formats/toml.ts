/** TOML: tables by name, elements of arrays of tables by what names them, in each the keys. */
import type { Container, Entry, Format, Node, Parsed } from '../format.ts';
import { identityOf } from '../identity.ts';
import { FLOW, fitComma, isComma, joinComma, type Source, treeOf } from './comma-tree.ts';
import { containerOf, entryOf } from './parts.ts';
import { readToml, skipNotes, TomlError, type TomlHeader, type TomlLine, type TomlPair, valueAt } from './toml-read.ts';
import { doubleDefinition } from './toml-tables.ts';

const TABLE = 'table';

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
  const entries: Entry[] = [];
  for (const { header, pairs } of groups(read.lines)) {
    const inner = pairs.map((pair) => pairEntry(pair, source));
    if (header === null) entries.push(...inner);
    else entries.push(tableEntry(header, inner, text));
  }
  return { root: containerOf('map', 'document', named(entries), { tail: read.tail }) };
}

type Group = Readonly<{ header: TomlHeader | null; pairs: readonly TomlPair[] }>;

function groups(lines: readonly TomlLine[]): readonly Group[] {
  const found: { header: TomlHeader | null; pairs: TomlPair[] }[] = [{ header: null, pairs: [] }];
  for (const line of lines) {
    if (line.type === 'pair') found.at(-1)?.pairs.push(line);
    else found.push({ header: line, pairs: [] });
  }
  return found;
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

function tableEntry({ type, key, lead, start, end }: TomlHeader, entries: readonly Entry[], text: string): Entry {
  const name = type === 'element' ? `[[${key.join('.')}]]` : `[${key.join('.')}]`;
  return entryOf(name, containerOf('map', TABLE, entries, { head: text.slice(start, end) }), {
    name: key.join('.'),
    lead,
  });
}

/** An element of an array of tables is known by what names it; a table below it, by the element as well. */
function named(entries: readonly Entry[]): readonly Entry[] {
  const seen = new Map<string, number>();
  // The path of each array of tables, and the key of its element that tables below belong to.
  const current = new Map<string, string>();
  return entries.map((entry) => {
    if (!isTable(entry)) return entry;
    const path = entry.name as string;
    const parent = [...current.keys()]
      .filter((array) => path.startsWith(`${array}.`))
      .sort((a, b) => b.length - a.length)[0];
    const below = parent === undefined ? '' : `${current.get(parent)} `;
    if (!entry.key.startsWith('[[')) return { ...entry, key: below + entry.key };
    const identity = `${below}${entry.key} ${identityOf(entry.node)}`;
    const count = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, count);
    const key = count === 1 ? identity : `${identity}#${count}`;
    for (const array of [...current.keys()]) if (array.startsWith(`${path}.`)) current.delete(array);
    current.set(path, key);
    return { ...entry, key };
  });
}

function fit(entry: Entry, from: Container, to: Container): Entry | null {
  if (isComma(from) !== isComma(to)) return null;
  if (!isComma(to)) return isTable(entry) && to.style === TABLE ? null : entry;
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
  if (like.style !== 'document') return { ...like, entries };
  // Keys of the document itself stand before its first table.
  return { ...like, entries: [...entries.filter((entry) => !isTable(entry)), ...entries.filter(isTable)] };
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
  return node.kind === 'map' && node.style === TABLE;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
