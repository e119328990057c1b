/** `npm run new` in a copy of this repository: what it makes is what the recipe shows, builds, lints, and passes its tests. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, ROOT, removeFolders } from '../helpers/cli.ts';
import { plop } from '../helpers/plop.ts';

const PARTS = [
  'package.json',
  'tsconfig.json',
  'biome.json',
  'plopfile.js',
  'bin',
  'src',
  'generators',
  'templates',
  'scripts',
  'test',
];
const MADE = [
  'generators/editor-config.ts',
  'src/standards/checks/editor-config.ts',
  'src/standards/mutations/editor-config.ts',
  'test/unit/generators/editor-config.test.ts',
];
const CHANGED = [
  'generators/index.ts',
  'src/standards/checks/index.ts',
  'src/standards/mutations/index.ts',
  'test/cases.ts',
  'test/unit/standards/operations.ts',
];
const WORDS = ['editor-config', 'Editor settings', 'one .editorconfig for everybody', '.editorconfig', 'DEVX-004'];

afterAll(removeFolders, 60_000);

function copy(): string {
  const folder = emptyFolder();
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function node(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const own = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1', ...env };
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: own });
}

const vitest = (cwd: string, args: readonly string[], env = {}) =>
  node(cwd, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', ...args], env);

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');

describe('npm run new', () => {
  let repository: string;

  beforeAll(() => {
    repository = copy();
    expect(JSON.parse(read(repository, 'package.json'))).toMatchObject({ scripts: { new: 'plop' } });
    const { code, stdout, stderr } = plop(repository, WORDS);
    expect(code, stdout + stderr).toBe(0);
  }, 60_000);

  it('makes what the recipe shows', () => {
    const recipe = read(ROOT, 'generators/README.md');
    const [generator = '', template = ''] = [...recipe.matchAll(/^ {3}```\w*\n([\s\S]*?)^ {3}```$/gm)].map(
      ([, body = '']) => body.replace(/^ {3}/gm, ''),
    );
    expect(read(repository, 'generators/editor-config.ts')).toBe(generator);
    expect(read(repository, 'templates/editor-config/.editorconfig.ejs')).toBe(`${template.split('\n')[0]}\n`);
    const command = /npm run new -- (.*)$/m.exec(recipe)?.[1] ?? '';
    expect([...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare)).toEqual(WORDS);
    for (const path of MADE) expect(existsSync(join(repository, path)), path).toBe(true);
  });

  it('passes the linter and the compiler', () => {
    const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const lint = node(repository, [
      biome,
      'check',
      '--vcs-enabled=false',
      ...MADE,
      ...CHANGED,
      'plopfile.js',
      'scripts',
    ]);
    expect(lint.status, lint.stdout + lint.stderr).toBe(0);
    const types = node(repository, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']);
    expect(
      types.stdout.split('\n').filter((line) => [...MADE, ...CHANGED].some((path) => line.startsWith(path))),
    ).toEqual([]);
  }, 120_000);

  it('builds, and passes its tests: snapshot, registry, check and mutation, its own', () => {
    expect(node(repository, ['scripts/build.mjs'])).toMatchObject({ status: 0 });
    const snapshot = ['test/snapshots.test.ts', '--testNamePattern', "^'editor-config' "];
    expect(vitest(repository, snapshot, { UPDATE_SNAPSHOTS: '1' }).status).toBe(0);
    expect(read(repository, 'snapshots/editor-config/.editorconfig')).toMatch(/^# Editor settings of \S+\.\n$/);
    const tests = [...snapshot.slice(0, 1), 'test/registry.test.ts', 'test/unit/generators/editor-config.test.ts'];
    const names = "^'editor-config' |^\\.editorconfig |^the registry |EDITOR-CONFIG|exist for every check|^ids ";
    const ran = vitest(repository, [...tests, 'test/unit/standards/mutations.test.ts', '--testNamePattern', names]);
    expect(ran.status, ran.stdout + ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/Tests +1?\d passed/);
  }, 180_000);

  it('fails where the mutation is taken away: a check that nothing breaks is seen', () => {
    cpSync(join(ROOT, 'src/standards/mutations/index.ts'), join(repository, 'src/standards/mutations/index.ts'));
    const ran = vitest(repository, [
      'test/unit/standards/mutations.test.ts',
      '--testNamePattern',
      'exist for every check',
    ]);
    expect(ran.status).toBe(1);
    expect(ran.stdout + ran.stderr).toContain('X-EDITOR-CONFIG');
  }, 60_000);

  it.each([
    [['Editor', 'T', 's', 'a.yml', 'DEVX-004'], 'Lower-case words'],
    [['docker', 'T', 's', 'a.yml', 'DEVX-004'], 'That name is taken'],
    [['x', 'T', 's', '../a.yml', 'DEVX-004'], 'A relative path'],
    [['x', 'T', 's', 'a.json', 'DEVX-004'], 'JSON has no comments'],
    [['x', 'T', 's', 'a.yml', 'DEVX-999'], 'no such standard'],
    [['x', 'T', 'a */ b', 'a.yml', 'DEVX-004'], 'One line of text'],
  ])('refuses %j', (words, says) => {
    const { code, stderr } = plop(repository, words);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });
});
