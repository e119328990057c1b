/** When both sides moved the same pin. */
import { describe, expect, it } from 'vitest';
import { mergeTexts } from '../../../../src/core/three-way/index.ts';
import { mergePins, newerPin } from '../../../../src/core/three-way/pins.ts';

const hash = (c: string): string => c.repeat(40);
const digest = (c: string): string => `@sha256:${c.repeat(64)}`;
const action = (c: string, tag: string): string => `- uses: actions/checkout@${hash(c)} # ${tag}`;

describe('the newer pin', () => {
  it.each([
    [
      'an action by the tag in its comment',
      action('a', 'v4.1.0'),
      action('b', 'v4.2.0'),
      action('c', 'v4.1.7'),
      'yours',
    ],
    ['numbers are numbers', action('a', 'v4.1.0'), action('b', 'v4.9.0'), action('c', 'v4.10.0'), 'theirs'],
    ['a new major without minor', action('a', 'v4.1.0'), action('b', 'v4.2.0'), action('c', 'v5'), 'theirs'],
    ['an action by its tag', 'uses: a/b@v1', 'uses: a/b@v2', 'uses: a/b@v3', 'theirs'],
    ['a tag against a hash', 'uses: a/b@v1', 'uses: a/b@v4', `uses: a/b@${hash('c')} # v3.1.0`, 'yours'],
    ['an image by its tag', 'image: postgres:16.1', 'image: postgres:16.3', 'image: postgres:16.2', 'yours'],
    [
      'an image by what is behind the version',
      'image: a/b:1.2-alpine3.19',
      'image: a/b:1.3-alpine3.19',
      'image: a/b:1.3-alpine3.20',
      'theirs',
    ],
    [
      'an image with digest',
      `FROM node:22.1.0-slim${digest('a')} AS build`,
      `FROM node:22.3.0-slim${digest('b')} AS build`,
      `FROM node:22.2.0-slim${digest('c')} AS build`,
      'yours',
    ],
    [
      'two builds of one tag: the bot that runs daily',
      `image: redis:7.4${digest('a')}`,
      `image: redis:7.4${digest('b')}`,
      `image: redis:7.4${digest('c')}`,
      'yours',
    ],
    [
      'a registry with a port',
      'image: reg.io:5000/a/b:1.0.0',
      'image: reg.io:5000/a/b:1.0.1',
      'image: reg.io:5000/a/b:1.0.2',
      'theirs',
    ],
    ['a version in JSON', '"pnpm": "10.4.1",', '"pnpm": "10.5.0",', '"pnpm": "10.4.2",', 'yours'],
    ['a range of the same kind', '"vite": "^5.1.0"', '"vite": "^5.3.0"', '"vite": "^5.2.0"', 'yours'],
    [
      'a package manager with its hash',
      '"packageManager": "pnpm@10.1.0+sha512.aa"',
      '"packageManager": "pnpm@10.2.0+sha512.bb"',
      '"packageManager": "pnpm@10.3.0+sha512.cc"',
      'theirs',
    ],
    ['a variable', 'NODE_VERSION: 22.3.0', 'NODE_VERSION: 22.4.0', 'NODE_VERSION: 24.0.0', 'theirs'],
    ['a build argument', 'ARG PNPM_VERSION=10.1.0', 'ARG PNPM_VERSION=10.2.0', 'ARG PNPM_VERSION=10.3.0', 'theirs'],
    ['a version with a v', 'version: v1.2.3', 'version: v1.2.4', 'version: v1.3.0', 'theirs'],
    ['a hook of pre-commit', 'rev: v1.2.3', 'rev: v1.4.0', 'rev: v1.3.0', 'yours'],
    [
      'a whole number where the key speaks of a version',
      'node-version: 18',
      'node-version: 22',
      'node-version: 20',
      'yours',
    ],
    ['the new version went back, a bot did not', 'rev: v1.5.0', 'rev: v1.6.0', 'rev: v1.4.0', 'yours'],
  ])('is known: %s', (_, base, yours, theirs, side) => {
    expect(newerPin(base, yours, theirs)?.side).toBe(side);
  });

  it.each([
    ['one tag, two commits: somebody moved it', action('a', 'v4.1.0'), action('b', 'v4.2.0'), action('c', 'v4.2.0')],
    ['a hash without a tag', action('a', ''), action('b', ''), action('c', '')],
    ['you went back on purpose', 'rev: v1.5.0', 'rev: v1.4.0', 'rev: v1.6.0'],
    ['another name', 'image: a/b:1.0.0', 'image: a/c:1.1.0', 'image: a/b:1.2.0'],
    ['another scheme', 'image: node:22.1.0', 'image: node:22.2.0-alpine', 'image: node:22.3.0'],
    ['a release and a candidate', 'version: v1.2.0', 'version: v1.3.0', 'version: v1.4.0-rc.1'],
    ['one of them floats', 'image: node:22.1', 'image: node:22', 'image: node:22.2'],
    ['a number that is no version', 'timeout-minutes: 10', 'timeout-minutes: 20', 'timeout-minutes: 15'],
    ['an address', 'host: 10.0.0.1', 'host: 10.0.0.2', 'host: 10.0.0.3'],
    ['a port', '- "8080:80"', '- "8081:80"', '- "8082:80"'],
    ['another stage', 'FROM a:1.0.0 AS x', 'FROM a:1.1.0 AS y', 'FROM a:1.2.0 AS x'],
    ['words behind it', 'rev: v1.0.0', 'rev: v1.1.0 # held by ops', 'rev: v1.2.0'],
  ])('is not known: %s', (_, base, yours, theirs) => {
    expect(newerPin(base, yours, theirs)).toBeNull();
  });

  it('decides line by line, beside lines that one side alone changed', () => {
    const text = (version: string, name: string): string => `ARG A_VERSION=${version}\nENV NAME=${name}\n`;
    expect(mergePins(text('1.0.0', 'x'), text('1.2.0', 'x'), text('1.1.0', 'new'))).toEqual({
      text: text('1.2.0', 'new'),
      notes: ['A_VERSION: yours (1.2.0) is newer than 1.1.0, kept'],
    });
    expect(mergePins(text('1.0.0', 'x'), text('1.2.0', 'mine'), text('1.1.0', 'new'))).toBeNull();
  });

  it('is not slow on a line that somebody made long', () => {
    const line = `image: ${'a.'.repeat(20_000)}:1.0.0`;
    const start = performance.now();
    expect(newerPin(line, `${line}1`, `${line}2`)).toBeNull();
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('pins in a file', () => {
  const workflow = (c: string, tag: string, node = '20.1.0'): string =>
    `jobs:\n  build:\n    steps:\n      - uses: actions/checkout@${hash(c)} # ${tag}\n      - uses: actions/setup-node@v4\n        with:\n          node-version: ${node}\n`;

  it('takes hash and comment together from the newer side', () => {
    const merged = mergeTexts({
      path: 'ci.yml',
      base: workflow('a', 'v4.1.0'),
      yours: workflow('b', 'v4.2.0', '22.0.0'),
      theirs: workflow('c', 'v4.3.0', '20.2.0'),
    });
    expect(merged.text).toBe(workflow('c', 'v4.3.0', '22.0.0'));
    expect(merged.conflicts).toEqual([]);
    expect(merged.notes).toEqual([
      'actions/checkout: v4.3.0 is newer than yours (v4.2.0), taken',
      'node-version: yours (22.0.0) is newer than 20.2.0, kept',
    ]);
  });

  it('never mates the hash of one side with the comment of the other', () => {
    // Somebody moved the hash alone; the new version moved both.
    const merged = mergeTexts({
      path: 'ci.yml',
      base: workflow('a', 'v4.1.0'),
      yours: workflow('b', 'v4.1.0'),
      theirs: workflow('c', 'v4.3.0'),
    });
    expect([workflow('b', 'v4.1.0'), workflow('c', 'v4.3.0')]).toContain(merged.text);
  });

  it('leaves a tag that says two commits to a person', () => {
    const merged = mergeTexts({
      path: 'ci.yml',
      base: workflow('a', 'v4.1.0'),
      yours: workflow('b', 'v4.2.0'),
      theirs: workflow('c', 'v4.2.0'),
    });
    expect(merged.conflicts.map(({ pointer }) => pointer)).toEqual(['/jobs/build/steps/0/uses']);
    expect(merged.text).toBe(workflow('b', 'v4.2.0'));
  });
});
