/** One command on one project. */
import { setFlagsFromString } from 'node:v8';
import type { Arguments } from './args.ts';
import { add } from './commands/add.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { facts } from './commands/facts.ts';
import { init } from './commands/init.ts';
import { list } from './commands/list.ts';
import { planCommand } from './commands/plan.ts';
import { verify } from './commands/verify.ts';
import { type Context, openContext, type Surroundings } from './context.ts';
import { explainFailure } from './failure.ts';

type Command = (context: Context, around: Surroundings) => Promise<number> | number;

const COMMANDS: Readonly<Record<Arguments['command'], Command>> = {
  init,
  add,
  plan: planCommand,
  diff: planCommand,
  facts,
  verify,
  explain,
  list,
  doctor,
};

/**
 * A run lasts about half a second: what V8 spends on optimising functions that are warm for so short a time, a fifth of the whole and more,
 * never comes back. Twenty times its patience still lets a run of many seconds (hundreds of services) have them optimised.
 */
const PATIENCE = '--interrupt-budget=1350000';

/** The exit code. Failures are told here: an error class of this bundle is not the one that the small part knows. */
export async function run(args: Arguments, around: Surroundings): Promise<number> {
  setFlagsFromString(PATIENCE);
  try {
    return await COMMANDS[args.command](await openContext(args, around), around);
  } catch (error) {
    return explainFailure(error, around.terminal);
  }
}
