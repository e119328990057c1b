/** What users feel of a service, by its own request counters. */
import type { System } from '../../../src/model.ts';
import { contractsOf, type MetricContract } from '../metrics.ts';
import type { Alert, AlertTest } from './alert.ts';
import { durations, fires, quiet, requests, row, test } from './row.ts';
import { APPLICATION_SCRAPE_SECONDS as scrape } from './timing.ts';

/** Empty where no service counts its requests. */
export function httpAlerts(system: System): readonly Alert[] {
  const counted = contractsOf(system).filter(({ http }) => http !== null);
  const [first] = counted;
  if (!first) return [];
  const objective = system.observability.objective.p95Milliseconds / 1000;
  const timed = counted.filter((contract) => canExceed(contract, objective));
  return [
    highErrorRate(counted),
    ...(timed.length > 0 ? [highResponseTime(timed, objective)] : []),
    trafficDropped(first),
    authenticationFailures(first),
  ];
}

/** A quantile is never told to be above the last bound, so an objective from there on could never be missed. */
export function canExceed({ http }: MetricContract, objective: number): boolean {
  const last = http?.buckets?.at(-1);
  return http?.bucket != null && (last === undefined || last > objective);
}

/** A share, not a number: five errors a minute are nothing at noon and everything at night. ALERT-001 */
function highErrorRate(contracts: readonly MetricContract[]): Alert {
  return row({
    name: 'HighErrorRate',
    severity: 'critical',
    type: 'symptom',
    family: 'errors',
    category: 'availability',
    summary: 'Users get errors: more than 5% of the requests to {{ $labels.service }} fail.',
    description:
      '{{ $value | humanizePercentage }} of the requests of the last 5 minutes were answered with a 5xx status.',
    action: 'Compare the start of the errors with the last deployment, and roll back if they began with it.',
    prometheus: {
      group: 'http',
      // The second line keeps a lone failure of a quiet night from waking anybody: more than three in five minutes.
      expr: `service:http_request_errors_per_request:ratio_rate5m > 0.05
and on (service) service:http_request_errors:rate5m > 0.01`,
      for: '2m',
      scrape,
      tests: contracts.flatMap(errorTests),
    },
  });
}

function errorTests(contract: MetricContract): readonly AlertTest[] {
  const { name } = contract.service;
  const labels = { service: name };
  const mix = (failed: string, answered: string) => [
    requests(contract, '503', failed),
    requests(contract, '200', answered),
  ];
  return [
    test(
      `8 % of the requests to ${name} fail after ten good minutes, then none does`,
      mix('0x10 8+8x10 88x10', '0+100x10 1092+92x10 2112+100x10'),
      [...quiet('14m'), fires('16m', labels, '8%'), ...quiet('28m')],
    ),
    test(`6 % of the requests to ${name} fail`, mix('0+6x10', '0+94x10'), [...quiet('2m'), fires('4m', labels, '6%')]),
    test(`4 % of the requests to ${name} fail`, mix('0+4x10', '0+96x10'), quiet('10m')),
    test(`${name} never failed`, [requests(contract, '200', '0+90x10')], quiet('10m')),
    test(`${name} fails whenever it is asked, which is hardly ever`, mix('0x4 1 2 2 2x10', '0x20'), quiet('8m')),
    test(`${name} fails nearly four times in five minutes`, mix('0+0.75x15', '0x15'), [fires('11m', labels, '100%')]),
  ];
}

/** ALERT-002 */
function highResponseTime(contracts: readonly MetricContract[], objective: number): Alert {
  return row({
    name: 'HighResponseTime',
    severity: 'warning',
    type: 'symptom',
    family: 'latency',
    category: 'performance',
    summary: `Users wait: one of twenty requests to {{ $labels.service }} takes longer than ${duration(objective)}.`,
    description: `95% of the requests of the last 5 minutes were answered within {{ $value | humanizeDuration }}; the objective is ${duration(objective)}.`,
    action: 'See whether all routes or one got slow, and whether the database or the event loop got slow with it.',
    prometheus: {
      group: 'http',
      expr: `service:http_request_duration_seconds:p95_rate5m > ${objective}
and on (service) service:http_requests:rate5m > 0.05`,
      for: '2m',
      scrape,
      tests: contracts.flatMap((contract) => latencyTests(contract, objective)),
    },
  });
}

