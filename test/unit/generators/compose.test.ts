import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compose } from '../../../generators/compose.ts';
import { pinsFrom } from '../../../src/core/pins.ts';
import { renderFile } from '../../../src/core/render/render.ts';
import * as pinData from '../../../src/generated/pins.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { DatastoreKind, Service, System } from '../../../src/model.ts';
import { baseSystem, service, system } from '../../helpers/system.ts';
import { datastore, link } from '../../helpers/system-matrix.ts';

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);

function files(sys: System): Readonly<Record<string, string>> {
  const specs = compose.files({ system: sys, answers: {}, outputs: {}, pins });
  return Object.fromEntries(specs.map((spec) => [spec.path, renderFile(templates, compose.id, spec).text]));
}

type Stack = {
  name: string;
  services: Record<string, Record<string, unknown>>;
  volumes?: Record<string, null>;
  secrets?: Record<string, unknown>;
};
const stack = (sys: System): Stack => parse(files(sys)[sys.layout.compose] ?? '') as Stack;

describe('the stack', () => {
  const made = stack(system());

  it('has the service, its migrations and its datastore', () => {
    expect(Object.keys(made.services)).toEqual(['orders', 'orders-migrations', 'postgresql']);
    expect(made).not.toHaveProperty('version');
    expect(made.name).toBe('orders');
  });

  it('runs the image of production, hardened and limited', () => {
    expect(made.services.orders).toMatchObject({
      image: 'orders:dev',
      build: { context: '.', target: 'runtime' },
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: { resources: { limits: { cpus: '1.0', memory: '512M' } } },
      ports: ['127.0.0.1:${ORDERS_PORT:-3000}:3000'],
    });
    expect(made.services.orders).not.toHaveProperty('init');
  });

  it('waits for a healthy database and for the migrations', () => {
    expect(made.services.orders?.depends_on).toEqual({
      postgresql: { condition: 'service_healthy', restart: true },
      'orders-migrations': { condition: 'service_completed_successfully' },
    });
  });

  it('publishes no port of a datastore and keeps its data in a volume', () => {
    expect(made.services.postgresql).not.toHaveProperty('ports');
    expect(made.services.postgresql).toMatchObject({ volumes: ['postgresql-data:/var/lib/postgresql/data'] });
    expect(made.volumes).toEqual({ 'postgresql-data': null });
  });

  it('writes settings down and secrets never', () => {
    expect(made.services.orders).toMatchObject({ environment: { LOG_LEVEL: 'info' }, env_file: '.secrets/orders.env' });
    expect(files(system())['compose.yaml']).not.toMatch(/PASSWORD:|DATABASE_URL|SESSION_SECRET/);
  });
});

it('gives each service a port of its own on the workstation', () => {
  const two = system({
    services: [
      service(),
      service({
        name: 'billing',
        image: 'billing',
        files: {
          dockerfile: 'b/Dockerfile',
          dockerfileOwner: 'us',
          dockerignore: 'b/Dockerfile.dockerignore',
          dockerignoreCopy: null,
        },
      }),
    ],
  });
  expect(stack(two).services.billing).toMatchObject({
    ports: ['127.0.0.1:${BILLING_PORT:-3001}:3000'],
    build: { dockerfile: 'b/Dockerfile' },
  });
});

it('reaches the root from the folder of the compose file', () => {
  const moved = system({ layout: { ...baseSystem.layout, compose: 'infrastructure/docker/docker-compose.yml' } });
  expect(stack(moved).services.orders).toMatchObject({
    build: { context: '../..' },
    env_file: '../../.secrets/orders.env',
  });
  expect(files(moved)['package.json']).toContain(
    'docker compose --file infrastructure/docker/docker-compose.yml up --build --wait',
  );
});

