import { describe, expect, it } from 'vitest';
import YAML from 'yaml';
import { escaperFor, helpersFor, Verbatim } from '../../../../src/core/escape/index.ts';
import { failures, SAMPLES } from './samples.ts';

const workflow = escaperFor('github-workflow');
const { block, expression, sh } = helpersFor('github-workflow');

/**
 * What GitHub makes of a scalar: text, and expressions from `${{` to the first `}}` outside a string.
 * Knows one kind of expression, a string; throws for all others, as they would be an injection.
 */
function evaluate(scalar: string): string {
  let result = '';
  for (let at = 0; at < scalar.length; ) {
    const open = scalar.indexOf('${{', at);
    if (open === -1) return result + scalar.slice(at);
    result += scalar.slice(at, open);
    const found = /^\$\{\{ *'((?:[^']|'')*)' *\}\}/.exec(scalar.slice(open));
    if (!found) throw new Error(`an expression: ${scalar.slice(open)}`);
    result += (found[1] ?? '').replaceAll("''", "'");
    at = open + found[0].length;
  }
  return result;
}

const EXPRESSIVE = SAMPLES.map((s, i) => (i % 3 === 0 ? `${s}\${{ ${s}` : s));

describe('a value in a workflow', () => {
  it('evaluates to itself, as a scalar and as a block', () => {
    const holds = (scalar: (s: string) => string) => (s: string) =>
      evaluate(YAML.parse(`k: ${scalar(s)}\n`, { logLevel: 'error' }).k) === s;
    expect(failures(EXPRESSIVE, holds(workflow))).toEqual([]);
    expect(
      failures(
        EXPRESSIVE,
        holds((s) => block(s, 2).text),
      ),
    ).toEqual([]);
    expect(failures(EXPRESSIVE, holds(escaperFor('yaml'))).length, 'control: YAML alone').toBeGreaterThan(500);
  });

  it('is split inside arrays and keys too', () => {
    expect(YAML.parse(workflow({ 'a${{': ['${{ x }}'] }))).toEqual({ "a${{ '${{' }}": ["${{ '${{' }} x }}"] });
  });

  it('keeps the style of a careful writer', () => {
    expect(workflow('npm ci')).toBe('npm ci');
    expect(workflow('a ${{ b')).toBe(`"a \${{ '\${{' }} b"`);
    expect(workflow(sh`npm run ${'a b'}`)).toBe("npm run 'a b'");
  });
});

describe('expression()', () => {
  it('prints an expression', () => {
    expect(workflow(expression('github.sha'))).toBe('${{ github.sha }}');
    expect(YAML.parse(`k: ${workflow(expression("format('a: {0} #', x)"))}`)).toEqual({
      k: "${{ format('a: {0} #', x) }}",
    });
    expect(helpersFor('yaml').expression('a')).toBe('${{ a }}');
    expect(expression('a')).toBeInstanceOf(Verbatim);
  });

  it.each(['', ' ', 'a }} b', 'a\nb', '${{ a', "'a", 'a "b"', 'a\u202e'])('refuses %j', (text) => {
    expect(() => expression(text)).toThrow(/expression/);
  });
});
