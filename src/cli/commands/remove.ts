/** `remove <generator>`: the same seven steps with one less. `remove --all`: as if we had never been there. */
import * as questions from '../../core/questions/index.ts';
import { answerOf } from '../../core/resolve/index.ts';
import { nearest } from '../../define.ts';
import { SetupError } from '../../errors.ts';
import type { Plan } from '../../model.ts';
import { answer, forgetSection, type Inspection, makeRemoval } from '../../pipeline.ts';
import { begin, requireConfig } from '../begin.ts';
import type { Context } from '../context.ts';
import { writtenJson } from '../data.ts';
import { agree, carryOut, run } from '../flow.ts';
import { planSummary, planText, plural } from '../text/plan.ts';
import { UNDO, writtenText } from '../text/written.ts';
import { planBlock } from './init.ts';

/** Exit 0 removed; 1 the person said no; 2 an error, nothing written. */
export function remove(context: Context): Promise<number> {
  return context.args.all ? removeAll(context) : removeOne(context, context.args.words[0] ?? '');
}

async function removeOne(context: Context, id: string): Promise<number> {
  const { style } = context.terminal;
  const found = begin(context);
  requireConfig(found, 'remove');
  const rest = withoutOne(chosen(context, found), id);
  const inspection = forgetSection(found, id);
  const request = { ...context.request, flags: new Map([...context.request.flags, ['generators', rest]]) };
  return run(context, {
    inspection,
    request,
    ask: 'open',
    label: `remove ${id}`,
    show: (decided) => planBlock(context, decided),
    done: ({ plan }, seconds) => `  ${style.green('✓')} ${removedText(plan)} in ${seconds.toFixed(2)} s\n  ${UNDO}\n`,
    data: (decided, written) => writtenJson(context, decided, written),
  });
}

/** As the configuration lists them: one of the project's own may be gone from the disk already. */
function chosen({ ports, request }: Context, inspection: Inspection): readonly string[] {
  const listed = inspection.config?.generators;
  if (Array.isArray(listed)) return listed.map(String);
  return answerOf(answer(inspection, request), questions.generatorsQuestion(ports.generators));
}

function withoutOne(present: readonly string[], id: string): readonly string[] {
  const usage = (message: string, hint: string) =>
    new SetupError({ code: 'USAGE', place: `remove ${id}`, message, hint });
  if (!present.includes(id)) {
    const close = nearest(id, present);
    throw usage(
      `it is not set up here (set up are ${present.join(', ')}).`,
      close ? `Did you mean ${close}?` : 'See `create-devops-setup list`.',
    );
  }
  if (present.length === 1) throw usage('it is the only one that is set up.', 'Take everything away: remove --all.');
  return present.filter((other) => other !== id);
}

async function removeAll(context: Context): Promise<number> {
  const { ports, terminal } = context;
  const { style, columns, say } = terminal;
  const plan = makeRemoval(ports, begin(context));
  say(`  Plan: ${planSummary(plan)}\n${planText(plan, style, columns)}`);
  if (!(await agree(context, 'Remove it all?', 'remove everything'))) return 1;
  return carryOut(context, {
    plan,
    label: 'remove --all',
    record: 'outside',
    done: (seconds) => `  ${style.green('✓')} ${removedText(plan)} in ${seconds.toFixed(2)} s\n  ${UNDO}\n`,
    data: (written) => writtenJson(context, { plan, setup: null }, written),
  });
}

/** `12 files gone, our lines taken out of 2 of yours, 1 that you edited is yours`. */
function removedText(plan: Plan): string {
  const count = (kind: string) => plan.changes.filter((change) => change.kind === kind).length;
  const [gone, trimmed, kept] = [count('delete'), count('update'), count('orphan')];
  const parts = [
    ...(gone > 0 ? [`${plural(gone)} gone`] : []),
    ...(trimmed > 0 ? [`${plural(trimmed)} edited`] : []),
    ...(kept > 0 ? [`${plural(kept)} that you edited ${kept === 1 ? 'is' : 'are'} yours now`] : []),
  ];
  return parts.length === 0 ? writtenText(plan) : parts.join(', ');
}
