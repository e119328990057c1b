import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWriter } from '../../../src/io/disk.ts';
import { type DiskIo, nodeIo, patient } from '../../../src/io/disk-io.ts';
import { SetupError } from '../../../src/errors.ts';
import type { Write } from '../../../src/model.ts';
import { ATTACKS } from '../../helpers/attacks.ts';
import { mixedWrites, OLD } from '../../helpers/crash-plan.ts';
import { removeFolder, type Seed, seed, sha, snapshot, tempFolder } from '../../helpers/tree.ts';

const folders: string[] = [];
function fresh(files: Seed = {}): string {
  const root = tempFolder();
  folders.push(root);
  seed(root, files);
  return root;
}
afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder(folder);
});

const create = (path: string, content = 'new\n', mode = 0o644): Write => ({ path, content, mode, expect: null });
const update = (path: string, before: string, content: string | null, mode = 0o644): Write => ({ path, content, mode, expect: sha(before) });

/** The problems of an action that has to fail, as `CODE place`. */
function failure(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ code, place }) => `${code} ${place}`);
    throw error;
  }
  return ['nothing was thrown'];
}

describe('apply', () => {
  it('creates, updates and deletes, with modes, and leaves nothing behind', () => {
    const root = fresh(OLD);
    const told: string[] = [];
    openWriter(root).apply(mixedWrites(), (done, total) => told.push(`${done}/${total}`));
    const tree = snapshot(root);
    expect(tree['scripts/run.sh']).toBe('755 "#!/bin/sh\\n"');
    expect(tree['package.json']).toContain('600 ');
    expect(tree).not.toHaveProperty('legacy/deep/');
    expect(tree).toHaveProperty('legacy/stays.txt');
    expect(tree).not.toHaveProperty('.devops/tx/');
    expect(told.at(0)).toBe('1/9');
    expect(told.at(-1)).toBe('9/9');
  });

  it('touches nothing for an empty list, and no folder of ours stays where nothing of ours was written', () => {
    const root = fresh({ a: 'x\n' });
    openWriter(root).apply([]);
    openWriter(root).apply([update('a', 'x\n', 'y\n')]);
    expect(readdirSync(root)).toEqual(['a']);
  });

  it.each(['a\r\nb\r\n', '\ufeffa\n', 'no newline', '', '\u{1f600} é\n', 'x'.repeat(300_000)])('writes the bytes that it was given (%#)', (text) => {
    const root = fresh({ a: 'old' });
    openWriter(root).apply([update('a', 'old', text, 0o600), create('ü/日本.md', text, 0o755)]);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe(text);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, 'ü/日本.md')).mode & 0o777).toBe(0o755);
  });

  it('does not let a broken progress listener stop what has begun', () => {
    const root = fresh();
    openWriter(root).apply([create('a')], () => {
      throw new Error('EPIPE');
    });
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('new\n');
  });

  it('follows a link to the root itself, and refuses a root that is no folder', () => {
    const root = fresh();
    const link = join(fresh(), 'link');
    symlinkSync(root, link);
    openWriter(link).apply([create('a')]);
    expect(existsSync(join(root, 'a'))).toBe(true);
    expect(failure(() => openWriter(join(root, 'a')))).toEqual([`PROJECT ${join(root, 'a')}`]);
    expect(failure(() => openWriter(join(root, 'nowhere')))).toEqual([`PROJECT ${join(root, 'nowhere')}`]);
  });

  it('keeps the owner of a file that root replaces', (context) => {
    if (process.getuid?.() !== 0) context.skip('only root can give files away');
    const root = fresh({ a: 'x\n' });
    chownSync(join(root, 'a'), 1234, 1234);
    openWriter(root).apply([update('a', 'x\n', 'y\n')]);
    expect(statSync(join(root, 'a'))).toMatchObject({ uid: 1234, gid: 1234 });
  });
});

