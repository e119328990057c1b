/** Where a service shows Prometheus how it is: by its own code, or by the module that is preloaded for it. */
import type { DeclaredMetric, Service, ServiceFacts } from '../../model.ts';

/** What the service itself serves; null where it serves nothing. */
export function servedMetrics(
  facts: ServiceFacts,
  kind: Service['kind'],
  port: number | null,
  path: string | null,
): Service['metrics'] {
  const where = facts.metrics?.port?.value ?? port;
  // What ends when its work is done is gone before anybody scrapes it.
  if (where === null || path === null || !runsForLong(kind)) return null;
  return {
    source: 'application',
    port: where,
    path,
    library: facts.metricsLibrary?.value ?? null,
    defaults: facts.metrics?.defaults !== null && facts.metrics?.defaults !== undefined,
    declared: facts.metrics?.declared.map(({ value }) => value) ?? [],
  };
}

/** What our module declares beside prom-client's default metrics (`templates/prometheus/telemetry/register.mjs.ejs`). */
const PRELOADED: readonly DeclaredMetric[] = [
  { name: 'http_request_duration_seconds', kind: 'histogram', labels: ['method', 'status_code'], buckets: null },
  { name: 'nodejs_heap_size_limit_bytes', kind: 'gauge', labels: [], buckets: null },
];

/** What our module would serve; null where nothing of ours can be loaded before the application. */
export function preloadedMetrics(
  service: Pick<Service, 'kind' | 'start' | 'framework' | 'runtime' | 'port'> &
    Readonly<{ files: Pick<Service['files'], 'dockerfileOwner'> }>,
): Service['metrics'] {
  const { kind, start, framework, runtime, port, files } = service;
  // Our image starts Next.js by node itself; any other program takes no --import.
  const byNode = runtime.name === 'node' && (start?.[0] === 'node' || (start !== null && framework === 'nextjs'));
  if (!runsForLong(kind) || !byNode || files.dockerfileOwner !== 'us') return null;
  return {
    source: 'preload',
    port: port === 9464 ? 9465 : 9464,
    path: '/metrics',
    library: 'prom-client',
    defaults: true,
    declared: PRELOADED,
  };
}

function runsForLong(kind: Service['kind']): boolean {
  return kind === 'web' || kind === 'worker';
}
