/**
 * The metric contract: which names and labels a service shows Prometheus, by the library that serves them. No rule names anything else, and
 * `test/tools/metrics-contract.test.ts` holds every library to it.
 */
import type { DeclaredMetric, MetricsEndpoint, Service, System } from '../../src/model.ts';
import { cloudServices } from './cloud.ts';

/** Requests as Prometheus sees them. Every name is that of a series, suffix and all. */
export type HttpContract = Readonly<{
  /** Counter of requests that carries the status. */
  count: string;
  /** Buckets of their duration; null: nobody measures it in a way that a quantile can be told from. */
  bucket: string | null;
  /** What one unit of `bucket` is in seconds: 1, or 0.001 where the library counts milliseconds. */
  secondsPerUnit: number;
  /** Upper bounds in seconds, ascending; null: unknown. */
  buckets: readonly number[] | null;
  statusLabel: string;
  routeLabel: string | null;
  methodLabel: string | null;
  /** Matcher of requests that failed by the server's fault. */
  serverError: string;
  /** Matcher of requests that nobody may make. */
  refused: string;
  /** Matcher that leaves probes and scrapes out, where requests are told apart by route. They never fail, and would water the ratios down. */
  exclude: string | null;
}>;

/** What tells how full the process is. Null where the library does not show it. */
export type RuntimeContract = Readonly<{
  /** 99th percentile, seconds. */
  eventLoopLag: string | null;
  heapUsed: string | null;
  /** What the heap may grow to. Its own size (`…_total_bytes`) follows the use, so it is no limit. */
  heapLimit: string | null;
  openFiles: string | null;
  maxFiles: string | null;
  startTime: string | null;
}>;

export type MetricContract = Readonly<{
  service: Service;
  endpoint: MetricsEndpoint;
  http: HttpContract | null;
  runtime: RuntimeContract;
  /** It shows a gauge `up` of its own, which would stand beside Prometheus' own. */
  ownUp: boolean;
}>;

/** Label of the status, as people name it. A grouped value (`5xx`) matches like a full one (`503`). */
const STATUS = /^(?:http_?)?(?:response_?)?(?:status|code|status_?code)$/i;
const ROUTE = /^(?:http_)?(?:route|path|url|uri|handler|endpoint)$/i;
const METHOD = /^(?:http_)?(?:request_)?method$/i;

/** A histogram of jobs may have a status too: only requests count. */
const REQUESTS = /http|request|response/i;

/** Bounds that a library takes when nobody says others, seconds. */
const CLIENT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const OWN_BUCKETS: Readonly<Record<string, readonly number[]>> = {
  'prom-client': CLIENT_BUCKETS,
  '@willsoto/nestjs-prometheus': CLIENT_BUCKETS,
  'fastify-metrics': CLIENT_BUCKETS,
  'express-prom-bundle': [0.003, 0.03, 0.1, 0.3, 1.5, 10],
};

/** Libraries that are built on prom-client, whose names are as they are declared. */
const ON_CLIENT = Object.keys(OWN_BUCKETS);
const OPEN_TELEMETRY = '@opentelemetry/exporter-prometheus';

/** What our preloaded module counts; the route is not known out there. */
const PRELOADED: DeclaredMetric = {
  name: 'http_request_duration_seconds',
  kind: 'histogram',
  labels: ['method', 'status_code'],
  buckets: CLIENT_BUCKETS,
};

const NO_RUNTIME: RuntimeContract = {
  eventLoopLag: null,
  heapUsed: null,
  heapLimit: null,
  openFiles: null,
  maxFiles: null,
  startTime: null,
};

/** prom-client's own default metrics. It shows no limit of the heap. */
const CLIENT_RUNTIME: RuntimeContract = {
  eventLoopLag: 'nodejs_eventloop_lag_p99_seconds',
  heapUsed: 'nodejs_heap_size_used_bytes',
  heapLimit: null,
  openFiles: 'process_open_fds',
  maxFiles: 'process_max_fds',
  startTime: 'process_start_time_seconds',
};

/** Contracts of all services that Prometheus scrapes. */
export function contractsOf(system: System): readonly MetricContract[] {
  return cloudServices(system).flatMap((service) => contractOf(service) ?? []);
}

/** Null where the service serves no metrics. Served by nobody knows what: `up` is all that a rule can rely on. */
export function contractOf(service: Service): MetricContract | null {
  const endpoint = service.metrics;
  if (endpoint === null) return null;
  return {
    service,
    endpoint,
    http: httpOf(endpoint, service),
    runtime: runtimeOf(endpoint),
    ownUp: endpoint.source === 'application' && endpoint.library === 'express-prom-bundle',
  };
}