describe('the jail', () => {
  it.each(ATTACKS)('refuses to write %j', (path) => {
    const root = fresh({ a: 'x\n' });
    const before = snapshot(root);
    expect(failure(() => openWriter(root).apply([create('fine'), create(path)]))[0]).toMatch(/^JAIL /);
    expect(snapshot(root)).toEqual(before);
  });

  /** A project and, beside it, a folder that nobody may reach. Links are made by `links`: name → target. */
  function withLinks(links: Readonly<Record<string, string>>): { root: string; outside: string } {
    const outside = fresh({ 'victim.txt': 'precious\n', 'sub/victim.txt': 'precious\n' });
    const root = fresh({ 'real/file.txt': 'x\n', 'plain.txt': 'x\n' });
    mkdirSync(join(root, 'folder'));
    for (const [name, target] of Object.entries(links)) symlinkSync(target.replace('OUTSIDE', outside), join(root, name));
    return { root, outside };
  }

  it.each([
    ['a linked folder', { link: 'OUTSIDE' }, 'link/new.txt'],
    ['a file in a linked folder', { link: 'OUTSIDE' }, 'link/victim.txt'],
    ['a folder below a linked folder', { link: 'OUTSIDE' }, 'link/sub/new/new.txt'],
    ['a linked file', { 'link.txt': 'OUTSIDE/victim.txt' }, 'link.txt'],
    ['a chain of links', { one: 'two', two: 'OUTSIDE' }, 'one/new.txt'],
    ['a chain of links to a file', { one: 'two', two: 'OUTSIDE/victim.txt' }, 'one'],
    ['a dangling link', { dangling: 'OUTSIDE/absent.txt' }, 'dangling'],
    ['a dangling link to a folder', { dangling: 'OUTSIDE/absent' }, 'dangling/new.txt'],
    ['a chain that dangles', { one: 'two', two: 'OUTSIDE/absent' }, 'one'],
    ['a link in a circle', { loop: 'loop' }, 'loop/new.txt'],
    ['a relative link out', { up: '..' }, 'up/new.txt'],
    ['a link that stays inside', { inner: 'real' }, 'inner/new.txt'],
    ['a linked file that stays inside', { inner: 'real/file.txt' }, 'inner'],
    ['a link deep down', { 'real/deep': 'OUTSIDE' }, 'real/deep/new.txt'],
    ['a folder as target', {}, 'folder'],
    ['a file as folder', {}, 'plain.txt/new.txt'],
    ['our folder as link', { '.devops': 'OUTSIDE' }, 'new.txt'],
    ['our folder as dangling link', { '.devops': 'OUTSIDE/absent' }, 'new.txt'],
    ['our folder as file', { '.devops': 'plain.txt' }, 'new.txt'],
  ])('refuses %s', (_, links, path) => {
    const { root, outside } = withLinks(links);
    const before = [snapshot(root), snapshot(outside)];
    const found = sha('precious\n');
    for (const expect_ of [null, found, sha('x\n')])
      for (const content of ['evil\n', null])
        expect(failure(() => openWriter(root).apply([create('fine'), { path, content, mode: 0o644, expect: expect_ }]))[0]).toMatch(/^JAIL /);
    expect([snapshot(root), snapshot(outside)]).toEqual(before);
  });

  it.each(['tx', 'tx/held', 'tx/breaking'])('refuses .devops/%s as a link', (name) => {
    const { root, outside } = withLinks({});
    mkdirSync(join(root, '.devops/tx'), { recursive: true });
    if (name === 'tx') removeFolder(join(root, '.devops/tx'));
    if (name === 'tx/breaking') seed(root, { '.devops/tx/held/owner.json': 'nobody' });
    symlinkSync(outside, join(root, '.devops', name));
    const before = snapshot(outside);
    expect(failure(() => openWriter(root).apply([create('fine')]))[0]).toMatch(/^JAIL /);
    expect(failure(() => openWriter(root).recover())[0]).toMatch(/^JAIL /);
    expect(snapshot(outside)).toEqual(before);
    expect(existsSync(join(root, 'fine'))).toBe(false);
  });

  it('refuses a pipe, and does not hang on it', (context) => {
    const root = fresh();
    if (spawnSync('mkfifo', [join(root, 'pipe')]).status !== 0) context.skip('mkfifo is not there');
    expect(failure(() => openWriter(root).apply([create('pipe')]))).toEqual(['JAIL pipe']);
  });

  it('tells all problems at once', () => {
    const { root } = withLinks({ link: 'OUTSIDE' });
    expect(failure(() => openWriter(root).apply([create('../x'), create('a:b'), create('A'), create('a'), create('.devops/tx/x')]))).toEqual([
      'JAIL ../x',
      'JAIL a:b',
      'JAIL .devops/tx/x',
      'JAIL a',
    ]);
    expect(failure(() => openWriter(root).apply([create('link/x'), create('folder'), update('plain.txt', 'y', 'z')]))).toEqual([
      'JAIL link/x',
      'JAIL folder',
      'CHANGED plain.txt',
    ]);
  });

  it('refuses a folder that becomes a link between staging and writing', () => {
    const { root, outside } = withLinks({});
    let armed = true;
    const io: DiskIo = {
      ...nodeIo,
      rename: (from, to) => {
        nodeIo.rename(from, to);
        if (!armed || !to.endsWith('a.txt')) return;
        armed = false;
        removeFolder(join(root, 'real'));
        symlinkSync(outside, join(root, 'real'));
      },
    };
    const writes = [create('a.txt'), create('real/victim.txt')];
    expect(failure(() => openWriter(root, { io }).apply(writes))).toEqual(['JAIL real/victim.txt']);
    expect(existsSync(join(root, 'a.txt'))).toBe(false);
    expect(snapshot(outside)).toMatchObject({ 'victim.txt': '644 "precious\\n"' });
  });
});

