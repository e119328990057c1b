/** Systems that differ in what a pipeline has to spell: every package manager, every datastore, workspaces, and what projects lack. */
import type {
  Command,
  Datastore,
  DatastoreKind,
  DatastoreLink,
  Fact,
  ScriptRole,
  Service,
  System,
} from '../../src/model.ts';
import { baseSystem, expressService, service, system } from './system.ts';
import { pins } from './templates.ts';

const NOWHERE: DatastoreLink['variables'] = {
  url: null,
  host: null,
  port: null,
  user: null,
  password: null,
  database: null,
};

const IMAGES: Readonly<Record<DatastoreKind, readonly [name: string, tag: string, port: number]>> = {
  postgresql: ['postgres', 'postgres:17-alpine', 5432],
  mysql: ['mysql', 'mysql:8.4', 3306],
  mongodb: ['mongodb', 'mongo:8', 27017],
  redis: ['redis', 'redis:8-alpine', 6379],
  rabbitmq: ['rabbitmq', 'rabbitmq:4-management-alpine', 5672],
  kafka: ['kafka', 'apache/kafka:4.3.1', 9092],
};

export function datastore(kind: DatastoreKind, usedBy: readonly string[], changes: Partial<Datastore> = {}): Datastore {
  const [name, tag, port] = IMAGES[kind];
  return { kind, name, image: pins.image(tag), major: '1', port, database: 'shop', user: 'shop', usedBy, ...changes };
}

export function link(kind: DatastoreKind, variables: Partial<DatastoreLink['variables']>): DatastoreLink {
  return { kind, datastore: IMAGES[kind][0], variables: { ...NOWHERE, ...variables } };
}

/** Commands for these roles, spelt by `run` (`pnpm run`). */
export function commands(run: string, roles: readonly ScriptRole[], cwd = '.'): Service['commands'] {
  return Object.fromEntries(
    roles.map((role): [ScriptRole, Command] => [role, { role, script: role, line: `${run} ${role}`, cwd }]),
  );
}

const manager = (flavour: Service['packageManager']['flavour'], version: string | null, lockFile: string | null) => ({
  name: flavour.startsWith('yarn') ? ('yarn' as const) : (flavour as 'npm' | 'pnpm' | 'bun'),
  flavour,
  version,
  lockFile,
  installRoot: '.',
});

const fact = <T>(value: T, file = 'package.json'): Fact<T> => ({ value, evidence: { file } });
const STATIC = ['lint', 'format', 'typecheck'] as const;
const ALL = [...STATIC, 'test', 'build'] as const;

/** One service without datastores, whose commands are spelt by `run`. */
function plain(run: string, changes: Partial<Service>): System {
  const one = service({
    commands: commands(run, ALL),
    datastores: [],
    migrations: null,
    environment: [],
    coverage: {
      tool: '@vitest/coverage-v8',
      line: `${run} test${run === 'npm run' ? ' --' : ''} --coverage --coverage.thresholds.lines=80`,
    },
    ...changes,
  });
  return system({ services: [one], datastores: [] });
}

/** A member of a workspace. */
function member(name: string, changes: Partial<Service> = {}): Service {
  const path = `services/${name}`;
  return service({
    name,
    packageName: `@acme/${name}`,
    path,
    image: name,
    packageManager: manager('pnpm', '10.34.9', 'pnpm-lock.yaml'),
    commands: { ...commands('pnpm run', ['lint']), ...commands('pnpm run', ['typecheck', 'test', 'build'], path) },
    coverage: { tool: '@vitest/coverage-v8', line: 'pnpm run test --coverage --coverage.thresholds.lines=80' },
    files: {
      dockerfile: `${path}/Dockerfile`,
      dockerignore: `${path}/Dockerfile.dockerignore`,
      dockerfileOwner: 'us',
      dockerignoreCopy: null,
    },
    workspaceDependencies: ['packages/shared'],
    ...changes,
  });
}