it('relies on nothing that a Dockerfile of the user may not have', () => {
  const theirs = service({ handlesSigterm: false, files: { ...service().files, dockerfileOwner: 'user' } });
  const made = stack(system({ services: [theirs] }));
  expect(Object.keys(made.services)).toEqual(['orders', 'postgresql']);
  expect(made.services.orders).toMatchObject({
    init: true,
    environment: { PORT: '3000' },
    healthcheck: { test: ['CMD', 'node', '-e', expect.any(String)] },
  });
  expect(made.services.orders).not.toHaveProperty('read_only');
  expect(made.services.orders?.build).toEqual({ context: '.' });
});

it('has no port, and a probe all the same, for a worker', () => {
  const worker = service({ kind: 'worker', port: null, portVariable: null, health: { kind: 'none' } });
  expect(stack(system({ services: [worker] })).services.orders).not.toHaveProperty('ports');
});

it('hands the build the secret of a private registry', () => {
  const traps = { ...service().traps, privateRegistry: { value: 'NPM_TOKEN', evidence: { file: '.npmrc' } } };
  const made = stack(system({ services: [service({ traps })] }));
  expect(made.secrets).toEqual({ NPM_TOKEN: { environment: 'NPM_TOKEN' } });
  expect(made.services.orders?.build).toMatchObject({ secrets: ['NPM_TOKEN'] });
});

describe.each(['postgresql', 'mysql', 'mongodb', 'redis', 'rabbitmq', 'kafka'] as DatastoreKind[])('%s', (kind) => {
  const store = datastore(kind, ['orders']);
  const sys = system({
    datastores: [store],
    services: [
      service({
        migrations: null,
        environment: [],
        datastores: [link(kind, { url: 'STORE_URL', host: 'STORE_HOST', port: 'STORE_PORT' })],
      }),
    ],
  });
  const made = stack(sys);

  it('is healthy before the service starts, and limited', () => {
    expect(made.services[store.name]).toMatchObject({
      image: store.image,
      healthcheck: { start_interval: '1s' },
      deploy: { resources: { limits: { cpus: '1.0' } } },
    });
    expect(made.services[store.name]?.image).toContain('@sha256:');
    expect(Object.keys(made.services.orders?.depends_on ?? {})).toEqual([store.name]);
  });

  it('is reached by its name', () => {
    expect(made.services.orders?.environment).toMatchObject({ STORE_HOST: store.name, STORE_PORT: String(store.port) });
    const all = Object.values(files(sys)).join('\n');
    expect(all).toContain(`${store.name}:${store.port}`);
  });
});

