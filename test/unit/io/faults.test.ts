import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { openWriter } from '../../../src/io/disk.ts';
import { type DiskIo, nodeIo, patient } from '../../../src/io/disk-io.ts';
import { mixedWrites, OLD } from '../../helpers/crash-plan.ts';
import { removeFolder, seed, snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, update } from '../../helpers/writes.ts';

afterEach(removeFresh);

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

  it.each(['ENOSPC', 'EACCES', 'EROFS', 'EPERM', 'EXDEV'])(
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
    const mount = fresh();
    if (process.getuid?.() !== 0 || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', mount]).status !== 0)
      context.skip('needs root and mount');
    try {
      seed(mount, { 'user.txt': ['u'.repeat(30_000), 0o600] });
      const before = snapshot(mount);
      const writes = [
        update('user.txt', 'u'.repeat(30_000), 'n'.repeat(90_000)),
        create('deep/er/big.txt', 'n'.repeat(200_000)),
      ];
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
    const busy = {
      ...nodeIo,
      rename: () => {
        if (left-- > 0) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
      },
    };
    patient(busy, 'win32', (ms) => waits.push(ms)).rename('a', 'b');
    expect(waits).toEqual([10, 20, 40]);
    left = Number.POSITIVE_INFINITY;
    waits.length = 0;
    expect(() => patient(busy, 'win32', (ms) => waits.push(ms)).rename('a', 'b')).toThrow('busy');
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(2000);
    expect(patient(busy, 'linux')).toBe(busy);
  });
});
