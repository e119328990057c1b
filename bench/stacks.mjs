/** What the emitted CDKTF application costs: type check, synthesis of every stack of every environment, its tests. */
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Cases for `interleave`. `folder` holds an application that has no stacks yet; `start` is the start file of this tool; `modules` a node_modules
 * with the packages that the stacks lock, so that no install is measured.
 */
export function stackCases({ folder, start, modules }) {
  execFileSync(process.execPath, [start, '--yes'], { cwd: folder, stdio: 'ignore' });
  const cwd = join(folder, 'infrastructure/cdktf');
  symlinkSync(modules, join(cwd, 'node_modules'));
  const tsc = [process.execPath, 'node_modules/typescript/bin/tsc'];
  const vitest = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run'];
  const prepare = (command) => execFileSync(command[0], command.slice(1), { cwd, stdio: 'ignore' });
  prepare(tsc);
  // The first run writes the snapshots, all others compare.
  prepare(vitest);
  return [
    { id: '`node -e 0`', command: [process.execPath, '-e', '0'], cwd },
    { id: 'type check (`tsc`)', command: tsc, cwd },
    { id: 'synthesis (`node dist/main.js`)', command: [process.execPath, 'dist/main.js'], cwd },
    { id: '`npm run synth`, both', command: ['npm', 'run', 'synth'], cwd },
    { id: '`npm test`', command: ['npm', 'test'], cwd },
  ];
}
