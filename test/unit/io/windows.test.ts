/** What Windows does differently, as tables: held on every system, because a clone lands anywhere. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkPath, collisions } from '../../../src/core/jail.ts';
import { openWriter } from '../../../src/io/disk.ts';
import { codeOf, type DiskIo, nodeIo, patient } from '../../../src/io/disk-io.ts';
import { openState } from '../../../src/io/state.ts';
import { look } from '../../helpers/crash.ts';
import { OLD, SCENARIOS, type ScenarioName } from '../../helpers/crash-plan.ts';
import { seed } from '../../helpers/tree.ts';
import { fresh, removeFresh } from '../../helpers/writes.ts';

afterEach(removeFresh);

describe('names', () => {
  it.each<[path: string, reason: RegExp | null]>([
    // Devices, in every folder, with any ending, in any case.
    ['con', /device/],
    ['docs/CON.md', /device/],
    ['prn.txt', /device/],
    ['aux/x', /device/],
    ['nul.tar.gz', /device/],
    ['com1.yml', /device/],
    ['LPT9', /device/],
    ['com\u00b2', /device/],
    ['conin$', /device/],
    ['CONOUT$.txt', /device/],
    ['clock$', /device/],
    ['aux .txt', /device/],
    ['console.md', null],
    ['com10', null],
    ['lpt', null],
    ['.con', null],
    ['auxiliary.ts', null],
    // Separators, drives, shares, streams.
    ['a\\b', /backslash/],
    ['..\\x', /backslash/],
    ['\\\\?\\C:\\x', /backslash/],
    ['\\\\server\\share', /backslash/],
    ['//server/share', /absolute/],
    ['C:/x', /drive/],
    ['c:x', /drive/],
    ['x/a:b', /characters/],
    ['docs/a.md:stream', /characters/],
    ['docs/a.md::$DATA', /characters/],
    // What Windows drops, or does not allow.
    ['a.', /drops/],
    ['a...', /drops/],
    ['a /b', /drops/],
    ['docs./x', /drops/],
    ['a?', /characters/],
    ['a*', /characters/],
    ['a|b', /characters/],
    ['a"b', /characters/],
    ['a<b>', /characters/],
    // Short names of long ones.
    ['git~1', /\.git/],
    ['GIT~2/config', /\.git/],
    ['DEVOPS~1', /short name/],
    ['docs/README~1.MD', /short name/],
    ['a~1', /short name/],
    ['readme~old.md', null],
    ['notes~1.markdown', null],
    ['~1', null],
  ])('%j', (path, reason) => {
    if (reason === null) expect(checkPath(path)).toBeNull();
    else expect(checkPath(path)?.message).toMatch(reason);
  });

  it.each([
    [['README.md', 'Readme.md']],
    [['Docs/a', 'docs/b']],
    [['docs/a', 'Docs']],
    [['\u00c9.md', 'e\u0301.md']],
    [['\u00c4', '\u00e4']],
  ])('%j are one file where case is ignored', (paths) => {
    expect(collisions(paths)).toHaveLength(1);
  });
});

describe('the state folder', () => {
  it.each<[platform: string, env: Record<string, string>, folder: string]>([
    ['win32', { LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local' }, 'C:\\Users\\a\\AppData\\Local\\create-devops-setup'],
    ['win32', { USERPROFILE: 'D:\\a' }, 'D:\\a\\AppData\\Local\\create-devops-setup'],
    ['win32', { LOCALAPPDATA: 'relative', USERPROFILE: 'D:\\a' }, 'D:\\a\\AppData\\Local\\create-devops-setup'],
    ['darwin', { HOME: '/Users/a', XDG_STATE_HOME: '/x' }, '/Users/a/Library/Application Support/create-devops-setup'],
    ['linux', { HOME: '/home/a' }, '/home/a/.local/state/create-devops-setup'],
    ['linux', { HOME: '/home/a', XDG_STATE_HOME: '/x' }, '/x/create-devops-setup'],
    ['linux', { HOME: '/home/a', XDG_STATE_HOME: 'relative' }, '/home/a/.local/state/create-devops-setup'],
    ['freebsd', { HOME: '/home/a' }, '/home/a/.local/state/create-devops-setup'],
  ])('on %s with %j', (platform, env, folder) => {
    expect(openState(env, platform).folder).toBe(folder);
  });
});

describe('files that somebody else holds for a moment', () => {
  const busy = (times: number): DiskIo => {
    let left = times;
    const call = (): void => {
      if (left-- > 0) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
    };
    return { ...nodeIo, rename: call, unlink: call, rmdir: call };
  };

  it.each(['rename', 'unlink', 'rmdir'] as const)('are waited for by %s, up to two seconds', (name) => {
    const waits: number[] = [];
    const sleep = (ms: number): number => waits.push(ms);
    patient(busy(3), 'win32', sleep)[name]('a', 'b');
    expect(waits).toEqual([10, 20, 40]);
    waits.length = 0;
    expect(() => patient(busy(Number.POSITIVE_INFINITY), 'win32', sleep)[name]('a', 'b')).toThrow('busy');
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(2000);
  });

  it('are not waited for elsewhere, where it would not help', () => {
    const io = busy(1);
    expect(patient(io, 'linux')).toBe(io);
  });
});

/**
 * A disk with the manners of Windows: one permission bit, no syncing of folders, nothing renamed over a folder or a read-only file, and a
 * scanner that holds every fifth file for a moment.
 */
