import { describe, expect, it } from 'vitest';
import { PERSONAS, personaOf } from '../../../../src/core/personas.ts';
import { pinsFrom } from '../../../../src/core/pins.ts';
import { datastoresOf, linksOf } from '../../../../src/core/system/datastores.ts';
import { environmentOf } from '../../../../src/core/system/environment.ts';
import { layoutOf, serviceFiles } from '../../../../src/core/system/layout.ts';
import * as pinData from '../../../../src/generated/pins.ts';
import type { DatastoreFact, DatastoreKind } from '../../../../src/model.ts';
import { datastore, fact, serviceFacts, variable } from '../../../helpers/facts.ts';

const pins = pinsFrom(pinData);

const named = (name: string, ...datastores: readonly DatastoreFact[]) => ({
  name,
  facts: serviceFacts({ datastores }),
});

describe('datastores', () => {
  const image = (kind: DatastoreKind, version: string | null) => {
    const seen = datastore(kind, { version: version === null ? null : fact(version, 'compose.yaml', 4) });
    const [store] = datastoresOf([named('api', seen)], 'shop', pins);
    expect(store?.image).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(store?.image).toContain(store?.major);
    return store?.image.split('@')[0];
  };

  it.each([
    ['postgresql', null, 'postgres:17-alpine'],
    ['postgresql', '16', 'postgres:16-alpine'],
    ['postgresql', '16.3', 'postgres:16-alpine'],
    ['postgresql', 'v15', 'postgres:15-alpine'],
    ['postgresql', '18', 'postgres:18-alpine'],
    ['postgresql', '11', 'postgres:15-alpine'],
    ['postgresql', '99', 'postgres:18-alpine'],
    ['postgresql', 'latest', 'postgres:17-alpine'],
    ['mysql', null, 'mysql:8.4'],
    ['mysql', '5.7', 'mysql:8.4'],
    ['mongodb', null, 'mongo:8'],
    ['mongodb', '7', 'mongo:7'],
    ['mongodb', '4.4', 'mongo:7'],
    ['redis', null, 'redis:8-alpine'],
    ['redis', '6', 'redis:7-alpine'],
    ['rabbitmq', '3', 'rabbitmq:4-management-alpine'],
    ['kafka', null, 'apache/kafka:4.3.1'],
  ] as const)('%s %j is %s', (kind, version, expected) => {
    expect(image(kind, version)).toBe(expected);
  });

  it('are one for each kind, whoever uses it, in a fixed order', () => {
    const stores = datastoresOf(
      [
        named('api', datastore('redis'), datastore('postgresql'), datastore('redis')),
        named('web'),
        named('worker', datastore('postgresql', { version: fact('15') })),
      ],
      'my-shop',
      pins,
    );
    expect(stores.map(({ name, port, usedBy, major }) => [name, port, usedBy, major])).toEqual([
      ['postgres', 5432, ['api', 'worker'], '15'],
      ['redis', 6379, ['api'], '8'],
    ]);
    expect(stores[0]).toMatchObject({ database: 'my_shop', user: 'my_shop' });
    expect(datastoresOf([named('web')], 'shop', pins)).toEqual([]);
  });

  it.each(['root', 'admin', 'postgres', 'mysql', 'user'])(
    'do not take %s, which servers keep for themselves',
    (slug) => {
      const [store] = datastoresOf([named('api', datastore('mysql'))], slug, pins);
      expect(store).toMatchObject({ user: `${slug}_app`, database: `${slug}_app` });
    },
  );

  it('are linked by the name of the datastore and the variables of the code', () => {
    const connection = { url: 'DATABASE_URL', host: null, port: null, user: null, password: null, database: null };
    const links = linksOf(serviceFacts({ datastores: [datastore('postgresql', { connection })] }));
    expect(links).toEqual([{ kind: 'postgresql', datastore: 'postgres', variables: connection }]);
    const [store] = datastoresOf([named('api', datastore('postgresql'))], 'x', pins);
    expect(links[0]?.datastore).toBe(store?.name);
  });
});

describe('links', () => {
  const parts = { url: null, host: 'DATABASE_HOST', port: null, user: null, password: null, database: null };
  const none = { url: null, host: null, port: null, user: null, password: null, database: null };

  it('give a variable that two datastores share to one of them', () => {
    const datastores = [datastore('mongodb', { connection: parts }), datastore('postgresql', { connection: parts })];
    const links = linksOf(serviceFacts({ datastores }));
    expect(links.map(({ kind, variables }) => [kind, variables.host])).toEqual([
      ['postgresql', 'DATABASE_HOST'],
      ['mongodb', null],
    ]);
  });

  it('fall back on what the library and the migrations tool read by themselves', () => {
    const [plain] = linksOf(serviceFacts({ datastores: [datastore('postgresql', { connection: none })] }));
    expect(plain?.variables).toMatchObject({ url: null, host: 'PGHOST', password: 'PGPASSWORD' });
    const migrations = { value: { tool: 'node-pg-migrate', script: null, command: [] }, evidence: { file: 'a' } };
    const [migrated] = linksOf(
      serviceFacts({ migrations, datastores: [datastore('postgresql', { connection: none })] }),
    );
    expect(migrated?.variables.url).toBe('DATABASE_URL');
  });
});

