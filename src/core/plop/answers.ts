/**
 * Answers for the prompts of a plopfile that are not typed at a terminal: given by flags, an answers file or words behind the name (plop's
 * bypass), else the defaults. Read as plop and inquirer read them: `filter`, then `validate`, each prompt seeing the answers before it.
 */
import { nearest } from '../../define.ts';
import type { Problem } from '../../errors.ts';
import { messageOf } from './actions.ts';
import type { PlopData } from './types.ts';

/** A prompt as it stands in a plopfile; `name` was looked at, the rest may be anything. */
export type RawPrompt = Readonly<Record<string, unknown>> & Readonly<{ name: string; type: string }>;

/** Types that inquirer brings; what a plopfile registers with setPrompt comes on top and is asked by plop's own inquirer. */
export const PROMPT_TYPES = [
  'input',
  'number',
  'confirm',
  'list',
  'rawlist',
  'expand',
  'checkbox',
  'password',
  'editor',
];

/**
 * `registered`: types of setPrompt, with how each takes a word (plop's `bypass`). A type that nobody knows, which inquirer would silently ask as a line of text, is an error.
 */
export function readPrompts(
  prompts: unknown,
  place: string,
  registered: ReadonlyMap<string, unknown>,
): Readonly<{ prompts: readonly RawPrompt[]; problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const wrong = (message: string, hint: string) => problems.push({ code: 'GENERATOR', place, message, hint });
  if (!Array.isArray(prompts)) {
    wrong('its prompts are no list.', 'Give a list of prompts; an empty one where nothing is asked.');
    return { prompts: [], problems };
  }
  const types = [...PROMPT_TYPES, ...registered.keys()];
  const read = prompts.flatMap((raw: unknown, index): RawPrompt[] => {
    const prompt = typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
    const { name, type = 'input' } = prompt;
    if (typeof name !== 'string' || name === '')
      wrong(`prompt ${index + 1} has no name.`, 'Give it one: its answer is known by it.');
    // Newer versions of inquirer call it so; it is the same.
    const known = type === 'select' ? 'list' : type;
    if (typeof known !== 'string' || !types.includes(known)) {
      const close = nearest(String(type), types);
      wrong(
        `prompt ${String(name)} has the type "${String(type)}", which nobody knows (there are ${types.join(', ')}).`,
        close ? `Did you mean ${close}?` : 'Register it with plop.setPrompt.',
      );
      return [];
    }
    const bypass = prompt.bypass ?? registered.get(known);
    return typeof name === 'string' ? [{ ...prompt, name, type: known, bypass }] : [];
  });
  return { prompts: read, problems };
}

export type Given = ReadonlyMap<string, Readonly<{ raw: unknown; place: string }>>;

/** Words behind the generator's name, in the order of the prompts; `_` leaves one out. */
export function positional(
  words: readonly string[],
  prompts: readonly RawPrompt[],
  given: Given,
): Readonly<{ given: Given; problems: readonly Problem[] }> {
  const all = new Map(given);
  const problems: Problem[] = [];
  for (const [index, word] of words.entries()) {
    const prompt = prompts[index];
    const usage = (message: string, hint: string) => problems.push({ code: 'USAGE', place: word, message, hint });
    if (/^_+$/.test(word)) continue;
    if (prompt === undefined)
      usage(`is one word too many: there are ${prompts.length} prompts.`, 'Give at most one word for each.');
    else if (all.has(prompt.name))
      usage(`${prompt.name} is answered twice: here and by ${all.get(prompt.name)?.place}.`, 'Keep one.');
    else all.set(prompt.name, { raw: word, place: `word ${index + 1}` });
  }
  const names = prompts.map(({ name }) => name);
  for (const [name, { place }] of given)
    if (!names.includes(name)) {
      const close = nearest(name, names);
      const message = `there is no prompt of that name (there are ${names.join(', ') || 'none'}).`;
      problems.push({ code: 'CONFIG_KEY', place, message, hint: close ? `Did you mean ${close}?` : 'Take it away.' });
    }
  return { given: all, problems };
}

/** Reads what was given, and with `defaults` answers the rest by the prompts' own defaults. Every problem at once. */
export async function answerAlone(
  prompts: readonly RawPrompt[],
  given: Given,
  defaults: boolean,
): Promise<Readonly<{ answers: PlopData; problems: readonly Problem[] }>> {
  const answers: PlopData = {};
  const problems: Problem[] = [];
  for (const prompt of prompts) {
    const found = given.get(prompt.name);
    // What is computed from an answer that is missing says nothing.
    if (found === undefined && problems.length > 0 && isComputed(prompt)) continue;
    try {
      if (found === undefined && (!defaults || !(await isAsked(prompt, answers)))) continue;
      const choices = await choicesOf(prompt, answers);
      const raw =
        found === undefined ? await defaultOf(prompt, choices, answers) : await parsed(prompt, choices, found.raw);
      const value = typeof prompt.filter === 'function' ? await prompt.filter(raw, answers) : raw;
      const verdict = typeof prompt.validate === 'function' ? await prompt.validate(value, answers) : true;
      if (verdict !== true) throw new Refused(typeof verdict === 'string' ? verdict : 'it is refused');
      put(answers, prompt.name, value);
    } catch (error) {
      problems.push(problemOf(prompt, found, error));
    }
  }
  return { answers, problems };
}

function isComputed({ when, choices, default: fallback }: RawPrompt): boolean {
  return [when, choices, fallback].some((part) => typeof part === 'function');
}

/** Why an answer is not taken, in words that a person can act on. */
class Refused extends Error {}

