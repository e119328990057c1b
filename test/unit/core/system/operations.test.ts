/** What operations need of the model: metrics and who serves them, sizes, and names that AWS takes. */
import { describe, expect, it } from 'vitest';
import { cloudNames, datastoreIdentifier, prefixOf, serviceNames } from '../../../../generators/shared/cloud.ts';
import { pinsFrom } from '../../../../src/core/pins.ts';
import { buildSystem } from '../../../../src/core/system/index.ts';
import { defineGenerator } from '../../../../src/define.ts';
import * as pinData from '../../../../src/generated/pins.ts';
import type { MetricsFacts, Service, ServiceFacts, System } from '../../../../src/model.ts';
import { datastore, fact, facts, GENERATORS, resolved, serviceFacts } from '../../../helpers/facts.ts';

const generators = GENERATORS.map((parts) => defineGenerator({ ...parts, files: () => [] }));
const pins = pinsFrom(pinData);
const tool = { name: 'create-devops-setup', version: '1.0.0' };

function build(
  change: Partial<ServiceFacts> = {},
  flags: Readonly<Record<string, unknown>> = {},
  existing: Parameters<typeof facts>[0] = {},
): System {
  const seen = facts({ services: [serviceFacts(change)], ...existing });
  const resolution = resolved(seen, { flags });
  expect(resolution.problems).toEqual([]);
  return buildSystem({ facts: seen, resolution, generators, pins, tool, pinned: {} });
}

function one(...parts: Parameters<typeof build>): Service {
  const [service] = build(...parts).services;
  if (!service) throw new Error('no service');
  return service;
}

const endpoints = { health: fact('/healthz'), ready: null, metrics: fact('/metrics') };
const duration = {
  name: 'http_request_duration_seconds',
  kind: 'histogram',
  labels: ['method', 'status_code'],
  buckets: [0.1, 1.5],
} as const;
const metrics = (change: Partial<MetricsFacts> = {}): MetricsFacts => ({
  defaults: null,
  declared: [],
  port: null,
  ...change,
});

describe('metrics that the application serves', () => {
  it('are at its own port, with what its code declares', () => {
    const served = { metricsLibrary: fact('prom-client'), endpoints };
    const seen = metrics({ defaults: fact(true), declared: [fact(duration)] });
    expect(one({ ...served, metrics: seen }).metrics).toEqual({
      source: 'application',
      port: 3000,
      path: '/metrics',
      library: 'prom-client',
      defaults: true,
      declared: [duration],
    });
    expect(one({ ...served, metrics: metrics() }).metrics).toMatchObject({ defaults: false, declared: [] });
  });

  it('are at a port of their own, also for a worker, and the service listens where it did', () => {
    const otel = { metricsLibrary: fact('@opentelemetry/exporter-prometheus'), endpoints };
    const seen = metrics({ port: fact(9464) });
    expect(one({ ...otel, metrics: seen })).toMatchObject({ port: 3000, metrics: { port: 9464 } });
    const worker = { ...otel, kind: fact('worker' as const), port: null };
    expect(one({ ...worker, metrics: seen })).toMatchObject({ port: null, metrics: { port: 9464 } });
    expect(one({ ...worker, metrics: metrics() }).metrics).toBeNull();
    expect(one({ ...worker, kind: fact('cron' as const), metrics: seen }).metrics).toBeNull();
  });

  it('are where a person says that they are', () => {
    expect(one({}, { 'services.orders.metrics': '/internal/metrics' }).metrics).toMatchObject({
      source: 'application',
      port: 3000,
      path: '/internal/metrics',
      library: null,
      declared: [],
    });
  });
});

