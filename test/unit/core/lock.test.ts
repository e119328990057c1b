import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { basePath, hashText, parseLock, serializeLock } from '../../../src/core/lock.ts';
import { SetupError } from '../../../src/errors.ts';
import type { Lock } from '../../../src/model.ts';
import { ATTACKS } from '../../helpers/attacks.ts';

const HASH = 'a'.repeat(64);
const LOCK: Lock = {
  version: 1,
  tool: '1.2.3',
  config: HASH,
  pinned: { remote: 'git@example.org:a/b.git', branch: 'main' },
  files: {
    'scripts/run.sh': { generator: 'docker', ownership: 'own', hash: HASH, mode: 0o755 },
    '.gitignore': { generator: 'cdktf-aws', ownership: 'merge:ignore-lines', hash: HASH, mode: 0o644 },
  },
};

function problems(text: string): readonly { code: string; place: string; message: string; hint: string }[] {
  try {
    parseLock(text);
  } catch (error) {
    if (error instanceof SetupError) return error.problems;
    throw error;
  }
  return [];
}

describe('the lock', () => {
  it('is sorted, one file a line, and comes back as it was', () => {
    const text = serializeLock(LOCK);
    expect(text).toMatchInlineSnapshot(`
      "{
        "config": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "files": {
          ".gitignore": {"generator":"cdktf-aws","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","mode":"644","ownership":"merge:ignore-lines"},
          "scripts/run.sh": {"generator":"docker","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","mode":"755","ownership":"own"}
        },
        "pinned": {
          "branch": "main",
          "remote": "git@example.org:a/b.git"
        },
        "tool": "1.2.3",
        "version": 1
      }
      "
    `);
    expect(parseLock(text)).toEqual(LOCK);
    expect(parseLock(text.replaceAll('\n', '\r\n'))).toEqual(LOCK);
    expect(parseLock(`\ufeff${text}`)).toEqual(LOCK);
    expect(serializeLock(parseLock(text))).toBe(text);
    expect(JSON.parse(serializeLock({ ...LOCK, files: {}, pinned: {} }))).toMatchObject({ files: {}, pinned: {} });
  });

  it('hashes over LF ends', () => {
    expect(hashText('a\nb\n')).toBe(createHash('sha256').update('a\nb\n').digest('hex'));
    expect(hashText('\ufeffa\r\nb\r\n')).toBe(hashText('a\nb\n'));
    expect(hashText('a')).not.toBe(hashText('a\n'));
    expect(basePath('.github/workflows/ci.yml')).toBe('.devops/base/.github/workflows/ci.yml.base');
  });

  it.each([...ATTACKS, '.devops/config.yaml', '.DEVOPS/x', '.devops'])('refuses the path %j', (path) => {
    const text = serializeLock({ ...LOCK, files: { [path]: LOCK.files['.gitignore'] as never } });
    expect(problems(text)).toMatchObject([
      { code: 'LOCK_SYNTAX', place: '.devops/lock.json:4', hint: expect.stringContaining('git') },
    ]);
  });

  it.each([
    ['no JSON', '{', 1],
    ['nothing', '', 1],
    ['an array', '[]', 1],
    ['another version', serializeLock(LOCK).replace('"version": 1', '"version": 2'), 12],
    ['no version number', serializeLock(LOCK).replace('"version": 1', '"version": "1"'), 12],
    ['a comment', serializeLock(LOCK).replace('{\n', '{ // x\n'), 1],
    ['a wrong hash', serializeLock(LOCK).replace('"hash":"aa', '"hash":"zz'), 4],
    ['a wrong mode', serializeLock(LOCK).replace('"644"', '"4755"'), 4],
    ['a wrong ownership', serializeLock(LOCK).replace('merge:ignore-lines', 'merge:shell'), 4],
    ['a wrong generator', serializeLock(LOCK).replace('cdktf-aws', '../x'), 4],
    ['a key that nobody knows', serializeLock(LOCK).replace('"tool"', '"evil": 1,\n  "tool"'), 11],
    ['a missing key', serializeLock(LOCK).replace('  "tool": "1.2.3",\n', ''), 1],
    ['a doubled key', serializeLock(LOCK).replace('"tool"', '"tool": "1",\n  "tool"'), 12],
    ['a pinned value that is no text', serializeLock(LOCK).replace('"main"', '["main"]'), 8],
    [
      'files that collide',
      serializeLock({
        ...LOCK,
        files: { a: LOCK.files['.gitignore'] as never, 'a/b': LOCK.files['.gitignore'] as never },
      }),
      5,
    ],
    ['the marks of a merge', `<<<<<<< HEAD\n${serializeLock(LOCK)}=======\n>>>>>>> x\n`, 1],
    ['a deep nest', '['.repeat(100_000), 1],
  ])('refuses %s, with its line', (_, text, line) => {
    expect(problems(text)[0]).toMatchObject({ code: 'LOCK_SYNTAX', place: `.devops/lock.json:${line}` });
  });

  it('tells all problems at once', () => {
    const text = serializeLock(LOCK)
      .replace('"644"', '0')
      .replace('"own"', '"mine"')
      .replace('"main"', '7')
      .replace('1.2.3', '\\u0000');
    expect(problems(text).map(({ place }) => place)).toEqual([
      '.devops/lock.json:11',
      '.devops/lock.json:8',
      '.devops/lock.json:4',
      '.devops/lock.json:5',
    ]);
  });

  it('takes a key named __proto__ as a name, not as a prototype', () => {
    const text = serializeLock(LOCK).replace('"branch"', '"__proto__"');
    const { pinned } = parseLock(text);
    expect(Object.keys(pinned)).toContain('__proto__');
    expect(Object.getPrototypeOf(pinned)).toBe(Object.prototype);
  });
});
