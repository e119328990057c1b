/** Tests of the recording rules: idle, never failed, failing, too slow, gone. */
import type { System } from '../../../src/model.ts';
import { contractsOf, type MetricContract, type RuntimeContract } from '../metrics.ts';
import type { Series } from './alert.ts';
import { above, type Counted, type RecordTest, recordTest, says } from './record-test.ts';
import { windowTests } from './record-window-tests.ts';
import { durations, requests, series, target } from './row.ts';
import { errorBudget } from './slo.ts';

export function recordTests(system: System): readonly RecordTest[] {
  const contracts = contractsOf(system);
  const counted = contracts.filter((contract): contract is Counted => contract.http !== null);
  return [
    ...contracts.flatMap(availabilityTests),
    ...counted.flatMap(httpTests),
    ...counted.filter(({ http }) => http.bucket !== null).flatMap(latencyTests),
    ...contracts.flatMap(runtimeTests),
    ...counted.slice(0, 1).flatMap((contract) => windowTests(contract, errorBudget(system))),
  ];
}

/** A series of somebody else that looks alike: in another job, or of another service. */
function strangers({ series: name, values }: Series): readonly Series[] {
  return [
    { series: name.replace('job="application"', 'job="other"'), values },
    { series: name.replace(/service="[^"]*"/, 'service="somebody-else"'), values },
  ];
}

function availabilityTests(contract: MetricContract): readonly RecordTest[] {
  const { name } = contract.service;
  const up = (host: string, values: string) => series('up', target(contract, host), values);
  const both = [up('a', '1x9 0x20'), up('b', '1x14 0x9 stale')];
  return [
    recordTest(
      `${name}: two tasks answer, one, none, and then there is none to answer`,
      [...both, ...strangers(up('c', '1x30'))],
      [
        says(contract, 'service:up:sum', '5m', 2),
        says(contract, 'service:up:sum', '10m', 1),
        says(contract, 'service:up:sum', '20m', 0),
        says(contract, 'service:up:sum', '25m', 0),
      ],
    ),
  ];
}

function httpTests(contract: Counted): readonly RecordTest[] {
  const { name } = contract.service;
  const says_ = (record: string, at: string, value: number | null) =>
    says(contract, `service:http_request${record}`, at, value);
  const ok = requests(contract, '200', '0+60x5 300x20');
  const probes = ['500', '401'].flatMap((status) => probed(contract, status) ?? []);
  return [
    recordTest(
      `${name}: answers, then nobody asks`,
      [ok, ...strangers(ok), ...probes],
      [
        says_('s:rate5m', '10m', 0),
        says_('_errors:rate5m', '10m', 0),
        says_('_errors:rate5m', '5m', 0),
        says_('s_refused:rate5m', '5m', 0),
        says_('s_refused:rate5m', '10m', 0),
        says_('_errors_per_request:ratio_rate5m', '5m', 0),
        // Nobody asks: no share, rather than one that is not a number.
        says_('_errors_per_request:ratio_rate5m', '15m', null),
        says_('s_refused_per_request:ratio_rate5m', '15m', null),
      ],
    ),
    recordTest(
      `${name}: one of ten fails, two are refused, seven are answered`,
      [
        requests(contract, '500', '1000+20x30'),
        elsewhere(requests(contract, '503', '1000+40x30')),
        requests(contract, '401', '1000+60x30'),
        requests(contract, '403', '1000+60x30'),
        requests(contract, '200', '1000+420x30'),
        ...strangers(requests(contract, '500', '1000+90x30')),
        ...strangers(requests(contract, '401', '1000+90x30')),
      ],
      [
        says_('s:rate5m', '20m', 10),
        says_('_errors:rate5m', '20m', 1),
        says_('s_refused:rate5m', '20m', 2),
        says_('_errors_per_request:ratio_rate5m', '20m', 0.1),
        says_('s_refused_per_request:ratio_rate5m', '20m', 0.2),
        says_('_series:count', '20m', 5),
      ],
    ),
    recordTest(
      `${name}: two tasks, one of which fails or refuses for twelve minutes`,
      [
        requests(contract, '200', '1000+60x40'),
        elsewhere(requests(contract, '500', '1000x15 1060+60x11 1720x13')),
        elsewhere(requests(contract, '403', '1000x15 1060+60x11 1720x13')),
      ],
      [
        says_('_errors:rate5m', '10m', 0),
        says_('_errors:rate5m', '20m', 1),
        says_('s_refused:rate5m', '20m', 1),
        says_('s:rate5m', '20m', 3),
        // It ends between two looks: five minutes still see it, then no more.
        above(contract, 'service:http_request_errors:rate5m', '30m', 0, true),
        above(contract, 'service:http_requests_refused:rate5m', '30m', 0, true),
        says_('_errors:rate5m', '35m', 0),
        says_('s_refused:rate5m', '35m', 0),
        says_('s:rate5m', '35m', 1),
      ],
    ),
    recordTest(
      `${name}: is up, and has counted nothing yet`,
      [
        series('up', target(contract), '1x20'),
        ...strangers(series('up', target(contract), '1x20')),
        // Requests of another service are none of this one.
        series('service:http_requests:rate5m', { service: 'somebody-else' }, '1x20'),
      ],
      [
        says_('_series:count', '10m', 0),
        says_('s:rate5m', '10m', null),
        says_('_errors:rate5m', '10m', null),
        says_('s_refused:rate5m', '10m', null),
      ],
    ),
    recordTest(
      `${name}: is down, and counts nothing`,
      [series('up', target(contract), '0x20'), ...strangers(series('up', target(contract), '1x20'))],
      [says_('_series:count', '10m', null)],
    ),
  ];
}

/** The same series at another task. */
function elsewhere({ series: name, values }: Series): Series {
  return { series: name.replace(/instance="[^"]*"/, 'instance="another"'), values };
}

/** Requests that the contract leaves out; null where it cannot. */
function probed(contract: Counted, status: string): Series | null {
  const { health } = contract.service;
  if (contract.http.exclude === null) return null;
  return requests(contract, status, '0+600x25', health.kind === 'http' ? health.path : contract.endpoint.path);
}

/** One task answers nine of ten requests between 0.1 and 0.2 s and the tenth by 0.4 s, another one six of ten. Later all get slow. */
function latencyTests(contract: Counted): readonly RecordTest[] {
  const bound = (seconds: number) => String(Number((seconds / contract.http.secondsPerUnit).toPrecision(12)));
  const task = (fast: string) =>
    durations(contract, {
      [bound(0.1)]: '1000x40',
      [bound(0.2)]: fast,
      [bound(0.4)]: '1000+60x20 2200x20',
      '+Inf': '1000+60x20 2200x20',
    });
  const slow = durations(contract, {
    [bound(0.4)]: '1000x40',
    [bound(0.8)]: '1000+600x40',
    '+Inf': '1000+600x40',
  });
  const excluded = contract.http.exclude === null ? [] : slow.map((each) => atProbe(contract, each));
  const record = (percentile: number) => `service:http_request_duration_seconds:p${percentile}_rate5m`;
  const quantile = (percentile: number, at: string, value: number | null) =>
    says(contract, record(percentile), at, value);
  const { name } = contract.service;
  return [
    recordTest(
      `${name}: how long it takes, and no more when nobody asks`,
      [
        ...task('1000+54x20 2080x20'),
        ...task('1000+36x20 1720x20').map(elsewhere),
        ...slow.flatMap(strangers),
        ...excluded,
      ],
      [
        quantile(50, '15m', 0.1 + 0.1 * (60 / 90)),
        quantile(95, '15m', 0.36),
        quantile(99, '15m', 0.392),
        quantile(50, '30m', null),
        quantile(95, '30m', null),
        quantile(99, '30m', null),
      ],
    ),
    recordTest(
      `${name}: it gets slow between two looks, and five minutes see what was before`,
      durations(contract, {
        [bound(0.1)]: '1000x40',
        [bound(0.2)]: '1000+60x17 2020x22',
        [bound(0.4)]: '1000+60x40',
        '+Inf': '1000+60x40',
      }),
      [
        quantile(50, '15m', 0.15),
        above(contract, record(50), '20m', 0.29, false),
        above(contract, record(95), '20m', 0.389, false),
        above(contract, record(99), '20m', 0.3977, false),
        quantile(50, '25m', 0.3),
        quantile(95, '25m', 0.39),
        quantile(99, '25m', 0.398),
      ],
    ),
  ];
}

function atProbe({ http, service, endpoint }: Counted, { series: name, values }: Series): Series {
  const path = service.health.kind === 'http' ? service.health.path : endpoint.path;
  return { series: name.replace(`${http.routeLabel}="/a-route"`, `${http.routeLabel}="${path}"`), values };
}

function runtimeTests(contract: MetricContract): readonly RecordTest[] {
  const { runtime, service } = contract;
  const gauge = (key: keyof RuntimeContract, host: string, value: number) =>
    series(runtime[key] ?? '', target(contract, host), `${value}x10`);
  const pair = (used: keyof RuntimeContract, limit: keyof RuntimeContract, record: string): readonly RecordTest[] =>
    runtime[used] === null || runtime[limit] === null
      ? []
      : [
          recordTest(
            `${service.name}: the fuller one of two tasks (${record})`,
            [
              ...[gauge(used, 'a', 20), gauge(limit, 'a', 80), gauge(used, 'b', 30), gauge(limit, 'b', 40)],
              ...[gauge(used, 'c', 99), gauge(limit, 'c', 99)].flatMap(strangers),
            ],
            [says(contract, record, '5m', 0.75)],
          ),
        ];
  return [
    ...(runtime.eventLoopLag === null
      ? []
      : [
          recordTest(
            `${service.name}: the later one of two tasks`,
            [
              gauge('eventLoopLag', 'a', 0.1),
              gauge('eventLoopLag', 'b', 0.3),
              ...strangers(gauge('eventLoopLag', 'c', 9)),
            ],
            [says(contract, 'service:event_loop_lag_seconds:max', '5m', 0.3)],
          ),
        ]),
    ...pair('heapUsed', 'heapLimit', 'service:heap_used_per_limit:max'),
    ...pair('openFiles', 'maxFiles', 'service:open_fds_per_limit:max'),
  ];
}
