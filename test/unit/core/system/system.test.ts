import { describe, expect, it } from 'vitest';
import { pinsFrom } from '../../../../src/core/pins.ts';
import { buildSystem, pinnedFacts } from '../../../../src/core/system/index.ts';
import { defineGenerator, integer } from '../../../../src/define.ts';
import * as pinData from '../../../../src/generated/pins.ts';
import type { Facts, Lock, Service, System } from '../../../../src/model.ts';
import {
  datastore,
  fact,
  facts,
  GENERATORS,
  QUESTIONS,
  resolved,
  serviceFacts,
  workspaceFacts,
} from '../../../helpers/facts.ts';

const generators = GENERATORS.map((parts) => defineGenerator({ ...parts, files: () => [] }));
const pins = pinsFrom(pinData);
const tool = { name: 'create-devops-setup', version: '1.0.0' };

function build(
  seen: Facts = facts(),
  flags: Readonly<Record<string, unknown>> = {},
  pinned: Lock['pinned'] = {},
): System {
  const resolution = resolved(seen, { flags });
  expect(resolution.problems).toEqual([]);
  return buildSystem({ facts: seen, resolution, generators, pins, tool, pinned: pinnedFacts(seen, pinned) });
}

/** The only service of a system. */
function one(change: Parameters<typeof serviceFacts>[0] = {}, flags: Readonly<Record<string, unknown>> = {}): Service {
  const { services } = build(facts({ services: [serviceFacts(change)] }), flags);
  const [service] = services;
  if (!service || services.length > 1) throw new Error(`${services.length} services`);
  return service;
}

describe('a web service', () => {
  it('has port, probe and start of what was detected', () => {
    expect(one()).toMatchObject({
      name: 'orders',
      packageName: '@acme/orders',
      kind: 'web',
      port: 3000,
      portVariable: 'PORT',
      host: null,
      health: { kind: 'http', path: '/healthz', readyPath: null },
      start: ['node', 'dist/server.js'],
      image: 'orders',
    });
  });

  it('takes what a person says instead', () => {
    const flags = {
      'services.orders.port': '8080',
      'services.orders.start': 'node build/main.js --x',
      'services.orders.ready': '/ready',
    };
    expect(one({}, flags)).toMatchObject({
      port: 8080,
      start: ['node', 'build/main.js', '--x'],
      health: { path: '/healthz', readyPath: '/ready' },
    });
    expect(one({}, flags).environment).toContainEqual(expect.objectContaining({ name: 'PORT', local: '8080' }));
  });

  it('is probed by its port where it has no health endpoint', () => {
    const none = { health: null, ready: null, metrics: null };
    expect(one({ endpoints: none }).health).toEqual({ kind: 'tcp' });
  });

  it('keeps detected words whole, spaces and all', () => {
    expect(one({ start: fact(['node', 'my app.js']) }).start).toEqual(['node', 'my app.js']);
  });

  it('hands on the address it binds to', () => {
    expect(one({ host: fact('127.0.0.1', 'src/server.ts', 9) }).host).toBe('127.0.0.1');
  });
});

describe('kinds without a port', () => {
  const endpoints = { health: fact('/healthz'), ready: fact('/ready'), metrics: fact('/metrics') };

  it.each(['worker', 'cron'])('an override to %s drops port, probe and scrape, and keeps the start', (kind) => {
    const service = one({ endpoints }, { 'services.orders.kind': kind, 'services.orders.port': '80' });
    expect(service).toMatchObject({
      kind,
      port: null,
      portVariable: null,
      host: null,
      health: { kind: 'none' },
      metrics: null,
      start: ['node', 'dist/server.js'],
    });
  });

  it.each(['library', 'cli'])('an override to %s drops the start too', (kind) => {
    const service = one({ endpoints }, { 'services.orders.kind': kind });
    expect(service).toMatchObject({ port: null, health: { kind: 'none' }, metrics: null, start: null });
    expect(one({ kind: fact(kind as 'library'), port: null, start: null })).toMatchObject({ kind, start: null });
  });
});

describe('which services there are', () => {
  const two = workspaceFacts({ 'apps/api': '@acme/api', 'apps/web': '@acme/web' });

  it('leaves out one that is not to be set up, and its datastores', () => {
    const [api, web] = two.services.map((service) => ({
      ...service,
      datastores: [datastore(service.path === 'apps/api' ? 'redis' : 'mysql')],
    }));
    const seen = { ...two, services: [api, web] as Facts['services'] };
    expect(build(seen).datastores.map(({ kind }) => kind)).toEqual(['mysql', 'redis']);
    const system = build(seen, { 'services.web.setUp': 'no' });
    expect(system.services.map(({ name }) => name)).toEqual(['api']);
    expect(system.datastores.map(({ kind, usedBy }) => [kind, usedBy])).toEqual([['redis', ['api']]]);
  });

  it('keeps every member of the workspace in sight', () => {
    const { project } = build(two, { 'services.web.setUp': 'no' });
    expect(project.workspace?.members.map(({ path }) => path)).toEqual(['apps/api', 'apps/web']);
  });

  it('uses the names of the configuration everywhere', () => {
    const { services } = build(two);
    for (const { name, image } of services) expect(image).toBe(name);
  });
});

