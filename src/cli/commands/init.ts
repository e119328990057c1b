/** `init`, the main job: detect, ask, plan, confirm, write, verify, next steps. */

import { unifiedDiff } from '../../core/diff.ts';
import { planId } from '../../core/fingerprint.ts';
import { ignoredByGit } from '../../core/ignored.ts';
import { toWrites } from '../../core/plan.ts';
import type { Resolution } from '../../core/resolve/index.ts';
import { type Problem, SetupError } from '../../errors.ts';
import type { Plan } from '../../model.ts';
import {
  answer,
  checkDisk,
  type Inspection,
  inspect,
  makePlan,
  makeSetup,
  type Request,
  requireAnswers,
  type Setup,
} from '../../pipeline.ts';
import type { Context } from '../context.ts';
import { ask, questionsToAsk } from '../interview.ts';
import { problemsText } from '../text/errors.ts';
import { factsText } from '../text/facts.ts';
import { countsText, countVerdicts } from '../text/findings.ts';
import { hasChanges, planSummary, planText, wrap } from '../text/plan.ts';
import { nextStepsText } from '../text/steps.ts';
import { TOOL } from '../tool.ts';
import { writtenBefore } from './facts.ts';
import { summary } from './plan.ts';

/** Exit 0 written or nothing to do; 1 conflicts left, or the person said no; 2 an error, nothing written. */
export async function init(context: Context): Promise<number> {
  const { ports, terminal, args } = context;
  if (!args.dryRun) finishEarlierRun(context);
  const started = performance.now();
  const inspection = inspect(ports);
  greet(context, inspection, (performance.now() - started) / 1000);

  const mayAsk = terminal.interactive && !args.yes && args.answers === null && !args.json;
  const decided = mayAsk ? await interview(context, inspection) : decideAlone(context, inspection);
  if (decided === null) return 1;
  return write(context, inspection, decided);
}

type Decided = Readonly<{ request: Request; resolution: Resolution; setup: Setup; plan: Plan }>;

function decide({ ports, args }: Context, inspection: Inspection, request: Request): Decided {
  const resolution = answer(inspection, request);
  requireAnswers(inspection, resolution);
  const setup = makeSetup(ports, inspection, resolution);
  return { request, resolution, setup, plan: makePlan(ports, inspection, setup, args.onConflict ?? 'keep') };
}

/** Nobody can be asked: `--yes`, an answers file or an earlier configuration have to answer everything. */
function decideAlone(context: Context, inspection: Inspection): Decided {
  const { args, request, terminal } = context;
  const resolution = answer(inspection, request);
  if (
    !args.yes &&
    args.answers === null &&
    inspection.config === null &&
    !args.dryRun &&
    resolution.problems.length === 0
  ) {
    const open = questionsToAsk(resolution).map(({ id, message, question, present }): Problem => {
      const value =
        present === null
          ? (question.choices?.map((choice) => choice.value).join('|') ?? `<${question.kind}>`)
          : shown(present.value);
      return { code: 'ANSWERS_MISSING', place: id, message, hint: `--set ${id}=${value}` };
    });
    const all: Problem = {
      code: 'ANSWERS_MISSING',
      place: 'no terminal',
      message: 'nobody can be asked here.',
      hint: 'Add --yes to take the defaults, or --answers FILE.',
    };
    if (inspection.facts.services.length > 0) throw new SetupError([...open, all]);
  }
  const decided = decide(context, inspection, request);
  terminal.say(planBlock(context, decided));
  return decided;
}

/** Questions, the plan, and what to do with it; null when the person says no. */
async function interview(context: Context, inspection: Inspection): Promise<Decided | null> {
  const { terminal } = context;
  const first = answer(inspection, context.request);
  if (first.problems.length > 0 || inspection.facts.services.length === 0) requireAnswers(inspection, first);
  const prompt = await context.prompt();
  let request = context.request;
  let again = inspection.config === null;
  for (;;) {
    request = await ask(prompt, inspection, request, again ? 'first' : 'open');
    const decided = decide(context, inspection, request);
    if (!hasChanges(decided.plan) && toWrites(decided.plan).length === 0) return decided;
    terminal.say(`\n${planBlock(context, decided)}`);
    if (context.args.dryRun) return decided;
    const action = await confirmPlan(context, decided, prompt);
    if (action === 'write') return decided;
    if (action === 'no') {
      terminal.say('  Nothing was written.\n');
      return null;
    }
    again = true;
  }
}

async function confirmPlan(
  { terminal }: Context,
  { plan }: Decided,
  prompt: Awaited<ReturnType<Context['prompt']>>,
): Promise<'write' | 'change' | 'no'> {
  for (;;) {
    const action = await prompt.choose('Write it?', [
      { value: 'write', name: 'Yes' },
      { value: 'diff', name: 'Show the diff' },
      { value: 'change', name: 'Change an answer' },
      { value: 'no', name: 'No' },
    ] as const);
    if (action !== 'diff') return action;
    terminal.say(
      plan.changes
        .filter(({ kind }) => kind !== 'keep' && kind !== 'unchanged')
        .map(unifiedDiff)
        .join(''),
    );
  }
}

