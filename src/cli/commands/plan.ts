/** `plan` and `diff`: what would change. Exit 0 nothing to do, 1 changes, 2 an error. */
import { unifiedDiff } from '../../core/diff.ts';
import { inspect } from '../../pipeline.ts';
import { requireRelease } from '../begin.ts';
import type { Context } from '../context.ts';
import { diffData, planData } from '../data.ts';
import { decide } from '../deciding.ts';
import { jsonText } from '../json.ts';
import { knownPath } from '../paths.ts';
import { requestData } from '../request.ts';
import { leftText } from '../text/conflicts.ts';
import { hasChanges, planSummary, planText, wrap } from '../text/plan.ts';

export function planCommand(context: Context): number {
  const { ports, request, terminal, args, writer } = context;
  const { outStyle, columns } = terminal;
  const inspection = inspect(ports);
  requireRelease(inspection.lock, ports.tool.version);
  const decided = decide(context, { inspection, request, ask: 'open' });
  const { plan, setup } = decided;
  const word = args.command === 'diff' ? args.words[0] : undefined;
  const path = word === undefined ? null : knownPath(word, plan.changes, request.only);
  const shown = path === null ? plan.changes : plan.changes.filter((change) => change.path === path);

  if (args.json) {
    const data = {
      ...planData(context, decided),
      changes: shown.map((change) => diffData(plan, change)),
      request: requestData(context),
    };
    terminal.out(jsonText(args.command, data));
  } else if (args.command === 'diff') {
    // With a path also what we would write is shown where the user's own file stays.
    const printed = path === null ? shown.filter(({ kind }) => kind !== 'keep' && kind !== 'unchanged') : shown;
    terminal.out(printed.map((change) => unifiedDiff(change)).join(''));
  } else {
    terminal.out(`  Plan: ${planSummary(plan)}\n${planText(plan, outStyle, columns)}`);
    for (const { generator, reason } of setup.generated.left)
      terminal.out(`    ${wrap(`${generator} is left out: ${reason}`, columns - 6, 6)}\n`);
    terminal.out(leftText(plan, outStyle, columns));
  }
  const unfinished = writer().unfinished();
  if (unfinished)
    terminal.say(
      'An earlier run was interrupted while it wrote; the next writing command finishes or takes it back.\n',
    );
  return hasChanges(plan) || unfinished ? 1 : 0;
}
