/** Systems with all families: what a service shows, which datastores there are, and where it runs decide what can be judged. */
import type { MetricsEndpoint, Service, System } from '../../../src/model.ts';
import { baseSystem, expressService, service, system } from '../../helpers/system.ts';
import { datastore, link, systemMatrix } from '../../helpers/system-matrix.ts';

const DELIVERY = ['ci-github', 'security-scan', 'docker', 'compose'] as const;
export const ALL = [...DELIVERY, 'cdktf-aws', 'prometheus', 'alertmanager', 'runbooks', 'configuration'];

/** prom-client with its defaults and a histogram of its own, as people write it. */
export const measured: MetricsEndpoint = {
  source: 'application',
  port: 3000,
  path: '/metrics',
  library: 'prom-client',
  defaults: true,
  declared: [
    {
      name: 'http_request_duration_seconds',
      kind: 'histogram',
      labels: ['method', 'route', 'status_code'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5],
    },
  ],
};

const preloaded: MetricsEndpoint = {
  source: 'preload',
  port: 9464,
  path: '/metrics',
  library: null,
  defaults: true,
  declared: [],
};

/** Buckets in milliseconds that end where the objective does: nobody can tell who is slower. */
const shortBuckets: MetricsEndpoint = {
  ...measured,
  declared: [
    {
      name: 'http_request_duration_ms',
      kind: 'histogram',
      labels: ['method', 'route', 'code'],
      buckets: [0.1, 5, 15, 50, 100, 200, 300, 400, 500],
    },
  ],
};

/** With a datastore that has no alert of performance either. */
const onRedis: Partial<Service> = {
  datastores: [link('redis', { url: 'REDIS_URL' })],
  migrations: null,
  environment: [
    { name: 'REDIS_URL', required: true, secret: false, local: null, from: 'datastore', seenAt: 'src/config.ts:9' },
  ],
};

function operated(changes: Partial<System>): System {
  return system({ generators: ALL, ...changes });
}

const withMetrics = (metrics: MetricsEndpoint | null, changes: Partial<Service> = {}) =>
  service({ metrics, ...changes });

const workspace = systemMatrix['workspace-of-two'] as System;
const mysql = systemMatrix['nest-mysql-parts'] as System;
const automator = systemMatrix['automator-e2e'] as System;

export const operationsMatrix: Readonly<Record<string, System>> = {
  'operations-measured': operated({ services: [withMetrics(measured)] }),
  'operations-short-buckets': operated({
    services: [withMetrics(shortBuckets, onRedis)],
    datastores: [datastore('redis', ['orders'])],
  }),
  'operations-short-buckets-local': operated({
    generators: ['docker', 'compose', 'prometheus', 'alertmanager', 'runbooks', 'configuration'],
    services: [withMetrics(shortBuckets, onRedis)],
    datastores: [datastore('redis', ['orders'])],
    infrastructure: { ...baseSystem.infrastructure, target: 'none' },
  }),
  'operations-unmeasured': operated({}),
  'operations-preload': operated({ services: [withMetrics(preloaded)] }),
  'operations-other-path': operated({
    services: [withMetrics({ ...measured, path: '/internal/metrics' })],
    observability: { ...baseSystem.observability, pager: 'none', chat: { kind: 'teams', channel: 'Orders' } },
  }),
  'operations-redis': operated({
    services: [
      withMetrics(measured, {
        datastores: [...expressService.datastores, link('redis', { url: 'REDIS_URL' })],
        environment: [
          ...expressService.environment,
          {
            name: 'REDIS_URL',
            required: true,
            secret: false,
            local: null,
            from: 'datastore',
            seenAt: 'src/config.ts:9',
          },
        ],
      }),
    ],
    datastores: [...baseSystem.datastores, datastore('redis', ['orders'])],
  }),
  'operations-mysql': {
    ...mysql,
    generators: ALL,
    services: mysql.services.map((one) => ({ ...one, metrics: measured })),
  },
  'operations-workspace': {
    ...workspace,
    generators: ALL,
    services: workspace.services.map((one, index) => (index === 0 ? { ...one, metrics: measured } : one)),
  },
  'operations-without-aws': operated({
    generators: ALL.filter((id) => id !== 'cdktf-aws'),
    services: [withMetrics(measured)],
    infrastructure: { ...baseSystem.infrastructure, target: 'none' },
  }),
  'operations-without-channel': operated({
    services: [withMetrics(measured)],
    observability: { ...baseSystem.observability, pager: 'none', chat: { kind: 'none', channel: '' } },
  }),
  'operations-tcp': operated({ services: [withMetrics(null, { health: { kind: 'tcp' } })] }),
  'operations-worker': operated({
    services: [withMetrics(preloaded, { kind: 'worker', port: null, portVariable: null, health: { kind: 'none' } })],
  }),
  'operations-without-compose': operated({
    generators: ALL.filter((id) => id !== 'compose'),
    services: [withMetrics(measured)],
  }),
  'operations-rules-only': operated({
    generators: ['docker', 'prometheus', 'configuration'],
    services: [withMetrics(preloaded)],
    infrastructure: { ...baseSystem.infrastructure, target: 'none' },
  }),
  'operations-runbooks-only': operated({ generators: ['docker', 'runbooks', 'cdktf-aws'] }),
  'operations-automator': {
    ...automator,
    generators: ALL,
    services: automator.services.map((one) => ({ ...one, metrics: measured })),
    layout: {
      ...automator.layout,
      prometheus: {
        ...automator.layout.prometheus,
        recordingRules: 'monitoring/prometheus/rules.yml',
        alertRules: 'monitoring/alerts/rules.yml',
      },
    },
  },
};
