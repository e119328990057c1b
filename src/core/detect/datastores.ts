/** The datastores that a service talks to, and the variables that tell it where they are. */
import type { DatastoreFact, DatastoreKind, EnvironmentVariableFact, Evidence, Fact } from '../../model.ts';
import type { ComposeService } from './compose.ts';
import { localhostOf } from './localhost.ts';
import { ormConfigs } from './located.ts';
import type { Package } from './package.ts';
import { at, fact, lineWhere } from './repo.ts';
import { codeMatches } from './scan.ts';

/** Drivers; the first in the list is named as evidence. */
const DRIVERS: readonly (readonly [DatastoreKind, readonly string[]])[] = [
  [
    'postgresql',
    [
      'pg',
      'postgres',
      'pg-promise',
      'slonik',
      '@neondatabase/serverless',
      '@vercel/postgres',
      '@mikro-orm/postgresql',
      '@prisma/adapter-pg',
      'pg-native',
      'pg-pool',
      'pg-boss',
      '@fastify/postgres',
      'connect-pg-simple',
      'graphile-worker',
    ],
  ],
  [
    'mysql',
    [
      'mysql2',
      'mysql',
      'mariadb',
      '@mikro-orm/mysql',
      '@mikro-orm/mariadb',
      '@fastify/mysql',
      '@prisma/adapter-mariadb',
    ],
  ],
  [
    'mongodb',
    [
      'mongodb',
      'mongoose',
      '@nestjs/mongoose',
      '@mikro-orm/mongodb',
      '@fastify/mongodb',
      'typegoose',
      '@typegoose/typegoose',
      'monk',
    ],
  ],
  [
    'redis',
    [
      'ioredis',
      'redis',
      'bullmq',
      'bull',
      '@fastify/redis',
      '@nestjs/bullmq',
      '@nestjs/bull',
      'bee-queue',
      'connect-redis',
      '@keyv/redis',
      'cache-manager-redis-store',
      'cache-manager-ioredis',
      'rate-limit-redis',
      'iovalkey',
      'handy-redis',
      'bentocache',
    ],
  ],
  [
    'rabbitmq',
    [
      'amqplib',
      'amqp-connection-manager',
      '@golevelup/nestjs-rabbitmq',
      'rascal',
      'rabbitmq-client',
      '@cloudamqp/amqp-client',
    ],
  ],
  ['kafka', ['kafkajs', 'node-rdkafka', '@confluentinc/kafka-javascript', '@platformatic/kafka']],
];

const IMAGES: Readonly<Record<DatastoreKind, RegExp>> = {
  postgresql: /(?:^|\/)(?:postgres|postgis|timescaledb?(?:-ha)?|pgvector|postgresql)(?::|@|$)/,
  mysql: /(?:^|\/)(?:mysql|mariadb|mysql-server)(?::|@|$)/,
  mongodb: /(?:^|\/)(?:mongo|mongodb|mongodb-community-server)(?::|@|$)/,
  redis: /(?:^|\/)(?:redis|valkey|redis-stack(?:-server)?|keydb)(?::|@|$)/,
  rabbitmq: /(?:^|\/)rabbitmq(?::|@|$)/,
  kafka: /(?:^|\/)(?:kafka|cp-kafka|redpanda)(?::|@|$)/,
};

/** Dialects of ORMs and query builders: what their configuration calls the databases. */
const DIALECTS: readonly (readonly [RegExp, DatastoreKind])[] = [
  [/^(?:postgres(?:ql)?|pg|cockroachdb|PostgreSqlDriver)$/i, 'postgresql'],
  [/^(?:mysql2?|mariadb|MySqlDriver|MariaDbDriver)$/i, 'mysql'],
  [/^(?:mongodb|mongo|MongoDriver)$/i, 'mongodb'],
];

/** All datastores, in the order of the kinds. */
export function detectDatastores(
  pkg: Package,
  environment: readonly EnvironmentVariableFact[],
  compose: readonly ComposeService[],
): DatastoreFact[] {
  const configured = configuredKinds(pkg);
  return DRIVERS.flatMap(([kind, drivers]) => {
    const driver = drivers.find((d) => pkg.isProduction(d));
    const said = configured.get(kind);
    if (driver === undefined && said === undefined) return [];
    // With an ORM whose configuration names one SQL database, the driver of another is only an option of a template.
    const sql = kind === 'postgresql' || kind === 'mysql';
    if (
      sql &&
      said === undefined &&
      (configured.has('postgresql') || configured.has('mysql')) &&
      driver !== undefined &&
      !isImported(pkg, driver)
    )
      return [];
    const evidence = driver === undefined ? (said as Evidence) : (pkg.dependency(driver)?.evidence ?? at(pkg.file));
    const connection = connectionOf(kind, environment);
    const dialect = DIALECTS.find(([, k]) => k === kind)?.[0] ?? null;
    // Whatever a variable says comes first.
    const localhost =
      connection.url === null && connection.host === null ? localhostOf(pkg, kind, drivers, dialect) : null;
    const store = { kind, version: imageVersion(kind, compose), connection, evidence };
    return [localhost === null ? store : { ...store, localhost }];
  });
}

