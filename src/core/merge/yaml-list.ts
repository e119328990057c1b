/** Edits of lists in YAML by offset: one item in, one out, nothing else moves. Block style and brackets, as the list has it. */
import { isMap, isScalar, isSeq, type ParsedNode, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { dominantEol } from '../text-style.ts';
import { NoRoom } from './json-edit.ts';
import { lineAt } from './jsonc.ts';

export type Range = Readonly<{ start: number; end: number }>;
type Mapping = YAMLMap.Parsed;
type Sequence = YAMLSeq.Parsed;
/** A list below a key of a map. `column` is where its dashes are or would be; `colon` is the offset behind the key's colon. */
export type List = Readonly<{
  items: readonly ParsedNode[];
  seq: Sequence | null;
  colon: number;
  column: number;
  key: number;
}>;

/** The map of a document, null where it is empty. @throws NoRoom where it cannot be read */
export function rootOf(text: string): Mapping | null {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error?.code === 'MULTIPLE_DOCS') throw new NoRoom('it holds several documents, and only one is read');
  if (error !== undefined) throw new NoRoom(`line ${lineAt(text, error.pos[0])} is not YAML: ${error.message}`);
  if (/^\.\.\.\s*$/m.test(text)) throw new NoRoom('it marks the end of its document, and nothing may follow that');
  const root = document.contents as ParsedNode | null;
  if (root === null || (isScalar(root) && root.value === null)) return null;
  if (!isMap(root)) throw new NoRoom('the document is not a map');
  return root as Mapping;
}

/** The list below a key; null where the key is absent. @throws NoRoom where something else is there */
export function listBelow(text: string, map: Mapping, name: string): List | null {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  if (pair === undefined) return null;
  const { value } = pair;
  const colon = text.indexOf(':', pair.key.range[1]) + 1;
  const key = pair.key.range[0];
  const own = columnOf(text, key);
  if (value === null || (isScalar(value) && value.value === null)) {
    if (value !== null && value.range[0] !== value.range[1]) throw new NoRoom(`"${name}" is not a list`);
    if (map.flow === true) throw new NoRoom(`"${name}" has no list in its brackets`);
    return { items: [], seq: null, colon, column: own + 2, key };
  }
  if (!isSeq(value)) throw new NoRoom(`"${name}" is not a list`);
  const seq = value as Sequence;
  const column = seq.flow === true ? own + 2 : columnOf(text, seq.range[0]);
  return { items: seq.items as ParsedNode[], seq, colon, column, key };
}

/**
 * Adds an item (its lines, the first begins with a dash) at the end. `flow` is how it is spelt between brackets. `was` is what stood behind the
 * colon of a list that was empty, undefined where it was not.
 */
export function addItem(
  text: string,
  list: List,
  item: string,
  flow: string,
): Readonly<{ text: string; was: string | undefined }> {
  const { seq, items, colon, column } = list;
  const eol = dominantEol(text);
  const block = indented(item, column, eol);
  const last = items.at(-1);
  if (seq === null) {
    const at = endOfText(text, colon);
    return { text: splice(text, at, at, eol + block), was: '' };
  }
  const [start, end] = seq.range;
  if (last === undefined) {
    const brackets = text.slice(start, end);
    if (brackets.includes('#')) throw new NoRoom('an empty list holds nothing but remarks');
    const alone = text.slice(end, endOfText(text, end)).trim() === '' && !isInBrackets(text, list);
    if (!alone) return { text: splice(text, start, end, `[${flow}]`), was: brackets };
    const at = endOfText(text, end);
    return { text: splice(splice(text, at, at, eol + block), colon, end, ''), was: text.slice(colon, end) };
  }
  if (seq.flow === true) {
    const comma = /^[ \t\r\n]*,/.exec(text.slice(last.range[1]))?.[0].length;
    const at = last.range[1] + (comma ?? 0);
    return { text: splice(text, at, at, comma === undefined ? `, ${flow}` : ` ${flow},`), was: undefined };
  }
  const at = linesOf(text, last).end;
  const added = text.slice(0, at).endsWith('\n') ? block + eol : eol + block;
  return { text: splice(text, at, at, added), was: undefined };
}

