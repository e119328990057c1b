import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detect } from '../../../src/core/detect/index.ts';
import { SetupError } from '../../../src/errors.ts';
import { findRoot, openProject } from '../../../src/io/project-files.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'project-files-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), content);
  }
}
const problem = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map((p) => `${p.code} ${p.place}: ${p.message}`).join('\n');
    throw error;
  }
  return 'no problem';
};

describe('the listing', () => {
  test('is sorted and leaves out what nobody wrote', () => {
    write({
      'b.ts': '',
      'a/b.ts': '',
      'a.ts': '',
      'node_modules/x/index.js': '',
      'a/node_modules/y.js': '',
      '.git/config': '',
      'dist/a.js': '',
      '.next/a': '',
      'coverage/a': '',
      '.devops/config.yaml': '',
      '.devops/base/a.base': '',
      '.devops/tx/journal': '',
    });
    expect(openProject(base).files.list()).toEqual(['.devops/config.yaml', 'a.ts', 'a/b.ts', 'b.ts']);
  });
  test('says when folders are too deep to be listed', () => {
    write({ 'a.ts': '' });
    expect(openProject(base).files.truncated?.()).toBe(false);
    write({ [`${'d/'.repeat(26)}b.ts`]: '' });
    const { files } = openProject(base);
    expect([files.truncated?.(), files.list()]).toEqual([true, ['a.ts']]);
  });
  test('names the links that it leaves out', () => {
    write({ 'a.ts': '', 'd/b.ts': '' });
    symlinkSync('d', join(base, 'to-folder'));
    symlinkSync('a.ts', join(base, 'to-file'));
    symlinkSync('nowhere', join(base, '.nvmrc'));
    const { files } = openProject(base);
    expect([files.list(), [...(files.leftLinks?.() ?? [])].sort()]).toEqual([
      ['a.ts', 'd/b.ts', 'to-file'],
      ['.nvmrc', 'to-folder'],
    ]);
    // Detection still says that such a file cannot be read.
    write({ 'package.json': '{"name":"x"}' });
    expect(detect(openProject(base).files, null).notes.map((n) => n.file)).toContain('.nvmrc');
  });
  test('exists also sees what it leaves out', () => {
    write({ 'dist/a.js': '', 'a.ts': '' });
    const { files } = openProject(base);
    expect([
      files.exists('dist/a.js'),
      files.exists('dist'),
      files.exists('a.ts'),
      files.exists('b.ts'),
      files.exists(''),
    ]).toEqual([true, true, true, false, false]);
  });
});

describe('reading', () => {
  test('a text as it stands, absent files and folders as null', () => {
    write({ 'a.txt': '\ufeffone\r\ntwo\n', 'd/x': '' });
    const { files } = openProject(base);
    expect(files.read('a.txt')).toBe('\ufeffone\r\ntwo\n');
    expect([files.read('b.txt'), files.read('d'), files.read('a.txt/b')]).toEqual([null, null, null]);
  });
  test.each([false, true])('a binary file is no text (listed before: %s)', (listed) => {
    write({ 'a.bin': Buffer.from([1, 0, 2]) });
    const { files } = openProject(base);
    if (listed) files.list();
    expect(problem(() => files.read('a.bin'))).toBe('READ a.bin: is not a text file');
  });
  test('a file that is too large', () => {
    write({ 'a.ts': Buffer.alloc(3 * 1024 * 1024, 'a'), 'package-lock.json': Buffer.alloc(3 * 1024 * 1024, 'a') });
    const { files } = openProject(base);
    expect(problem(() => files.read('a.ts'))).toBe('READ a.ts: is larger than 2 MiB and is not read');
    expect(files.read('package-lock.json')).toHaveLength(3 * 1024 * 1024);
  });
  test('data up to 16 MiB, because it grows with the number of services', () => {
    const [fits, not] = [Buffer.alloc(3 * 1024 * 1024, 'a'), Buffer.alloc(17 * 1024 * 1024, 'a')];
    for (const path of ['.github/workflows/ci.yml', 'a.yaml', 'main.tf.json', 'a.jsonc', 'a.toml', 'README.md']) {
      write({ [path]: fits });
      expect(openProject(base).files.read(path)).toHaveLength(fits.length);
      write({ [path]: not });
      expect(problem(() => openProject(base).files.read(path))).toBe(
        `READ ${path}: is larger than 16 MiB and is not read`,
      );
    }
  });
  test.skipIf(process.getuid?.() === 0)('a file that may not be read', () => {
    write({ 'a.ts': 'x' });
    chmodSync(join(base, 'a.ts'), 0);
    expect(problem(() => openProject(base).files.read('a.ts'))).toBe('READ a.ts: cannot be read (EACCES)');
  });
  test('the permission bits', () => {
    write({ 'a.sh': '' });
    chmodSync(join(base, 'a.sh'), 0o755);
    const { files } = openProject(base);
    expect([files.mode('a.sh'), files.mode('b.sh')]).toEqual([0o755, null]);
  });
});

