/** What promtool lets pass: our own look at rules, by their syntax tree. Runs anywhere, without promtool. */
import { parser } from '@prometheus-io/lezer-promql';

export type Rule = Readonly<{
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Readonly<Record<string, unknown>>;
  annotations?: Readonly<Record<string, unknown>>;
}>;
export type RuleGroup = Readonly<{ name: string; interval?: string; rules: readonly Rule[] }>;

/** A metric as an expression asks for it. */
export type Selector = Readonly<{
  metric: string | null;
  matchers: readonly Readonly<{ label: string; op: string; value: string }>[];
  /** The function right around it, and its window in seconds. */
  inside: string | null;
  window: number | null;
}>;

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

export function secondsIn(duration: string): number {
  return [...duration.matchAll(/(\d+)(ms|[smhdw])/g)].reduce(
    (sum, [, figure, unit = '']) => sum + Number(figure) * (UNITS[unit] ?? Number.NaN),
    0,
  );
}

/** Positions at which the expression is no PromQL. */
export function syntaxErrors(expr: string): readonly number[] {
  const found: number[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) found.push(from);
    },
  });
  return found;
}

/** Everything that the expression selects. */
export function selectorsOf(expr: string): readonly Selector[] {
  const found: Selector[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const id = node.getChild('Identifier');
      const list = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      const range = node.parent?.name === 'MatrixSelector' ? node.parent : null;
      const call = (range ?? node).parent?.parent;
      const called = call?.name === 'FunctionCall' ? call.getChild('FunctionIdentifier') : null;
      const text = (part: { from: number; to: number } | null | undefined) =>
        part ? expr.slice(part.from, part.to) : '';
      found.push({
        metric: id ? text(id) : null,
        matchers: list.map((matcher) => ({
          label: text(matcher.getChild('LabelName')),
          op: text(matcher.getChild('MatchOp')),
          value: JSON.parse(text(matcher.getChild('StringLiteral'))) as string,
        })),
        inside: called ? text(called) : null,
        window: range ? secondsIn(/\[([^\]]+)\]$/.exec(text(range))?.[1] ?? '') : null,
      });
    },
  });
  return found;
}

/** PostgreSQL's exporter calls a gauge so: how many connections there are now. */
const GAUGES = ['pg_stat_activity_count'];
const COUNTER = /_(?:total|count|bucket)$/;
const ON_COUNTERS = ['rate', 'increase', 'changes', 'resets'];

/** One line a finding. `scrape`: seconds between two scrapes of the slowest job. */
export function lint(groups: readonly RuleGroup[], scrape: number): readonly string[] {
  const rules = groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, group: group.name })));
  const records = new Set(rules.flatMap(({ record }) => record ?? []));
  const seen = new Set<string>();
  return [
    ...groups.filter(({ interval }) => secondsIn(interval ?? '') > 300).map(({ name }) => `${name}: interval above 5m`),
    ...rules.flatMap((rule) => {
      const name = rule.alert ?? rule.record ?? '';
      const key = `${name} ${JSON.stringify(rule.labels ?? {})}`;
      const twice = seen.has(key) ? ['there twice'] : [];
      seen.add(key);
      const findings = [
        ...twice,
        ...expressionFindings(rule, records, scrape),
        ...(rule.alert ? alertFindings(rule) : recordFindings(rule)),
      ];
      return findings.map((finding) => `${rule.group}/${name}: ${finding}`);
    }),
  ];
}

function expressionFindings({ expr }: Rule, records: ReadonlySet<string>, scrape: number): readonly string[] {
  if (syntaxErrors(expr).length > 0) return [`no PromQL at ${syntaxErrors(expr).join(', ')}`];
  return [
    ...selectorsOf(expr).flatMap(({ metric, matchers, inside, window }) => [
      ...(metric === null ? ['a selector without a metric'] : []),
      ...(metric?.includes(':') && !records.has(metric) ? [`${metric} is not recorded`] : []),
      ...(metric &&
      COUNTER.test(metric) &&
      !GAUGES.includes(metric) &&
      !ON_COUNTERS.includes(inside ?? '') &&
      !/count\($/.test(expr.slice(0, expr.indexOf(metric)))
        ? [`${metric} is a counter and is not rated`]
        : []),
      ...(inside === 'rate' && window !== null && window < 4 * scrape ? [`window of ${window} s below 4 scrapes`] : []),
      ...matchers.flatMap(({ label, op, value }) => [
        ...(op.includes('~') && !/[.*+?^$|()[\]\\{}]/.test(value) ? [`needless regex ${label}${op}"${value}"`] : []),
        ...(label === 'le' && /^\d+$/.test(value) ? ['le with an integer: Prometheus 3 writes 1.0'] : []),
      ]),
    ]),
    ...(/histogram_quantile\((?!\s*0\.)/.test(expr) ? ['a quantile outside of 0 to 1'] : []),
    ...(/\b(?:topk|bottomk)\b/.test(expr) ? ['topk changes its series all the time'] : []),
  ];
}

function recordFindings({ record = '' }: Rule): readonly string[] {
  return /^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$/.test(record) ? [] : ['not named level:metric:operations'];
}

/** Labels and annotations that routes, inhibitions, messages and runbooks rely on. */
function alertFindings({ alert = '', expr, labels = {}, annotations = {}, for: wait }: Rule): readonly string[] {
  const { severity, alert_type, category } = labels;
  const { summary, description, action, runbook_url } = annotations;
  const texts = [...Object.entries(labels), ...Object.entries(annotations)];
  return [
    ...(/^[A-Z][A-Za-z0-9]+$/.test(alert) ? [] : ['name is not CamelCase']),
    ...(['critical', 'warning', 'info', 'none'].includes(String(severity)) ? [] : [`severity ${severity}`]),
    ...['team', 'alert_type', 'family', 'category'].filter((label) => !labels[label]).map((label) => `no ${label}`),
    ...(severity === 'critical' && alert_type !== 'symptom' && category !== 'monitoring' ? ['a cause that pages'] : []),
    ...(wait === undefined && severity !== 'none' ? ['no for'] : []),
    ...(typeof summary === 'string' && /^[A-Z].*\.$/.test(summary) ? [] : ['summary is no sentence']),
    ...(typeof action === 'string' && /^[A-Z].*\.$/.test(action) && !action.includes('{{') ? [] : ['no action']),
    ...(typeof description === 'string' && (description.includes('{{ $value') || severity === 'none')
      ? []
      : ['description without its value']),
    ...(typeof runbook_url === 'string' && runbook_url.endsWith(`/${alert}.md`) ? [] : ['no runbook of its name']),
    ...texts.filter(([, value]) => typeof value !== 'string').map(([name]) => `${name} is no text`),
    ...Object.entries(labels)
      .filter(([, value]) => String(value).includes('$value'))
      .map(([name]) => `value in label ${name}`),
    ...(/[<>]|[!=]=/.test(expr) || severity === 'none' ? [] : ['compares nothing']),
  ];
}
