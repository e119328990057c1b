/** The keys of flags and files: which value a key has, and which keys nobody knows. */
import { nearest } from '../../define.ts';
import type { Problem } from '../../errors.ts';
import type { Plain, PlainRecord, Question } from '../../model.ts';
import { slug } from '../questions/index.ts';
import { wild } from './ids.ts';
import { answersPlace, configPlace, type RawInput } from './layers.ts';
import { isRecord, type NamedService } from './services.ts';

/** What all sources say under `services`, the strongest last. */
export function mergedServices({ flags, answersFile, config }: RawInput): PlainRecord {
  // Without a prototype, so that a key called __proto__ is a key like any other.
  const merged: Record<string, Plain> = Object.create(null);
  for (const record of [config?.services, answersFile?.services]) {
    if (!isRecord(record)) continue;
    for (const [name, value] of Object.entries(record)) {
      const before = merged[name];
      merged[name] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
    }
  }
  for (const [id, value] of flags) {
    const [, name, key] = SERVICE_KEY.exec(id) ?? [];
    if (!name || !key) continue;
    const before = merged[name];
    merged[name] = { ...(isRecord(before) ? before : {}), [key]: value as Plain };
  }
  return merged;
}

const SERVICE_KEY = /^services\.([^.]+)\.([^.]+)$/;

/** A service's name: what AWS takes in the tightest place. */
export const SERVICE_NAME = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;

/** Keys that no question declares and services that are not there, in flags and files. The file's own keys are no answers. */
export function unknownKeys(
  questions: readonly Question[],
  services: readonly NamedService[],
  input: RawInput,
): readonly Problem[] {
  const known = new Set(questions.map(({ id }) => id));
  const files = [
    [(id: string) => configPlace(input, id), input.config],
    [(id: string) => answersPlace(input, id), input.answersFile],
  ] as const;
  return [
    ...[...input.flags.keys()].flatMap((id) => {
      const name = SERVICE_KEY.exec(id)?.[1];
      const isThere = name === undefined || services.some((service) => service.name === name);
      if (!isThere) return [noService(`--set ${id}`, name, null, services)];
      return known.has(wild(id)) ? [] : [noQuestion(`--set ${id}`, id, known, services)];
    }),
    ...['extends', 'unmanaged'].flatMap((key) => ownKey(key, input)),
    ...files.flatMap(([placeOf, record]) => inFile(placeOf, record ?? {}, known, services)),
  ];
}

/** What a project says of itself is no answer: an answers file that holds it would be followed in part. */
function ownKey(key: string, input: RawInput): readonly Problem[] {
  const given = input.answersFile?.[key];
  if (given === undefined || given === null) return [];
  const hint = key === 'extends' ? 'create-devops-setup preset add <preset> puts it there.' : 'Take it out.';
  const message = `"${key}" is no answer: it stands in .devops/config.yaml.`;
  return [{ code: 'CONFIG_KEY', place: `${answersPlace(input, key)}, ${key}`, message, hint }];
}

function inFile(
  placeOf: (id: string) => string,
  { version: _version, extends: _extends, unmanaged: _unmanaged, toConfirm, ...record }: PlainRecord,
  known: ReadonlySet<string>,
  services: readonly NamedService[],
): readonly Problem[] {
  const listed = isRecord(record.services) ? record.services : {};
  const names = Object.keys(listed);
  const missing = names.filter((name) => !services.some((service) => service.name === name));
  // Dots in a name would read as keys below it.
  const unread = names.filter((name) => missing.includes(name) || name.includes('.'));
  const general = record.services === undefined ? record : { ...record, services: without(record.services, unread) };
  return [
    ...leaves(general, known).map((id) => noQuestion(`${placeOf(id)}, ${id}`, id, known, services)),
    ...missing.map((name) =>
      noService(`${placeOf(`services.${name}`)}, services.${name}`, name, listed[name] ?? null, services),
    ),
    ...names
      .filter((name) => !missing.includes(name) && !SERVICE_NAME.test(name))
      .map((name) => badName(`${placeOf(`services.${name}`)}, services.${name}`, name)),
    ...(toConfirm === undefined || isListOfText(toConfirm) ? [] : [badList(`${placeOf('toConfirm')}, toConfirm`)]),
  ];
}

/** Full ids of everything in a record that is no question. An empty branch says nothing, so nothing is wrong with it. */
export function leaves(record: PlainRecord, known: ReadonlySet<string>, prefix = ''): readonly string[] {
  return Object.entries(record).flatMap(([key, value]) => {
    const id = `${prefix}${key}`;
    if (known.has(wild(id))) return [];
    const isBranch = branch(id, known).length > 0;
    const isEmpty = value === null || (isRecord(value) && Object.keys(value).length === 0);
    if (isEmpty) return isBranch ? [] : [id];
    return isRecord(value) ? leaves(value, known, `${id}.`) : [id];
  });
}

/** The questions below a key. */
function branch(id: string, known: ReadonlySet<string>): readonly string[] {
  const prefix = `${wild(id)}.`;
  return [...known].filter((other) => other.startsWith(prefix));
}

export function noQuestion(
  place: string,
  id: string,
  known: ReadonlySet<string>,
  services: readonly NamedService[],
): Problem {
  const below = branch(id, known).map((other) => other.replace(wild(id), id));
  const full = [...known].flatMap((other) =>
    other.includes('*') ? services.map(({ name }) => other.replace('*', name)) : [other],
  );
  const close = nearest(id, full);
  const hint = close ? `Did you mean ${close}?` : 'See `create-devops-setup list --questions`.';
  return {
    code: 'CONFIG_KEY',
    place,
    message: `there is no question "${id}".`,
    hint: below.length > 0 ? `The questions are one level below: ${below.join(', ')}.` : hint,
  };
}

export function noService(place: string, name: string, value: Plain, services: readonly NamedService[]): Problem {
  const names = services.map((service) => service.name);
  const path = isRecord(value) && typeof value.path === 'string' ? value.path : null;
  const owner = services.find(({ facts }) => facts.path === path);
  if (owner)
    return {
      code: 'CONFIG_KEY',
      place,
      message: `the folder ${path} has a name already: ${owner.name}.`,
      hint: `Keep one of the two keys, services.${owner.name} or services.${name}.`,
    };
  const close = nearest(name, names);
  return {
    code: 'CONFIG_KEY',
    place,
    message: `there is no service "${name}"${path === null ? '' : ` in ${path}`} (found: ${names.join(', ') || 'none'}).`,
    hint: close
      ? `Did you mean services.${close}?`
      : 'Remove the key, or give the folder where the service is now under services.<name>.path.',
  };
}

function badName(place: string, name: string): Problem {
  const better = slug(name);
  return {
    code: 'CONFIG_VALUE',
    place,
    message: `"${name}" is not a name of lower-case letters, digits and dashes, starting with a letter, at most 20 characters.`,
    hint: better ? `Call it ${better}.` : 'Give it another name.',
  };
}

function badList(place: string): Problem {
  return {
    code: 'CONFIG_VALUE',
    place,
    message: 'toConfirm is not a list of question ids.',
    hint: 'Write it like [infrastructure.budget], or remove it.',
  };
}

function without(record: Plain, names: readonly string[]): Plain {
  if (!isRecord(record)) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function isListOfText(value: Plain): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
