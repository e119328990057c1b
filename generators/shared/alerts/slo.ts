/** The promise, and how fast its error budget is used up. OBS-018 */
import type { System } from '../../../src/model.ts';
import { contractsOf, type MetricContract } from '../metrics.ts';
import type { Alert } from './alert.ts';
import { fires, quiet, row, series, target, test } from './row.ts';
import { burnFastTests, burnSlowTests } from './slo-tests.ts';
import { APPLICATION_SCRAPE_SECONDS as scrape } from './timing.ts';

/**
 * How much faster than the objective allows errors may come, seen over two windows at once: the long one says that it matters, the short one
 * that it goes on. 14.4 times for an hour uses 2 % of the budget of 30 days.
 */
export type Burn = Readonly<{ factor: number; long: string; short: string }>;

const FAST: readonly Burn[] = [
  { factor: 14.4, long: '1h', short: '5m' },
  { factor: 6, long: '6h', short: '30m' },
];
const SLOW: readonly Burn[] = [
  { factor: 3, long: '1d', short: '2h' },
  { factor: 1, long: '3d', short: '6h' },
];

/** The share of requests that may fail: 99.9 → 0.001. */
export function errorBudget(system: System): number {
  return Number(((100 - system.observability.objective.availability) / 100).toFixed(8));
}

/** Burn rates that can be reached: at an objective of 90 %, 14.4 times the budget would be more than all requests. */
export function reachable(burns: readonly Burn[], budget: number): readonly Burn[] {
  return burns.filter(({ factor }) => factor * budget < 1);
}

export function sloAlerts(system: System): readonly Alert[] {
  const contracts = contractsOf(system).filter(({ http }) => http !== null);
  const [first] = contracts;
  if (!first) return [];
  const budget = errorBudget(system);
  return [burnFast(first, budget), burnSlow(first, budget), metricAbsent(first)];
}

const RATIO = 'service:http_request_errors_per_request:ratio_rate';

function burnExpression(burns: readonly Burn[], budget: number): string {
  return reachable(burns, budget)
    .map(
      ({ factor, long, short }) =>
        `${RATIO}${long} > ${factor} * ${budget}\nand on (service) ${RATIO}${short} > ${factor} * ${budget}`,
    )
    .join('\nor\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}

function burnFast(contract: MetricContract, budget: number): Alert {
  return row({
    name: 'ErrorBudgetBurnFast',
    severity: 'critical',
    type: 'symptom',
    family: 'error-budget',
    category: 'availability',
    summary:
      'Users get errors: {{ $labels.service }} fails so often that its promise for the month is gone within days.',
    description: `{{ $value | humanizePercentage }} of its requests fail; ${percent(budget)} may.`,
    action: 'Compare the start of the errors with the last deployment, and roll back if they began with it.',
    prometheus: {
      group: 'slo',
      // The last line: where hardly anybody asks, three failures in an hour are no trend.
      expr: `(
${indented(burnExpression(FAST, budget))}
)
and on (service) service:http_request_errors:rate1h > 0.001`,
      for: '1m',
      scrape,
      tests: burnFastTests(contract, budget),
    },
  });
}

function burnSlow(contract: MetricContract, budget: number): Alert {
  return row({
    name: 'ErrorBudgetBurnSlow',
    severity: 'warning',
    type: 'symptom',
    family: 'error-budget',
    category: 'availability',
    summary: 'Some users get errors: {{ $labels.service }} will not keep its promise for the month if this goes on.',
    description: `{{ $value | humanizePercentage }} of its requests fail; ${percent(budget)} may.`,
    action: 'Find the route or the client with the most errors, and plan its repair before new features.',
    prometheus: {
      group: 'slo',
      expr: burnExpression(SLOW, budget),
      for: '4m',
      scrape,
      tests: burnSlowTests(contract, budget),
    },
  });
}

/** As `humanizePercentage` prints it. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))}%`;
}

/**
 * Without the counter nothing here would ever fire again: a renamed metric must be louder than a failing service. A library shows no series
 * before the first request, so absence tells something only where requests keep coming.
 */
function metricAbsent(contract: MetricContract): Alert {
  const { name } = contract.service;
  const up = (values: string) => series('up', target(contract), values);
  const counter = (values: string, job = 'application') =>
    series(contract.http?.count ?? '', { ...target(contract), job, [contract.http?.statusLabel ?? '']: '200' }, values);
  return row({
    name: 'SloMetricAbsent',
    severity: 'critical',
    type: 'cause',
    family: 'slo-metric',
    category: 'monitoring',
    summary: 'Nobody would notice errors of {{ $labels.service }}: it runs, and does not count its requests any more.',
    description:
      '{{ $value }} series of the request counter are there, although requests came all through the last hour.',
    action:
      'Read the metrics path of the service: if the counter has another name since the last deployment, roll back.',
    prometheus: {
      group: 'slo',
      // The last line: requests that came every five seconds cannot have stopped with a restart.
      expr: `service:http_request_series:count == 0
and on (service) avg_over_time(service:http_requests:rate5m[1h]) > 0.2`,
      for: '3m',
      scrape,
      tests: [
        test(
          'the counter goes and comes back',
          [up('1x60'), counter('0+30x19 stale _x19 600+30x20')],
          [...quiet('20m'), fires('25m', { service: name }, '0'), ...quiet('45m')],
        ),
        test(
          'requests stopped long ago',
          [up('1x150'), counter('0+30x60 stale')],
          [fires('75m', { service: name }, '0'), fires('110m', { service: name }, '0'), ...quiet('135m')],
        ),
        test('a restart at night', [up('1x40'), counter('0+9x19 stale')], quiet('25m', '30m', '35m')),
        test(
          'requests every four seconds',
          [up('1x40'), counter('0+15x19 stale')],
          [fires('30m', { service: name }, '0')],
        ),
        test('is counted', [up('1x20'), counter('0+30x20')], quiet('15m')),
        test('is down itself', [up('1x19 0x20'), counter('0+30x19 stale')], quiet('25m', '30m')),
        test(
          'somebody else counts',
          [up('1x40'), counter('0+30x19 stale'), counter('0+30x40', 'other')],
          [fires('30m', { service: name }, '0')],
        ),
        test(
          'somebody else is up',
          [counter('0+30x19 stale'), series('up', { ...target(contract), job: 'other' }, '1x40')],
          quiet('30m'),
        ),
      ],
    },
  });
}
