/** One command on one project. */
import { setFlagsFromString } from 'node:v8';
import type { Arguments } from './args.ts';
import { add } from './commands/add.ts';
import { adopt } from './commands/adopt.ts';
import { apply } from './commands/apply.ts';
import { config } from './commands/config.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { facts } from './commands/facts.ts';
import { init } from './commands/init.ts';
import { list } from './commands/list.ts';
import { mcp } from './commands/mcp.ts';
import { newGenerator } from './commands/new-generator.ts';
import { planCommand } from './commands/plan.ts';
import { preset } from './commands/preset.ts';
import { remove } from './commands/remove.ts';
import { restore } from './commands/restore.ts';
import { undo } from './commands/undo.ts';
import { unmanage } from './commands/unmanage.ts';
import { update } from './commands/update.ts';
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
  apply,
  update,
  undo,
  remove,
  unmanage,
  adopt,
  restore,
  config,
  preset,
  'new-generator': newGenerator,
  mcp,
};

/**
 * A run lasts about half a second: what V8 spends on optimising functions that are warm for so short a time, a fifth of the whole and more,
 * never comes back. Twenty times its patience still lets a run of many seconds (hundreds of services) have them optimised.
 */
const PATIENCE: Readonly<Record<string, string>> = {
  // By V8's major version, as the flag has had another name since Node.js 22, and V8 complains on stderr of one that it does not know.
  11: '--interrupt-budget=1350000',
  12: '--invocation-count-for-turbofan=60000',
  13: '--invocation-count-for-turbofan=60000',
};

/** With thousands of files V8 would let the heap grow to four times of what is alive; a third more costs no time that can be measured. */
const THRIFT = '--heap-growing-percent=30';

/** The exit code. Failures are told here: an error class of this bundle is not the one that the small part knows. */
export async function run(args: Arguments, around: Surroundings): Promise<number> {
  setFlagsFromString(THRIFT);
  const patience = PATIENCE[process.versions.v8.split('.')[0] ?? ''];
  if (patience !== undefined) setFlagsFromString(patience);
  try {
    return await COMMANDS[args.command](await openContext(args, around), around);
  } catch (error) {
    return explainFailure(error, around.terminal, args.json ? args.command : null);
  }
}
