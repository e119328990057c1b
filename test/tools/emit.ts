/** A project of test/fixtures, copied, locked by its own package manager, and with our files in it: what a user would have on the disk. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compose } from '../../generators/compose.ts';
import { configuration } from '../../generators/configuration.ts';
import { docker } from '../../generators/docker.ts';
import { detect } from '../../src/core/detect/index.ts';
import { generate } from '../../src/core/generate.ts';
import { pinsFrom } from '../../src/core/pins.ts';
import { houseQuestions } from '../../src/core/questions/index.ts';
import { resolve } from '../../src/core/resolve/index.ts';
import { buildSystem } from '../../src/core/system/index.ts';
import type { Generator } from '../../src/define.ts';
import * as pinData from '../../src/generated/pins.ts';
import { templates } from '../../src/generated/templates.ts';
import type { ProjectFiles, System } from '../../src/model.ts';
import { runFile } from './judges.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const GENERATORS = [docker, compose, configuration];
const LEFT_OUT = new Set(['node_modules', '.git', 'dist', '.next']);

export type Emitted = Readonly<{ dir: string; system: System; paths: readonly string[] }>;

/** How a lock file comes into being without an install. Fixtures need not carry one: what it locks would grow old. */
const LOCK: Readonly<Record<string, (version: string) => readonly string[]>> = {
  npm: () => ['npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'],
  pnpm: (version) => ['npx', '--yes', `pnpm@${version}`, 'install', '--lockfile-only', '--ignore-scripts'],
  'yarn-classic': (version) => ['npx', '--yes', `yarn@${version}`, 'install', '--ignore-scripts', '--ignore-engines'],
  'yarn-berry': (version) => ['npx', '--yes', `@yarnpkg/cli-dist@${version}`, 'install', '--mode=update-lockfile'],
  bun: (version) => ['npx', '--yes', `bun@${version}`, 'install', '--lockfile-only'],
};

type Options = Readonly<{
  /** Files of the fixture that the project does not have this time. */
  without?: readonly string[];
  generators?: readonly Generator[];
}>;

export async function emit(fixture: string, { without = [], generators = GENERATORS }: Options = {}): Promise<Emitted> {
  const dir = join(mkdtempSync(join(tmpdir(), 'create-devops-setup-emit-')), fixture);
  cpSync(join(FIXTURES, fixture), dir, { recursive: true });
  for (const path of without) rmSync(join(dir, path));
  // Its format moves with bun itself: the version of the image has to have written it.
  rmSync(join(dir, 'bun.lock'), { force: true });
  await lock(dir, systemOf(dir, generators));
  if (existsSync(join(dir, 'package-lock.json'))) await dropUnusable(dir);
  const system = systemOf(dir, generators);
  const { files } = generate(system, generators, templates, pins());
  const own = files.filter(({ ownership }) => ownership === 'own');
  write(dir, Object.fromEntries(own.map(({ path, text }) => [path, text])));
  for (const { path, mode } of own) chmodSync(join(dir, path), mode);
  return { dir, system, paths: own.map(({ path }) => path) };
}

function write(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

async function lock(dir: string, system: System): Promise<void> {
  const [service] = system.services;
  if (!service || service.packageManager.lockFile) return;
  const { flavour, version, name } = service.packageManager;
  if (name === 'yarn' && flavour === 'yarn-berry') writeFileSync(join(dir, 'yarn.lock'), '');
  const [program = '', ...args] =
    LOCK[flavour]?.(name === 'bun' ? service.runtime.version : (version ?? 'latest')) ?? [];
  const { code, stderr, stdout } = await runFile(program, args, { cwd: dir, env: { NPM_TOKEN: 'none', CI: 'true' } });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} in ${dir}: ${(stderr + stdout).slice(-2000)}`);
}

/** A registry that lacks a package for another platform makes a lock file that `npm ci` refuses: then the fixture has none. */
async function dropUnusable(dir: string): Promise<void> {
  const { code } = await runFile('npm', ['ci', '--dry-run', '--ignore-scripts'], {
    cwd: dir,
    env: { NPM_TOKEN: 'none' },
  });
  if (code !== 0) rmSync(join(dir, 'package-lock.json'));
}

function pins() {
  return pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);
}

/** Detection, the default answers and the model: the tool's own first steps. */
function systemOf(dir: string, generators: readonly Generator[]): System {
  const list = walk(dir, '');
  const files: ProjectFiles = {
    list: () => list,
    exists: (path) => existsSync(join(dir, path)),
    mode: (path) => (existsSync(join(dir, path)) ? statSync(join(dir, path)).mode : null),
    read: (path) => {
      const place = join(dir, path);
      return existsSync(place) && statSync(place).isFile() ? readFileSync(place, 'utf8') : null;
    },
  };
  const facts = detect(files, null);
  // The persona's own choice of generators may be smaller than what a test wants.
  const flags = new Map([
    ['project.name', 'fixture'],
    ['generators', generators.map(({ id }) => id).join(',')],
  ]);
  const questions = houseQuestions(generators);
  const resolution = resolve(facts, questions, { flags, prompted: new Map(), answersFile: null, config: null });
  return buildSystem({
    facts,
    resolution,
    generators,
    pins: pins(),
    tool: { name: 'create-devops-setup', version: '0.0.0' },
    pinned: {},
  });
}

function walk(dir: string, prefix: string): string[] {
  return readdirSync(join(dir, prefix), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((entry) => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? walk(dir, path) : [path];
    })
    .sort();
}
