/** A complete System for tests of generators and checks: one Express + TypeScript + PostgreSQL service, changed by what a test needs. */
import { personaOf } from '../../src/core/personas.ts';
import { layoutOf } from '../../src/core/system/layout.ts';
import type { Service, System } from '../../src/model.ts';

export const expressService: Service = {
  name: 'orders',
  packageName: '@acme/orders',
  description: 'Takes orders',
  path: '.',
  kind: 'web',
  language: 'typescript',
  framework: 'express',
  runtime: {
    name: 'node',
    version: '22',
    versionFile: '.nvmrc',
    outdated: null,
    image: 'node:22-bookworm-slim@sha256:48e4b67d85f87bd551df43704e24d252f56cc5f8e9718841aace50f19948f0f9',
  },
  packageManager: { name: 'npm', flavour: 'npm', version: null, lockFile: 'package-lock.json', installRoot: '.' },
  commands: {
    lint: { role: 'lint', script: 'lint', line: 'npm run lint', cwd: '.' },
    format: { role: 'format', script: 'format:check', line: 'npm run format:check', cwd: '.' },
    typecheck: { role: 'typecheck', script: 'typecheck', line: 'npm run typecheck', cwd: '.' },
    test: { role: 'test', script: 'test', line: 'npm test', cwd: '.' },
    integration: { role: 'integration', script: 'test:integration', line: 'npm run test:integration', cwd: '.' },
    build: { role: 'build', script: 'build', line: 'npm run build', cwd: '.' },
  },
  testRunner: 'vitest',
  coverage: { tool: '@vitest/coverage-v8', line: 'npx vitest run --coverage --coverage.thresholds.lines=80' },
  start: ['node', 'dist/server.js'],
  buildOutput: 'dist',
  sources: ['src', 'tsconfig.json'],
  workspaceDependencies: [],
  nextStandalone: false,
  port: 3000,
  portVariable: 'PORT',
  health: { kind: 'http', path: '/healthz', readyPath: null },
  metrics: null,
  metricsLibrary: null,
  logger: 'pino',
  handlesSigterm: true,
  environment: [
    { name: 'DATABASE_URL', required: true, secret: true, local: null, from: 'datastore', seenAt: 'src/config.ts:4' },
    { name: 'LOG_LEVEL', required: false, secret: false, local: 'info', from: 'setting', seenAt: 'src/config.ts:5' },
    { name: 'PORT', required: false, secret: false, local: '3000', from: 'setting', seenAt: 'src/config.ts:3' },
    { name: 'SESSION_SECRET', required: true, secret: true, local: null, from: 'secret', seenAt: 'src/config.ts:6' },
  ],
  datastores: [
    {
      kind: 'postgresql',
      datastore: 'postgresql',
      variables: { url: 'DATABASE_URL', host: null, port: null, user: null, password: null, database: null },
    },
  ],
  migrations: { tool: 'node-pg-migrate', command: ['node_modules/.bin/node-pg-migrate', 'up'] },
  image: 'orders',
  traps: {
    prepareScript: null,
    installScripts: [],
    prismaSchema: null,
    nativeModules: [],
    privateRegistry: null,
    installInputs: [],
  },
  files: { dockerfile: 'Dockerfile', dockerfileOwner: 'us', dockerignore: '.dockerignore', dockerignoreCopy: null },
};

export const baseSystem: System = {
  tool: { name: 'create-devops-setup', version: '0.0.0-test' },
  persona: { id: 'devops-engineer', title: 'DevOps engineer' },
  generators: ['ci-github', 'security-scan', 'docker', 'compose', 'configuration'],
  project: {
    name: 'orders',
    slug: 'orders',
    repository: { host: 'github.com', owner: 'acme', name: 'orders', url: 'https://github.com/acme/orders' },
    defaultBranch: 'main',
    license: 'MIT',
    workspace: null,
    existing: [],
    tools: { prettier: false, biome: null, eslint: true },
  },
  services: [expressService],
  datastores: [
    {
      kind: 'postgresql',
      name: 'postgresql',
      image: 'postgres:17-alpine@sha256:b0f9560a2de083e2cc7382e75f808c7381a32852a7ec49117deedb300e552b24',
      major: '17',
      port: 5432,
      database: 'orders',
      user: 'orders',
      usedBy: ['orders'],
    },
  ],
  environments: [
    { name: 'development', production: false, cidr: '10.10.0.0/16', task: { cpu: 256, memory: 512 } },
    { name: 'staging', production: false, cidr: '10.20.0.0/16', task: { cpu: 512, memory: 1024 } },
    { name: 'production', production: true, cidr: '10.30.0.0/16', task: { cpu: 1024, memory: 2048 } },
  ],
  delivery: {
    platform: 'github-actions',
    strategy: 'rolling',
    branches: ['main'],
    budgetMinutes: 10,
    coverage: 80,
    tests: { e2e: false, contract: false },
    productionApproval: false,
    previews: false,
  },
  infrastructure: {
    target: 'aws-ecs-fargate',
    region: 'eu-west-1',
    cdk: 'cdktf',
    recovery: { rtoMinutes: 60, rpoMinutes: 15 },
    budget: 300,
  },
  observability: {
    pager: 'pagerduty',
    chat: { kind: 'slack', channel: '#orders-alerts' },
    objective: { availability: 99.9, p95Milliseconds: 500 },
    tracing: 'none',
  },
  security: {
    uid: 65532,
    gid: 65532,
    failOn: ['HIGH', 'CRITICAL'],
    secretsManager: 'aws-secrets-manager',
    codeScanning: true,
  },
  documents: { adr: true, lifecycle: false, handoff: false, postmortems: true },
  layout: layoutOf(personaOf('devops-engineer')),
  options: {},
};

/** The base System with some parts replaced. */
export function system(changes: Partial<System> = {}): System {
  return { ...baseSystem, ...changes };
}

/** The Express service with some parts replaced. */
export function service(changes: Partial<Service> = {}): Service {
  return { ...expressService, ...changes };
}
