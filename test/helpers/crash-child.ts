/**
 * Runs in a process of its own (bundled by `crash.ts`): applies or recovers, and kills itself with SIGKILL right before the disk call
 * number N, or in the middle of it where it is a write. Prints the number of calls when it gets to the end.
 * Arguments: root, N (-1: never), `apply` or `recover`.
 */
import { openWriter } from '../../src/io/disk.ts';
import { type DiskIo, nodeIo } from '../../src/io/disk-io.ts';
import { mixedWrites } from './crash-plan.ts';

const [root = '', at = '-1', action = 'apply'] = process.argv.slice(2);
let calls = 0;

function counted(io: DiskIo): DiskIo {
  const entries = Object.entries(io).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      if (calls++ === Number(at)) {
        if (name === 'write') io.write(args[0] as number, (args[1] as Uint8Array).subarray(0, 3), 0);
        process.kill(process.pid, 'SIGKILL');
      }
      return (call as (...all: unknown[]) => unknown)(...args);
    },
  ]);
  return Object.fromEntries(entries) as DiskIo;
}

const writer = openWriter(root, { io: counted(nodeIo) });
if (action === 'apply') writer.apply(mixedWrites());
else writer.recover();
console.log(calls);