/** A key with a list of one item, at the end of the document. */
export function addList(text: string, root: Mapping | null, name: string, item: string): string {
  if (root?.flow === true) throw new NoRoom(`there is no "${name}" in its brackets`);
  const eol = dominantEol(text);
  const column = root === null ? 0 : columnOf(text, root.range[0]);
  const block = `${' '.repeat(column)}${name}:${eol}${indented(item, column + 2, eol)}`;
  return text === '' || text.endsWith('\n') ? text + block + eol : text + eol + block;
}

/** Takes an item out. `was`: what a list that is empty then was before; null: its key was not there; undefined: the user emptied it. */
export function dropItem(text: string, list: List, index: number, was: string | null | undefined): string {
  const { seq, items, colon, key } = list;
  const item = items[index] as ParsedNode;
  const alone = items.length === 1;
  if (seq?.flow === true) {
    if (alone) return splice(text, seq.range[0], seq.range[1], was ?? '[]');
    const [before, next] = [items[index - 1], items[index + 1]];
    if (before !== undefined) return splice(text, before.range[1], item.range[1], '');
    return splice(text, item.range[0], (next as ParsedNode).range[0], '');
  }
  const { start, end } = linesOf(text, item);
  const head = text.slice(0, start);
  // Without a final newline, the line end above goes instead.
  const cut = { start: text.slice(start, end).endsWith('\n') ? start : head.replace(/\r?\n$/, '').length, end };
  if (!alone) return splice(text, cut.start, cut.end, '');
  const line = text.lastIndexOf('\n', key) + 1;
  if (was === null && text.slice(colon, start).trim() === '') {
    const from = cut.start === start ? line : text.slice(0, line).replace(/\r?\n$/, '').length;
    return splice(text, from, end, '');
  }
  return splice(splice(text, cut.start, cut.end, ''), colon, colon, was ?? ' []');
}

export function swapItem(text: string, list: List, index: number, item: string, flow: string): string {
  const node = list.items[index] as ParsedNode;
  if (list.seq?.flow === true) return splice(text, node.range[0], node.range[1], flow);
  const { start, end } = linesOf(text, node);
  const eol = dominantEol(text);
  return splice(
    text,
    start,
    end,
    indented(item, list.column, eol) + (text.slice(start, end).endsWith('\n') ? eol : ''),
  );
}

/** The lines of an item of a block list, with their last line end; between brackets, the item alone. */
export function linesOf(text: string, item: ParsedNode): Range {
  let end = endOf(item);
  if (text[end - 1] !== '\n') end = lineEnd(text, end);
  // The empty lines behind a text in lines are nobody's.
  for (let blank = /\n([ \t]*\r?\n)$/.exec(text.slice(0, end)); blank !== null; ) {
    end -= (blank[1] as string).length;
    blank = /\n([ \t]*\r?\n)$/.exec(text.slice(0, end));
  }
  return { start: text.lastIndexOf('\n', item.range[0] - 1) + 1, end };
}

export function splice(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** The last offset that a node says something at. */
function endOf(node: ParsedNode): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? node.range[1] : endOf((last.value ?? last.key) as ParsedNode);
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1) as ParsedNode | undefined;
    return last === undefined ? node.range[1] : endOf(last);
  }
  return node.range[1];
}

function isInBrackets(text: string, { key }: List): boolean {
  return text.slice(text.lastIndexOf('\n', key) + 1, key).match(/[{[,]/) !== null;
}

function indented(item: string, column: number, eol: string): string {
  return item
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(column) + line))
    .join(eol);
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

/** The end of the line, its line end not counted. */
function endOfText(text: string, from: number): number {
  const end = lineEnd(text, from);
  return end - (/\r?\n$/.exec(text.slice(from, end))?.[0].length ?? 0);
}
