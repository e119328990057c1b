import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import type { ServiceFacts } from '../../../../src/model.ts';
import { type Content, only, place, project } from '../../../helpers/project.ts';

function service(dependencies: Record<string, string>, files: Record<string, Content>): ServiceFacts {
  const manifest = { name: 'x', type: 'module', scripts: { start: 'node src/index.js' }, dependencies };
  const server = "import express from 'express';\nexpress().listen(3000);\n";
  return only(detect(project({ 'package.json': manifest, 'src/index.js': server, ...files }), null));
}

describe('a database that is a file', () => {
  const file = (dependencies: Record<string, string>, files: Record<string, Content>): string | null => {
    const found = service({ express: '5', ...dependencies }, files).fileDatabase ?? null;
    return found && `${found.value.variable} ${found.value.default} @${place(found.evidence)}`;
  };
  const libsql = (url: string) => ({
    'src/db.js': `import { createClient } from '@libsql/client';\nexport const db = createClient({ url: ${url}, authToken: process.env.TOKEN });\n`,
  });

  test.each<[string, Record<string, string>, Record<string, Content>, string | null]>([
    [
      'better-sqlite3 with a path',
      { 'better-sqlite3': '12' },
      {
        'src/db.js':
          "import Database from 'better-sqlite3';\nexport const db = new Database('data/app.db', { timeout: 5 });\n",
      },
      'null data/app.db @src/db.js:2',
    ],
    [
      'better-sqlite3 with a variable and a fallback, under another name',
      { 'better-sqlite3': '12' },
      {
        'src/db.js':
          "const sqlite = require('better-sqlite3');\nconst file = process.env.DB_FILE || './app.db';\nmodule.exports = sqlite(file);\n",
      },
      'DB_FILE ./app.db @src/db.js:3',
    ],
    [
      'sqlite3',
      { sqlite3: '5' },
      {
        'src/db.js':
          "const sqlite3 = require('sqlite3').verbose();\nconst location = process.env.LOCATION || '/tmp/todo.db';\nconst db = new sqlite3.Database(location, () => {});\n",
      },
      'LOCATION /tmp/todo.db @src/db.js:3',
    ],
    [
      'a path that is put together',
      { sqlite: '5', sqlite3: '5' },
      {
        'src/db.js':
          "import { open } from 'sqlite';\nimport path from 'node:path';\nexport const db = await open({\n  filename: path.join(process.cwd(), 'data', 'app.db'),\n});\n",
      },
      'null data/app.db @src/db.js:4',
    ],
    [
      'a path that only the running program knows',
      { 'better-sqlite3': '12' },
      {
        'src/db.js':
          "import Database from 'better-sqlite3';\nimport path from 'node:path';\nconst db = new Database(path.join(import.meta.dirname, 'app.db'));\n",
      },
      'null null @src/db.js:3',
    ],
    [
      'node:sqlite',
      {},
      { 'src/db.js': "import { DatabaseSync } from 'node:sqlite';\nnew DatabaseSync(process.env.DB ?? 'x.db');\n" },
      'DB x.db @src/db.js:2',
    ],
    [
      'bun:sqlite',
      {},
      { 'src/db.ts': "import { Database } from 'bun:sqlite';\nconst db = new Database('x.sqlite');\n" },
      'null x.sqlite @src/db.ts:2',
    ],
    [
      'in memory',
      { 'better-sqlite3': '12' },
      { 'src/db.js': "import Database from 'better-sqlite3';\nnew Database(':memory:');\n" },
      null,
    ],
    [
      'for tests only',
      { pg: '8' },
      { 'test/db.js': "import Database from 'better-sqlite3';\nnew Database('x.db');\n" },
      null,
    ],
    ['libSQL with a file', { '@libsql/client': '0.15' }, libsql("'file:local.db'"), 'null file:local.db @src/db.js:2'],
    [
      'libSQL with a variable that the sample fills with a file',
      { '@libsql/client': '0.15' },
      { ...libsql('process.env.DATABASE_URL'), '.env.example': 'DATABASE_URL=file:dev.db\n' },
      'DATABASE_URL file:dev.db @src/db.js:2',
    ],
    [
      'libSQL on a server',
      { '@libsql/client': '0.15' },
      { ...libsql('process.env.DATABASE_URL'), '.env.example': 'DATABASE_URL=libsql://x.turso.io\n' },
      null,
    ],
    ['libSQL, nobody says where', { '@libsql/client': '0.15' }, libsql('process.env.DATABASE_URL'), null],
    [
      'drizzle over libSQL, with a schema for the environment',
      { '@libsql/client': '0.15', 'drizzle-orm': '0.44', zod: '4' },
      {
        'src/db.ts':
          "import { drizzle } from 'drizzle-orm/libsql';\nimport { env } from './env';\nexport default drizzle({\n  connection: {\n    url: env.DATABASE_URL,\n    authToken: env.TOKEN,\n  },\n});\n",
        'src/env.ts':
          "import { z } from 'zod';\nexport const env = z.object({ DATABASE_URL: z.string().url(), TOKEN: z.string().optional() }).parse(process.env);\n",
        '.env.example': 'DATABASE_URL=file:dev.db\n',
      },
      'DATABASE_URL file:dev.db @src/db.ts:5',
    ],
    [
      'only the configuration of drizzle',
      { 'better-sqlite3': '12', 'drizzle-orm': '0.44' },
      {
        'drizzle.config.ts':
          "export default { dialect: 'sqlite', dbCredentials: { url: process.env.DB_FILE_NAME! } };\n",
      },
      'DB_FILE_NAME null @drizzle.config.ts:1',
    ],
    [
      'Prisma with a path',
      { '@prisma/client': '6' },
      {
        'prisma/schema.prisma':
          'generator client {\n  provider = "prisma-client-js"\n}\ndatasource db {\n  provider = "sqlite"\n  url      = "file:./dev.db"\n}\n',
      },
      'null file:./dev.db @prisma/schema.prisma:5',
    ],
    [
      'Prisma with a variable',
      { '@prisma/client': '6' },
      {
        'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n  url = env("DATABASE_URL")\n}\n',
        '.env.example': 'DATABASE_URL="file:./dev.db"\n',
      },
      'DATABASE_URL file:./dev.db @prisma/schema.prisma:2',
    ],
    [
      'Prisma 7',
      { '@prisma/client': '7' },
      {
        'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n}\n',
        'prisma.config.ts': "export default defineConfig({ datasource: { url: env('DATABASE_URL') } });\n",
      },
      'DATABASE_URL null @prisma/schema.prisma:2',
    ],
    [
      'Prisma with PostgreSQL',
      { '@prisma/client': '6' },
      { 'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n' },
      null,
    ],
    [
      'TypeORM',
      { typeorm: '0.3', sqlite3: '5' },
      {
        'src/db.ts':
          "import { DataSource } from 'typeorm';\nexport default new DataSource({ type: 'sqlite', database: process.env.DB_PATH || 'db.sqlite', entities: [] });\n",
      },
      'DB_PATH db.sqlite @src/db.ts:2',
    ],
    [
      'Sequelize',
      { sequelize: '6', sqlite3: '5' },
      {
        'src/db.js':
          "import { Sequelize } from 'sequelize';\nnew Sequelize({ dialect: 'sqlite', storage: './db.sqlite' });\n",
      },
      'null ./db.sqlite @src/db.js:2',
    ],
    [
      'knex, beside a database on a server',
      { knex: '3', sqlite3: '5', pg: '8' },
      {
        'knexfile.js':
          "export default {\n  development: { client: 'sqlite3', connection: { filename: './dev.sqlite3' } },\n  production: { client: 'pg', connection: { database: 'my.db', user: 'x' } },\n};\n",
      },
      'null ./dev.sqlite3 @knexfile.js:2',
    ],
  ])('%s', (_, dependencies, files, expected) => {
    expect(file(dependencies, files)).toBe(expected);
  });
});

