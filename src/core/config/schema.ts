/** JSON Schemas for editors and for who checks without us, from the same declarations that parse the files. */
import type { Plain, PlainRecord, Question } from '../../model.ts';
import { versionOf } from '../migrations/index.ts';
import { SERVICE_NAME } from '../resolve/keys.ts';
import { isRecord } from '../resolve/services.ts';

const EXTENDS: PlainRecord = {
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, uniqueItems: true }],
  description:
    'Presets: ./file.yaml (in this project), an installed package, npm:name@range or git+https://…#<commit>; the last one is the strongest.',
};

/** The published JSON Schema of `.devops/config.yaml`. */
export function configSchema(questions: readonly Question[]): string {
  const own = {
    toConfirm: {
      type: 'array',
      items: { type: 'string' },
      description: 'Our defaults that nobody has confirmed yet.',
    },
    extends: EXTENDS,
    unmanaged: {
      type: 'array',
      items: { type: 'string' },
      uniqueItems: true,
      description: 'Files that are left to you: not written, not watched.',
    },
  };
  return schemaText('The choices of create-devops-setup', own, questions, SERVICE_NAME);
}

/** The published JSON Schema of a preset. Where services live is for a project to say. */
export function presetSchema(questions: readonly Question[]): string {
  const own = {
    title: { type: 'string', description: 'What this preset is, on one line.' },
    extends: EXTENDS,
    locked: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1 },
      description:
        'Answers of this preset that a project may not change: the id of the question, and who decided it and why.',
    },
  };
  const answered = questions.filter(({ id }) => id !== 'services.*.path');
  return schemaText('A preset of create-devops-setup', own, answered, PRESET_SERVICE);
}

/** `*` speaks of every service. */
const PRESET_SERVICE = new RegExp(`^\\*$|${SERVICE_NAME.source}`);

function schemaText(title: string, own: PlainRecord, questions: readonly Question[], service: RegExp): string {
  const root: Record<string, Plain> = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    type: 'object',
    additionalProperties: false,
    properties: { version: { const: versionOf() }, ...own },
  };
  for (const question of questions)
    place(root, question.id.split('.'), { description: question.help, ...question.schema }, service);
  return `${JSON.stringify(root, null, 2)}\n`;
}

function place(
  schema: Record<string, Plain>,
  [key, ...rest]: readonly string[],
  leaf: PlainRecord,
  service: RegExp,
): void {
  if (key === undefined) return;
  if (key === '*') {
    schema.propertyNames = { pattern: service.source };
    place(inner(schema, 'additionalProperties'), rest, leaf, service);
    return;
  }
  const properties = schema.properties as Record<string, Plain>;
  if (rest.length === 0) properties[key] = leaf;
  else place(inner(properties, key), rest, leaf, service);
}

/** The object schema under a key, made when it is not there yet. */
function inner(record: Record<string, Plain>, key: string): Record<string, Plain> {
  const known = record[key];
  if (isRecord(known)) return known as Record<string, Plain>;
  const made: Record<string, Plain> = { type: 'object', additionalProperties: false, properties: {} };
  record[key] = made;
  return made;
}
