/** Edits of JSON by offset: one item in, one item out, nothing else moves. Comments and trailing commas are respected. */
import { dominantEol } from '../text-style.ts';
import { type JsonNode, memberOf, readJson, skipTrivia } from './jsonc.ts';

type Container = Extract<JsonNode, { type: 'object' | 'array' }>;
type Path = readonly string[];

/** What had to be opened to make room: the place, and the text that stood there (null: the key was absent). */
export type Opened = Readonly<{ at: Path; was: string | null }>;

/** The document cannot take the edit; the message is for a person. */
export class NoRoom extends Error {}

/** The node at a path of keys, or undefined. */
export function nodeAt(text: string, path: Path): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((node, key) => memberOf(node, key)?.value, readJson(text, true));
}

/**
 * Adds items (their JSON text) at the end of the object or array at `path`, opening what is missing on the way; `seed` comes first in an
 * array that had to be opened. @throws NoRoom, JsonSyntaxError
 */
export function addItems(
  text: string,
  path: Path,
  kind: Container['type'],
  items: readonly string[],
  seed: readonly string[] = [],
): Readonly<{ text: string; opened: Opened | null }> {
  let node = readJson(text, true);
  for (const [depth, key] of path.entries()) {
    if (node.type !== 'object') throw new NoRoom(`${place(path.slice(0, depth))} is not an object`);
    const member = memberOf(node, key);
    if (member === undefined) return openMember(text, node, path, depth, { kind, items: [...seed, ...items] });
    node = member.value;
  }
  if (node.type !== kind) throw new NoRoom(`${place(path)} is not an ${kind}`);
  if (partsOf(node).length === 0) {
    const was = text.slice(node.start, node.end);
    if (/\/[/*]/.test(was)) throw new NoRoom(`${place(path)} holds nothing but comments`);
    return { text: replace(text, node, write(kind, items, layoutOf(text, node))), opened: { at: path, was } };
  }
  let next = text;
  for (const item of items) next = append(next, nodeAt(next, path) as Container, item);
  return { text: next, opened: null };
}

function openMember(
  text: string,
  node: Container,
  path: Path,
  depth: number,
  content: Readonly<{ kind: Container['type']; items: readonly string[] }>,
): Readonly<{ text: string; opened: Opened }> {
  const layout = layoutOf(text, node);
  const empty = partsOf(node).length === 0;
  const nested = (index: number, indent: string): string => {
    const inner = { ...layout, indent };
    if (index === path.length) return write(content.kind, content.items, inner);
    return write('object', [`${JSON.stringify(path[index])}: ${nested(index + 1, indent + layout.unit)}`], inner);
  };
  if (empty) {
    const was = text.slice(node.start, node.end);
    if (/\/[/*]/.test(was)) throw new NoRoom(`${place(path.slice(0, depth))} holds nothing but comments`);
    return { text: replace(text, node, nested(depth, layout.indent)), opened: { at: path.slice(0, depth), was } };
  }
  const member = `${JSON.stringify(path[depth])}: ${nested(depth + 1, layout.childIndent)}`;
  return { text: append(text, node, member), opened: { at: path.slice(0, depth + 1), was: null } };
}

/** Takes the item at `index` out of the container at `path`. */
export function removeItem(text: string, path: Path, index: number): string {
  const container = nodeAt(text, path) as Container;
  const parts = partsOf(container);
  const { start, end } = parts[index] as Part;
  const previous = parts[index - 1];
  const comma = skipTrivia(text, end, true);
  const followed = text[comma] === ',';
  const cuts: [number, number][] = [];
  let from = start;
  while (text[from - 1] === ' ' || text[from - 1] === '\t') from -= 1;
  const ownLine = text[from - 1] === '\n';
  if (ownLine) from -= text[from - 2] === '\r' ? 2 : 1;
  else if (previous === undefined) from = start;
  if (followed) {
    cuts.push(
      ...((isBlank(text, end, comma)
        ? [[from, comma + 1]]
        : [
            [from, end],
            [comma, comma + 1],
          ]) as [number, number][]),
    );
    const next = parts[index + 1];
    if (!ownLine && previous === undefined && next !== undefined && isBlank(text, comma + 1, next.start))
      cuts.push([comma + 1, next.start]);
  } else {
    cuts.push([from, end]);
    if (previous !== undefined) {
      const before = skipTrivia(text, previous.end, true);
      cuts.push([before, before + 1]);
    }
  }
  return cuts.sort((a, b) => b[0] - a[0]).reduce((rest, [a, b]) => rest.slice(0, a) + rest.slice(b), text);
}

/** Closes again what was opened, where it is empty now. Without a note, the whole of an emptied path goes. */
export function closeContainer(text: string, path: Path, opened: Opened | null): string {
  const { at, was } = opened ?? { at: path.slice(0, 1), was: null };
  let next = text;
  for (let length = path.length; length >= at.length; length -= 1) {
    const here = path.slice(0, length);
    const node = nodeAt(next, here);
    if (node === undefined || node.type === 'scalar' || partsOf(node).length > 0) return next;
    if (/\/[/*]/.test(next.slice(node.start, node.end))) return next; // a comment that somebody put there
    if (length === at.length && was !== null) return replace(next, node, was);
    const parent = nodeAt(next, here.slice(0, -1));
    if (length === 0 || parent?.type !== 'object') return next;
    const index = parent.members.findLastIndex(({ key }) => key === here.at(-1));
    next = removeItem(next, here.slice(0, -1), index);
  }
  return next;
}

/** Puts another text in the place of a node. */
export function replace(text: string, node: Readonly<{ start: number; end: number }>, by: string): string {
  return text.slice(0, node.start) + by + text.slice(node.end);
}

type Part = Readonly<{ start: number; end: number }>;

function partsOf(node: Container): readonly Part[] {
  return node.type === 'array' ? node.items : node.members.map(({ start, value }) => ({ start, end: value.end }));
}

function append(text: string, container: Container, item: string): string {
  const parts = partsOf(container);
  const last = parts.at(-1) as Part;
  const layout = layoutOf(text, container);
  const comma = skipTrivia(text, last.end, true);
  const trailing = text[comma] === ',';
  if (layout.inline) {
    const at = trailing ? comma + 1 : last.end;
    const gap = parts.length > 1 && /[,]\S/.test(text.slice((parts.at(-2) as Part).end, last.start + 1)) ? '' : ' ';
    return text.slice(0, at) + (trailing ? `${gap}${item},` : `,${gap}${item}`) + text.slice(at);
  }
  const at = endOfRemark(text, trailing ? comma + 1 : last.end);
  const line = layout.eol + layout.childIndent + item;
  if (trailing) return `${text.slice(0, at)}${line},${text.slice(at)}`;
  return `${text.slice(0, last.end)},${text.slice(last.end, at)}${line}${text.slice(at)}`;
}

/** The offset behind the comments that follow on the same line: they speak of the item before them. */
function endOfRemark(text: string, from: number): number {
  const remark = /(?:[ \t]*\/\*(?:(?!\*\/|\n)[\s\S])*\*\/)*(?:[ \t]*\/\/[^\r\n]*)?/y;
  remark.lastIndex = from;
  return from + (remark.exec(text)?.[0].length ?? 0);
}

type Layout = Readonly<{ inline: boolean; indent: string; childIndent: string; unit: string; eol: string }>;

function layoutOf(text: string, node: Container): Layout {
  const lineIndent = (offset: number): string =>
    /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1).replace(/^\ufeff/, ''))?.[0] ?? '';
  const first = partsOf(node)[0];
  const inline = first !== undefined && !text.slice(node.start, first.start).includes('\n');
  const unit = /^[ \t]+(?=\S)/m.exec(text)?.[0] ?? '  ';
  const indent = lineIndent(node.start);
  const childIndent = first === undefined || inline ? indent + unit : lineIndent(first.start);
  return { inline, indent, childIndent, unit, eol: dominantEol(text) };
}

/** A container with its items: a short array and anything inside a one-line object on one line, as formatters do. */
function write(kind: Container['type'], items: readonly string[], { inline, indent, unit, eol }: Layout): string {
  const [open, close] = kind === 'array' ? ['[', ']'] : ['{', '}'];
  const oneLine = kind === 'array' ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`;
  if (inline || (kind === 'array' && oneLine.length + indent.length < 60)) return oneLine;
  return `${open}${eol}${items.map((item) => indent + unit + item).join(`,${eol}`)}${eol}${indent}${close}`;
}

function isBlank(text: string, from: number, to: number): boolean {
  return text.slice(from, to).trim() === '';
}

function place(path: Path): string {
  return path.length === 0 ? 'the document' : `"${path.join('.')}"`;
}
