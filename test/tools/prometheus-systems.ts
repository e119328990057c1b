/** Systems that together have every group of alerts and every library of metrics, and what they render to. */
import { prometheus } from '../../generators/prometheus.ts';
import { personaOf } from '../../src/core/personas.ts';
import { pinsFrom } from '../../src/core/pins.ts';
import { renderFile } from '../../src/core/render/render.ts';
import { layoutOf } from '../../src/core/system/layout.ts';
import * as pinData from '../../src/generated/pins.ts';
import { templates } from '../../src/generated/templates.ts';
import type {
  Datastore,
  DatastoreKind,
  DatastoreLink,
  DeclaredMetric,
  MetricsEndpoint,
  Service,
  System,
} from '../../src/model.ts';
import { baseSystem, service, system } from '../helpers/system.ts';

export const GENERATORS = [
  'ci-github',
  'security-scan',
  'docker',
  'compose',
  'cdktf-aws',
  'prometheus',
  'alertmanager',
  'runbooks',
  'configuration',
];

function histogram(name: string, labels: readonly string[], buckets: readonly number[] | null = null): DeclaredMetric {
  return { name, kind: 'histogram', labels, buckets };
}

function endpoint(library: string | null, changes: Partial<MetricsEndpoint> = {}): MetricsEndpoint {
  return { source: 'application', port: 3000, path: '/metrics', library, defaults: false, declared: [], ...changes };
}

/** One endpoint a library, the way its application shows it; `test/tools/metrics` has the applications. */
export const ENDPOINTS = {
  'prom-client': endpoint('prom-client', {
    defaults: true,
    declared: [
      histogram('http_request_duration_seconds', ['method', 'route', 'status_code'], [0.05, 0.1, 0.25, 0.5, 1, 2.5]),
    ],
  }),
  'prom-client-counter': endpoint('prom-client', {
    declared: [
      { name: 'http_requests_total', kind: 'counter', labels: ['method', 'status'], buckets: null },
      histogram('http_response_time_ms', ['method'], [50, 100, 500, 1000, 2500]),
    ],
  }),
  'express-prom-bundle': endpoint('express-prom-bundle', {
    defaults: true,
    declared: [histogram('http_request_duration_seconds', ['status_code', 'method', 'path'])],
  }),
  'fastify-metrics': endpoint('fastify-metrics', {
    defaults: true,
    declared: [histogram('http_request_duration_seconds', ['method', 'route', 'status_code'])],
  }),
  '@willsoto/nestjs-prometheus': endpoint('@willsoto/nestjs-prometheus', {
    defaults: true,
    declared: [histogram('http_request_duration_seconds', ['method', 'route', 'status_code'])],
  }),
  '@opentelemetry/exporter-prometheus': endpoint('@opentelemetry/exporter-prometheus', {
    port: 9464,
    declared: [
      histogram('http_server_request_duration', ['http_request_method', 'http_route', 'http_response_status_code']),
      { name: 'nodejs_eventloop_delay_p99', kind: 'gauge', labels: [], buckets: null },
    ],
  }),
  'opentelemetry-milliseconds': endpoint('@opentelemetry/exporter-prometheus', {
    port: 9464,
    declared: [histogram('http_server_duration', ['http_method', 'http_route', 'http_status_code'])],
  }),
  preload: endpoint('prom-client', { source: 'preload', port: 9464, defaults: true }),
  unknown: endpoint(null),
} as const satisfies Readonly<Record<string, MetricsEndpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;

/** A service that shows itself in this way. */
export function measured(name: string, metrics: EndpointName | null, changes: Partial<Service> = {}): Service {
  return service({
    name,
    image: name,
    path: `services/${name}`,
    datastores: [],
    migrations: null,
    environment: [],
    metrics: metrics === null ? null : ENDPOINTS[metrics],
    ...changes,
  });
}

function store(kind: DatastoreKind, port: number): Datastore {
  const image = `${kind}:1@sha256:${'0'.repeat(64)}`;
  return { kind, name: kind, image, major: '1', port, database: 'shop', user: 'shop', usedBy: ['orders'] };
}

