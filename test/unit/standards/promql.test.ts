/** The tokenizer of PromQL finds what the real grammar finds. */
import { parser } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPromql } from '../../../src/standards/parse/promql.ts';

/** Metric names and functions by Prometheus' own grammar. */
function byGrammar(source: string) {
  const metrics: (string | null)[] = [];
  const functions: string[] = [];
  const ranges: string[] = [];
  let valid = true;
  parser.parse(source).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) valid = false;
      if (type.name === 'VectorSelector') {
        const name = node.getChild('Identifier');
        metrics.push(name ? source.slice(name.from, name.to) : null);
      }
      if (type.name === 'FunctionIdentifier' || type.name === 'AggregateOp')
        functions.push(source.slice(from, to).toLowerCase());
      if (type.name === 'MatrixSelector') ranges.push(source.slice(from, to).replace(/^.*\[|\]$/g, ''));
    },
  });
  return { metrics, functions, ranges, valid };
}

const name = fc.constantFrom(
  'up',
  'http_requests_total',
  'service:errors:ratio_rate5m',
  'by_the_way',
  'on_call',
  'sum_of',
  'offset_seconds',
);
const label = fc.constantFrom('job', 'service', 'le', 'by', 'code', 'on');
const quote = fc.constantFrom('"', "'");
const matcher = fc
  .tuple(
    label,
    fc.constantFrom('=', '!=', '=~', '!~'),
    quote,
    fc.constantFrom('a', '5..', 'x|y', 'sum(up)', '{', '}', '[5m]', '#', ''),
  )
  .map(([key, op, mark, value]) => `${key}${op}${mark}${value}${mark}`);
const selector = fc
  .tuple(name, fc.array(matcher, { maxLength: 3 }), fc.boolean())
  .map(([metric, matchers, braces]) => (matchers.length > 0 || braces ? `${metric}{${matchers.join(', ')}}` : metric));
const range = fc.constantFrom('5m', '1h30m', '30s', '3d', '500ms');
const labels = fc.array(label, { maxLength: 3 }).map((list) => `(${list.join(', ')})`);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    selector,
    fc.constantFrom('1', '0.05', '(14.4 * 0.001)', '1e3', '.5', 'vector(1)', 'time()'),
    fc
      .tuple(fc.constantFrom('rate', 'increase', 'max_over_time', 'changes'), selector, range)
      .map(([fn, one, window]) => `${fn}(${one}[${window}])`),
    fc.tuple(selector, range).map(([one, window]) => `(${one} offset ${window})`),
    fc
      .tuple(fc.constantFrom('sum', 'max', 'count', 'avg'), fc.constantFrom('by', 'without'), labels, tie('expression'))
      .map(([fn, how, list, of]) => `${fn} ${how} ${list} (${of})`),
    fc
      .tuple(fc.constantFrom('sum', 'min'), labels, tie('expression'))
      .map(([fn, list, of]) => `${fn}(${of}) by ${list}`),
    fc
      .tuple(fc.constantFrom('abs', 'absent', 'clamp_min'), tie('expression'))
      .map(([fn, of]) => (fn === 'clamp_min' ? `clamp_min(${of}, 1)` : `${fn}(${of})`)),
    fc
      .tuple(tie('expression'), fc.constantFrom('/', '+', '*', '>', '<= bool', '== bool'), tie('expression'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('and', 'or', 'unless', 'and on (service)', '* on (job) group_left (version)'),
        tie('expression'),
      )
      .map(([a, op, b]) => `(${a})\n  ${op}\n(${b}) # up`),
    fc.tuple(tie('expression')).map(([of]) => `max_over_time((${of})[1h:5m])`),
  ),
}));

describe('readPromql', () => {
  it('finds the selectors, functions and ranges that the grammar finds', () => {
    fc.assert(
      fc.property(expression, (source) => {
        const real = byGrammar(source);
        fc.pre(real.valid);
        const found = readPromql(source);
        expect(found.selectors.map(({ metric }) => metric)).toEqual(real.metrics);
        expect([...found.functions].sort()).toEqual([...real.functions].sort());
        expect(found.selectors.filter(({ range: window }) => window !== null)).toHaveLength(real.ranges.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), (source) => {
        expect(readPromql(source).selectors.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('reads matchers, ranges in seconds, numbers and comparisons', () => {
    const found = readPromql(
      'sum by (service) (rate(http_total{job="app", code=~"5..",x="a\\"b"}[5m])) / on (service) up offset 1h > bool 0.05 and {__name__="x"} <= 14.4 * 0.001',
    );
    expect(found.selectors).toEqual([
      {
        metric: 'http_total',
        matchers: [
          { label: 'job', op: '=', value: 'app' },
          { label: 'code', op: '=~', value: '5..' },
          { label: 'x', op: '=', value: 'a"b' },
        ],
        range: 300,
      },
      { metric: 'up', matchers: [], range: null },
      { metric: null, matchers: [{ label: '__name__', op: '=', value: 'x' }], range: null },
    ]);
    expect(found.functions).toEqual(['sum', 'rate']);
    expect(found.numbers).toEqual([0.05, 14.4, 0.001]);
    expect(found.comparisons).toEqual([
      { op: '>', number: 0.05 },
      { op: '<=', number: 14.4 },
    ]);
    expect(readPromql('rate(x[3d])').selectors[0]?.range).toBe(259_200);
  });
});
