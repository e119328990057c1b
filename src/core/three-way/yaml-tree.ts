/**
 * One YAML document as pieces: block collections line by line with the comments above each entry, collections in brackets by their commas,
 * every scalar as it is spelled. What cannot be cut (a key that is a collection) is one piece.
 */
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Container, Entry, Leaf, Node } from './format.ts';
import { type RawMember, type RawNode, treeOf } from './formats/comma-tree.ts';
import { identityOf, numbered } from './identity.ts';

/** Words that YAML 1.1 takes for booleans: with quotes they are something else to half of the readers. */
const OLD_BOOLEAN = /^(?:y|n|yes|no|on|off)$/i;

export const BLOCK = 'block';

/** Reads one document; keeps count of the anchors that it has passed. */
export class TreeReader {
  private readonly text: string;
  private readonly anchors = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  /**
   * The node that stands somewhere in `from`–`to`; a block collection takes all of it, anything else leaves what is around it to the entry
   * that it is the value of. `start` and `end` are what it took.
   */
  read(node: ParsedNode | null, from: number, to: number): Readonly<{ node: Node; start: number; end: number }> {
    if ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0) {
      const container = this.block(node, from, to);
      if (container !== null) return { node: container, start: from, end: to };
      return { node: this.opaque(this.text.slice(from, to), ''), start: from, end: to };
    }
    if (node === null || node.range[1] === node.range[0]) {
      const start = Math.min(from, to);
      const props = this.props(node);
      const end = props === '' ? start : (node?.range[1] ?? start);
      return { node: leaf(this.text.slice(start, end), `null ${props}`, ''), start, end };
    }
    const start = this.skipBlank(from, node.range[0]);
    const end = node.range[1];
    const text = this.text.slice(start, end);
    if ((isMap(node) || isSeq(node)) && start === node.range[0]) {
      const raw = this.flow(node);
      if (raw !== null) {
        const tree = treeOf(raw, { text: this.text, unit: '  ', skip: (at) => this.skipComments(at) });
        return { node: tree, start, end };
      }
    }
    return { node: this.scalar(node, text), start, end };
  }

  private block(collection: YAMLMap.Parsed | YAMLSeq.Parsed, from: number, to: number): Container | null {
    const starts = this.markers(collection);
    if (starts === null) return null;
    const props = this.props(collection);
    const first = starts[0] as number;
    const compact = this.lineStart(first) < from && this.text.slice(from, first).trim() === '';
    const column = first - this.lineStart(first);
    const indent = ' '.repeat(column);
    const items = collection.items;
    // Where each entry begins, with the comments above it.
    const edges = starts.map((start, index) => {
      if (index > 0)
        return this.edge(
          this.contentEnd(collection, index - 1, starts),
          this.lineStart(start),
          column,
          collection,
          index - 1,
        );
      return compact ? first : this.headEnd(from, this.lineStart(first));
    });
    const last = items.length - 1;
    const bottom = this.edge(this.contentEnd(collection, last, starts), to, column, collection, last);
    const entries = items.map((_, index): Entry => {
      const begin = edges[index] as number;
      const end = edges[index + 1] ?? bottom;
      const line = Math.max(begin, this.lineStart(starts[index] as number));
      return this.entry(collection, index, { begin, line, end, marker: starts[index] as number });
    });
    const keys = isMap(collection)
      ? entries.map(({ key }) => key)
      : numbered(entries.map(({ node }) => identityOf(node)));
    return {
      kind: isMap(collection) ? 'map' : 'list',
      head: this.text.slice(from, edges[0]),
      tail: this.text.slice(bottom, to),
      indent,
      style: compact ? `${BLOCK} compact` : BLOCK,
      props,
      entries: entries.map((entry, index) => ({ ...entry, key: keys[index] as string })),
    };
  }

  private entry(
    collection: YAMLMap.Parsed | YAMLSeq.Parsed,
    index: number,
    { begin, line, end, marker }: Readonly<{ begin: number; line: number; end: number; marker: number }>,
  ): Entry {
    const pair = isMap(collection) ? (collection.items[index] as YAMLMap.Parsed['items'][number]) : null;
    const key = pair === null ? '' : keyOf(pair.key);
    const value = (pair === null ? collection.items[index] : pair.value) as ParsedNode | null;
    const after = pair === null ? marker + 1 : this.colon(pair.key.range[1]);
    const piece = this.read(value, this.valueStart(value, after), end);
    return {
      key,
      name: pair === null ? null : key,
      lead: this.text.slice(begin, line),
      open: this.text.slice(line, piece.start),
      node: piece.node,
      comma: '',
      remark: this.text.slice(piece.end, end),
      plain: pair === null && piece.node.kind === 'leaf' && !piece.node.lines,
    };
  }

  /** A collection on the line of its dash begins at its first entry; on lines of its own it has the end of the line above, too. */
  private valueStart(value: ParsedNode | null, after: number): number {
    const starts = (isMap(value) || isSeq(value)) && value.flow !== true ? this.markers(value) : null;
    const first = starts?.[0];
    return first !== undefined && !this.text.slice(after, first).includes('\n') && this.props(value, false) === ''
      ? first
      : after;
  }

  /** The offset of each entry's dash or key; null where one is written with `?`. */
  private markers(collection: YAMLMap.Parsed | YAMLSeq.Parsed): number[] | null {
    const token = collection.srcToken;
    if (token === undefined || !('items' in token)) return null;
    const starts = collection.items.map((item, index) => {
      const source = token.items[index];
      const sign = source?.start.find(({ type }) => !['space', 'newline', 'comment'].includes(type));
      if (isSeq(collection)) return sign?.type === 'seq-item-ind' ? sign.offset : null;
      const { key } = item as YAMLMap.Parsed['items'][number];
      if (sign !== undefined || !(isScalar(key) || isAlias(key))) return null;
      return key.range[0];
    });
    return starts.every((start) => start !== null) ? (starts as number[]) : null;
  }

  /** Where what an entry says ends: behind its last line. */
  private contentEnd(collection: YAMLMap.Parsed | YAMLSeq.Parsed, index: number, starts: readonly number[]): number {
    const end = Math.max(this.valueEnd(collection, index), (starts[index] as number) + 1);
    return end > 0 && this.text[end - 1] === '\n' ? end : this.lineEnd(end);
  }

  /** The library lets an empty value, and what ends with one, reach over the comments below it. */
  private valueEnd(collection: YAMLMap.Parsed | YAMLSeq.Parsed, index: number): number {
    const item = collection.items[index];
    const key = isMap(collection) ? (item as YAMLMap.Parsed['items'][number]).key : null;
    const value = (isMap(collection) ? (item as YAMLMap.Parsed['items'][number]).value : item) as ParsedNode | null;
    if (value === null || value.range[0] === value.range[1]) return key?.range[1] ?? 0;
    const deeper = (isMap(value) || isSeq(value)) && value.flow !== true && value.items.length > 0;
    return deeper ? this.valueEnd(value, value.items.length - 1) : value.range[1];
  }

  /** Comments that stand deeper than the entries belong to the collection above them; others to the entry below. */
  private edge(
    from: number,
    to: number,
    column: number,
    collection: YAMLMap.Parsed | YAMLSeq.Parsed,
    index: number,
  ): number {
    const item = collection.items[index];
    const value = (isMap(collection) ? (item as YAMLMap.Parsed['items'][number]).value : item) as ParsedNode | null;
    const holds =
      value === null || value.range[0] === value.range[1] || ((isMap(value) || isSeq(value)) && value.flow !== true);
    if (!holds) return from;
    let edge = from;
    for (let at = from; at < to; ) {
      const end = this.lineEnd(at);
      const line = this.text.slice(at, end);
      if (line.trim() !== '') {
        if (line.length - line.trimStart().length <= column) break;
        edge = end;
      }
      at = end;
    }
    return Math.min(edge, to);
  }

  /** What stands above the first entry: the head up to the last empty line, the rest is the entry's. */
  private headEnd(from: number, line: number): number {
    const own = from === 0 || this.text[from - 1] === '\n' ? from : Math.min(this.lineEnd(from), line);
    const gap = this.text.slice(own, line);
    const empty = gap.lastIndexOf('\n\n');
    return empty < 0 ? own : own + empty + 2;
  }

  private scalar(node: ParsedNode, text: string): Leaf {
    const props = this.props(node);
    if (isAlias(node)) {
      const times = this.anchors.get(node.source);
      if (times === undefined) throw new Error(`the alias *${node.source} has no anchor above it`);
      return leaf(text, `alias ${times}`, node.source);
    }
    if (!isScalar(node)) return this.opaque(text, props);
    const { type, value } = node as Scalar.Parsed;
    // Folded, lines are joined as they are read; as lines they can be merged.
    if (type === 'BLOCK_FOLDED') return { ...leaf(text, `folded ${props}`, dedented(text)), lines: true };
    if (type === 'BLOCK_LITERAL') return { ...leaf(text, `string ${props}`, String(value)), lines: true };
    if (typeof value !== 'string')
      return leaf(text, `${value === null ? 'null' : typeof value} ${props}`, node.source ?? text);
    const word = type === 'PLAIN' && OLD_BOOLEAN.test(value) ? 'word' : 'string';
    return leaf(text, `${word} ${props}`, value);
  }

  private opaque(text: string, props: string): Leaf {
    for (const [, anchor = ''] of text.matchAll(/(?<=^|[\s[{,])&([^\s,[\]{}]+)/g))
      this.anchors.set(anchor, (this.anchors.get(anchor) ?? 0) + 1);
    return leaf(text, `opaque ${props}`, text);
  }

  /** Anchor and tag, which are part of what a node says. An anchor's name may come again: then it is another one. */
  private props(node: ParsedNode | null, count = true): string {
    if (node === null || isAlias(node)) return '';
    const anchor = node.anchor;
    const tag = node.srcToken === undefined || node.tag === undefined ? '' : this.ownTag(node);
    if (anchor !== undefined && count) this.anchors.set(anchor, (this.anchors.get(anchor) ?? 0) + 1);
    return [anchor === undefined ? '' : `&${anchor}`, tag].join('');
  }

  private ownTag(node: ParsedNode): string {
    return node.tag?.startsWith('tag:yaml.org,2002:') === true ? '' : (node.tag ?? '');
  }

  /** A collection in brackets by offsets; null where an entry has no value, an anchor, or a comment inside. */
  private flow(node: ParsedNode): RawNode | null {
    const range = { start: node.range[0], end: node.range[1] };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.flow(item as ParsedNode));
      return items.every((item) => item !== null) ? { ...range, type: 'array', items: items as RawNode[] } : null;
    }
    if (isMap(node)) {
      if (this.text[range.start] !== '{') return null; // `[a: b]`
      const members = node.items.map((pair): RawMember | null => {
        const { key, value } = pair as YAMLMap.Parsed['items'][number];
        const inner = value === null || value.range[0] === value.range[1] ? null : this.flow(value);
        return inner === null || !isScalar(key) ? null : { key: keyOf(key), start: key.range[0], value: inner };
      });
      return members.every((member) => member !== null)
        ? { ...range, type: 'object', members: members as RawMember[] }
        : null;
    }
    if (!isAlias(node) && (node.anchor !== undefined || (node.tag !== undefined && this.ownTag(node) !== '')))
      return null;
    const { type, value } = this.scalar(node, this.text.slice(range.start, range.end));
    return { ...range, type: 'scalar', kind: type, value };
  }

  private colon(from: number): number {
    return this.text.indexOf(':', from) + 1;
  }

  /** Over the white space behind a colon or a dash; an anchor or tag is part of the value's text. */
  private skipBlank(from: number, to: number): number {
    let at = from;
    while (at < to && /[ \t]/.test(this.text[at] as string)) at += 1;
    return at;
  }

  private skipComments(from: number): number {
    const found = /(?:\s|(?<=\s)#[^\n]*)*/y;
    found.lastIndex = from;
    return from + (found.exec(this.text)?.[0].length ?? 0);
  }

  private lineStart(offset: number): number {
    return offset === 0 ? 0 : this.text.lastIndexOf('\n', offset - 1) + 1;
  }

  private lineEnd(offset: number): number {
    const end = this.text.indexOf('\n', offset);
    return end < 0 ? this.text.length : end + 1;
  }
}

function leaf(text: string, type: string, value: string): Leaf {
  return { kind: 'leaf', text, type, value, lines: false };
}

/** A block scalar as its head and its lines, wherever it stands. */
function dedented(text: string): string {
  const indent = blockIndent(text);
  return text
    .split('\n')
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trim()))
    .join('\n');
}

/** The white space that the lines of a block scalar begin with. */
export function blockIndent(text: string): string {
  return /\n([ ]+)\S/.exec(text)?.[1] ?? '';
}

function keyOf(key: ParsedNode): string {
  if (isAlias(key)) return `*${key.source}`;
  return isScalar(key) ? String(key.value) : '';
}
