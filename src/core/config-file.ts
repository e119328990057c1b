/** `.devops/config.yaml`: read with line numbers, written with the smallest change so that people's comments stay. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  stringify,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Problem } from '../errors.ts';
import { SetupError } from '../errors.ts';
import type { Plain, PlainRecord, Question } from '../model.ts';
import { SERVICE_NAME } from './resolve/keys.ts';
import { isRecord } from './resolve/services.ts';

export const CONFIG_PATH = '.devops/config.yaml';
export const SCHEMA_PATH = '.devops/config.schema.json';

const HEAD = [
  '# yaml-language-server: $schema=./config.schema.json',
  '# The choices of this setup. Facts (ports, versions, scripts) are read from the code and do not belong here.',
];

/**
 * Parses a configuration or an answers file (`place` names it in problems).
 * @throws SetupError CONFIG_SYNTAX with every problem of the file, each with its line.
 */
export function parseConfig(text: string, place: string): PlainRecord {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false, prettyErrors: false });
  const syntax = (at: number, message: string): Problem => ({
    code: 'CONFIG_SYNTAX',
    place: `${place}:${Math.max(lines.linePos(at).line, 1)}`,
    message: `${message}.`,
    hint: 'Mend the line, or move the file away to start anew.',
  });
  const problems = document.errors.map((error) => syntax(error.pos[0], error.message));
  if (problems.length > 0) throw new SetupError(problems);
  if (saysNothing(document)) return {};
  if (!isMap(document.contents))
    throw new SetupError(syntax(document.contents?.range[0] ?? 0, 'a mapping of keys is expected'));
  const value = plainOf(document, (message) => syntax(0, message));
  if (value.version !== undefined && value.version !== 1) {
    throw new SetupError({
      code: 'CONFIG_VALUE',
      place: `${place}, version`,
      message: `this tool reads version 1, the file says ${JSON.stringify(value.version)}.`,
      hint: 'Use the release that wrote the file, or a newer one.',
    });
  }
  return value;
}

/** Empty, or comments only. */
function saysNothing({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null && contents.source === '');
}

/** An alias without its anchor, or aliases that multiply without end, are found by the conversion only. */
function plainOf(document: Document.Parsed, problem: (message: string) => Problem): PlainRecord {
  try {
    return document.toJS({ maxAliasCount: 20 }) as PlainRecord;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new SetupError(problem(error.message), { cause: error });
  }
}

/**
 * The text of the file: `before` with only the changed values replaced, or a new one. Returns `before` itself when nothing changed. A key that
 * is not in `next` is left alone, so that nothing a person wrote goes away.
 */
export function writeConfig(before: string | null, next: PlainRecord): string {
  if (before === null) return `${[...HEAD, ...block(next, '', 0)].join('\n')}\n`;
  const document = parseDocument(before);
  if (saysNothing(document)) return `${[before.trimEnd(), ...block(next, '', 0)].filter(Boolean).join('\n')}\n`;
  if (!isMap(document.contents)) return writeConfig(null, next);
  const wanted = overlay(document.toJS() as PlainRecord, next);
  const edits = editsOf(before, document, document.contents, next, 0);
  if (edits.length === 0) return before;
  const text = edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((done, edit) => done.slice(0, edit.from) + edit.text + done.slice(edit.to), before);
  const reread = parseDocument(text);
  // Unusual YAML (an anchor on a changed value, a value over several lines) goes through the library, which keeps comments but not every space.
  return reread.errors.length === 0 && isSame(reread.toJS() as Plain, wanted)
    ? text
    : rewritten(document, next).replaceAll('\n', eolOf(before));
}

type Edit = Readonly<{ from: number; to: number; text: string }>;

/** The smallest replacements in the text that make a mapping say what `next` says. */
function editsOf(text: string, document: Document, map: YAMLMap, next: PlainRecord, depth: number): readonly Edit[] {
  const added: [string, Plain][] = [];
  const edits = Object.entries(next).flatMap(([key, value]): readonly Edit[] => {
    const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (!pair) {
      added.push([key, value]);
      return [];
    }
    const node = pair.value as Node | null;
    if (!node?.range || isSame(node.toJS(document) as Plain, value)) return [];
    if (isMap(node) && isRecord(value)) return editsOf(text, document, node, value, depth + 1);
    if (isSeq(node) && !node.flow && Array.isArray(value)) return [listEdit(text, node, value)];
    if (isScalar(node) && node.source === '') {
      // Nothing stands there yet, perhaps a comment.
      const colon = text.indexOf(':', endOf(pair.key as Node)) + 1;
      return [{ from: colon, to: colon, text: ` ${inline(value)}` }];
    }
    const [from, to] = node.range;
    return [{ from, to, text: inline(value, isScalar(node) ? node.type : undefined) }];
  });
  return added.length === 0 ? edits : [...edits, addition(text, map, Object.fromEntries(added), depth)];
}

/** New keys of a mapping, behind its last one. */
function addition(text: string, map: YAMLMap, added: PlainRecord, depth: number): Edit {
  if (map.flow) {
    const [start = 0] = map.range ?? [];
    const inner = inline(added).slice(2, -2);
    const last = map.items.at(-1);
    const at = last ? endOf((last.value ?? last.key) as Node) : start + 1;
    return { from: at, to: at, text: map.items.length === 0 ? ` ${inner} ` : `, ${inner}` };
  }
  const first = (map.items[0]?.key as Node | undefined)?.range?.[0] ?? 0;
  const indent = text.slice(text.lastIndexOf('\n', first - 1) + 1, first).replace(/^\uFEFF/, '');
  return insertion(text, endOf(map), block(added, indent, depth));
}

