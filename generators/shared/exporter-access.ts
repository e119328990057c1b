/** How each exporter of the local stack reads its datastore: by the application's own user, with the password that was generated for it. */
import type { Datastore, System } from '../../src/model.ts';
import { datastoreManual } from './datastores.ts';
import { type Exporter, exportersOf } from './observability-stack.ts';

type Pair = Readonly<{ name: string; value: string }>;

export type ExporterAccess = Readonly<{
  exporter: Exporter;
  arguments: readonly string[];
  settings: readonly Pair[];
  /** The exporter's variable for the password, and the datastore's that it repeats; null where it asks for none. */
  password: Readonly<{ name: string; store: string; of: string }> | null;
}>;

type Way = Readonly<{
  arguments: (store: Datastore, user: string) => readonly string[];
  settings: (store: Datastore, user: string) => readonly Pair[];
  password: string;
}>;

/** What the application's user may not read is left out: MySQL shows it no replication and no InnoDB internals. */
const WAYS: Readonly<Partial<Record<Exporter['job'], Way>>> = {
  postgresql: {
    arguments: () => [],
    settings: ({ name, port, database }, user) => [
      { name: 'DATA_SOURCE_URI', value: `${name}:${port}/${database}?sslmode=disable` },
      { name: 'DATA_SOURCE_USER', value: user },
    ],
    password: 'DATA_SOURCE_PASS',
  },
  mysql: {
    arguments: ({ name, port }, user) => [
      `--mysqld.address=${name}:${port}`,
      `--mysqld.username=${user}`,
      '--no-collect.info_schema.innodb_cmp',
      '--no-collect.info_schema.innodb_cmpmem',
      '--no-collect.slave_status',
    ],
    settings: () => [],
    password: 'MYSQLD_EXPORTER_PASSWORD',
  },
  redis: {
    arguments: () => [],
    settings: ({ name, port }) => [{ name: 'REDIS_ADDR', value: `redis://${name}:${port}` }],
    password: 'REDIS_PASSWORD',
  },
};

/** Every exporter that reads a datastore. */
export function exporterAccesses(system: System): readonly ExporterAccess[] {
  return exportersOf(system).flatMap((exporter) => {
    const way = WAYS[exporter.job];
    const store = system.datastores.find(({ name }) => name === exporter.datastore);
    if (!way || !store) return [];
    const manual = datastoreManual(store, system);
    const [own] = manual.passwords;
    return [
      {
        exporter,
        arguments: way.arguments(store, manual.user(store)),
        settings: way.settings(store, manual.user(store)),
        password: own ? { name: way.password, store: store.name, of: own } : null,
      },
    ];
  });
}
