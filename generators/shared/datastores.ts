/** How each kind of datastore runs on a workstation, and by which addresses and passwords services reach it. */
import type { Datastore, DatastoreKind, System } from '../../src/model.ts';

type Pair = Readonly<{ name: string; value: string }>;

type Manual = Readonly<{
  /** Plain settings of the server. */
  settings: (store: Datastore) => readonly Pair[];
  /** Variables of the server that hold a generated password, the application's own first. Empty: it asks for none. */
  passwords: readonly string[];
  /** The user that the password belongs to. */
  user: (store: Datastore) => string;
  /** What the code is told when it asks for the database. */
  database: (store: Datastore) => string;
  /** What the container runs instead of its image's own command. */
  command: readonly string[] | null;
  /** The test of its health check, as Compose spells it. */
  healthy: (store: Datastore) => readonly string[];
  /** Where the server keeps its data, in its image. */
  data: (store: Datastore) => string;
  memory: string;
  /** Seconds until the first start is through. */
  startPeriod: number;
  scheme: string;
  /** What stands behind host and port in its address. */
  suffix: (store: Datastore) => string;
}>;

const USUAL = {
  user: ({ user }: Datastore) => user,
  database: ({ database }: Datastore) => database,
  command: null,
};

const isMariadb = ({ image }: Datastore) => /(^|\/)mariadb:/.test(image);
const isValkey = ({ image }: Datastore) => /(^|\/)valkey:/.test(image);