function windowsIo(): DiskIo {
  let calls = 0;
  const fail = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  const scanned = (): void => {
    calls += 1;
    if (calls % 5 === 0) fail(['EPERM', 'EBUSY', 'EACCES'][calls % 3] as string);
  };
  const dulled = (stat: fs.Stats): fs.Stats => {
    if (stat.isFile()) stat.mode = (stat.mode & ~0o777) | ((stat.mode & 0o200) === 0 ? 0o444 : 0o666);
    return stat;
  };
  const lstat = (path: string): fs.Stats | null => {
    const stat = nodeIo.lstat(path);
    return stat === null ? null : dulled(stat);
  };
  return {
    ...nodeIo,
    lstat,
    fstat: (fd) => dulled(nodeIo.fstat(fd)),
    chmod: (fd, mode) =>
      nodeIo.chmod(fd, nodeIo.fstat(fd).isDirectory() ? fail('EPERM') : (mode & 0o200) === 0 ? 0o444 : 0o644),
    chown: () => {},
    sync: (fd) => (nodeIo.fstat(fd).isDirectory() ? fail('EPERM') : undefined),
    mkdir: (path) => nodeIo.mkdir(path),
    rename: (from, to) => {
      scanned();
      const there = lstat(to);
      if (there?.isDirectory() === true || (there !== null && (there.mode & 0o200) === 0)) fail('EPERM');
      nodeIo.rename(from, to);
    },
    unlink: (path) => {
      scanned();
      nodeIo.unlink(path);
    },
    rmdir: (path) => {
      if (nodeIo.readdir(path).length > 0) fail('ENOTEMPTY');
      scanned();
      nodeIo.rmdir(path);
    },
  };
}

describe('a disk with the manners of Windows', () => {
  const platform = process.platform;
  beforeEach(() => void Object.defineProperty(process, 'platform', { value: 'win32' }));
  afterEach(() => void Object.defineProperty(process, 'platform', { value: platform }));

  /** Without modes, which are not kept there. */
  const texts = (tree: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(tree).map(([path, told]) => [path, told.replace(/^\d+ /, '')]));

  it.each(Object.keys(SCENARIOS) as ScenarioName[])('gets through %s, and back', (name) => {
    const folder = fresh();
    const place = { folder, root: join(folder, 'p'), state: join(folder, 's') };
    const plain = { folder, root: join(folder, 'q'), state: join(folder, 't') };
    for (const { root } of [place, plain]) seed(root, OLD);
    const before = texts(look(place).tree);
    const writer = openWriter(place.root, { io: windowsIo(), stateFolder: () => place.state });
    SCENARIOS[name].before(writer);
    SCENARIOS[name].act(writer);
    Object.defineProperty(process, 'platform', { value: platform });
    const usual = openWriter(plain.root, { stateFolder: () => plain.state });
    SCENARIOS[name].before(usual);
    SCENARIOS[name].act(usual);
    Object.defineProperty(process, 'platform', { value: 'win32' });
    expect(texts(look(place).tree)).toEqual(texts(look(plain).tree));
    while (writer.undoable() !== null) writer.undo();
    expect(texts(look(place).tree)).toMatchObject(before);
    expect(writer.unfinished()).toBe(false);
  });

  it('says which file is read-only, and puts everything back', () => {
    const root = fresh({ a: 'x\n', b: ['x\n', 0o444] });
    const writes = ['a', 'b'].map((path) => ({
      path,
      content: 'y\n',
      mode: 0o644,
      expect: '73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac',
    }));
    const told = vi.fn();
    try {
      openWriter(root, { io: windowsIo() }).apply(writes);
    } catch (error) {
      told(codeOf((error as Error).cause), (error as Error).message);
    }
    expect(told).toHaveBeenCalledWith('EPERM', expect.stringContaining('WRITE b: the system does not allow it'));
    expect(fs.readFileSync(join(root, 'a'), 'utf8')).toBe('x\n');
  });
});
