/**
 * Actions of a plopfile that are code of its own. Whatever they write cannot be caught: they are named before anything runs, run when all
 * that could be caught is written, and when one fails what we wrote is taken back.
 */
import type { Outcome, OwnAction, Row } from '../core/plop/actions.ts';
import { type Problem, SetupError } from '../errors.ts';
import type { Context } from './context.ts';
import { mayAsk } from './deciding.ts';
import { stoppable } from './flow.ts';

/** `kept`: files that could not be taken back, with the reason; null where everything was, or nothing was written. */
export type Finish = Readonly<{
  rows: readonly Row[];
  tolerated: readonly Problem[];
  problems: readonly Problem[];
  takenBack: boolean;
  kept: string | null;
}>;

/** @throws SetupError CONSENT where nobody can be asked and no flag says that they may run */
export async function agreeToOwn(
  context: Context,
  { own }: Outcome,
  plopfile: string,
): Promise<'run' | 'leave' | 'no'> {
  const { args, terminal } = context;
  if (own.length === 0 || args.dryRun) return 'leave';
  const names = own.map(({ name, index }) => `${name} (action ${index})`).join(', ');
  if (args.allowLocalCode) return 'run';
  if (!mayAsk(context))
    throw new SetupError({
      code: 'CONSENT',
      place: plopfile,
      message: `${names}: code of the plopfile that may write by itself, and nobody can be asked here whether it may run.`,
      hint: 'Read it, then add --allow-local-code; undo does not take back what it does.',
    });
  terminal.say(`\n  ${terminal.style.bold('Code of its own')}: ${names}.\n`);
  terminal.say(`  What it does is not in the plan, and undo does not take it back.\n\n`);
  const prompt = await context.prompt();
  return prompt.choose('Run it, when the files are written?', [
    { value: 'run', name: 'Yes' },
    { value: 'leave', name: 'No, write the files only' },
    { value: 'no', name: 'Stop, write nothing' },
  ] as const);
}

/** One after the other; `label` is that of the write which goes back when one fails, null where nothing was written. */
export async function runOwn(context: Context, own: readonly OwnAction[], label: string | null): Promise<Finish> {
  const rows: Row[] = [];
  const tolerated: Problem[] = [];
  for (const action of own) {
    try {
      rows.push(await action.run());
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      if (!action.stops) {
        tolerated.push(...error.problems);
        rows.push({ type: 'failed', text: `action ${action.index}: ${error.problems[0]?.message ?? ''}` });
        continue;
      }
      return { rows, tolerated, problems: error.problems, ...takeBack(context, label) };
    }
  }
  return { rows, tolerated, problems: [], takenBack: false, kept: null };
}

function takeBack(context: Context, label: string | null): Pick<Finish, 'takenBack' | 'kept'> {
  if (label === null) return { takenBack: false, kept: null };
  const writer = context.writer();
  // An action may have written with us as well: then the last record is not that of this command.
  if (writer.undoable()?.label !== label) return { takenBack: false, kept: 'another write came in between' };
  try {
    stoppable(() => writer.undo());
    return { takenBack: true, kept: null };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { takenBack: false, kept: error.problems.map(({ place, message }) => `${place}: ${message}`).join(' ') };
  }
}