describe('the secrets', () => {
  const script = (changes: Partial<Service> = {}) =>
    files(system({ services: [service(changes)] }))['scripts/local-secrets.sh'] ?? '';

  function run(text: string, prepare: Readonly<Record<string, string>> = {}) {
    const dir = mkdtempSync(join(tmpdir(), 'local-secrets-'));
    mkdirSync(join(dir, 'scripts'));
    mkdirSync(join(dir, '.secrets'));
    writeFileSync(join(dir, 'scripts/local-secrets.sh'), text);
    for (const [path, content] of Object.entries(prepare)) writeFileSync(join(dir, path), content);
    const once = () => spawnSync('sh', ['scripts/local-secrets.sh'], { cwd: dir, encoding: 'utf8' });
    const read = (name: string) => readFileSync(join(dir, '.secrets', name), 'utf8');
    return { dir, once, read, done: () => rmSync(dir, { recursive: true, force: true }) };
  }

  it('are made once, are random, and stay', () => {
    const place = run(script());
    expect(place.once()).toMatchObject({ status: 0, stderr: '' });
    const orders = place.read('orders.env');
    const password = /POSTGRES_PASSWORD=([0-9a-f]{48})\n/.exec(place.read('postgresql.env'))?.[1];
    expect(orders).toContain(`DATABASE_URL=postgresql://orders:${password}@postgresql:5432/orders\n`);
    expect(orders).toMatch(/^SESSION_SECRET=[0-9a-f]{48}$/m);
    expect(statSync(join(place.dir, '.secrets/orders.env')).mode & 0o077).toBe(0);
    place.once();
    const sorted = (text: string) => text.split('\n').sort();
    expect(sorted(place.read('orders.env'))).toEqual(sorted(orders));
    place.done();
  });

  it('that a person wrote are left alone', () => {
    const place = run(script(), { '.secrets/orders.env': 'SESSION_SECRET=mine\nEXTRA=1\n' });
    place.once();
    expect(place.read('orders.env')).toContain('SESSION_SECRET=mine\nEXTRA=1\n');
    place.done();
  });

  it('that only a person knows are asked for, with the place that reads them', () => {
    const environment = [
      { name: 'SMTP_URL', required: true, secret: true, local: null, from: 'secret' as const, seenAt: 'src/mail.ts:7' },
    ];
    const place = run(script({ environment }));
    const first = place.once();
    expect(first.status).toBe(1);
    expect(first.stderr).toContain('SMTP_URL in .secrets/orders.env (read at src/mail.ts:7)');
    writeFileSync(join(place.dir, '.secrets/orders.env'), 'SMTP_URL=smtp://mail\n');
    expect(place.once().status).toBe(0);
    place.done();
  });

  it('need no script where there are none', () => {
    const plain = files(
      system({ datastores: [], services: [service({ datastores: [], environment: [], migrations: null })] }),
    );
    expect(plain).not.toHaveProperty('scripts/local-secrets.sh');
    expect(JSON.parse(plain['package.json'] ?? '')).toEqual({
      'devops:up': 'docker compose up --build --wait',
      'devops:down': 'docker compose down',
    });
  });

  it('never get into git', () => {
    expect(files(system())['.gitignore']?.split('\n')).toEqual(['/.secrets/', '.env', '*.pem', '']);
  });
});

it('does not apply to libraries', () => {
  expect(compose.applies(system({ services: [service({ kind: 'library', start: null })] }))).toMatch(/nothing to run/);
});

describe('a password for a server that asks for none by itself', () => {
  const guarded = (kind: DatastoreKind, variables: Parameters<typeof link>[1], more: readonly Service[] = []) => {
    const one = service({ migrations: null, environment: [], datastores: [link(kind, variables)] });
    return system({ datastores: [datastore(kind, ['orders'])], services: [one, ...more] });
  };
  const redis = guarded('redis', { url: 'REDIS_URL', host: 'REDISHOST', user: 'REDISUSER', password: 'REDISPASSWORD' });

  it('is generated for Redis, which then wants it, and told to the service', () => {
    const made = stack(redis);
    expect(made.services.redis).toMatchObject({
      command: ['sh', '-c', 'exec docker-entrypoint.sh redis-server --requirepass "$$REDIS_PASSWORD"'],
      env_file: '.secrets/redis.env',
      healthcheck: { test: ['CMD-SHELL', 'REDISCLI_AUTH="$$REDIS_PASSWORD" redis-cli -e ping'] },
    });
    expect(made.services.orders?.environment).toMatchObject({ REDISUSER: 'default', REDISHOST: 'redis' });
    const script = files(redis)['scripts/local-secrets.sh'] ?? '';
    expect(script).toContain('once redis.env REDIS_PASSWORD "$(random)"');
    expect(script).toContain('follow orders.env REDISPASSWORD "$(value redis.env REDIS_PASSWORD)"');
    expect(script).toMatch(
      /follow orders\.env REDIS_URL redis:\/\/default:"\$\(value redis\.env REDIS_PASSWORD\)"@redis:/,
    );
    expect(script).not.toMatch(/^given/m);
  });

  it('is generated for MongoDB, whose user lives in the database admin', () => {
    const mongo = guarded('mongodb', { url: 'MONGO_URL', user: 'MONGO_USER', password: 'MONGO_PASSWORD' });
    expect(stack(mongo).services.mongodb).toMatchObject({ environment: { MONGO_INITDB_ROOT_USERNAME: 'shop' } });
    expect(files(mongo)['scripts/local-secrets.sh']).toContain('@mongodb:27017/shop?authSource=admin');
  });

  it('is left away where another service could not be told it', () => {
    const other = service({ name: 'mailer', datastores: [link('redis', { host: 'REDIS_HOST' })], migrations: null });
    const both = guarded('redis', { host: 'REDIS_HOST', password: 'REDIS_PASSWORD' }, [other]);
    expect(stack(both).services.redis).not.toHaveProperty('command');
  });
});

