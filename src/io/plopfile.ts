/** The plopfile of a project, and the plop that the project has installed. Found by reading; nothing is run here. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { SetupError } from '../errors.ts';
import { entryAt } from './local-code.ts';

/** As plop itself looks for it. */
const NAMES = ['plopfile.js', 'plopfile.mjs', 'plopfile.cjs', 'plopfile.ts'];

/** Its name, in the root; null when there is none. */
export function findPlopfile(root: string): string | null {
  return NAMES.find((name) => entryAt(join(root, name)) !== undefined) ?? null;
}

/** Where plop's parts are installed. `core` is node-plop, which reads plopfiles. */
export type InstalledPlop = Readonly<{ version: string; core: string }>;

/** Older ones read other plopfiles: no ES modules, another `load`. */
const LEAST = [0, 32] as const;

/**
 * The plop of the project, from its own node_modules and from nowhere else.
 * @throws SetupError GENERATOR with how to install it
 */
export function findPlop(root: string, plopfile: string): InstalledPlop {
  const wrong = (message: string, hint: string) =>
    new SetupError({ code: 'GENERATOR', place: plopfile, message, hint });
  const install =
    'Install it in the project: npm install --save-dev plop@4 (pnpm add -D plop@4, yarn add -D plop@4, bun add -d plop@4).';
  const [plop, core] = ['plop', 'node-plop'].map((name) => join(root, 'node_modules', name, 'package.json'));
  const from = [plop, core].find((manifest) => manifest !== undefined && existsSync(manifest));
  if (from === undefined) {
    const pnp = existsSync(join(root, '.pnp.cjs'));
    throw wrong(
      'its generators are run by plop 4, which is not in node_modules.',
      pnp
        ? 'Yarn keeps packages in archives here: set nodeLinker: node-modules, or run plop itself (yarn plop).'
        : install,
    );
  }
  try {
    // pnpm puts links into node_modules; what belongs to plop stands beside what they lead to.
    const entry = createRequire(realpathSync(from)).resolve('node-plop');
    const { version } = JSON.parse(readFileSync(manifestOf(entry), 'utf8')) as { version: string };
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))
      throw wrong(`node-plop ${version} is installed, and plop 4 (node-plop 0.32) is needed.`, install);
    return { version, core: entry };
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw wrong(
      `plop is installed, and its part node-plop cannot be found (${(error as Error).message.split('\n')[0]}).`,
      install,
    );
  }
}

function manifestOf(entry: string): string {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) || dirname(folder) === folder) return manifest;
  }
}

const MOST_FILES = 200;
const CODE = /\.[cm]?[jt]s$/;

/**
 * The plopfile and what it names of the project's own code (`./helpers.mjs`, also by `plop.load`), to the last file: what somebody agrees to
 * run. Names that are put together at run time are not seen; neither are packages, which the lock file of the package manager pins.
 */
export function codeOfPlopfile(root: string, plopfile: string): readonly string[] {
  const found = new Set([plopfile]);
  for (const path of found) {
    if (found.size > MOST_FILES || entryAt(join(root, path))?.isFile() !== true) continue;
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, name = ''] of text.matchAll(/['"`](\.\.?\/[^'"`\n$]*)['"`]/g)) {
      const target = posix.normalize(posix.join(posix.dirname(path), name));
      if (target.startsWith('..') || target.split('/').includes('node_modules')) continue;
      const file = ['', '.js', '.mjs', '.cjs', '.ts', '/index.js', '/index.mjs', '/plopfile.js']
        .map((ending) => target + ending)
        .find((candidate) => CODE.test(candidate) && entryAt(join(root, candidate)) !== undefined);
      if (file !== undefined) found.add(file);
    }
  }
  return [...found];
}
