/** YAML merged by its structure: what comes in stands where it belongs, and nothing else is touched. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printNode } from '../../../../src/core/three-way/format.ts';
import { mergeTexts } from '../../../../src/core/three-way/index.ts';
import { yaml } from '../../../../src/core/three-way/yaml.ts';
import type { Merged } from '../../../../src/model.ts';

const root = new URL('../../../..', import.meta.url).pathname;
const lines = (...all: string[]): string => `${all.join('\n')}\n`;

function merge(base: string, yours: string, theirs: string): Merged {
  return mergeTexts({ path: 'file.yaml', base, yours, theirs });
}

/** Merged without a conflict into this text. */
function expectText(base: string, yours: string, theirs: string, text: string): void {
  const merged = merge(base, yours, theirs);
  expect(merged.text).toBe(text);
  expect(merged.conflicts).toEqual([]);
}

describe('a YAML text as pieces', () => {
  const files = readdirSync(join(root, 'snapshots'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.ya?ml$/.test(path),
  );

  it('prints back the files of the snapshots byte for byte, cut to the last word', () => {
    const texts = new Set(
      files.map((path) =>
        readFileSync(join(root, 'snapshots', path), 'utf8')
          .replace(/^\ufeff/, '')
          .replaceAll('\r\n', '\n'),
      ),
    );
    const sample = [...texts].filter((_, index) => index % 8 === 0);
    expect(sample.length).toBeGreaterThan(30);
    const wrong = sample.filter((text) => {
      const parsed = yaml.parse(text);
      return !('root' in parsed) || printNode(parsed.root) !== text || JSON.stringify(parsed.root).includes('"opaque');
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['only comments', '# a\n\n# b\n'],
    ['documents with all that stands between them', '# top\n---\na: 1\n...\n# between\n--- # two\n- b\n---\n"word"\n'],
    ['anchors and tags', 'a: &x !t "q" # r\nb: &y\n  k: *x\nc:\n  <<: *y\n  d: !!str 1\n'],
    ['keys with quotes and colons', '"a: b": 1\n\'c\': 2\n"d:e" : 3\n'],
    ['complex keys', '? [a, b]\n: c\n? d\n: e\n'],
    ['empty values', 'a:\nb:\n  -\n  - c:\nd: ""\n'],
    ['lists in lists', '- - a\n  - b\n-\n  - c\n- d: 1\n  e:\n  - f\n'],
    ['brackets over lines', 'a: [\n  b, # c\n  {d: 1, e}, "f",\n]\ng: {h: [i, j: k]}\n'],
    ['blocks of all kinds', 'a: |-\n  b\n\n  c\n\nd: >+\n  e\n\nf: |2\n    g\nh: "i\n  j"\nk: l\n  m\n'],
    ['tabs and odd white space', 'a:   1\t# b\nc: \t2\n'],
  ])('prints back %s', (_, text) => {
    const parsed = yaml.parse(text);
    expect('root' in parsed ? printNode(parsed.root) : parsed.error).toBe(text);
  });

  it.each([
    ['a key that stands twice', 'a: 1\nb: 2\na: 3\n'],
    ['a key that stands twice further in', 'a:\n  - {b: 1, b: 2}\n'],
    ['a bracket that nobody closes', 'a: [1\n'],
    ['marks of a conflict', 'a: 1\n<<<<<<< yours\nb: 2\n=======\nb: 3\n>>>>>>> theirs\n'],
  ])('says what is not valid: %s', (_, text) => {
    expect(yaml.parse(text)).toEqual({ error: expect.stringMatching(/\w/) });
  });

  it('survives what is nested too deeply', () => {
    for (const depth of [1000, 20_000]) {
      const text = `a: ${'['.repeat(depth)}${']'.repeat(depth)}\nb: 1\nc: 1\n`;
      const merged = merge(text, text.replace('b: 1', 'b: 2'), text.replace('c: 1', 'c: 2'));
      expect(merged.text).toContain('b: 2');
    }
  });
});

describe('what comes in', () => {
  it('takes the indentation, and leaves the quotes, comments and order of the user', () => {
    expectText(
      lines('jobs:', '  build:', '    steps:', '      - uses: a/b@v1', '      - run: npm ci'),
      lines(
        'jobs:',
        '    build:',
        '        # mine',
        '        steps:',
        "        - uses: 'a/b@v1'   # kept",
        '        - run: "npm ci"',
        '    mine: {}',
      ),
      lines(
        'jobs:',
        '  build:',
        '    steps:',
        '      - uses: a/b@v1',
        '      # why',
        '      - name: Audit # now',
        '        run: |',
        '          one',
        '',
        '            two',
        '      - run: npm ci',
        '    timeout-minutes: 5',
      ),
      lines(
        'jobs:',
        '    build:',
        '        # mine',
        '        steps:',
        "        - uses: 'a/b@v1'   # kept",
        '        # why',
        '        - name: Audit # now',
        '          run: |',
        '            one',
        '',
        '              two',
        '        - run: "npm ci"',
        '        timeout-minutes: 5',
        '    mine: {}',
      ),
    );
  });

  it('stands in brackets where the user writes brackets, and in lines where lines', () => {
    expectText(
      'on: [push]\nx: 1\n',
      'on: [push, tag]\nx: 1\n',
      'on:\n  - push\n  - call\nx: 2\n',
      'on: [push, tag, call]\nx: 2\n',
    );
    expectText(
      'on:\n  - push\nx: 1\n',
      'on:\n  - push # me\n  - tag\nx: 1\n',
      'on: [push, "call"]\nx: 2\n',
      'on:\n  - push # me\n  - tag\n  - "call"\nx: 2\n',
    );
  });

  it('takes the place of an empty value, of a word, of a script', () => {
    expectText(
      'on:\n  push:\nx: 1\n',
      'on:\n  push:\nx: 2\n',
      'on:\n  push:\n    branches: [main]\nx: 1\ny: 1\n',
      'on:\n  push:\n    branches: [main]\nx: 2\ny: 1\n',
    );
    expectText(
      'a: word # c\nx: 1\n',
      'a: word # c\nx: 2\n',
      'a: |\n  one\n  two\nx: 1\ny: 1\n',
      'a: |\n  one\n  two\nx: 2\ny: 1\n',
    );
    expectText('a: |\n  one\nx: 1\n', 'a: |\n  one\nx: 2\n', 'a: word\nx: 1\ny: 1\n', 'a: word\nx: 2\ny: 1\n');
  });

  it('goes into the document that it belongs to', () => {
    const document = (kind: string, ...more: string[]): string =>
      lines(`kind: ${kind}`, 'metadata:', '  name: api', ...more);
    expectText(
      `${document('Service')}---\n${document('Deployment', 'replicas: 1')}`,
      `${document('Deployment', 'replicas: 1')}---\n${document('Service', 'mine: 1')}`,
      `${document('Service')}---\n${document('Deployment', 'replicas: 3')}---\n${document('Ingress')}`,
      `${document('Deployment', 'replicas: 3')}---\n${document('Ingress')}---\n${document('Service', 'mine: 1')}`,
    );
  });
});

describe('what is known again', () => {
  it.each([
    [
      'by a name',
      '- name: A\n  run: a\n- name: B\n  run: b\n',
      '- name: B\n  run: b\n- name: A\n  run: a\n',
      '- name: A\n  run: a2\n- name: B\n  run: b\n',
      '- name: B\n  run: b\n- name: A\n  run: a2\n',
    ],
    [
      'by its action',
      '- uses: a/b@v1\n- run: x\n',
      '- run: x\n- uses: a/b@v1\n  id: c\n',
      '- uses: a/b@v2\n- run: x\n',
      '- run: x\n- uses: a/b@v2\n  id: c\n',
    ],
    [
      'by an alert',
      '- alert: A\n  expr: a\n- alert: B\n  expr: b\n',
      '- alert: B\n  expr: b\n- alert: A\n  expr: a\n',
      '- alert: A\n  expr: a > 1\n- alert: B\n  expr: b\n',
      '- alert: B\n  expr: b\n- alert: A\n  expr: a > 1\n',
    ],
    [
      'by a job',
      '- job_name: a\n  x: 1\n- job_name: b\n',
      '- job_name: b\n- job_name: a\n  x: 1\n',
      '- job_name: a\n  x: 2\n- job_name: b\n',
      '- job_name: b\n- job_name: a\n  x: 2\n',
    ],
    [
      'by ecosystem and folder',
      '- package-ecosystem: npm\n  directory: /a\n  n: 1\n- package-ecosystem: npm\n  directory: /b\n  n: 1\n',
      '- package-ecosystem: npm\n  directory: /b\n  n: 1\n- package-ecosystem: npm\n  directory: /a\n  n: 1\n',
      '- package-ecosystem: npm\n  directory: /a\n  n: 2\n- package-ecosystem: npm\n  directory: /b\n  n: 1\n',
      '- package-ecosystem: npm\n  directory: /b\n  n: 1\n- package-ecosystem: npm\n  directory: /a\n  n: 2\n',
    ],
    [
      'though it stands twice',
      '- run: x\n  id: a\n- run: x\n',
      '- run: x\n  id: a\n- run: x\n- run: y\n',
      '- run: x\n  id: a\n- run: x\n  if: z\n',
      '- run: x\n  id: a\n- run: x\n  if: z\n- run: y\n',
    ],
    [
      'though the user gave it a name',
      '- run: npm test -- --ci\n',
      '- name: Test\n  run: npm test -- --ci\n',
      '- run: npm test -- --ci\n  env:\n    A: 1\n',
      '- name: Test\n  run: npm test -- --ci\n  env:\n    A: 1\n',
    ],
    ['by its variable', '- A=1\n- B=1\n', '- B=1\n- A=2\n', '- A=1\n- B=3\n- C=1\n', '- B=3\n- C=1\n- A=2\n'],
  ])('an item %s', (_, base, yours, theirs, text) => {
    expectText(base, yours, theirs, text);
  });

  it('a job under another name', () => {
    const job = (name: string, minutes: number): string =>
      lines(
        'jobs:',
        `  ${name}:`,
        '    runs-on: ubuntu-24.04',
        `    timeout-minutes: ${minutes}`,
        '    steps:',
        '      - run: npm ci',
        '      - run: npm test',
      );
    expectText(job('build', 5), `${job('ci', 5)}# end\n`, job('build', 9), `${job('ci', 9)}# end\n`);
  });

  it('what you put in the place of several that they replaced one by one stands there once', () => {
    const merged = merge('b:\n  - main\n  - next\n  - old\n', 'b:\n  - trunk\n', 'b:\n  - first\n  - next\n  - last\n');
    expect(merged.text).toBe('b:\n  - trunk\n');
    expect(merged.conflicts).toHaveLength(1);
  });

  it('words of a list are a set with an order', () => {
    expectText('b: [main, dev]\n', 'b: [dev, mine]\n', 'b: [main, dev, ours]\n', 'b: [dev, mine, ours]\n');
    expect(merge('b: [main]\n', 'b: [trunk]\n', 'b: [develop]\n').conflicts).toMatchObject([{ pointer: '/b/0' }]);
  });
});

describe('comments', () => {
  it('of the new version come in where you left the place alone', () => {
    expectText(
      lines('a: 1', 'b: 2', 'c: 3'),
      lines('a: 1', 'b: 2', 'mine: 1', 'c: 4'),
      lines('# about a', 'a: 1', 'b: 2 # of b', 'c: 3', '# the end'),
      lines('# about a', 'a: 1', 'b: 2 # of b', 'mine: 1', 'c: 4', '# the end'),
    );
  });

  it('below an empty value belong to what stands below', () => {
    expectText(
      lines('s:', '- name: a', '  b:', '    c: 1', '# of d', '- name: d', '  e: 1', 'z: 1'),
      lines('s:', '- name: a', '  b:', '# of d', '- name: d', '  e: 1', 'z: 2'),
      lines('s:', '- name: a', '  b:', '    c: 1', 'z: 1', 'y: 1'),
      lines('s:', '- name: a', '  b:', 'z: 2', 'y: 1'),
    );
  });

  it('of yours stay, and what is not carried is said', () => {
    const merged = merge(
      lines('# old', 'a: 1', 'b: 1'),
      lines('# mine', 'a: 1', 'b: 1'),
      lines('# news', 'a: 1', 'b: 2'),
    );
    expect(merged.text).toBe(lines('# mine', 'a: 1', 'b: 2'));
    expect(merged.notes).toEqual(['/a: both changed a comment, yours kept; the new version says # news']);
  });

  it('of yours are no reason to keep a value, but nothing that holds one is taken away', () => {
    const merged = merge(
      lines('a:', '  x: 1', '  y: 2'),
      lines('a:', '  x: 1 # mine', '  y: 2'),
      lines('a:', '  y: 2'),
    );
    expect(merged.conflicts).toMatchObject([
      { pointer: '/a/x', theirs: null, reason: 'you changed it, the new version removes it' },
    ]);
    expectText(
      lines('a:', '  x: 1', '  y: 2'),
      lines('a:', '  x: 1 # mine', '  y: 2'),
      lines('a:', '  x: 3', '  y: 2'),
      lines('a:', '  x: 3 # mine', '  y: 2'),
    );
  });
});

describe('scripts', () => {
  it('are merged by lines, in the indentation of the user', () => {
    expectText(
      lines('j:', '  run: |', '    one', '    two', '', '    three', '  s: 1'),
      lines('j:', '    run: |', '        one', '        two --mine', '', '        three', '    s: 1'),
      lines('j:', '  run: |', '    zero', '    one', '    two', '', '    three', '  s: 2').replace('two', 'two'),
      lines('j:', '    run: |', '        zero', '        one', '        two --mine', '', '        three', '    s: 2'),
    );
    expectText(
      'r: >-\n  a\n  b\n\n  c\nx: 1\ny: 1\n',
      'r: >-\n  a mine\n  b\n\n  c\nx: 2\ny: 1\n',
      'r: >-\n  a\n  b\n\n  c news\nx: 1\ny: 2\n',
      'r: >-\n  a mine\n  b\n\n  c news\nx: 2\ny: 2\n',
    );
  });

  it('are a conflict where both changed a line', () => {
    const merged = merge('r: |\n  a\n  b\n', 'r: |\n  a mine\n  b\n', 'r: |\n  a news\n  b\n');
    expect(merged.conflicts).toMatchObject([{ id: '/r', line: 1, base: 'r: |\n  a\n  b\n' }]);
  });
});

describe('anchors', () => {
  it('stay, and what they name is merged', () => {
    expectText(
      lines('d: &d', '  a: 1', '  b: 2', 'e:', '  <<: *d', '  c: 3'),
      lines('d: &d', '  a: 1', '  b: 5', 'e:', '  <<: *d', '  c: 3'),
      lines('d: &d', '  a: 9', '  b: 2', 'e:', '  <<: *d', '  c: 4', '  f: 5'),
      lines('d: &d', '  a: 9', '  b: 5', 'e:', '  <<: *d', '  c: 4', '  f: 5'),
    );
  });

  it.each([
    ['that goes, with an alias that came', 'x: &a\n  k: 1\ny: 2\n', 'x: &a\n  k: 1\ny: 2\nz: *a\n', 'y: 2\n'],
    [
      'that is given again above an alias of yours',
      'a: &x 1\nb: *x\n',
      'a: &x 1\nb: *x\nc: *x\n',
      'a: &x 1\nn: &x 2\nb: *x\n',
    ],
    ['that moved below its alias', 'a: &x 1\nb: 2\nc: 3\n', 'b: 2\nc: 3\na: &x 1\n', 'a: &x 1\nb: 2\nd: *x\nc: 3\n'],
  ])('are never bound to something else: one %s', (_, base, yours, theirs) => {
    const merged = merge(base, yours, theirs);
    expect(merged.conflicts.length).toBeGreaterThan(0);
    expect(merged.text).toBe(yours);
  });
});