it('mounts the data of PostgreSQL where its major keeps it', () => {
  const volumes = (major: string) =>
    stack(system({ datastores: [datastore('postgresql', ['orders'], { name: 'postgresql', major })] })).services
      .postgresql?.volumes;
  expect(volumes('17')).toEqual(['postgresql-data:/var/lib/postgresql/data']);
  expect(volumes('18')).toEqual(['postgresql-data:/var/lib/postgresql']);
});

describe('a Compose file of the user', () => {
  const having = (...paths: readonly string[]) =>
    system({
      project: {
        ...baseSystem.project,
        existing: paths.map((path) => ({ path, role: 'compose' as const, system: 'compose' })),
      },
    });

  it.each(['compose.yml', 'docker-compose.yml', 'docker-compose.yaml'])('called %s is the only one', (path) => {
    expect(compose.applies(having(path))).toBe(`${path} is yours; Compose reads one file only`);
  });

  it('at another place, or for another purpose, is in nobody’s way', () => {
    expect(compose.applies(having('docker-compose.prod.yml', 'examples/compose.yaml'))).toBe(true);
  });

  it('at our place gets nothing beside it', () => {
    const theirs = having('compose.yaml');
    expect(compose.applies(theirs)).toBe(true);
    expect(Object.keys(files(theirs))).toEqual(['compose.yaml']);
    expect(compose.nextSteps({ system: theirs, answers: {}, outputs: {}, pins }).map(({ command }) => command)).toEqual(
      ['npx create-devops-setup diff compose.yaml'],
    );
  });
});

describe('variables that are built in', () => {
  const environment: Service['environment'] = [
    {
      name: 'NEXT_PUBLIC_API_URL',
      required: true,
      secret: false,
      local: 'http://a:1',
      from: 'setting',
      seenAt: 'a.ts:1',
    },
    { name: 'NEXT_PUBLIC_ID', required: false, secret: false, local: null, from: 'setting', seenAt: 'a.ts:2' },
  ];
  const web = service({ framework: 'nextjs', environment, datastores: [], migrations: null });
  const made = stack(system({ services: [web], datastores: [] })).services.orders;

  it('are arguments of the build, and no variables of the container', () => {
    expect(made?.build).toMatchObject({
      args: { NEXT_PUBLIC_API_URL: '${NEXT_PUBLIC_API_URL:-http://a:1}', NEXT_PUBLIC_ID: null },
    });
    expect(made).not.toHaveProperty('environment');
  });

  it('are variables as before where the Dockerfile is not ours', () => {
    const theirs = { ...web, files: { ...web.files, dockerfileOwner: 'user' as const } };
    const { orders } = stack(system({ services: [theirs], datastores: [] })).services;
    expect(orders?.environment).toMatchObject({ NEXT_PUBLIC_API_URL: 'http://a:1' });
    expect(orders?.build).toEqual({ context: '.' });
  });
});

