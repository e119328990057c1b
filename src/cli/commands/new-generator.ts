/** `new-generator <id>`: a generator of the project with its template and its test. The files are the project's own from the first moment. */
import { LOCAL_FOLDER } from '../../core/local/failure.ts';
import { localNames } from '../../core/local/names.ts';
import { type ScaffoldInput, scaffold, testCommand } from '../../core/local/scaffold.ts';
import { houseQuestions } from '../../core/questions/index.ts';
import { GENERATOR_ID } from '../../define.ts';
import { type Problem, SetupError } from '../../errors.ts';
import { cannotRun } from '../../io/local-load.ts';
import type { Write } from '../../model.ts';
import { finishEarlierRun } from '../begin.ts';
import type { Context } from '../context.ts';
import { mayAsk } from '../deciding.ts';
import { stoppable } from '../flow.ts';
import { jsonText } from '../json.ts';

const PACKAGE = 'create-devops-setup';

/** Exit 0 written; 1 changes in a dry run, or the person said no; 2 an id or a path that is taken. */
export async function newGenerator(context: Context): Promise<number> {
  const { args, terminal, ports } = context;
  const { style } = terminal;
  finishEarlierRun(context);
  const { id, language } = named(args.words[0] ?? '');
  const manifest = manifestOf(context);
  const input: ScaffoldInput = { id, language, runner: manifest.has('vitest') ? 'vitest' : 'node' };
  const files = scaffold(input);
  refuseTaken(context, input, [...files.keys()]);

  const label = `new-generator ${id}`;
  const nextSteps = [
    ...(manifest.has(PACKAGE) ? [] : [`${installCommand(context)} ${PACKAGE}@${ports.tool.version}`]),
    testCommand(input),
    `npx ${PACKAGE} add ${id}`,
  ];
  terminal.say(`\n${[...files.keys()].map((path) => `  ${style.green('+')} ${path}\n`).join('')}\n`);
  const written = !args.dryRun && (!mayAsk(context) || (await agreed(context)));
  if (written) {
    const writes = [...files].map(([path, content]): Write => ({ path, content, mode: 0o644, expect: null }));
    stoppable(() => context.writer().apply(writes, { label }));
  }
  if (args.json) terminal.out(jsonText('new-generator', { id, files: [...files.keys()], written, nextSteps }));
  if (!written) {
    terminal.say(args.dryRun ? '  Dry run: nothing was written.\n' : '  Nothing was written.\n');
    return 1;
  }
  terminal.say(
    `  ${style.green('✓')} ${files.size} files written; they are yours. \`undo\` takes them back.\n\n  Next\n`,
  );
  for (const step of nextSteps) terminal.say(`    ${step}\n`);
  return 0;
}

/** `my-thing`, or `my-thing.ts` for who wants to write TypeScript. @throws SetupError USAGE, GENERATOR */
function named(word: string): Pick<ScaffoldInput, 'id' | 'language'> {
  const [, id = word, extension] = /^(.*)\.(mjs|ts)$/.exec(word) ?? [];
  const language = extension === 'ts' ? 'ts' : 'mjs';
  const wrong: Problem[] = [];
  if (!GENERATOR_ID.test(id) || id.length > 60) {
    const better = id
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 60);
    wrong.push({
      code: 'USAGE',
      place: `new-generator ${word}`,
      message: `"${id}" is no id of a generator: lower-case words with dashes between them, at most 60 characters.`,
      hint: GENERATOR_ID.test(better) ? `Call it ${better}.` : 'Call it like my-thing.',
    });
  }
  const cannot = cannotRun(`${LOCAL_FOLDER}/${id}.${language}`);
  if (cannot) wrong.push(cannot);
  if (wrong.length > 0) throw new SetupError(wrong);
  return { id, language };
}

/** How the project installs something for its developers: by whose lock file it has. */
function installCommand({ ports }: Context): string {
  const has = (path: string) => ports.files.exists(path);
  if (has('pnpm-lock.yaml')) return `pnpm add --save-dev${has('pnpm-workspace.yaml') ? ' --workspace-root' : ''}`;
  if (has('yarn.lock')) return 'yarn add --dev';
  if (has('bun.lock') || has('bun.lockb')) return 'bun add --dev';
  return 'npm install --save-dev';
}

/** Names of the packages that the root asks for. A manifest that cannot be read asks for none. */
function manifestOf({ ports }: Context): ReadonlySet<string> {
  try {
    const manifest = JSON.parse(ports.files.read('package.json') ?? '{}') as Record<string, object | undefined>;
    return new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SetupError) return new Set();
    throw error;
  }
}

/** @throws SetupError with the name that is taken and every path that is */
function refuseTaken({ ports, local }: Context, { id, language }: ScaffoldInput, paths: readonly string[]): void {
  const place = `new-generator ${id}`;
  const say = (where: string, message: string, hint: string): Problem => ({
    code: 'USAGE',
    place: where,
    message,
    hint,
  });
  const twin = local.found.find((found) => found.id === id);
  const ours = ports.generators.filter(({ source }) => source === undefined);
  const ids = ours.map((generator) => generator.id);
  const { clashes } = localNames([`${id}.${language}`], ids, houseQuestions(ours));
  const problems = [
    ...local.clashes.filter((clash) => !clash.place.startsWith(`${LOCAL_FOLDER}/`)),
    ...clashes.map(({ message, hint }) => say(place, message, hint)),
    ...(twin ? [say(place, `this project has it already: ${twin.file}.`, 'Give the new one another name.')] : []),
    ...paths
      .filter((path) => path !== twin?.file && ports.files.exists(path))
      .map((path) =>
        say(
          path,
          'it is there already, and would be overwritten.',
          'Move it away, or give the generator another name.',
        ),
      ),
  ];
  if (problems.length > 0) throw new SetupError(problems);
}

async function agreed(context: Context): Promise<boolean> {
  const prompt = await context.prompt();
  const answer = await prompt.choose('Write it?', [
    { value: 'yes', name: 'Yes' },
    { value: 'no', name: 'No' },
  ] as const);
  return answer === 'yes';
}
