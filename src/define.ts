/**
 * How generators and questions are declared. `defineGenerator` returns a plain object: System in, file specs out.
 * A generator cannot touch the disk, the clock, the network or the machine.
 */
import type { Choice, FileSpec, Plain, PlainRecord, Question, QuestionContext, Suggestion, System } from './model.ts';

/** What a question says about input that it refuses. `expected` ends the sentence "… is not …". */
export class InvalidAnswer extends Error {
  readonly expected: string;
  readonly suggestion: string | null;
  constructor(expected: string, suggestion: string | null = null) {
    super(expected);
    this.expected = expected;
    this.suggestion = suggestion;
  }
}

/** Pins that update bots keep current (`templates/_pins`). `action('actions/checkout')` → `actions/checkout@<sha> # v7.0.1` in parts. */
export type Pins = Readonly<{
  action: (name: string) => Readonly<{ uses: string; tag: string }>;
  /** `node:22-bookworm-slim` → `node:22-bookworm-slim@sha256:…`. Throws on an image that is not pinned. */
  image: (tag: string) => string;
  hasImage: (tag: string) => boolean;
  /** The one pinned image of a repository (`aquasec/trivy`), for who does not choose the tag. Throws unless exactly one is pinned. */
  imageOf: (repository: string) => Readonly<{ reference: string; tag: string }>;
  /** Version of a tool that is installed by name (`trivy`, `gitleaks`, `pnpm`). */
  tool: (name: string) => string;
  /**
   * `package.json` and `package-lock.json` of an npm project of its own that we emit (`templates/_pins/cdktf`), as they have to stand in the file.
   * `name` is the project's, in both.
   */
  npmProject: (folder: string, name: string) => Readonly<{ manifest: string; lock: string }>;
}>;

/** A thing the user has to do, shown in the summary and never pretended to be done. `standard` when a standard stays unmet until then. */
export type NextStep = Readonly<{ text: string; command?: string; standard?: string }>;

export type GeneratorInput = Readonly<{ system: System; answers: PlainRecord; pins: Pins }>;

export type Generator = Readonly<{
  /** Persisted in configuration and lock; never renamed. */
  id: string;
  title: string;
  /** One line for `list` and the prompt. */
  summary: string;
  questions: readonly Question[];
  /** True, or why it does not apply to this system (shown by `plan` and `list`). */
  applies: (system: System) => true | string;
  files: (input: GeneratorInput) => readonly FileSpec[];
  nextSteps: (input: GeneratorInput) => readonly NextStep[];
}>;

type GeneratorDeclaration = Pick<Generator, 'id' | 'title' | 'summary' | 'files'> &
  Partial<Omit<Generator, 'id' | 'title' | 'summary' | 'files'>>;

/** Declares a generator. Throws at start-up (a bug) when the id or a question's id does not follow the rules. */
export function defineGenerator(declaration: GeneratorDeclaration): Generator {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(declaration.id))
    throw new Error(`generator id "${declaration.id}" is not kebab-case`);
  return {
    questions: [],
    applies: () => true,
    nextSteps: () => [],
    ...declaration,
  };
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

/** The closest of `values` to a mistyped word, or null when nothing is close (more than a third of the letters differ). */
export function nearest<V extends string>(word: string, values: readonly V[]): V | null {
  return nearestOf(word, values)[0] ?? null;
}

/** All that are close, the closest first; of equals, the first of `values`. */
function nearestOf<V extends string>(word: string, values: readonly V[]): readonly V[] {
  const plain = (value: string) => value.toLowerCase().replace(/[^a-z0-9]/g, '');
  const limit = Math.max(1, Math.floor(word.length / 3));
  return values
    .map((value) => ({ value, distance: editDistance(plain(word), plain(value)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map(({ value }) => value);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

export type { Plain };
