/** What a service shows Prometheus, read from its code. */
import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { type Content, only, project, told } from '../../../helpers/project.ts';

function metrics(files: Record<string, Content>, dependencies: Record<string, string>) {
  const manifest = { name: 'x', scripts: { start: 'node src/index.js' }, dependencies };
  return only(detect(project({ 'package.json': manifest, ...files }), null));
}

const listen = '\napp.listen(3000);\n';
const found = (files: Record<string, Content>, dependencies: Record<string, string>) => {
  const { metrics: facts } = metrics(files, dependencies);
  return {
    defaults: told(facts?.defaults),
    declared: facts?.declared.map(({ value: { name, kind, labels, buckets }, evidence }) =>
      [kind, name, labels, buckets, `${evidence.file}:${evidence.line}`].map((v) => JSON.stringify(v)).join(' '),
    ),
    port: told(facts?.port),
  };
};

describe('prom-client', () => {
  const client = { express: '^5.0.0', 'prom-client': '^15.1.3' };

  test('without the library there is nothing to say', () => {
    expect(metrics({ 'src/index.js': `new Histogram({ name: 'a' });${listen}` }, { express: '^5.0.0' }).metrics).toBe(
      null,
    );
  });

  test.each([
    ['named', "import { Histogram } from 'prom-client';", 'new Histogram('],
    ['renamed', "import { Histogram as H } from 'prom-client';", 'new H('],
    ['default', "import client from 'prom-client';", 'new client.Histogram('],
    ['namespace', "import * as prom from 'prom-client';", 'new prom.Histogram('],
    ['required', "const client = require('prom-client');", 'new client.Histogram('],
    ['taken out', "const { Histogram } = require('prom-client');", 'new Histogram('],
    ['typed', "import { Histogram } from 'prom-client';", "new Histogram<'method' | 'status_code'>("],
  ])('a histogram, %s', (_, imported, made) => {
    const code = `${imported}\nexport const duration = ${made}{\n  name: 'http_request_duration_seconds',\n  help: 'x',\n  labelNames: ['method', 'status_code'],\n  buckets: [0.05, 0.1, 2.5],\n});`;
    expect(found({ 'src/metrics.ts': code, 'src/index.js': listen }, client).declared).toEqual([
      '"histogram" "http_request_duration_seconds" ["method","status_code"] [0.05,0.1,2.5] "src/metrics.ts:2"',
    ]);
  });

  test('names, labels and buckets that stand elsewhere in the file', () => {
    const code = [
      "import { Counter, Histogram, linearBuckets, exponentialBuckets } from 'prom-client';",
      "const NAME = 'orders_total';",
      "const LABELS = ['kind'] as const;",
      'new Counter({ name: NAME, help, labelNames: LABELS });',
      "new Histogram({ name: 'a_seconds', help, buckets: exponentialBuckets(0.01, 2, 3) });",
      "new Histogram({ name: 'b_seconds', help, buckets: linearBuckets(0, 5, 3) });",
      "new Histogram({ name: 'c_seconds', help, buckets: make(), labelNames: names() });",
      'new Counter({ name: `${prefix}_total`, help });',
      "// new Counter({ name: 'commented_total' });",
    ].join('\n');
    expect(found({ 'src/metrics.ts': code, 'src/index.js': listen }, client).declared).toEqual([
      '"counter" "orders_total" ["kind"] null "src/metrics.ts:4"',
      '"histogram" "a_seconds" [] [0.01,0.02,0.04] "src/metrics.ts:5"',
      '"histogram" "b_seconds" [] [0,5,10] "src/metrics.ts:6"',
      '"histogram" "c_seconds" null [] "src/metrics.ts:7"',
    ]);
  });

  test('a class of the same name from elsewhere is none', () => {
    const code = `import { Counter } from './counter.js';\nimport { register } from 'prom-client';\nnew Counter({ name: 'a' });`;
    expect(found({ 'src/metrics.js': code, 'src/index.js': listen }, client).declared).toEqual([]);
  });

  test('default metrics, unless they have a prefix of their own', () => {
    const file = (call: string) => ({ 'src/index.js': `import client from 'prom-client';\n${call}${listen}` });
    expect(found(file('client.collectDefaultMetrics();'), client).defaults).toBe('true @src/index.js:2');
    expect(found(file('client.collectDefaultMetrics({ register });'), client).defaults).toBe('true @src/index.js:2');
    expect(found(file("client.collectDefaultMetrics({ prefix: 'shop_' });"), client).defaults).toBeNull();
    expect(found(file('// client.collectDefaultMetrics();'), client).defaults).toBeNull();
    expect(found(file('client.register.clear();'), client).defaults).toBeNull();
  });

  test('a server of their own is not where the service listens', () => {
    const code = `import client from 'prom-client';\nmetricsApp.get('/metrics', h);\nmetricsApp.listen(process.env.METRICS_PORT ?? 9091);\napp.listen(3000);\n`;
    const service = metrics({ 'src/index.js': code }, client);
    expect(told(service.metrics?.port)).toBe('9091 @src/index.js:3');
    expect(told(service.port)).toContain('3000 @src/index.js:4');
  });

  test('the only server is the service itself, whatever its variable is called', () => {
    const code = `import client from 'prom-client';\nmetricsApp.listen(9091);\n`;
    expect(metrics({ 'src/index.js': code }, client).metrics?.port).toBeNull();
  });
});

