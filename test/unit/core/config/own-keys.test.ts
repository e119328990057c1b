import { describe, expect, it } from 'vitest';
import {
  dropKey,
  readAnswers,
  readConfig,
  withExtends,
  withUnmanaged,
  writeConfig,
} from '../../../../src/core/config-file.ts';
import { SetupError } from '../../../../src/errors.ts';
import type { PlainRecord } from '../../../../src/model.ts';

const FILE = '.devops/config.yaml';

function told(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.problems.map(({ code, place, message }) => `${code} ${place}: ${message}`);
  }
  return [];
}

describe('extends', () => {
  it('is a word or a list, each with its line', () => {
    expect(readConfig('version: 1\nextends: ./a.yaml\n').extends).toEqual([{ word: './a.yaml', place: `${FILE}:2` }]);
    expect(readConfig('extends:\n  # first\n  - ./a.yaml\n\n  - "@acme/p"\n').extends).toEqual([
      { word: './a.yaml', place: `${FILE}:3` },
      { word: '@acme/p', place: `${FILE}:5` },
    ]);
    expect(readConfig('x: &x [./a.yaml]\nextends: *x\n').extends).toEqual([{ word: './a.yaml', place: `${FILE}:1` }]);
    for (const text of ['', 'extends:\n', 'extends: []\n', 'extends: ~\n'])
      expect(readConfig(text).extends).toEqual([]);
  });

  it('refuses everything else at once', () => {
    expect(told(() => readConfig('extends:\n  - 3\n  - a\n  - ""\n  - a\n  - { b: c }\n'))).toEqual([
      `CONFIG_VALUE ${FILE}:2, extends: 3 is no preset.`,
      `CONFIG_VALUE ${FILE}:4, extends: "" is no preset.`,
      `CONFIG_VALUE ${FILE}:5, extends: a stands there twice.`,
      `CONFIG_VALUE ${FILE}:6, extends: {"b":"c"} is no preset.`,
    ]);
    expect(told(() => readConfig('extends: true'))).toHaveLength(1);
  });

  it('grows by a word, wherever it stood before', () => {
    const grown = (text: string) => writeConfig(text, withExtends(readConfig(text).config, 'b'));
    expect(grown('version: 1 # one\n')).toBe('version: 1 # one\nextends: b\n');
    expect(grown('extends: a # ours\nversion: 1\n')).toBe('extends: [a, b] # ours\nversion: 1\n');
    expect(grown('extends: [a] # ours\n')).toBe('extends: [a, b] # ours\n');
    expect(grown('extends:\n  # why\n  - a # ours\nversion: 1\n')).toBe(
      'extends:\n  # why\n  - a # ours\n  - b\nversion: 1\n',
    );
    expect(grown('extends: [b, a]\n')).toBe('extends: [b, a]\n');
  });
});

describe('unmanaged', () => {
  it('is a list of paths of this project', () => {
    expect([...readConfig('unmanaged: [Dockerfile, docs/a b.md, Dockerfile]\n').unmanaged]).toEqual([
      'Dockerfile',
      'docs/a b.md',
    ]);
    for (const text of ['', 'unmanaged:\n', 'unmanaged: []\n']) expect(readConfig(text).unmanaged.size).toBe(0);
  });

  it.each([
    ['../x', 'it holds ".."'],
    ['./x', 'it holds "."'],
    ['/etc/passwd', 'it is absolute'],
    ['C:/x', 'it starts with a drive'],
    ['a\\b', 'it holds a backslash'],
    ['.git/hooks/x', 'it reaches into .git'],
    ['.GIT/x', 'it reaches into .git'],
    ['.g\u200cit/x', 'it reaches into .git'],
    ['GIT~1/x', 'it reaches into .git'],
    ['nul.txt', 'is a device on Windows'],
    ['docs/*.md', 'Windows does not allow one of its characters'],
    ['a/', 'a part of it is empty'],
    ['', 'it is empty'],
    ['a\u202eb', 'it holds a text direction mark'],
    ['.devops/lock.json', 'belongs to our own bookkeeping'],
    ['.DevOps/x', 'belongs to our own bookkeeping'],
  ])('refuses %j with its line', (path, reason) => {
    const [problem, ...more] = told(() => readConfig(`unmanaged:\n  - Dockerfile\n  - ${JSON.stringify(path)}\n`));
    expect(problem).toMatch(/^(JAIL|CONFIG_VALUE) /);
    expect(problem).toContain(`${FILE}:3, unmanaged: `);
    expect(problem).toContain(reason);
    expect(more).toEqual([]);
    expect(told(() => withUnmanaged(null, path, true))).toHaveLength(1);
  });

  it('reports what is wrong in both keys together', () => {
    expect(told(() => readConfig('unmanaged: Dockerfile\nextends: 1\n')).map((line) => line.split(':')[1])).toEqual([
      '2, extends',
      '1, unmanaged',
    ]);
    expect(told(() => readConfig('unmanaged: [1, {}]\n'))).toHaveLength(2);
  });

  const BEFORE = '# ours\nversion: 1\ndelivery: { strategy: canary } # why\n# end\n';
  const put = (text: string, path: string, on: boolean) =>
    writeConfig(text, withUnmanaged(readConfig(text).config, path, on));

  it('on and off again is the same file, byte for byte', () => {
    for (const text of [BEFORE, BEFORE.replaceAll('\n', '\r\n'), BEFORE.trimEnd(), '{ "version": 1 }\n']) {
      const on = put(text, 'Dockerfile', true);
      expect([...readConfig(on).unmanaged]).toEqual(['Dockerfile']);
      expect(put(on, 'Dockerfile', true)).toBe(on);
      const off = put(on, 'Dockerfile', false);
      expect(readConfig(off).config).toEqual(readConfig(text).config);
      if (text.endsWith('\n') && !text.startsWith('{')) expect(off).toBe(text);
    }
  });

  it('keeps the other paths with their comments, and an empty list that a person wrote', () => {
    const listed = 'unmanaged:\n  - Dockerfile # theirs\n  - compose.yaml # ours\nversion: 1\n';
    expect(put(listed, 'Dockerfile', false)).toBe('unmanaged:\n  - compose.yaml # ours\nversion: 1\n');
    expect(put(listed, 'a b.md', true)).toBe(listed.replace('version', '  - a b.md\nversion'));
    expect(put('unmanaged: [] # none\nversion: 1\n', 'x', false)).toBe('unmanaged: [] # none\nversion: 1\n');
    expect(put('version: 1\nunmanaged: [x] # one\nx: 1\n', 'x', false)).toBe('version: 1\nx: 1\n');
    expect(put('unmanaged: &l [x]\nother: *l\n', 'x', false)).toBe('other: [x]\n');
  });
});

