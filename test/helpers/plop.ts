/** Projects in which the real plop 4 is installed, and its runs. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { emptyFolder, type Ran, ROOT } from './cli.ts';

export type Texts = Readonly<Record<string, string>>;

/** A folder with the beginnings of a repository, plop as pnpm would install it (a link), and a plopfile. */
export function plopProject(plopfile: string, files: Texts = {}, name = 'plopfile.mjs'): string {
  const folder = emptyFolder();
  givePlop(folder);
  write(folder, {
    '.git/HEAD': 'ref: refs/heads/main\n',
    'package.json': '{ "name": "shop" }\n',
    [name]: plopfile,
    ...files,
  });
  return folder;
}

export function givePlop(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  if (!existsSync(join(folder, 'node_modules/plop')))
    symlinkSync(
      dirname(createRequire(join(ROOT, 'package.json')).resolve('plop/package.json')),
      join(folder, 'node_modules/plop'),
    );
}

export function write(folder: string, files: Texts): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The real plop, without a terminal. */
export function plop(cwd: string, args: readonly string[]): Ran {
  const { bin } = JSON.parse(readFileSync(join(cwd, 'node_modules/plop/package.json'), 'utf8')) as { bin: string };
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [join(cwd, 'node_modules/plop', bin), ...args],
    {
      cwd,
      encoding: 'utf8',
      input: '',
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1' },
    },
  );
  return { code: status, signal, stdout, stderr };
}
