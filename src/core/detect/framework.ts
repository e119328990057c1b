/** The framework, the metrics library and the logger, by dependency and by use. */
import type { Fact, Framework } from '../../model.ts';
import type { Package } from './package.ts';
import { at, choose, fact } from './repo.ts';
import { codeMatches } from './scan.ts';

/** Frameworks by package, the more specific first: Nest brings Express, Next brings a server of its own. */
const FRAMEWORKS: readonly (readonly [Framework, readonly string[]])[] = [
  ['nestjs', ['@nestjs/core']],
  ['nextjs', ['next']],
  ['fastify', ['fastify']],
  ['hono', ['hono']],
  ['koa', ['koa']],
  ['express', ['express']],
];

const HTTP_SERVER = /\b(?:createServer|createSecureServer)\s*\(|\bnew\s+Server\s*\(/;

/** The framework and its version without the range (`5.1.0` for `^5.1.0`). */
export function detectFramework(pkg: Package): { framework: Fact<Framework> | null; version: string | null } {
  const found: Fact<Framework>[] = [];
  for (const [framework, names] of FRAMEWORKS) {
    const dependency = pkg.dependency(...names);
    if (dependency === null) continue;
    // A framework among development dependencies serves tests or tools, unless nothing is a production dependency (bundled services).
    const bundled = Object.keys((pkg.manifest.dependencies ?? {}) as object).length === 0;
    if (!pkg.isProduction(dependency.value) && !bundled) continue;
    found.push(fact(framework, dependency.evidence));
  }
  const used = found.length > 1 ? preferUsed(pkg, found) : found;
  const framework = choose(used) ?? plainHttp(pkg);
  const name = framework === null ? undefined : FRAMEWORKS.find(([f]) => f === framework.value)?.[1][0];
  return { framework, version: name === undefined ? null : plainVersion(pkg.version(name)) };
}

/** With several in the manifest, one that the code imports comes before one that it does not; Nest and Next always rule. */
function preferUsed(pkg: Package, found: readonly Fact<Framework>[]): Fact<Framework>[] {
  const rules = (f: Fact<Framework>): boolean => f.value === 'nestjs' || f.value === 'nextjs';
  const imports = (f: Fact<Framework>): boolean =>
    pkg.sources(new RegExp(`(?:from\\s*|require\\(\\s*)['"]${f.value}['"/]`)).length > 0;
  return [...found].sort((a, b) => Number(rules(b)) - Number(rules(a)) || Number(imports(b)) - Number(imports(a)));
}

function plainHttp(pkg: Package): Fact<Framework> | null {
  for (const source of pkg.sources(HTTP_SERVER)) {
    if (!/['"](?:node:)?https?2?['"]/.test(source.text)) continue;
    for (const m of codeMatches(source, HTTP_SERVER)) return fact('http', at(source.file, source.lineAt(m.index)));
  }
  return null;
}

/** `^5.1.0` → `5.1.0`; what is no version (`latest`, `catalog:`, `workspace:*`) → null. */
export function plainVersion(range: string | null): string | null {
  return range === null ? null : (/^[\^~>=v\s]*(\d+(?:\.[\dx]+)*(?:-[\w.]+)?)/.exec(range)?.[1] ?? null);
}

const METRICS = [
  '@willsoto/nestjs-prometheus',
  'fastify-metrics',
  'express-prom-bundle',
  'express-prometheus-middleware',
  '@hono/prometheus',
  'prom-client',
  'next-prom',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-node',
  'swagger-stats',
  '@promster/express',
  '@promster/fastify',
  '@promster/hapi',
  'koa-prometheus',
  'appmetrics-prometheus',
];
const LOGGERS = [
  'nestjs-pino',
  'pino',
  'pino-http',
  'hono-pino',
  'winston',
  'nest-winston',
  'bunyan',
  '@logtape/logtape',
  'log4js',
  'tslog',
  'consola',
  'loglevel',
  'signale',
  'roarr',
  'morgan',
];

/** The library that exposes metrics. */
export function detectMetricsLibrary(pkg: Package): Fact<string> | null {
  return first(pkg, METRICS);
}

/** The library that writes the logs. Fastify brings pino. */
export function detectLogger(pkg: Package, framework: Framework | null): Fact<string> | null {
  const found = first(pkg, LOGGERS);
  if (found !== null || framework !== 'fastify') return found;
  for (const source of pkg.sources(/\blogger\s*:/)) {
    for (const m of codeMatches(source, /\blogger\s*:\s*(?!false)/))
      return fact('pino', at(source.file, source.lineAt(m.index), "Fastify's own logger"));
  }
  return null;
}

function first(pkg: Package, names: readonly string[]): Fact<string> | null {
  return choose(
    names.flatMap((name) => (pkg.isProduction(name) ? [pkg.dependency(name)] : [])).filter((f) => f !== null),
  );
}
