/** The smallest change of the file's text that makes it say something else, so that people's comments stay. */
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Plain, PlainRecord } from '../../model.ts';
import { isRecord } from '../resolve/services.ts';
import { removal } from './drop.ts';
import { saysNothing } from './read.ts';
import { type Edit, endOf, eolOf, inlineAliases, isSame, lineEnd, saidBy } from './text.ts';

const HEAD = [
  '# yaml-language-server: $schema=./config.schema.json',
  '# The choices of this setup. Facts (ports, versions, scripts) are read from the code and do not belong here.',
];

/**
 * The text of the file: `before` with only the changed values replaced, or a new one. Returns `before` itself when nothing changed. A key that
 * is not in `next` is left alone, so that nothing a person wrote goes away; a list of ours that has lost its last item goes with it.
 */
export function writeConfig(before: string | null, next: PlainRecord): string {
  if (before === null) return `${[...HEAD, ...block(next, '', 0)].join('\n')}\n`;
  const document = parseDocument(before);
  if (saysNothing(document)) return `${[before.trimEnd(), ...block(next, '', 0)].filter(Boolean).join('\n')}\n`;
  if (!isMap(document.contents)) return writeConfig(null, next);
  const old = document.toJS() as PlainRecord;
  const emptied = EMPTIED.filter((key) => isFilled(old[key]) && isSame(next[key], []));
  const wanted = without(overlay(old, next) as PlainRecord, emptied);
  const edits = [
    ...editsOf(before, document, document.contents, without(next, emptied), 0),
    ...emptied.map((key) => removal(before, document.contents as YAMLMap, key)),
  ];
  if (edits.length === 0) return before;
  const text = edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((done, edit) => done.slice(0, edit.from) + edit.text + done.slice(edit.to), before);
  // Unusual YAML (an anchor on a changed value, a value over several lines) goes through the library, which keeps comments but not every space.
  if (isSame(saidBy(text), wanted)) return text;
  inlineAliases(document);
  for (const key of emptied) document.delete(key);
  return rewritten(document, without(next, emptied)).replaceAll('\n', eolOf(before));
}

const EMPTIED = ['unmanaged'];

function isFilled(value: Plain | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

function without(record: PlainRecord, keys: readonly string[]): PlainRecord {
  return keys.length === 0 ? record : Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

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

/** The change as the library makes it. */
function rewritten(document: Document, next: PlainRecord): string {
  inlineAliases(document);
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
export function inline(value: Plain, style?: Scalar['type']): string {
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
