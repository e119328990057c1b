/** Redis, as its exporter shows it. */
import type { System } from '../../../src/model.ts';
import { exportersOf } from '../observability-stack.ts';
import type { Alert } from './alert.ts';
import { fires, quiet, row, series, test } from './row.ts';
import { SCRAPE_SECONDS as scrape } from './timing.ts';

export function redisAlerts(system: System): readonly Alert[] {
  return exportersOf(system)
    .filter(({ job }) => job === 'redis')
    .slice(0, 1)
    .flatMap(({ datastore }) => {
      const labels = { job: 'redis', service: datastore ?? 'redis', instance: 'exporter:9121' };
      return [down(labels), memory(labels), rejected(labels), evictions(labels)];
    });
}

type Labels = Readonly<{ job: string; service: string; instance: string }>;

const common = { group: 'redis', scrape } as const;

function down(labels: Labels): Alert {
  return row({
    name: 'RedisDown',
    severity: 'critical',
    type: 'symptom',
    family: 'redis',
    category: 'availability',
    summary: 'Users get errors or wait: {{ $labels.service }} cannot be reached.',
    description: 'redis_up is {{ $value }}: the exporter runs, and Redis does not let it in.',
    action: 'See whether Redis runs and whether its memory ran out; start it again.',
    prometheus: {
      ...common,
      expr: 'max by (service) (redis_up{job="redis"}) == 0',
      for: '1m',
      tests: [
        test(
          'goes away and comes back',
          [series('redis_up', labels, '1x4 0x3 1x9')],
          [...quiet('5m'), fires('6m', { service: labels.service }, '0'), ...quiet('9m')],
        ),
        test('is there', [series('redis_up', labels, '1x10')], quiet('10m')),
        test(
          'one of two exporters is let in',
          [series('redis_up', labels, '1x10'), series('redis_up', { ...labels, instance: 'b' }, '0x10')],
          quiet('10m'),
        ),
        test('another job', [series('redis_up', { ...labels, job: 'other' }, '0x10')], quiet('10m')),
      ],
    },
  });
}

/** Without a limit the exporter says 0, and there is nothing to be near to. */
function memory(labels: Labels): Alert {
  const used = (values: string, limit: string, more: Readonly<Record<string, string>> = {}) => [
    series('redis_memory_used_bytes', { ...labels, ...more }, values),
    series('redis_memory_max_bytes', { ...labels, ...more }, limit),
  ];
  return row({
    name: 'RedisMemoryNearLimit',
    severity: 'warning',
    type: 'cause',
    family: 'redis-memory',
    category: 'resource',
    summary: 'Writes are about to fail or entries to be thrown out: {{ $labels.service }} is nearly full.',
    description: '{{ $value | humanizePercentage }} of the memory that Redis may use are in use.',
    action: 'Find the largest keys and those without a time to live, then raise the limit or shorten their lives.',
    prometheus: {
      ...common,
      expr: `max by (service) (redis_memory_used_bytes{job="redis"})
/ (max by (service) (redis_memory_max_bytes{job="redis"}) > 0) > 0.9`,
      for: '4m',
      tests: [
        test('nearly full, then not', used('95x6 50x9', '100x20'), [
          ...quiet('3m'),
          fires('4m', { service: labels.service }, '95%'),
          ...quiet('7m'),
        ]),
        test('half full', used('80x9', '100x9'), quiet('9m')),
        test('the least limit there is', used('1x9', '1x9'), [fires('5m', { service: labels.service }, '100%')]),
        test('no limit', used('95x9', '0x9'), quiet('9m')),
        test(
          'another job',
          [...used('50x9', '100x9'), series('redis_memory_used_bytes', { ...labels, job: 'other' }, '99x9')],
          quiet('9m'),
        ),
        test(
          'a larger one in another job',
          [...used('95x9', '100x9'), series('redis_memory_max_bytes', { ...labels, job: 'other' }, '500x9')],
          [fires('5m', { service: labels.service }, '95%')],
        ),
        test(
          'two exporters',
          [...used('95x9', '100x9'), ...used('10x9', '50x9', { instance: 'b' })],
          [fires('5m', { service: labels.service }, '95%')],
        ),
      ],
    },
  });
}

function rejected(labels: Labels): Alert {
  const counter = (values: string, more: Readonly<Record<string, string>> = {}) =>
    series('redis_rejected_connections_total', { ...labels, ...more }, values);
  return row({
    name: 'RedisRejectedConnections',
    severity: 'warning',
    type: 'cause',
    family: 'redis',
    category: 'resource',
    summary: 'Some users get errors: {{ $labels.service }} turns connections away.',
    description: '{{ $value | humanize }} connections a minute are refused because the limit of clients is reached.',
    action: 'Count the clients by address; a service that opens a connection for each request needs a pool.',
    prometheus: {
      ...common,
      expr: 'sum by (service) (rate(redis_rejected_connections_total{job="redis"}[5m])) * 60 > 1',
      for: '2m',
      tests: [
        test(
          'more than one a minute, then none',
          [counter('0+1.75x10 17.5x12')],
          [...quiet('4m'), fires('5m', { service: labels.service }, '1.75'), ...quiet('14m')],
        ),
        test(
          'two exporters',
          [counter('0+0.75x10'), counter('0+0.75x10', { instance: 'b' })],
          [fires('9m', { service: labels.service }, '1.5')],
        ),
        test('one now and then', [counter('0+0.75x20')], quiet('15m')),
        test('another job', [counter('0+9x20', { job: 'other' })], quiet('15m')),
      ],
    },
  });
}

function evictions(labels: Labels): Alert {
  const counter = (values: string, more: Readonly<Record<string, string>> = {}) =>
    series('redis_evicted_keys_total', { ...labels, ...more }, values);
  return row({
    name: 'RedisEvictionsHigh',
    severity: 'info',
    type: 'cause',
    family: 'redis-memory',
    category: 'resource',
    summary: 'Answers take longer: {{ $labels.service }} throws out entries that are still in use.',
    description: '{{ $value | humanize }} keys a second are evicted.',
    action: 'Compare the hit rate with that of last week, and raise the limit of memory if it fell.',
    prometheus: {
      ...common,
      expr: 'sum by (service) (rate(redis_evicted_keys_total{job="redis"}[5m])) > 10',
      for: '10m',
      tests: [
        test(
          'eighteen a second, then none',
          [counter('0+1080x20 21600x15')],
          [...quiet('12m'), fires('13m', { service: labels.service }, '18'), ...quiet('24m')],
        ),
        test(
          'two exporters',
          [counter('0+420x20'), counter('0+420x20', { instance: 'b' })],
          [fires('15m', { service: labels.service }, '14')],
        ),
        test('eight a second', [counter('0+480x30')], quiet('25m')),
        test('another job', [counter('0+9000x30', { job: 'other' })], quiet('25m')),
      ],
    },
  });
}
