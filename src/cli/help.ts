/** `--help`: what there is, on one screen. */
import type { CommandName } from './args.ts';

const COMMANDS: Readonly<Record<CommandName, readonly [usage: string, does: string]>> = {
  init: ['[init] [dir]', 'detect, ask, plan, confirm, write, verify, next steps'],
  plan: ['plan [dir]', 'what would change, as a tree'],
  diff: ['diff [path]', 'what would change, as unified diffs; with a path, that file alone'],
  apply: ['apply --plan FILE', 'write what plan --json printed, unless anything has changed since'],
  update: ['update [dir]', 'this version on what is here: your edits stay, news come in, conflicts are asked'],
  undo: ['undo', 'take back the last write, byte for byte'],
  facts: ['facts [dir]', 'what was found, each fact with its file and line'],
  verify: ['verify [dir]', 'standards and cross-file checks on what is on disk now'],
  explain: ['explain <path[:line] | standard>', 'which standard a line serves, who asks for it, how it is checked'],
  list: ['list', 'generators and personas; with --questions, every answer that can be set'],
  add: ['add <generator> [answers]', "one more generator; also the project's own and those of its plopfile"],
  remove: ['remove <generator> | --all', 'one less; --all: as if it had never been here'],
  unmanage: ['unmanage <path>', 'leave this file to you'],
  adopt: ['adopt <path>', 'look after this file (again): your text stays, news come in'],
  restore: ['restore <path>', 'write this file as generated'],
  config: ['config explain <key>', 'who set a value: flag, file and line, preset, persona, detection, default'],
  preset: ['preset add <preset>', 'fetch a preset, once, and extend it from now on'],
  'new-generator': ['new-generator <id>', 'scaffold a generator of this project with its test'],
  mcp: ['mcp [dir]', 'serve the same over the Model Context Protocol on standard input and output'],
  doctor: ['doctor', 'which external tools are present'],
};

const FLAGS: readonly (readonly [flag: string, does: string])[] = [
  ['-y, --yes', 'take every default, ask nothing'],
  ['--answers FILE|-', 'answers as YAML or JSON'],
  ['--set KEY=VALUE', 'answer one question; may be repeated'],
  ['--persona ID', 'the same as --set persona=ID'],
  ['--dry-run', 'everything but the write'],
  ['--json', 'data on standard output'],
  ['--format F', 'verify: text, json, sarif, junit or markdown'],
  ['--all', 'verify: also what was not checked; remove: everything'],
  ['--on-conflict P', 'keep (yours), theirs, markers or fail; without it, conflicts are left'],
  ['--plan FILE', 'apply: what plan --json printed'],
  ['--allow-local-code', 'run generators of this project without asking'],
  ['--allow-apply', 'mcp: also offer to write'],
  ['--cwd DIR', 'work there'],
  ['-h, --help', 'this text'],
  ['-v, --version', 'the version'],
];

/** The whole text, or that of one command. */
export function helpText(command: CommandName | null): string {
  const names = command === null ? (Object.keys(COMMANDS) as CommandName[]) : [command];
  const usage = rows(names.map((name) => COMMANDS[name]));
  const flags = rows(FLAGS);
  return [
    ...(command === null ? ['A production-grade delivery and operations setup for the code you have.', ''] : []),
    command === null ? 'create-devops-setup [command] [flags]' : 'create-devops-setup',
    ...usage,
    '',
    ...flags,
    '',
    'Exit codes: 0 done or nothing to do; 1 changes, findings or conflicts left;',
    '2 an error in usage, configuration or environment, nothing written; 70 a bug',
    'of ours.',
    '',
  ].join('\n');
}

/** The left column is as wide as most of its entries; the explanations stay within 80 columns. */
const LEFT = 29;
const RIGHT = 80 - LEFT;

function rows(entries: readonly (readonly [left: string, right: string])[]): readonly string[] {
  return entries.flatMap(([left, right]) => {
    const [first = '', ...rest] = folded(right);
    const indent = ' '.repeat(LEFT);
    const below = rest.map((line) => indent + line);
    const head = `  ${left}`;
    return head.length + 2 > LEFT ? [head, indent + first, ...below] : [head.padEnd(LEFT) + first, ...below];
  });
}

function folded(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= RIGHT) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