describe('a datastore on localhost that no variable moves', () => {
  const local = (dependencies: Record<string, string>, files: Record<string, Content>): string[] =>
    service({ express: '5', ...dependencies }, files).datastores.map(
      (d) => `${d.kind}${d.localhost === undefined ? '' : ` ${place(d.localhost)}`}`,
    );

  test.each<[string, Record<string, string>, Record<string, Content>, string[]]>([
    [
      'a host',
      { pg: '8' },
      {
        'src/db.js':
          "import { Pool } from 'pg';\nexport const pool = new Pool({\n  host: 'localhost',\n  port: 5432,\n});\n",
      },
      ['postgresql src/db.js:3'],
    ],
    [
      'a URL',
      { mongoose: '8' },
      { 'src/db.js': "import mongoose from 'mongoose';\nmongoose.connect('mongodb://127.0.0.1:27017/x');\n" },
      ['mongodb src/db.js:2'],
    ],
    [
      'a URL of a constant',
      { amqplib: '1' },
      { 'src/q.js': "import amqp from 'amqplib';\nconst url = 'amqp://guest:guest@localhost';\namqp.connect(url);\n" },
      ['rabbitmq src/q.js:2'],
    ],
    [
      'brokers',
      { kafkajs: '2' },
      { 'src/k.js': "import { Kafka } from 'kafkajs';\nnew Kafka({ brokers: ['localhost:9092'] });\n" },
      ['kafka src/k.js:2'],
    ],
    [
      'nothing at all',
      { ioredis: '5' },
      { 'src/r.js': "import Redis from 'ioredis';\nexport const redis = new Redis();\n" },
      ['redis src/r.js:2 (no address is given: the library looks on its own machine)'],
    ],
    [
      'a queue',
      { bullmq: '5' },
      {
        'src/q.js':
          "import { Queue } from 'bullmq';\nnew Queue('x', { connection: { host: '127.0.0.1', port: 6379 } });\n",
      },
      ['redis src/q.js:2'],
    ],
    [
      'an ORM',
      { typeorm: '0.3', pg: '8' },
      {
        'src/db.ts':
          "import { DataSource } from 'typeorm';\nnew DataSource({ type: 'postgres', host: 'localhost', database: 'x' });\n",
      },
      ['postgresql src/db.ts:2'],
    ],
    [
      'an imported JSON file',
      { pg: '8' },
      {
        'src/db.js':
          "import { Pool } from 'pg';\nimport config from './config.json' with { type: 'json' };\nnew Pool({ host: config.db.host });\n",
        'src/config.json': '{\n  "db": {\n    "host": "localhost"\n  }\n}\n',
      },
      ['postgresql src/config.json:3'],
    ],
    [
      'node-config',
      { pg: '8', config: '3' },
      {
        'src/db.js':
          "import config from 'config';\nimport { Pool } from 'pg';\nnew Pool({ host: config.get('db.host') });\n",
        'config/default.json': '{\n  "db": { "host": "localhost" }\n}\n',
      },
      ['postgresql config/default.json:2'],
    ],
    [
      'node-config, the whole object',
      { pg: '8', config: '3' },
      {
        'src/db.js': "import config from 'config';\nimport { Pool } from 'pg';\nnew Pool(config.get('db'));\n",
        'config/default.json': '{\n  "db": { "host": "localhost" }\n}\n',
      },
      ['postgresql config/default.json:2'],
    ],
    [
      'node-config, another host in production',
      { pg: '8', config: '3' },
      {
        'src/db.js':
          "import config from 'config';\nimport { Pool } from 'pg';\nnew Pool({ host: config.get('db.host') });\n",
        'config/default.json': { db: { host: 'localhost' } },
        'config/production.json': { db: { host: 'db.internal' } },
      },
      ['postgresql'],
    ],
    [
      'node-config with a variable',
      { pg: '8', config: '3' },
      {
        'src/db.js':
          "import config from 'config';\nimport { Pool } from 'pg';\nnew Pool({ host: config.get('db.host') });\n",
        'config/default.json': { db: { host: 'localhost' } },
        'config/custom-environment-variables.json': { db: { host: 'WHERE' } },
      },
      ['postgresql'],
    ],
    [
      "Sequelize's config.json",
      { sequelize: '6', pg: '8' },
      { 'config/config.json': { production: { dialect: 'postgres', host: '127.0.0.1' } } },
      ['postgresql config/config.json:4'],
    ],
    [
      'a variable',
      { pg: '8' },
      { 'src/db.js': "import { Pool } from 'pg';\nnew Pool({ host: process.env.DB_HOST || 'localhost' });\n" },
      ['postgresql'],
    ],
    [
      'a variable with a name of its own',
      { ioredis: '5' },
      { 'src/r.js': "import Redis from 'ioredis';\nnew Redis(process.env.WHERE || 'redis://localhost:6379');\n" },
      ['redis'],
    ],
    [
      'the address that the server binds to, and an address of another service',
      { pg: '8' },
      {
        'src/db.js':
          "import { Pool } from 'pg';\nconst db = new Pool();\nserver.listen({ host: 'localhost', port: 80 });\nfetch('http://localhost:9000');\n",
      },
      ['postgresql'],
    ],
    [
      'a test',
      { pg: '8' },
      { 'src/db.test.js': "import { Pool } from 'pg';\nnew Pool({ host: 'localhost' });\n" },
      ['postgresql'],
    ],
  ])('%s', (_, dependencies, files, expected) => {
    expect(local(dependencies, files)).toEqual(expected);
  });
});

