/** One datastore per kind and project, and how each service reaches it. */
import type { Pins } from '../../define.ts';
import type { Datastore, DatastoreKind, DatastoreLink, ServiceFacts } from '../../model.ts';
import { place } from '../questions/index.ts';
import type { NamedService } from '../resolve/services.ts';

type Known = Readonly<{
  name: string;
  port: number;
  images: readonly Readonly<{ major: string; tag: string }>[];
  /** The major where nobody says which; the last one where none stands here. */
  usual?: string;
}>;

/** Pinned images by major version, oldest first. */
const KNOWN: Readonly<Record<DatastoreKind, Known>> = {
  postgresql: {
    name: 'postgres',
    port: 5432,
    images: ['15', '16', '17', '18'].map((major) => ({ major, tag: `postgres:${major}-alpine` })),
    usual: '17',
  },
  mysql: { name: 'mysql', port: 3306, images: [{ major: '8', tag: 'mysql:8.4' }] },
  mongodb: {
    name: 'mongodb',
    port: 27017,
    images: ['7', '8'].map((major) => ({ major, tag: `mongo:${major}` })),
  },
  redis: {
    name: 'redis',
    port: 6379,
    images: ['7', '8'].map((major) => ({ major, tag: `redis:${major}-alpine` })),
  },
  rabbitmq: { name: 'rabbitmq', port: 5672, images: [{ major: '4', tag: 'rabbitmq:4-management-alpine' }] },
  kafka: { name: 'kafka', port: 9092, images: [{ major: '4', tag: 'apache/kafka:4.3.1' }] },
};

/** Names that a server keeps for itself: MySQL's image refuses the user `root`, RDS the user `admin`. */
const RESERVED = new Set([
  'admin',
  'mysql',
  'postgres',
  'public',
  'rdsadmin',
  'root',
  'sys',
  'template0',
  'template1',
  'user',
]);

/** The datastores of all services, by kind; the version that was seen decides, else the usual one. */
export function datastoresOf(services: readonly NamedService[], projectSlug: string, pins: Pins): readonly Datastore[] {
  const kinds = (Object.keys(KNOWN) as DatastoreKind[]).filter((kind) =>
    services.some(({ facts }) => facts.datastores.some((store) => store.kind === kind)),
  );
  return kinds.map((kind) => {
    const known = KNOWN[kind];
    const users = services.filter(({ facts }) => facts.datastores.some((store) => store.kind === kind));
    const seen = users
      .flatMap(({ facts }) => facts.datastores)
      .find((store) => store.kind === kind && store.version !== null);
    const image = imageFor(known, seen?.version?.value ?? null);
    const plain = projectSlug.replaceAll('-', '_');
    const identifier = RESERVED.has(plain) ? `${plain}_app` : plain;
    return {
      kind,
      name: known.name,
      image: pins.image(image.tag),
      major: image.major,
      port: known.port,
      database: identifier,
      user: identifier,
      usedBy: users.map(({ name }) => name),
    };
  });
}

/** The major that was seen, else the next one up that is pinned, else the newest; the usual one where none was seen. */
function imageFor(known: Known, version: string | null): Known['images'][number] {
  const newest = known.images.at(-1);
  if (!newest) throw new Error(`no image for ${known.name}`);
  const wanted = Number.parseInt((version ?? '').replace(/^v/, ''), 10);
  if (Number.isNaN(wanted)) return known.images.find(({ major }) => major === known.usual) ?? newest;
  return known.images.find(({ major }) => Number(major) >= wanted) ?? newest;
}

type Variables = DatastoreLink['variables'];

const NONE: Variables = { url: null, host: null, port: null, user: null, password: null, database: null };

/** What libpq's clients, node-postgres among them, read when the code says nothing. */
const LIBPQ: Variables = {
  ...NONE,
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  database: 'PGDATABASE',
};

/**
 * The variables by which a service learns where its datastores are. A variable belongs to one datastore: where two share it (an application
 * that can run on either), the one that is listed first here has it.
 */
export function linksOf({ datastores, migrations }: ServiceFacts): readonly DatastoreLink[] {
  const order = Object.keys(KNOWN);
  const taken = new Set<string>();
  return [...datastores]
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map(({ kind, connection, localhost }) => {
      const own = Object.fromEntries(
        Object.entries(connection).map(([part, name]) => [part, name !== null && taken.has(name) ? null : name]),
      ) as Variables;
      for (const name of Object.values(own)) if (name !== null) taken.add(name);
      const shared = Object.values(connection).some((name) => name !== null);
      const fixedTo = localhost ? { fixedTo: place(localhost) } : {};
      return {
        kind,
        datastore: KNOWN[kind].name,
        variables: shared ? own : usual(kind, migrations?.value.tool),
        ...fixedTo,
      };
    });
}

/** Where the code names no variable, its libraries and tools still read some. */
function usual(kind: DatastoreKind, migrations: string | undefined): Variables {
  if (kind !== 'postgresql') return NONE;
  return migrations === 'node-pg-migrate' ? { ...LIBPQ, url: 'DATABASE_URL' } : LIBPQ;
}
