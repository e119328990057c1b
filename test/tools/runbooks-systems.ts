/** Systems whose runbooks have to differ: every family at once for each row of the matrix, then with one thing missing after the other. */
import { generators } from '../../generators/index.ts';
import { runbooks } from '../../generators/runbooks.ts';
import { pinsFrom } from '../../src/core/pins.ts';
import { renderFile } from '../../src/core/render/render.ts';
import * as pinData from '../../src/generated/pins.ts';
import { templates } from '../../src/generated/templates.ts';
import type { MetricsEndpoint, System } from '../../src/model.ts';
import { baseSystem, service } from '../helpers/system.ts';
import { datastore, link, systemMatrix } from '../helpers/system-matrix.ts';

export const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);
const ALL = generators.map(({ id }) => id);

const metrics: MetricsEndpoint = {
  source: 'preload',
  port: 9464,
  path: '/metrics',
  library: 'prom-client',
  defaults: true,
  declared: [],
};

/** Every family at once, metrics included. */
export const whole = (sys: System): System => ({
  ...sys,
  generators: ALL,
  services: sys.services.map((one) => ({ ...one, metrics: one.runtime.name === 'node' ? metrics : null })),
});
const without = (sys: System, ...ids: readonly string[]): System => ({
  ...sys,
  generators: sys.generators.filter((id) => !ids.includes(id)),
});
const nowhere = { ...baseSystem.infrastructure, target: 'none' as const };
const cached = (sys: System): System => ({
  ...sys,
  services: sys.services.map((one) => ({
    ...one,
    datastores: [...one.datastores, link('redis', { url: 'REDIS_URL' })],
  })),
  datastores: [
    ...sys.datastores,
    datastore(
      'redis',
      sys.services.map(({ name }) => name),
    ),
  ],
});

export const SYSTEMS: Readonly<Record<string, System>> = {
  ...Object.fromEntries(Object.entries(systemMatrix).map(([name, sys]) => [name, whole(sys)])),
  'postgres-and-redis': cached(whole(baseSystem)),
  'no metrics': { ...baseSystem, generators: ALL },
  'no AWS': { ...whole(baseSystem), infrastructure: nowhere },
  'no AWS, no Compose': without({ ...whole(baseSystem), infrastructure: nowhere }, 'compose', 'cdktf-aws'),
  'no Compose': without(whole(systemMatrix['nest-mysql-parts'] ?? baseSystem), 'compose'),
  'no Prometheus': without(whole(baseSystem), 'prometheus', 'alertmanager'),
  'nothing but runbooks': { ...baseSystem, generators: ['runbooks'] },
  'no chat': {
    ...whole(baseSystem),
    observability: { ...baseSystem.observability, pager: 'none', chat: { kind: 'none', channel: '' } },
  },
  'hostile names': {
    ...whole(baseSystem),
    services: [service({ metrics, health: { kind: 'http', path: "/it's $(here)", readyPath: null } })],
    datastores: [{ ...(baseSystem.datastores[0] ?? datastore('postgresql', [])), database: "o'rders", user: 'a b' }],
  },
};

/** The files of the generator, by path. */
export function filesOf(sys: System): ReadonlyMap<string, string> {
  return new Map(
    runbooks
      .files({ system: sys, answers: {}, outputs: {}, pins })
      .map((spec) => [spec.path, renderFile(templates, runbooks.id, spec).text]),
  );
}
