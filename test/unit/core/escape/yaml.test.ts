import * as jsYaml from 'js-yaml';
import { describe, expect, it } from 'vitest';
import YAML from 'yaml';
import { escaperFor, helpersFor } from '../../../../src/core/escape/index.ts';
import { failures, SAMPLES } from './samples.ts';

const yaml = escaperFor('yaml');
const { block } = helpersFor('yaml');

const QUIET = { strict: true, logLevel: 'error' } as const;

const PARSERS: readonly (readonly [string, (text: string) => unknown])[] = [
  ['yaml 1.2', (text) => YAML.parse(text, QUIET)],
  ['yaml 1.1', (text) => YAML.parse(text, { ...QUIET, version: '1.1' })],
  ['js-yaml', (text) => jsYaml.load(text)],
];

const get = (data: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((d, key) => (d as Record<string | number, unknown>)[key], data);
const firstKey = (data: unknown) => Object.keys(data as object)[0];

/** Every place that a scalar can stand in. */
const PLACES: readonly (readonly [string, (scalar: string) => string, (data: unknown) => unknown])[] = [
  ['value', (s) => `k: ${s}\nz: 1\n`, (d) => get(d, 'z') === 1 && get(d, 'k')],
  ['item', (s) => `- ${s}\n- z\n`, (d) => get(d, 1) === 'z' && get(d, 0)],
  ['nested item', (s) => `- - ${s}\n`, (d) => get(d, 0, 0)],
  ['key', (s) => `a:\n  ${s}: 1\n`, (d) => get(d, 'a', firstKey(get(d, 'a')) ?? '') === 1 && firstKey(get(d, 'a'))],
  ['key of an item', (s) => `- ${s}: 1\n`, (d) => firstKey(get(d, 0))],
  ['flow item', (s) => `k: [a, ${s}, b]\n`, (d) => get(d, 'k', 'length') === 3 && get(d, 'k', 1)],
  ['flow value', (s) => `k: { a: ${s}, b: 1 }\n`, (d) => get(d, 'k', 'b') === 1 && get(d, 'k', 'a')],
];

/** Controls need no more than a few values to fail. */
const SOME = SAMPLES.filter((_, i) => i % 8 === 0);

describe.each(PARSERS)('a YAML scalar, read by %s', (_, parse) => {
  it.each(PLACES)('is the value as a %s', (_place, write, read) => {
    const holds = (scalar: (s: string) => string) => (s: string) => read(parse(write(scalar(s)))) === s;
    expect(failures(SAMPLES, holds(yaml))).toEqual([]);
    expect(
      failures(
        SOME,
        holds((s) => s),
      ).length,
      'control: plain interpolation',
    ).toBeGreaterThan(50);
    expect(
      failures(
        SOME,
        holds((s) => `"${s}"`),
      ).length,
      'control: quotes alone',
    ).toBeGreaterThan(25);
  });

  it('is the value as a block scalar, and what follows stays what it was', () => {
    const document = (scalar: string) => `a:\n  - b: ${scalar}\n\n    c: 1\n\n# end\n`;
    const holds = (scalar: (s: string) => string) => (s: string) => {
      const item = get(parse(document(scalar(s))), 'a', 0);
      return get(item, 'b') === s && get(item, 'c') === 1;
    };
    const around = [
      (s: string) => s,
      (s: string) => `${s}\necho ${s}`,
      (s: string) => `echo\n${s}\n`,
      (s: string) => `\n${s}`,
    ];
    const scripts = SAMPLES.map((s, i) => around[i % 4]?.(s) ?? s);
    expect(
      failures(
        scripts,
        holds((s) => block(s, 6).text),
      ),
    ).toEqual([]);
    expect(scripts.filter((s) => block(s, 6).text.startsWith('|')).length, 'most of them as blocks').toBeGreaterThan(
      700,
    );
    const naive = (s: string) => `|-\n${s.replace(/^/gm, '      ')}`;
    expect(failures(scripts, holds(naive)).length, 'control: indenting alone').toBeGreaterThan(500);
  });

  it('says numbers, booleans, null, arrays and objects as such', () => {
    const value = { a: [1, -0.5, 1e21, 1e-7, true, null, '22', 'a b'], b: {}, c: [], 'on: ': { d: 'no' } };
    expect(parse(`k: ${yaml(value)}\n`)).toEqual({ k: value });
    expect(parse(`k: ${yaml([Number.NaN, Infinity, -Infinity, -0])}\n`)).toEqual({
      k: [Number.NaN, Infinity, -Infinity, -0],
    });
  });

  it('keeps half a surrogate pair, as an escape', () => {
    expect(yaml('a\ud800')).toBe('"a\\ud800"');
    expect(parse(`k: ${yaml('a\ud800')}\n`)).toEqual({ k: 'a\ud800' });
  });
});

describe('the style of a YAML scalar', () => {
  it.each([
    ...[
      'npm run lint',
      'node:22-bookworm-slim@sha256:0a1b',
      'src/**/*.ts',
      'ubuntu-24.04',
      './infra',
      '.github',
      '22.x',
      'v1.2',
      '--ci',
      'a@b',
      "it's",
    ],
    ...[
      'https://example.com/a/b&d=e#f',
      'Überblick – größer',
      'actions/checkout@v4',
      '/healthz',
      'a:b',
      'S3_BUCKET',
      '5m',
      '100%',
      'yes-man',
    ],
  ])('leaves %j plain', (text) => {
    expect(yaml(text)).toBe(text);
  });

  it.each([
    ...[
      '22',
      '1.20',
      '1.2.3',
      '22:22',
      '12:30:45',
      '1e3',
      '0o14',
      '0x1f',
      '1_000',
      '.5',
      '+1',
      '-1',
      '2024-01-01',
      '2024-01-01T10:00:00Z',
      '127.0.0.1',
      '12e5',
      '0b1',
    ],
    ...[
      'on',
      'Yes',
      'NO',
      'y',
      'null',
      '~',
      'true',
      '.inf',
      '.NaN',
      '=',
      '<<',
      '',
      ' a',
      'a ',
      'a: b',
      'a #b',
      '*.ts',
      '@a',
      '# a',
      '- a',
      '---',
      'a,b',
      "'a",
      'a:',
    ],
  ])('puts %j in double quotes', (text) => {
    expect(yaml(text)).toBe(`"${text}"`);
  });

  it('prefers single quotes where double ones would need escapes', () => {
    expect(yaml('[ "a" ]')).toBe(`'[ "a" ]'`);
    expect(yaml('*\\d')).toBe("'*\\d'");
    expect(yaml(`"it's"`)).toBe(`'"it''s"'`);
    expect(yaml(`"it's\\`)).toBe(`"\\"it's\\\\"`);
  });

  it('shows what cannot be seen', () => {
    expect(yaml('a\u202eb\u00a0\u0085\ufeff\u{e0041}')).toBe('"a\\u202eb\\u00a0\\u0085\\ufeff\\U000e0041"');
  });

  it('writes scripts as literal blocks', () => {
    expect(`${block('set -eu\nnpm ci', 2)}`).toBe('|-\n  set -eu\n  npm ci');
    expect(`${block('npm ci\n\nnpm test\n', 4)}`).toBe('|\n    npm ci\n\n    npm test');
    expect(`${block('  a\nb', 2)}`).toBe('|2-\n    a\n  b');
    expect(`${block('npm ci', 10)}`).toBe('npm ci');
    expect(`${block('a \nb', 2)}`).toBe('"a \\nb"');
    expect(`${block('if: "x"', 2)}`).toBe('|-\n  if: "x"');
  });

  it.each([undefined, () => 1, Symbol('s'), 1n, new Date(0), new Map(), { a: undefined }, new Array(1)])(
    'refuses %s',
    (value) => {
      expect(() => yaml(value)).toThrow(/yaml cannot say/);
    },
  );

  it('refuses a cycle, and an indentation that is none', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => yaml(cycle)).toThrow(/contains itself/);
    expect(() => block('a', 1)).toThrow(/indent/);
    expect(() => helpersFor('json').block('a', 2)).toThrow(/only YAML/);
  });
});
