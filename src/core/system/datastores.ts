/** One datastore per kind and project, and how each service reaches it. */
import type { Pins } from '../../define.ts';
import type { Datastore, DatastoreFact, DatastoreKind, DatastoreLink } from '../../model.ts';
import type { NamedService } from '../resolve/services.ts';

type Known = Readonly<{
  name: string;
  port: number;
  user: string;
  images: readonly Readonly<{ major: string; tag: string }>[];
}>;

/** Images by major version, oldest first; the last one is the default. User names follow what each image creates. */
const KNOWN: Readonly<Record<DatastoreKind, Known>> = {
  postgresql: {
    name: 'postgres',
    port: 5432,
    user: '',
    images: ['15', '16', '17'].map((major) => ({ major, tag: `postgres:${major}-alpine` })),
  },
  mysql: { name: 'mysql', port: 3306, user: '', images: [{ major: '8', tag: 'mysql:8.4' }] },
  mongodb: {
    name: 'mongodb',
    port: 27017,
    user: '',
    images: ['7', '8'].map((major) => ({ major, tag: `mongo:${major}` })),
  },
  redis: {
    name: 'redis',
    port: 6379,
    user: '',
    images: ['7', '8'].map((major) => ({ major, tag: `redis:${major}-alpine` })),
  },
  rabbitmq: { name: 'rabbitmq', port: 5672, user: '', images: [{ major: '4', tag: 'rabbitmq:4-management-alpine' }] },
  kafka: { name: 'kafka', port: 9092, user: '', images: [{ major: '4', tag: 'apache/kafka:4.3.1' }] },
};

/** The datastores of all services, by kind; the version that was seen decides, else the newest that is pinned. */
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
    const identifier = projectSlug.replaceAll('-', '_');
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

/** The major that was seen, else the next one up that is pinned, else the newest. */
function imageFor(known: Known, version: string | null): Known['images'][number] {
  const newest = known.images.at(-1);
  if (!newest) throw new Error(`no image for ${known.name}`);
  const wanted = Number.parseInt(version ?? '', 10);
  if (Number.isNaN(wanted)) return newest;
  return known.images.find(({ major }) => Number(major) >= wanted) ?? newest;
}

/** The variables by which a service learns where its datastores are. */
export function linksOf(facts: readonly DatastoreFact[]): readonly DatastoreLink[] {
  return facts.map(({ kind, connection }) => ({ kind, datastore: KNOWN[kind].name, variables: connection }));
}
