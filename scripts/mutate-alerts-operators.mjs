/** The ways in which a rule is broken: what a slip of the hand would change in its expression, or in how long it waits. */
import { parser } from '@prometheus-io/lezer-promql';

const SWAPS = {
  Gtr: ['<'],
  Lss: ['>'],
  Gte: ['<'],
  Lte: ['>'],
  EqlC: ['!='],
  Neq: ['=='],
  And: ['or', 'unless'],
  Or: ['and'],
  Unless: ['and'],
  Div: ['*'],
  Mul: ['/'],
  Sub: ['+'],
  Add: ['-'],
};
const AGGREGATIONS = { sum: 'max', max: 'min', min: 'max', avg: 'max', count: 'sum' };
const FUNCTIONS = {
  rate: 'increase',
  increase: 'rate',
  changes: 'resets',
  sum_over_time: 'avg_over_time',
  avg_over_time: 'sum_over_time',
};
const NEGATED = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' };

/** `change` says what is different; `rule` is the broken rule. */
export function mutantsOf(rule) {
  return [
    ...expressionMutants(String(rule.expr)).map(({ change, expr }) => ({ change, rule: { ...rule, expr } })),
    ...waitMutants(rule),
  ];
}

function waitMutants(rule) {
  if (!rule.for) return [];
  const { for: _, ...atOnce } = rule;
  return [
    { change: `for ${rule.for} -> at once`, rule: atOnce },
    { change: `for ${rule.for} -> 5m more`, rule: { ...rule, for: `${Number.parseInt(rule.for, 10) + 5}m` } },
  ];
}

function expressionMutants(expr) {
  const found = [];
  const put = (from, to, text, change) => found.push({ change, expr: expr.slice(0, from) + text + expr.slice(to) });
  parser.parse(expr).iterate({
    enter({ name, from, to, node }) {
      const text = expr.slice(from, to);
      for (const swap of SWAPS[name] ?? []) put(from, to, swap, `${text} at ${from} -> ${swap}`);
      if (name === 'NumberDurationLiteral' || name === 'NumberLiteral') numbers(node, text, put);
      if (name === 'NumberDurationLiteralInDurationContext') durations(text, from, to, put);
      if (name === 'AggregateOp' && AGGREGATIONS[text])
        put(from, to, AGGREGATIONS[text], `${text} at ${from} -> ${AGGREGATIONS[text]}`);
      if (name === 'FunctionIdentifier' && FUNCTIONS[text])
        put(from, to, FUNCTIONS[text], `${text} at ${from} -> ${FUNCTIONS[text]}`);
      if (name === 'AggregateModifier') put(from, to, '', `${text} at ${from} -> nothing`);
      if (name === 'LabelMatchers') matchers(node, expr, put);
    },
  });
  return found;
}

function numbers(node, text, put) {
  const value = Number(text);
  // `vector(0)` and `0 * x` are zero whatever they are multiplied with.
  const others = value === 0 ? [1] : [value * 2, value / 2];
  for (const other of others) put(node.from, node.to, String(other), `${text} at ${node.from} -> ${other}`);
}

function durations(text, from, to, put) {
  const [, figure, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (figure === undefined) throw new Error(`no duration: ${text}`);
  put(from, to, `${figure * 2}${unit}`, `[${text}] -> [${figure * 2}${unit}]`);
  const half =
    figure % 2 === 0
      ? `${figure / 2}${unit}`
      : `${figure * { s: 500, m: 30_000, h: 1_800_000, d: 43_200_000 }[unit]}ms`;
  put(from, to, half, `[${text}] -> [${half.endsWith('ms') ? 'half' : half}]`);
}

/** Each matcher negated, and left out. */
function matchers(node, expr, put) {
  const all = node.getChildren('UnquotedLabelMatcher');
  for (const matcher of all) {
    const text = expr.slice(matcher.from, matcher.to);
    const op = matcher.getChild('MatchOp');
    const negated = NEGATED[expr.slice(op.from, op.to)];
    put(op.from, op.to, negated, `${text} at ${matcher.from} -> ${negated}`);
    const others = all.filter((other) => other !== matcher).map((other) => expr.slice(other.from, other.to));
    put(node.from, node.to, `{${others.join(',')}}`, `${text} at ${matcher.from} -> nothing`);
  }
}
