/** Objects and arrays with commas (JSON, values of TOML) as parts, and how parts come and go in them. */
import { type Container, type Entry, type Node, printNode } from '../format.ts';
import { identityOf, numbered } from '../identity.ts';
import { containerOf, entryOf, leafOf } from './parts.ts';

export const FLOW = 'flow';
/** An empty one; behind the word the indentation of its line, a bar, the indentation that entries would have. */
const EMPTY = 'empty';

type Range = Readonly<{ start: number; end: number }>;
export type RawMember = Readonly<{ key: string; start: number; value: RawNode }>;
/** What a reader found, by offsets. */
export type RawNode =
  | (Range & Readonly<{ type: 'object'; members: readonly RawMember[] }>)
  | (Range & Readonly<{ type: 'array'; items: readonly RawNode[] }>)
  | (Range & Readonly<{ type: 'scalar'; kind: string; value: string }>);

export type Source = Readonly<{
  text: string;
  /** One step of indentation. */
  unit: string;
  /** The offset behind white space and comments. */
  skip(from: number): number;
}>;

/** The rest of a line that says nothing but a comment. */
const REST = /^(?:[ \t]|\/\*(?:(?!\*\/)[^\n])*\*\/)*(?:\/\/[^\n]*|#[^\n]*)?\n/;

/** A node as parts. One with a comment where no part can hold it is taken whole. */
export function treeOf(node: RawNode, source: Source): Node {
  const { text } = source;
  if (node.type === 'scalar') return leafOf(text.slice(node.start, node.end), node.kind, node.value);
  return piecesOf(node, source) ?? leafOf(text.slice(node.start, node.end), FLOW, plainMeaning(node));
}

function piecesOf(node: Exclude<RawNode, { type: 'scalar' }>, source: Source): Container | null {
  const { text } = source;
  const parts: readonly RawMember[] =
    node.type === 'object' ? node.members : node.items.map((value) => ({ key: '', start: value.start, value }));
  const kind = node.type === 'object' ? 'map' : 'list';
  if (parts.length === 0) {
    const indent = lineIndent(text, node.start);
    const inner = indent + source.unit;
    const whole = text.slice(node.start, node.end);
    return containerOf(kind, `${EMPTY}${indent}|${inner}`, [], {
      head: whole.slice(0, -1),
      tail: whole.slice(-1),
      indent: inner,
    });
  }
  const first = cut(text.slice(node.start + 1, (parts[0] as RawMember).start));
  const head = text[node.start] + first.rest;
  let { lead, indent } = first;
  const entries: Entry[] = [];
  let tail = '';
  for (const [index, { key, start, value }] of parts.entries()) {
    const next = parts[index + 1];
    const behind = source.skip(value.end);
    const comma = text[behind] === ',' ? ',' : '';
    if (comma !== '' && behind !== value.end) return null;
    const gap = text.slice(value.end + comma.length, next?.start ?? node.end - 1);
    const { rest, ...following } =
      next === undefined && !gap.includes('\n') && gap.trim() === '' ? { rest: '', lead: '', indent: gap } : cut(gap);
    const open = indent + text.slice(start, value.start);
    entries.push(
      entryOf(key, treeOf(value, source), {
        name: kind === 'map' ? key : null,
        lead,
        open,
        comma,
        remark: rest,
        plain: kind === 'list' && value.type === 'scalar',
      }),
    );
    ({ lead, indent } = following);
    if (next === undefined) tail = lead + indent + text[node.end - 1];
  }
  const keys =
    kind === 'map' ? entries.map(({ key }) => key) : numbered(entries.map(({ node: item }) => identityOf(item)));
  const keyed = entries.map((entry, index) => ({ ...entry, key: keys[index] as string }));
  return containerOf(kind, FLOW, keyed, {
    head,
    tail,
    indent: head.endsWith('\n') ? first.indent.replace(/\S[\s\S]*$/, '') : '',
  });
}

/** What lies between two parts: the rest of the line, whole lines of comments, what stands before the next part on its line. */
function cut(gap: string): Readonly<{ rest: string; lead: string; indent: string }> {
  const rest = REST.exec(gap)?.[0];
  if (rest === undefined) return { rest: gap, lead: '', indent: '' };
  const after = gap.slice(rest.length);
  const line = after.lastIndexOf('\n') + 1;
  return { rest, lead: after.slice(0, line), indent: after.slice(line) };
}

function lineIndent(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function plainMeaning(node: RawNode): string {
  if (node.type === 'scalar') return JSON.stringify([node.kind, node.value]);
  if (node.type === 'array') return `[${node.items.map(plainMeaning).join(',')}]`;
  const members = node.members.map(({ key, value }) => `${JSON.stringify(key)}:${plainMeaning(value)}`);
  return `{${members.sort().join(',')}}`;
}

export function isComma({ style }: Container): boolean {
  return style === FLOW || style.startsWith(EMPTY);
}

/** One on several lines. An empty one becomes that, unless it is a list. */
function isTall(container: Container): boolean {
  return container.head.includes('\n') || (container.style.startsWith(EMPTY) && container.kind === 'map');
}

/**
 * An entry as it stands in another container. `reread` makes a node of a text that was moved; `oneLine` says that this syntax allows an
 * object on one line only.
 */
export function fitComma(
  entry: Entry,
  from: Container,
  to: Container,
  reread: (text: string) => Node | null,
): Entry | null {
  const key = entry.open.trimStart();
  const written = printNode(entry.node);
  if (isTall(to)) {
    const node = rescaled(written, from.indent, to.indent, reread);
    if (node === null) return null;
    const lead = isTall(from) ? rescale(`\n${entry.lead}`, from.indent, to.indent).slice(1) : '';
    const remark = entry.remark.endsWith('\n') ? entry.remark : '\n';
    return { ...entry, lead, open: to.indent + key, node, remark };
  }
  if (entry.lead.trim() !== '' || entry.remark.trim() !== '') return null;
  const node = written.includes('\n') ? reread(onOneLine(entry.node)) : entry.node;
  return node === null ? null : { ...entry, lead: '', open: key, node, remark: '' };
}

function rescaled(text: string, from: string, to: string, reread: (text: string) => Node | null): Node | null {
  return reread(rescale(text, from, to));
}

/** Another indentation for every line but the first: as many steps of the other width. */
function rescale(text: string, from: string, to: string): string {
  if (from === to || from === '' || to === '') return text;
  return text
    .split('\n')
    .map((line, index) => {
      const white = /^[ \t]*/.exec(line)?.[0] ?? '';
      if (index === 0 || white === '' || line === white) return line;
      return (to[0] as string).repeat(Math.round((white.length * to.length) / from.length)) + line.slice(white.length);
    })
    .join('\n');
}

/** A node without its line ends; comments make that impossible, and the text is as it was. */
function onOneLine(node: Node): string {
  if (node.kind === 'leaf') return node.text;
  if (node.entries.some(({ lead, remark }) => (lead + remark).trim() !== '')) return printNode(node);
  const inner = node.entries.map(({ open, node: value }) => open.trimStart() + onOneLine(value)).join(', ');
  const space = node.kind === 'map' && inner !== '' ? ' ' : '';
  return node.head.trim() + space + inner + space + node.tail.trim();
}

/** Commas between all, and one behind the last where the user writes it. */
export function joinComma(entries: readonly Entry[], like: Container): Container | null {
  const was = like.entries.at(-1);
  if (entries.length === 0) {
    if (was === undefined || (like.head + like.tail).replace(/[[\]{}]/g, '').trim() !== '') return { ...like, entries };
    return { ...like, head: like.head.trim(), tail: like.tail.trim(), entries };
  }
  const base = was === undefined ? opened(entries, like) : like;
  if (base === null) return null;
  const tall = base.head.includes('\n');
  const between =
    like.entries.find(({ comma, remark }) => comma !== '' && remark.trim() === '')?.remark ?? (tall ? '\n' : ' ');
  const known = new Map(like.entries.map((entry) => [entry.key, entry]));
  return {
    ...base,
    entries: entries.map((entry, index) => {
      const isLast = index === entries.length - 1;
      const before = known.get(entry.key);
      // In its place among the others as before: its line stays as it is.
      if (before !== undefined && before.remark === entry.remark && (before === was) === isLast)
        return { ...entry, comma: before.comma };
      if (isLast)
        return { ...entry, comma: was?.comma ?? '', remark: tall ? ended(entry.remark) : entry.remark.trimEnd() };
      return {
        ...entry,
        comma: ',',
        remark: entry.remark.trim() === '' ? between : tall ? ended(entry.remark) : entry.remark,
      };
    }),
  };
}

function ended(remark: string): string {
  return remark.endsWith('\n') ? remark : `${remark}\n`;
}

/** An empty one that gets entries: written over several lines where these are. */
function opened(entries: readonly Entry[], like: Container): Container | null {
  const [bracket, close] = [like.head.trim(), like.tail.trim()];
  if (bracket.length > 1) return null; // a comment that somebody put there
  const [indent = ''] = like.style.slice(EMPTY.length).split('|');
  const tall = entries.some(({ open, remark }) => remark.endsWith('\n') || /^[ \t]/.test(open));
  return tall
    ? { ...like, head: `${bracket}\n`, tail: indent + close, style: FLOW }
    : { ...like, head: bracket, tail: close, indent: '', style: FLOW };
}
