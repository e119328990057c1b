/** What a disk and a person can do to the command line while it writes: whole processes, real disks, nothing lost. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { BIN, bytesOf, emptyFolder, powerless, project, type Ran, removeFolders, cli as run } from '../helpers/cli.ts';

afterAll(removeFolders, 60_000);

const PRELOAD = pathToFileURL(join(import.meta.dirname, '../helpers/crash-preload.mjs')).href;
const state = emptyFolder();
const environment = { XDG_STATE_HOME: state };
const cli = (folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran =>
  run(folder, args, { env: { ...environment, ...env } });
const crashing = (at: number, signal = 'SIGKILL'): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${PRELOAD}`,
  CRASH_AT: String(at),
  CRASH_SIGNAL: signal,
});

/** The project as people and git see it. */
const treeOf = (folder: string): ReadonlyMap<string, string> =>
  new Map([...bytesOf(folder)].filter(([path]) => !/^\.devops\/tx(\/|$)/.test(path)));

/** How often a command changes the disk. */
function changesOf(folder: string, args: readonly string[]): number {
  const file = join(emptyFolder(), 'changes');
  const env = { NODE_OPTIONS: `--import=${PRELOAD}`, CRASH_COUNT: file };
  expect(cli(folder, args, env)).toMatchObject({ code: 0 });
  return Number(readFileSync(file, 'utf8'));
}

const SAID = /An earlier run was interrupted/;

describe('a killed run', () => {
  const INIT = ['--yes', '--set', 'generators=docker,compose'];
  const small = (): string => {
    const folder = project();
    expect(cli(folder, INIT)).toMatchObject({ code: 0 });
    return folder;
  };

  it.each<[name: string, begin: () => string, args: readonly string[]]>([
    ['init', project, INIT],
    ['add', small, ['add', 'prometheus', '--yes']],
    ['remove', small, ['remove', 'compose', '--yes']],
    ['undo', small, ['undo', '--yes']],
    ['remove --all', small, ['remove', '--all', '--yes']],
  ])(
    'of %s leaves the old or the new project, and the next run says so and heals it',
    (_, begin, args) => {
      const first = begin();
      const before = treeOf(first);
      const changes = changesOf(first, args);
      const after = treeOf(first);
      expect(after).not.toEqual(before);
      let said = 0;
      for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        const folder = begin();
        const at = Math.floor(changes * part);
        expect(cli(folder, args, crashing(at)).signal, `at change ${at} of ${changes}`).toBe('SIGKILL');
        const files = [...treeOf(folder)].filter(([, told]) => told.startsWith('file'));
        for (const [path, told] of files)
          expect([before.get(path), after.get(path)], `${path} at ${at}`).toContain(told);
        // The same again: it is done now, or there is nothing left to do.
        const next = cli(folder, args);
        expect(treeOf(folder), `at change ${at}: ${next.stderr}`).toEqual(after);
        if (SAID.test(next.stderr)) said += 1;
      }
      // Killed while it tidies up behind its write, a run leaves nothing to speak of.
      expect(said).toBeGreaterThan(1);
    },
    240_000,
  );

  it('of undo is finished by the next undo, which takes nothing else back', () => {
    const written = small();
    expect(cli(written, ['unmanage', 'Dockerfile'])).toMatchObject({ code: 0 });
    const twice = (): string => {
      const folder = emptyFolder();
      cpSync(written, folder, { recursive: true });
      return folder;
    };
    const first = twice();
    const changes = changesOf(first, ['undo', '--yes']);
    const after = treeOf(first);
    const ways = new Set<string>();
    for (let at = Math.floor(changes / 2); at < changes; at += 3) {
      const folder = twice();
      expect(cli(folder, ['undo', '--yes'], crashing(at)).signal).toBe('SIGKILL');
      const asJson = at % 2 === 0;
      const next = cli(folder, ['undo', '--yes', ...(asJson ? ['--json'] : [])]);
      expect(next.code, next.stderr).toBe(0);
      if (!SAID.test(next.stderr)) continue; // all was done
      ways.add(`${/it was finished/.test(next.stderr) ? 'finished' : 'taken back'} ${asJson}`);
      expect(treeOf(folder), `at change ${at}: ${next.stderr}`).toEqual(after);
      if (asJson)
        expect(JSON.parse(next.stdout)).toMatchObject({ undone: true, write: { label: 'unmanage Dockerfile' } });
      else if (/it was finished/.test(next.stderr))
        expect(next.stderr.replace(/\s+/g, ' ')).toContain(
          'Everything is as before unmanage Dockerfile. Run undo again to take back the write before it, init, as well.',
        );
    }
    for (const way of ['finished false', 'finished true']) expect(ways).toContain(way);
  }, 120_000);

  it.each(['SIGINT', 'SIGTERM'])('by %s in the middle of the write writes to the end', (signal) => {
    const whole = project();
    const changes = changesOf(whole, INIT);
    for (const part of [0.1, 0.5, 0.9]) {
      const folder = project();
      const ended = cli(folder, INIT, crashing(Math.floor(changes * part), signal));
      expect([ended.code, ended.signal], ended.stderr).toEqual([0, null]);
      expect(treeOf(folder)).toEqual(treeOf(whole));
    }
  });

  it('whose reader went away writes to the end', () => {
    const whole = project();
    expect(cli(whole, INIT)).toMatchObject({ code: 0 });
    for (const pipe of ['| true', '2>&1 >/dev/null | true', '2>&1 | head -c 10', '>&- 2>&-']) {
      const folder = project();
      const script = `"$0" "$1" ${INIT.join(' ')} ${pipe}`;
      const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment };
      spawnSync('sh', ['-c', script, process.execPath, BIN], { cwd: folder, env });
      const next = cli(folder, INIT);
      expect(next.code, pipe).toBe(0);
      expect(treeOf(folder), pipe).toEqual(treeOf(whole));
    }
  });
});

