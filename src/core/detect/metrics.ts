/** What a service shows Prometheus: the metrics that its code declares, the default ones, and a port of their own. */
import type { DeclaredMetric, Fact, MetricsFacts } from '../../model.ts';
import { instrumented } from './metrics-otel.ts';
import { importsOf } from './modules.ts';
import { numbers, type Options, optionsOf, strings } from './options.ts';
import type { Package } from './package.ts';
import { at, choose, fact } from './repo.ts';
import { codeMatches, parts, type Source } from './scan.ts';

const CLIENT = 'prom-client';
const NEST = '@willsoto/nestjs-prometheus';

const KINDS: Readonly<Record<string, DeclaredMetric['kind']>> = {
  Counter: 'counter',
  Gauge: 'gauge',
  Histogram: 'histogram',
  Summary: 'summary',
};

/** `port` is the one of a second server of the application's own. Null where no library of metrics is among the dependencies. */
export function detectMetrics(
  pkg: Package,
  library: Fact<string> | null,
  port: Fact<number> | null,
): MetricsFacts | null {
  if (library === null) return null;
  const declared = [...constructed(pkg), ...middleware(pkg), ...plugin(pkg), ...instrumented(pkg, library)];
  const names = declared.map(({ value }) => value.name);
  return {
    defaults: choose([...collected(pkg), ...collectedByLibrary(pkg)]),
    declared: declared.filter(({ value }, index) => names.indexOf(value.name) === index),
    port: library.value.startsWith('@opentelemetry/') ? (exporterPort(pkg) ?? port) : port,
  };
}

