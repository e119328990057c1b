/**
 * Loaded into the built command line before it starts: sends the process a signal right before the disk changes for the N-th time
 * (`CRASH_AT`, `CRASH_SIGNAL`). With `CRASH_COUNT` it writes how often the disk changed there.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const at = Number(process.env.CRASH_AT ?? -1);
const signal = process.env.CRASH_SIGNAL ?? 'SIGKILL';
const write = fs.writeFileSync;
let changes = 0;
for (const name of ['renameSync', 'unlinkSync', 'mkdirSync', 'rmdirSync']) {
  const call = fs[name];
  fs[name] = (...args) => {
    if (changes++ === at) process.kill(process.pid, signal);
    return call(...args);
  };
}
syncBuiltinESMExports();
if (process.env.CRASH_COUNT !== undefined) process.on('exit', () => write(process.env.CRASH_COUNT, String(changes)));