describe('values that are none', () => {
  const variable = (name: string, local: string | null, secret = false): Service['environment'][number] => ({
    ...{ name, local, secret, required: true, seenAt: 'src/a.ts:1' },
    from: secret ? 'secret' : 'setting',
  });
  const made = (...environment: Service['environment']) => {
    const sys = system({ datastores: [], services: [service({ environment, datastores: [], migrations: null })] });
    return { settings: stack(sys).services.orders?.environment, script: files(sys)['scripts/local-secrets.sh'] ?? '' };
  };

  it.each([
    ...['your_supabase_url', '<your-url>', 'changeme', 'xxx', 'replace-me', 'TODO', 'https://your-project.supabase.co'],
  ])('%s has to be given', (placeholder) => {
    const { settings, script } = made(variable('SUPABASE_URL', placeholder));
    expect(settings).toBeUndefined();
    expect(script).toMatch(/^given orders\.env SUPABASE_URL /m);
  });

  it.each(['http://localhost:3000', 'info', 'todo-app', 'max'])('%s is one', (value) => {
    expect(made(variable('SOMETHING', value)).settings).toEqual({ SOMETHING: value });
  });

  it.each([
    ...['OPENAI_API_KEY', 'STRIPE_SECRET_KEY', 'SUPABASE_JWT_SECRET', 'GITHUB_CLIENT_SECRET', 'SENTRY_DSN'],
    ...['AWS_SECRET_ACCESS_KEY', 'JWT_PRIVATE_KEY', 'MAIL_PASSWORD', 'AUTH_GOOGLE_SECRET', 'SLACK_SIGNING_SECRET'],
  ])('%s is known to somebody else', (name) => {
    expect(made(variable(name, null, true)).script).toContain(`given orders.env ${name} `);
  });

  it.each([
    ...['JWT_SECRET', 'SESSION_SECRET', 'COOKIE_KEY', 'CSRF_SECRET', 'ENCRYPTION_KEY', 'APP_KEY', 'APP_SECRET'],
    ...['PASSWORD_SALT', 'PASETO_KEY', 'AUTH_REFRESH_SECRET', 'ACCESS_TOKEN_SECRET', 'SECRET_KEY', 'jwtSecret'],
  ])('%s is made here', (name) => {
    expect(made(variable(name, null, true)).script).toContain(`once orders.env ${name} "$(random)"`);
  });
});

it('hands a dollar on as it is', () => {
  const environment: Service['environment'] = [
    { name: 'CURRENCY', required: true, secret: false, local: '$5', from: 'setting', seenAt: 'a.ts:1' },
  ];
  expect(stack(system({ services: [service({ environment })] })).services.orders?.environment).toMatchObject({
    CURRENCY: '$$5',
  });
});

it('migrates no file that only another container would see', () => {
  const environment: Service['environment'] = [
    { name: 'DATABASE_URL', required: true, secret: false, local: 'file:dev.db', from: 'setting', seenAt: 'a.ts:1' },
  ];
  const sys = system({ datastores: [], services: [service({ environment, datastores: [] })] });
  expect(Object.keys(stack(sys).services)).toEqual(['orders']);
  const texts = compose.nextSteps({ system: sys, answers: {}, outputs: {}, pins }).map(({ text }) => text);
  expect(texts.join('\n')).toMatch(/orders keeps its data in a file \(DATABASE_URL\)/);
});

it('has short lines, and none that is empty at its end', () => {
  const automator = system({
    layout: { ...baseSystem.layout, compose: 'infrastructure/docker/docker-compose.yml' },
    datastores: [],
    services: [service({ datastores: [], migrations: null }), service({ name: 'mailer', datastores: [] })],
  });
  const text = files(automator)['infrastructure/docker/docker-compose.yml'] ?? '';
  expect(text.split('\n').filter((line) => line.length > 160)).toEqual([]);
  expect(text).not.toMatch(/\n\n$|\n\n\n|services:\n\n/);
});

it('says so where it builds from a Dockerfile that nobody writes', () => {
  const steps = (generators: readonly string[]) =>
    compose
      .nextSteps({ system: { ...system(), generators }, answers: {}, outputs: {}, pins })
      .filter(({ command }) => command === 'npx create-devops-setup add docker');
  expect(steps(['compose']).map(({ text }) => text)).toEqual([expect.stringContaining('which is not there')]);
  expect(steps(['docker', 'compose'])).toEqual([]);
});
