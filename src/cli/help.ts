/** `--help`: what there is, on one screen. */
import type { CommandName } from './args.ts';

const COMMANDS: Readonly<Record<CommandName, readonly [usage: string, does: string]>> = {
  init: ['[init] [dir]', 'detect, ask, plan, confirm, write, verify, next steps'],
  plan: ['plan [dir]', 'what would change, as a tree'],
  diff: ['diff [path]', 'what would change, as unified diffs; with a path, that file alone'],
  facts: ['facts [dir]', 'what was found, each fact with its file and line'],
  verify: ['verify [dir]', 'standards and cross-file checks on what is on disk now'],
  explain: ['explain <path[:line] | standard>', 'which standard a line serves, who asks for it, how it is checked'],
  list: ['list', 'generators and personas; with --questions, every answer that can be set'],
  add: ['add <generator>', 'one more generator'],
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
  ['--all', 'verify: also what was not checked or does not apply'],
  ['--on-conflict P', 'keep (default), theirs or fail'],
  ['--cwd DIR', 'work there'],
  ['-h, --help', 'this text'],
  ['-v, --version', 'the version'],
];

/** The whole text, or that of one command. */
export function helpText(command: CommandName | null): string {
  const names = command === null ? (Object.keys(COMMANDS) as CommandName[]) : [command];
  const usage = names.map((name) =>
    `  create-devops-setup ${COMMANDS[name][0].padEnd(34)}${COMMANDS[name][1]}`.trimEnd(),
  );
  const flags = FLAGS.map(([flag, does]) => `  ${flag.padEnd(20)}${does}`);
  return [
    ...(command === null ? ['A production-grade delivery and operations setup for the code you have.', ''] : []),
    ...wrapped(usage),
    '',
    ...flags,
    '',
    'Exit codes: 0 done or nothing to do; 1 changes, findings or conflicts left;',
    '2 an error in usage, configuration or environment, nothing written; 70 a bug',
    'of ours.',
    '',
  ].join('\n');
}

/** Within 80 columns: a long line puts its explanation on the next one. */
function wrapped(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    if (line.length <= 80) return [line];
    const [, left = line, right = ''] = /^(\s+.*?)\s{2,}(\S.*)$/.exec(line) ?? [];
    return [left, `      ${right}`];
  });
}
