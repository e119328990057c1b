/** What a process is about to run out of, where the library of a service shows it. Causes, so they never page. ALERT-010 */
import type { System } from '../../../src/model.ts';
import { contractsOf, type MetricContract, type RuntimeContract } from '../metrics.ts';
import type { Alert } from './alert.ts';
import { fires, quiet, row, series, target, test } from './row.ts';
import { APPLICATION_SCRAPE_SECONDS as scrape } from './timing.ts';

export function runtimeAlerts(system: System): readonly Alert[] {
  const contracts = contractsOf(system);
  const having = (...keys: readonly (keyof RuntimeContract)[]) =>
    contracts.filter(({ runtime }) => keys.every((key) => runtime[key] !== null)).slice(0, 1);
  return [
    ...having('eventLoopLag').map(eventLoopLag),
    ...having('heapUsed', 'heapLimit').map(heapNearLimit),
    ...having('openFiles', 'maxFiles').map(fileDescriptors),
    ...having('startTime').map(processRestarting),
  ];
}

/** A gauge of the runtime at the first of its tasks, or at another one. */
function gauge(contract: MetricContract, key: keyof RuntimeContract, values: string, host?: string) {
  return series(contract.runtime[key] ?? '', target(contract, host), values);
}

function eventLoopLag(contract: MetricContract): Alert {
  const labels = { service: contract.service.name };
  return row({
    name: 'EventLoopLagHigh',
    severity: 'warning',
    type: 'cause',
    family: 'event-loop',
    category: 'resource',
    summary: 'Answers get slow: code of {{ $labels.service }} keeps its event loop busy.',
    description:
      'In one of a hundred turns the event loop of the slowest task is {{ $value | humanizeDuration }} late.',
    action:
      'Take a CPU profile of the slowest task and look for synchronous work, large JSON and regular expressions first.',
    prometheus: {
      group: 'runtime',
      expr: 'service:event_loop_lag_seconds:max > 0.2',
      for: '4m',
      scrape,
      tests: [
        test(
          'one of two tasks is late, then not',
          [gauge(contract, 'eventLoopLag', '0.3x6 0.01x9'), gauge(contract, 'eventLoopLag', '0.01x20', 'another')],
          [...quiet('3m'), fires('4m', labels, '300ms'), ...quiet('8m')],
        ),
        test('a little late', [gauge(contract, 'eventLoopLag', '0.15x10')], quiet('10m')),
      ],
    },
  });
}

/** Only against the real limit: the heap's size follows its use, so a share of that is always high. */
function heapNearLimit(contract: MetricContract): Alert {
  const heap = (used: string, limit: string, host?: string) => [
    gauge(contract, 'heapUsed', used, host),
    gauge(contract, 'heapLimit', limit, host),
  ];
  return row({
    name: 'HeapNearLimit',
    severity: 'warning',
    type: 'cause',
    family: 'heap',
    category: 'resource',
    summary: 'Requests are about to be lost: {{ $labels.service }} has nearly used up its heap and will be ended.',
    description: '{{ $value | humanizePercentage }} of the heap that the runtime allows is in use in the fullest task.',
    action: 'Compare with the last deployment: a heap that only grows is a leak, and a rollback stops it.',
    prometheus: {
      group: 'runtime',
      expr: 'service:heap_used_per_limit:max > 0.9',
      for: '4m',
      scrape,
      tests: [
        test(
          'one of two tasks is full, then not',
          [...heap('95x6 50x9', '100x20'), ...heap('10x20', '100x20', 'another')],
          [...quiet('3m'), fires('4m', { service: contract.service.name }, '95%'), ...quiet('8m')],
        ),
        test('half full', heap('80x10', '100x10'), quiet('10m')),
      ],
    },
  });
}