describe('environment', () => {
  const url = { url: 'DATABASE_URL', host: null, port: null, user: null, password: 'DB_PASSWORD', database: null };
  const service = serviceFacts({
    datastores: [datastore('postgresql', { connection: url })],
    environment: [
      variable('SESSION_SECRET', { secret: true }),
      variable('DATABASE_URL', { secret: true }),
      variable('DB_PASSWORD', { secret: true, required: false }),
      variable('LOG_LEVEL', { required: false, default: 'info' }),
      variable('EMPTY', { required: false, default: '' }),
      variable('REGION'),
      variable('OPTIONAL', { required: false }),
      variable('PORT', { required: false, default: '9999' }),
      variable('NODE_ENV', { required: false, default: 'development' }),
    ],
  });

  it('says where each value comes from, sorted, without what the image sets', () => {
    const all = environmentOf(service, 3000).map(({ name, local, from }) => [name, local, from]);
    expect(all).toEqual([
      ['DATABASE_URL', null, 'datastore'],
      ['DB_PASSWORD', null, 'datastore'],
      ['EMPTY', '', 'setting'],
      ['LOG_LEVEL', 'info', 'setting'],
      ['OPTIONAL', null, 'setting'],
      ['PORT', '3000', 'setting'],
      ['REGION', null, 'unknown'],
      ['SESSION_SECRET', null, 'secret'],
    ]);
  });

  it('takes PORT for a variable like any other where nothing listens', () => {
    expect(environmentOf(service, null).find(({ name }) => name === 'PORT')?.local).toBe('9999');
  });

  it('never writes down a value of a secret, even if detection hands one over', () => {
    const leaky = serviceFacts({ environment: [variable('TOKEN', { secret: true, default: 'hunter2' })] });
    expect(JSON.stringify(environmentOf(leaky, 3000))).not.toContain('hunter2');
  });

  it('says where it was seen, with the line where there is one', () => {
    const seen = (evidence: Parameters<typeof variable>[1]) =>
      environmentOf(serviceFacts({ environment: [variable('A', evidence)] }), null)[0]?.seenAt;
    expect(seen({ evidence: { file: 'src/config.ts', line: 4, note: 'zod' } })).toBe('src/config.ts:4');
    expect(seen({ evidence: { file: '.env.example' } })).toBe('.env.example');
  });

  it('gives the same order whatever the order of the facts', () => {
    const turned = { ...service, environment: service.environment.toReversed() };
    expect(environmentOf(turned, 3000)).toEqual(environmentOf(service, 3000));
  });
});

describe('layout', () => {
  it('is the conventional one for everybody but the automator', () => {
    const folders = PERSONAS.map((persona) => [persona.id, layoutOf(persona).compose]);
    expect(Object.fromEntries(folders)).toEqual({
      'devops-engineer': 'compose.yaml',
      automator: 'infrastructure/docker/docker-compose.yml',
      'buddy-specialist': 'compose.yaml',
      workflow: 'compose.yaml',
      'battra-contributor': 'compose.yaml',
    });
    expect(layoutOf(personaOf('automator')).ci).toBe('.github/workflows/ci.yml');
  });

  it('puts a service’s files where it lives', () => {
    const standard = personaOf('devops-engineer');
    const automator = personaOf('automator');
    expect(serviceFiles(standard, '.', [])).toEqual({
      dockerfile: 'Dockerfile',
      dockerfileOwner: 'us',
      dockerignore: '.dockerignore',
      dockerignoreCopy: null,
    });
    expect(serviceFiles(automator, '.', [])).toEqual({
      dockerfile: 'infrastructure/docker/Dockerfile',
      dockerfileOwner: 'us',
      dockerignore: '.dockerignore',
      dockerignoreCopy: 'infrastructure/docker/.dockerignore',
    });
    const member = {
      dockerfile: 'apps/api/Dockerfile',
      dockerfileOwner: 'us',
      dockerignore: 'apps/api/Dockerfile.dockerignore',
      dockerignoreCopy: null,
    };
    for (const persona of [standard, automator]) expect(serviceFiles(persona, 'apps/api', [])).toEqual(member);
  });

  it('leaves a Dockerfile to whoever wrote it, at exactly that place', () => {
    const theirs = [{ path: 'Dockerfile', role: 'dockerfile', system: 'docker' }] as const;
    const owner = (id: 'devops-engineer' | 'automator', path: string) =>
      serviceFiles(personaOf(id), path, theirs).dockerfileOwner;
    expect([owner('devops-engineer', '.'), owner('devops-engineer', 'apps/api'), owner('automator', '.')]).toEqual([
      'user',
      'us',
      'us',
    ]);
  });
});
