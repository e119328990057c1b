import { chownSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWriter } from '../../../src/io/disk.ts';
import { type DiskIo, nodeIo } from '../../../src/io/disk-io.ts';
import { mixedWrites, OLD } from '../../helpers/crash-plan.ts';
import { snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, update, visible } from '../../helpers/writes.ts';

afterEach(removeFresh);

describe('apply', () => {
  it('creates, updates and deletes, with modes, and leaves nothing behind but the record of undo', () => {
    const root = fresh(OLD);
    const told: string[] = [];
    openWriter(root).apply(mixedWrites(), { progress: (done, total) => told.push(`${done}/${total}`) });
    const tree = visible(root);
    expect(tree['scripts/run.sh']).toBe('755 "#!/bin/sh\\n"');
    expect(tree['package.json']).toContain('600 ');
    expect(tree).not.toHaveProperty('legacy/deep/');
    expect(tree).toHaveProperty('legacy/stays.txt');
    expect(tree).not.toHaveProperty('.devops/tx/');
    expect(told.at(0)).toBe('1/9');
    expect(told.at(-1)).toBe('9/9');
  });

  it('touches nothing for an empty list, or for a list that asks for nothing', () => {
    const root = fresh({ a: 'x\n' });
    openWriter(root).apply([]);
    openWriter(root).apply([{ path: 'gone', content: null, mode: 0o644, expect: null }]);
    expect(readdirSync(root)).toEqual(['a']);
  });

  it.each(['a\r\nb\r\n', '\ufeffa\n', 'no newline', '', '\u{1f600} é\n', 'x'.repeat(300_000)])(
    'writes the bytes that it was given (%#)',
    (text) => {
      const root = fresh({ a: 'old' });
      openWriter(root).apply([update('a', 'old', text, 0o600), create('ü/日本.md', text, 0o755)]);
      expect(readFileSync(join(root, 'a'), 'utf8')).toBe(text);
      expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o600);
      expect(statSync(join(root, 'ü/日本.md')).mode & 0o777).toBe(0o755);
    },
  );

  it('does not let a broken progress listener stop what has begun', () => {
    const root = fresh();
    openWriter(root).apply([create('a')], {
      progress: () => {
        throw new Error('EPIPE');
      },
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

describe('a project that changes meanwhile', () => {
  it('is refused when a file is not what the plan saw: edited, appeared, gone', () => {
    const root = fresh({ edited: 'mine\n', appeared: 'mine\n' });
    const before = snapshot(root);
    const writes = [create('ok'), update('edited', 'x\n', 'y\n'), create('appeared'), update('gone', 'x\n', null)];
    expect(failure(() => openWriter(root).apply(writes))).toEqual([
      'CHANGED edited',
      'CHANGED appeared',
      'CHANGED gone',
    ]);
    expect(snapshot(root)).toEqual(before);
  });

  it('is rolled back when an editor saves between staging and writing', () => {
    const root = fresh({ a: 'x\n', b: 'x\n' });
    const writes = [update('a', 'x\n', 'y\n'), update('b', 'x\n', 'y\n')];
    const save = (done: number): void => {
      if (done === 1) writeFileSync(join(root, 'b'), 'saved\n');
    };
    expect(failure(() => openWriter(root).apply(writes, { progress: save }))).toEqual(['CHANGED b']);
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
    expect(openWriter(root).recover().outcome).toBe('rolled-back');
    expect(snapshot(root)).toEqual({ a: '644 "mine\\n"', b: '644 "x\\n"' });
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
