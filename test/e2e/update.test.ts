/** A later release on a project that people have worked in: what comes in, what stays, what is left, and what is said. No terminal. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bytesOf, cli, emptyFolder, project, removeFolders } from '../helpers/cli.ts';
import { rewritePast } from '../helpers/past.ts';

afterAll(removeFolders, 60_000);

const CI = '.github/workflows/ci.yml';
const RULES = 'monitoring/prometheus/rules/availability.yml';
const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
const edit = (folder: string, path: string, change: (text: string) => string): void => {
  const before = read(folder, path);
  const after = change(before);
  if (after === before) throw new Error(`the edit of ${path} changes nothing`);
  writeFileSync(join(folder, path), after);
};

/** Written by an older release, whose workflow, image and rules said something else. */
function aged(): string {
  const folder = project({ setUp: true });
  rewritePast(folder, {
    [CI]: (text) =>
      text.replace('timeout-minutes: 1', 'timeout-minutes: 2').replace('name: Static checks', 'name: Static'),
    Dockerfile: (text) => text.replace('\n', '\n# said by the older release\n'),
    'docs/runbooks/scaling.md': (text) => `${text}\nAn older sentence.\n`,
    [RULES]: (text) => text.replace(/\bfor: \S+/, 'for: 7m'),
  });
  return folder;
}

/** One place where both sides say something else, beside an edit that meets nothing. */
function contested(path: typeof CI | typeof RULES = RULES): string {
  const folder = aged();
  if (path === CI) edit(folder, CI, (text) => text.replace('timeout-minutes: 2', 'timeout-minutes: 9 # slow runner'));
  else edit(folder, RULES, (text) => `# ours, says the team\n${text.replace('for: 7m', 'for: 9m')}`);
  return folder;
}

