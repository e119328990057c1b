/** One preset file as data. What nobody knows is refused, with its line: a misspelt key of an organisation would else fail silently in every project. */
import { InvalidAnswer } from '../../define.ts';
import { type Problem, SetupError } from '../../errors.ts';
import type { Plain, PlainRecord, Preset, Question } from '../../model.ts';
import { type ExtendsWord, extendsOf } from '../config/own-keys.ts';
import { type DataFile, readData } from '../config/read.ts';
import { migrated } from '../migrations/index.ts';
import { shown, valueAt, wild } from '../resolve/ids.ts';
import { leaves, noQuestion } from '../resolve/keys.ts';
import { isRecord } from '../resolve/services.ts';

export type ParsedPreset = Readonly<{ preset: Preset; title: string | null; extends: readonly ExtendsWord[] }>;

export const MOST_BYTES = 256 * 1024;

/** The name below `services` that speaks of every service, or the name of one. */
const SERVICE = /^(\*|[a-z]([a-z0-9-]{0,18}[a-z0-9])?)$/;

/**
 * Reads a preset. `name` is its word in `extends`, `place` the file.
 * @throws SetupError with everything that is wrong with it, each with its line.
 */
export function parsePreset(
  text: string,
  { name, place, questions }: Readonly<{ name: string; place: string; questions: readonly Question[] }>,
): ParsedPreset {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    const message = `it is larger than ${MOST_BYTES / 1024} KiB, and is not read.`;
    throw new SetupError({ code: 'PRESET', place, message, hint: 'A preset holds answers only; take out the rest.' });
  }
  const options = { mend: 'Mend the preset, or take it out of `extends`.', plain: true };
  const current = migrated(text, place, undefined, options).text;
  const file = readData(current, place, options);
  const { version: _version, title, extends: _extends, locked, ...values } = file.value;
  const problems: Problem[] = [];
  const at = (path: readonly (string | number)[]): string => `${place}:${file.lineOf(path)}`;
  let words: readonly ExtendsWord[] = [];
  try {
    words = extendsOf(file, place);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    problems.push(...error.problems);
  }
  if (
    title !== undefined &&
    (typeof title !== 'string' || /[\p{Cc}\p{Bidi_Control}]/u.test(title) || title.length > 200)
  )
    problems.push(
      wrong(`${at(['title'])}, title`, 'the title is not one line of text.', 'Give it in at most 200 letters.'),
    );
  const { lines, problems: ofValues } = checkValues(values, file, place, questions);
  problems.push(...ofValues, ...checkLocked(locked, values, at));
  if (problems.length > 0) throw new SetupError(problems);
  const reasons = isRecord(locked) ? (locked as Readonly<Record<string, string>>) : {};
  return {
    preset: { name, kind: 'preset', place, values, locked: reasons, lines },
    title: typeof title === 'string' ? title : null,
    extends: words,
  };
}

function checkValues(
  values: PlainRecord,
  file: DataFile,
  place: string,
  questions: readonly Question[],
): Readonly<{ lines: Readonly<Record<string, number>>; problems: readonly Problem[] }> {
  const byId = new Map(questions.map((question) => [question.id, question]));
  const known = new Set(byId.keys());
  const services = isRecord(values.services) ? Object.keys(values.services) : [];
  const badNames = services.filter((name) => !SERVICE.test(name));
  const line = (id: string) => file.lineOf(id.split('.'));
  const problems: Problem[] = badNames.map((name) =>
    wrong(
      `${place}:${file.lineOf(['services', name])}, services`,
      `"${name}" is no name of a service.`,
      'Write * for every service, or a name of lower-case letters, digits and dashes.',
    ),
  );
  const good = badNames.length === 0 ? values : { ...values, services: omit(values.services as PlainRecord, badNames) };
  for (const id of leaves(good, known)) problems.push(unknown(`${place}:${line(id)}, ${id}`, id, known));
  const lines: [string, number][] = [];
  for (const id of answered(good, known)) {
    const question = byId.get(wild(id)) as Question;
    const raw = valueAt(good, id);
    if (question.id === 'services.*.path') {
      const hint = 'Take it out: where a service lives is for the project to say.';
      problems.push(wrong(`${place}:${line(id)}, ${id}`, 'a preset does not say where services live.', hint));
      continue;
    }
    lines.push([id, line(id)]);
    const fault = faultOf(question, raw);
    if (fault) problems.push(invalid(`${place}:${line(id)}, ${id}`, raw, fault));
  }
  return { lines: Object.fromEntries(lines), problems };
}

/** What a preset may lock is what it answers itself, so that a reader sees the value and the reason in one file. */
function checkLocked(
  locked: Plain | undefined,
  values: PlainRecord,
  at: (path: readonly string[]) => string,
): readonly Problem[] {
  if (locked === undefined || locked === null) return [];
  if (!isRecord(locked)) {
    const hint = 'Write it like locked: { infrastructure.region: "Platform team: data stays in the EU" }.';
    return [wrong(`${at(['locked'])}, locked`, 'it is not a list of question ids with a reason each.', hint)];
  }
  return Object.entries(locked).flatMap(([id, reason]): readonly Problem[] => {
    const place = `${at(['locked', id])}, locked`;
    const isReason = typeof reason === 'string' && reason.trim() !== '' && !/[\p{Cc}\p{Bidi_Control}]/u.test(reason);
    return [
      ...(valueAt(values, id) === undefined
        ? [wrong(place, `${id} is locked, and the preset does not answer it.`, 'Put the answer into the same file.')]
        : []),
      ...(isReason
        ? []
        : [wrong(place, `the reason of ${id} is not a line of text.`, 'Say who decided, and why: people will ask.')]),
    ];
  });
}

/** The ids of everything in a record that is a question. */
function answered(record: PlainRecord, known: ReadonlySet<string>, prefix = ''): readonly string[] {
  return Object.entries(record).flatMap(([key, value]): readonly string[] => {
    const id = `${prefix}${key}`;
    if (known.has(wild(id))) return [id];
    return isRecord(value) ? answered(value, known, `${id}.`) : [];
  });
}

function faultOf(question: Question, raw: unknown): InvalidAnswer | null {
  try {
    question.parse(raw);
    return null;
  } catch (error) {
    if (error instanceof InvalidAnswer) return error;
    throw error;
  }
}

function invalid(place: string, raw: unknown, { expected, suggestion }: InvalidAnswer): Problem {
  const hint = suggestion ? `Did you mean ${suggestion}?` : 'Mend the preset, or take it out of `extends`.';
  return { code: 'CONFIG_VALUE', place, message: `${shown(raw)} is not ${expected}.`, hint };
}

const PROJECTS_OWN: Readonly<Record<string, string>> = {
  unmanaged: 'which files are left to the user',
  toConfirm: 'which defaults nobody has confirmed',
};

function unknown(place: string, id: string, known: ReadonlySet<string>): Problem {
  const [key = ''] = id.split('.');
  if (!Object.hasOwn(PROJECTS_OWN, key)) return noQuestion(place, id, known, []);
  const own = PROJECTS_OWN[key];
  return { code: 'CONFIG_KEY', place, message: `a preset does not say ${own}.`, hint: 'Take it out of the preset.' };
}

function wrong(place: string, message: string, hint: string): Problem {
  return { code: 'PRESET', place, message, hint };
}

function omit(record: PlainRecord, keys: readonly string[]): PlainRecord {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
