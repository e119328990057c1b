import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { SetupError } from '../../../../src/errors.ts';
import { type Content, git, lines, only, place, project, told } from '../../../helpers/project.ts';

const facts = (files: Record<string, Content>) => detect(project(files), null);

describe('no Node project', () => {
  test('an empty folder', () => {
    const found = facts({});
    expect(found).toMatchObject({
      stack: null,
      git: false,
      repository: null,
      workspace: null,
      services: [],
      existing: [],
    });
    expect(found.notes).toEqual([{ file: '.', message: 'the folder is empty' }]);
  });
  test('another language', () => {
    const found = facts({ 'go.mod': 'module x\n', 'main.go': '' });
    expect([found.stack, found.services]).toEqual([null, []]);
    expect(found.notes).toEqual([
      { file: 'go.mod', line: 1, message: 'a Go project; only Node.js and TypeScript are detected' },
    ]);
  });
});

describe('what cannot be read', () => {
  test('all broken manifests are told at once, with their lines', () => {
    const broken = {
      'package.json': { name: 'x', workspaces: ['a', 'b'] },
      'a/package.json': '{\n  "name": "a",\n}\n',
      'b/package.json': '[]',
    };
    try {
      facts(broken);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SetupError);
      expect((error as SetupError).problems.map((p) => [p.code, p.place, p.message])).toEqual([
        ['PROJECT', 'a/package.json:3', 'is not valid JSON: a key in double quotes is expected'],
        ['PROJECT', 'b/package.json:1', 'is not valid JSON: an object is expected'],
      ]);
    }
  });
  test('a broken Compose file, a broken tsconfig and a binary file are notes', () => {
    const found = detect(
      project(
        {
          'package.json': { name: 'x', scripts: { build: 'tsc' } },
          'tsconfig.json': '{ "compilerOptions": { "outDir" } }',
          'compose.yaml': 'services:\n  a: [\n',
        },
        ['src/index.ts'],
      ),
      null,
    );
    expect(found.notes.map((n) => `${place(n)} ${n.message.split(':')[0]}`)).toEqual([
      'compose.yaml:3 is not valid YAML',
      'package.json no lock file',
      'src/index.ts is not a text file',
      'tsconfig.json:1 is not valid JSON',
    ]);
  });
  test('Windows line ends and a byte order mark', () => {
    const service = only(
      facts({
        'package.json':
          '\ufeff{\r\n  "name": "x",\r\n  "scripts": { "start": "node a.js" },\r\n  "dependencies": { "express": "5" }\r\n}\r\n',
        'a.js': 'const x = 1;\r\napp.listen(3000);\r\n',
      }),
    );
    expect([told(service.name), told(service.port)]).toEqual(['x @package.json:2', '3000 @a.js:2']);
  });
});

describe('kinds', () => {
  const kind = (manifest: Record<string, unknown>, source: string) =>
    only(facts({ 'package.json': { name: 'x', ...manifest }, 'src/index.ts': source })).kind;
  const start = { start: 'node src/index.ts' };
  test.each([
    ['web', { scripts: start, dependencies: { express: '5' } }, 'app.listen(3000);', 'web'],
    [
      'a server and a queue in one',
      { scripts: start, dependencies: { express: '5', bullmq: '5' } },
      "new Worker('q', f);\napp.listen(3000);",
      'web',
    ],
    ['BullMQ', { scripts: start, dependencies: { bullmq: '5' } }, "new Worker('q', f);", 'worker'],
    ['RabbitMQ', { scripts: start, dependencies: { amqplib: '0.10' } }, 'channel.consume(q, f);', 'worker'],
    ['Kafka', { scripts: start, dependencies: { kafkajs: '2' } }, 'const c = kafka.consumer({ groupId });', 'worker'],
    [
      'a Nest microservice',
      { scripts: start, dependencies: { '@nestjs/core': '11' } },
      'NestFactory.createMicroservice(M);',
      'worker',
    ],
    ['cron', { scripts: start, dependencies: { 'node-cron': '4' } }, "cron.schedule('* * * * *', f);", 'cron'],
    ['cli', { bin: './x.js' }, 'f();', 'cli'],
    ['library', { exports: './dist/index.js', files: ['dist'] }, 'export const a = 1;', 'library'],
    [
      'a library with a framework as a peer',
      { main: 'dist/index.js', dependencies: { fastify: '5' }, scripts: { build: 'tsc' } },
      'export default async (app) => {};',
      'library',
    ],
  ])('%s', (_, manifest, source, expected) => {
    expect(kind(manifest, source).value).toBe(expected);
  });
  test('a library has no port, no start, no probe', () => {
    const service = only(
      facts({ 'package.json': { name: 'x', main: 'index.js' }, 'index.js': "app.get('/health', h);\n" }),
    );
    expect([service.kind.value, service.port, service.start, service.endpoints.health, service.handlesSigterm]).toEqual(
      ['library', null, null, null, null],
    );
  });
});

