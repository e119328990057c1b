/** PromQL, and the Go templates that stand beside it in Prometheus rules. */
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { escaperFor, helpersFor } from '../../../../src/core/escape/index.ts';
import { failures, SAMPLES } from './samples.ts';

const { promql, promRegex, goTemplate } = helpersFor('yaml');

/** The one string literal of a query that is one selector; throws for every other query. */
function literal(query: string): string {
  const strings: string[] = [];
  let selectors = 0;
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error('does not parse');
      if (node.name === 'VectorSelector') selectors++;
      if (node.name === 'StringLiteral') strings.push(query.slice(node.from, node.to));
    },
  });
  const [text] = strings;
  if (selectors !== 1 || strings.length !== 1 || text === undefined) throw new Error('another query');
  return text;
}

/** As Go unquotes: the escapes of JSON and `\UXXXXXXXX`, and a line break is an error. */
function unquote(text: string): string {
  if (/[\n\r]/.test(text)) throw new Error('a line break in a string');
  return text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|([nrt"\\]))/g, (_, short?: string, long?: string, char = '') => {
      const hex = short ?? long;
      if (hex && /^0*d[89a-f]..$/.test(hex)) throw new Error('half a surrogate pair');
      return hex
        ? String.fromCodePoint(Number.parseInt(hex, 16))
        : ({ n: '\n', r: '\r', t: '\t' }[char as string] ?? char);
    });
}

describe('PromQL', () => {
  const holds = (print: (s: string) => unknown) => (s: string) => unquote(literal(`up{service=${print(s)}}`)) === s;

  it('a string literal is the value, and the query stays one selector', () => {
    expect(failures(SAMPLES, holds(promql))).toEqual([]);
    expect(
      failures(
        SAMPLES,
        holds((s) => `"${s}"`),
      ).length,
      'control',
    ).toBeGreaterThan(100);
  });

  it('a regular expression matches the value and not its neighbours', () => {
    const matches = (print: (s: string) => unknown) => (s: string) => {
      const pattern = new RegExp(`^(?:${unquote(literal(`up{service=~${print(s)}}`))})$`, 's');
      return (
        pattern.test(s) &&
        !pattern.test(`${s}x`) &&
        !pattern.test(s.replace('.', 'x').replace('*', '')) === /[.*]/.test(s)
      );
    };
    expect(failures(SAMPLES, matches(promRegex))).toEqual([]);
    expect(failures(SAMPLES, matches(promql)).length, 'control: no second escape').toBeGreaterThan(300);
    expect(promRegex(['a.b', 'c'])).toBe('"a\\\\.b|c"');
  });

  it('is a string in YAML, verbatim in PromQL', () => {
    const print = escaperFor('promql');
    expect(`up{a=${promql('b"')}}`).toBe('up{a="b\\""}');
    expect(print(helpersFor('promql').promql('b'))).toBe('"b"');
    expect(print('b')).toBe('"b"');
    expect(print(0.5)).toBe('0.5');
    expect(promql('\u{e0041}')).toBe('"\\U000e0041"');
    expect(() => promql('\ud800')).toThrow(/surrogate/);
    expect(() => promql(null)).toThrow(/cannot say/);
  });
});

/** Executes a Go template whose only actions are string constants. */
function execute(template: string): string {
  let result = '';
  for (let at = 0; ; ) {
    const open = template.indexOf('{{', at);
    if (open === -1) return result + template.slice(at);
    const action = /^\{\{"(\{+)"\}\}/.exec(template.slice(open));
    if (!action) throw new Error(`an action: ${template.slice(open)}`);
    result += template.slice(at, open) + action[1];
    at = open + action[0].length;
  }
}

describe('Go templates', () => {
  it('print the value, alone and beside another', () => {
    expect(failures(SAMPLES, (s) => execute(`${goTemplate(s)}`) === s)).toEqual([]);
    expect(failures(SAMPLES, (s) => execute(`${goTemplate(s)}${goTemplate(s)}`) === s + s)).toEqual([]);
    expect(execute(`${goTemplate('a{')}${goTemplate('{ .X }}')}`)).toBe('a{{ .X }}');
    expect(failures(SAMPLES, (s) => execute(s) === s).length, 'control').toBeGreaterThan(50);
  });

  it('are neutralised once, in their own language too', () => {
    const print = escaperFor('go-template');
    expect(print('{{ .X }}')).toBe('{{"{{"}} .X }}');
    expect(print(helpersFor('go-template').goTemplate('{{ .X }}'))).toBe('{{"{{"}} .X }}');
  });
});
