/**
 * Recording rules: what the libraries call differently gets one name each, with the label `service`. Alerts, dashboards and runbooks read
 * these, so one alert serves every service whatever it is written with.
 */
import type { System } from '../../../src/model.ts';
import { contractsOf, type HttpContract, type MetricContract } from '../metrics.ts';
import { errorBudget } from './slo.ts';

/** A recording rule. `service`: the label that it sets; null: the series bring it. */
export type Recording = Readonly<{ record: string; expr: string; service: string | null }>;

/** Rules that are evaluated one after another. `why` stands above them. */
export type RecordGroup = Readonly<{
  name: string;
  why: string;
  interval: string | null;
  rules: readonly Recording[];
}>;

/** Windows over which burn rates are seen, besides 5 minutes, and the month of the promise. */
const SHORT_WINDOWS = ['30m', '1h', '2h', '6h'];
const LONG_WINDOWS = ['1d', '3d', '30d'];

/** OBS-005 OBS-006 */
export function recordGroups(system: System): readonly RecordGroup[] {
  const contracts = contractsOf(system);
  const counted = contracts.filter(({ http }) => http !== null);
  const groups: readonly RecordGroup[] = [
    {
      name: 'records-availability',
      why: 'How many tasks of a service answer; 0 also when there is no target left that could.',
      interval: null,
      rules: contracts.map(({ service: { name } }) => ({
        record: 'service:up:sum',
        expr: `sum(up${selector(name)}) or vector(0)`,
        service: name,
      })),
    },
    {
      name: 'records-http',
      why: 'Traffic, errors and latency. Errors are 0, not absent, as long as none happened; a share needs requests to be one of.',
      interval: null,
      rules: [
        ...counted.flatMap(httpRecords),
        ...counted.map(({ service: { name }, http }) => ({
          record: 'service:http_request_series:count',
          expr: `count(${http?.count}${selector(name)})\nor 0 * sum(up${selector(name)} == 1)`,
          service: name,
        })),
        ...(counted.length > 0 ? SHARES : []),
      ],
    },
    {
      name: 'records-runtime',
      why: 'Saturation: the fullest task of each service.',
      interval: null,
      rules: contracts.flatMap(runtimeRecords),
    },
    {
      name: 'records-slo',
      why: 'Share of failed requests over longer windows: sums over sums, so that a busy minute counts for more than an idle one.',
      interval: null,
      rules: counted.length > 0 ? [...SHORT_WINDOWS.map(shareOver), ERRORS_OF_AN_HOUR] : [],
    },
    {
      name: 'records-budget',
      why: 'The same over days, where a minute sooner or later tells nothing, and what is left of the error budget of 30 days.',
      interval: '1m',
      rules: counted.length > 0 ? [...LONG_WINDOWS.map(shareOver), budgetLeft(errorBudget(system))] : [],
    },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

/** `{job="application",service="orders",route!~"/health"}`; names of services need no escape. */
function selector(service: string, ...more: readonly (string | null)[]): string {
  return `{${[`job="application"`, `service="${service}"`, ...more].filter((matcher) => matcher !== null).join(',')}}`;
}

function httpRecords({ service: { name }, http }: MetricContract): readonly Recording[] {
  if (http === null) return [];
  const rate = (...more: readonly string[]) => `sum(rate(${http.count}${selector(name, http.exclude, ...more)}[5m]))`;
  const record = (recorded: string, expr: string) => ({ record: recorded, expr, service: name });
  // Zero, as long as there are requests at all.
  const none = `0 * sum(service:http_requests:rate5m{service="${name}"})`;
  return [
    record('service:http_requests:rate5m', rate()),
    record('service:http_request_errors:rate5m', `${rate(http.serverError)}\nor ${none}`),
    record('service:http_requests_refused:rate5m', `${rate(http.refused)}\nor ${none}`),
    ...[50, 95, 99].flatMap((percentile) => quantile(http, name, percentile) ?? []),
  ];
}

/** Nobody asks, no quantile: NaN is not above or equal to anything. */
function quantile(http: HttpContract, name: string, percentile: number): Recording | null {
  if (http.bucket === null) return null;
  const buckets = `sum by (le) (rate(${http.bucket}${selector(name, http.exclude)}[5m]))`;
  const told = `histogram_quantile(\n  ${percentile / 100},\n  ${buckets}\n)`;
  return {
    record: `service:http_request_duration_seconds:p${percentile}_rate5m`,
    expr: `${http.secondsPerUnit === 1 ? told : `${told} * ${http.secondsPerUnit}`} >= 0`,
    service: name,
  };
}

const SHARES: readonly Recording[] = [
  {
    record: 'service:http_request_errors_per_request:ratio_rate5m',
    expr: 'service:http_request_errors:rate5m / (service:http_requests:rate5m > 0)',
    service: null,
  },
  {
    record: 'service:http_requests_refused_per_request:ratio_rate5m',
    expr: 'service:http_requests_refused:rate5m / (service:http_requests:rate5m > 0)',
    service: null,
  },
];

function shareOver(window: string): Recording {
  return {
    record: `service:http_request_errors_per_request:ratio_rate${window}`,
    expr: `sum_over_time(service:http_request_errors:rate5m[${window}])\n/ (sum_over_time(service:http_requests:rate5m[${window}]) > 0)`,
    service: null,
  };
}

const ERRORS_OF_AN_HOUR: Recording = {
  record: 'service:http_request_errors:rate1h',
  expr: 'avg_over_time(service:http_request_errors:rate5m[1h])',
  service: null,
};

/** 1: nothing is used up; 0: all of it; below: the promise is broken. */
function budgetLeft(budget: number): Recording {
  return {
    record: 'service:error_budget_left:ratio_rate30d',
    expr: `1 - service:http_request_errors_per_request:ratio_rate30d / ${budget}`,
    service: null,
  };
}

function runtimeRecords({ service: { name }, runtime }: MetricContract): readonly Recording[] {
  const { eventLoopLag, heapUsed, heapLimit, openFiles, maxFiles } = runtime;
  const of = (metric: string) => `${metric}${selector(name)}`;
  const record = (recorded: string, expr: string) => ({ record: recorded, expr, service: name });
  return [
    ...(eventLoopLag ? [record('service:event_loop_lag_seconds:max', `max(${of(eventLoopLag)})`)] : []),
    ...(heapUsed && heapLimit
      ? [record('service:heap_used_per_limit:max', `max(\n  ${of(heapUsed)}\n  / ${of(heapLimit)}\n)`)]
      : []),
    ...(openFiles && maxFiles
      ? [record('service:open_fds_per_limit:max', `max(\n  ${of(openFiles)}\n  / ${of(maxFiles)}\n)`)]
      : []),
  ];
}