describe('datastores', () => {
  const data = (dependencies: Record<string, string>, files: Record<string, Content>) =>
    lines(only(facts({ 'package.json': { name: 'x', dependencies }, ...files }))).filter((l) => l.startsWith('data'));
  test('parts by name, and the version of the image', () => {
    const files = {
      'src/db.ts':
        'f(process.env.PGHOST, process.env.PGUSER, process.env.PGPASSWORD, process.env.PGDATABASE, process.env.PGPORT);\n',
      'docker-compose.yml': 'services:\n  db:\n    image: "postgis/postgis:16-3.4"\n',
    };
    expect(data({ pg: '8' }, files)).toEqual([
      'data postgresql: 16 @docker-compose.yml:3 host=PGHOST port=PGPORT user=PGUSER password=PGPASSWORD database=PGDATABASE @package.json:4',
    ]);
  });
  test('the dialect of the ORM decides between drivers', () => {
    expect(
      data({ typeorm: '0.3', pg: '8', mysql2: '3' }, { 'src/data-source.ts': "new DataSource({ type: 'mysql' });\n" }),
    ).toEqual(['data mysql: @package.json:6']);
    expect(
      data({ '@prisma/client': '6' }, { 'prisma/schema.prisma': 'datasource db {\n  provider = "mongodb"\n}\n' }),
    ).toEqual(['data mongodb: @prisma/schema.prisma:2']);
  });
  test('development dependencies are no datastores', () => {
    expect(
      only(facts({ 'package.json': { name: 'x', devDependencies: { pg: '8', ioredis: '5' } } })).datastores,
    ).toEqual([]);
  });
  test('several of them', () => {
    expect(
      data(
        { mongoose: '8', bullmq: '5', amqplib: '0.10', kafkajs: '2' },
        {
          'src/a.ts':
            'f(process.env.MONGODB_URI, process.env.REDIS_URL, process.env.AMQP_URL, process.env.KAFKA_BROKERS);\n',
        },
      ),
    ).toEqual([
      'data mongodb: url=MONGODB_URI @package.json:4',
      'data redis: url=REDIS_URL @package.json:5',
      'data rabbitmq: url=AMQP_URL @package.json:6',
      'data kafka: url=KAFKA_BROKERS @package.json:7',
    ]);
  });
});