/** A list with one item a line: the lines that stay keep their comments. */
function listEdit(text: string, list: YAMLSeq, value: readonly Plain[]): Edit {
  const items = list.items as Node[];
  const dash = text.lastIndexOf('-', items[0]?.range?.[0]);
  const start = text.lastIndexOf('\n', dash) + 1;
  const lines = new Map<string, string>();
  let from = start;
  for (const item of items) {
    const to = lineEnd(text, endOf(item));
    lines.set(JSON.stringify(item.toJSON()), text.slice(from, to));
    from = to;
  }
  const eol = eolOf(text);
  const written = value.map(
    (item) => lines.get(JSON.stringify(item)) ?? `${text.slice(start, dash)}- ${inline(item)}${eol}`,
  );
  return { from: start, to: from, text: written.join('') };
}

/** Whole lines behind the one that `at` is on. */
function insertion(text: string, at: number, lines: readonly string[]): Edit {
  const eol = eolOf(text);
  const from = lineEnd(text, at);
  const before = from > 0 && text[from - 1] !== '\n' ? eol : '';
  return { from, to: from, text: `${before}${lines.map((line) => line + eol).join('')}` };
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function lineEnd(text: string, at: number): number {
  if (text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Where the last thing in a node ends; a block's own range reaches over the comments behind it. */
function endOf(node: Node): number {
  if ((isMap(node) || isSeq(node)) && !node.flow) {
    const last = node.items.at(-1);
    const end = isPair(last) ? (last.value ?? last.key) : last;
    if (isNode(end)) return endOf(end);
  }
  return node.range?.[1] ?? 0;
}

/** The change as the library makes it. Aliases become what they stand for: their anchor may be on a value that changes. */
function rewritten(document: Document, next: PlainRecord): string {
  visit(document, { Alias: (_, alias) => alias.resolve(document)?.clone() as Node | undefined });
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) delete (node as Scalar).anchor;
    },
  });
  const apply = (path: readonly string[], known: Plain | undefined, value: Plain): void => {
    if (isSame(known, value)) return;
    if (!isRecord(value) || !isRecord(known)) replace(document, path, value);
    else for (const [key, inner] of Object.entries(value)) apply([...path, key], known[key], inner);
  };
  apply([], document.toJS() as PlainRecord, next);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function replace(document: Document, path: readonly string[], value: Plain): void {
  const old = document.getIn(path, true);
  const node = document.createNode(value) as Node;
  if (isNode(old)) {
    node.comment = old.comment ?? null;
    node.commentBefore = old.commentBefore ?? null;
  }
  document.setIn(path, node);
}

function overlay(before: Plain | undefined, next: Plain): Plain {
  if (!isRecord(before) || !isRecord(next)) return next;
  const changed = Object.entries(next).map(([key, value]) => [key, overlay(before[key], value)]);
  return { ...before, ...Object.fromEntries(changed) };
}

/** What takes lines of its own: more than one setting, or something below. */
function isSection(record: PlainRecord): boolean {
  const values = Object.values(record);
  return values.length > 1 || values.some(isRecord);
}

/** Sections line by line, everything below them on one line, as a person would write it. */
function block(record: PlainRecord, indent: string, depth: number): readonly string[] {
  return Object.entries(record).flatMap(([key, value]) => {
    if (isRecord(value) && depth < 1 && isSection(value))
      return [`${indent}${inline(key)}:`, ...block(value, `${indent}  `, depth + 1)];
    const comment = depth === 0 && key === 'toConfirm' ? ' # our defaults: nobody has confirmed them yet' : '';
    return [`${indent}${inline(key)}: ${inline(value)}${comment}`];
  });
}

/** A value on one line, safe inside of brackets too; a scalar in quotes like those that stood there. */
function inline(value: Plain, style?: Scalar['type']): string {
  if (Array.isArray(value)) return `[${value.map((item) => inline(item)).join(', ')}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, inner]) => `${inline(key)}: ${inline(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  const scalar = new Scalar(value);
  if (style === 'QUOTE_SINGLE' || style === 'QUOTE_DOUBLE') scalar.type = style;
  const options = { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 } as const;
  return stringify([scalar], options).trim().slice(1, -1);
}

function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** The published JSON Schema of the file, from the same declarations that parse it. */
export function configSchema(questions: readonly Question[]): string {
  const root: Record<string, Plain> = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The choices of create-devops-setup',
    type: 'object',
    additionalProperties: false,
    properties: {
      version: { const: 1 },
      toConfirm: {
        type: 'array',
        items: { type: 'string' },
        description: 'Our defaults that nobody has confirmed yet.',
      },
    },
  };
  for (const question of questions)
    place(root, question.id.split('.'), { description: question.help, ...question.schema });
  return `${JSON.stringify(root, null, 2)}\n`;
}

function place(schema: Record<string, Plain>, [key, ...rest]: readonly string[], leaf: PlainRecord): void {
  if (key === undefined) return;
  if (key === '*') {
    schema.propertyNames = { pattern: SERVICE_NAME.source };
    place(inner(schema, 'additionalProperties'), rest, leaf);
    return;
  }
  const properties = schema.properties as Record<string, Plain>;
  if (rest.length === 0) properties[key] = leaf;
  else place(inner(properties, key), rest, leaf);
}

/** The object schema under a key, made when it is not there yet. */
function inner(record: Record<string, Plain>, key: string): Record<string, Plain> {
  const known = record[key];
  if (isRecord(known)) return known as Record<string, Plain>;
  const made: Record<string, Plain> = { type: 'object', additionalProperties: false, properties: {} };
  record[key] = made;
  return made;
}
