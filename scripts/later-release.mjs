/** A later release of this tool, for benchmarks and pictures: its source with a few changes, built. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PARTS = ['bin', 'generators', 'templates', 'src', 'scripts', 'package.json', 'LICENSE'];

/**
 * Builds it below `folder`; `changes` are `[file, from, to]`, each of which has to change something.
 * @returns its start file
 */
export function buildLater(folder, version, changes) {
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) cpSync(join(root, part), join(folder, part), { recursive: true });
  rmSync(join(folder, 'src/generated'), { recursive: true, force: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }));
  for (const [file, from, to] of changes) {
    const text = readFileSync(join(folder, file), 'utf8');
    const next = text.replace(from, to);
    if (next === text) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(join(folder, file), next);
  }
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: folder, stdio: 'ignore' });
  return join(folder, 'bin/create-devops-setup.js');
}
