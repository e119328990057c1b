/** A reader of TOML 1.0 that keeps offsets. What it does not know is an error, never a guess. */
import type { RawMember, RawNode } from './comma-tree.ts';

export class TomlError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'TomlError';
    this.offset = offset;
  }
}

export type TomlKey = readonly string[];
/** `lead`: comments and empty lines above. `start`: its indentation. `end`: behind the line end. */
type Line = Readonly<{ lead: string; start: number; end: number }>;
export type TomlPair = Line & Readonly<{ type: 'pair'; key: TomlKey; value: RawNode }>;
export type TomlHeader = Line & Readonly<{ type: 'table' | 'element'; key: TomlKey }>;
export type TomlLine = TomlPair | TomlHeader;

// Input is untrusted: a thousand opening brackets must be a message, not a stack overflow.
const MAX_DEPTH = 200;
const BARE = /[A-Za-z0-9_-]+/y;
const DATE = /\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d:\d\d(?:\.\d+)?/y;
const NUMBER =
  /0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*|[+-]?(?:inf|nan|(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?)/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: TOML forbids them anywhere, in comments too
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' };

/** All lines that say something, in order, and what stands below the last. @throws TomlError */
export function readToml(text: string): Readonly<{ lines: readonly TomlLine[]; tail: string }> {
  const control = CONTROL.exec(text);
  if (control !== null) throw new TomlError('a control character', control.index);
  const lines: TomlLine[] = [];
  let at = 0;
  let lead = 0;
  while (at < text.length) {
    const note = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
    note.lastIndex = at;
    const skipped = note.exec(text)?.[0];
    if (skipped !== undefined) {
      if (skipped === '') break;
      at += skipped.length;
      continue;
    }
    const start = at;
    const line = lineAt(text, start);
    note.lastIndex = line.at;
    const rest = note.exec(text)?.[0];
    if (rest === undefined) throw new TomlError('nothing may follow on this line', line.at);
    at = line.at + rest.length;
    const around = { lead: text.slice(lead, start), start, end: at };
    lines.push(
      'value' in line
        ? { type: 'pair', key: line.key, value: line.value, ...around }
        : { type: line.type, key: line.key, ...around },
    );
    lead = at;
  }
  return { lines, tail: text.slice(lead) };
}

type Found =
  | Readonly<{ at: number; key: TomlKey; value: RawNode }>
  | Readonly<{ at: number; key: TomlKey; type: 'table' | 'element' }>;

function lineAt(text: string, start: number): Found {
  let at = blanks(text, start);
  if (text[at] !== '[') {
    const { key, at: equals } = keyAt(text, at);
    if (text[equals] !== '=') throw new TomlError('"=" is expected here', equals);
    const value = valueAt(text, blanks(text, equals + 1), 0);
    return { at: value.end, key, value };
  }
  const element = text[at + 1] === '[';
  at = blanks(text, at + (element ? 2 : 1));
  const { key, at: close } = keyAt(text, at);
  const bracket = element ? ']]' : ']';
  if (!text.startsWith(bracket, close)) throw new TomlError(`"${bracket}" is expected here`, close);
  return { at: close + bracket.length, key, type: element ? 'element' : 'table' };
}

/** A key, its parts between dots; `at` is behind the white space that follows. */
function keyAt(text: string, from: number): Readonly<{ key: TomlKey; at: number }> {
  const key: string[] = [];
  let at = from;
  for (;;) {
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      if (text.startsWith(quote.repeat(3), at)) throw new TomlError('a key is on one line', at);
      const { value, end } = stringAt(text, at);
      key.push(value);
      at = end;
    } else {
      BARE.lastIndex = at;
      const part = BARE.exec(text)?.[0];
      if (part === undefined) throw new TomlError('a key is expected here', at);
      key.push(part);
      at += part.length;
    }
    if (key.length > MAX_DEPTH) throw new TomlError('this is nested too deeply', from);
    at = blanks(text, at);
    if (text[at] !== '.') return { key, at };
    at = blanks(text, at + 1);
  }
}

function blanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