describe('what is pinned of the clone', () => {
  const pinned = { defaultBranch: 'trunk', repository: 'https://gitlab.example.com/group/sub/shop' };
  const bare = facts({ repository: null, defaultBranch: null, git: false });
  const shop = { host: 'gitlab.example.com', owner: 'group/sub', name: 'shop', url: pinned.repository };

  it('wins over the clone', () => {
    const { project, delivery } = build(facts(), {}, pinned);
    expect(project).toMatchObject({ defaultBranch: 'trunk', repository: shop });
    expect(delivery.branches).toEqual(['trunk']);
  });

  it('survives a clone without a remote', () => {
    expect(build(bare, {}, pinned).project).toMatchObject({ defaultBranch: 'trunk', repository: shop });
    expect(build(bare).project).toMatchObject({ defaultBranch: 'main', repository: null });
  });

  it('is what the first clone says, and stays it', () => {
    const first = pinnedFacts(facts(), {});
    expect(first).toEqual({ defaultBranch: 'main', repository: 'https://github.com/acme/orders' });
    expect(pinnedFacts(bare, first)).toEqual(first);
    expect(pinnedFacts(facts({ defaultBranch: fact('fork-branch') }), first)).toEqual(first);
    expect(pinnedFacts(bare, {})).toEqual({});
  });

  it('renders the first run like all later ones, whatever the host', () => {
    for (const repository of [
      { host: 'github.com', owner: 'a', name: 'b', url: 'https://github.com/a/b' },
      { host: 'gitlab.com', owner: 'a/b/c', name: 'd', url: 'https://gitlab.com/a/b/c/d' },
      { host: 'dev.azure.com', owner: 'org/project', name: 'r', url: 'https://dev.azure.com/org/project/_git/r' },
    ])
      expect(build(facts({ repository: fact(repository) })).project.repository).toEqual(repository);
  });

  it('is not believed where it is no address', () => {
    for (const repository of [
      '',
      'javascript:alert(1)',
      'https://x',
      'http://a/b/c',
      'https://t:pw@evil.com/a/b',
      'https://a/b c/d',
    ])
      expect(build(facts(), {}, { repository }).project.repository?.url, repository).toBe(
        'https://github.com/acme/orders',
      );
  });
});

describe('persona and answers in the system', () => {
  it('chooses generators in the registry’s order', () => {
    expect(build(facts(), { generators: 'docker,ci-github' }).generators).toEqual(['ci-github', 'docker']);
    expect(build(facts(), { generators: '' }).generators).toEqual([]);
  });

  it('turns coverage 0 into no gate', () => {
    expect(build().delivery.coverage).toBeNull();
    expect(build(facts(), { persona: 'workflow' }).delivery).toMatchObject({
      coverage: 80,
      productionApproval: true,
      previews: false,
      tests: { e2e: true, contract: false },
    });
    expect(one({}, { 'delivery.coverage': '90' }).coverage?.line).toContain('lines=90');
  });

  it('has the objectives as numbers', () => {
    const flags = { 'observability.objective.availability': '99.95 %', 'observability.objective.p95': '250ms' };
    expect(build(facts(), flags).observability.objective).toEqual({ availability: 99.95, p95Milliseconds: 250 });
    expect(build().observability.objective).toEqual({ availability: 99.9, p95Milliseconds: 500 });
  });

  it('follows the switches', () => {
    const by = (persona: string) => build(facts(), { persona });
    expect(by('devops-engineer')).toMatchObject({
      observability: { tracing: 'otel' },
      documents: { lifecycle: false },
    });
    expect(by('buddy-specialist').observability.tracing).toBe('jaeger');
    expect(by('automator')).toMatchObject({
      observability: { tracing: 'xray' },
      delivery: { strategy: 'blue-green', previews: true, productionApproval: true },
      layout: { compose: 'infrastructure/docker/docker-compose.yml' },
    });
    expect(by('workflow')).toMatchObject({ observability: { tracing: 'none' }, documents: { lifecycle: true } });
    expect(by('battra-contributor')).toMatchObject({
      observability: { tracing: 'none' },
      infrastructure: { target: 'none' },
      security: { secretsManager: 'platform' },
      delivery: { tests: { contract: true } },
    });
  });

  it('lists production among the environments, which is why recreate cannot be chosen', () => {
    const { environments, delivery } = build();
    expect(environments.filter(({ production }) => production).map(({ name }) => name)).toEqual(['production']);
    expect(delivery.strategy).toBe('rolling');
  });

  it('has no channel where nobody is told', () => {
    const unnamed = facts({ repository: null, services: [serviceFacts({ name: null })] });
    const flags = { 'project.name': 'x', 'observability.chat.kind': 'email', generators: 'docker' };
    expect(build(unnamed, flags).observability.chat).toEqual({ kind: 'email', channel: '' });
  });

  it('passes the answers of a generator’s own questions to it', () => {
    const words = { message: 'How many?', help: 'So many.', minimum: 1, maximum: 9, default: 2 };
    const question = integer('docker.copies', words);
    const own = defineGenerator({
      id: 'docker',
      title: 'd',
      summary: 'd',
      files: () => [],
      questions: [question as never],
    });
    const resolution = resolved(facts(), { flags: { 'docker.copies': '3' } }, [...QUESTIONS, question as never]);
    const made = { facts: facts(), resolution, generators: [own], pins, tool, pinned: {} };
    expect(buildSystem(made).options).toEqual({ docker: { 'docker.copies': 3 } });
  });

  it('is the same for the same input', () => {
    expect(JSON.stringify(build())).toBe(JSON.stringify(build()));
  });
});