function isImported(pkg: Package, driver: string): boolean {
  return pkg.sources(new RegExp(`['"]${driver}['"]`)).length > 0;
}

function configuredKinds(pkg: Package): Map<DatastoreKind, Evidence> {
  const found = new Map<DatastoreKind, Evidence>();
  const add = (dialect: string, evidence: Evidence): void => {
    const kind = DIALECTS.find(([pattern]) => pattern.test(dialect))?.[1];
    if (kind !== undefined && !found.has(kind)) found.set(kind, evidence);
  };
  const prismaFiles = [pkg, ...pkg.linked].flatMap((p) =>
    p.files.filter((f) => f.endsWith('.prisma')).map((f) => p.at(f) as string),
  );
  for (const path of prismaFiles) {
    const text = pkg.repo.text(path) ?? '';
    const provider = /^\s*datasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"(\w+)"/m.exec(text)?.[1];
    if (provider !== undefined)
      add(provider, at(path, lineWhere(text, new RegExp(`^\\s*provider\\s*=\\s*"${provider}"`, 'm'))));
  }
  const orm = pkg.dependency(
    'typeorm',
    'sequelize',
    'knex',
    'drizzle-orm',
    '@mikro-orm/core',
    'kysely',
    '@nestjs/typeorm',
    '@nestjs/sequelize',
    'drizzle-kit',
  );
  if (orm === null) return found;
  const sources = [
    ...ormConfigs(pkg),
    ...pkg.sources(/\b(?:dialect|type|client|driver)\b['"]?\s*:\s*['"](?:postgres|pg|mysql|maria|mongo|cockroach)/),
  ];
  for (const source of sources) {
    for (const m of codeMatches(source, /['"]?\b(?:dialect|type|client|driver)\b['"]?\s*:\s*['"](\w+)['"]/))
      add(m[1] as string, at(source.file, source.lineAt(m.index)));
  }
  return found;
}

/** The version in the tag of an image, when it begins with a number. */
function imageVersion(kind: DatastoreKind, compose: readonly ComposeService[]): Fact<string> | null {
  for (const service of compose) {
    if (service.image === null || !IMAGES[kind].test(service.image)) continue;
    const tag = /:([^@/]+)/.exec(service.image.replace(/^[^/]+:\d+\//, ''))?.[1];
    // `timescaledb:latest-pg16`, `postgis:16-3.4`, `pgvector:pg16`, `valkey:8-alpine`
    const version = tag === undefined ? undefined : (/^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1] ?? /pg(\d+)/.exec(tag)?.[1]);
    if (version !== undefined) return fact(version, service.evidence);
  }
  return null;
}

/** Words in the names of variables, by kind. Specific ones are looked for before the generic `DB_`. */
const WORDS: Readonly<Record<DatastoreKind, readonly string[]>> = {
  postgresql: ['POSTGRES', 'POSTGRESQL', 'PG', 'DATABASE', 'DB', 'TYPEORM', 'SQL'],
  mysql: ['MYSQL', 'MARIADB', 'DATABASE', 'DB', 'TYPEORM', 'SQL'],
  mongodb: ['MONGO', 'MONGODB', 'MONGOOSE', 'DATABASE', 'DB'],
  redis: ['REDIS', 'VALKEY', 'CACHE', 'QUEUE', 'BULL', 'BULLMQ'],
  rabbitmq: ['RABBITMQ', 'RABBIT', 'AMQP', 'CLOUDAMQP', 'BROKER'],
  kafka: ['KAFKA'],
};
const PARTS: Readonly<Record<keyof DatastoreFact['connection'], readonly string[]>> = {
  url: [
    'URL',
    'URI',
    'DSN',
    'CONNECTION_STRING',
    'CONNECTION_URL',
    'CONNECTION_URI',
    'CONNECTION',
    'CONN_STRING',
    'URL_PRODUCTION',
    'BROKERS',
    'BROKER',
    'BOOTSTRAP_SERVERS',
  ],
  host: ['HOST', 'HOSTNAME', 'SERVER', 'ADDRESS', 'ADDR', 'ENDPOINT'],
  port: ['PORT'],
  user: ['USER', 'USERNAME', 'LOGIN'],
  password: ['PASSWORD', 'PASS', 'PWD', 'PASSWD', 'PSW'],
  database: ['DATABASE', 'NAME', 'DB', 'DB_NAME', 'DBNAME', 'DATABASE_NAME', 'SCHEMA'],
};

function connectionOf(
  kind: DatastoreKind,
  environment: readonly EnvironmentVariableFact[],
): DatastoreFact['connection'] {
  const names = new Set(environment.map((e) => e.name));
  const find = (part: keyof DatastoreFact['connection']): string | null => {
    for (const word of WORDS[kind]) {
      for (const suffix of PARTS[part]) {
        const candidates = [`${word}_${suffix}`, `${word}${suffix}`, `APP_${word}_${suffix}`];
        const hit = candidates.find((c) => names.has(c));
        if (hit !== undefined) return hit;
      }
    }
    return null;
  };
  return {
    url: find('url'),
    host: find('host'),
    port: find('port'),
    user: find('user'),
    password: find('password'),
    database: find('database'),
  };
}