const workspace: System['project']['workspace'] = {
  tool: 'pnpm',
  runner: null,
  members: ['packages/shared', 'services/api', 'services/mailer'].map((path) => ({ path, name: path })),
};

export const systemMatrix: Readonly<Record<string, System>> = {
  'express-postgres': baseSystem,
  'fastify-redis-pnpm10': {
    ...plain('pnpm run', {
      framework: 'fastify',
      packageManager: manager('pnpm', '10.34.9', 'pnpm-lock.yaml'),
      datastores: [link('redis', { host: 'REDIS_HOST', port: 'REDIS_PORT', password: 'REDIS_PASSWORD' })],
    }),
    datastores: [datastore('redis', ['orders'])],
  },
  'pnpm11-undeclared': plain('pnpm run', {
    packageManager: manager('pnpm', '11', 'pnpm-lock.yaml'),
    runtime: { ...expressService.runtime, versionFile: null },
  }),
  'yarn-classic-jest': plain('yarn run', {
    packageManager: manager('yarn-classic', null, 'yarn.lock'),
    testRunner: 'jest',
    coverage: { tool: 'jest', line: `yarn run test --coverage --coverageThreshold='{"global":{"lines":80}}'` },
  }),
  'yarn-berry-corepack': plain('yarn run', { packageManager: manager('yarn-berry', '4.18.1', 'yarn.lock') }),
  'yarn-berry-undeclared': plain('yarn run', { packageManager: manager('yarn-berry', '4', 'yarn.lock') }),
  'yarn-berry-carried': plain('yarn run', {
    packageManager: manager('yarn-berry', '4.9.2', 'yarn.lock'),
    traps: { ...expressService.traps, installInputs: ['.yarnrc.yml', '.yarn/releases'] },
  }),
  'bun-mongo': {
    ...plain('bun run', {
      framework: 'hono',
      packageManager: manager('bun', '1.3.14', 'bun.lock'),
      runtime: {
        name: 'bun',
        version: '1.3.14',
        versionFile: null,
        outdated: null,
        image: pins.image('oven/bun:1.3.14'),
      },
      testRunner: 'bun-test',
      coverage: null,
      datastores: [link('mongodb', { url: 'MONGO_URL' })],
    }),
    datastores: [datastore('mongodb', ['orders'])],
  },
  'next-prisma': {
    ...plain('npm run', {
      framework: 'nextjs',
      nextStandalone: true,
      buildOutput: '.next',
      datastores: [link('postgresql', { url: 'DATABASE_URL' })],
      migrations: { tool: 'prisma', command: ['node_modules/.bin/prisma', 'migrate', 'deploy'] },
      traps: { ...expressService.traps, prismaSchema: fact('db/schema.prisma', 'db/schema.prisma') },
    }),
    datastores: [datastore('postgresql', ['orders'])],
  },
  'nest-mysql-parts': {
    ...plain('npm run', {
      framework: 'nestjs',
      commands: commands('npm run', [...ALL, 'integration']),
      datastores: [
        link('mysql', {
          host: 'DB_HOST',
          port: 'DB_PORT',
          user: 'DB_USER',
          password: 'DB_PASSWORD',
          database: 'DB_NAME',
        }),
      ],
      environment: [
        { name: 'JWT_SECRET', required: true, secret: true, local: null, from: 'secret', seenAt: 'src/auth.ts:3' },
        { name: 'REGION', required: true, secret: false, local: 'yes', from: 'setting', seenAt: 'src/app.ts:1' },
      ],
      migrations: {
        tool: 'typeorm',
        command: ['node_modules/.bin/typeorm', 'migration:run', '-d', 'dist/data-source.js'],
      },
    }),
    datastores: [datastore('mysql', ['orders'])],
  },
  'workspace-of-two': system({
    project: { ...baseSystem.project, workspace },
    services: [
      member('api', { datastores: [link('postgresql', { url: 'DATABASE_URL' })] }),
      member('mailer', {
        kind: 'worker',
        port: null,
        health: { kind: 'none' },
        datastores: [link('rabbitmq', { url: 'AMQP_URL' })],
        migrations: null,
        workspaceDependencies: [],
      }),
    ],
    datastores: [datastore('postgresql', ['api']), datastore('rabbitmq', ['mailer'])],
  }),
  'two-install-roots': system({
    services: [
      member('api', {
        packageManager: { ...manager('npm', null, 'services/api/package-lock.json'), installRoot: 'services/api' },
        commands: commands('npm run', ALL, 'services/api'),
        datastores: [],
        migrations: null,
      }),
      member('web', {
        packageManager: { ...manager('pnpm', '10.34.9', 'services/web/pnpm-lock.yaml'), installRoot: 'services/web' },
        commands: commands('pnpm run', ALL, 'services/web'),
        datastores: [],
        migrations: null,
      }),
    ],
    datastores: [],
  }),
  'worker-rabbitmq': {
    ...plain('npm run', {
      kind: 'worker',
      framework: null,
      port: null,
      health: { kind: 'none' },
      datastores: [link('rabbitmq', { host: 'RABBIT_HOST', user: 'RABBIT_USER', password: 'RABBIT_PASSWORD' })],
    }),
    datastores: [datastore('rabbitmq', ['orders'])],
  },
  'kafka-and-mongo-with-users': {
    ...plain('npm run', {
      datastores: [
        link('kafka', { url: 'KAFKA_BROKERS' }),
        link('mongodb', { url: 'MONGO_URL', user: 'MONGO_USER', password: 'MONGO_PASSWORD' }),
      ],
    }),
    datastores: [datastore('kafka', ['orders']), datastore('mongodb', ['orders'])],
  },
  'javascript-without-tests': plain('npm run', {
    language: 'javascript',
    commands: commands('npm run', ['lint']),
    testRunner: null,
    coverage: null,
  }),
  'without-lint': plain('npm run', { commands: commands('npm run', ['test']) }),
  'without-lock-file': plain('npm run', { packageManager: manager('npm', null, null) }),
  'private-repository': {
    ...plain('npm run', {}),
    security: { ...baseSystem.security, codeScanning: false },
    observability: { ...baseSystem.observability, chat: { kind: 'none', channel: '' } },
  },
  'private-registry': plain('npm run', {
    traps: { ...expressService.traps, privateRegistry: fact('NPM_TOKEN', '.npmrc'), installInputs: ['.npmrc'] },
  }),
  'coverage-off': {
    ...plain('npm run', { coverage: { tool: '@vitest/coverage-v8', line: 'npm run test -- --coverage' } }),
    delivery: { ...baseSystem.delivery, coverage: null },
    observability: { ...baseSystem.observability, chat: { kind: 'teams', channel: 'Orders' } },
  },
  'automator-e2e': {
    ...plain('npm run', {
      commands: commands('npm run', [...ALL, 'integration', 'e2e', 'contract']),
      datastores: [link('postgresql', { url: 'DATABASE_URL' })],
      files: {
        dockerfile: 'infrastructure/docker/Dockerfile',
        dockerfileOwner: 'us',
        dockerignore: '.dockerignore',
        dockerignoreCopy: 'infrastructure/docker/.dockerignore',
      },
    }),
    persona: { id: 'automator', title: 'Automator' },
    delivery: { ...baseSystem.delivery, branches: ['main', 'develop'], tests: { e2e: true, contract: true } },
    layout: { ...baseSystem.layout, compose: 'infrastructure/docker/docker-compose.yml' },
    datastores: [datastore('postgresql', ['orders'])],
  },
  library: plain('npm run', { kind: 'library', start: null, port: null, health: { kind: 'none' } }),
  renovate: {
    ...plain('npm run', {}),
    project: { ...baseSystem.project, existing: [{ path: 'renovate.json', role: 'update-bot', system: 'renovate' }] },
  },
};