describe('metrics that our module serves', () => {
  const yes = { 'observability.instrument': 'yes' };
  const at = (...parts: Parameters<typeof build>) => {
    const found = one(...parts).metrics;
    return found === null ? null : `${found.source} ${found.port}${found.path}`;
  };

  it('come when they are asked for, to web services and workers without their own', () => {
    expect(at({})).toBeNull();
    expect(at({}, yes)).toBe('preload 9464/metrics');
    expect(at({ kind: fact('worker'), port: null }, yes)).toBe('preload 9464/metrics');
    expect(at({ endpoints }, yes)).toBe('application 3000/metrics');
    expect(at({ port: fact(9464) }, yes)).toBe('preload 9465/metrics');
  });

  it.each<[string, Partial<ServiceFacts>, Record<string, unknown>]>([
    ['a job that ends', { kind: fact('cron'), port: null }, {}],
    ['a library', { kind: fact('library'), port: null, start: null }, {}],
    ['what no node starts', { start: fact(['node_modules/.bin/tsx', 'src/server.ts']) }, {}],
    ['bun', { runtime: { name: 'bun', version: null, versionFile: null }, start: fact(['bun', 'src/server.ts']) }, {}],
    ['a setup without images', {}, { generators: 'ci-github,prometheus' }],
    ['a setup without Prometheus', {}, { generators: 'ci-github,docker' }],
  ])('stay away from %s', (_, change, flags) => {
    expect(at(change, { ...yes, ...flags })).toBeNull();
  });

  it("stay away from an image that is the user's, and come to Next.js, which our image starts by node", () => {
    const existing = [{ path: 'Dockerfile', role: 'dockerfile', system: 'docker' }] as const;
    expect(at({}, yes, { existing })).toBeNull();
    expect(at({ framework: fact('nextjs'), start: fact(['next', 'start']) }, yes)).toBe('preload 9464/metrics');
  });
});

describe('sizes', () => {
  it('are the same shape everywhere, smaller before production', () => {
    const { environments, infrastructure } = build(
      {},
      {
        'infrastructure.task.cpu': '4096',
        'infrastructure.task.memory': '9216',
        'infrastructure.network.staging': '172.20.0.0/16',
        'infrastructure.recovery.rto': '4h',
        'infrastructure.budget': '1200',
      },
    );
    expect(environments.map(({ name, cidr, task }) => [name, cidr, task.cpu, task.memory])).toEqual([
      ['development', '10.10.0.0/16', 256, 512],
      ['staging', '172.20.0.0/16', 2048, 5120],
      ['production', '10.30.0.0/16', 4096, 9216],
    ]);
    expect(infrastructure).toMatchObject({ recovery: { rtoMinutes: 240, rpoMinutes: 15 }, budget: 1200 });
  });
});

it('has names that AWS takes, also the longest', () => {
  const name = 'a'.repeat(20);
  const system = build(
    { name: fact(name), datastores: [datastore('postgresql'), datastore('redis')] },
    { 'project.name': name },
  );
  const [service] = system.services;
  if (!service) throw new Error('no service');
  const limits: (readonly [what: string, name: string, limit: number])[] = system.environments.flatMap(
    (environment) => {
      const names = serviceNames(service, system, environment.name);
      const prefix = prefixOf(system, environment.name);
      return [
        ['load balancer', cloudNames(system, environment.name).loadBalancer, 32],
        ['role', `${prefix}-deploy`, 64],
        ['bucket', `${prefix}-tfstate-123456789012`, 63],
        ['cluster', cloudNames(system, environment.name).cluster, 255],
        ['log group', names.logGroup, 512],
        ['task family', names.taskFamily, 255],
        ['repository', names.repository, 256],
        ['secret', names.secret('A'.repeat(450)), 512],
        ...system.datastores.map(
          (store) =>
            [
              store.kind,
              datastoreIdentifier(system, environment.name, store.name),
              store.kind === 'redis' ? 40 : 63,
            ] as const,
        ),
      ] as const;
    },
  );
  expect(limits.filter(([, text, limit]) => text.length > limit)).toEqual([]);
  expect(Math.max(...limits.map(([, text]) => text.length))).toBeGreaterThan(500);
});
