import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { basePath, hashText, matches, serializeLock } from '../../../src/core/lock.ts';
import { parseLock } from '../../../src/core/lock-reader.ts';
import { SetupError } from '../../../src/errors.ts';
import type { Lock, LockEntry } from '../../../src/model.ts';
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

describe('what is in the lock only when it is used', () => {
  const entry = LOCK.files['.gitignore'] as LockEntry;
  const B = 'b'.repeat(64);
  const FULL: Lock = {
    ...LOCK,
    files: {
      'a.sh': { ...entry, ownership: 'own', at: 'ops/a.sh' },
      'b.sh': { ...entry, ownership: 'own', open: { yours: HASH, theirs: B } },
      'c.sh': { ...entry, at: 'ops/c.sh', open: { yours: HASH, theirs: B } },
    },
    presets: {
      'npm:@acme/devops@^2': {
        file: '.devops/presets/acme.yaml',
        hash: B,
        resolved: '2.1.0',
        integrity: 'sha512-x/+=',
      },
      'git+https://example.org/a#1': { file: '.devops/presets/a.json', hash: HASH, resolved: '1', integrity: '' },
    },
  };

  it('is sorted, one line each, and comes back as it was', () => {
    const text = serializeLock(FULL);
    expect(parseLock(text)).toEqual(FULL);
    expect(serializeLock(parseLock(text))).toBe(text);
    expect(text.replaceAll(HASH, 'A').replaceAll(B, 'B')).toMatchInlineSnapshot(`
      "{
        "config": "A",
        "files": {
          "a.sh": {"at":"ops/a.sh","generator":"cdktf-aws","hash":"A","mode":"644","ownership":"own"},
          "b.sh": {"generator":"cdktf-aws","hash":"A","mode":"644","open":{"theirs":"B","yours":"A"},"ownership":"own"},
          "c.sh": {"at":"ops/c.sh","generator":"cdktf-aws","hash":"A","mode":"644","open":{"theirs":"B","yours":"A"},"ownership":"merge:ignore-lines"}
        },
        "pinned": {
          "branch": "main",
          "remote": "git@example.org:a/b.git"
        },
        "presets": {
          "git+https://example.org/a#1": {"file":".devops/presets/a.json","hash":"A","integrity":"","resolved":"1"},
          "npm:@acme/devops@^2": {"file":".devops/presets/acme.yaml","hash":"B","integrity":"sha512-x/+=","resolved":"2.1.0"}
        },
        "tool": "1.2.3",
        "version": 1
      }
      "
    `);
  });

  it('is not there when it is not used', () => {
    const { presets: _, ...rest } = FULL;
    const files = { 'a.sh': entry };
    expect(serializeLock({ ...rest, files, presets: {} })).toBe(serializeLock({ ...rest, files }));
    expect(serializeLock({ ...rest, files })).not.toMatch(/presets|"at"|open/);
    expect(parseLock(serializeLock({ ...rest, files }))).not.toHaveProperty('presets');
  });

  const withAt = (at: string) => serializeLock({ ...FULL, files: { 'a.sh': { ...entry, at } } });

  it.each([...ATTACKS, '.devops/x', '.DEVOPS/x', 'a.sh'])('refuses that a file is at %j', (at) => {
    expect(problems(withAt(at))[0]).toMatchObject({ code: 'LOCK_SYNTAX', place: '.devops/lock.json:4' });
  });

  it.each<[string, Lock['files']]>([
    ['two files at one place', { a: { ...entry, at: 'x' }, b: { ...entry, at: 'x' } }],
    ['a file at the place of another', { a: { ...entry, at: 'b' }, b: entry }],
    ['two files that are one where case is ignored', { a: { ...entry, at: 'x' }, b: { ...entry, at: 'X' } }],
    ['a file below a file', { a: entry, b: { ...entry, at: 'a/c' } }],
  ])('refuses %s', (_, files) => {
    expect(problems(serializeLock({ ...LOCK, files }))[0]).toMatchObject({
      code: 'LOCK_SYNTAX',
      place: '.devops/lock.json:5',
    });
  });

  it('takes two files that changed places', () => {
    const files = { a: { ...entry, at: 'b' }, b: { ...entry, at: 'a' } };
    expect(parseLock(serializeLock({ ...LOCK, files })).files).toEqual(files);
  });

  const preset = { file: '.devops/presets/a.yaml', hash: HASH, resolved: '1.0.0', integrity: '' };
  it.each<[string, string]>([
    ['an unknown key of a file', serializeLock(LOCK).replace('"generator"', '"evil":1,"generator"')],
    ['an "open" without a side', serializeLock(FULL).replace(`"theirs":"${B}",`, '')],
    ['an "open" that is no object', serializeLock(FULL).replace(/"open":\{[^}]*\}/, '"open":true')],
    ['an "at" that is no text', serializeLock(FULL).replace('"at":"ops/a.sh"', '"at":["ops/a.sh"]')],
    ['presets that are no object', serializeLock(LOCK).replace('"tool"', '"presets": [],\n  "tool"')],
    ...(
      [
        ['out of the folder', { ...preset, file: '.devops/config.yaml' }],
        ['out of the root', { ...preset, file: '.devops/presets/../../x' }],
        ['with a wrong hash', { ...preset, hash: 'x' }],
        ['with a line end', { ...preset, resolved: 'a\nb' }],
      ] as const
    ).map(([what, one]): [string, string] => [`a preset ${what}`, serializeLock({ ...LOCK, presets: { x: one } })]),
    ['two presets in one file', serializeLock({ ...LOCK, presets: { x: preset, y: preset } })],
  ])('refuses %s', (_, text) => {
    expect(problems(text)[0]).toMatchObject({ code: 'LOCK_SYNTAX' });
  });

  it('says which release reads a lock of a later version', () => {
    const later = serializeLock({ ...LOCK, tool: '3.1.0' }).replace('"version": 1', '"version": 2');
    expect(problems(later)).toMatchObject([
      {
        message: 'its version is 2, written by release 3.1.0; this release reads version 1.',
        hint: 'Use that release or a newer one: npx create-devops-setup@3.1.0',
      },
    ]);
    const evil = later.replace('3.1.0', 'x; rm -rf .');
    expect(problems(evil)).toMatchObject([{ hint: 'Use a newer release.' }]);
  });
});

describe('a text and a hash', () => {
  it('match whatever the line ends and the final newline', () => {
    for (const text of ['a\nb\n', 'a\nb', '\ufeffa\r\nb\r\n', 'a\r\nb']) {
      expect(matches(text, hashText('a\nb\n'))).toBe(true);
      expect(matches(text, hashText('a\nb'))).toBe(true);
    }
    expect(matches('a\nb\n\n', hashText('a\nb'))).toBe(false);
    expect(matches('a b\n', hashText('a\nb\n'))).toBe(false);
  });
});
