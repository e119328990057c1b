/** ALERT-001 to ALERT-005, PERF-001 and PERF-004: the alerts that the documents give with their limits. */
import type { Applies, Check, CheckInput, Defect } from '../check.ts';
import { meets } from '../parse/alertmanager.ts';
import type { Rule } from '../parse/prometheus.ts';
import {
  type AlertRule,
  alertsOf,
  duration,
  measuredBy,
  prometheusOf,
  RESTORE,
  readyAlerts,
  ruleFilesOf,
  rulesOf,
} from './operations.ts';
import { all } from './places.ts';
import { whyUntimed } from './request-times.ts';
import { openInStacks } from './stack-tests.ts';

/** What a rule has to say; `key` is where it says so. */
type Demand = Readonly<{
  key: string;
  met: (rule: AlertRule, measured: readonly Rule[]) => boolean;
  message: (rule: AlertRule) => string;
}>;

/**
 * Some rule meets every demand, or the one that comes nearest is told what it lacks. The first demand that picks a rule is its subject: which
 * alert it is does not hang on its name.
 */
function oneMeets(
  input: CheckInput,
  what: string,
  subject: (rule: AlertRule, measured: readonly Rule[]) => boolean,
  demands: readonly Demand[],
): readonly Defect[] {
  const judged = alertsOf(input)
    .map((rule) => ({ rule, measured: measuredBy(input)(rule) }))
    .filter(({ rule, measured }) => subject(rule, measured))
    .map(({ rule, measured }) => ({ rule, unmet: demands.filter(({ met }) => !met(rule, measured)) }))
    .sort((a, b) => a.unmet.length - b.unmet.length);
  const [nearest] = judged;
  if (!nearest) return [missing(input, what)];
  return nearest.unmet.map(({ key, message }) => ({
    file: nearest.rule.file,
    line: nearest.rule.lineOf(...key.split('/')),
    message: message(nearest.rule),
    hint: RESTORE,
  }));
}

export function missing(input: CheckInput, what: string): Defect {
  const { alertRules, rules } = input.system.layout.prometheus;
  const path = input.artifact(alertRules ?? '')?.path ?? ruleFilesOf(input)[0]?.path ?? rules;
  return { file: path, line: 1, message: `No alert fires ${what}.`, hint: RESTORE };
}

const CODES: Readonly<Record<string, string>> = { '5xx': '503', ok: '200' };

/** Counts answers of the server's own errors and no others. */
export function countsErrors({ promql }: Rule): boolean {
  return promql.selectors.some(({ matchers }) =>
    matchers.some(
      (matcher) =>
        /status|code/.test(matcher.label) &&
        meets([matcher], { [matcher.label]: CODES['5xx'] as string }) &&
        !meets([matcher], { [matcher.label]: CODES.ok as string }),
    ),
  );
}

const windows = (measured: readonly Rule[]) =>
  measured.flatMap(({ promql }) => promql.selectors.flatMap(({ range }) => range ?? []));
const uses = (measured: readonly Rule[], metric: RegExp) =>
  measured.some(({ promql }) => promql.selectors.some((selector) => metric.test(selector.metric ?? '')));
const isQuantile = ({ promql }: Rule) => promql.functions.includes('histogram_quantile');
const limits = ({ promql }: Rule, op: string, ...wanted: readonly number[]) =>
  promql.comparisons.some((one) => one.op.startsWith(op) && one.number !== null && wanted.includes(one.number));

const severity = (wanted: string): Demand => ({
  key: 'labels/severity',
  met: ({ labels }) => labels.severity === wanted,
  message: ({ alert, labels }) => `${alert} has the severity ${labels.severity ?? 'of nobody'}; it is to be ${wanted}.`,
});

/** Every rate that it stands on is taken over this time. */
const over = (seconds: number, of: (rule: Rule) => boolean): Demand => ({
  key: 'expr',
  met: (_, measured) => windows(measured.filter(of)).every((range) => range === seconds),
  message: ({ alert }) => `${alert} does not measure over ${duration(seconds)}.`,
});

const limit = (op: '>' | '<', ...wanted: readonly number[]): Demand => ({
  key: 'expr',
  met: (rule) => limits(rule, op, ...wanted),
  message: ({ alert }) => `${alert} has another limit than ${op} ${wanted.join(' or ')}.`,
});

const holds = (from: number, to = from): Demand => ({
  key: 'for',
  met: (rule) => rule.for >= from && rule.for <= to,
  message: (rule) =>
    `${rule.alert} waits ${duration(rule.for)} before it fires; it is to be ${from === to ? duration(from) : `more than 0 s`}.`,
});

/** True where some rule, recorded or alerted on, looks at this. */
function measured(test: (rule: Rule) => boolean, nothing: string) {
  return (input: CheckInput): Applies => all(readyAlerts(input), rulesOf(input).some(test) || { notChecked: nothing });
}

