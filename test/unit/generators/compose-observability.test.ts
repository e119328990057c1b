import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compose } from '../../../generators/compose.ts';
import { hostPorts } from '../../../generators/shared/network.ts';
import { exportersOf, isObserved, serversOf } from '../../../generators/shared/observability-stack.ts';
import { personaOf } from '../../../src/core/personas.ts';
import { pinsFrom } from '../../../src/core/pins.ts';
import { renderFile } from '../../../src/core/render/render.ts';
import { layoutOf } from '../../../src/core/system/layout.ts';
import * as pinData from '../../../src/generated/pins.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { DatastoreKind, System } from '../../../src/model.ts';
import { baseSystem, service, system } from '../../helpers/system.ts';
import { datastore, link } from '../../helpers/system-matrix.ts';

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);
const generators = [...baseSystem.generators, 'prometheus', 'alertmanager'];

function files(sys: System): Readonly<Record<string, string>> {
  const specs = compose.files({ system: sys, answers: {}, outputs: {}, pins });
  return Object.fromEntries(specs.map((spec) => [spec.path, renderFile(templates, compose.id, spec).text]));
}

type Container = Record<string, unknown> & { image: string; volumes?: string[]; command?: string[]; ports?: string[] };
type Stack = {
  services: Record<string, Container>;
  volumes: Record<string, null>;
  secrets?: Record<string, { file: string }>;
};
const stack = (sys: System): Stack => parse(files(sys)[sys.layout.compose] ?? '') as Stack;
const observed = (changes: Partial<System> = {}) => system({ generators, ...changes });

/** One service with these datastores, reached by address. */
function withStores(...kinds: readonly DatastoreKind[]): System {
  return observed({
    services: [service({ datastores: kinds.map((kind) => link(kind, { url: `${kind.toUpperCase()}_URL` })) })],
    datastores: kinds.map((kind) => datastore(kind, ['orders'])),
  });
}

describe('without Prometheus', () => {
  it('is the same stack, byte for byte, whatever else is chosen', () => {
    const plain = files(system());
    expect(files(system({ generators: [...baseSystem.generators, 'alertmanager', 'runbooks', 'cdktf-aws'] }))).toEqual(
      plain,
    );
    expect(plain['compose.yaml']).not.toMatch(/profiles|prometheus/);
    expect(plain['package.json']).not.toContain('devops:observe');
    expect(isObserved(system())).toBe(false);
    expect([...serversOf(system()), ...exportersOf(system())]).toEqual([]);
  });
});

