/** The metric contract by library; `test/tools/metrics-contract.test.ts` holds it against the real ones. */
import { describe, expect, it } from 'vitest';
import { contractOf, contractsOf, seriesOf } from '../../../generators/shared/metrics.ts';
import type { DeclaredMetric, MetricsEndpoint, System } from '../../../src/model.ts';
import { ENDPOINTS, measured, SYSTEMS } from '../../tools/prometheus-systems.ts';

const http = (changes: Partial<MetricsEndpoint>) =>
  contractOf({ ...measured('orders', 'prom-client'), metrics: { ...ENDPOINTS['prom-client'], ...changes } })?.http;
const histogram = (name: string, labels: DeclaredMetric['labels'], buckets: DeclaredMetric['buckets'] = null) =>
  ({ name, kind: 'histogram', labels, buckets }) as const;

describe('requests', () => {
  it('are counted by the histogram that has a status, probes and scrapes left out where routes are known', () => {
    const service = measured('orders', 'prom-client', {
      health: { kind: 'http', path: '/v1.0/health', readyPath: '/ready' },
    });
    expect(contractOf(service)?.http).toEqual({
      count: 'http_request_duration_seconds_count',
      bucket: 'http_request_duration_seconds_bucket',
      secondsPerUnit: 1,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5],
      statusLabel: 'status_code',
      routeLabel: 'route',
      methodLabel: 'method',
      serverError: 'status_code=~"5.."',
      refused: 'status_code=~"401|403"',
      exclude: 'route!~"/v1[.]0/health|/ready|/metrics"',
    });
  });

  it('are counted by a counter, and timed by a histogram that knows no status', () => {
    expect(contractOf(measured('orders', 'prom-client-counter'))?.http).toMatchObject({
      count: 'http_requests_total',
      bucket: 'http_response_time_ms_bucket',
      secondsPerUnit: 0.001,
      buckets: [0.05, 0.1, 0.5, 1, 2.5],
      statusLabel: 'status',
      exclude: null,
    });
  });

  it.each([
    ['nothing is declared', []],
    ['nobody could read the labels', [histogram('http_request_duration_seconds', null)]],
    ['no label is a status', [histogram('http_request_duration_seconds', ['method', 'route'])]],
    ['it is about jobs', [histogram('job_duration_seconds', ['status'])]],
    ['it is a gauge', [{ name: 'http_requests', kind: 'gauge', labels: ['status'], buckets: null } as const]],
    ['it is no name of a metric', [histogram('http requests"} or vector(1', ['status'])]],
  ])('are not counted where %s', (_, declared) => {
    expect(http({ declared })).toBeNull();
  });

  it('are counted and not timed where the unit is not told', () => {
    const found = http({ declared: [histogram('http_request_duration', ['status'])] });
    expect(found).toMatchObject({ count: 'http_request_duration_count', bucket: null, buckets: null });
  });

  it('have unknown buckets where nobody could read them', () => {
    expect(http({ declared: [histogram('http_request_duration_seconds', ['status'], [])] })?.buckets).toBeNull();
  });

  it('leave out no path that would be something else in a pattern', () => {
    const service = measured('orders', 'prom-client', { health: { kind: 'http', path: '/h"|.*', readyPath: null } });
    expect(contractOf(service)?.http?.exclude).toBe('route!~"/metrics"');
  });

  it('are known of no library that we do not know, whatever is declared', () => {
    const { declared } = ENDPOINTS['prom-client'];
    expect(http({ library: 'swagger-stats', declared })).toBeNull();
    expect(http({ library: null, declared })).toBeNull();
  });

  it('have the names and units of OpenTelemetry, new and old', () => {
    expect(contractOf(measured('a', '@opentelemetry/exporter-prometheus'))?.http).toMatchObject({
      count: 'http_server_request_duration_count',
      secondsPerUnit: 1,
      statusLabel: 'http_response_status_code',
      routeLabel: 'http_route',
      methodLabel: 'http_request_method',
    });
    expect(contractOf(measured('a', 'opentelemetry-milliseconds'))?.http).toMatchObject({
      bucket: 'http_server_duration_bucket',
      secondsPerUnit: 0.001,
      statusLabel: 'http_status_code',
    });
  });
});

describe('the runtime', () => {
  it('is shown where default metrics are, and a limit of the heap by our module only', () => {
    expect(contractOf(measured('a', 'prom-client'))?.runtime).toMatchObject({
      heapUsed: 'nodejs_heap_size_used_bytes',
      heapLimit: null,
    });
    expect(contractOf(measured('a', 'preload'))?.runtime.heapLimit).toBe('nodejs_heap_size_limit_bytes');
    const none = contractOf(measured('a', 'prom-client-counter'));
    expect(Object.values(none?.runtime ?? {}).every((metric) => metric === null)).toBe(true);
  });

  it('of OpenTelemetry is what its instrumentation declares', () => {
    expect(contractOf(measured('a', '@opentelemetry/exporter-prometheus'))?.runtime.eventLoopLag).toBe(
      'nodejs_eventloop_delay_p99',
    );
    expect(contractOf(measured('a', 'opentelemetry-milliseconds'))?.runtime.eventLoopLag).toBeNull();
  });
});

it('is there for who shows something, and for nobody else', () => {
  expect(contractOf(measured('a', null))).toBeNull();
  expect(contractsOf(SYSTEMS['full-width'] as System).map(({ service }) => service.name)).not.toContain('site');
  const stranger = contractOf(measured('a', 'unknown'));
  expect(stranger).toMatchObject({ http: null, ownUp: false });
  expect(stranger && seriesOf(stranger)).toEqual([]);
  expect(contractOf(measured('a', 'express-prom-bundle'))?.ownUp).toBe(true);
});