describe('libraries that serve by themselves', () => {
  const express = { express: '^5.0.0', 'express-prom-bundle': '^8.0.0' };
  const bundle = (options: string) =>
    found(
      { 'src/index.js': `import promBundle from 'express-prom-bundle';\napp.use(promBundle(${options}));${listen}` },
      express,
    );

  test('express-prom-bundle: labels by its options', () => {
    const name = '"histogram" "http_request_duration_seconds"';
    expect(bundle('').declared).toEqual([`${name} ["status_code"] null "src/index.js:2"`]);
    expect(
      bundle("{ includeMethod: true, includePath: true, customLabels: { region: 'eu' }, buckets: [0.1, 1] }").declared,
    ).toEqual([`${name} ["status_code","method","path","region"] [0.1,1] "src/index.js:2"`]);
    expect(bundle("{ includeStatusCode: false, metricType: 'summary' }").declared).toEqual([
      '"summary" "http_request_duration_seconds" [] null "src/index.js:2"',
    ]);
    expect(bundle('{ includeMethod: true }').defaults).toBeNull();
    expect(bundle('{ promClient: { collectDefaultMetrics: {} } }').defaults).toBe('true @src/index.js:2');
    expect(bundle("{ promClient: { collectDefaultMetrics: { prefix: 'a_' } } }").defaults).toBeNull();
  });

  const fastify = (options: string) =>
    found(
      { 'src/index.js': `import metrics from 'fastify-metrics';\nawait app.register(metrics, ${options});${listen}` },
      { fastify: '^5.0.0', 'fastify-metrics': '^12.0.0' },
    );

  test('fastify-metrics', () => {
    expect(fastify("{ endpoint: '/metrics' }")).toEqual({
      defaults: 'true @src/index.js:2 (default of fastify-metrics)',
      declared: ['"histogram" "http_request_duration_seconds" ["method","route","status_code"] null "src/index.js:2"'],
      port: null,
    });
    expect(
      fastify(
        "{ defaultMetrics: { enabled: false }, routeMetrics: { overrides: { labels: { status: 'code' }, histogram: { name: 'shop_seconds', buckets: [1, 2] } } } }",
      ),
    ).toMatchObject({
      defaults: null,
      declared: ['"histogram" "shop_seconds" ["method","route","code"] [1,2] "src/index.js:2"'],
    });
    expect(fastify('{ routeMetrics: false }').declared).toEqual([]);
  });

  const nest = (options: string) =>
    found(
      {
        'src/a.module.ts': `import { PrometheusModule, makeHistogramProvider } from '@willsoto/nestjs-prometheus';\n@Module({ imports: [PrometheusModule.register(${options})], providers: [\n  makeHistogramProvider({ name: 'http_request_duration_seconds', help: 'x', labelNames: ['method', 'route', 'status'], buckets: [0.3, 1] }),\n] })\nexport class A {}\n`,
        'src/index.js': listen,
      },
      { '@nestjs/core': '^11.0.0', '@willsoto/nestjs-prometheus': '^6.0.0', 'prom-client': '^15.1.3' },
    );

  test('@willsoto/nestjs-prometheus', () => {
    const declared = [
      '"histogram" "http_request_duration_seconds" ["method","route","status"] [0.3,1] "src/a.module.ts:3"',
    ];
    const defaults = 'true @src/a.module.ts:2 (default of @willsoto/nestjs-prometheus)';
    expect(nest('')).toEqual({ defaults, declared, port: null });
    expect(nest("{ path: '/m', defaultMetrics: { enabled: true } }").defaults).toBe(defaults);
    expect(nest('{ defaultMetrics: { enabled: false } }').defaults).toBeNull();
    expect(nest("{ defaultMetrics: { enabled: true, config: { prefix: 'a_' } } }").defaults).toBeNull();
  });

  const otel = (options: string) =>
    metrics(
      {
        'src/index.js': `import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';\nnew PrometheusExporter(${options});${listen}`,
      },
      { express: '^5.0.0', '@opentelemetry/exporter-prometheus': '^0.223.0' },
    );

  test("OpenTelemetry's exporter has a server of its own", () => {
    const service = otel('{ port: 9500, endpoint: "/telemetry" }');
    expect(told(service.metrics?.port)).toBe('9500 @src/index.js:2');
    expect(told(service.endpoints.metrics)).toBe('/telemetry @src/index.js:2');
    expect(told(service.port)).toBe('3000 @src/index.js:3');
    expect(told(otel('').metrics?.port)).toBe("9464 @src/index.js:2 (the exporter's default)");
    expect(told(otel('').endpoints.metrics)).toBe(
      '/metrics @src/index.js:1 (default of @opentelemetry/exporter-prometheus)',
    );
    expect(otel('{ preventServerStart: true }').metrics?.port).toBeNull();
    expect(told(otel('{ port: Number(process.env.METRICS_PORT ?? 9465) }').metrics?.port)).toBe('9465 @src/index.js:2');
  });

  test.each<[string, Record<string, string>, readonly string[]]>([
    [
      'stable',
      { http: '^0.223.0' },
      [
        '"histogram" "http_server_request_duration" ["http_request_method","http_response_status_code"] null "src/index.js:3"',
      ],
    ],
    [
      'old, with the route',
      { http: '~0.203.0', express: '^0.52.0' },
      ['"histogram" "http_server_duration" ["http_method","http_status_code","http_route"] null "src/index.js:3"'],
    ],
    ['the runtime', { 'runtime-node': '^0.36.0' }, ['"gauge" "nodejs_eventloop_delay_p99" [] null "src/index.js:4"']],
    ['a version that nobody can tell', { http: 'latest' }, []],
    ['none', {}, []],
  ])("OpenTelemetry's instrumentations: %s", (_, installed, declared) => {
    const code = `import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';\nnew PrometheusExporter();\nnew HttpInstrumentation();\nnew RuntimeNodeInstrumentation();${listen}`;
    const dependencies = Object.entries(installed).map(([name, version]) => [
      `@opentelemetry/instrumentation-${name}`,
      version,
    ]);
    const all = {
      express: '^5.0.0',
      '@opentelemetry/exporter-prometheus': '^0.223.0',
      ...Object.fromEntries(dependencies),
    };
    expect(found({ 'src/index.js': code }, all).declared).toEqual(declared);
  });
});
