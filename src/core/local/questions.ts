/** Questions that a generator of the project declares. Checked as data, then wrapped: its functions may fail, ours may not. */
import { InvalidAnswer } from '../../define.ts';
import { type Problem, SetupError } from '../../errors.ts';
import type { Choice, Plain, PlainRecord, Question, QuestionContext, Suggestion } from '../../model.ts';
import { type Source, shown, thrown, wrong } from './failure.ts';
import { deepFreeze, plainCopy } from './plain.ts';

const KINDS = ['text', 'integer', 'number', 'select', 'multiselect', 'confirm'];
const ASK = ['first', 'open', 'never'];
const SOURCES = ['persona', 'detected', 'default'];
const BUILDERS = 'Make it with the builders: text, integer, decimal, select, multiselect, confirm.';

/** Each question, checked; every fault of all of them goes to `problems`. */
export function localQuestions(source: Source, declared: unknown, problems: Problem[]): readonly Question[] {
  if (!Array.isArray(declared)) {
    problems.push(wrong(source, `\`questions\` is ${shown(declared)}, not a list.`, BUILDERS));
    return [];
  }
  const seen = new Set<string>();
  return declared.flatMap((raw: unknown, index): Question[] => {
    const before = problems.length;
    const name = `questions[${index}]`;
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      problems.push(wrong(source, `\`${name}\` is ${shown(raw)}, not a question.`, BUILDERS));
      return [];
    }
    const question = raw as Readonly<Record<string, unknown>>;
    const fault = (key: string, expected: string) =>
      problems.push(wrong(source, `\`${name}.${key}\` is ${shown(question[key])}, not ${expected}.`, BUILDERS));
    const id = idOf(source, question.id, name, seen, problems);
    if (!KINDS.includes(question.kind as string)) fault('kind', `one of ${KINDS.join(', ')}`);
    if (!ASK.includes(question.ask as string)) fault('ask', `one of ${ASK.join(', ')}`);
    for (const key of ['message', 'help']) if (!isLine(question[key])) fault(key, 'one line of text');
    for (const key of ['required', 'toConfirm']) if (typeof question[key] !== 'boolean') fault(key, 'true or false');
    for (const key of ['parse', 'suggest']) if (typeof question[key] !== 'function') fault(key, 'a function');
    const schema = plainCopy(question.schema, `${name}.schema`);
    const choices = plainCopy(question.choices ?? null, `${name}.choices`);
    for (const { path, why } of [...schema.faults, ...choices.faults])
      problems.push(wrong(source, `\`${path}\`: ${why}.`, BUILDERS));
    if (schema.faults.length === 0 && (typeof schema.copy !== 'object' || schema.copy === null))
      fault('schema', 'a record');
    const needsChoices = question.kind === 'select' || question.kind === 'multiselect';
    if (choices.faults.length === 0 && !areChoices(choices.copy, needsChoices))
      fault('choices', 'a list of { value, title }');
    if (id === null || problems.length > before) return [];
    return [wrapped(source, id, question, schema.copy as PlainRecord, choices.copy as Question['choices'])];
  });
}

/** Below the generator's own id, so that two generators never ask for one key and a section of the file has one owner. */
function idOf(source: Source, id: unknown, name: string, seen: Set<string>, problems: Problem[]): string | null {
  const hint = `Call it ${source.id}.<name>, for example ${source.id}.level.`;
  if (
    typeof id !== 'string' ||
    !id.startsWith(`${source.id}.`) ||
    !/^[a-z][a-z0-9-]*(\.[a-zA-Z][a-zA-Z0-9]*)+$/.test(id)
  ) {
    problems.push(
      wrong(source, `\`${name}.id\` is ${shown(id)}; the id of a question begins with ${source.id} and a dot.`, hint),
    );
    return null;
  }
  const clash = [...seen].find((other) => other === id || other.startsWith(`${id}.`) || id.startsWith(`${other}.`));
  if (clash !== undefined) {
    const message =
      clash === id
        ? `two questions are called ${id}.`
        : `the questions ${clash} and ${id} cannot both be there: one is a part of the other's name.`;
    problems.push(wrong(source, message, 'Give one of them another name.'));
    return null;
  }
  seen.add(id);
  return id;
}

function areChoices(choices: unknown, needed: boolean): boolean {
  if (choices === null) return !needed;
  const isChoice = (choice: unknown): boolean => {
    const { value, title, hint } = (choice ?? {}) as Partial<Choice<unknown>>;
    return (
      ['string', 'number', 'boolean'].includes(typeof value) && isLine(title) && (hint === undefined || isLine(hint))
    );
  };
  return Array.isArray(choices) && choices.length > 0 && choices.every(isChoice);
}

export function isLine(value: unknown): value is string {
  return (
    typeof value === 'string' && value.trim() !== '' && value.length <= 500 && !/[\p{Cc}\p{Bidi_Control}]/u.test(value)
  );
}

function wrapped(
  source: Source,
  id: string,
  raw: Readonly<Record<string, unknown>>,
  schema: PlainRecord,
  choices: Question['choices'],
): Question {
  const { kind, message, help, ask, required, toConfirm } = raw as unknown as Question;
  const plain = (value: unknown, what: string): Plain => {
    const { copy, faults } = plainCopy(value, what);
    if (faults.length > 0)
      throw new SetupError(faults.map(({ path, why }) => wrong(source, `\`${id}\`: ${path}: ${why}.`, BUILDERS)));
    return copy as Plain;
  };
  const guarded = <T>(what: string, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      if (error instanceof SetupError || error instanceof InvalidAnswer) throw error;
      if (isInvalidAnswer(error)) throw new InvalidAnswer(error.expected, error.suggestion);
      throw new SetupError(thrown(source, `\`${what}\` of the question ${id} throws`, error), { cause: error });
    }
  };
  return {
    id,
    kind,
    message,
    help,
    ask,
    required,
    toConfirm,
    schema,
    choices,
    readBy: [source.id],
    parse: (value) =>
      plain(
        guarded('parse', () => (raw.parse as Question['parse'])(value)),
        'what `parse` returns',
      ),
    suggest: (context: QuestionContext): Suggestion<Plain> => {
      const suggestion: unknown = guarded('suggest', () => (raw.suggest as Question['suggest'])(deepFreeze(context)));
      if (suggestion === undefined || suggestion === null) return undefined;
      const { value, source: from, why } = suggestion as Readonly<Record<string, unknown>>;
      if (!SOURCES.includes(from as string) || !isLine(why) || value === undefined)
        throw new SetupError(
          wrong(
            source,
            `\`suggest\` of the question ${id} returns ${shown(suggestion)} that is no { value, source, why }.`,
            `\`source\` is one of ${SOURCES.join(', ')}; \`why\` one line for people.`,
          ),
        );
      return { value: plain(value, 'the value of `suggest`'), source: from as 'default', why };
    },
  };
}

/** The refusal of a builder from another copy of this package. */
function isInvalidAnswer(error: unknown): error is InvalidAnswer {
  return (
    error instanceof Error &&
    error.name === 'InvalidAnswer' &&
    typeof (error as InvalidAnswer).expected === 'string' &&
    ['string', 'object'].includes(typeof (error as InvalidAnswer).suggestion)
  );
}
