/**
 * `add <name>` for a generator of the project's plopfile: the same steps with other files. What it writes is caught, planned, shown, written
 * and recorded like anything of ours; then it is the user's. Actions that write by themselves are told before anything runs.
 */
import { join } from 'node:path';
import { toWrites } from '../core/plan.ts';
import { messageOf, type Outcome, runActions } from '../core/plop/actions.ts';
import { planOf } from '../core/plop/plan.ts';
import type { PlopGenerator } from '../core/plop/types.ts';
import { nearest } from '../define.ts';
import { SetupError } from '../errors.ts';
import { readLocalCode } from '../io/local-code.ts';
import { cannotRun, relativeTo } from '../io/local-load.ts';
import { codeOfPlopfile, findPlop, findPlopfile } from '../io/plopfile.ts';
import { type Inquirer, type LoadedPlopfile, loadPlopfile } from '../io/plopfile-load.ts';
import { openTemplates } from '../io/plopfile-templates.ts';
import type { Plan } from '../model.ts';
import { begin } from './begin.ts';
import { askConsent } from './consent.ts';
import type { Context } from './context.ts';
import { writtenJson } from './data.ts';
import { mayAsk } from './deciding.ts';
import { carryOut, confirm } from './flow.ts';
import { problemsJson } from './json.ts';
import { answersFor } from './plopfile-answers.ts';
import { agreeToOwn, type Finish, runOwn } from './plopfile-own.ts';
import { failedText, planBlock, rowsBlock, warningsBlock } from './plopfile-text.ts';
import { problemsText } from './text/errors.ts';
import { UNDO, writtenText } from './text/written.ts';

type Opened = Readonly<{ plopfile: string; generator: PlopGenerator; inquirer: Inquirer; core: string }>;

/** The exit code; null where the plopfile is not meant, or not there. @throws SetupError with everything that is wrong, the disk untouched */
export async function addFromPlopfile(
  context: Context,
  name: string,
  words: readonly string[],
): Promise<number | null> {
  const plopfile = findPlopfile(context.root);
  if (plopfile === null || isTypo(context, plopfile, name)) return null;
  const { args, root, ports, terminal } = context;
  const { lock } = begin(context);
  const opened = await open(context, plopfile, name);
  const { generator, core } = opened;
  const answers = await answersFor(context, { ...opened, words });
  const existing = args.onConflict === 'theirs' ? 'replace' : args.onConflict === 'keep' ? 'keep' : 'fail';
  const templates = openTemplates(core, root, generator.plop.getPlopfilePath());
  const { files, tool } = ports;
  const outcome = await runActions({ generator, plopfile, answers, files, templates, existing });
  const plan = planOf(outcome.written, { files, generator: name, plopfile, tool: tool.version, lock });
  terminal.say(`${warningsBlock(outcome.warnings, terminal)}${planBlock(plan, outcome, generator, terminal)}`);

  const agreed = await agreeToOwn(context, outcome, plopfile);
  const writes = toWrites(plan).length > 0;
  if (agreed === 'no' || (writes && (await refused(context, plan)))) {
    terminal.say('  Nothing was written.\n');
    return 1;
  }
  return carry(context, { opened, outcome, plan, run: agreed === 'run' });
}

/** Close to a generator of ours, and nowhere in the plopfile: no reason to run it, nor to ask whether it may. */
function isTypo({ root, ports }: Context, plopfile: string, name: string): boolean {
  const ours = ports.generators.map(({ id }) => id);
  if (nearest(name, ours) === null) return false;
  return ![...readLocalCode(root, codeOfPlopfile(root, plopfile)).files.values()].some((text) => text.includes(name));
}

async function refused(context: Context, plan: Plan): Promise<boolean> {
  if (!mayAsk(context) || context.args.dryRun) return false;
  return (await confirm(context, plan, await context.prompt(), false)) === 'no';
}

type Ready = Readonly<{ opened: Opened; outcome: Outcome; plan: Plan; run: boolean }>;

