/** `plan` and `diff`: what would change. Exit 0 nothing to do, 1 changes, 2 an error. */
import { unifiedDiff } from '../../core/diff.ts';
import { planId } from '../../core/fingerprint.ts';
import { SetupError } from '../../errors.ts';
import type { Change } from '../../model.ts';
import { answer, inspect, makePlan, makeSetup, requireAnswers } from '../../pipeline.ts';
import type { Context } from '../context.ts';
import { hasChanges, planSummary, planText } from '../text/plan.ts';

export function planCommand(context: Context): number {
  const { ports, request, terminal, args, writer } = context;
  const inspection = inspect(ports);
  const resolution = answer(inspection, request);
  requireAnswers(inspection, resolution);
  const setup = makeSetup(ports, inspection, resolution);
  const plan = makePlan(ports, inspection, setup, args.onConflict ?? 'keep');
  const path = args.command === 'diff' ? args.words[0] : undefined;
  const shown = path === undefined ? plan.changes : plan.changes.filter((change) => change.path === normal(path));
  if (path !== undefined && shown.length === 0) throw unknownPath(path);

  if (args.json) {
    const { left, nextSteps } = setup.generated;
    const changes = shown.map((change) => ({ ...summary(change), diff: unifiedDiff(change) }));
    terminal.out(`${JSON.stringify({ schema: 1, planId: planId(plan), changes, left, nextSteps }, null, 2)}\n`);
  } else if (args.command === 'diff') {
    // With a path also what we would write is shown where the user's own file stays.
    const printed = path === undefined ? shown.filter(({ kind }) => kind !== 'keep' && kind !== 'unchanged') : shown;
    terminal.out(printed.map(unifiedDiff).join(''));
  } else {
    terminal.out(`  Plan: ${planSummary(plan)}\n${planText(plan, terminal.outStyle, terminal.columns)}`);
    for (const { generator, reason } of setup.generated.left) terminal.out(`    ${generator} is left out: ${reason}\n`);
  }
  const unfinished = writer().unfinished();
  if (unfinished)
    terminal.say(
      'An earlier run was interrupted while it wrote; the next writing command finishes or takes it back.\n',
    );
  return hasChanges(plan) || unfinished ? 1 : 0;
}

/** A change without its texts. */
export function summary({ kind, path, generator, ownership, reason }: Change) {
  return { kind, path, generator, ownership, reason };
}

function normal(path: string): string {
  return path.replaceAll('\\', '/').replace(/^\.\//, '');
}

function unknownPath(path: string): SetupError {
  return new SetupError({
    code: 'USAGE',
    place: path,
    message: 'none of the chosen generators writes this file.',
    hint: 'See `create-devops-setup plan` for the files.',
  });
}