function latencyTests(contract: MetricContract, objective: number): readonly AlertTest[] {
  const { name } = contract.service;
  const bound = (seconds: number) => String(Number((seconds / (contract.http?.secondsPerUnit ?? 1)).toPrecision(12)));
  const half = bound(objective / 2);
  const whole = bound(objective);
  const twice = bound(objective * 2);
  const slow = duration(objective * 1.95);
  return [
    test(
      `${name} answers too late, then in time`,
      [
        requests(contract, '200', '0+60x25'),
        ...durations(contract, { [whole]: '0x10 0+60x15', [twice]: '0+60x25', '+Inf': '0+60x25' }),
      ],
      [...quiet('2m'), fires('3m', { service: name }, slow), ...quiet('24m')],
    ),
    test(
      `${name} answers just in time`,
      [
        requests(contract, '200', '0+60x10'),
        ...durations(contract, { [half]: '0x10', [whole]: '0+60x10', '+Inf': '0+60x10' }),
      ],
      quiet('10m'),
    ),
    test(
      `${name} answered one request too late`,
      [
        requests(contract, '200', '0+2x10'),
        ...durations(contract, { [whole]: '0x10', [twice]: '0+2x10', '+Inf': '0+2x10' }),
      ],
      quiet('10m'),
    ),
    test(
      `${name} answers too late, four times a minute`,
      [
        requests(contract, '200', '0+4x10'),
        ...durations(contract, { [whole]: '0x10', [twice]: '0+4x10', '+Inf': '0+4x10' }),
      ],
      [fires('10m', { service: name }, slow)],
    ),
  ];
}

/** As Prometheus prints it: `975ms`, `1.95s`, `1m 57s`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(4))}ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(4))}s`;
  return `${Math.floor(seconds / 60)}m ${Math.floor(seconds % 60)}s`;
}

/** Users who cannot reach the service leave no errors in it. */
function trafficDropped(contract: MetricContract): Alert {
  const labels = { service: contract.service.name };
  return row({
    name: 'TrafficDropped',
    severity: 'warning',
    type: 'symptom',
    family: 'traffic',
    category: 'availability',
    summary: 'Users may not get through: {{ $labels.service }} is asked far less than an hour ago.',
    description: 'It gets {{ $value | humanizePercentage }} of the requests that it got an hour ago.',
    action: 'Ask the service from outside: what stands before it (DNS, certificate, load balancer) fails first.',
    prometheus: {
      group: 'http',
      // Less than one request a second an hour ago says nothing about now.
      expr: `service:http_requests:rate5m / (service:http_requests:rate5m offset 1h > 1) < 0.1`,
      for: '4m',
      scrape,
      tests: [
        test(
          'a tenth and less of what it was',
          [requests(contract, '200', '0+120x70 8406+6x60')],
          [...quiet('77m'), fires('82m', labels, '5%'), fires('115m', labels, '5%')],
        ),
        test('a seventh of what it was', [requests(contract, '200', '0+120x70 8400+17x30')], quiet('100m')),
        test('twice as much as before', [requests(contract, '200', '0+120x70 8400+240x30')], quiet('100m')),
        test('nobody, where hardly anybody was', [requests(contract, '200', '0+50x70 3500+0x30')], quiet('100m')),
      ],
    },
  });
}

/** Somebody tries passwords, or a release broke the sign-in. ALERT-015 */
function authenticationFailures(contract: MetricContract): Alert {
  const labels = { service: contract.service.name };
  const mix = (refused: string, forbidden: string, answered: string) => [
    requests(contract, '401', refused),
    requests(contract, '403', forbidden),
    requests(contract, '200', answered),
  ];
  return row({
    name: 'AuthenticationFailuresHigh',
    severity: 'warning',
    type: 'symptom',
    family: 'authentication',
    category: 'security',
    summary: 'Users cannot sign in, or somebody tries passwords: {{ $labels.service }} turns many requests away.',
    description:
      '{{ $value | humanizePercentage }} of the requests of the last 5 minutes were answered with 401 or 403.',
    action:
      'Count the refused requests by client address: one or few are an attack to be blocked, many are a broken sign-in.',
    prometheus: {
      group: 'http',
      // The second line: more than thirty refusals in five minutes.
      expr: `service:http_requests_refused_per_request:ratio_rate5m > 0.2
and on (service) service:http_requests_refused:rate5m > 0.1`,
      for: '3m',
      scrape,
      tests: [
        test(
          'after ten good minutes a third is refused, then nobody',
          mix('0x10 20+20x10 220x10', '0x10 10+10x10 110x10', '0+90x10 960+60x10 1650+90x10'),
          [...quiet('14m'), fires('17m', labels, '33.33%'), ...quiet('26m')],
        ),
        test('15 % are refused', mix('0+10x10', '0+5x10', '0+85x10'), quiet('10m')),
        test('one user forgot the password', mix('0+4x10', '0x10', '0+2x10'), quiet('10m')),
        test('somebody tries ten times a minute', mix('0+10x10', '0x10', '0+2x10'), [fires('10m', labels, '83.33%')]),
      ],
    },
  });
}