describe('with Prometheus', () => {
  const made = stack(observed());
  const parts = Object.entries(made.services).filter(([, container]) => 'profiles' in container);

  it('has what watches in a profile of its own, so that devops:up stays as it was', () => {
    expect(parts.map(([name]) => name)).toEqual([
      'prometheus',
      'alertmanager',
      'node-exporter',
      'blackbox-exporter',
      'postgres-exporter',
    ]);
    const scripts = JSON.parse(files(observed())['package.json'] ?? '');
    const before = JSON.parse(files(system())['package.json'] ?? '');
    expect(scripts['devops:up']).toBe(before['devops:up']);
    expect(scripts['devops:observe']).toBe(
      'sh scripts/local-secrets.sh && docker compose --profile observability up --build --wait',
    );
    expect(scripts['devops:down']).toBe('docker compose --profile observability down');
  });

  it('says so in the step that starts the stack, and in no other', () => {
    const steps = compose.nextSteps({ system: observed(), answers: {}, outputs: {}, pins });
    expect(steps).toHaveLength(compose.nextSteps({ system: system(), answers: {}, outputs: {}, pins }).length);
    expect(steps[0]).toMatchObject({ command: 'npm run devops:up' });
    expect(steps[0]?.text).toMatch(
      /`npm run devops:observe` runs Prometheus \(http:\/\/127\.0\.0\.1:9090\) and Alertmanager/,
    );
  });

  it.each(parts)('%s is nobody, may nothing, writes nowhere, and is limited', (_, container) => {
    expect(container).toMatchObject({
      profiles: ['observability'],
      user: '65534:65534',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: { resources: { limits: { cpus: '0.5' } } },
    });
    expect(container.image).toMatch(/^[\w/-]+:v[\d.]+@sha256:[0-9a-f]{64}$/);
    for (const key of ['privileged', 'network_mode', 'pid', 'cap_add']) expect(container).not.toHaveProperty(key);
    for (const volume of container.volumes ?? []) expect(volume).toMatch(/:ro$|^(prometheus|alertmanager)-data:/);
    for (const port of container.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('publishes two ports, and keeps the data of those two', () => {
    expect(parts.flatMap(([, { ports }]) => ports ?? [])).toEqual([
      '127.0.0.1:${PROMETHEUS_PORT:-9090}:9090',
      '127.0.0.1:${ALERTMANAGER_PORT:-9093}:9093',
    ]);
    expect(Object.keys(made.volumes)).toEqual(['postgresql-data', 'prometheus-data', 'alertmanager-data']);
  });

  it('hands Alertmanager its secrets as files', () => {
    expect(made.services.alertmanager?.secrets).toEqual(Object.keys(made.secrets ?? {}));
    expect(made.secrets).toEqual({
      'pagerduty-routing-key': { file: '.secrets/alertmanager/pagerduty-routing-key' },
      'slack-webhook-url': { file: '.secrets/alertmanager/slack-webhook-url' },
      'heartbeat-url': { file: '.secrets/alertmanager/heartbeat-url' },
    });
  });

  it('mounts all of the rules so that their relative paths hold, in every layout', () => {
    expect(made.services.prometheus?.volumes?.[0]).toBe('./monitoring:/etc/monitoring:ro');
    expect(made.services.prometheus?.command?.[0]).toBe('--config.file=/etc/monitoring/prometheus/config.yml');
    const moved = stack(observed({ layout: layoutOf(personaOf('automator')) }));
    expect(moved.services.prometheus?.volumes?.[0]).toBe('../../monitoring:/etc/monitoring:ro');
    expect(moved.secrets?.['heartbeat-url']?.file).toBe('../../.secrets/alertmanager/heartbeat-url');
  });

  it('keeps 30 days, which the error budget is counted over', () => {
    expect(made.services.prometheus?.command).toContain('--storage.tsdb.retention.time=31d');
  });

  it('leaves Alertmanager out where no alert is routed', () => {
    const alone = stack(system({ generators: [...baseSystem.generators, 'prometheus'] }));
    expect(alone.services).not.toHaveProperty('alertmanager');
    expect(alone).not.toHaveProperty('secrets');
  });
});

describe('exporters', () => {
  it('read each datastore as the application does, and the password comes from a file', () => {
    const sys = withStores('postgresql', 'mysql', 'redis');
    const { services } = stack(sys);
    expect(services['postgres-exporter']).toMatchObject({
      environment: { DATA_SOURCE_URI: 'postgres:5432/shop?sslmode=disable', DATA_SOURCE_USER: 'shop' },
      env_file: '.secrets/postgres-exporter.env',
    });
    expect(services['mysqld-exporter']).toMatchObject({ env_file: '.secrets/mysqld-exporter.env' });
    expect(services['mysqld-exporter']?.command?.slice(0, 2)).toEqual([
      '--mysqld.address=mysql:3306',
      '--mysqld.username=shop',
    ]);
    expect(services['redis-exporter']).toMatchObject({ environment: { REDIS_ADDR: 'redis://redis:6379' } });
    // A Redis without a password has none to tell.
    expect(services['redis-exporter']).not.toHaveProperty('env_file');
  });

  it('tell a Redis that asks for one its password', () => {
    const sys = observed({
      services: [service({ datastores: [link('redis', { host: 'REDIS_HOST', password: 'REDIS_PASSWORD' })] })],
      datastores: [datastore('redis', ['orders'])],
    });
    expect(stack(sys).services['redis-exporter']).toMatchObject({ env_file: '.secrets/redis-exporter.env' });
    expect(files(sys)['scripts/local-secrets.sh']).toContain(
      'follow redis-exporter.env REDIS_PASSWORD "$(value redis.env REDIS_PASSWORD)"',
    );
  });

  it.each(['mongodb', 'rabbitmq', 'kafka'] as const)('%s has none', (kind) => {
    expect(exportersOf(withStores(kind)).map(({ name }) => name)).toEqual(['node-exporter', 'blackbox-exporter']);
  });

  it.each([
    ['a health path', service(), ['http_2xx']],
    ['a port only', service({ health: { kind: 'tcp' } }), ['tcp_connect']],
    ['no port', service({ health: { kind: 'none' }, port: null, kind: 'worker' }), []],
  ] as const)('look from outside at %s', (_, one, modules) => {
    const sys = observed({ services: [one] });
    expect(exportersOf(sys).some(({ job }) => job === 'probe')).toBe(modules.length > 0);
    const text = files(sys)[sys.layout.blackbox];
    expect(text === undefined ? [] : Object.keys((parse(text) as { modules: object }).modules)).toEqual(modules);
  });
});

describe('names and ports that a service wants too', () => {
  it('a service at 9090 moves aside', () => {
    const sys = observed({ services: [service({ port: 9090 })] });
    expect(hostPorts(sys).get('orders')).toBe(9091);
    expect(hostPorts(system({ services: [service({ port: 9090 })] })).get('orders')).toBe(9090);
    expect(stack(sys).services.orders?.ports).toEqual(['127.0.0.1:${ORDERS_PORT:-9091}:9090']);
  });

  it('a service called prometheus keeps its name', () => {
    const sys = observed({ services: [service({ name: 'prometheus' })] });
    expect(serversOf(sys).map(({ name }) => name)).toEqual(['monitoring-prometheus', 'alertmanager']);
    expect(Object.keys(stack(sys).services)).toEqual(expect.arrayContaining(['prometheus', 'monitoring-prometheus']));
    expect(stack(sys).volumes).toHaveProperty('monitoring-prometheus-data');
  });
});

it('makes secrets that reach nobody, once, readable through a folder that is not', () => {
  const dir = mkdtempSync(join(tmpdir(), 'create-devops-setup-secrets-'));
  try {
    mkdirSync(join(dir, 'scripts'));
    writeFileSync(join(dir, 'scripts/local-secrets.sh'), files(observed())['scripts/local-secrets.sh'] ?? '');
    const script = () => spawnSync('sh', ['scripts/local-secrets.sh'], { cwd: dir, encoding: 'utf8' });
    expect(script()).toMatchObject({ status: 0, stderr: '' });
    const key = join(dir, '.secrets/alertmanager/pagerduty-routing-key');
    expect(readFileSync(key, 'utf8')).toBe('nobody');
    expect(readFileSync(join(dir, '.secrets/alertmanager/slack-webhook-url'), 'utf8')).toBe('http://127.0.0.1:9/');
    expect(readFileSync(join(dir, '.secrets/alertmanager/heartbeat-url'), 'utf8')).toMatch(
      /^http:\/\/prometheus:9090\//,
    );
    expect(statSync(key).mode & 0o777).toBe(0o644);
    expect(statSync(join(dir, '.secrets')).mode & 0o777).toBe(0o700);
    const password = /=(\w+)/.exec(readFileSync(join(dir, '.secrets/postgresql.env'), 'utf8'))?.[1];
    expect(readFileSync(join(dir, '.secrets/postgres-exporter.env'), 'utf8')).toBe(`DATA_SOURCE_PASS=${password}\n`);
    writeFileSync(key, 'R0123');
    expect(script()).toMatchObject({ status: 0 });
    expect(readFileSync(key, 'utf8')).toBe('R0123');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

it('makes no script of secrets for a stack that needs none', () => {
  const bare = { services: [service({ datastores: [], environment: [], migrations: null })], datastores: [] };
  const sys = system({ generators: [...baseSystem.generators, 'prometheus'], ...bare });
  expect(files(sys)).not.toHaveProperty('scripts/local-secrets.sh');
  expect(files(observed(bare))['scripts/local-secrets.sh']).toContain('channel alertmanager/heartbeat-url');
  expect(JSON.parse(files(observed(bare))['package.json'] ?? '')['devops:up']).toBe('docker compose up --build --wait');
});