describe('a project that changes meanwhile', () => {
  it('is refused when a file is not what the plan saw: edited, appeared, gone', () => {
    const root = fresh({ edited: 'mine\n', appeared: 'mine\n' });
    const before = snapshot(root);
    const writes = [create('ok'), update('edited', 'x\n', 'y\n'), create('appeared'), update('gone', 'x\n', null)];
    expect(failure(() => openWriter(root).apply(writes))).toEqual(['CHANGED edited', 'CHANGED appeared', 'CHANGED gone']);
    expect(snapshot(root)).toEqual(before);
  });

  it('is rolled back when an editor saves between staging and writing', () => {
    const root = fresh({ a: 'x\n', b: 'x\n' });
    const writes = [update('a', 'x\n', 'y\n'), update('b', 'x\n', 'y\n')];
    const save = (done: number): void => {
      if (done === 1) writeFileSync(join(root, 'b'), 'saved\n');
    };
    expect(failure(() => openWriter(root).apply(writes, save))).toEqual(['CHANGED b']);
    expect(snapshot(root)).toEqual({ a: '644 "x\\n"', b: '644 "saved\\n"' });
  });

  it('keeps what the user wrote after a crash, and takes back the rest', () => {
    const root = fresh({ a: 'x\n', b: 'x\n' });
    const io: DiskIo = {
      ...nodeIo,
      open: (path, ...rest) => {
        if (path.endsWith('committed')) throw Object.assign(new Error('crash'), { code: 'EIO' });
        return nodeIo.open(path, ...rest);
      },
      rename: (from, to) => {
        if (from.endsWith('.old')) throw Object.assign(new Error('crash'), { code: 'EIO' });
        nodeIo.rename(from, to);
      },
      unlink: (path) => {
        if (path === join(root, 'c')) throw Object.assign(new Error('crash'), { code: 'EIO' });
        nodeIo.unlink(path);
      },
    };
    const writes = [update('a', 'x\n', 'y\n'), update('b', 'x\n', 'y\n'), create('c')];
    expect(failure(() => openWriter(root, { io }).apply(writes))).toContain('WRITE a');
    expect(openWriter(root).unfinished()).toBe(true);
    writeFileSync(join(root, 'a'), 'mine\n');
    expect(openWriter(root).recover()).toBe('rolled-back');
    expect(snapshot(root)).toEqual({ a: '644 "mine\\n"', b: '644 "x\\n"' });
  });
});

