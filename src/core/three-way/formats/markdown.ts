/** A Markdown text: sections by heading, in them blocks; tables by row and cell; the settings at the top by name. */
import type { Container, Entry, Format, Leaf, Node, Parsed } from '../format.ts';
import { type Block, readBlocks } from './markdown-blocks.ts';
import { counted } from './markdown-numbers.ts';
import { containerOf, entryOf, leafOf, linesOf, unique } from './parts.ts';

const SECTION = 'section';
const TITLE = '$title';
const ROW = 'row';
/** An item with items below it. */
const ITEM = 'item';

export const markdownFormat: Format = {
  id: 'markdown',
  matches: (path) => /\.(?:md|markdown)$/i.test(path),
  parse,
  fit: (entry) => entry,
  join,
};

function parse(text: string): Parsed {
  const front = /^---[ \t]*\n(?:[\s\S]*?\n)?---[ \t]*\n/.exec(text)?.[0] ?? '';
  const { blocks, tail } = readBlocks(text.slice(front.length));
  const entries = front === '' ? [] : [entryOf('$front', frontOf(front), { name: 'front matter' })];
  const [own] = sectionsOf(blocks, 0, 0);
  return { root: containerOf('list', 'file', unique([...entries, ...own]), { tail }) };
}

/** The entries from `at` on that lie below a heading of `level`, and where they end. */
function sectionsOf(blocks: readonly Block[], from: number, level: number): [readonly Entry[], number] {
  const entries: Entry[] = [];
  let at = from;
  while (at < blocks.length) {
    const block = blocks[at] as Block;
    if (block.level === 0) {
      entries.push(blockEntry(block));
      at += 1;
      continue;
    }
    if (block.level <= level) break;
    const [inner, end] = sectionsOf(blocks, at + 1, block.level);
    const title = titleOf(block.text);
    const heading = entryOf(TITLE, leafOf(block.text.trimEnd(), block.type, title), {
      name: 'heading',
      remark: restOf(block.text),
    });
    const node = containerOf('list', SECTION, unique([heading, ...inner]));
    entries.push(entryOf(`# ${title}`, node, { name: title, lead: block.lead }));
    at = end;
  }
  return [level === 0 ? entries : unique(entries), at];
}

function blockEntry(block: Block): Entry {
  const { type, lead, text } = block;
  const body = text.trimEnd();
  const remark = restOf(text);
  if (type === 'table') return tableEntry(block);
  if (type === 'item') {
    const open = /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]*/.exec(body)?.[0] ?? '';
    return entryOf(`- ${prose(body.slice(open.length))}`, itemOf(body.slice(open.length)), { lead, open, remark });
  }
  const value = type === 'paragraph' ? prose(body) : body;
  return entryOf(`${type}: ${value}`, leafOf(body, type, value, true), { lead, remark });
}

/** The text of an item; with items below it, a list of them and of what stands above each. */
function itemOf(text: string): Node {
  const parts: string[] = [];
  let fence: string | null = null;
  for (const line of linesOf(text)) {
    const mark: string | undefined = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    const begins = fence === null && parts.length > 0 && /^[ \t]+(?:[-*+]|\d{1,9}[.)])[ \t]+\S/.test(line);
    if (mark !== undefined) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    if (begins || parts.length === 0) parts.push(line);
    else parts[parts.length - 1] += line;
  }
  if (parts.length < 2) return leafOf(text, 'item', prose(text), true);
  const entries = parts.map((part, index) => {
    const open = index === 0 ? '' : (/^[ \t]+(?:[-*+]|\d{1,9}[.)])[ \t]+/.exec(part)?.[0] ?? '');
    const body = part.slice(open.length).trimEnd();
    return entryOf(index === 0 ? TITLE : `- ${prose(body)}`, leafOf(body, 'item', prose(body), true), {
      open,
      remark: part.slice(open.length + body.length),
    });
  });
  return containerOf('list', ITEM, unique(entries));
}

/** How deep the lines after the first stand together says nothing, nor does one space at an end of a line. */
function prose(text: string): string {
  const [first = '', ...rest] = text.replace(/(?<=\S) $/gm, '').split('\n');
  const depth = rest.reduce(
    (least, line) => (line.trim() === '' ? least : Math.min(least, line.search(/\S/))),
    Infinity,
  );
  return [first, ...rest.map((line) => (depth > 0 && line.trim() !== '' ? ` ${line.slice(depth)}` : line))].join('\n');
}

