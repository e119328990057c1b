/** The packages of cdktn: 550 MB that no dependency of ours brings, installed once from the lock file that we emit. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pins } from '../helpers/stacks.ts';
import { judgesDir, runFile } from './judges.ts';

/** Path of node_modules. The folder is named by what it holds: another lock file makes another one. */
export async function cdktnModules(): Promise<string> {
  const { manifest, lock } = pins.npmProject('cdktn', 'stacks');
  const hash = createHash('sha256').update(manifest).update(lock).digest('hex').slice(0, 16);
  const folder = join(dirname(judgesDir()), `cdktn-${hash}`);
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return modules;
  const making = `${folder}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  try {
    writeFileSync(join(making, 'package.json'), manifest);
    writeFileSync(join(making, 'package-lock.json'), lock);
    const { code, stderr } = await runFile('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: making,
    });
    if (code !== 0) throw new Error(`npm ci of cdktn: ${stderr.slice(-2000)}`);
    renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return modules;
}