function write(context: Context, inspection: Inspection, { setup, plan, resolution }: Decided): number {
  const { terminal, args } = context;
  const conflicts = plan.changes.filter(({ kind }) => kind === 'conflict');
  const writes = toWrites(plan);
  if (args.onConflict === 'fail' && conflicts.length > 0) {
    terminal.say(
      problemsText(
        conflicts.map(({ path, reason }) => ({
          code: 'CHANGED' as const,
          place: path,
          message: reason,
          hint: 'Decide with --on-conflict keep or theirs.',
        })),
        terminal.style,
      ),
    );
    terminal.say('Nothing was written.\n');
    return 1;
  }
  if (args.json) terminal.out(jsonResult(context, setup, plan, !args.dryRun && writes.length > 0));
  if (args.dryRun) {
    terminal.say('  Dry run: nothing was written.\n');
    return hasChanges(plan) ? 1 : 0;
  }
  if (writes.length === 0) {
    terminal.say(`  ${terminal.style.green('✓')} Nothing to do: everything is as it should be.\n`);
    return conflicts.length > 0 ? 1 : 0;
  }
  const started = performance.now();
  stoppable(() => context.writer().apply(writes, (done, total) => terminal.progress(`  writing ${done} of ${total}`)));
  terminal.progress(null);
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  const { style } = terminal;
  const done = `${writtenText(plan)} in ${seconds} s · verify: ${countsText(countVerdicts(checkDisk(context.ports, plan.lock, setup).verdicts))}`;
  terminal.say(`\n  ${style.green('✓')} ${wrap(done, terminal.columns - 4, 4)}\n`);
  for (const { path, reason } of conflicts) terminal.say(`  ${style.yellow('!')} ${path}: ${reason}\n`);
  const ignored = leftOut(context, plan);
  terminal.say(nextStepsText({ setup, resolution, inspection, ignored, style, columns: terminal.columns }));
  return conflicts.length > 0 ? 1 : 0;
}

/** The same number of files that the plan announced; our own records go along. */
function writtenText({ changes }: Plan): string {
  const files = changes.filter(({ kind }) => kind === 'create' || kind === 'update' || kind === 'delete').length;
  if (files === 0) return 'the records in .devops/ were written';
  return `${files} ${files === 1 ? 'file' : 'files'} written`;
}

/** Written files that the user's .gitignore, as it is after the write, keeps out of commits. */
function leftOut({ ports }: Context, plan: Plan): readonly string[] {
  const gitignore = plan.changes.find(({ path }) => path === '.gitignore')?.after ?? ports.files.read('.gitignore');
  const written = plan.changes.filter(({ kind }) => kind === 'create' || kind === 'update').map(({ path }) => path);
  return ignoredByGit(gitignore, [...written, '.devops/config.yaml', '.devops/lock.json']);
}

/** The write itself is synchronous and short; a signal in the middle waits until it is whole. */
function stoppable(action: () => void): void {
  const hold = () => undefined;
  process.on('SIGINT', hold);
  process.on('SIGTERM', hold);
  try {
    action();
  } finally {
    process.off('SIGINT', hold);
    process.off('SIGTERM', hold);
  }
}

function finishEarlierRun({ writer, terminal }: Context): void {
  const done = writer().recover();
  if (done === 'rolled-back' || done === 'staging-dropped')
    terminal.say('An earlier run was interrupted; what it had begun was taken back.\n');
  if (done === 'rolled-forward')
    terminal.say('An earlier run was interrupted after its last write; it was finished.\n');
}

function greet({ terminal, ports }: Context, inspection: Inspection, seconds: number): void {
  const { style } = terminal;
  const names = new Map(
    answer(inspection, { flags: new Map(), prompted: new Map(), answersFile: null, only: null }).services.map(
      ({ name, facts }) => [facts.path, name],
    ),
  );
  const [first] = names.values();
  const project = inspection.facts.repository?.value.name ?? first ?? 'this folder';
  const standards = ports.catalog.length;
  terminal.say(`\n  ${style.bold(`${TOOL.name} ${TOOL.version}`)} · 5 personas · ${standards} standards\n\n`);
  terminal.say(`  What I found in ${style.bold(project)} (${seconds.toFixed(2)} s, nothing executed)\n`);
  const view = { names, ours: writtenBefore(inspection), style, columns: terminal.columns };
  terminal.say(`${factsText(inspection.facts, view)}\n`);
}

function planBlock({ terminal }: Context, { plan, setup }: Decided): string {
  const left = setup.generated.left.map(
    ({ generator, reason }) => `    ${terminal.style.dim(`· ${generator} is left out: ${reason}`)}\n`,
  );
  return `  Plan: ${planSummary(plan)}\n${planText(plan, terminal.style, terminal.columns)}${left.join('')}`;
}

function jsonResult({ ports }: Context, setup: Setup, plan: Plan, written: boolean): string {
  const { left, nextSteps } = setup.generated;
  const result = {
    schema: 1,
    tool: ports.tool,
    planId: planId(plan),
    written,
    changes: plan.changes.map(summary),
    left,
    nextSteps,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
