/** `.devops/config.yaml`: read with line numbers, written with the smallest change so that people's comments stay. */
import { Document, isMap, LineCounter, parseDocument, Scalar, YAMLSeq } from 'yaml';
import type { Problem } from '../errors.ts';
import { SetupError } from '../errors.ts';
import type { Plain, PlainRecord, Question } from '../model.ts';
import type { Resolution } from './resolve/index.ts';

export const CONFIG_PATH = '.devops/config.yaml';
export const SCHEMA_PATH = '.devops/config.schema.json';

const HEAD = [
  ' yaml-language-server: $schema=./config.schema.json',
  ' The choices of this setup. Facts (ports, versions, scripts) are read from the code and do not belong here.',
].join('\n');

/**
 * Parses a configuration or an answers file (`place` names it in problems).
 * @throws SetupError CONFIG_SYNTAX with every problem of the file, each with its line.
 */
export function parseConfig(text: string, place: string): PlainRecord {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false });
  const syntax = (at: number, message: string): Problem => ({
    code: 'CONFIG_SYNTAX',
    place: `${place}:${lines.linePos(at).line}`,
    message,
    hint: 'Mend the line, or move the file away to start anew.',
  });
  const problems = document.errors.map((error) => syntax(error.pos[0], error.message.split('\n')[0] ?? error.message));
  if (problems.length > 0) throw new SetupError(problems);
  if (document.contents === null) return {};
  if (!isMap(document.contents)) throw new SetupError(syntax(0, 'a mapping of keys is expected'));
  const value = document.toJS({ maxAliasCount: 20 }) as PlainRecord;
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

/**
 * The configuration as it is to be written: everything that was answered and that a chosen generator reads. Detected values stay out, and
 * of a service only what overrides detection, with its folder as the frozen identity of its name.
 */
export function configOf(
  resolution: Resolution,
  generators: readonly string[],
  before: PlainRecord | null,
): PlainRecord {
  const next: Record<string, Plain> = { version: 1 };
  const unconfirmed: string[] = [];
  const overrides = new Map<string, Record<string, Plain>>();
  for (const { name, facts } of resolution.services) overrides.set(name, { path: facts.path });
  for (const { id, question, service } of resolution.asked) {
    const answer = resolution.answers.get(id);
    if (!answer) continue;
    if (service) {
      const key = id.split('.').at(-1) ?? '';
      if (answer.source !== 'detected' && answer.source !== 'default' && key !== 'path') {
        const known = overrides.get(service.name);
        if (known) known[key] = answer.value;
      }
      continue;
    }
    if (!isRead(question, generators)) continue;
    set(next, id.split('.'), answer.value);
    if (question.toConfirm && answer.source === 'default') unconfirmed.push(id);
  }
  const still = stillUnconfirmed(before, unconfirmed);
  if (still.length > 0) next.toConfirm = still;
  if (overrides.size > 0) next.services = Object.fromEntries(overrides);
  return next;
}

function isRead(question: Question, generators: readonly string[]): boolean {
  return question.readBy.length === 0 || question.readBy.some((id) => generators.includes(id));
}

/** A person confirms a default by taking its key off the list; it does not come back. */
function stillUnconfirmed(before: PlainRecord | null, unconfirmed: readonly string[]): readonly string[] {
  if (before === null || !Array.isArray(before.toConfirm)) return before === null ? unconfirmed : [];
  const listed = before.toConfirm as readonly Plain[];
  return unconfirmed.filter((id) => listed.includes(id));
}

function set(record: Record<string, Plain>, [key, ...rest]: readonly string[], value: Plain): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    record[key] = value;
    return;
  }
  const inner = { ...((record[key] as Record<string, Plain> | undefined) ?? {}) };
  record[key] = inner;
  set(inner, rest, value);
}

/** The text of the file: `before` with only the changed values replaced, or a new one. Returns `before` itself when nothing changed. */
export function writeConfig(before: string | null, next: PlainRecord): string {
  if (before === null) {
    const document = new Document(next);
    document.commentBefore = HEAD;
    shorten(document);
    return document.toString({ lineWidth: 0 });
  }
  const document = parseDocument(before);
  if (!isMap(document.contents)) return writeConfig(null, next);
  const changed = merge(document, [], document.toJS() as PlainRecord, next);
  if (!changed) return before;
  return document.toString({ lineWidth: 0 });
}

/** Sets what differs; a key that is not in `next` is left alone, so that nothing a person wrote goes away. */
function merge(document: Document, path: readonly string[], before: PlainRecord, next: PlainRecord): boolean {
  let changed = false;
  for (const [key, value] of Object.entries(next)) {
    const known = before[key];
    if (isPlainRecord(value) && isPlainRecord(known)) {
      changed = merge(document, [...path, key], known, value) || changed;
    } else if (JSON.stringify(known) !== JSON.stringify(value)) {
      document.setIn([...path, key], document.createNode(value));
      changed = true;
    }
  }
  return changed;
}

/** Lists on one line, as a person would write them. */
function shorten(document: Document): void {
  if (!isMap(document.contents)) return;
  for (const pair of document.contents.items) {
    if (pair.value instanceof YAMLSeq) pair.value.flow = true;
    if (pair.key instanceof Scalar && pair.key.value === 'services') pair.key.spaceBefore = true;
  }
}

function isPlainRecord(value: Plain | undefined): value is PlainRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
  if (isPlainRecord(known)) return known as Record<string, Plain>;
  const made: Record<string, Plain> = { type: 'object', additionalProperties: false, properties: {} };
  record[key] = made;
  return made;
}
