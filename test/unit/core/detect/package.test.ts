import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { type Content, only, project, told } from '../../../helpers/project.ts';

const PUBLIC_REGISTRY = ['registry', 'npmjs', 'org'].join('.');

function service(manifest: Record<string, unknown>, files: Record<string, Content> = {}) {
  return only(detect(project({ 'package.json': { name: 'x', ...manifest }, ...files }), null));
}

describe('the package manager', () => {
  const manager = (manifest: Record<string, unknown>, files: Record<string, Content> = {}): string => {
    const { name, flavour, version, lockFile } = service(manifest, files).packageManager;
    return [name, flavour, told(version), told(lockFile)].join(', ');
  };
  test.each([
    [
      'packageManager with a hash',
      { packageManager: 'pnpm@10.4.1+sha512.abc' },
      { 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
      'pnpm, pnpm, 10.4.1 @package.json:3 (packageManager), pnpm-lock.yaml @pnpm-lock.yaml',
    ],
    [
      'devEngines',
      { devEngines: { packageManager: { name: 'yarn', version: '4.1.0' } } },
      { 'yarn.lock': '__metadata:\n  version: 8\n' },
      'yarn, yarn-berry, 4.1.0 @package.json:4 (devEngines) | 4 @yarn.lock:1 (major, from the format of the lock file), yarn.lock @yarn.lock',
    ],
    [
      'volta',
      { volta: { node: '22.0.0', npm: '10.9.0' } },
      { 'package-lock.json': '{}' },
      'npm, npm, 10.9.0 @package.json:5 (volta), package-lock.json @package-lock.json',
    ],
    [
      'yarn classic by its lock file',
      {},
      { 'yarn.lock': '# yarn lockfile v1\n' },
      'yarn, yarn-classic, 1 @yarn.lock:1 (major, from the format of the lock file), yarn.lock @yarn.lock',
    ],
    [
      'pnpm 8 by its lock file',
      {},
      { 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" },
      'pnpm, pnpm, 8 @pnpm-lock.yaml:1 (major, from the format of the lock file), pnpm-lock.yaml @pnpm-lock.yaml',
    ],
    [
      'pnpm 9 or 10: nobody says',
      {},
      { 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
      'pnpm, pnpm, , pnpm-lock.yaml @pnpm-lock.yaml',
    ],
    ['bun', {}, { 'bun.lock': '{}' }, 'bun, bun, , bun.lock @bun.lock'],
    [
      'several lock files',
      {},
      { 'bun.lockb': 'x', 'package-lock.json': '{}' },
      'bun, bun, , bun.lockb @bun.lockb | package-lock.json @package-lock.json',
    ],
    [
      'several, and packageManager says which',
      { packageManager: 'npm@11.0.0' },
      { 'yarn.lock': '', 'package-lock.json': '{}' },
      'npm, npm, 11.0.0 @package.json:3 (packageManager), package-lock.json @package-lock.json | yarn.lock @yarn.lock',
    ],
    ['no lock file', {}, {}, 'npm, npm, , '],
    [
      'yarn berry without a lock file',
      {},
      { '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.5.3.cjs\n' },
      'yarn, yarn-berry, 4.5.3 @.yarnrc.yml (yarnPath), ',
    ],
  ])('%s', (_, manifest, files, expected) => {
    expect(manager(manifest, files)).toBe(expected);
  });

  test('another lock file than the declared one is told', () => {
    const facts = detect(
      project({ 'package.json': { name: 'x', packageManager: 'pnpm@10.0.0' }, 'yarn.lock': '' }),
      null,
    );
    expect(facts.notes.map((n) => n.message)).toContain(
      'is the lock file of another package manager than the one declared (pnpm)',
    );
    expect(only(facts).packageManager.lockFile).toBeNull();
  });
});

describe('the Node version', () => {
  test.each([
    [
      '.nvmrc first',
      { engines: { node: '>=20' } },
      { '.nvmrc': 'v22.13.0\n', '.node-version': '20\n' },
      '22.13.0 @.nvmrc:1 | 20 @.node-version:1 | >=20 @package.json:4 (engines)',
      '.nvmrc',
    ],
    ['an alias stays', {}, { '.nvmrc': '# which\nlts/jod\n' }, 'lts/jod @.nvmrc:2', '.nvmrc'],
    [
      '.tool-versions',
      {},
      { '.tool-versions': 'python 3.13\nnodejs 22.1.0\n' },
      '22.1.0 @.tool-versions:2',
      '.tool-versions',
    ],
    [
      'volta before engines',
      { engines: { node: '>=18' }, volta: { node: '20.19.0' } },
      {},
      '20.19.0 @package.json:7 (volta) | >=18 @package.json:4 (engines)',
      'package.json',
    ],
    [
      'engines before a workflow',
      { engines: { node: '>=18' } },
      { '.github/workflows/ci.yml': '  - with:\n      node-version: 22\n' },
      '>=18 @package.json:4 (engines) | 22 @.github/workflows/ci.yml:2',
      'package.json',
    ],
    [
      'a file of its own, given to setup-node',
      { engines: { node: '>=18' } },
      { '.github/workflows/ci.yml': 'node-version-file: .github/node\n', '.github/node': 'v24.3.0\n' },
      '24.3.0 @.github/node:1 | >=18 @package.json:4 (engines)',
      '.github/node',
    ],
    [
      'a matrix says nothing',
      {},
      { '.github/workflows/ci.yml': 'node-version: [20, 22]\n---\nnode-version: ${{ matrix.node }}\n' },
      null,
      null,
    ],
    [
      'a file of its own that a workflow reads into its environment',
      { engines: { node: '>=18' } },
      {
        '.github/workflows/check.yml':
          '      - run: echo "node_version=$(cat .github/nodejs.version)" >> $GITHUB_ENV\n        with:\n          node-version: "${{ env.node_version }}"\n',
        '.github/workflows/other.yml': '          node-version: 20.x\n',
        '.github/nodejs.version': 'v24.3.0',
      },
      '24.3.0 @.github/nodejs.version:1 | >=18 @package.json:4 (engines) | 20.x @.github/workflows/other.yml:1',
      '.github/nodejs.version',
    ],
    [
      'a version file in another folder, given to setup-node',
      { engines: { node: '>=18' } },
      { '.github/workflows/ci.yml': 'node-version-file: ./tools/.nvmrc # why\n', 'tools/.nvmrc': '22\n' },
      '22 @tools/.nvmrc:1 | >=18 @package.json:4 (engines)',
      'tools/.nvmrc',
    ],
    [
      'the version files and volta before a file of the workflows',
      { volta: { node: '20.19.0' } },
      { '.github/workflows/ci.yml': 'node-version-file: .github/node\n', '.github/node': '24\n' },
      '20.19.0 @package.json:4 (volta) | 24 @.github/node:1',
      'package.json',
    ],
    [
      'package.json, given to setup-node, is what engines say',
      { engines: { node: '>=18' } },
      { '.github/workflows/ci.yml': 'node-version-file: package.json\n' },
      '>=18 @package.json:4 (engines)',
      'package.json',
    ],
    [
      'a variable of the workflow',
      {},
      { '.github/workflows/ci.yml': 'env:\n  NODE: "22.x"\n    node-version: ${{ env.NODE }}\n' },
      '22.x @.github/workflows/ci.yml:3',
      null,
    ],
    [
      'a matrix of one, the same everywhere',
      {},
      { '.github/workflows/ci.yml': "node-version: ['22.15.0']\n---\nnode-version: v22.15.0\n" },
      '22.15.0 @.github/workflows/ci.yml:1',
      null,
    ],
    [
      'workflows that disagree say nothing',
      {},
      { '.github/workflows/ci.yml': 'node-version: 20\n', '.github/workflows/b.yml': 'node-version: 22\n' },
      null,
      null,
    ],
    [
      'no file for setup-node where it would read another version than we',
      {},
      { '.tool-versions': 'nodejs 22.1.0 20.1.0\n' },
      '22.1.0 @.tool-versions:1',
      null,
    ],
    [
      'an argument of the Dockerfile',
      {},
      { Dockerfile: 'ARG NODE=20.11\nFROM node:${NODE}-slim\n' },
      '20.11 @Dockerfile:2',
      null,
    ],
    [
      'the Dockerfile last',
      {},
      { Dockerfile: 'FROM --platform=linux/amd64 node:22.1-alpine AS build\n' },
      '22.1 @Dockerfile:1',
      null,
    ],
    ['nobody', {}, {}, null, null],
  ])('%s', (_, manifest, files, version, file) => {
    const { runtime } = service(manifest, files);
    expect([told(runtime.version), runtime.versionFile]).toEqual([version, file]);
  });
});

describe('scripts by role', () => {
  const roles = (scripts: Record<string, string>, files: Record<string, Content> = {}) =>
    Object.fromEntries(Object.entries(service({ scripts }, files).scripts).map(([role, s]) => [role, s.value.name]));
  test.each([
    [
      'the usual ones',
      { lint: 'eslint .', format: 'prettier --check .', typecheck: 'tsc --noEmit', test: 'vitest run', build: 'tsc' },
      { lint: 'lint', format: 'format', typecheck: 'typecheck', test: 'test', build: 'build' },
    ],
    [
      'a check beside the one that writes',
      { format: 'prettier --write .', 'format:check': 'prettier --check .' },
      { format: 'format:check' },
    ],
    [
      'only the one that writes',
      { format: 'prettier --write .', lint: 'eslint . --fix', check: 'biome check --write' },
      {},
    ],
    ['one that writes behind another', { lint: 'npm run lint:js', 'lint:js': 'eslint --fix .' }, {}],
    ['lint -- --fix', { lint: 'npm run eslint:run -- --fix', 'eslint:run': 'eslint .' }, { lint: 'eslint:run' }],
    ['biome ci', { lint: 'biome ci .' }, { lint: 'lint' }],
    ['by what it does', { check: 'biome check .', types: 'tsc --noEmit' }, { typecheck: 'types', lint: 'check' }],
    ["npm's placeholder", { test: 'echo "Error: no test specified" && exit 1' }, {}],
    ['a watching test', { test: 'jest --watch' }, {}],
    ['a watching test, and one for CI', { test: 'vitest --watch', 'test:ci': 'vitest run' }, { test: 'test:ci' }],
    ['vitest alone ends in a pipeline', { test: 'vitest' }, { test: 'test' }],
    ['watch turned off', { test: 'jest --watchAll=false' }, { test: 'test' }],
    [
      'coverage, integration, e2e, contract',
      {
        'test:cov': 'jest --coverage',
        'test:integration': 'jest i',
        'test:e2e': 'playwright test',
        'test:contract': 'jest c',
      },
      { coverage: 'test:cov', integration: 'test:integration', e2e: 'test:e2e', contract: 'test:contract' },
    ],
    [
      'a development migration',
      { 'db:migrate': 'prisma migrate dev', 'db:deploy': 'prisma migrate deploy' },
      { migrate: 'db:deploy' },
    ],
    ['tsc that writes is the build', { typecheck: 'tsc' }, {}],
  ])('%s', (_, scripts, expected) => {
    expect(roles(scripts)).toEqual(expected);
  });
  test('tsc with noEmit in the configuration is a check', () => {
    expect(roles({ typecheck: 'tsc' }, { 'tsconfig.json': { compilerOptions: { noEmit: true } } })).toEqual({
      typecheck: 'typecheck',
    });
  });
  test('says why a script is not used', () => {
    const facts = detect(project({ 'package.json': { name: 'x', scripts: { format: 'prettier --write .' } } }), null);
    expect(facts.notes).toContainEqual({
      file: 'package.json',
      line: 4,
      message: 'script format is not used as the format check: it changes files (prettier --write .)',
    });
  });
});

describe('tests and coverage', () => {
  test.each([
    [{ test: 'vitest run' }, { vitest: '^4.0.0', '@vitest/coverage-v8': '^4.0.0' }, 'vitest', '@vitest/coverage-v8'],
    [{ test: 'vitest run' }, { vitest: '^4.0.0' }, 'vitest', null],
    [{ test: 'jest' }, { jest: '^30.0.0' }, 'jest', 'jest'],
    [{ test: 'c8 mocha' }, { mocha: '^11.0.0', c8: '^10.0.0' }, 'mocha', 'c8'],
    [{ test: 'node --test' }, {}, 'node-test', 'node'],
    [{ test: 'c8 npm run unit', unit: 'node --import tsx --test src/*.test.ts' }, { c8: '^10.0.0' }, 'node-test', 'c8'],
    [{ test: 'bun test' }, {}, 'bun-test', 'bun'],
    [{}, { ava: '^6.0.0', nyc: '^17.0.0' }, 'ava', 'nyc'],
    [{}, {}, null, null],
  ])('%j', (scripts, devDependencies, runner, coverage) => {
    const found = service({ scripts, devDependencies });
    expect([found.testRunner?.value ?? null, found.coverage?.value ?? null]).toEqual([runner, coverage]);
  });
});

describe('traps', () => {
  test('native modules, with those that bring their files left out', () => {
    const native = (dependencies: Record<string, string>) =>
      service({ dependencies }).traps.nativeModules.map((n) => n.value);
    expect(native({ bcrypt: '^5.1.1', 'better-sqlite3': '^12.0.0', sharp: '^0.34.0', argon2: '^0.44.0' })).toEqual([
      'bcrypt',
      'better-sqlite3',
    ]);
    expect(native({ bcrypt: '^6.0.0', argon2: '^0.31.2', bcryptjs: '^3.0.0' })).toEqual(['argon2']);
  });
  test('hooks, patches, yarn releases, a registry', () => {
    const { traps } = service(
      {
        scripts: { prepare: 'is-ci || husky', postinstall: 'patch-package && node tools/after.js' },
        dependencies: { 'patch-package': '^8.0.0' },
      },
      {
        'patches/a.patch': '',
        'tools/after.js': '',
        '.yarnrc.yml': 'npmRegistryServer: "https://user:pass@npm.acme.example"\n',
        '.yarn/releases/yarn-4.cjs': '',
        'yarn.lock': '__metadata:\n',
      },
    );
    expect(told(traps.prepareScript)).toBe('is-ci || husky @package.json:4');
    expect(traps.installScripts.map((s) => s.value.name)).toEqual(['postinstall']);
    expect(traps.installInputs).toEqual(['.yarn/releases', '.yarnrc.yml', 'patches', 'tools/after.js']);
    expect(told(traps.privateRegistry)).toBe('https://npm.acme.example @.yarnrc.yml:1');
  });
  test('a token in the file is told, and its value is nowhere', () => {
    const facts = detect(
      project({ 'package.json': { name: 'x' }, '.npmrc': `//${PUBLIC_REGISTRY}/:_authToken=npm_abc123\n` }),
      null,
    );
    expect(told(only(facts).traps.privateRegistry)).toBe('token @.npmrc:1');
    expect(JSON.stringify(facts)).not.toContain('npm_abc123');
    expect(facts.notes.map((n) => n.file)).toContain('.npmrc');
  });
  test('the public registry is not private', () => {
    expect(
      service({}, { '.npmrc': `registry=https://${PUBLIC_REGISTRY}/\nsave-exact=true\n` }).traps.privateRegistry,
    ).toBeNull();
  });
});

describe('scripts with hooks around them', () => {
  test('a pre or post script of the name', () => {
    const { scripts } = service(
      {
        scripts: {
          pretest: 'createdb x',
          test: 'jest',
          coverage: 'jest --coverage',
          build: 'tsc',
          postbuild: 'cp a b',
        },
      },
      {},
    );
    expect([scripts.test?.value, scripts.coverage?.value, scripts.build?.value]).toEqual([
      { name: 'test', command: 'jest', hooked: true },
      { name: 'coverage', command: 'jest --coverage' },
      { name: 'build', command: 'tsc', hooked: true },
    ]);
  });
});