describe('many runs at once', () => {
  it.each([2, 16])('%i of them write one after the other or not at all', async (many) => {
    const whole = project({ setUp: true });
    const folder = project();
    const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment };
    const runs = Array.from({ length: many }, () => {
      const child = spawn(process.execPath, [BIN, '--yes'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
      let told = '';
      child.stderr.on('data', (data) => {
        told += String(data);
      });
      return new Promise<[number | null, string]>((resolve) => child.on('close', (code) => resolve([code, told])));
    });
    const ended = await Promise.all(runs);
    expect(ended.filter(([code]) => code === 0).length).toBeGreaterThan(0);
    for (const [code, told] of ended) {
      expect([0, 2], told).toContain(code);
      if (code === 2) expect(told).toMatch(/LOCKED|CHANGED/);
    }
    expect(treeOf(folder)).toEqual(treeOf(whole));
    expect(cli(folder, ['undo', '--yes'])).toMatchObject({ code: 0 });
    expect(bytesOf(folder)).toEqual(bytesOf(project()));
  });
});

/** A disk of its own, so many KiB large. Where nobody may mount one, it is said that the test did not run. */
function onDisk(context: Pick<TestContext, 'skip'>, size: number, action: (folder: string) => void): void {
  const mount = join(emptyFolder(), 'disk');
  mkdirSync(mount);
  const words = ['-t', 'tmpfs', '-o', `size=${size}k`, 'none', mount];
  if (process.getuid?.() !== 0 || spawnSync('mount', words).status !== 0) {
    console.warn('NOT TESTED: a real full or read-only disk, because only root may mount one.');
    context.skip('needs root and mount');
  }
  try {
    action(mount);
  } finally {
    spawnSync('umount', [mount]);
  }
}

describe('a disk', () => {
  it('that is full: nothing is written, and it is said where', (context) => {
    onDisk(context, 1024, (mount) => {
      const folder = join(mount, 'p');
      cpSync(project(), folder, { recursive: true });
      const before = bytesOf(folder);
      const used = Number(spawnSync('du', ['-sk', mount], { encoding: 'utf8' }).stdout.split('\t')[0]);
      for (const room of [0, 8, 40, 120]) {
        spawnSync('mount', ['-o', `remount,size=${used + room}k`, mount]);
        const { code, stderr } = cli(folder, ['--yes']);
        expect(code, stderr).toBe(2);
        expect(stderr).toMatch(/WRITE +\S+: the disk is full \(ENOSPC\)/);
        expect(bytesOf(folder)).toEqual(before);
      }
      spawnSync('mount', ['-o', 'remount,size=16m', mount]);
      expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    });
  });

  it('that is read-only: exit 2, also for undo', (context) => {
    onDisk(context, 16384, (mount) => {
      const folder = join(mount, 'p');
      cpSync(project(), folder, { recursive: true });
      expect(cli(folder, ['--yes', '--set', 'generators=docker'])).toMatchObject({ code: 0 });
      const before = bytesOf(folder);
      spawnSync('mount', ['--bind', folder, folder]);
      spawnSync('mount', ['-o', 'remount,bind,ro', folder]);
      try {
        for (const args of [
          ['add', 'compose', '--yes'],
          ['undo', '--yes'],
          ['remove', '--all', '--yes'],
        ]) {
          const { code, stderr } = cli(folder, args);
          expect(code, stderr).toBe(2);
          expect(stderr).toMatch(/WRITE +\.devops\S*: the file system is read-only \(EROFS\)/);
        }
        expect(cli(folder, ['plan']).code).toBeLessThan(2);
        expect(bytesOf(folder)).toEqual(before);
      } finally {
        spawnSync('umount', [folder]);
      }
    });
  });

  it('with a folder that may not be written: what was written elsewhere is taken back', (context) => {
    const under = powerless();
    if (under === null) context.skip('root cannot put its power down here');
    const folder = project();
    mkdirSync(join(folder, '.github/workflows'), { recursive: true });
    chmodSync(join(folder, '.github/workflows'), 0o555);
    const before = bytesOf(folder);
    const { code, stderr } = run(folder, ['--yes'], { under: under ?? [], env: environment });
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/WRITE +\.github\/workflows\/\S+: it may not be written \(EACCES\)/);
    expect(bytesOf(folder)).toEqual(before);
  });
});

describe('a folder of ours that may not be read', () => {
  it.each([['plan'], ['update'], ['remove', '--all', '--yes']])('is told by %s, and nothing is written', (...args) => {
    const folder = project({ setUp: true });
    const workflows = join(folder, '.github/workflows');
    const before = bytesOf(folder);
    chmodSync(workflows, 0);
    const { code, stderr } = run(folder, args, { under: powerless() ?? [], env: environment });
    chmodSync(workflows, 0o755);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/READ +\.github\/workflows\/\S+: cannot be read \(EACCES\)/);
    expect(bytesOf(folder)).toEqual(before);
  });
});

describe('what undo keeps', () => {
  it('is not seen by git, during an interruption neither', () => {
    const folder = project();
    const status = (): string =>
      spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: folder, encoding: 'utf8' }).stdout;
    cli(folder, ['--yes'], crashing(12));
    expect(statSync(join(folder, '.devops/tx')).isDirectory()).toBe(true);
    expect(status()).not.toContain('.devops/tx');
    expect(cli(folder, ['--yes'])).toMatchObject({ code: 0 });
    rmSync(join(folder, '.devops/.gitignore'));
    expect(status()).not.toContain('.devops/tx');
  });
});