/** Writes what was caught, then runs what could not be; the other way round a failure would leave half of it. */
async function carry(context: Context, { opened, outcome, plan, run }: Ready): Promise<number> {
  const { args, terminal } = context;
  const { style } = terminal;
  const label = `add ${opened.generator.name}`;
  const writes = toWrites(plan).length > 0 && !args.dryRun;
  const done = () => `  ${style.green('✓')} ${writtenText(plan)}. From now on they are yours. ${UNDO}\n`;
  const alone = toWrites(plan).length === 0 && outcome.own.length > 0 && !args.dryRun;
  const code = alone ? 0 : carryOut(context, { plan, label, done, data: () => '' });
  const finish = await runOwn(context, run ? outcome.own : [], writes ? label : null);
  terminal.say(rowsBlock(finish.rows, terminal));
  if (finish.problems.length > 0) {
    if (args.json) terminal.out(problemsJson('add', finish.problems));
    terminal.say(`${problemsText(finish.problems, style)}${failedText(finish, writes)}`);
    return 2;
  }
  const tolerated = [...outcome.tolerated, ...finish.tolerated];
  terminal.say(problemsText(tolerated, style));
  if (args.json) terminal.out(data(context, { opened, outcome, plan, run }, finish, writes));
  return code === 0 && tolerated.length > 0 ? 1 : code;
}

function data(context: Context, { opened, outcome, plan, run }: Ready, finish: Finish, written: boolean): string {
  const plopfile = {
    file: opened.plopfile,
    generator: opened.generator.name,
    actions: [...outcome.rows, ...finish.rows],
    own: outcome.own.map(({ name, index }) => ({ name, index, run })),
    warnings: outcome.warnings,
    failures: [...outcome.tolerated, ...finish.tolerated],
  };
  return writtenJson(context, { plan, setup: null }, written, { plopfile });
}

/** Loads the plopfile after consent and finds the generator. @throws SetupError GENERATOR, CONSENT, USAGE */
async function open(context: Context, plopfile: string, name: string): Promise<Opened> {
  const { root } = context;
  const cannot = cannotRun(plopfile);
  if (cannot !== null) throw new SetupError(cannot);
  const { core } = findPlop(root, plopfile);
  const code = readLocalCode(root, codeOfPlopfile(root, plopfile));
  await askConsent(context, 'The plopfile of this project', { root, what: plopfile, code });
  const { generators, inquirer } = await loaded(root, core, plopfile);
  const generator = generators.get(name);
  if (generator !== undefined) return { plopfile, generator, core, inquirer };
  const ours = context.ports.generators.map(({ id }) => id);
  const theirs = [...generators.keys()].filter((id) => !ours.includes(id));
  const close = nearest(name, [...theirs, ...ours]);
  throw new SetupError({
    code: 'USAGE',
    place: `add ${name}`,
    message: `there is no such generator (${plopfile} has ${theirs.join(', ') || 'none'}; there are ${ours.join(', ')}).`,
    hint: close ? `Did you mean ${close}?` : 'See `create-devops-setup list`.',
  });
}

async function loaded(root: string, core: string, plopfile: string): Promise<LoadedPlopfile> {
  try {
    return await loadPlopfile(core, join(root, plopfile), root);
  } catch (error) {
    const relative = relativeTo(root);
    const stack = error instanceof Error ? relative(error.stack ?? '') : '';
    const at = [...stack.matchAll(/([\w./-]+\.[cm]?[jt]s):(\d+)/g)].find(
      ([, file = '']) => !file.includes('node_modules'),
    );
    throw new SetupError(
      {
        code: 'GENERATOR',
        place: at ? `${at[1]}:${at[2]}` : plopfile,
        message: `the plopfile cannot be loaded: ${relative(messageOf(error))}.`,
        hint: 'Mend it; `npx plop` shows the same with its whole stack.',
      },
      { cause: error },
    );
  }
}