function link(kind: DatastoreKind, url: string): DatastoreLink {
  const variables = { url, host: null, port: null, user: null, password: null, database: null };
  return { kind, datastore: kind, variables };
}

const STORES = [store('postgresql', 5432), store('mysql', 3306), store('redis', 6379)];
const LINKS = [link('postgresql', 'DATABASE_URL'), link('mysql', 'MYSQL_URL'), link('redis', 'REDIS_URL')];

/** The services of these libraries, with every datastore that has an exporter. */
function watched(services: readonly Service[], changes: Partial<System> = {}): System {
  const [first, ...others] = services;
  return system({
    generators: GENERATORS,
    services: first ? [{ ...first, datastores: LINKS }, ...others] : [],
    datastores: STORES,
    ...changes,
  });
}

const WORKER: Partial<Service> = { kind: 'worker', port: null, health: { kind: 'none' } };

export const SYSTEMS: Readonly<Record<string, System>> = {
  /** Every library, every exporter. */
  'full-width': watched([
    measured('orders', 'prom-client', { health: { kind: 'http', path: '/healthz', readyPath: '/ready' } }),
    measured('counter', 'prom-client-counter'),
    measured('gateway', 'express-prom-bundle'),
    measured('billing', 'fastify-metrics'),
    measured('accounts', '@willsoto/nestjs-prometheus', {
      health: { kind: 'http', path: '/v1.0/health', readyPath: null },
    }),
    measured('ledger', '@opentelemetry/exporter-prometheus'),
    measured('legacy', 'opentelemetry-milliseconds'),
    measured('mailer', 'preload', WORKER),
    measured('stranger', 'unknown'),
    measured('site', null),
    measured('queue-door', null, { health: { kind: 'tcp' } }),
  ]),
  /** One service with everything that a rule can be about: what mutants are killed on. */
  narrow: watched([measured('orders', 'preload')]),
  /** A library that tells routes apart, so that probes are left out. */
  routed: watched([measured('orders', 'fastify-metrics')]),
  automator: watched([measured('orders', 'prom-client')], {
    persona: { id: 'automator', title: 'Automator' },
    layout: layoutOf(personaOf('automator')),
  }),
  /** Nothing shows itself: probes, and Prometheus' own. */
  unmeasured: system({ generators: GENERATORS, services: [measured('orders', null)], datastores: [] }),
  /** A promise so low that the fastest burn rate cannot be reached, an objective above the last bucket, and a telling name. */
  'odd-objectives': watched([measured('orders', 'prom-client')], {
    project: { ...baseSystem.project, name: 'It\'s "{{ .Orders }}" & <co>: #1' },
    observability: { ...baseSystem.observability, objective: { availability: 90, p95Milliseconds: 60_000 } },
  }),
  'strict-objectives': watched([measured('orders', 'preload')], {
    observability: { ...baseSystem.observability, objective: { availability: 99.999, p95Milliseconds: 40 } },
  }),
  /** Without the local stack and without Alertmanager. */
  'aws-only': watched([measured('orders', 'fastify-metrics'), measured('mailer', 'preload', WORKER)], {
    generators: GENERATORS.filter((id) => id !== 'compose' && id !== 'alertmanager'),
  }),
  /** Nobody runs Prometheus for it: it is found beside itself. */
  'rules-only': watched([measured('orders', 'fastify-metrics')], {
    generators: ['docker', 'prometheus', 'alertmanager', 'configuration'],
  }),
  'local-only': watched([measured('orders', 'fastify-metrics')], {
    generators: GENERATORS.filter((id) => id !== 'cdktf-aws'),
  }),
};

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);

/** Path → text of everything that the generator writes for the system. */
export function rendered(sys: System): ReadonlyMap<string, string> {
  return new Map(
    prometheus
      .files({ system: sys, answers: {}, outputs: {}, pins })
      .map((spec) => [spec.path, renderFile(templates, prometheus.id, spec).text]),
  );
}
