/** What undo says of files that are in its way, and what a write that is to be kept outside of the project leaves there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { openWriter } from '../../../src/io/disk.ts';
import { snapshot } from '../../helpers/tree.ts';
import { create, failure, fresh, removeFresh, update, visible } from '../../helpers/writes.ts';

afterEach(removeFresh);

describe('undo, of a file that', () => {
  const told = (damage: (root: string) => unknown): string => {
    const root = fresh({ changed: 'old\n', gone: 'old\n' });
    const writer = openWriter(root);
    writer.apply([update('changed', 'old\n', 'ours\n'), update('gone', 'old\n', null), create('made')]);
    damage(root);
    try {
      writer.undo();
    } catch (error) {
      if (error instanceof SetupError) return error.problems.map(({ place, message }) => `${place}: ${message}`).join();
      throw error;
    }
    return 'fine';
  };

  it.each<[string, (root: string) => unknown, string]>([
    ['was edited', (root) => writeFileSync(join(root, 'changed'), 'mine\n'), 'changed: it was edited since.'],
    [
      'we made and somebody edited',
      (root) => writeFileSync(join(root, 'made'), 'mine\n'),
      'made: it was edited since.',
    ],
    ['was deleted', (root) => rmSync(join(root, 'changed')), 'changed: it was deleted since.'],
    ['we made and somebody deleted', (root) => rmSync(join(root, 'made')), 'made: it was deleted since.'],
    [
      'we deleted and somebody made again',
      (root) => writeFileSync(join(root, 'gone'), 'old\n'),
      'gone: it was deleted then, and is there again.',
    ],
    ['is as we left it', () => 0, 'fine'],
  ])('%s, says so', (_, damage, message) => {
    expect(told(damage)).toBe(message);
  });
});

describe('a write whose record is kept outside', () => {
  const place = (home: string) => join(home, 'state/create-devops-setup');
  const copies = (home: string): string[] => Object.keys(snapshot(home)).filter((path) => /\.old$|pending-/.test(path));
  const asked = (root: string, home: string, stop: number) => {
    let times = 0;
    return openWriter(root, { stateFolder: () => place(home), shouldStop: () => ++times === stop });
  };

  it('leaves no copy of anybody\u2019s texts there when it is taken back', () => {
    let reached = 0;
    for (let stop = 1; stop <= 4; stop += 1) {
      const home = fresh();
      const root = fresh({ 'package.json': 'secret\n', ours: 'new\n' });
      openWriter(root).apply([update('package.json', 'secret\n', 'ours\n')]);
      const before = visible(root);
      const writes = [update('package.json', 'ours\n', 'secret\n'), update('ours', 'new\n', null)];
      const problems = failure(() => asked(root, home, stop).apply(writes, { record: 'outside' }));
      if (problems[0] !== 'CANCELLED .') continue;
      if (existsSync(place(home))) reached += 1;
      expect(visible(root)).toEqual(before);
      expect(copies(home)).toEqual([]);
    }
    expect(reached).toBeGreaterThan(0);
  });

  it('takes along its own files only: not what somebody put beside them, nor what a link leads to', () => {
    const home = fresh({ victim: 'secret\n' });
    const root = fresh({ a: 'one\n', b: 'one\n' });
    openWriter(root).apply([update('a', 'one\n', 'two\n')], { label: 'first' });
    const record = join(root, '.devops/tx/undo/1');
    writeFileSync(join(record, 'notes.txt'), 'mine\n');
    symlinkSync(join(home, 'victim'), join(record, '7.old'));
    mkdirSync(join(record, '8.old'));
    openWriter(root, { stateFolder: () => place(home) }).apply([update('b', 'one\n', null)], { record: 'outside' });
    const shelf = join(place(home), 'undo', readdirSync(join(place(home), 'undo'))[0] as string);
    expect(readdirSync(join(shelf, '1')).sort()).toEqual(['0.old', 'committed', 'journal.json']);
    expect(readFileSync(join(shelf, '1/0.old'), 'utf8')).toBe('one\n');
    const writer = openWriter(root, { stateFolder: () => place(home) });
    writer.undo();
    expect(writer.undo().label).toBe('first');
    expect(visible(root)).toEqual({ a: '644 "one\\n"', b: '644 "one\\n"' });
  });
});