function tableEntry({ lead, text }: Block): Entry {
  const [header = '', align = '', ...rows] = linesOf(text);
  const columns = cellsOf(header).map(({ text: cell }) => cell);
  const row = (line: string, key: string | null): Entry => {
    const cells = cellsOf(line);
    const open = /^\s*\|?/.exec(line)?.[0] ?? '';
    const entries = cells.map(({ before, text: cell, after }, index) =>
      entryOf(`column ${index + 1}`, leafOf(cell, 'cell'), {
        name: columns[index] ?? `column ${index + 1}`,
        open: before,
        remark: after,
      }),
    );
    const length =
      open.length + cells.reduce((sum, cell) => sum + cell.before.length + cell.text.length + cell.after.length, 0);
    return entryOf(key ?? `| ${cells[0]?.text ?? ''}`, containerOf('map', ROW, unique(entries)), {
      open,
      remark: line.slice(length),
    });
  };
  const entries = [row(header, '$columns'), row(align, '$alignment'), ...rows.map((line) => row(line, null))];
  return entryOf(`table: ${columns.join(' | ')}`, containerOf('list', 'table', unique(entries)), { lead });
}

type Cell = Readonly<{ before: string; text: string; after: string }>;

/** The cells of a row; what stands behind a cell goes up to its bar. */
function cellsOf(line: string): readonly Cell[] {
  const rest = line.replace(/\n$/, '').replace(/^\s*\|?/, '');
  const raw = rest.match(/(?:\\[\s\S]|[^|\\])*\||(?:\\[\s\S]|[^|\\])+$/g) ?? [];
  const cells = raw.map((cell) => {
    const [, before = '', text = '', after = ''] = /^([ \t]*)([\s\S]*?)([ \t]*\|?)$/.exec(cell) ?? [];
    return { before, text, after };
  });
  // White space behind the last bar is no cell.
  return cells.length > 1 && cells.at(-1)?.text === '' && !cells.at(-1)?.after.includes('|')
    ? cells.slice(0, -1)
    : cells;
}

function frontOf(text: string): Container {
  const lines = linesOf(text);
  const groups: string[] = [];
  for (const line of lines.slice(1, -1)) {
    if (groups.length > 0 && /^(?:[ \t]|$|\n|-[ \t])/.test(line)) groups[groups.length - 1] += line;
    else groups.push(line);
  }
  const entries = groups.map((group) => {
    const open = /^[^\s:#][^:\n]*:/.exec(group)?.[0] ?? '';
    const rest = group.slice(open.length);
    const value = rest.trimEnd();
    const key = open === '' ? group.trim() : open.slice(0, -1);
    return entryOf(key, leafOf(value, 'setting', value.trim(), value.includes('\n')), {
      name: key,
      open,
      remark: rest.slice(value.length),
    });
  });
  return containerOf('map', 'front', unique(entries), { head: lines[0] as string, tail: lines.at(-1) as string });
}

function titleOf(text: string): string {
  const line = (linesOf(text)[0] as string).trim();
  return line
    .replace(/^#{1,6}[ \t]*/, '')
    .replace(/[ \t]+#+$/, '')
    .trim();
}

function restOf(text: string): string {
  return text.slice(text.trimEnd().length);
}

function join(entries: readonly Entry[], like: Container): Container | null {
  if (like.style === ROW) {
    const barred = entries.every(({ remark }, index) => remark.endsWith('|') || index === entries.length - 1);
    return barred ? { ...like, entries } : null;
  }
  if (like.style === 'table' || like.style === 'front') return { ...like, entries };
  if (like.style === ITEM) return joinItem(entries, like);
  if (like.style === SECTION && entries[0]?.key !== TITLE) return null;
  const apart = entries.map((entry, index) => {
    const before = entries[index - 1];
    return before !== undefined && grown(before, entry) ? { ...entry, lead: `\n${entry.lead}` } : entry;
  });
  return { ...like, entries: counted(apart, like.entries) };
}

/** Each part ends its line, but for the last: its line end is that of the whole. */
function joinItem(entries: readonly Entry[], like: Container): Container | null {
  if (entries[0]?.key !== TITLE || entries.length < 2) return null;
  const last = entries.length - 1;
  return {
    ...like,
    entries: entries.map((entry, index) => {
      const remark = index === last ? entry.remark.trimEnd() : entry.remark.includes('\n') ? entry.remark : '\n';
      return { ...entry, remark };
    }),
  };
}

/** Whether two neighbours would be read as one block without an empty line between them. */
function grown(before: Entry, entry: Entry): boolean {
  if (entry.lead !== '') return false;
  const [first, second] = [lastLeaf(before.node), firstLeaf(entry.node)];
  if (first === null || second === null) return false;
  const open = first.type === 'paragraph' || first.type === 'item' || first.type === 'cell' || first.type === 'html';
  if (second.type === 'paragraph' || second.type === 'html' || second.type === 'underlined') return open;
  return first.type === 'paragraph' && (second.type === 'rule' || second.type === 'cell');
}

function lastLeaf(node: Node): Leaf | null {
  if (node.kind === 'leaf') return node;
  const last = node.entries.at(-1);
  return last === undefined ? null : lastLeaf(last.node);
}

function firstLeaf(node: Node): Leaf | null {
  if (node.kind === 'leaf') return node;
  const first = node.entries[0];
  return first === undefined ? null : firstLeaf(first.node);
}
