/** The project's own scripts as commands that a pipeline can run. */
import type { Command, PackageManagerFacts, ScriptRole, Service, ServiceFacts } from '../../model.ts';

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

/** One command for each role that the project has a script for. */
export function commandsOf(facts: ServiceFacts): Service['commands'] {
  const commands: Partial<Record<ScriptRole, Command>> = {};
  for (const [role, fact] of Object.entries(facts.scripts) as [ScriptRole, ServiceFacts['scripts'][ScriptRole]][]) {
    if (!fact) continue;
    const { name } = fact.value;
    const short = facts.packageManager.flavour === 'npm' && name === 'test' ? 'npm test' : null;
    commands[role] = {
      role,
      script: name,
      line: short ?? `${RUN[facts.packageManager.flavour]} ${word(name)}`,
      cwd: facts.path,
    };
  }
  return commands;
}

/**
 * The line that runs the unit tests with coverage, and fails below `gate` percent of lines (null: measures only). Null where nothing that is
 * installed can measure. The project's own coverage script wins where there is no gate to add.
 */
export function coverageOf(facts: ServiceFacts, gate: number | null): Service['coverage'] {
  const tool = facts.coverage?.value;
  const runner = facts.testRunner?.value;
  if (!tool || !runner) return null;
  const flavour = facts.packageManager.flavour;
  const own = facts.scripts.coverage;
  if (own && gate === null) return { tool, line: `${RUN[flavour]} ${word(own.value.name)}` };
  const test = facts.scripts.test;
  const flags = coverageFlags(runner, gate);
  if (flags !== null && test && endsInRunner(test.value.command, runner)) {
    const line =
      flavour === 'npm' && test.value.name === 'test' ? 'npm test' : `${RUN[flavour]} ${word(test.value.name)}`;
    const dashes = flavour === 'npm' ? ' --' : '';
    return { tool, line: `${line}${dashes} ${flags}` };
  }
  if (tool === 'c8' || tool === 'nyc') {
    if (!test) return null;
    const check = gate === null ? '' : ` --check-coverage --lines ${gate}`;
    return { tool, line: `${EXEC[flavour]} ${tool}${check} ${RUN[flavour]} ${word(test.value.name)}` };
  }
  return null;
}

function coverageFlags(runner: string, gate: number | null): string | null {
  switch (runner) {
    case 'vitest':
      return gate === null ? '--coverage' : `--coverage --coverage.thresholds.lines=${gate}`;
    case 'jest':
      return gate === null ? '--coverage' : `--coverage --coverageThreshold='{"global":{"lines":${gate}}}'`;
    case 'node-test':
      return gate === null
        ? '--experimental-test-coverage'
        : `--experimental-test-coverage --test-coverage-lines=${gate}`;
    default:
      return null;
  }
}

/** Flags can be appended only where the runner is the last command of the script. */
function endsInRunner(command: string, runner: string): boolean {
  const last = command.split(/&&|\|\||;|\|/).at(-1) ?? '';
  const name = runner === 'node-test' ? /\bnode\b.*--test\b/ : new RegExp(`(^|[\\s/])${runner}(\\s|$)`);
  // node takes its options before the files: appended ones would be taken for file names.
  return name.test(last) && !(runner === 'node-test' && /--test\s+\S/.test(last));
}
