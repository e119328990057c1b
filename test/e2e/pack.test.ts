/** What people download: the exact files, small, without dependencies or traces of this machine, and it works from there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, emptyFolder, project, ROOT, removeFolders } from '../helpers/cli.ts';
import { offline, type Packed, pack } from '../helpers/tarball.ts';

/** Every file but those that the bundler cuts the work into, and the declarations. */
const FILES = [
  'LICENSE',
  'README.md',
  'bin/create-devops-setup.js',
  'dist/THIRD-PARTY-NOTICES.txt',
  'dist/catalog.br',
  'dist/config.schema.json',
  'dist/create-devops-setup.js',
  'dist/main.js',
  'dist/pins.br',
  'dist/plop.js',
  'dist/preset.schema.json',
  'dist/templates.br',
  'package.json',
];
const CHUNK = /^dist\/[\w-]+-[A-Z0-9]{8}\.js$/;
const DECLARATION = /^dist\/types\/src\/[\w/-]+\.d\.ts$/;

let packed: Packed;
let tarball: string;

beforeAll(() => {
  ({ packed, tarball } = pack());
});

afterAll(removeFolders, 60_000);

/** The bundle once more, with the list of what went into it. */
async function bundled() {
  const { metafile } = await build({
    entryPoints: ['src/cli/main.ts', 'src/index.ts', 'src/plop.ts'],
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    alias: { '@inquirer/external-editor': join(ROOT, 'src/io/no-editor.ts') },
    external: ['plop', 'node-plop'],
    metafile: true,
    write: false,
    outdir: 'unused',
  });
  const inside = Object.keys(metafile.inputs).flatMap(
    (path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  );
  const outside = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  );
  return { inside: [...new Set(inside)].sort(), outside };
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('the tarball', () => {
  it('holds these files and no other', () => {
    const paths = packed.files.map(({ path }) => path).sort();
    expect(paths.filter((path) => !CHUNK.test(path) && !DECLARATION.test(path))).toEqual(FILES);
    // Each chunk and each declaration is reached from another file; nothing of an earlier build is left.
    const texts = paths.filter((path) => /\.(js|ts)$/.test(path)).map((path) => [path, read(path)] as const);
    const reached = new Set(
      texts.flatMap(([path, text]) =>
        [...text.matchAll(/["'](\.{1,2}\/[^"']+\.js)["']/g)].map(([, name = '']) =>
          join(dirname(path), DECLARATION.test(path) ? name.replace(/\.js$/, '.d.ts') : name),
        ),
      ),
    );
    const entries = ['dist/types/src/index.d.ts', 'dist/types/src/plop.d.ts'];
    const unreached = paths.filter((path) => (CHUNK.test(path) || DECLARATION.test(path)) && !reached.has(path));
    expect(unreached.sort()).toEqual(entries);
  });

  it('is at most 1.5 MB unpacked', () => {
    expect(packed.unpackedSize).toBeLessThanOrEqual(1_500_000);
  });

  it('needs no other package', async () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
    for (const kind of ['dependencies', 'optionalDependencies', 'bundledDependencies'])
      expect(manifest).not.toHaveProperty(kind);
    const { outside } = await bundled();
    expect(outside.filter((name) => !isBuiltin(name))).toEqual([]);
  });

  it('holds every file that its manifest names', () => {
    const { bin, exports } = JSON.parse(read('package.json')) as { bin: Record<string, string>; exports: unknown };
    const named = [...Object.values(bin), ...JSON.stringify(exports).matchAll(/"(\.\/[^"]+\.[a-z.]+)"(?!:)/g)].map(
      (name) => (typeof name === 'string' ? name : (name[1] ?? '')).replace('./', ''),
    );
    expect(named.length).toBeGreaterThan(2);
    const paths = packed.files.map(({ path }) => path);
    for (const name of named) expect(paths).toContain(name);
  });

  it('reads nothing before it is needed: prompts, the compiler of templates, plopfiles', () => {
    const chunks = packed.files
      .map(({ path }) => path)
      .filter((path) => path.endsWith('.js') && path.startsWith('dist/'));
    const now = new Set(
      chunks.flatMap((path) => [...read(path).matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name]) => name)),
    );
    for (const words of ['Could not find matching close tag', 'ExitPromptError', 'setGenerator']) {
      const holding = chunks.filter((path) => CHUNK.test(path) && read(path).includes(words));
      const early = holding.filter((path) => now.has(path.replace('dist/', '')));
      expect(holding.length, words).toBeGreaterThan(0);
      if (words !== 'ExitPromptError') expect(early, words).toEqual([]);
      else expect(holding.length, words).toBeGreaterThan(early.length);
    }
  });

  it('has an executable start file', () => {
    const start = packed.files.find(({ path }) => path === 'bin/create-devops-setup.js');
    expect((start?.mode ?? 0) & 0o111).toBe(0o111);
    expect(statSync(join(ROOT, 'bin/create-devops-setup.js')).mode & 0o111).toBe(0o111);
    expect(read('bin/create-devops-setup.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('carries the licence text of every package whose code is in the bundle', async () => {
    const { inside } = await bundled();
    expect(inside).toContain('yaml');
    const sections = read('dist/THIRD-PARTY-NOTICES.txt').split(`\n${'-'.repeat(72)}\n`);
    const named = new Map(
      sections.flatMap((section) =>
        [...section.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) \d[\w.+-]* \([^)]+\)$/gm)].map(
          ([, name]) => [name, section] as const,
        ),
      ),
    );
    expect([...named.keys()].sort()).toEqual(inside);
    for (const [name, section] of named) expect(section, name).toMatch(/copyright|permission|licen[cs]e/i);
  });

  it('tells nothing about the machine that built it', () => {
    const registry = new URL(execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()).host;
    // A container's /root is also where emitted Dockerfiles keep caches.
    const traces = [ROOT, ...(homedir() === '/root' ? [] : [homedir()]), registry];
    for (const { path } of packed.files)
      for (const trace of traces) expect(read(path).includes(trace), `${path} holds ${trace}`).toBe(false);
    expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/);
  });
});