const NO_HTTP = 'Prometheus sees no requests: no service serves metrics of them';

/** ALERT-001: more than 5 % errors over 5 minutes page. */
const errors: Check = {
  id: 'ALERT-001',
  applies: measured(countsErrors, NO_HTTP),
  run: (input) =>
    oneMeets(
      input,
      'when more than 5 % of the requests fail',
      (rule, below) => below.some(countsErrors) && !isBurn(rule) && rule.labels.severity !== 'info',
      [severity('critical'), over(300, countsErrors), limit('>', 0.05, 5)],
    ),
};

/** Rules of an error budget compare with a multiple of what the objective leaves. */
export function isBurn({ promql, expr }: Rule): boolean {
  return promql.comparisons.length > 1 && /\b(14\.4|6|3|1)\s*\*\s*\(?\s*[\d.]/.test(expr);
}

/** ALERT-002: p95 above the objective warns after 2 minutes. */
const slow: Check = {
  id: 'ALERT-002',
  applies: (input) => {
    const { p95Milliseconds } = input.system.observability.objective;
    const untimed = whyUntimed(input);
    return all(
      p95Milliseconds === 500 || `the objective of this project is ${p95Milliseconds} ms`,
      measured(isQuantile, NO_HTTP)(input),
      untimed === null || { notChecked: untimed },
    );
  },
  run: (input) =>
    oneMeets(input, 'when the 95th percentile of latency passes 0.5 s', (_, below) => below.some(isQuantile), [
      {
        key: 'expr',
        met: (_, below) =>
          below.some(({ promql }) => promql.functions.includes('histogram_quantile') && promql.numbers.includes(0.95)),
        message: ({ alert }) => `${alert} does not look at the 95th percentile.`,
      },
      over(300, isQuantile),
      limit('>', 0.5),
      holds(120),
      severity('warning'),
    ]),
};

const NO_HOSTS = 'no exporter of hosts is scraped';
const CPU = /^node_cpu_seconds_total$/;
const FREE = /^node_filesystem_(avail|free)_bytes$/;

/** ALERT-003: high CPU tells of capacity, and wakes nobody. */
const cpu: Check = {
  id: 'ALERT-003',
  applies: (input) =>
    all(readyAlerts(input), prometheusOf(input)?.job('infrastructure') ? true : { notChecked: NO_HOSTS }),
  open: openInStacks('ALERT-003'),
  run: (input) =>
    oneMeets(input, 'when the processors are busy', (_, below) => uses(below, CPU), [
      limit('>', 80, 0.8),
      holds(240),
      {
        key: 'labels/severity',
        met: ({ labels }) => labels.severity !== 'critical',
        message: ({ alert }) => `${alert} wakes somebody for a cause that no user may feel.`,
      },
    ]),
};

/** ALERT-004: less than 20 % of the disk free. */
const disk: Check = {
  id: 'ALERT-004',
  applies: (input) =>
    all(readyAlerts(input), prometheusOf(input)?.job('infrastructure') ? true : { notChecked: NO_HOSTS }),
  run: (input) =>
    oneMeets(input, 'when less than 20 % of the disk is free', (_, below) => uses(below, FREE), [
      limit('<', 0.2, 20),
      holds(1, 3600),
      severity('warning'),
      {
        key: 'expr',
        met: (_, below) => uses(below, /^node_filesystem_size_bytes$/),
        message: ({ alert }) => `${alert} does not compare with the size of the file system.`,
      },
    ]),
};

const POOL = /^(pg_settings_max_connections|mysql_global_variables_max_connections)$/;
const QUERIES =
  /^(pg_stat_activity_max_tx_duration|pg_stat_statements_\w+|pg_long_running_\w+|mysql_global_status_slow_queries)$/;

/** ALERT-005: a pool that is used up, queries over a second. */
const database: Check = {
  id: 'ALERT-005',
  applies: (input) => {
    const job = prometheusOf(input)?.jobs.some(({ name }) => name === 'postgresql' || name === 'mysql');
    return all(readyAlerts(input), job ? true : 'no exporter of a database that has a pool is scraped');
  },
  run: (input) => [
    ...oneMeets(input, 'when the connections of the database are used up', (_, below) => uses(below, POOL), [
      {
        key: 'expr',
        met: ({ promql }) =>
          promql.comparisons.some(({ op, number }) => op === '>' && (number ?? 0) >= 0.8 && (number ?? 0) <= 1),
        message: ({ alert }) => `${alert} has another limit than nearly all connections (0.8 to 1).`,
      },
    ]),
    ...oneMeets(input, 'when queries take more than a second', (_, below) => uses(below, QUERIES), [limit('>', 1)]),
  ],
};

export const alertRules: readonly Check[] = [errors, slow, cpu, disk, database];
