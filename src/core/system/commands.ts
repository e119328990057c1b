/** The project's own scripts as commands that a pipeline can run. */
import type { Command, PackageManagerFacts, Script, ScriptRole, Service, ServiceFacts } from '../../model.ts';

type Flavour = PackageManagerFacts['flavour'];

const RUN: Readonly<Record<Flavour, string>> = {
  npm: 'npm run',
  pnpm: 'pnpm run',
  'yarn-classic': 'yarn run',
  'yarn-berry': 'yarn run',
  bun: 'bun run',
};

const EXEC: Readonly<Record<Flavour, string>> = {
  npm: 'npx --no-install',
  pnpm: 'pnpm exec',
  'yarn-classic': 'yarn run',
  'yarn-berry': 'yarn run',
  bun: 'bunx --no-install',
};

/** Script names are the user's text: quoted for the shell unless they are plain. */
function word(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function run(flavour: Flavour, script: string): string {
  return flavour === 'npm' && script === 'test' ? 'npm test' : `${RUN[flavour]} ${word(script)}`;
}

/** One command for each role that the project has a script for. */
export function commandsOf(facts: ServiceFacts): Service['commands'] {
  const commands: Partial<Record<ScriptRole, Command>> = {};
  for (const [role, fact] of Object.entries(facts.scripts) as [ScriptRole, ServiceFacts['scripts'][ScriptRole]][]) {
    if (!fact) continue;
    const { name } = fact.value;
    commands[role] = { role, script: name, line: run(facts.packageManager.flavour, name), cwd: facts.path };
  }
  return commands;
}

/**
 * The line that runs the unit tests with coverage, and fails below `gate` percent of lines (null: measures only). Null where nothing that is
 * installed can do that. The project's own coverage script wins where there is no gate to add. `node` is the runtime's line.
 */
export function coverageOf(facts: ServiceFacts, gate: number | null, node: number): Service['coverage'] {
  const tool = facts.coverage?.value;
  const runner = facts.testRunner?.value;
  if (!tool || !runner) return null;
  const flavour = facts.packageManager.flavour;
  const { test, coverage: own } = facts.scripts;
  // What runs before or after the test script (a database that is made and dropped) must not be passed by.
  const hooked = test?.value.hooked === true && own?.value.hooked !== true;
  if (own && gate === null && !hooked) return { tool, line: run(flavour, own.value.name) };
  if (tool === 'c8' || tool === 'nyc') return test ? { tool, line: wrapped(tool, flavour, test.value, gate) } : null;
  for (const script of hooked ? [test] : [test, own]) {
    if (!script || !endsInRunner(script.value.command, runner)) continue;
    const flags = coverageFlags(runner, gate, node);
    if (flags === null) return null;
    // A flag that the script has already is not given twice: vitest ends with a stack trace then.
    const missing = flags.filter((flag) => !script.value.command.split(/\s+/).includes(flag));
    const dashes = flavour === 'npm' ? ['--'] : [];
    const words = missing.length > 0 ? [...dashes, ...missing] : [];
    return { tool, line: [run(flavour, script.value.name), ...words].join(' ') };
  }
  return null;
}

/** c8 and nyc stand around the tests, or are in the script already; then the report that they left is checked. */
function wrapped(tool: 'c8' | 'nyc', flavour: Flavour, test: Script, gate: number | null): string {
  const line = run(flavour, test.name);
  const exec = `${EXEC[flavour]} ${tool}`;
  if (new RegExp(`(^|\\s)${tool}(\\s|$)`).test(test.command))
    return gate === null ? line : `${line} && ${exec} check-coverage --lines ${gate}`;
  return gate === null ? `${exec} ${line}` : `${exec} --check-coverage --lines ${gate} ${line}`;
}

function coverageFlags(runner: string, gate: number | null, node: number): readonly string[] | null {
  switch (runner) {
    case 'vitest':
      return gate === null ? ['--coverage'] : ['--coverage', `--coverage.thresholds.lines=${gate}`];
    case 'jest':
      return gate === null ? ['--coverage'] : ['--coverage', `--coverageThreshold='{"global":{"lines":${gate}}}'`];
    case 'node-test':
      if (gate === null) return ['--experimental-test-coverage'];
      // Node 20 ends with "bad option".
      return node < 22 ? null : ['--experimental-test-coverage', `--test-coverage-lines=${gate}`];
    case 'bun-test':
      // bun takes a threshold from its configuration only.
      return gate === null ? ['--coverage'] : null;
    default:
      return null;
  }
}

/** What may stand before the runner without taking the flags for itself: variables, flags and programs that hand their arguments on. */
const BEFORE = /^(\w+=\S*|-\S+|cross-env(-shell)?|dotenv|npx|bunx|pnpm|yarn|exec|bun|node)$/;

/** Flags can be appended only where the runner is the last command of the script, and nothing but the shell's plain words is in it. */
function endsInRunner(command: string, runner: string): boolean {
  const last = (command.split(/&&|\|\||[;|&]/).at(-1) ?? '').trim();
  if (/["'`#()$\\]/.test(last)) return false;
  // node takes its options before the files: appended ones would be taken for file names.
  if (runner === 'node-test') return /^(\S+=\S* +)*(cross-env +(\S+=\S* +)*)?node\b.* --test( +--?\S+)*$/.test(last);
  const words = last.split(/\s+/);
  if (runner === 'bun-test') return words[0] === 'bun' && words[1] === 'test';
  const at = words.findIndex((text) => text === runner || new RegExp(`/${runner}(\\.m?js)?$`).test(text));
  return at >= 0 && words.slice(0, at).every((text) => BEFORE.test(text));
}
