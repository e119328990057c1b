/** What OpenTelemetry's instrumentations measure, under the names that its Prometheus exporter gives: it adds no unit. */
import type { DeclaredMetric, Fact } from '../../model.ts';
import type { Package } from './package.ts';
import { at, fact } from './repo.ts';
import { codeMatches } from './scan.ts';

const HTTP = '@opentelemetry/instrumentation-http';
const RUNTIME = '@opentelemetry/instrumentation-runtime-node';
/** From this minor version on it counts seconds under the stable name; before, milliseconds under the old one. */
const STABLE = 221;

/** The route is known where the framework is instrumented too. */
const ROUTES = ['express', 'fastify', 'koa', 'nestjs-core', 'hapi', 'restify'].map(
  (name) => `@opentelemetry/instrumentation-${name}`,
);

/** Of `new HttpInstrumentation()` and `new RuntimeNodeInstrumentation()`; whose version nobody can tell is left out. */
export function instrumented(pkg: Package, library: Fact<string>): readonly Fact<DeclaredMetric>[] {
  if (library.value !== '@opentelemetry/exporter-prometheus') return [];
  const http = minorOf(pkg, HTTP);
  const stable = http !== null && http >= STABLE;
  const labels = stable
    ? ['http_request_method', 'http_response_status_code', 'http_route']
    : ['http_method', 'http_status_code', 'http_route'];
  const known = pkg.dependency('@fastify/otel') !== null || ROUTES.some((name) => pkg.isProduction(name));
  const duration: DeclaredMetric = {
    name: stable ? 'http_server_request_duration' : 'http_server_duration',
    kind: 'histogram',
    labels: known ? labels : labels.slice(0, 2),
    buckets: null,
  };
  const delay: DeclaredMetric = { name: 'nodejs_eventloop_delay_p99', kind: 'gauge', labels: [], buckets: null };
  return [
    ...(http === null ? [] : made(pkg, 'HttpInstrumentation', duration)),
    ...(minorOf(pkg, RUNTIME) === null ? [] : made(pkg, 'RuntimeNodeInstrumentation', delay)),
  ];
}

function made(pkg: Package, name: string, metric: DeclaredMetric): readonly Fact<DeclaredMetric>[] {
  for (const source of pkg.sources(new RegExp(name)))
    for (const m of codeMatches(source, new RegExp(`\\bnew\\s+${name}\\s*\\(`)))
      return [fact(metric, at(source.file, source.lineAt(m.index)))];
  return [];
}

/** `^0.223.0` → 223; null for what is no version below 1, and where it is not installed for production. */
function minorOf(pkg: Package, name: string): number | null {
  const minor = /^[\^~>=v\s]*0\.(\d+)\./.exec(pkg.version(name) ?? '')?.[1];
  return minor === undefined || !pkg.isProduction(name) ? null : Number(minor);
}
