/** The builders of questions. One declaration feeds prompt, flag, configuration, schema and documentation; the value is parsed here and nowhere else. */
import type { Choice, Question, QuestionContext, Suggestion } from '../model.ts';
import { nearest, nearestOf } from './near.ts';

/** What a question says about input that it refuses. `expected` ends the sentence "… is not …". */
export class InvalidAnswer extends Error {
  readonly expected: string;
  readonly suggestion: string | null;
  constructor(expected: string, suggestion: string | null = null) {
    super(expected);
    // A generator of the project may have been declared with another copy of this class: it is known by its name.
    this.name = 'InvalidAnswer';
    this.expected = expected;
    this.suggestion = suggestion;
  }
}

type Common<V> = Readonly<{
  message: string;
  help: string;
  ask?: 'first' | 'open' | 'never';
  readBy?: readonly string[];
  required?: boolean;
  toConfirm?: boolean;
  default?: V;
  suggest?: (context: QuestionContext) => Suggestion<V>;
}>;

function common<V>(options: Common<V>) {
  const fallback: Suggestion<V> =
    options.default === undefined ? undefined : { value: options.default, source: 'default', why: 'our default' };
  return {
    message: options.message,
    help: options.help,
    ask: options.ask ?? 'never',
    readBy: options.readBy ?? [],
    required: options.required ?? true,
    toConfirm: options.toConfirm ?? false,
    suggest: (context: QuestionContext): Suggestion<V> => options.suggest?.(context) ?? fallback,
    ...(fallback === undefined ? {} : { fallback }),
  };
}

/**
 * One of a few words. The schema lists them; a near miss is suggested. `noun` (an AWS region) stands for the choices where they are too many to
 * be read. `refused` holds words that people know from elsewhere and that are no choice here, each with what it is not and why.
 */
export function select<const V extends string>(
  id: string,
  choices: readonly Choice<V>[],
  options: Common<NoInfer<V>> & Readonly<{ noun?: string; refused?: Readonly<Record<string, string>> }>,
): Question<V> {
  const values = choices.map((choice) => choice.value);
  const refused = new Map(Object.entries(options.refused ?? {}));
  return {
    id,
    kind: 'select',
    choices: choices as unknown as Question<V>['choices'],
    ...common<V>(options),
    parse: (raw) => {
      const reason = typeof raw === 'string' ? refused.get(raw) : undefined;
      if (reason !== undefined) throw new InvalidAnswer(reason);
      return oneOf(values, raw, options.noun);
    },
    schema: { type: 'string', enum: values },
  };
}

/** Several of a few words, in the order of the choices, none twice. A flag gives them as `a,b`. */
export function multiselect<const V extends string>(
  id: string,
  choices: readonly Choice<V>[],
  options: Common<readonly NoInfer<V>[]>,
): Question<readonly V[]> {
  const values = choices.map((choice) => choice.value);
  return {
    id,
    kind: 'multiselect',
    choices: choices as unknown as Question<readonly V[]>['choices'],
    ...common<readonly V[]>(options),
    parse: (raw) => {
      const items =
        typeof raw === 'string'
          ? raw
              .split(',')
              .map((item) => item.trim())
              .filter(Boolean)
          : raw;
      const expected = `a list of ${values.join(', ')}`;
      if (!Array.isArray(items)) throw new InvalidAnswer(expected);
      const unknown = items.filter((item) => !values.includes(item));
      if (unknown.length > 0) {
        const shown = unknown.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
        throw new InvalidAnswer(`${expected} (unknown: ${shown.join(', ')})`, nearest(shown[0] ?? '', values));
      }
      return values.filter((value) => items.includes(value));
    },
    schema: { type: 'array', items: { type: 'string', enum: values }, uniqueItems: true },
  };
}

/** One line of text that fits `pattern` (anchored); `expected` says in words what fits. */
export function text(
  id: string,
  options: Common<string> & Readonly<{ pattern: RegExp; expected: string }>,
): Question<string> {
  return {
    id,
    kind: 'text',
    choices: null,
    ...common<string>(options),
    parse: (raw) => {
      if (typeof raw !== 'string' && typeof raw !== 'number') throw new InvalidAnswer(options.expected);
      const value = String(raw).trim();
      if (!options.pattern.test(value)) throw new InvalidAnswer(options.expected);
      return value;
    },
    schema: { type: 'string', pattern: options.pattern.source },
  };
}

type Limits = Readonly<{
  minimum: number;
  maximum: number;
  /** For people. */
  unit?: string;
  /** A unit that may be written behind the number (`500ms`, `99.9 %`); the value is the same without it. */
  suffix?: string;
  /** Why a number is refused whatever the limits say; the words end the sentence "… is not …". */
  refuse?: (value: number) => string | null;
}>;

/** A whole number within limits. */
export function integer(id: string, options: Common<number> & Limits): Question<number> {
  return numeric(id, 'integer', 0, options);
}

/** A number within limits, with at most `decimals` digits behind the point. */
export function decimal(
  id: string,
  options: Common<number> & Limits & Readonly<{ decimals: number }>,
): Question<number> {
  return numeric(id, 'number', options.decimals, options);
}

function numeric(
  id: string,
  kind: 'integer' | 'number',
  decimals: number,
  options: Common<number> & Limits,
): Question<number> {
  const { minimum, maximum, unit, suffix } = options;
  const expected = `a ${kind === 'integer' ? 'whole number' : 'number'} from ${minimum} to ${maximum}${unit ? ` (${unit})` : ''}`;
  const digits = decimals === 0 ? '\\d+' : `\\d+(\\.\\d{1,${decimals}})?`;
  const written = new RegExp(`^(-?${digits})${suffix === undefined ? '' : `( ?${suffix})?`}$`);
  const plain = { type: kind, minimum, maximum };
  return {
    id,
    kind,
    choices: null,
    ...common<number>(options),
    parse: (raw) => {
      const [, figure] =
        (typeof raw === 'string' || typeof raw === 'number' ? written.exec(String(raw).trim()) : null) ?? [];
      if (figure === undefined) throw new InvalidAnswer(expected);
      const value = Number(figure);
      const reason = options.refuse?.(value) ?? null;
      if (reason !== null) throw new InvalidAnswer(reason);
      if (!(value >= minimum && value <= maximum)) throw new InvalidAnswer(expected);
      return value;
    },
    schema: suffix === undefined ? plain : { anyOf: [plain, { type: 'string', pattern: `^${digits} ?${suffix}$` }] },
  };
}

/** Yes or no. */
export function confirm(id: string, options: Common<boolean>): Question<boolean> {
  return {
    id,
    kind: 'confirm',
    choices: null,
    ...common<boolean>(options),
    parse: (raw) => {
      if (typeof raw === 'boolean') return raw;
      if (raw === 'true' || raw === 'yes') return true;
      if (raw === 'false' || raw === 'no') return false;
      throw new InvalidAnswer('yes or no');
    },
    schema: { type: 'boolean' },
  };
}

/** More choices than this are not read by anybody: the message names the nearest ones instead. */
const MOST_SHOWN = 10;

function oneOf<V extends string>(values: readonly V[], raw: unknown, noun?: string): V {
  const found = values.find((value) => value === raw);
  if (found !== undefined) return found;
  const close = typeof raw === 'string' ? nearestOf(raw, values) : [];
  if (noun !== undefined && values.length > MOST_SHOWN && close.length > 0)
    throw new InvalidAnswer(`${noun} (nearest: ${close.slice(0, 3).join(', ')})`);
  throw new InvalidAnswer(`${noun ? `${noun}: ` : ''}one of ${values.join(', ')}`, close[0] ?? null);
}