describe('a section that goes', () => {
  it.each([
    ['a: 1\nmine:\n  size: 2 # here\n  b: [1,\n    2]\n# above c\nc: 3\n', 'a: 1\n# above c\nc: 3\n'],
    ['mine: { size: 2 }\nc: 3 # x\n', 'c: 3 # x\n'],
    ['a: 1\nmine: x', 'a: 1\n'],
    ['a: 1\r\nmine:\r\n  b: 1\r\nc: 2\r\n', 'a: 1\r\nc: 2\r\n'],
    ['mine: 1\n', ''],
    ['a: 1\n', 'a: 1\n'],
    ['', ''],
  ])('%j', (before, after) => {
    expect(dropKey(before, ['mine'])).toBe(after);
  });

  it.each([
    ['a:\n  b: 1 # one\n  # two\n  c: 2\nd: 3\n', 'a.b', 'a:\n  # two\n  c: 2\nd: 3\n'],
    ['a:\n  b: { c: 1 }\nd: 3 # x\n', 'a.b.c', 'd: 3 # x\n'],
    ['a: { b: 1,  c: 2 } # x\n', 'a.b', 'a: { c: 2 } # x\n'],
    ['a: { b: 1,  c: 2 } # x\n', 'a.c', 'a: { b: 1 } # x\n'],
    ['a: { b: 1, c: { d: 1 }, e: 3 }\n', 'a.c.d', 'a: { b: 1, e: 3 }\n'],
    ['a: 1\n', 'a', ''],
    ['{a: 1}\n', 'a', '{}\n'],
    ['a: 1\n', 'b.c', 'a: 1\n'],
  ])('%j without %s', (before, id, after) => {
    expect(dropKey(before, id.split('.'))).toBe(after);
  });

  it('is taken out of unusual YAML too', () => {
    expect(dropKey('{ a: 1, mine: { b: 2 }, c: 3 }\n', ['mine'])).toBe('{ a: 1, c: 3 }\n');
    expect(readConfig(dropKey('mine: &x { b: 1 }\nc: *x # kept\n', ['mine'])).config).toEqual({ c: { b: 1 } });
  });
});

it('tells the line of every answer, also below services and behind an alias', () => {
  const text = 'a:\n  b: 1\n\nservices:\n  "*": { port: 1 }\n  x.y:\n    port: 2\nz: &z\n  k: 1\nw: *z\n';
  const { placeOf, answers } = readAnswers(text, 'my.yaml');
  expect((answers as PlainRecord).a).toEqual({ b: 1 });
  const lines = ['a', 'a.b', 'a.c', 'services.*.port', 'w.k', 'nowhere'].map((id) => placeOf(id));
  expect(lines).toEqual(['my.yaml:1', 'my.yaml:2', 'my.yaml:1', 'my.yaml:5', 'my.yaml:9', 'my.yaml:1']);
});