describe('a listing that was cut off', () => {
  test('is noted', () => {
    const files = project({ 'package.json': { name: 'x' } });
    const cut = {
      file: '.',
      message: 'holds more files than are read, or deeper folders; the facts name what was seen of it',
    };
    expect(detect({ ...files, truncated: () => true }, null).notes).toContainEqual(cut);
    expect(detect({ ...files, truncated: () => false }, null).notes).not.toContainEqual(cut);
    expect(detect(files, null).notes).not.toContainEqual(cut);
  });
});

describe('Elysia', () => {
  test('has no value among the frameworks; its port and its health are found', () => {
    const manifest = { name: 'x', scripts: { start: 'bun src/index.ts' }, dependencies: { elysia: '1' } };
    const code =
      "import { Elysia } from 'elysia';\nconst app = new Elysia()\n  .get('/health', () => 'ok')\n  .get('/health/ready', () => 'ok')\n  .listen(process.env.PORT ?? 3001);\n";
    const found = only(detect(project({ 'package.json': manifest, 'src/index.ts': code, 'bun.lock': '' }), null));
    expect([
      found.kind.value,
      found.framework,
      found.port?.value,
      found.portVariable,
      found.endpoints.health?.value,
      found.endpoints.ready?.value,
    ]).toEqual(['web', null, 3001, 'PORT', '/health', '/health/ready']);
  });
});