describe('installed from the tarball, offline', () => {
  it('is one package', () => {
    const folder = emptyFolder();
    execFileSync('npm', ['init', '--yes'], { cwd: folder, stdio: 'ignore' });
    execFileSync('npm', ['install', '--no-audit', '--no-fund', tarball], {
      cwd: folder,
      stdio: 'ignore',
      env: offline(),
    });
    const installed = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: object;
    };
    expect(Object.keys(installed.packages)).toEqual(['node_modules/create-devops-setup']);
    for (const name of ['create-devops-setup', 'devops-setup']) {
      const { stdout } = spawnSync(join(folder, 'node_modules/.bin', name), ['--version'], { encoding: 'utf8' });
      expect(stdout.trim()).toBe((JSON.parse(read('package.json')) as { version: string }).version);
    }
  });

  it('sets a project up by npx; the second run has nothing to do', () => {
    const folder = project();
    const env = offline();
    const npx = (...args: string[]) =>
      spawnSync('npx', ['--yes', `--package=${tarball}`, 'create-devops-setup', ...args], {
        cwd: folder,
        encoding: 'utf8',
        env,
      });
    expect(npx('plan').status).toBe(1);
    const first = npx('--yes');
    expect(first.status, first.stderr).toBe(0);
    for (const path of [
      '.github/workflows/ci.yml',
      'Dockerfile',
      'compose.yaml',
      '.devops/config.yaml',
      '.devops/lock.json',
    ])
      expect(existsSync(join(folder, path)), path).toBe(true);

    const before = bytesOf(folder);
    const second = npx('--yes');
    expect(second.status).toBe(0);
    expect(second.stderr).toContain('Nothing to do');
    expect(bytesOf(folder)).toEqual(before);
    expect(npx('plan').status).toBe(0);
    expect(npx('--nonsense').status).toBe(2);
  });
});