function problemOf(
  prompt: RawPrompt,
  found: Readonly<{ raw: unknown; place: string }> | undefined,
  error: unknown,
): Problem {
  const { name } = prompt;
  const value = valuesOf(prompt);
  if (found !== undefined) {
    const message = `${JSON.stringify(found.raw)} is not taken for ${name}: ${messageOf(error)}.`;
    return { code: 'CONFIG_VALUE', place: found.place, message, hint: value === null ? '' : `It is one of ${value}.` };
  }
  const message =
    error instanceof Refused
      ? `it has to be answered (${messageOf(error)}).`
      : `its default cannot be had: ${messageOf(error)}.`;
  return {
    code: 'ANSWERS_MISSING',
    place: name,
    message,
    hint: `Answer it with --set ${name}=${value ?? `<${prompt.type}>`}`,
  };
}

function valuesOf({ choices }: RawPrompt): string | null {
  if (!Array.isArray(choices)) return null;
  return choices
    .filter(isChoice)
    .map((choice) => String(choiceValue(choice)))
    .join('|');
}

async function isAsked({ when }: RawPrompt, answers: PlopData): Promise<boolean> {
  if (typeof when === 'function') return Boolean(await when(answers));
  return when !== false;
}

async function choicesOf({ choices }: RawPrompt, answers: PlopData): Promise<readonly unknown[]> {
  const list: unknown = typeof choices === 'function' ? await choices(answers) : choices;
  return Array.isArray(list) ? list.filter(isChoice) : [];
}

/** Separators are choices too, for inquirer. */
function isChoice(choice: unknown): boolean {
  if (typeof choice !== 'object' || choice === null) return true;
  const { type, disabled } = choice as Readonly<Record<string, unknown>>;
  return type !== 'separator' && !(disabled && typeof disabled !== 'function');
}

/** What an answer is when this choice is taken. */
function choiceValue(choice: unknown): unknown {
  if (typeof choice !== 'object' || choice === null) return choice;
  const { value, name, key } = choice as Readonly<Record<string, unknown>>;
  return value ?? name ?? key;
}

function keyOf(choice: unknown): unknown {
  return typeof choice === 'object' && choice !== null ? (choice as { key?: unknown }).key : undefined;
}

/** By value, name, key or number, as plop's bypass takes it. */
function choiceFor(choices: readonly unknown[], raw: unknown): unknown {
  const fits = (part: unknown) => typeof part === 'string' && part.toLowerCase() === String(raw).toLowerCase();
  const found = choices.findIndex((choice, index) => {
    const { value, name, key } = (typeof choice === 'object' ? choice : {}) as Readonly<Record<string, unknown>>;
    return choiceValue(choice) === raw || [choice, value, name, key, String(index)].some(fits);
  });
  if (found === -1) throw new Refused('there is no such choice');
  return choiceValue(choices[found]);
}

const TRUE = ['yes', 'y', 'true', 't'];
const FALSE = ['no', 'n', 'false', 'f'];

async function parsed(prompt: RawPrompt, choices: readonly unknown[], raw: unknown): Promise<unknown> {
  const { type, bypass } = prompt;
  if (typeof bypass === 'function') return bypass(raw, prompt);
  const word = String(raw).toLowerCase();
  switch (type) {
    case 'confirm':
      if (typeof raw === 'boolean') return raw;
      if (!TRUE.includes(word) && !FALSE.includes(word)) throw new Refused('it is neither yes nor no');
      return TRUE.includes(word);
    case 'number': {
      const number = typeof raw === 'number' ? raw : word.trim() === '' ? Number.NaN : Number(word);
      if (Number.isNaN(number)) throw new Refused('it is no number');
      return number;
    }
    case 'list':
    case 'rawlist':
    case 'expand':
      return choiceFor(choices, raw);
    case 'checkbox': {
      const list = Array.isArray(raw) ? raw : raw === '' ? [] : String(raw).split(',');
      return list.map((one) => choiceFor(choices, typeof one === 'string' ? one.trim() : one));
    }
    default:
      return typeof raw === 'object' ? raw : String(raw);
  }
}

/** What Enter takes. */
async function defaultOf(prompt: RawPrompt, choices: readonly unknown[], answers: PlopData): Promise<unknown> {
  const fallback: unknown = typeof prompt.default === 'function' ? await prompt.default(answers) : prompt.default;
  switch (prompt.type) {
    case 'confirm':
      return fallback === undefined ? true : Boolean(fallback);
    case 'list':
    case 'rawlist':
    case 'expand': {
      const chosen =
        typeof fallback === 'number'
          ? choices[fallback]
          : choices.find((one) => fallback !== undefined && [choiceValue(one), keyOf(one)].includes(fallback));
      const taken = chosen ?? choices[0];
      if (taken === undefined) throw new Refused('there is nothing to choose from');
      return choiceValue(taken);
    }
    case 'checkbox': {
      const ticked = (choice: unknown) =>
        Array.isArray(fallback)
          ? fallback.includes(choiceValue(choice))
          : (choice as { checked?: unknown } | null)?.checked === true;
      return choices.filter(ticked).map(choiceValue);
    }
    case 'number':
      return fallback;
    default:
      return fallback ?? '';
  }
}

/** inquirer makes a tree of names with dots. */
function put(answers: PlopData, name: string, value: unknown): void {
  const parts = name.split('.');
  if (parts.some((part) => ['__proto__', 'constructor', 'prototype'].includes(part))) return;
  let at: PlopData = answers;
  for (const part of parts.slice(0, -1)) {
    if (typeof at[part] !== 'object' || at[part] === null) at[part] = {};
    at = at[part] as PlopData;
  }
  at[parts.at(-1) ?? name] = value;
}
