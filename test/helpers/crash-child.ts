/**
 * Runs in a process of its own (bundled by `crash.ts`): does what is to be killed, and sends itself a signal right before the disk call
 * number N, or in the middle of it where it is a write. Prints the number of calls when it gets to the end.
 * Arguments: root, state folder, N (-1: never), a scenario or `recover`, the signal, `caught` when the command line holds the signal.
 */
import { openWriter } from '../../src/io/disk.ts';
import { stoppingIo } from './crash-io.ts';
import { SCENARIOS, type ScenarioName } from './crash-plan.ts';

const [root = '', state = '', at = '-1', action = 'apply', signal = 'SIGKILL', caught] = process.argv.slice(2);
if (caught === 'caught') process.on(signal, () => {});
const { io, calls } = stoppingIo(Number(at), () => process.kill(process.pid, signal));
const writer = openWriter(root, { io, stateFolder: () => state });
if (action === 'recover') writer.recover();
else SCENARIOS[action as ScenarioName].act(writer);
console.log(calls());
