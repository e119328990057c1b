/** Health, readiness and metrics endpoints, chosen among the routes that the code declares. */
import type { Fact, Framework, ServiceFacts } from '../../model.ts';
import { globalPrefix } from './nest.ts';
import type { Package } from './package.ts';
import { at, choose, fact } from './repo.ts';
import { declaredRoutes, type Route } from './routes.ts';
import { closing, codeMatches } from './scan.ts';

/** Last segments by role, best first. */
const HEALTH = [
  'healthz',
  'health',
  'livez',
  'live',
  'liveness',
  'alive',
  'healthcheck',
  'health-check',
  'health_check',
  'health/live',
  '_health',
  'heartbeat',
  'up',
  'ping',
  'status',
];
const READY = ['readyz', 'ready', 'readiness', 'health/ready', 'health/readiness', 'healthz/ready'];
const METRICS = ['metrics', 'prometheus'];
/** These are also names of ordinary resources: only at the top, or under an `api` prefix. */
const WEAK = new Set(['up', 'ping', 'status', 'live', 'heartbeat']);

/** The endpoints with their places. */
export function detectEndpoints(pkg: Package, framework: Framework | null): ServiceFacts['endpoints'] {
  const routes = [...declaredRoutes(pkg, framework), ...pluginRoutes(pkg)];
  const ready = pick(routes, READY);
  return {
    health:
      pick(
        routes.filter((r) => r.path !== ready?.value),
        HEALTH,
      ) ??
      pick(
        routes.filter((r) => r.path === '/' && r.evidence.note !== undefined),
        null,
      ),
    ready,
    metrics: pick([...routes, ...metricsPlugins(pkg)], METRICS) ?? pick(metricsPlugins(pkg), null),
  };
}

function pick(routes: readonly Route[], names: readonly string[] | null): Fact<string> | null {
  const candidates = routes
    .map((route, order) => ({ route, order, rank: names === null ? 0 : rankOf(route.path, names) }))
    .filter((c) => c.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.route.path.length - b.route.path.length || a.order - b.order);
  return choose(candidates.map(({ route }) => fact(route.path, route.evidence)));
}

function rankOf(path: string, names: readonly string[]): number {
  if (/[:*[{]/.test(path)) return -1;
  const clean = path.toLowerCase().replace(/^\/|\/$/g, '');
  return names.findIndex((name) => {
    if (clean === name) return true;
    const prefix = clean.endsWith(`/${name}`) ? clean.slice(0, -name.length - 1) : null;
    if (prefix === null) return false;
    if (WEAK.has(name)) return /^(?:(?:api|v\d+|_|internal|system|health|-)\/?)+$/.test(prefix);
    return prefix.split('/').length <= 3;
  });
}

/** Plugins that add a route without naming it. */
function pluginRoutes(pkg: Package): Route[] {
  const routes: Route[] = [];
  const pressure = pkg.dependency('@fastify/under-pressure', 'under-pressure');
  if (pressure !== null) {
    for (const source of pkg.sources(/exposeStatusRoute/)) {
      for (const m of codeMatches(source, /\bexposeStatusRoute\s*:\s*(true|['"]([^'"\n]+)['"]|\{)/)) {
        const open = m.index + m[0].length - 1;
        const url =
          m[1] === '{' ? /\burl\s*:\s*['"]([^'"\n]+)/.exec(source.text.slice(open, closing(source, open)))?.[1] : m[2];
        routes.push({ path: url ?? '/status', evidence: at(source.file, source.lineAt(m.index)) });
      }
    }
  }
  const custom = pkg.dependency('fastify-custom-healthcheck');
  if (custom !== null) routes.push({ path: '/health', evidence: custom.evidence });
  for (const source of pkg.sources(/\bhealthChecks\s*:/)) {
    for (const m of codeMatches(source, /\bhealthChecks\s*:\s*\{/)) {
      const open = m.index + m[0].length - 1;
      for (const key of codeMatches(source, /['"](\/[\w/-]+)['"]\s*:/, open, closing(source, open))) {
        routes.push({ path: key[1] as string, evidence: at(source.file, source.lineAt(key.index)) });
      }
    }
  }
  return routes;
}

/** Libraries that serve metrics at a path of their own. */
function metricsPlugins(pkg: Package): Route[] {
  const known: readonly (readonly [string, RegExp, RegExp])[] = [
    [
      'fastify-metrics',
      /from\s*['"]fastify-metrics['"]|require\(['"]fastify-metrics['"]\)/,
      /\bendpoint\s*:\s*(?:\{[^}]*?url\s*:\s*)?['"]([^'"\n]+)['"]/,
    ],
    ['express-prom-bundle', /['"]express-prom-bundle['"]/, /\bmetricsPath\s*:\s*['"]([^'"\n]+)['"]/],
    [
      'express-prometheus-middleware',
      /['"]express-prometheus-middleware['"]/,
      /\bmetricsPath\s*:\s*['"]([^'"\n]+)['"]/,
    ],
    [
      '@willsoto/nestjs-prometheus',
      /PrometheusModule\.(?:register|forRoot)/,
      /PrometheusModule\.\w+\(\s*\{[^}]*?\bpath\s*:\s*['"]([^'"\n]+)['"]/,
    ],
    ['@opentelemetry/exporter-prometheus', /PrometheusExporter/, /\bendpoint\s*:\s*['"]([^'"\n]+)['"]/],
  ];
  return known.flatMap(([name, use, option]) => {
    if (!pkg.isProduction(name)) return [];
    const source = pkg.sources(use)[0];
    if (source === undefined) return [];
    const [m] = [...codeMatches(source, option)];
    const own = m?.[1] ?? '/metrics';
    const [used] = [
      ...codeMatches(source, name.startsWith('@willsoto') ? /PrometheusModule/ : /\bimport\b|\brequire\b/),
    ];
    const path = name.startsWith('@willsoto') ? globalPrefix(pkg).apply(own) : own.startsWith('/') ? own : `/${own}`;
    return [
      {
        path,
        evidence: at(
          source.file,
          source.lineAt(m?.index ?? used?.index ?? 0),
          m === undefined ? `default of ${name}` : undefined,
        ),
      },
    ];
  });
}