describe('migrations', () => {
  const migrations = (manifest: Record<string, unknown>, files: Record<string, Content> = {}) =>
    only(facts({ 'package.json': { name: 'x', ...manifest }, ...files })).migrations?.value ?? null;
  const compiled = { 'tsconfig.json': { compilerOptions: { outDir: 'dist', rootDir: 'src' }, include: ['src'] } };
  test.each([
    [
      'prisma',
      { dependencies: { '@prisma/client': '6' } },
      { 'prisma/migrations/1/migration.sql': '' },
      { tool: 'prisma', script: null, command: ['prisma', 'migrate', 'deploy'] },
    ],
    ['prisma without migrations', { dependencies: { '@prisma/client': '6' } }, {}, null],
    [
      'drizzle',
      { dependencies: { 'drizzle-orm': '1' }, scripts: { 'db:migrate': 'drizzle-kit migrate' } },
      {},
      { tool: 'drizzle-kit', script: 'db:migrate', command: ['drizzle-kit', 'migrate'] },
    ],
    [
      'knex',
      { dependencies: { knex: '3' } },
      { 'knexfile.js': '' },
      { tool: 'knex', script: null, command: ['knex', 'migrate:latest'] },
    ],
    [
      'sequelize',
      { devDependencies: { 'sequelize-cli': '6' } },
      {},
      { tool: 'sequelize-cli', script: null, command: ['sequelize-cli', 'db:migrate'] },
    ],
    [
      'node-pg-migrate without its verb',
      { dependencies: { 'node-pg-migrate': '8' }, scripts: { migrate: 'node-pg-migrate -m migrations' } },
      {},
      { tool: 'node-pg-migrate', script: 'migrate', command: ['node-pg-migrate', '-m', 'migrations', 'up'] },
    ],
    [
      'typeorm, compiled',
      {
        dependencies: { typeorm: '0.3' },
        scripts: {
          build: 'tsc',
          typeorm: 'ts-node -r tsconfig-paths/register ./node_modules/typeorm/cli.js',
          'migration:run': 'npm run typeorm -- --dataSource=src/data-source.ts migration:run',
        },
      },
      { ...compiled, 'src/data-source.ts': '' },
      {
        tool: 'typeorm',
        script: 'migration:run',
        command: ['node', 'node_modules/typeorm/cli.js', '--dataSource=dist/data-source.js', 'migration:run'],
      },
    ],
    [
      'a script of its own, compiled',
      { scripts: { build: 'tsc', migrate: 'tsx src/migrate.ts' } },
      { ...compiled, 'src/migrate.ts': '' },
      { tool: 'script', script: 'migrate', command: ['node', 'dist/migrate.js'] },
    ],
    ['none', {}, {}, null],
  ])('%s', (_, manifest, files, expected) => {
    expect(migrations(manifest, files)).toEqual(expected);
  });
});

describe('SIGTERM', () => {
  const handles = (source: string, dependencies: Record<string, string> = { express: '5' }) =>
    told(
      only(
        facts({
          'package.json': { name: 'x', scripts: { start: 'node index.js' }, dependencies },
          'index.js': `${source}\napp.listen(3000);\n`,
        }),
      ).handlesSigterm,
    );
  test.each([
    ["process.on('SIGTERM', stop);", undefined, 'true @index.js:1'],
    ["for (const s of ['SIGINT', 'SIGTERM']) process.once(s, stop);", undefined, 'true @index.js:1'],
    ["// process.on('SIGTERM', stop);", undefined, 'false @index.js:2 (no handler seen)'],
    [
      'closeWithGrace({ delay: 500 }, f);',
      { fastify: '5', 'close-with-grace': '2' },
      'true @index.js:1 (close-with-grace)',
    ],
    ['app.enableShutdownHooks();', { '@nestjs/core': '11' }, 'true @index.js:1'],
  ])('%s', (source, dependencies, expected) => {
    expect(handles(source, dependencies as Record<string, string> | undefined)).toBe(expected);
  });
});

