/** argv → what is asked for. Every mistake is collected; nothing is guessed. */
import { parseArgs } from 'node:util';
import { nearest } from '../define.ts';
import { type Problem, SetupError } from '../errors.ts';
import type { ConflictPolicy } from '../model.ts';

export const COMMANDS = [
  'init',
  'plan',
  'diff',
  'apply',
  'update',
  'undo',
  'facts',
  'verify',
  'explain',
  'list',
  'add',
  'remove',
  'unmanage',
  'adopt',
  'restore',
  'config',
  'preset',
  'new-generator',
  'mcp',
  'doctor',
] as const;
export type CommandName = (typeof COMMANDS)[number];
export const FORMATS = ['text', 'json', 'sarif', 'junit', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

export type Arguments = Readonly<{
  command: CommandName;
  /** Words after the command: a folder, a path, a generator id. */
  words: readonly string[];
  set: ReadonlyMap<string, string>;
  answers: string | null;
  cwd: string | null;
  yes: boolean;
  dryRun: boolean;
  json: boolean;
  all: boolean;
  questions: boolean;
  onConflict: Exclude<ConflictPolicy, 'leave'> | null;
  /** A file with what `plan --json` printed. */
  plan: string | null;
  /** Generators and plopfiles of the project may run: said once by a person, here for who cannot be asked. */
  allowLocalCode: boolean;
  /** `mcp`: the tool that writes is offered. */
  allowApply: boolean;
  format: Format;
  help: boolean;
  version: boolean;
}>;

const OPTIONS = {
  yes: { type: 'boolean', short: 'y' },
  answers: { type: 'string' },
  set: { type: 'string', multiple: true },
  persona: { type: 'string' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  'on-conflict': { type: 'string' },
  plan: { type: 'string' },
  'allow-local-code': { type: 'boolean' },
  'allow-apply': { type: 'boolean' },
  cwd: { type: 'string' },
  format: { type: 'string' },
  all: { type: 'boolean' },
  questions: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const PLAN = 'Make one: create-devops-setup plan --json > plan.json, then apply --plan plan.json.';

/** Flags that one command reads: elsewhere they would change nothing, and nobody would hear of it. */
const ONLY: Readonly<Partial<Record<keyof typeof OPTIONS, readonly CommandName[]>>> = {
  all: ['verify', 'remove'],
  'allow-apply': ['mcp'],
  format: ['verify'],
  plan: ['apply'],
  questions: ['list'],
};

/** How many words each command takes after its name. */
const WORDS: Readonly<Record<CommandName, readonly [least: number, most: number, what: string]>> = {
  init: [0, 1, 'a folder'],
  plan: [0, 1, 'a folder'],
  diff: [0, 1, 'a path'],
  facts: [0, 1, 'a folder'],
  verify: [0, 1, 'a folder'],
  apply: [0, 0, 'nothing but --plan FILE'],
  update: [0, 1, 'a folder'],
  undo: [0, 0, 'nothing'],
  explain: [1, 1, 'a path, path:line or standard id'],
  list: [0, 0, 'nothing'],
  // A generator of a plopfile takes the answers to its prompts as words.
  add: [1, 30, 'a generator id'],
  remove: [0, 1, 'a generator id, or --all'],
  unmanage: [1, 1, 'a path'],
  adopt: [1, 1, 'a path'],
  restore: [1, 1, 'a path'],
  config: [2, 2, '`explain` and a question id'],
  preset: [2, 2, '`add` and a preset'],
  'new-generator': [1, 1, 'an id'],
  mcp: [0, 1, 'a folder'],
  doctor: [0, 0, 'nothing'],
};

/** @throws SetupError USAGE with every wrong flag and word at once. */
export function parseArguments(argv: readonly string[]): Arguments {
  const problems: Problem[] = [];
  const usage = (place: string, message: string, hint = 'See --help.') =>
    problems.push({ code: 'USAGE', place, message, hint });
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });

  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const known = OPTIONS[token.name as keyof typeof OPTIONS];
    if (!known) {
      const close = nearest(token.name, Object.keys(OPTIONS));
      usage(token.rawName, 'there is no such flag.', close ? `Did you mean --${close}?` : 'See --help.');
    } else if (known.type === 'boolean' && token.value !== undefined) usage(token.rawName, 'takes no value.');
    else if (known.type === 'string' && (token.value === undefined || token.value === ''))
      usage(token.rawName, 'needs a value.');
  }

  const [first, ...rest] = positionals;
  const named = COMMANDS.find((command) => command === first);
  const command = named ?? 'init';
  const words = named ? rest : positionals;
  const [least, most, what] = WORDS[command];
  if (!values.help && !values.version) {
    if (words.length < least) usage(command, `needs ${what}.`);
    if (words.length > most) {
      const extra = words.slice(most).join(' ');
      usage(extra, `is one word too many: ${command} takes ${what}.`);
    }
    if (command === 'apply' && typeof values.plan !== 'string') usage(command, 'needs --plan FILE.', PLAN);
    for (const [flag, commands] of Object.entries(ONLY))
      if (values[flag as keyof typeof ONLY] !== undefined && !commands.includes(command))
        usage(
          `--${flag}`,
          `is for ${commands.join(' and ')}, not for ${command}.`,
          flag === 'plan' ? PLAN : 'See --help.',
        );
    if (command === 'remove' && words.length === 0 && values.all !== true) usage(command, `needs ${what}.`);
    if (command === 'remove' && words.length > 0 && values.all === true)
      usage(command, 'takes a generator id or --all, not both.');
  }

  const text = (name: string): string | null => {
    const value = values[name as keyof typeof values];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return finish(
    {
      command,
      words,
      set: settings(values.set, text('persona'), usage),
      answers: text('answers'),
      cwd: text('cwd'),
      yes: values.yes === true,
      dryRun: values['dry-run'] === true,
      json: values.json === true,
      all: values.all === true,
      questions: values.questions === true,
      onConflict: word('--on-conflict', text('on-conflict'), ['keep', 'theirs', 'markers', 'fail'] as const, usage),
      plan: text('plan'),
      allowLocalCode: values['allow-local-code'] === true,
      allowApply: values['allow-apply'] === true,
      format: word('--format', text('format'), FORMATS, usage) ?? (values.json === true ? 'json' : 'text'),
      help: values.help === true,
      version: values.version === true,
    },
    problems,
  );
}

function finish(parsed: Arguments, problems: readonly Problem[]): Arguments {
  if (problems.length > 0) throw new SetupError(problems);
  return parsed;
}

type Usage = (place: string, message: string, hint?: string) => void;

function word<const V extends string>(flag: string, value: string | null, known: readonly V[], usage: Usage): V | null {
  if (value === null) return null;
  const found = known.find((candidate) => candidate === value);
  if (found) return found;
  const close = nearest(value, known);
  usage(flag, `"${value}" is not one of ${known.join(', ')}.`, close ? `Did you mean ${close}?` : 'See --help.');
  return null;
}

/** `--set a.b=c` pairs; the last one of a key wins would hide a mistake, so a key given twice is one. */
function settings(given: unknown, persona: string | null, usage: Usage): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  if (persona !== null) pairs.set('persona', persona);
  for (const pair of Array.isArray(given) ? given.filter((value) => typeof value === 'string') : []) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at);
    if (at < 1) usage(`--set ${pair}`, 'is not key=value.', 'Example: --set delivery.strategy=rolling');
    else if (pairs.has(key)) usage(`--set ${key}`, 'is given twice.', 'Keep one of them.');
    else pairs.set(key, pair.slice(at + 1));
  }
  return pairs;
}