describe('errors on the way', () => {
  /** Makes the calls that `when` picks fail. */
  function failing(code: string, when: (name: keyof DiskIo, args: readonly unknown[]) => boolean): DiskIo {
    const entries = Object.entries(nodeIo).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        if (when(name as keyof DiskIo, args)) throw Object.assign(new Error(code), { code });
        return (call as (...all: unknown[]) => unknown)(...args);
      },
    ]);
    return Object.fromEntries(entries) as DiskIo;
  }

  it('at any call of the disk leaves every file as it was or finishes, and never a file descriptor open', () => {
    const plainRoot = fresh(OLD);
    const before = snapshot(plainRoot);
    let total = 0;
    openWriter(plainRoot, { io: failing('EIO', () => ++total < 0) }).apply(mixedWrites());
    const after = snapshot(plainRoot);
    const ends = { old: 0, new: 0 };
    for (let at = 0; at < total; at += 1) {
      const root = fresh(OLD);
      let call = 0;
      const open = new Set<number>();
      const base = failing('EIO', () => call++ === at);
      const io: DiskIo = {
        ...base,
        open: (...args) => {
          const fd = base.open(...args);
          open.add(fd);
          return fd;
        },
        close: (fd) => {
          open.delete(fd);
          nodeIo.close(fd);
        },
      };
      let thrown: unknown = null;
      try {
        openWriter(root, { io }).apply(mixedWrites());
      } catch (error) {
        thrown = error;
      }
      if (thrown !== null) expect(thrown, `call ${at}`).toBeInstanceOf(SetupError);
      expect(open.size, `call ${at}`).toBe(0);
      const healed = openWriter(root);
      healed.recover();
      const tree = snapshot(root);
      const end = thrown === null ? 'new' : 'old';
      ends[end] += 1;
      expect(tree, `an error at call ${at} of ${total}`).toEqual(end === 'new' ? after : before);
      removeFolder(root);
    }
    expect(ends.old).toBeGreaterThan(100);
  });

  it.each(['ENOSPC', 'EACCES', 'EROFS', 'EPERM', 'EXDEV'])('%s at the third rename takes the first two back', (code) => {
    const root = fresh(OLD);
    const before = snapshot(root);
    const io = failing(code, (name, args) => name === 'rename' && String(args[0]).endsWith('4.new'));
    try {
      openWriter(root, { io }).apply(mixedWrites());
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      expect(error.problems).toMatchObject([{ code: 'WRITE', place: 'scripts/run.sh', message: expect.stringContaining(code), hint: expect.any(String) }]);
    }
    expect(snapshot(root)).toEqual(before);
  });

  it('on a full disk loses no byte', (context) => {
    const mount = fresh();
    if (process.getuid?.() !== 0 || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', mount]).status !== 0)
      context.skip('needs root and mount');
    try {
      seed(mount, { 'user.txt': ['u'.repeat(30_000), 0o600] });
      const before = snapshot(mount);
      const writes = [update('user.txt', 'u'.repeat(30_000), 'n'.repeat(90_000)), create('deep/er/big.txt', 'n'.repeat(200_000))];
      expect(failure(() => openWriter(mount).apply(writes))).toEqual(['WRITE deep/er/big.txt']);
      expect(snapshot(mount)).toEqual(before);
    } finally {
      spawnSync('umount', [mount]);
    }
  });

  it('on a read-only file system touches nothing', (context) => {
    const mount = fresh();
    if (process.getuid?.() !== 0 || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', mount]).status !== 0)
      context.skip('needs root and mount');
    try {
      seed(mount, { a: 'x\n' });
      spawnSync('mount', ['-o', 'remount,ro', mount]);
      expect(failure(() => openWriter(mount).apply([update('a', 'x\n', 'y\n')]))[0]).toMatch(/^WRITE \.devops/);
      expect(openWriter(mount).recover()).toBe('clean');
      expect(snapshot(mount)).toEqual({ a: '644 "x\\n"' });
    } finally {
      spawnSync('umount', [mount]);
    }
  });

  it('in a folder that may not be written takes back what was written elsewhere', (context) => {
    const root = fresh(OLD);
    const asNobody = process.getuid?.() === 0;
    if (asNobody && (process.setegid === undefined || process.seteuid === undefined)) context.skip('no such user');
    const before = snapshot(root);
    chmodSync(join(root, 'scripts'), 0o555);
    if (asNobody) spawnSync('chown', ['-R', '65534:65534', root]);
    try {
      if (asNobody) process.seteuid?.(65534);
      expect(failure(() => openWriter(root).apply(mixedWrites()))).toEqual(['WRITE scripts/run.sh']);
    } finally {
      if (asNobody) process.seteuid?.(0);
      chmodSync(join(root, 'scripts'), 0o755);
    }
    expect(snapshot(root)).toEqual(before);
  });

  it('that are bugs stay what they are, and are rolled back all the same', () => {
    const root = fresh(OLD);
    const before = snapshot(root);
    let asked = 0;
    const shouldStop = (): boolean => {
      if (++asked === 4) throw new TypeError('a bug');
      return false;
    };
    expect(() => openWriter(root, { shouldStop }).apply(mixedWrites())).toThrow(TypeError);
    expect(snapshot(root)).toEqual(before);
  });

  it('on Windows that pass are waited for, up to two seconds', () => {
    let left = 3;
    const waits: number[] = [];
    const busy = { ...nodeIo, rename: () => {
      if (left-- > 0) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
    } };
    patient(busy, 'win32', (ms) => waits.push(ms)).rename('a', 'b');
    expect(waits).toEqual([10, 20, 40]);
    left = Number.POSITIVE_INFINITY;
    waits.length = 0;
    expect(() => patient(busy, 'win32', (ms) => waits.push(ms)).rename('a', 'b')).toThrow('busy');
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(2000);
    expect(patient(busy, 'linux')).toBe(busy);
  });
});