describe('workspaces', () => {
  const api = {
    name: '@x/api',
    scripts: { start: 'node dist/index.js', build: 'tsc' },
    dependencies: { express: '5', '@x/db': 'workspace:*' },
  };
  const files: Record<string, Content> = {
    'package.json': {
      name: 'root',
      workspaces: ['apps/*', 'packages/**', '!packages/old'],
      scripts: { lint: 'turbo lint' },
    },
    'turbo.json': {},
    'tsconfig.base.json': {},
    'package-lock.json': '{}',
    'apps/api/package.json': api,
    'apps/api/src/index.ts': "import { find } from '@x/db';\napp.listen(Number(process.env.PORT ?? 3000));\n",
    'packages/db/package.json': {
      name: '@x/db',
      main: 'dist/index.js',
      dependencies: { pg: '8', mongodb: '6', '@x/log': '*' },
    },
    'packages/db/src/index.ts': "export * from './find';\nexport * from './archive';\n",
    'packages/db/src/find.ts':
      "import pg from 'pg';\nimport { log } from '@x/log';\nexport const find = () => process.env.DATABASE_URL;\n",
    'packages/db/src/archive.ts':
      "import { MongoClient } from 'mongodb';\nexport const archive = () => process.env.MONGO_URL;\n",
    'packages/log/package.json': { name: '@x/log', main: 'src/index.ts' },
    'packages/log/src/index.ts': 'export const log = process.env.LOG_LEVEL;\n',
    'packages/old/package.json': { name: '@x/old', scripts: { start: 'node index.js' } },
    'packages/old/index.js': '',
    'apps/python/main.py': '',
  };

  test('members, reasons, runner, the scripts of the root', () => {
    const found = facts(files);
    expect(found.projectName?.value).toBe('root');
    expect(found.workspace).toMatchObject({
      tool: 'npm',
      runner: { value: 'turbo' },
      evidence: { file: 'package.json', line: 3 },
      sharedFiles: ['tsconfig.base.json', 'turbo.json'],
    });
    expect(found.workspace?.scripts?.lint?.value).toEqual({ name: 'lint', command: 'turbo lint' });
    expect(found.workspace?.members).toEqual([
      { path: 'apps/api', name: '@x/api', deployable: true, reason: 'serves HTTP (apps/api/src/index.ts:2)' },
      { path: 'packages/db', name: '@x/db', deployable: false, reason: 'a library (packages/db/package.json:3)' },
      { path: 'packages/log', name: '@x/log', deployable: false, reason: 'a library (packages/log/package.json:3)' },
    ]);
    expect(found.services.map((s) => s.path)).toEqual(['apps/api', 'packages/old']);
  });

  test('what a service imports from members is its own, the rest is not', () => {
    const [service] = facts(files).services;
    expect(service?.workspaceDependencies).toEqual(['packages/db', 'packages/log']);
    expect(service?.environment.map((e) => `${e.name} @${place(e.evidence)}`)).toEqual([
      'DATABASE_URL @packages/db/src/find.ts:3',
      'LOG_LEVEL @packages/log/src/index.ts:1',
      'PORT @apps/api/src/index.ts:2',
    ]);
    expect(service?.datastores.map((d) => d.kind)).toEqual(['postgresql']);
    expect(service?.packageManager).toMatchObject({
      name: 'npm',
      installRoot: '.',
      lockFile: { value: 'package-lock.json' },
    });
  });

  test('pnpm', () => {
    const { 'package.json': _, ...rest } = files;
    const found = facts({
      ...rest,
      'package.json': { name: 'root', private: true },
      'pnpm-workspace.yaml': '# apps\npackages:\n  - "apps/*"\n',
    });
    expect(found.workspace).toMatchObject({ tool: 'pnpm', evidence: { file: 'pnpm-workspace.yaml', line: 2 } });
    expect(found.workspace?.members.map((m) => m.path)).toEqual(['apps/api']);
  });

  test('packages side by side without a workspace install where they stand', () => {
    const found = facts({
      'backend/package.json': { ...api, dependencies: { express: '5' } },
      'backend/package-lock.json': '{}',
      'backend/src/index.ts': 'app.listen(3000);\n',
      'frontend/package.json': { name: 'front', devDependencies: { vite: '7' } },
      'frontend/index.html': '',
    });
    expect([found.stack, found.workspace]).toEqual(['node', null]);
    expect(found.services.map((s) => [s.path, s.packageManager.installRoot, told(s.port)])).toEqual([
      ['backend', 'backend', '3000 @backend/src/index.ts:1'],
    ]);
  });
});