/** Every series that rules may select at the service. */
export function seriesOf({ http, runtime }: MetricContract): readonly string[] {
  return [http?.count, http?.bucket, ...Object.values(runtime)].filter((name) => typeof name === 'string');
}

function httpOf(endpoint: MetricsEndpoint, service: Service): HttpContract | null {
  // What listens on no port of its own answers no requests of users.
  if (service.port === null) return null;
  const known = endpoint.source === 'preload' || isKnown(endpoint.library);
  if (!known) return null;
  const declared = endpoint.source === 'preload' ? [PRELOADED] : endpoint.declared.filter(isRequests);
  const counted = declared.find((metric) => isCounted(metric) && statusOf(metric) !== null);
  const statusLabel = counted && statusOf(counted);
  if (!counted || !statusLabel) return null;
  const timed = [counted, ...declared].find((metric) => metric.kind === 'histogram' && secondsPerUnit(metric) !== null);
  const routeLabel = counted.labels?.find((label) => ROUTE.test(label)) ?? null;
  return {
    count: counted.kind === 'histogram' ? `${counted.name}_count` : counted.name,
    bucket: timed ? `${timed.name}_bucket` : null,
    secondsPerUnit: (timed && secondsPerUnit(timed)) ?? 1,
    buckets: timed ? bucketsOf(timed, endpoint.library) : null,
    statusLabel,
    routeLabel,
    methodLabel: counted.labels?.find((label) => METHOD.test(label)) ?? null,
    serverError: `${statusLabel}=~"5.."`,
    refused: `${statusLabel}=~"401|403"`,
    exclude: routeLabel === null || !sameRoute(timed, routeLabel) ? null : excluded(routeLabel, service, endpoint),
  };
}

function isKnown(library: string | null): boolean {
  return library !== null && [...ON_CLIENT, OPEN_TELEMETRY].includes(library);
}

function isRequests({ name }: DeclaredMetric): boolean {
  return REQUESTS.test(name) && /^[A-Za-z_:][\w:]*$/.test(name);
}

function isCounted({ kind }: DeclaredMetric): boolean {
  return kind === 'histogram' || kind === 'counter';
}

function statusOf({ labels }: DeclaredMetric): string | null {
  return labels?.find((label) => STATUS.test(label)) ?? null;
}

/** The unit is in the name, as Prometheus wants it; OpenTelemetry's JavaScript exporter leaves it out, and changed it with the name. */
function secondsPerUnit({ name }: DeclaredMetric): number | null {
  if (/_seconds$|^http_server_request_duration$/.test(name)) return 1;
  if (/_(?:ms|milliseconds|millis)$|^http_server_duration$/.test(name)) return 0.001;
  return null;
}

/** Null: the library's own, or nobody could read them. */
function bucketsOf(metric: DeclaredMetric, library: string | null): readonly number[] | null {
  if (metric.buckets === null) return (library !== null && OWN_BUCKETS[library]) || null;
  if (metric.buckets.length === 0) return null;
  return metric.buckets.map((bound) => bound * (secondsPerUnit(metric) ?? 1)).sort((a, b) => a - b);
}

/** One matcher serves both series, so both have to know the route. */
function sameRoute(timed: DeclaredMetric | undefined, label: string): boolean {
  return timed === undefined || (timed.labels?.includes(label) ?? false);
}

function excluded(label: string, { health }: Service, { path }: MetricsEndpoint): string | null {
  const paths = [health.kind === 'http' ? health.path : null, health.kind === 'http' ? health.readyPath : null, path];
  const plain = paths.filter((one) => one !== null && /^\/[\w/.~-]*$/.test(one)) as readonly string[];
  const unique = [...new Set(plain)].map((one) => one.replaceAll('.', '[.]'));
  return unique.length === 0 ? null : `${label}!~"${unique.join('|')}"`;
}

function runtimeOf({ source, library, defaults, declared }: MetricsEndpoint): RuntimeContract {
  if (source === 'preload') return { ...CLIENT_RUNTIME, heapLimit: 'nodejs_heap_size_limit_bytes' };
  if (library === OPEN_TELEMETRY) {
    const lag = 'nodejs_eventloop_delay_p99';
    return { ...NO_RUNTIME, eventLoopLag: declared.some(({ name }) => name === lag) ? lag : null };
  }
  return defaults && library !== null && ON_CLIENT.includes(library) ? CLIENT_RUNTIME : NO_RUNTIME;
}