/** `guarded` is what changes where the code brings a password to a server that asks for none by itself. */
const MANUALS: Readonly<Record<DatastoreKind, Manual & Readonly<{ guarded?: Partial<Manual> }>>> = {
  postgresql: {
    ...USUAL,
    settings: ({ user, database }) => [
      { name: 'POSTGRES_USER', value: user },
      { name: 'POSTGRES_DB', value: database },
    ],
    passwords: ['POSTGRES_PASSWORD'],
    // By TCP: while the database is created, the server listens on its socket only.
    healthy: ({ user, database }) => [
      'CMD',
      'pg_isready',
      '--host=127.0.0.1',
      `--username=${user}`,
      `--dbname=${database}`,
    ],
    data: ({ major }) => (Number(major) >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data'),
    memory: '512M',
    startPeriod: 30,
    scheme: 'postgresql',
    suffix: ({ database }) => `/${database}`,
  },
  mysql: {
    ...USUAL,
    settings: ({ user, database }) => [
      { name: 'MYSQL_USER', value: user },
      { name: 'MYSQL_DATABASE', value: database },
    ],
    passwords: ['MYSQL_PASSWORD', 'MYSQL_ROOT_PASSWORD'],
    healthy: (store) =>
      isMariadb(store)
        ? ['CMD', 'healthcheck.sh', '--connect', '--innodb_initialized']
        : ['CMD', 'mysqladmin', 'ping', '--host=127.0.0.1', '--silent'],
    data: () => '/var/lib/mysql',
    memory: '1G',
    startPeriod: 60,
    scheme: 'mysql',
    suffix: ({ database }) => `/${database}`,
  },
  mongodb: {
    ...USUAL,
    settings: () => [],
    passwords: [],
    healthy: () => ['CMD', 'mongosh', '--quiet', '--eval', "db.adminCommand('ping').ok || quit(1)"],
    data: () => '/data/db',
    memory: '1G',
    startPeriod: 30,
    scheme: 'mongodb',
    suffix: ({ database }) => `/${database}`,
    guarded: {
      settings: ({ user }) => [{ name: 'MONGO_INITDB_ROOT_USERNAME', value: user }],
      passwords: ['MONGO_INITDB_ROOT_PASSWORD'],
      suffix: ({ database }) => `/${database}?authSource=admin`,
    },
  },
  redis: {
    ...USUAL,
    settings: () => [],
    passwords: [],
    // The one that is there from the start.
    user: () => 'default',
    database: () => '0',
    healthy: (store) => ['CMD', isValkey(store) ? 'valkey-cli' : 'redis-cli', '-e', 'ping'],
    data: () => '/data',
    memory: '256M',
    startPeriod: 10,
    scheme: 'redis',
    suffix: () => '',
    guarded: {
      passwords: ['REDIS_PASSWORD'],
      // By way of the image's entry point, which goes on as the user redis.
      command: ['sh', '-c', 'exec docker-entrypoint.sh redis-server --requirepass "$REDIS_PASSWORD"'],
      healthy: () => ['CMD-SHELL', 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli -e ping'],
    },
  },
  rabbitmq: {
    ...USUAL,
    // Its virtual host.
    database: () => '/',
    settings: ({ user }) => [{ name: 'RABBITMQ_DEFAULT_USER', value: user }],
    passwords: ['RABBITMQ_DEFAULT_PASS'],
    healthy: () => ['CMD', 'rabbitmq-diagnostics', '--quiet', 'check_port_connectivity'],
    data: () => '/var/lib/rabbitmq',
    memory: '512M',
    startPeriod: 60,
    scheme: 'amqp',
    suffix: () => '',
  },
  kafka: {
    ...USUAL,
    settings: ({ name, port }) => [
      { name: 'KAFKA_NODE_ID', value: '1' },
      { name: 'KAFKA_PROCESS_ROLES', value: 'broker,controller' },
      { name: 'KAFKA_LISTENERS', value: `PLAINTEXT://:${port},CONTROLLER://:9093` },
      { name: 'KAFKA_ADVERTISED_LISTENERS', value: `PLAINTEXT://${name}:${port}` },
      { name: 'KAFKA_LISTENER_SECURITY_PROTOCOL_MAP', value: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT' },
      { name: 'KAFKA_CONTROLLER_LISTENER_NAMES', value: 'CONTROLLER' },
      { name: 'KAFKA_CONTROLLER_QUORUM_VOTERS', value: '1@localhost:9093' },
      { name: 'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR', value: '1' },
      { name: 'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR', value: '1' },
      { name: 'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR', value: '1' },
      { name: 'KAFKA_LOG_DIRS', value: '/var/lib/kafka/data' },
    ],
    passwords: [],
    healthy: ({ port }) => [
      'CMD',
      '/opt/kafka/bin/kafka-broker-api-versions.sh',
      '--bootstrap-server',
      `localhost:${port}`,
    ],
    data: () => '/var/lib/kafka/data',
    memory: '1G',
    startPeriod: 60,
    scheme: '',
    suffix: () => '',
  },
};

/** Everything there is to say about one datastore of the stack. */
export function datastoreManual(store: Datastore, system: System): Manual {
  const { guarded, ...open } = MANUALS[store.kind];
  return guarded && wantsPassword(store, system) ? { ...open, ...guarded } : open;
}

/** True where a service has a variable for the password, and every other one can be told it too. */
function wantsPassword({ name }: Datastore, system: System): boolean {
  const links = system.services
    .flatMap(({ datastores }) => datastores)
    .filter(({ datastore }) => datastore === name)
    .map(({ variables }) => variables);
  const told = links.filter((variables) => Object.values(variables).some((variable) => variable !== null));
  return (
    told.some(({ password }) => password !== null) &&
    told.every(({ url, password }) => url !== null || password !== null)
  );
}

/** Its address in two halves, between which the password stands; one half where it asks for none. */
export function address(store: Datastore, system: System): Readonly<{ before: string; after: string | null }> {
  const { scheme, suffix, passwords, user } = datastoreManual(store, system);
  const end = `${store.name}:${store.port}${suffix(store)}`;
  const start = scheme === '' ? '' : `${scheme}://`;
  return passwords.length === 0
    ? { before: start + end, after: null }
    : { before: `${start}${user(store)}:`, after: `@${end}` };
}
