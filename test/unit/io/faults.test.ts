import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { openWriter } from '../../../src/io/disk.ts';
import { type DiskIo, nodeIo } from '../../../src/io/disk-io.ts';
import { CrashBench } from '../../helpers/crash.ts';
import { mixedWrites, OLD, SCENARIOS, type ScenarioName } from '../../helpers/crash-plan.ts';
import { seed, snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, update } from '../../helpers/writes.ts';

afterEach(removeFresh);

/** A small disk of its own. Where nobody may mount one, it is said that the test did not run. */
function onTmpfs(context: Pick<TestContext, 'skip'>, action: (mount: string) => void): void {
  const mount = fresh();
  const made =
    process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', mount]).status === 0;
  if (!made) {
    console.warn('NOT TESTED: a real full or read-only disk, because only root may mount one.');
    context.skip('needs root and mount');
  }
  try {
    action(mount);
  } finally {
    spawnSync('umount', [mount]);
  }
}

function remount(mount: string, pages: number): void {
  const done = spawnSync('mount', ['-o', `remount,size=${pages * 4}k`, mount], { encoding: 'utf8' });
  expect(done.stderr).toBe('');
}

/** What a disk says truthfully; ENOENT where something is would be a lie. `test/long/crash-faults.test.ts` has each at every call. */
const CODES = ['EIO', 'ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EPERM', 'EMFILE', 'EBUSY'];

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

  it.each(Object.keys(SCENARIOS) as ScenarioName[])(
    'at a sample of the calls of %s leave every file as it was, or it is done; and no file open',
    (name) => {
      const bench = new CrashBench(name);
      try {
        const ends = { old: 0, new: 0 };
        for (let at = 0; at < bench.steps; at += 7) ends[bench.fail(at, CODES[at % CODES.length] as string)] += 1;
        expect(ends.old).toBeGreaterThan(30);
      } finally {
        bench.close();
      }
    },
  );

  it.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EPERM', 'EXDEV'])(
    '%s at the third rename takes the first two back',
    (code) => {
      const root = fresh(OLD);
      const before = snapshot(root);
      const io = failing(code, (name, args) => name === 'rename' && String(args[0]).endsWith('4.new'));
      try {
        openWriter(root, { io }).apply(mixedWrites());
        expect.unreachable();
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        expect(error.problems).toMatchObject([
          { code: 'WRITE', place: 'scripts/run.sh', message: expect.stringContaining(code), hint: expect.any(String) },
        ]);
      }
      expect(snapshot(root)).toEqual(before);
    },
  );

  it('on a full disk loses no byte', (context) => {
    onTmpfs(context, (mount) => {
      seed(mount, { 'user.txt': ['u'.repeat(30_000), 0o600] });
      const before = snapshot(mount);
      const writes = [
        update('user.txt', 'u'.repeat(30_000), 'n'.repeat(90_000)),
        create('deep/er/big.txt', 'n'.repeat(200_000)),
      ];
      expect(failure(() => openWriter(mount).apply(writes))).toEqual(['WRITE deep/er/big.txt']);
      expect(snapshot(mount)).toEqual(before);
    });
  });

  it.for(Object.keys(SCENARIOS) as ScenarioName[])(
    'on a disk that becomes full in the middle of %s leave the old or the new state',
    (name, context) => {
      onTmpfs(context, (mount) => {
        remount(mount, 2000);
        const bench = new CrashBench(name, mount);
        const ends: string[] = [];
        // With each page more it gets one step further.
        for (let pages = 0; ends.at(-1) !== 'new' && pages < 60; pages += 1)
          ends.push(bench.fill(pages, (size) => remount(mount, size)));
        expect(ends.length).toBeGreaterThan(5);
        expect(ends.at(-1)).toBe('new');
      });
    },
  );

  it.for(['remount', 'bind'])('on a read-only file system (%s) touches nothing', (how, context) => {
    onTmpfs(context, (mount) => {
      seed(mount, { 'p/a': 'x\n' });
      const root = join(mount, 'p');
      openWriter(root).apply([update('a', 'x\n', 'y\n')]);
      if (how === 'bind') spawnSync('mount', ['--bind', root, root]);
      spawnSync('mount', ['-o', how === 'bind' ? 'remount,bind,ro' : 'remount,ro', how === 'bind' ? root : mount]);
      const before = snapshot(root);
      try {
        expect(failure(() => openWriter(root).apply([update('a', 'y\n', 'z\n')]))[0]).toMatch(/^WRITE \.devops/);
        expect(failure(() => openWriter(root).undo())[0]).toMatch(/^WRITE \.devops/);
        expect(openWriter(root).recover().outcome).toBe('clean');
        expect(openWriter(root).undoable()?.changed).toEqual(['a']);
        expect(snapshot(root)).toEqual(before);
      } finally {
        if (how === 'bind') spawnSync('umount', [root]);
      }
    });
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
});
