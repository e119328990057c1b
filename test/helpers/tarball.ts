/** The package as people get it: packed once a file, installed offline into folders of their own. */
import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder, ROOT } from './cli.ts';

export type Packed = Readonly<{
  filename: string;
  unpackedSize: number;
  files: readonly Readonly<{ path: string; mode: number }>[];
}>;

/** Packs what was built. Without scripts: the suite was built before it started, and other tests are running what was built. */
export function pack(): Readonly<{ packed: Packed; tarball: string }> {
  const folder = emptyFolder();
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' })) as [Packed];
  return { packed, tarball: join(folder, packed.filename) };
}

/** An environment in which npm finds nothing but what it is given. */
export function offline(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    npm_config_cache: emptyFolder(),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

/**
 * Installs the package into the `node_modules` of a folder, whatever else its manifest asks for. `more` are packages of our own `node_modules`
 * that are put beside it.
 */
export function install(folder: string, tarball: string, more: readonly string[] = []): void {
  const apart = emptyFolder();
  writeFileSync(join(apart, 'package.json'), '{ "name": "apart", "private": true }\n');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: apart, stdio: 'ignore', env: offline() });
  cpSync(join(apart, 'node_modules'), join(folder, 'node_modules'), { recursive: true });
  for (const name of more) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
}