/** `new Histogram({ … })` of prom-client, under whatever name it was imported; `makeHistogramProvider({ … })` of NestJS. */
function constructed(pkg: Package): Fact<DeclaredMetric>[] {
  return pkg.sources(/prom-client|nestjs-prometheus/).flatMap((source) => {
    const imports = importsOf(source);
    const made = [...codeMatches(source, /\bnew\s+([\w$]+)(?:\s*\.\s*([\w$]+))?\s*(?:<[^()]*>)?\s*\(/)].map((m) => {
      const [, first = '', member] = m;
      const from = imports.get(first);
      const name = from?.specifier === CLIENT && member === undefined ? from.imported : (member ?? first);
      return { m, kind: from === undefined || from.specifier === CLIENT ? KINDS[name] : undefined };
    });
    const provided = [...codeMatches(source, /\bmake(Counter|Gauge|Histogram|Summary)Provider\s*\(/)].map((m) => ({
      m,
      kind: KINDS[m[1] as string],
    }));
    return [...made, ...provided].flatMap(({ m, kind }) =>
      kind === undefined ? [] : (metricAt(pkg, source, m, kind) ?? []),
    );
  });
}

function metricAt(
  pkg: Package,
  source: Source,
  m: RegExpExecArray,
  kind: DeclaredMetric['kind'],
): Fact<DeclaredMetric> | null {
  const options = optionsOf(pkg, source, parts(source, m.index + m[0].length - 1)[0]);
  const name = options.text('name');
  if (name === null || !/^[A-Za-z_:][\w:]*$/.test(name)) return null;
  const labels = options.span('labelNames');
  const buckets = kind === 'histogram' ? options.span('buckets') : null;
  return fact(
    {
      name,
      kind,
      labels: labels === null ? [] : strings(pkg, source, labels),
      buckets: buckets === null ? null : numbers(source, buckets),
    },
    at(source.file, source.lineAt(m.index)),
  );
}

/** express-prom-bundle: its options choose the labels of its one histogram. */
function middleware(pkg: Package): Fact<DeclaredMetric>[] {
  return callsOf(pkg, 'express-prom-bundle', 0).map(({ source, offset, options }) => {
    const on = (name: string, usual: boolean): boolean => options.flag(name) ?? usual;
    const custom = options.inside('customLabels');
    const buckets = options.span('buckets');
    return fact(
      {
        name: options.text('httpDurationMetricName') ?? 'http_request_duration_seconds',
        kind: options.text('metricType') === 'summary' ? 'summary' : 'histogram',
        labels: [
          ...(on('includeStatusCode', true) ? ['status_code'] : []),
          ...(on('includeMethod', false) ? ['method'] : []),
          ...(on('includePath', false) ? ['path'] : []),
          ...(custom ?? []),
        ],
        buckets: buckets === null ? null : numbers(source, buckets),
      },
      at(source.file, source.lineAt(offset)),
    );
  });
}

/** fastify-metrics: one histogram of all routes, unless it is told otherwise. */
function plugin(pkg: Package): Fact<DeclaredMetric>[] {
  return callsOf(pkg, 'fastify-metrics', 1).flatMap(({ source, offset, options }) => {
    const routes = options.object('routeMetrics');
    const overrides = routes?.object('overrides') ?? null;
    const histogram = overrides?.object('histogram') ?? null;
    const labels = overrides?.object('labels') ?? null;
    if (options.flag('routeMetrics') === false || routes?.flag('enabled') === false) return [];
    const buckets = histogram?.span('buckets') ?? null;
    const value: DeclaredMetric = {
      name: histogram?.text('name') ?? 'http_request_duration_seconds',
      kind: 'histogram',
      labels: [
        labels?.text('method') ?? 'method',
        labels?.text('route') ?? 'route',
        labels?.text('status') ?? 'status_code',
      ],
      buckets: buckets === null ? null : numbers(source, buckets),
    };
    return [fact(value, at(source.file, source.lineAt(offset)))];
  });
}

/** `collectDefaultMetrics()`; with a prefix the families have other names, and nobody finds them. */
function collected(pkg: Package): Fact<true>[] {
  return pkg
    .sources(/collectDefaultMetrics/)
    .flatMap((source) =>
      [...codeMatches(source, /(?<!\bfunction\s+)\bcollectDefaultMetrics\s*\(/)]
        .filter((m) => isUnprefixed(optionsOf(pkg, source, parts(source, m.index + m[0].length - 1)[0])))
        .map((m) => fact(true as const, at(source.file, source.lineAt(m.index)))),
    );
}

/** The libraries that collect them by themselves (NestJS, Fastify), and the one that has to be told (Express). */
function collectedByLibrary(pkg: Package): Fact<true>[] {
  const yes = (source: Source, offset: number, note?: string) => [
    fact(true as const, at(source.file, source.lineAt(offset), note)),
  ];
  const nest = pkg.isProduction(NEST)
    ? pkg.sources(/PrometheusModule/).flatMap((source) => {
        const m = [...codeMatches(source, /\bPrometheusModule\s*\.\s*(?:register|registerAsync|forRoot)\s*\(/)][0];
        if (m === undefined) return [];
        const found = optionsOf(pkg, source, parts(source, m.index + m[0].length - 1)[0]).object('defaultMetrics');
        if (found?.flag('enabled') === false) return [];
        return isUnprefixed(found?.object('config') ?? null) ? yes(source, m.index, `default of ${NEST}`) : [];
      })
    : [];
  const fastify = callsOf(pkg, 'fastify-metrics', 1).flatMap(({ source, offset, options }) => {
    const found = options.object('defaultMetrics');
    if (found?.flag('enabled') === false || !isUnprefixed(found)) return [];
    return yes(source, offset, 'default of fastify-metrics');
  });
  const express = callsOf(pkg, 'express-prom-bundle', 0).flatMap(({ source, options }) => {
    const found = options.object('promClient')?.object('collectDefaultMetrics') ?? null;
    return found !== null && isUnprefixed(found) ? yes(source, found.start) : [];
  });
  return [...nest, ...fastify, ...express];
}

const isUnprefixed = (options: Options | null): boolean =>
  options === null || options.span('prefix') === null || options.text('prefix') === '';

/** `new PrometheusExporter({ port })` opens a server of its own, unless it is kept from it. */
function exporterPort(pkg: Package): Fact<number> | null {
  for (const source of pkg.sources(/PrometheusExporter/)) {
    for (const m of codeMatches(source, /\bnew\s+(?:[\w$]+\s*\.\s*)?PrometheusExporter\s*\(/)) {
      const options = optionsOf(pkg, source, parts(source, m.index + m[0].length - 1)[0]);
      if (options.flag('preventServerStart') === true) return null;
      const line = source.lineAt(m.index);
      const written = options.text('port');
      if (options.span('port') === null) return fact(9464, at(source.file, line, "the exporter's default"));
      if (written !== null && /^\d+$/.test(written)) return fact(Number(written), at(source.file, line));
    }
  }
  return null;
}

/** Calls of a library's function, or of `register(plugin, options)`: the argument at `index` holds the options. */
function callsOf(
  pkg: Package,
  library: string,
  index: number,
): Readonly<{ source: Source; offset: number; options: Options }>[] {
  if (!pkg.isProduction(library)) return [];
  return pkg.sources(new RegExp(library)).flatMap((source) =>
    [...importsOf(source)]
      .filter(([, { specifier }]) => specifier === library)
      .flatMap(([name]) => {
        const id = name.replace(/\$/g, '\\$');
        const call = index === 0 ? `(?<![\\w$.])${id}\\s*\\(` : `\\.register\\s*\\(\\s*${id}\\b`;
        return [...codeMatches(source, new RegExp(call))].map((m) => {
          const open = source.bare.indexOf('(', m.index);
          return { source, offset: m.index, options: optionsOf(pkg, source, parts(source, open)[index]) };
        });
      }),
  );
}