describe('the rest of the repository', () => {
  test('files that play a role', () => {
    const paths = [
      '.github/workflows/ci.yml',
      '.github/workflows/codeql.yml',
      '.github/dependabot.yml',
      '.gitlab-ci.yml',
      'Jenkinsfile',
      'azure-pipelines.yml',
      '.circleci/config.yml',
      'Dockerfile',
      'Dockerfile.dev',
      'docker/api.Dockerfile',
      '.dockerignore',
      'compose.yaml',
      'docker-compose.prod.yml',
      'infra/main.tf',
      'cdk.json',
      'fly.toml',
      'Procfile',
      'k8s/deploy.yaml',
      'charts/x/Chart.yaml',
      'kustomization.yaml',
      'monitoring/prometheus.yml',
      'monitoring/grafana/a.json',
      'renovate.json',
      'SECURITY.md',
      'docs/runbooks/db.md',
      'src/a.ts',
      'README.md',
      'examples/a/Dockerfile',
      '.devops/config.yaml',
    ];
    const found = facts({ 'package.json': { name: 'x' }, ...Object.fromEntries(paths.map((p) => [p, ''])) });
    expect(found.existing.map((e) => `${e.path} ${e.role} ${e.system}`)).toEqual([
      '.circleci/config.yml ci circleci',
      '.dockerignore dockerignore docker',
      '.github/dependabot.yml update-bot dependabot',
      '.github/workflows/ci.yml ci github-actions',
      '.github/workflows/codeql.yml security github-actions',
      '.gitlab-ci.yml ci gitlab-ci',
      'Dockerfile dockerfile docker',
      'Dockerfile.dev dockerfile docker',
      'Jenkinsfile ci jenkins',
      'Procfile iac platform',
      'SECURITY.md security policy',
      'azure-pipelines.yml ci azure-pipelines',
      'cdk.json iac aws-cdk',
      'charts/x/Chart.yaml kubernetes helm',
      'compose.yaml compose compose',
      'docker-compose.prod.yml compose compose',
      'docker/api.Dockerfile dockerfile docker',
      'docs/runbooks/db.md docs runbook',
      'fly.toml iac platform',
      'infra/main.tf iac terraform',
      'k8s/deploy.yaml kubernetes kubernetes',
      'kustomization.yaml kubernetes kustomize',
      'monitoring/grafana/a.json monitoring grafana',
      'monitoring/prometheus.yml monitoring prometheus',
      'renovate.json update-bot renovate',
    ]);
  });
  test('the licence by its text', () => {
    expect(
      told(
        facts({
          'package.json': { name: 'x' },
          LICENSE: 'MIT License\n\nPermission is hereby granted, free of\ncharge, to any person\n',
        }).license,
      ),
    ).toBe('MIT @LICENSE:1');
    expect(
      told(
        facts({ 'package.json': { name: 'x', license: 'ISC' }, LICENSE: 'Apache License\n  Version 2.0\n' }).license,
      ),
    ).toBe('ISC @package.json:3');
  });
  test('the remote of git beats what package.json says', () => {
    const files = project({ 'package.json': { name: 'x', repository: 'github:template/author' } });
    expect(
      told(detect(files, git({ config: '[remote "origin"]\n\turl = git@github.com:acme/x.git\n' })).repository),
    ).toContain('"owner":"acme"');
    expect(told(detect(files, null).repository)).toBe(
      '{"host":"github.com","owner":"template","name":"author","url":"https://github.com/template/author"} @package.json:3',
    );
  });
  test('the same files give the same facts, in any order', () => {
    const files: Record<string, Content> = {
      'package.json': { name: 'x', scripts: { start: 'node a.js' }, dependencies: { express: '5', pg: '8' } },
      'a.js': 'app.listen(process.env.PORT || 3000);\n',
      'b.js': 'f(process.env.A);\n',
      '.env.example': 'B=1\n',
    };
    const turned = Object.fromEntries(Object.entries(files).reverse());
    expect(JSON.stringify(facts(turned))).toBe(JSON.stringify(facts(files)));
  });
});