describe('stopping', () => {
  it.each([1, 3, 10])('at question %i rolls everything back', (at) => {
    const root = fresh(OLD);
    const before = snapshot(root);
    let asked = 0;
    const writer = openWriter(root, { shouldStop: () => ++asked === at });
    expect(failure(() => writer.apply(mixedWrites()))).toEqual(['CANCELLED .']);
    expect(snapshot(root)).toEqual(before);
  });
});

describe('the hold', () => {
  const owner = (more: object = {}): string =>
    JSON.stringify({ pid: 1, host: hostname(), started: '2026-01-01T00:00:00.000Z', stamp: null, token: 'a'.repeat(16), ...more });
  const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  it('of a living process refuses, naming it, and is no unfinished run', () => {
    const root = fresh({ '.devops/tx/held/owner.json': owner({ pid: process.ppid }) });
    const before = snapshot(root);
    for (const action of [() => openWriter(root).apply([create('a')]), () => openWriter(root).recover()])
      expect(action).toThrow(`process ${process.ppid} on ${hostname()}`);
    expect(openWriter(root).unfinished()).toBe(false);
    expect(snapshot(root)).toEqual(before);
  });

  it('of another machine is never taken over, and says how to', () => {
    const root = fresh({ '.devops/tx/held/owner.json': owner({ host: 'elsewhere', pid: deadPid() }) });
    expect(failure(() => openWriter(root).apply([create('a')]))).toEqual(['LOCKED .devops/tx/held']);
    removeFolder(join(root, '.devops/tx/held/owner.json'));
    openWriter(root).apply([create('a')]);
    expect(readdirSync(root)).toEqual(['a']);
  });

  it.each([
    ['a dead process', () => owner({ pid: deadPid() })],
    ['a process whose pid somebody else has now', () => owner({ pid: process.ppid, stamp: 'another boot 1' })],
    ['nobody', () => ''],
    ['a lie', () => owner({ pid: -1 })],
    ['pid 0', () => owner({ pid: 0 })],
    ['an attacker', () => owner({ host: '\u001b[2J', pid: process.ppid })],
  ])('of %s heals itself', (_, text) => {
    const root = fresh({ '.devops/tx/held/owner.json': text(), '.devops/tx/held/0.new': 'half' });
    expect(openWriter(root).unfinished()).toBe(true);
    openWriter(root).apply([create('a')]);
    expect(readdirSync(root)).toEqual(['a']);
    expect(openWriter(root).unfinished()).toBe(false);
  });

  it('whose taking over was interrupted heals as well', () => {
    const root = fresh({
      '.devops/tx/held/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/breaking/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/own-1/owner.json': owner({ pid: deadPid() }),
      '.devops/tx/own-2/half': '',
      '.devops/tx/done-1/0.old': 'x',
    });
    expect(openWriter(root).recover()).toBe('staging-dropped');
    expect(readdirSync(root)).toEqual([]);
  });

  it('lets many runs at once write one after the other or not at all, never mixed', async () => {
    const root = fresh({ counter: '0\n' });
    const script = join(fresh(), 'run.mjs');
    const { buildSync } = await import('esbuild');
    buildSync({
      stdin: {
        contents: `
          import { createHash } from 'node:crypto';
          import { readFileSync } from 'node:fs';
          import { openWriter } from './src/io/disk.ts';
          const [root, id] = process.argv.slice(2);
          const before = readFileSync(root + '/counter', 'utf8');
          const files = Array.from({ length: 5 }, (_, n) => ({ path: 'by/' + id + '/' + n, content: id, mode: 0o644, expect: null }));
          const counter = { path: 'counter', content: Number(before) + 1 + '\\n', mode: 0o644, expect: createHash('sha256').update(before).digest('hex') };
          try { openWriter(root).apply([...files, counter]); console.log('done'); }
          catch (error) { console.log(error.problems?.[0]?.code ?? error.stack); }`,
        resolveDir: join(import.meta.dirname, '../../..'),
      },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const runs = Array.from({ length: 12 }, (_, id) => {
      const child = spawn(process.execPath, [script, root, String(id)]);
      let output = '';
      child.stdout.on('data', (data) => {
        output += String(data);
      });
      return new Promise<string>((resolve) => child.on('close', () => resolve(output.trim())));
    });
    const results = await Promise.all(runs);
    expect(new Set([...results, 'done', 'LOCKED', 'CHANGED'])).toEqual(new Set(['done', 'LOCKED', 'CHANGED']));
    const done = results.flatMap((result, id) => (result === 'done' ? [id] : []));
    expect(done.length).toBeGreaterThan(0);
    expect(readFileSync(join(root, 'counter'), 'utf8')).toBe(`${done.length}\n`);
    expect(readdirSync(join(root, 'by')).map(Number).sort((a, b) => a - b)).toEqual(done);
    for (const id of done) expect(readdirSync(join(root, 'by', String(id)))).toHaveLength(5);
    expect(readdirSync(root).sort()).toEqual(['by', 'counter']);
  });
});

describe('a journal that somebody else wrote', () => {
  const planted = (journal: unknown, more: Seed = {}): string =>
    fresh({ 'victim.txt': 'x\n', '.devops/tx/held/journal.json': JSON.stringify(journal), '.devops/tx/held/owner.json': '', ...more });
  const state = (text: string): object => ({ hash: sha(text), mode: 0o644 });
  const operation = (path: string): object => ({ version: 1, folders: [], operations: [{ path, old: null, new: state('x\n') }] });

  it.each(ATTACKS)('is refused when it names %j', (path) => {
    const root = planted(operation(path));
    const before = snapshot(root);
    expect(failure(() => openWriter(root).recover())[0]).toMatch(/^JAIL /);
    const { '.devops/tx/held/owner.json': _, ...rest } = snapshot(root);
    expect({ ...rest, '.devops/tx/held/owner.json': before['.devops/tx/held/owner.json'] }).toEqual(before);
  });

  it.each([
    ['no JSON', '{'],
    ['null', null],
    ['another version', { version: 2, folders: [], operations: [] }],
    ['folders that leave', { version: 1, folders: ['../x'], operations: [] }],
    ['no list', { version: 1, folders: [], operations: {} }],
    ['a wrong state', { version: 1, folders: [], operations: [{ path: 'victim.txt', old: null, new: { hash: 'x', mode: 1 } }] }],
    ['a wrong mode', { version: 1, folders: [], operations: [{ path: 'a', old: { hash: sha(''), mode: 65536 }, new: null }] }],
  ])('is refused when it is %s', (_, journal) => {
    const root = planted(journal);
    if (journal === '{') writeFileSync(join(root, '.devops/tx/held/journal.json'), '{');
    expect(failure(() => openWriter(root).recover())[0]).toMatch(/^(WRITE|JAIL) /);
    expect(readFileSync(join(root, 'victim.txt'), 'utf8')).toBe('x\n');
  });

  it('reaches nothing through links, in the project or beside the journal', () => {
    const outside = fresh({ 'secret.txt': 'secret\n', 'x.txt': 'x\n' });
    const root = planted({
      version: 1,
      folders: [],
      operations: [
        { path: 'link/x.txt', old: null, new: state('x\n') },
        { path: 'victim.txt', old: state('secret\n'), new: state('x\n') },
      ],
    });
    symlinkSync(outside, join(root, 'link'));
    symlinkSync(join(outside, 'secret.txt'), join(root, '.devops/tx/held/1.old'));
    expect(failure(() => openWriter(root).recover())).toEqual(['WRITE victim.txt']);
    expect(readFileSync(join(root, 'victim.txt'), 'utf8')).toBe('x\n');
    expect(readdirSync(outside).sort()).toEqual(['secret.txt', 'x.txt']);
  });

  it('cannot put bytes into a file that are not the old ones', () => {
    const journal = { version: 1, folders: [], operations: [{ path: 'victim.txt', old: state('old\n'), new: state('x\n') }] };
    const root = planted(journal, { '.devops/tx/held/0.old': 'evil\n' });
    expect(failure(() => openWriter(root).recover())).toEqual(['WRITE victim.txt']);
    expect(readFileSync(join(root, 'victim.txt'), 'utf8')).toBe('x\n');
  });
});
