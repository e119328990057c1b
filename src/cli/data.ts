/** A plan as data: what `--json` says of every command that plans or writes. */
import { unifiedDiff } from '../core/diff.ts';
import { planId } from '../core/fingerprint.ts';
import { hashText } from '../core/lock.ts';
import type { Change, Plan } from '../model.ts';
import type { Ports, Setup } from '../pipeline.ts';
import { answeredIn, entriesOf, notesOf } from './changes.ts';
import type { Context } from './context.ts';
import { jsonText } from './json.ts';

/** `setup` is null where nothing is rendered (`remove --all`). */
export type PlanData = Readonly<{ plan: Plan; setup: Setup | null }>;

/** The plan's name: the same inputs give the same one. */
export function idOf({ tool }: Ports, { plan, setup }: PlanData): string {
  const { config = {}, generated } = setup ?? {};
  return planId({ plan, tool: tool.version, config, rendered: generated?.files ?? [] });
}

/** The common part: id, changes, conflicts, what is left out, what comes next. */
export function planData({ ports }: Context, { plan, setup }: PlanData): Readonly<Record<string, unknown>> {
  return {
    tool: ports.tool,
    planId: idOf(ports, { plan, setup }),
    changes: plan.changes.map((change) => changeData(plan, change)),
    conflicts: entriesOf(plan).map(({ id: _, ...entry }) => entry),
    left: setup?.generated.left ?? [],
    nextSteps: setup?.generated.nextSteps ?? [],
  };
}

/** With `written` and whatever a command adds. */
export function writtenJson(
  context: Context,
  made: PlanData,
  written: boolean,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return jsonText(context.args.command, { ...planData(context, made), written, dryRun: context.args.dryRun, ...more });
}

/** A change without its texts: their hashes tell two of them apart. */
export function changeData(plan: Plan, change: Change): Readonly<Record<string, unknown>> {
  const { kind, path, from, generator, ownership, reason, before, after } = change;
  const answered = answeredIn(plan, change).map(({ id: _, ...rest }) => rest);
  const notes = notesOf(change);
  return {
    kind,
    path,
    generator,
    ownership,
    reason,
    ...(from === undefined ? {} : { from }),
    ...(notes.length > 0 ? { notes } : {}),
    ...(answered.length > 0 ? { answered } : {}),
    hashBefore: before === null ? null : hashText(before),
    hashAfter: after === null ? null : hashText(after),
  };
}

/** A change with its unified diff. */
export function diffData(plan: Plan, change: Change): Readonly<Record<string, unknown>> {
  return { ...changeData(plan, change), diff: unifiedDiff(change) };
}
