/** What the reading port knows of our own files: copies of what was written, sizes, and texts that are larger than source code is. */
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProject } from '../../../src/io/project-files.ts';
import { seed, tempFolder } from '../../helpers/tree.ts';

let root: string;
beforeEach(() => {
  root = tempFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = () => openProject(root).files;
const LARGE = 'a\n'.repeat(1.5 * 1024 * 1024);

describe('our own files', () => {
  it('may be larger than source code', () => {
    seed(root, {
      'server.ts': LARGE,
      'ci.yml': LARGE.repeat(6),
      '.devops/lock.json': LARGE,
      '.devops/base/ci.yml.base': LARGE,
    });
    const files = open();
    expect(() => files.read('server.ts')).toThrow(/larger than 2 MiB/);
    expect(files.read('server.ts', true)).toBe(LARGE);
    expect(() => files.read('ci.yml')).toThrow(/larger than 16 MiB/);
    expect(files.read('ci.yml', true)).toBe(LARGE.repeat(6));
    files.list();
    expect(files.read('server.ts', true)).toBe(LARGE);
    expect(files.read('.devops/lock.json')).toBe(LARGE);
    expect(files.read('.devops/base/ci.yml.base')).toBe(LARGE);
  });

  it('are listed below a folder that the list leaves out, whatever its folders are called', () => {
    seed(root, { '.devops/base/dist/a.base': 'a', '.devops/base/b.base': 'b', '.devops/x': '', dist: '' });
    const files = open();
    expect(files.list()).toEqual(['.devops/x', 'dist']);
    expect(files.below?.('.devops/base')).toEqual(['.devops/base/b.base', '.devops/base/dist/a.base']);
    expect([files.below?.('nowhere'), files.below?.('dist')]).toEqual([[], []]);
  });

  it('are not reached through links', () => {
    const other = tempFolder();
    try {
      seed(other, { 'a.base': 'outside' });
      seed(root, { 'b/x': '', 'real/c.base': 'inside' });
      symlinkSync(other, join(root, '.devops'));
      expect(open().below?.('.devops')).toEqual([]);
      expect(() => open().read('.devops/base/a.base')).not.toThrow();
      rmSync(join(root, '.devops'));
      seed(root, { '.devops/base/own.base': 'own' });
      symlinkSync(join(other, 'a.base'), join(root, '.devops/base/a.base'));
      symlinkSync(other, join(root, '.devops/base/folder'));
      const files = open();
      expect(files.below?.('.devops/base')).toEqual(['.devops/base/own.base']);
      expect(files.read('.devops/base/own.base')).toBe('own');
      expect(() => files.read('.devops/base/a.base')).toThrow(/leads out of the project/);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('have a mode and a size, before and after they were listed', () => {
    seed(root, { 'a.sh': ['12345', 0o750], 'd/x': '' });
    const files = open();
    const seen = () => [
      files.mode('a.sh'),
      files.mode('b'),
      files.size?.('a.sh'),
      files.size?.('d'),
      files.size?.('b'),
    ];
    expect(seen()).toEqual([0o750, null, 5, null, null]);
    files.list();
    expect(seen()).toEqual([0o750, null, 5, null, null]);
    chmodSync(join(root, 'a.sh'), 0o600);
    expect(files.mode('a.sh')).toBe(0o600);
    rmSync(join(root, 'a.sh'));
    expect(files.mode('a.sh')).toBeNull();
  });

  it('have nothing below a file that stands in the place of their folder', () => {
    seed(root, { docs: 'mine' });
    for (const path of ['docs/a.md', 'docs/deep/a.md']) {
      const files = open();
      expect([files.linked?.(path), files.read(path, true), files.mode(path), files.exists(path)]).toEqual([
        false,
        null,
        null,
        false,
      ]);
    }
  });

  it('are seen when they are written after the copies were listed', () => {
    seed(root, { '.devops/base/a.base': 'a' });
    const files = open();
    expect(files.read('.devops/base/a.base')).toBe('a');
    seed(root, { '.devops/base/b.base': 'b' });
    rmSync(join(root, '.devops/base/a.base'));
    expect([files.read('.devops/base/b.base'), files.read('.devops/base/a.base')]).toEqual(['b', null]);
  });
});
