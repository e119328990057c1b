/** Answers to the prompts of a plopfile: flags, an answers file and words first, then a person, or the prompts' own defaults. */
import { answerAlone, type Given, positional, type RawPrompt, readPrompts } from '../core/plop/answers.ts';
import type { PlopData, PlopGenerator } from '../core/plop/types.ts';
import { type Problem, SetupError } from '../errors.ts';
import type { Inquirer } from '../io/plopfile-load.ts';
import { askFreely, askPlop, registeredTypes } from '../io/plopfile-prompt.ts';
import type { PlainRecord } from '../model.ts';
import type { Context } from './context.ts';
import { mayAsk } from './deciding.ts';

export type Asking = Readonly<{
  plopfile: string;
  generator: PlopGenerator;
  inquirer: Inquirer;
  /** Words behind the generator's name. */
  words: readonly string[];
}>;

/** @throws SetupError with everything that is missing, refused or unknown, before anything is asked */
export async function answersFor(
  context: Context,
  { plopfile, generator, inquirer, words }: Asking,
): Promise<PlopData> {
  const { args, request } = context;
  const place = `${plopfile}: ${generator.name}`;
  const declared = generator.prompts;
  if (typeof declared === 'function') return freeAnswers(context, place, declared as AskAll, inquirer, words);
  const { prompts, problems } = readPrompts(declared, place, registeredTypes(inquirer));
  if (problems.length > 0) throw new SetupError(problems);
  const flags: Given = new Map([...args.set].map(([name, raw]) => [name, { raw, place: `--set ${name}` }]));
  const names = new Set(prompts.map(({ name }) => name));
  const file: Given = new Map(
    [...flattened(request.answersFile ?? {}, names)].map(([name, raw]) => [
      name,
      { raw, place: `${args.answers}: ${name}` },
    ]),
  );
  const { given, problems: extra } = positional(words, prompts, new Map([...file, ...flags]));
  const asking = mayAsk(context);
  const read = await answerAlone(prompts, given, !asking);
  const unasked =
    asking || args.yes || args.answers !== null || args.dryRun ? [] : unanswered(prompts, given, read.answers);
  const all = [...extra, ...read.problems, ...unasked];
  if (all.length > 0) throw new SetupError(once(all));
  return asking ? askPlop(inquirer, prompts, read.answers) : read.answers;
}

type AskAll = (inquirer: Inquirer) => unknown;

/** Prompts that are a function are known to nobody before they are asked: what was given is taken as it is. */
async function freeAnswers(
  context: Context,
  place: string,
  ask: AskAll,
  inquirer: Inquirer,
  words: readonly string[],
): Promise<PlopData> {
  const { args, request } = context;
  const given: PlopData = { ...request.answersFile, ...Object.fromEntries(args.set) };
  const fault = (code: Problem['code'], message: string, hint: string) =>
    new SetupError({ code, place, message, hint });
  if (words.length > 0)
    throw fault(
      'USAGE',
      'its prompts are a function, so words have no names.',
      'Answer by --set NAME=VALUE or --answers FILE.',
    );
  if (Object.keys(given).length > 0) return given;
  if (mayAsk(context)) return askFreely(inquirer, ask);
  throw fault(
    'ANSWERS_MISSING',
    'its prompts are a function, which only a person at a terminal can answer.',
    'Give all its answers by --set NAME=VALUE or --answers FILE; they are taken as they are.',
  );
}

/** Nobody said that defaults are fine. */
function unanswered(prompts: readonly RawPrompt[], given: Given, answers: PlopData): readonly Problem[] {
  const open = prompts.filter(({ name }) => !given.has(name) && valueAt(answers, name) !== undefined);
  const problems = open.map(({ name, type, message }): Problem => {
    const taken = valueAt(answers, name);
    const shown = Array.isArray(taken) ? taken.join(',') : String(taken);
    return {
      code: 'ANSWERS_MISSING',
      place: name,
      message: typeof message === 'string' ? message : 'it is not answered.',
      hint: `--set ${name}=${shown === '' ? `<${type}>` : shown}`,
    };
  });
  if (problems.length === 0) return [];
  const hint = 'Add --yes to take the defaults, or --answers FILE.';
  return [...problems, { code: 'ANSWERS_MISSING', place: 'no terminal', message: 'nobody can be asked here.', hint }];
}

/** A prompt that is told to be missing is not told twice. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(
    ({ code, place }, at) => problems.findIndex((one) => one.code === code && one.place === place) === at,
  );
}

function valueAt(answers: PlopData, name: string): unknown {
  return name.split('.').reduce<unknown>((at, part) => (at as PlopData | undefined)?.[part], answers);
}

/** `a: { b: 1 }` answers a prompt `a.b`; a record that a prompt is called like is its answer. */
function flattened(record: PlainRecord, names: ReadonlySet<string>, prefix = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(record)) {
    const name = prefix + key;
    const isTree = typeof value === 'object' && value !== null && !Array.isArray(value) && !names.has(name);
    if (isTree) for (const [inner, one] of flattened(value as PlainRecord, names, `${name}.`)) found.set(inner, one);
    else found.set(name, value);
  }
  return found;
}
