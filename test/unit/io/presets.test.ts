/** How a preset is fetched: what the programs are told, and what is refused of what they bring. The real ones are in `test/e2e/presets.test.ts`. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FetchWord, isProblem, parseWord } from '../../../src/core/presets/words.ts';
import { SetupError } from '../../../src/errors.ts';
import { openFetcher } from '../../../src/io/presets.ts';
import { type Run, runProgram } from '../../../src/io/presets-run.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

function word(text: string): FetchWord {
  const parsed = parseWord(text, 'x');
  if (isProblem(parsed) || parsed.kind === 'file' || parsed.kind === 'package') throw new Error(text);
  return parsed;
}

type Call = Readonly<{
  program: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}>;

/** A program that writes down how it was called and does what it is told. */
function fake(act: (call: Call) => string | Uint8Array | undefined): { run: Run; calls: Call[] } {
  const calls: Call[] = [];
  const run: Run = async (program, args, { cwd, env }) => {
    const call = { program, args, cwd, env };
    calls.push(call);
    return Buffer.from(act(call) ?? '');
  };
  return { run, calls };
}

const ENTRY = { version: '1.2.3', integrity: 'sha512-abc=' };

/** npm that installs these files of @acme/preset. */
function npm(files: Readonly<Record<string, string | Uint8Array>>, entry: object | null = ENTRY) {
  return fake(({ cwd }) => {
    const folder = join(cwd, 'node_modules/@acme/preset');
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const packages = entry === null ? {} : { 'node_modules/@acme/preset': entry };
    mkdirSync(join(cwd, 'node_modules'), { recursive: true });
    writeFileSync(join(cwd, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
    return undefined;
  });
}

const fetchWith = (run: Run, text: string, env = {}, npmrc: string | null = null) =>
  openFetcher({ env, npmrc, run })(word(text));

async function told(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
  } catch (error) {
    if (error instanceof SetupError)
      return error.problems.map(({ code, place, message }) => `${code} ${place}: ${message}`).join();
    throw error;
  }
  return 'nothing';
}

const GOOD = { 'package.json': '{}', 'devops-preset.yaml': 'a: 1\r\n' };

describe('npm', () => {
  it('is told to install one package, without scripts, and what is the user’s comes behind --', async () => {
    const { run, calls } = npm(GOOD);
    const fetched = await fetchWith(run, 'npm:@acme/preset@>=1 <2', { HOME: '/h', npm_config_registry: 'r' });
    expect(fetched).toEqual({ text: 'a: 1\n', resolved: '1.2.3', integrity: 'sha512-abc=' });
    const [{ program, args, cwd, env } = calls[0] as Call] = calls;
    expect(calls).toHaveLength(1);
    expect(program).toBe('npm');
    expect(args.slice(-2)).toEqual(['--', '@acme/preset@>=1 <2']);
    for (const flag of ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'])
      expect(args).toContain(flag);
    expect(args[args.indexOf('--prefix') + 1]).toBe(cwd);
    expect(env).toEqual({ HOME: '/h', npm_config_registry: 'r' });
  });

  it('hears of the project’s registries, and of nothing that names a program', async () => {
    let seen = '';
    const { run } = fake(({ cwd }) => {
      seen = readFileSync(join(cwd, '.npmrc'), 'utf8');
      throw new SetupError({ code: 'PRESET', place: 'x', message: 'stop', hint: '' });
    });
    const npmrc =
      '@acme:registry=https://npm.acme.dev/\n//npm.acme.dev/:_authToken=${TOKEN}\ngit=./evil\nscript-shell=./evil\nnode-options=--require ./evil\nregistry = https://r/\n';
    expect(await told(fetchWith(run, 'npm:@acme/preset@1', {}, npmrc))).toContain('stop');
    expect(seen).toBe(
      '@acme:registry=https://npm.acme.dev/\n//npm.acme.dev/:_authToken=${TOKEN}\nregistry = https://r/\n',
    );
  });

  it.each([
    ['without a record of the install', GOOD, null, 'npm does not say what it installed'],
    ['without integrity (a link, a folder)', GOOD, { version: '1.0.0' }, 'npm does not say what it installed'],
    ['with an odd integrity', GOOD, { version: '1.0.0', integrity: 'md5-x' }, 'npm does not say what it installed'],
    ['that holds no preset', { 'package.json': '{}' }, ENTRY, 'there is no preset in @acme/preset 1.2.3'],
    ['that names code', { 'package.json': '{"devopsSetup":"x.js"}' }, ENTRY, 'and no YAML or JSON file of the package'],
    [
      'that leads out of itself',
      { 'package.json': '{"devopsSetup":"../../../etc/passwd.yaml"}' },
      ENTRY,
      'and no YAML or JSON file',
    ],
    [
      'that names what is not there',
      { ...GOOD, 'package.json': '{"devopsSetup":"y.yaml"}' },
      ENTRY,
      '(looked for y.yaml)',
    ],
    [
      'that is no text',
      { 'package.json': '{}', 'devops-preset.yaml': Uint8Array.of(0xff, 0xfe) },
      ENTRY,
      'is not text in UTF-8',
    ],
    ['that is binary', { 'package.json': '{}', 'devops-preset.yaml': 'a\0b' }, ENTRY, 'is not text in UTF-8'],
    [
      'that is huge',
      { 'package.json': '{}', 'devops-preset.yaml': '#'.repeat(256 * 1024 + 1) },
      ENTRY,
      'is larger than 256 KiB',
    ],
  ])('a package %s is refused', async (_, files, entry, problem) => {
    const said = await told(fetchWith(npm(files, entry).run, 'npm:@acme/preset@1'));
    expect(said).toContain('PRESET npm:@acme/preset@1: ');
    expect(said).toContain(problem);
  });

  it('that brings a link as the preset brings none', async () => {
    const { run } = fake(({ cwd }) => {
      npm({ 'package.json': '{}' }).run('npm', [], { cwd, env: {}, word: 'x' });
      writeFileSync(join(cwd, 'secret.yaml'), 'token: 1\n');
      symlinkSync('../../../secret.yaml', join(cwd, 'node_modules/@acme/preset/devops-preset.yaml'));
      return undefined;
    });
    expect(await told(fetchWith(run, 'npm:@acme/preset@1'))).toContain('there is no preset in');
  });
});

describe('git', () => {
  const text = `git+https://git.acme.dev/presets#${COMMIT}`;
  const tree = (mode: string, size = '5') =>
    `${mode} ${mode === '160000' ? 'commit' : 'blob'} ${COMMIT}    ${size}\tx\0`;
  const git = (modes: Readonly<Record<string, string>>) =>
    fake(({ args }) => {
      const path = args.at(-1) ?? '';
      if (args.includes('ls-tree')) return modes[path] ?? '';
      return args.includes('cat-file') ? 'a: 1\n' : undefined;
    });

  it('fetches one commit, checks nothing out, and speaks https only', async () => {
    const { run, calls } = git({ 'devops-preset.yaml': tree('100644') });
    const env = {
      HOME: '/h',
      GIT_DIR: '/elsewhere',
      GIT_SSH_COMMAND: 'evil',
      GIT_CONFIG_COUNT: '1',
      GIT_SSL_CAINFO: '/ca',
    };
    expect((await fetchWith(run, text, env)).resolved).toBe(COMMIT);
    const verbs = calls.map(({ args }) => args.filter((arg, at) => arg !== '-c' && args[at - 1] !== '-c'));
    expect(verbs[0]?.[0]).toBe('init');
    expect(verbs[1]).toEqual(
      ['fetch', '--quiet', '--depth', '1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'].concat(
        '--',
        'https://git.acme.dev/presets',
        COMMIT,
      ),
    );
    expect(verbs.flat()).not.toContain('checkout');
    for (const { args, env: given } of calls) {
      for (const setting of ['protocol.allow=never', 'protocol.https.allow=always', 'core.hooksPath=/dev/null'])
        expect(args).toContain(setting);
      expect(given).toMatchObject({
        HOME: '/h',
        GIT_SSL_CAINFO: '/ca',
        GIT_TERMINAL_PROMPT: '0',
        GIT_ALLOW_PROTOCOL: 'https',
      });
      for (const name of ['GIT_DIR', 'GIT_SSH_COMMAND', 'GIT_CONFIG_COUNT']) expect(given).not.toHaveProperty(name);
    }
  });

  it.each([
    ['a link', tree('120000')],
    ['a submodule', tree('160000', '-')],
    ['a folder', ''],
  ])('takes %s for no preset', async (_, entry) => {
    expect(await told(fetchWith(git({ 'devops-preset.yaml': entry }).run, text))).toContain(
      'there is no preset in 0123456789ab (looked for',
    );
  });

  it('does not read what is too large', async () => {
    const { run, calls } = git({ 'devops-preset.yaml': tree('100644', '999999999') });
    expect(await told(fetchWith(run, text))).toContain('is larger than 256 KiB');
    expect(calls.flatMap(({ args }) => args)).not.toContain('cat-file');
  });
});

describe('a program', () => {
  const options = { cwd: '/', env: { PATH: process.env.PATH }, word: 'npm:x@1' };

  it('that is not there, or fails, is told with its own words, and without what could be a secret', async () => {
    expect(await told(runProgram('git', [], { ...options, env: { PATH: '/nowhere' } }))).toBe(
      'PRESET npm:x@1: git was not found.',
    );
    const failing = await told(
      runProgram('git', ['fetch', 'https://me:secret@localhost:1/x'], { ...options, cwd: '/tmp' }),
    );
    expect(failing).toContain('git could not fetch it: ');
    expect(failing).not.toContain('secret');
  });

  it('gets its words as they are: no shell reads them', async () => {
    const out = await runProgram('git', ['check-ref-format', '--branch', 'a'], options).then(String, () => '');
    expect(out.trim()).toBe('a');
    expect(
      await told(runProgram('git', ['rev-parse', '--verify', '$(touch /tmp/x); `id`'], { ...options, cwd: '/tmp' })),
    ).toContain('could not');
  });
});