/** The offset behind white space, line ends and comments. */
export function skipNotes(text: string, from: number): number {
  const notes = /(?:[ \t\n]|#[^\n]*)*/y;
  notes.lastIndex = from;
  return from + (notes.exec(text)?.[0].length ?? 0);
}

/** @throws TomlError */
export function valueAt(text: string, start: number, depth: number): RawNode {
  if (depth > MAX_DEPTH) throw new TomlError('this is nested too deeply', start);
  const c = text[start];
  if (c === '"' || c === "'") {
    const { value, end } = stringAt(text, start);
    return { type: 'scalar', kind: 'string', value, start, end };
  }
  if (c === '[') return arrayAt(text, start, depth);
  if (c === '{') return inlineAt(text, start, depth);
  for (const [kind, pattern] of [
    ['date', DATE],
    ['number', NUMBER],
    ['boolean', /true|false/y],
  ] as const) {
    pattern.lastIndex = start;
    const value = pattern.exec(text)?.[0];
    const end = start + (value?.length ?? 0);
    if (value !== undefined && kind === 'date' && !isDate(value)) throw new TomlError('there is no such date', start);
    if (value !== undefined && /^(?:[\s,\]}#]|$)/.test(text.slice(end, end + 1)))
      return { type: 'scalar', kind, value, start, end };
  }
  throw new TomlError('a value is expected here', start);
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text)?.map(Number) ?? [];
  const [, hour = 0, minute = 0, second = 0] = /(\d\d):(\d\d):(\d\d)/.exec(text)?.map(Number) ?? [];
  if (hour > 23 || minute > 59 || second > 60) return false;
  if (year === undefined || month === undefined || day === undefined) return true;
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function arrayAt(text: string, start: number, depth: number): RawNode {
  const items: RawNode[] = [];
  let at = skipNotes(text, start + 1);
  while (text[at] !== ']') {
    const item = valueAt(text, at, depth + 1);
    items.push(item);
    at = skipNotes(text, item.end);
    if (text[at] === ',') at = skipNotes(text, at + 1);
    else if (text[at] !== ']') throw new TomlError('"," or "]" is expected here', at);
  }
  return { type: 'array', items, start, end: at + 1 };
}

function inlineAt(text: string, start: number, depth: number): RawNode {
  const members: RawMember[] = [];
  let at = blanks(text, start + 1);
  while (text[at] !== '}') {
    const from = at;
    const { key, at: equals } = keyAt(text, at);
    if (text[equals] !== '=') throw new TomlError('"=" is expected here', equals);
    const value = valueAt(text, blanks(text, equals + 1), depth + 1);
    const name = key.join('.');
    if (members.some((member) => member.key === name)) throw new TomlError(`the key ${name} stands twice`, from);
    members.push({ key: name, start: from, value });
    at = blanks(text, value.end);
    if (text[at] === ',') {
      at = blanks(text, at + 1);
      if (text[at] === '}') throw new TomlError('a comma before "}" is not TOML', at);
    } else if (text[at] !== '}') throw new TomlError('"," or "}" is expected here', at);
  }
  return { type: 'object', members, start, end: at + 1 };
}

function stringAt(text: string, start: number): Readonly<{ value: string; end: number }> {
  const quote = text[start] as string;
  const long = text.startsWith(quote.repeat(3), start);
  const close = long ? quote.repeat(3) : quote;
  let at = start + close.length;
  let value = '';
  if (long && text[at] === '\n') at += 1;
  for (;;) {
    const c = text[at];
    if (c === undefined || (!long && c === '\n')) throw new TomlError('a string is not closed', start);
    if (text.startsWith(close, at)) {
      // Up to two quotes may stand directly before the closing three.
      while (long && text[at + 3] === quote && text.slice(at, at + 5) !== quote.repeat(6)) {
        value += quote;
        at += 1;
      }
      return { value, end: at + close.length };
    }
    if (c === '\\' && quote === '"') {
      const { text: decoded, length } = escapeAt(text, at, long);
      value += decoded;
      at += length;
    } else {
      value += c;
      at += 1;
    }
  }
}

function escapeAt(text: string, at: number, long: boolean): Readonly<{ text: string; length: number }> {
  const folded = long ? /^\\[ \t]*\n[ \t\n]*/.exec(text.slice(at))?.[0] : undefined;
  if (folded !== undefined) return { text: '', length: folded.length };
  const plain = ESCAPES[text[at + 1] as string];
  if (plain !== undefined) return { text: plain, length: 2 };
  const hex = /^\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/.exec(text.slice(at, at + 10));
  const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? 'x', 16);
  if (hex === null || Number.isNaN(code) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw new TomlError('an unknown escape', at);
  return { text: String.fromCodePoint(code), length: hex[0].length };
}
