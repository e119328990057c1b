/** TypeScript, JSON and Terraform JSON: data in, the same data out. */
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { escaperFor, helpersFor } from '../../../../src/core/escape/index.ts';
import { failures, SAMPLES } from './samples.ts';

const typescript = escaperFor('typescript');
const json = escaperFor('json');
const terraform = escaperFor('terraform-json');

const context = vm.createContext(Object.create(null));
const evaluate = (text: string): unknown => vm.runInContext(`(${text})`, context, { timeout: 1000 });

/** Evaluates a Terraform string whose only template is a byte order mark at the start; throws on all others. */
function terraformText(text: string): string {
  const mark = '${"\\ufeff"}';
  if (text.startsWith(mark)) return `\ufeff${terraformText(text.slice(mark.length))}`;
  if (text.startsWith('\ufeff')) throw new Error('terraform drops it');
  return text.replace(/\$+\{|%+\{/g, (opener) => {
    if (opener.length < 3) throw new Error(`a template: ${opener}`);
    return opener.slice(1);
  });
}

describe('TypeScript', () => {
  it('strings evaluate to the value', () => {
    expect(failures(SAMPLES, (s) => evaluate(typescript(s)) === s)).toEqual([]);
    for (const quote of ['"', "'", '`']) {
      expect(failures(SAMPLES, (s) => evaluate(quote + s + quote) === s).length, `control: ${quote}`).toBeGreaterThan(
        100,
      );
    }
  });

  it('objects evaluate to the value, whatever their keys', () => {
    const holds = (print: (value: unknown) => string) => (s: string) => {
      const value = evaluate(print(JSON.parse(`{${JSON.stringify(s)}:[${JSON.stringify(s)},null]}`))) as Record<
        string,
        unknown
      >;
      return Object.keys(value).join() === s && JSON.stringify(value[s]) === JSON.stringify([s, null]);
    };
    expect(failures(SAMPLES, holds(typescript))).toEqual([]);
    expect(new Set(failures(SAMPLES, holds(JSON.stringify))), 'control: JSON is not TypeScript').toEqual(
      new Set(['__proto__']),
    );
  });

  it('reads like Prettier wrote it', () => {
    expect(typescript('a')).toBe('"a"');
    expect(typescript('say "hi"')).toBe(`'say "hi"'`);
    expect(typescript({ a: [1, true, null], 'b-c': {} })).toBe('{ a: [1, true, null], "b-c": {} }');
    expect(typescript('</script>\u2028\u202e\u{e0041}')).toBe('"\\u003c/script>\\u2028\\u202e\\udb40\\udc41"');
    expect(typescript(helpersFor('typescript').tf('${x}'))).toBe('"$${x}"');
  });
});

describe('JSON', () => {
  it('parses to the value, visibly', () => {
    expect(failures(SAMPLES, (s) => JSON.parse(json({ [s]: [s] }))[s][0] === s)).toEqual([]);
    expect(failures(SAMPLES, (s) => JSON.parse(`"${s}"`) === s).length, 'control').toBeGreaterThan(100);
    expect(json('a\u202e\u2028\ud800')).toBe('"a\\u202e\\u2028\\ud800"');
    expect(json(helpersFor('json').json({ a: [1] }))).toBe('{ "a": [1] }');
  });

  it.each([undefined, Number.NaN, () => 1, new Date(0), { a: [undefined] }])(
    'refuses %s, and so does TypeScript',
    (value) => {
      expect(() => json(value)).toThrow(/json cannot say/);
      expect(() => typescript(value)).toThrow(/typescript cannot say/);
    },
  );
});

describe('Terraform JSON', () => {
  const holds = (print: (value: unknown) => string) => (s: string) => {
    const value = JSON.parse(print({ [s]: s })) as Record<string, string>;
    const [key = '', text = ''] = Object.entries(value)[0] ?? [];
    return terraformText(key) === s && terraformText(text) === s;
  };

  it('evaluates to the value', () => {
    expect(failures(SAMPLES, holds(terraform))).toEqual([]);
    expect(failures(SAMPLES, holds(json)).length, 'control: JSON alone').toBeGreaterThan(100);
  });

  it('helpers neither forget nor repeat the escape', () => {
    const helpers = helpersFor('terraform-json');
    expect(terraform(helpers.tf('${x}'))).toBe('"$${x}"');
    expect(terraform(helpers.json({ a: '${x}' }))).toBe('"{ \\"a\\": \\"$${x}\\" }"');
    expect(terraform(helpers.raw('a reference', '"${var.x}"'))).toBe('"${var.x}"');
    expect(helpersFor('yaml').tf('%{ if true }')).toBe('%%{ if true }');
  });
});
