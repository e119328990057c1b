/** Every fact of every fixture, with its place: what a person can check by opening the file. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { openProject } from '../../../../src/io/project-files.ts';
import { lines, place } from '../../../helpers/project.ts';

const base = new URL('../../../fixtures/', import.meta.url).pathname;
const factsOf = (name: string) => {
  const { files, git } = openProject(base + name);
  return detect(files, git);
};

/** By fixture and by the folder of the service. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'bun-hono': {
    '.': [
      'name: links @package.json:2',
      'kind: web @src/index.ts:7',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:14',
      'runtime: bun, 1.4.5 @package.json:6 (packageManager)',
      'packages: bun, 1.4.5 @package.json:6 (packageManager), bun.lock @bun.lock, .',
      'framework: hono @package.json:13 4.9.6',
      'entry: src/index.ts @package.json:9',
      'start: ["bun","src/index.ts"] @package.json:9',
      'scripts: typecheck=typecheck@11 test=test@10',
      'tests: bun-test @package.json:10',
      'coverage: bun @package.json:10',
      'port: 3030 @src/index.ts:8 by PORT',
      'health: /v1/health @src/index.ts:4',
      'SIGTERM: false @src/index.ts:7 (no handler seen)',
      'env PORT: default "3030" @src/index.ts:8',
      'sources: src tsconfig.json',
    ],
  },
  'express-metrics': {
    '.': [
      'name: shop @package.json:2',
      'description: Sells things, and counts what it sells.',
      'kind: web @src/server.js:5',
      'language: javascript @src/server.js',
      'runtime: node, 22 @.nvmrc:1 | >=22 @package.json:9 (engines), .nvmrc',
      'packages: npm, package-lock.json @package-lock.json, .',
      'framework: express @package.json:16 5.1.0',
      'entry: src/server.js @package.json:12',
      'start: ["node","src/server.js"] @package.json:12',
      'scripts: test=test@13',
      'tests: node-test @package.json:13',
      'coverage: node @package.json:13',
      'port: 8080 @src/server.js:3 by PORT',
      'health: /healthz @src/app.js:8',
      'ready: /ready @src/app.js:12',
      'metrics: /metrics @src/app.js:16',
      'SIGTERM: true @src/server.js:9',
      'metrics library: prom-client @package.json:17',
      'default metrics: true @src/metrics.js:3',
      'metric http_request_duration_seconds: histogram of method route status_code, 0.01 0.05 0.1 0.25 0.5 1.5 2.5 @src/metrics.js:7',
      'metric shop_sales_total: counter of thing @src/metrics.js:14',
      'env PORT: default "8080" @src/server.js:3',
      'sources: src',
    ],
  },
  'express-mysql': {
    '.': [
      'name: bookings @package.json:2',
      'kind: web @src/server.js:26',
      'language: javascript @src/server.js',
      'runtime: node',
      'packages: npm, package-lock.json @package-lock.json, .',
      'framework: express @package.json:10 5.1.0',
      'entry: src/server.js @package.json:6',
      'start: ["node","src/server.js"] @package.json:6',
      'scripts: test=test@7',
      'tests: node-test @package.json:7',
      'coverage: node @package.json:7',
      'port: 4000 @src/server.js:4 by PORT',
      'health: /health @src/server.js:16',
      'SIGTERM: true @src/server.js:28',
      'env API_TOKEN: required secret @src/server.js:4',
      'env DB_HOST: required default "localhost" @src/server.js:4',
      'env DB_NAME: required default "bookings" @src/server.js:4',
      'env DB_PASSWORD: required secret @src/server.js:4',
      'env DB_PORT: default "3306" @src/server.js:4',
      'env DB_USER: required default "bookings" @src/server.js:4',
      'env PORT: default "4000" @src/server.js:4',
      'data mysql: host=DB_HOST port=DB_PORT user=DB_USER password=DB_PASSWORD database=DB_NAME @package.json:11',
      'sources: src',
    ],
  },
  'express-postgres': {
    '.': [
      'name: orders @package.json:2',
      'description: Takes orders and keeps them in PostgreSQL.',
      'kind: web @src/server.ts:9',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:39',
      'runtime: node, 22.13.0 @.nvmrc:1 | >=20.19 @package.json:9 (engines), .nvmrc',
      'packages: npm, package-lock.json @package-lock.json, .',
      'framework: express @package.json:25 5.1.0',
      'entry: dist/server.js @package.json:13',
      'start: ["node","dist/server.js"] @package.json:13',
      'build output: dist @tsconfig.build.json:3',
      'scripts: lint=lint@15 format=format:check@17 typecheck=typecheck@18 coverage=test:coverage@20 integration=test:integration@21 test=test@19 build=build@12 migrate=migrate@22',
      'tests: vitest @package.json:19',
      'coverage: @vitest/coverage-v8 @package.json:35',
      'port: 3000 @src/config.ts:3 by PORT',
      'health: /healthz @src/app.ts:8',
      'SIGTERM: true @src/server.ts:13',
      'logger: pino @package.json:28',
      'env DATABASE_URL: required secret @src/config.ts:4',
      'env LOG_LEVEL: default "info" @src/config.ts:5',
      'env PORT: default "3000" @src/config.ts:3',
      'data postgresql: url=DATABASE_URL @package.json:27',
      'migrations: {"tool":"node-pg-migrate","script":"migrate","command":["node-pg-migrate","-m","migrations","up"]} @package.json:22',
      'sources: migrations src tsconfig.build.json tsconfig.json',
    ],
  },
  'fastify-redis': {
    '.': [
      'name: @acme/rates @package.json:2',
      'description: Exchange rates, cached in Redis.',
      'kind: web @src/main.ts:15',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:29',
      'runtime: node, 22 @.node-version:1 | >=20 @package.json:9 (engines), .node-version',
      'packages: pnpm, 10.34.9 @package.json:8 (packageManager), pnpm-lock.yaml @pnpm-lock.yaml, .',
      'framework: fastify @package.json:20 5.5.0',
      'entry: dist/src/main.js @package.json:13',
      'start: ["node","--enable-source-maps","dist/src/main.js"] @package.json:13',
      'build output: dist @tsconfig.json:9',
      'scripts: lint=lint@14 typecheck=typecheck@17 test=test@16 build=build@12',
      'tests: vitest @package.json:16',
      'port: 8080 @src/env.ts:8 by PORT',
      'host: 0.0.0.0 @src/env.ts:7',
      'health: /health @src/routes.ts:6',
      'ready: /ready @src/routes.ts:9',
      'metrics: /metrics @src/app.ts:12',
      'SIGTERM: true @src/main.ts:8',
      'metrics library: fastify-metrics @package.json:21',
      'default metrics: true @src/app.ts:12 (default of fastify-metrics)',
      'metric http_request_duration_seconds: histogram of method route status_code @src/app.ts:12',
      "logger: pino @src/app.ts:11 (Fastify's own logger)",
      'env CACHE_SECONDS: default "60" @src/env.ts:11',
      'env HOST: default "0.0.0.0" @src/env.ts:7',
      'env NODE_ENV: default "development" @src/env.ts:4',
      'env PORT: default "8080" @src/env.ts:8',
      'env RATES_API_KEY: required secret @src/env.ts:10',
      'env REDIS_URL: required secret @src/env.ts:9',
      'data redis: url=REDIS_URL @package.json:22',
      'sources: src test tsconfig.json',
      'install inputs: pnpm-workspace.yaml',
    ],
  },
  library: {
    '.': [
      'name: @acme/slug @package.json:2',
      'description: Makes slugs.',
      'kind: library @package.json:7',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:15',
      'runtime: node',
      'packages: npm, package-lock.json @package-lock.json, .',
      'build output: dist @tsconfig.json:2',
      'scripts: test=test@13 build=build@11',
      'tests: mocha @package.json:13',
      'coverage: c8 @package.json:15',
      'sources: src tsconfig.json',
    ],
  },
  'nestjs-yarn': {
    '.': [
      'name: library-api @package.json:2',
      'description: Books, in MySQL.',
      'kind: web @src/main.ts:6',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:42',
      'runtime: node, 22.13.1 @package.json:8 (volta), package.json',
      'packages: yarn-berry, 4.18.1 @package.json:7 (packageManager) | 4 @yarn.lock:4 (major, from the format of the lock file), yarn.lock @yarn.lock, .',
      'framework: nestjs @package.json:24 11.1.6',
      'entry: dist/main.js @package.json:14',
      'start: ["node","dist/main.js"] @package.json:14',
      'build output: dist @tsconfig.json:11',
      'scripts: coverage=test:cov@17 test=test@15 build=build@11 migrate=migration:run@19',
      'tests: jest @package.json:15',
      'coverage: jest @package.json:38',
      'port: 3001 @src/main.ts:10 by PORT',
      'health: /health @src/health/health.controller.ts:11',
      'SIGTERM: true @src/main.ts:8',
      'env DB_HOST: default "localhost" @src/data-source.ts:5',
      'env DB_NAME: default "library" @src/data-source.ts:9',
      'env DB_PASSWORD: required secret @src/data-source.ts:8',
      'env DB_PORT: default "3306" @src/data-source.ts:6',
      'env DB_USER: required @src/data-source.ts:7',
      'env PORT: default "3001" @src/main.ts:10',
      'data mysql: host=DB_HOST port=DB_PORT user=DB_USER password=DB_PASSWORD database=DB_NAME @package.json:28',
      'migrations: {"tool":"typeorm","script":"migration:run","command":["typeorm","-d","dist/data-source.js","migration:run"]} @package.json:19',
      'sources: nest-cli.json src tsconfig.build.json tsconfig.json',
      'install inputs: .yarnrc.yml',
    ],
  },
  nextjs: {
    '.': [
      'name: storefront @package.json:2',
      'kind: web @package.json:12',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:20',
      'runtime: node',
      'packages: npm, package-lock.json @package-lock.json, .',
      'framework: nextjs @package.json:12 15.5.2',
      'start: ["next","start","-p","4100"] @package.json:8',
      'build output: .next @package.json:7',
      'scripts: typecheck=typecheck@9 build=build@7',
      "port: 4100 @package.json:8 | 3000 @package.json:12 (Next.js' default) by PORT",
      'health: /api/health @app/api/health/route.ts:1',
      'SIGTERM: true @package.json:12 (the Next.js server handles it)',
      'env CATALOG_URL: default "no catalog" @app/page.tsx:4',
      'standalone: false @next.config.ts:1',
      'sources: app next-env.d.ts next.config.ts public tsconfig.json',
    ],
  },
  'plain-http-js': {
    '.': [
      'name: hello @package.json:2',
      'kind: web @index.js:9',
      'language: javascript @index.js',
      'runtime: node',
      'packages: npm, package-lock.json @package-lock.json, .',
      'framework: http @index.js:6 null',
      'entry: index.js @package.json:7',
      'start: ["node","index.js"] @package.json:7',
      'port: 5000 @index.js:3 by PORT',
      'host: 127.0.0.1 @index.js:9',
      'SIGTERM: false @index.js:9 (no handler seen)',
      'env PORT: default "5000" @index.js:3',
      'sources: index.js',
    ],
  },
  'pnpm-workspace': {
    'apps/api': [
      'name: @parcels/api @apps/api/package.json:2',
      'kind: web @apps/api/src/index.ts:12',
      'language: typescript @apps/api/tsconfig.json',
      'typescript: 5.9.2 @apps/api/package.json:18',
      'runtime: node, 22 @.nvmrc:1 | >=22 @package.json:7 (engines), .nvmrc',
      'packages: pnpm, 10.34.9 @package.json:6 (packageManager), pnpm-lock.yaml @pnpm-lock.yaml, .',
      'framework: hono @apps/api/package.json:16 4.9.6',
      'entry: dist/index.js @apps/api/package.json:8',
      'start: ["node","dist/index.js"] @apps/api/package.json:8',
      'build output: dist @apps/api/tsconfig.json:3',
      'scripts: typecheck=typecheck@10 test=test@9 build=build@7',
      'tests: node-test @apps/api/package.json:9',
      'coverage: node @apps/api/package.json:9',
      'port: 8787 @apps/api/src/index.ts:12 by PORT',
      'health: /internal/livez @apps/api/src/app.ts:3',
      'ready: /internal/readyz @apps/api/src/app.ts:3',
      'SIGTERM: true @apps/api/src/index.ts:16',
      'logger: pino @packages/shared/package.json:8',
      'env LOG_LEVEL: default "info" @packages/shared/src/index.ts:3',
      'env PORT: default "8787" @apps/api/src/index.ts:12',
      'env REDIS_URL: required secret @packages/shared/src/index.ts:8',
      'data redis: url=REDIS_URL @apps/api/package.json:15',
      'needs: packages/shared',
      'sources: src tsconfig.json',
      'install inputs: pnpm-workspace.yaml',
    ],
    'apps/worker': [
      'name: @parcels/worker @apps/worker/package.json:2',
      'kind: worker @apps/worker/src/index.ts:4',
      'language: typescript @apps/worker/tsconfig.json',
      'typescript: 5.9.2 @apps/worker/package.json:8',
      'runtime: node, 22 @.nvmrc:1 | >=22 @package.json:7 (engines), .nvmrc',
      'packages: pnpm, 10.34.9 @package.json:6 (packageManager), pnpm-lock.yaml @pnpm-lock.yaml, .',
      'entry: dist/index.js @apps/worker/package.json:6',
      'start: ["node","dist/index.js"] @apps/worker/package.json:6',
      'build output: dist @apps/worker/tsconfig.json:3',
      'scripts: typecheck=typecheck@6 build=build@6',
      'SIGTERM: true @apps/worker/src/index.ts:9',
      'logger: pino @packages/shared/package.json:8',
      'env CONCURRENCY: default "4" @apps/worker/src/index.ts:6',
      'env LOG_LEVEL: default "info" @packages/shared/src/index.ts:3',
      'env REDIS_URL: required secret @packages/shared/src/index.ts:8',
      'data redis: url=REDIS_URL @apps/worker/package.json:7',
      'needs: packages/shared',
      'sources: src tsconfig.json',
      'install inputs: pnpm-workspace.yaml',
    ],
  },
  'prisma-native': {
    '.': [
      'name: accounts @package.json:2',
      'kind: web @src/index.ts:14',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:29',
      'runtime: node, 22.x @package.json:5 (engines), package.json',
      'packages: npm, package-lock.json @package-lock.json, .',
      'framework: express @package.json:20 5.1.0',
      'entry: dist/index.js @package.json:10',
      'start: ["node","-r","dotenv/config","dist/index.js"] @package.json:10',
      'build output: dist @tsconfig.json:2',
      'scripts: build=build@9 migrate=db:deploy@11',
      'port: 4000 @src/index.ts:13 by PORT',
      'health: /api/health @src/routes.ts:4',
      'SIGTERM: false @src/index.ts:14 (no handler seen)',
      'env BCRYPT_ROUNDS: default "12" @src/index.ts:10',
      'env DATABASE_URL: required secret @prisma/schema.prisma:7',
      'env JWT_SECRET: required secret @src/routes.ts:5',
      'env PORT: default "4000" @src/index.ts:13',
      'data postgresql: url=DATABASE_URL @prisma/schema.prisma:6',
      'migrations: {"tool":"prisma","script":"db:deploy","command":["prisma","migrate","deploy"]} @package.json:11',
      'sources: prisma src tsconfig.json',
      'prepare: husky @package.json:7',
      'install script: {"name":"postinstall","command":"prisma generate"} @package.json:8',
      'prisma: prisma/schema.prisma @prisma/schema.prisma',
      'native: bcrypt @package.json:18',
      'private registry: NPM_TOKEN @.npmrc:2',
      'install inputs: .npmrc prisma',
    ],
  },
  'worker-only': {
    '.': [
      'name: mailer @package.json:2',
      'kind: worker @src/worker.ts:16',
      'language: typescript @tsconfig.json',
      'typescript: 5.9.2 @package.json:19',
      'runtime: node',
      'packages: npm, package-lock.json @package-lock.json, .',
      'entry: dist/worker.js @package.json:7',
      'start: ["node","dist/worker.js"] @package.json:7',
      'build output: dist @package.json:6',
      'scripts: test=test@8 build=build@6',
      'tests: jest @package.json:8',
      'coverage: jest @package.json:17',
      'SIGTERM: false @src/worker.ts:16 (no handler seen)',
      'logger: winston @package.json:13',
      'env REDIS_HOST: default "localhost" @src/worker.ts:5',
      'env REDIS_PASSWORD: secret @src/worker.ts:5',
      'env REDIS_PORT: default "6379" @src/worker.ts:5',
      'env SMTP_URL: required secret @src/worker.ts:5',
      'data redis: 7.4 @docker-compose.yml:3 host=REDIS_HOST port=REDIS_PORT password=REDIS_PASSWORD @package.json:12',
      'sources: src tsconfig.json',
    ],
  },
  'yarn-classic-koa-mongo': {
    '.': [
      'name: guestbook @package.json:2',
      'kind: web @lib/server.js:6',
      'language: javascript @lib/server.js',
      'runtime: node, 20.19.4 @.tool-versions:1, .tool-versions',
      'packages: yarn-classic, 1 @yarn.lock:2 (major, from the format of the lock file), yarn.lock @yarn.lock, .',
      'framework: koa @package.json:11 2.16.1',
      'entry: lib/server.js @package.json:6',
      'start: ["node","lib/server.js"] @package.json:6',
      'scripts: test=test@7',
      'tests: ava @package.json:7',
      'coverage: nyc @package.json:18',
      'port: 8000 @config/index.js:2 by HTTP_PORT',
      'health: /_/status @lib/app.js:6',
      'metrics: /_/metrics @lib/app.js:9',
      'SIGTERM: true @lib/server.js:7',
      'metrics library: prom-client @package.json:14',
      'env HTTP_PORT: default "8000" @config/index.js:2',
      'env MONGO_URI: secret @config/index.js:3',
      'data mongodb: url=MONGO_URI @package.json:12',
      'sources: config ecosystem.config.js lib',
    ],
  },
};

const NOTES: Readonly<Record<string, readonly string[]>> = {
  nextjs: ['.env.example:1 no code of the service reads NEXT_PUBLIC_SITE_NAME'],
  'plain-http-js': ['package.json:6 script test is not used as the test check: it is a placeholder'],
  'prisma-native': [
    'package.json:13 script lint is not used as the lint check: it changes files (eslint --fix src)',
    'package.json:14 script test is not used as the test check: it is a placeholder',
  ],
};

test('every fixture is looked at', () => {
  expect(
    readdirSync(base, { withFileTypes: true })
      // `frozen` holds projects that were set up already.
      .filter((e) => e.isDirectory() && e.name !== 'frozen')
      .map((e) => e.name)
      .sort(),
  ).toEqual(Object.keys(EXPECTED).sort());
});

describe.each(Object.keys(EXPECTED))('%s', (name) => {
  const facts = factsOf(name);

  test('services', () => {
    expect(Object.fromEntries(facts.services.map((s) => [s.path, lines(s)]))).toEqual(EXPECTED[name]);
  });
  test('notes', () => {
    expect(facts.notes.map((n) => `${place(n)} ${n.message}`)).toEqual(NOTES[name] ?? []);
  });
  test('the same again', () => {
    expect(JSON.stringify(factsOf(name))).toBe(JSON.stringify(facts));
  });
  test('every place exists', () => {
    const { files } = openProject(base + name);
    const places: { file: string; line?: number }[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('evidence' in value) places.push((value as { evidence: { file: string; line?: number } }).evidence);
      for (const inner of Object.values(value)) visit(inner);
    };
    visit(facts);
    expect(places.length).toBeGreaterThan(5);
    for (const { file, line } of places) {
      const count = files.read(file)?.split('\n').length ?? 0;
      expect(count, file).toBeGreaterThan(0);
      if (line !== undefined) expect(line, file).toBeLessThanOrEqual(count);
    }
  });
});