describe('update', () => {
  it('without a configuration says what to do', () => {
    const folder = project();
    const before = bytesOf(folder);
    const { code, stdout, stderr } = cli(folder, ['update']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('.devops/config.yaml: nothing has been set up here yet. Run create-devops-setup first');
    expect(stderr).toMatch(/Nothing was written\.\n$/);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('brings news into files that nobody edited, merges with edits, and does nothing the second time', () => {
    const fresh = project({ setUp: true });
    const folder = aged();
    edit(folder, CI, (text) => text.replace(/^jobs:$/m, '# the team has a word\njobs:'));
    const { code, stderr } = cli(folder, ['update']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^ {2}0\.0\.1 → \S+ · \d+ files managed · \d+ unchanged by you$/m);
    expect(stderr).toMatch(/~ Dockerfile +updated/);
    expect(stderr).toMatch(/⇄ \.github\/workflows\/ci\.yml +your edits and ours merged/);
    expect(stderr).toMatch(/✓ 3 updated, 1 merged with your edits, 0 lost in/);
    expect(stderr).toContain('Undo: create-devops-setup undo');
    for (const path of ['Dockerfile', 'docs/runbooks/scaling.md', RULES])
      expect(read(folder, path)).toBe(read(fresh, path));
    expect(read(folder, CI)).toBe(read(fresh, CI).replace(/^jobs:$/m, '# the team has a word\njobs:'));
    const before = bytesOf(folder);
    const again = cli(folder, ['update']);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/^ {2}\d\S+ · \d+ files managed[\s\S]*Nothing to do/);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('asks nothing that has been answered, and takes a folder', () => {
    const folder = aged();
    const { code, stderr } = cli(emptyFolder(), ['update', folder]);
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('--set');
  });

  it('writes nothing in a dry run: exit 1', () => {
    const folder = contested();
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['update', '--dry-run']);
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('Dry run: nothing was written.');
    expect(bytesOf(folder)).toEqual(before);
  });

  it('leaves a deleted file deleted, says that there is news, and restores it when told to', () => {
    const folder = aged();
    rmSync(join(folder, 'docs/runbooks/scaling.md'));
    const { code, stderr } = cli(folder, ['update']);
    expect(code, stderr).toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'deleted by you; there is a newer text (restore docs/runbooks/scaling.md',
    );
    expect(existsSync(join(folder, 'docs/runbooks/scaling.md'))).toBe(false);
    const before = bytesOf(folder);
    expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    expect(bytesOf(folder)).toEqual(before);
    expect(cli(folder, ['restore', 'docs/runbooks/scaling.md'])).toMatchObject({ code: 0 });
    expect(read(folder, 'docs/runbooks/scaling.md')).toBe(read(project({ setUp: true }), 'docs/runbooks/scaling.md'));
  });

  it('follows a file that was moved', () => {
    const folder = aged();
    mkdirSync(join(folder, 'guide'));
    renameSync(join(folder, 'docs/runbooks/scaling.md'), join(folder, 'guide/scaling.md'));
    const { code, stderr } = cli(folder, ['update']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/guide\/scaling\.md/);
    expect(read(folder, 'guide/scaling.md')).not.toContain('An older sentence.');
    expect(existsSync(join(folder, 'docs/runbooks/scaling.md'))).toBe(false);
  });
});

describe('a conflict that nobody is asked about', () => {
  it('is told with its place and three sides; the file stays byte for byte, the rest is written: exit 1', () => {
    const folder = contested();
    const mine = read(folder, RULES);
    const { code, stderr } = cli(folder, ['update']);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/! monitoring\/prometheus\/rules\/availability\.yml:\d+/);
    expect(stderr).toMatch(/you {2}for: 9m\n +was {2}for: 7m\n +now {2}for: \S+\n/);
    expect(stderr).toContain('--on-conflict=keep');
    expect(read(folder, RULES)).toBe(mine);
    expect(read(folder, 'Dockerfile')).not.toContain('older release');
    const again = cli(folder, ['update']);
    expect(again.code, again.stderr).toBe(1);
    expect(again.stderr).toContain('for: 9m');
    expect(read(folder, RULES)).toBe(mine);
  });

  it.each([
    ['keep', '9m'],
    ['theirs', null],
  ])('is decided by --on-conflict %s, and the rest of the file is merged', (policy, expected) => {
    const folder = contested();
    const ours = /\bfor: (\S+)/.exec(read(project({ setUp: true }), RULES))?.[1];
    const { code, stderr } = cli(folder, ['update', '--on-conflict', policy]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('1 conflict answered, 0 lost');
    expect(read(folder, RULES)).toContain('# ours, says the team');
    expect(/\bfor: (\S+)/.exec(read(folder, RULES))?.[1]).toBe(expected ?? ours);
    const before = bytesOf(folder);
    expect(cli(folder, ['update'])).toMatchObject({ code: 0 });
    expect(bytesOf(folder)).toEqual(before);
  });

  it('writes nothing at all with --on-conflict fail', () => {
    const folder = contested();
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['update', '--on-conflict', 'fail']);
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('for: 9m');
    expect(stderr).toMatch(/Nothing was written\.\n$/);
    expect(bytesOf(folder)).toEqual(before);
  });

  it.each(['8m', '9m'])(
    'is written with marks with --on-conflict markers, and settled when they are gone: %s',
    (says) => {
      const folder = contested();
      const mine = read(folder, RULES);
      const { code, stderr } = cli(folder, ['update', '--on-conflict', 'markers']);
      expect(code, stderr).toBe(1);
      const marked = read(folder, RULES);
      expect(stderr).toContain('1 file is written with conflict marks');
      expect(stderr).not.toContain('conflict answered');
      expect(marked).toMatch(/^<{7} [\s\S]*^\|{7} [\s\S]*^={7}$[\s\S]*^>{7} /m);
      expect(marked).toContain('# ours, says the team');
      const waiting = cli(folder, ['update']);
      expect(waiting.code, waiting.stderr).toBe(1);
      expect(waiting.stderr).toContain(RULES);
      expect(read(folder, RULES)).toBe(marked);

      const settled = marked.replace(/^<{7} .*\n([\s\S]*?)^\|{7} [\s\S]*?^>{7} .*\n/gm, '$1').replace('9m', says);
      writeFileSync(join(folder, RULES), settled);
      const done = cli(folder, ['update']);
      expect(done.code, done.stderr).toBe(0);
      expect(read(folder, RULES)).toBe(mine.replace('9m', says));
      expect(cli(folder, ['update']).stderr).toContain('Nothing to do');
    },
  );

  it.each<[what: string, act: (path: string) => void]>([
    ['deleted', (path) => rmSync(path)],
    ['not text any more', (path) => writeFileSync(path, Buffer.from([0x23, 0xe9, 0x0a]))],
  ])(
    'waits for nobody once the file with its marks is %s; a command on another file does not wait for it',
    (_, act) => {
      const folder = contested();
      expect(cli(folder, ['update', '--on-conflict', 'markers']).code).toBe(1);
      const other = cli(folder, ['unmanage', 'docs/configuration.md']);
      expect(other.code, other.stderr).toBe(0);
      act(join(folder, RULES));
      const { code, stderr } = cli(folder, ['update']);
      expect(code, stderr).toBe(0);
      expect(cli(folder, ['plan']).code).toBe(0);
    },
  );

  it('never gets marks below .github/workflows', () => {
    const folder = contested(CI);
    const mine = read(folder, CI);
    const { code, stderr } = cli(folder, ['update', '--on-conflict', 'markers']);
    expect(code, stderr).toBe(1);
    expect(read(folder, CI)).toBe(mine);
    expect(stderr).toContain('timeout-minutes: 9');
    expect(() => parse(read(folder, CI))).not.toThrow();
  });

  it('is data with --json', () => {
    const folder = contested();
    const { code, stdout } = cli(folder, ['update', '--json']);
    expect(code).toBe(1);
    const data = JSON.parse(stdout);
    expect(data).toMatchObject({ schema: 1, command: 'update', from: '0.0.1', written: true, lost: [] });
    expect(data.conflicts).toEqual([
      {
        path: RULES,
        pointer: expect.stringMatching(/^\/groups\//),
        line: expect.any(Number),
        yours: expect.stringContaining('for: 9m'),
        base: expect.stringContaining('for: 7m'),
        theirs: expect.stringMatching(/for: \S+/),
        reason: expect.stringMatching(/\S/),
      },
    ]);
  });
});

describe('where it is run', () => {
  it('refuses what a newer release wrote, and names both', () => {
    const folder = project({ setUp: true });
    edit(folder, '.devops/lock.json', (text) => text.replace(/"tool": "[^"]+"/, '"tool": "99.1.0"'));
    const before = bytesOf(folder);
    for (const args of [['update'], ['--yes'], ['plan'], ['add', 'docker'], ['restore', 'Dockerfile']]) {
      const { code, stderr } = cli(folder, args);
      expect(code, args.join(' ')).toBe(2);
      expect(stderr).toContain('release 99.1.0 wrote this setup');
      expect(stderr).toContain('npx create-devops-setup@99.1.0');
    }
    expect(bytesOf(folder)).toEqual(before);
    expect(cli(folder, ['verify']).code).not.toBe(2);
  });

  it('refuses while git is in a merge that is in our files', () => {
    const folder = aged();
    writeFileSync(join(folder, '.git/MERGE_HEAD'), `${'0'.repeat(40)}\n`);
    edit(folder, 'Dockerfile', (text) => `<<<<<<< HEAD\n# a\n=======\n# b\n>>>>>>> x\n${text}`);
    const before = bytesOf(folder);
    const { code, stderr } = cli(folder, ['update']);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('Dockerfile');
    expect(stderr).toContain('merge');
    expect(bytesOf(folder)).toEqual(before);
  });

  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd, stdio: 'pipe' });

  it('needs no history: a clone of depth 1, and one whose objects are gone', () => {
    const origin = contested(CI);
    rmSync(join(origin, '.git'), { recursive: true });
    git(origin, 'init', '-q', '-b', 'main');
    git(origin, 'add', '-A');
    git(origin, 'commit', '-q', '-m', 'one');
    writeFileSync(join(origin, 'note.txt'), 'two\n');
    git(origin, 'add', '-A');
    git(origin, 'commit', '-q', '-m', 'two');
    const clone = join(emptyFolder(), 'clone');
    git(origin, 'clone', '-q', '--depth', '1', `file://${origin}`, clone);
    rmSync(join(clone, '.git/objects'), { recursive: true });
    const { code, stderr } = cli(clone, ['update', '--on-conflict', 'keep']);
    expect(code, stderr).toBe(0);
    expect(read(clone, CI)).toContain('timeout-minutes: 9 # slow runner');
    expect(read(clone, CI)).toContain('name: Static checks');
  });

  const offline = ['unshare', '--map-root-user', '--net'];
  const [program = '', ...rest] = offline;
  const hasOffline = spawnSync(program, [...rest, 'true']).status === 0;
  if (!hasOffline) console.warn('SKIPPED: the test without a network needs unshare.');
  it.skipIf(!hasOffline)(`uses no network${hasOffline ? '' : ' (skipped: unshare is not allowed)'}`, () => {
    const folder = aged();
    const { code, stderr } = cli(folder, ['update'], { under: offline });
    expect(code, stderr).toBe(0);
    expect(read(folder, 'Dockerfile')).not.toContain('older release');
  });

  it('tells how a file comes back in what verify finds', () => {
    const folder = project({ setUp: true });
    edit(folder, 'docs/configuration.md', (text) => text.replaceAll('DATABASE_URL', 'DATABASE_URI'));
    const { stdout } = cli(folder, ['verify']);
    expect(stdout).toContain('create-devops-setup restore docs/configuration.md');
    expect(stdout).not.toContain('<file>');
  });
});