function fileDescriptors(contract: MetricContract): Alert {
  const files = (open: string, max: string, host?: string) => [
    gauge(contract, 'openFiles', open, host),
    gauge(contract, 'maxFiles', max, host),
  ];
  return row({
    name: 'FileDescriptorsNearLimit',
    severity: 'warning',
    type: 'cause',
    family: 'file-descriptors',
    category: 'resource',
    summary: 'New connections are about to be refused: {{ $labels.service }} has few file descriptors left.',
    description: '{{ $value | humanizePercentage }} of the file descriptors that the fullest task may open are open.',
    action: 'Count open sockets by peer: connections that are never closed belong to one client or pool.',
    prometheus: {
      group: 'runtime',
      expr: 'service:open_fds_per_limit:max > 0.8',
      for: '4m',
      scrape,
      tests: [
        test(
          'one of two tasks is full, then not',
          [...files('90x6 50x9', '100x20'), ...files('10x20', '100x20', 'another')],
          [...quiet('3m'), fires('4m', { service: contract.service.name }, '90%'), ...quiet('8m')],
        ),
        test('some are left', files('70x10', '100x10'), quiet('10m')),
      ],
    },
  });
}

/**
 * A process that ends and starts again, over and over: at the same place, or, as ECS does it, each time as a new task with a new address.
 * A deployment starts as many as there are, and one that is taken back twice as many: neither is meant.
 */
function processRestarting(contract: MetricContract): Alert {
  const started = (values: string, host?: string) => gauge(contract, 'startTime', values, host);
  const { name } = contract.service;
  const { startTime } = contract.runtime;
  const tasks = (count: number, values: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => started(values(at + 1), `task-${at + 1}`));
  const up = (count: number, values: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => series('up', target(contract, `task-${at + 1}`), values(at + 1)));
  return row({
    name: 'ProcessRestarting',
    severity: 'warning',
    type: 'cause',
    family: 'restarts',
    category: 'availability',
    summary: 'Requests are cut off: {{ $labels.service }} keeps ending and starting again.',
    description: 'Its tasks started {{ $value }} times within 15 minutes.',
    action: 'Read the last log lines before the end: an exception that nobody catches, or a kill for memory.',
    prometheus: {
      group: 'runtime',
      expr: `max by (service) (changes(${startTime}{job="application"}[15m])) > 2
or
count by (service) (min_over_time(${startTime}{job="application"}[15m]) > time() - 900)
> on (service) 2 * service:up:sum + 2`,
      for: '1m',
      scrape,
      tests: [
        test(
          'every other minute, then never again',
          [started('1 1 2 2 3 3 4 4x30'), gauge(contract, 'startTime', '5x40', 'another')],
          [...quiet('6m'), fires('7m', { service: name }, '3'), fires('15m', { service: name }, '3'), ...quiet('19m')],
        ),
        test(
          'a new task every minute, each gone with the next, then no more',
          tasks(6, (at) => `_x${at} ${at * 60} stale`),
          [...quiet('2m'), fires('7m', { service: name }, '6'), fires('12m', { service: name }, '6'), ...quiet('21m')],
        ),
        test(
          'the same, at addresses that others had before',
          tasks(6, (at) => `1 stale _x${at + 17} ${(at + 19) * 60} stale`),
          [...quiet('20m'), fires('26m', { service: name }, '6')],
        ),
        test(
          'one task is there at a time, and the fifth of them stays',
          [
            ...tasks(5, (at) => (at < 5 ? `_x${at} ${at * 60} stale` : `_x${at} ${at * 60}x15`)),
            ...up(5, (at) => (at < 5 ? `_x${at} 1 stale` : `_x${at} 1x15`)),
          ],
          [...quiet('5m'), fires('7m', { service: name }, '5'), ...quiet('18m')],
        ),
        test(
          'a deployment of three tasks, and back again',
          [...tasks(6, (at) => `_x${at} ${at * 60}x20`), ...up(3, () => '1x20')],
          quiet('4m', '7m', '15m'),
        ),
        test(
          'three tasks start together, and end together much later',
          [...tasks(3, () => '_ 60x17 stale'), ...up(3, () => '_ 1x17 stale')],
          quiet('15m', '19m', '21m', '24m'),
        ),
        test(
          'three tasks start once more where they are, and end together',
          [...tasks(3, () => '1x15 960x9 stale'), ...up(3, () => '1x25 stale')],
          quiet('20m', '28m'),
        ),
        test('twice', [started('1 1 2 2 3 3x20')], quiet('10m', '15m')),
        test(
          'somebody else does',
          ['a', 'b', 'c'].map((instance) =>
            series(startTime ?? '', { job: 'other', service: name, instance }, '1 2 3 4 5 6 7 8x20'),
          ),
          quiet('10m'),
        ),
      ],
    },
  });
}