describe('links', () => {
  const outside = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(folder, 'secret'), 'secret');
    return folder;
  };
  test('never lead out of the root', () => {
    const away = outside();
    write({ 'p/a.ts': 'x' });
    symlinkSync(join(away, 'secret'), join(base, 'p/file'));
    symlinkSync(away, join(base, 'p/folder'));
    symlinkSync(join(base, 'p/file'), join(base, 'p/chain'));
    symlinkSync(join(base, 'p/nowhere'), join(base, 'p/dangling'));
    const { files } = openProject(join(base, 'p'));
    expect(files.list()).toEqual(['a.ts']);
    for (const path of ['file', 'chain', 'dangling', 'folder/secret', '../outside', 'folder/../file']) {
      expect(files.exists(path), path).toBe(false);
      let read: string | null = null;
      expect(
        problem(() => (read = files.read(path))),
        path,
      ).toMatch(/no problem|is a link that leads out/);
      expect(read, path).toBeNull();
    }
    rmSync(away, { recursive: true });
  });
  test('inside the root are files; folders are not walked twice', () => {
    write({ 'a/x.ts': 'x' });
    symlinkSync('a/x.ts', join(base, 'y.ts'));
    symlinkSync('.', join(base, 'loop'));
    const { files } = openProject(base);
    expect(files.list()).toEqual(['a/x.ts', 'y.ts']);
    expect(files.read('y.ts')).toBe('x');
  });
});

describe('git', () => {
  test('its own folder', () => {
    write({ '.git/config': 'c', '.git/HEAD': 'h', '.git/refs/remotes/origin/HEAD': 'r' });
    const { git } = openProject(base);
    expect([
      git?.read('config'),
      git?.read('HEAD'),
      git?.read('refs/remotes/origin/HEAD'),
      git?.read('packed-refs'),
      git?.read('../secret'),
    ]).toEqual(['c', 'h', 'r', null, null]);
  });
  test('a worktree', () => {
    write({
      'main/.git/config': 'c',
      'main/.git/HEAD': 'main',
      'main/.git/worktrees/w/HEAD': 'w',
      'main/.git/worktrees/w/commondir': '../..\n',
      'w/.git': `gitdir: ${join(base, 'main/.git/worktrees/w')}\n`,
    });
    const { git } = openProject(join(base, 'w'));
    expect([git?.read('config'), git?.read('HEAD')]).toEqual(['c', 'w']);
    mkdirSync(join(base, 'w/deep'), { recursive: true });
    expect(findRoot(join(base, 'w/deep'))).toBe(join(base, 'w'));
  });
  test('none', () => {
    write({ 'a/b/x': '' });
    expect(openProject(base).git).toBeNull();
  });
  test('the root is the nearest ancestor with .git, else the folder itself', () => {
    write({ '.git/HEAD': '', 'a/b/x': '' });
    expect(findRoot(join(base, 'a/b'))).toBe(base);
    rmSync(join(base, '.git'), { recursive: true });
    expect(findRoot(join(base, 'a/b'))).toBe(join(base, 'a/b'));
  });
});

test('a folder that is not there, and a file, are told', () => {
  write({ 'a.ts': '' });
  expect(problem(() => openProject(join(base, 'b')))).toBe(`PROJECT ${join(base, 'b')}: cannot be opened (ENOENT)`);
  expect(problem(() => openProject(join(base, 'a.ts')))).toBe(`PROJECT ${join(base, 'a.ts')}: is not a folder`);
});
