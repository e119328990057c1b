/** Datastores as service containers of a job, and the variables by which the code under test finds them. */
import type { Datastore, DatastoreLink, Service, System } from '../../src/model.ts';

/** `kind` decides the container's variables and health check, which the partial `workflow-containers` spells. */
export type Container = Readonly<{
  name: string;
  kind: Datastore['kind'] | 'mariadb' | 'valkey';
  image: string;
  port: number;
  user: string;
  database: string;
  /** Whether it asks for a password. */
  guarded: boolean;
}>;

/**
 * A variable of a job. `address`: a URL with the throw-away password where `user` is not null. `throwaway`: the password itself.
 * `literal`: plain text.
 */
export type Variable = Readonly<
  | { name: string; kind: 'literal'; value: string }
  | { name: string; kind: 'throwaway' }
  | { name: string; kind: 'address'; scheme: string; user: string | null; port: number; path: string }
>;

const SCHEMES: Readonly<Record<Datastore['kind'], string>> = {
  postgresql: 'postgresql',
  mysql: 'mysql',
  mongodb: 'mongodb',
  redis: 'redis',
  rabbitmq: 'amqp',
  kafka: '',
};

export function containersOf(system: System, service: Service): readonly Container[] {
  return linked(system, service).map(({ link, store }) => ({
    name: store.name,
    kind: store.image.startsWith('mariadb') ? 'mariadb' : store.image.startsWith('valkey') ? 'valkey' : store.kind,
    image: store.image,
    port: store.port,
    user: userOf(store),
    database: store.database,
    guarded: isGuarded(link),
  }));
}

/** What the code reads to find its datastores, and the required secrets, which get values that are worth nothing. */
export function variablesOf(system: System, service: Service, withDatastores: boolean): readonly Variable[] {
  const stores = withDatastores
    ? linked(system, service).flatMap(({ link, store }) => variablesOfLink(link, store))
    : [];
  const others = service.environment.flatMap((variable): Variable[] => {
    if (!variable.required || stores.some(({ name }) => name === variable.name)) return [];
    if (variable.from === 'secret') return [{ name: variable.name, kind: 'throwaway' }];
    if (variable.from === 'setting' && variable.local !== null && variable.name !== service.portVariable)
      return [{ name: variable.name, kind: 'literal', value: variable.local }];
    return [];
  });
  return [...stores, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function linked(system: System, service: Service): readonly Readonly<{ link: DatastoreLink; store: Datastore }>[] {
  return service.datastores.flatMap((link) => {
    const store = system.datastores.find(({ name }) => name === link.datastore);
    return store ? [{ link, store }] : [];
  });
}

/** RabbitMQ and the databases have users; MongoDB only where the code wants one; Redis and Kafka run open. */
function isGuarded({ kind, variables }: DatastoreLink): boolean {
  if (kind === 'mongodb') return variables.user !== null || variables.password !== null;
  return kind === 'postgresql' || kind === 'mysql' || kind === 'rabbitmq';
}

/** An empty user would make an image fall back to its administrator. */
function userOf(store: Datastore): string {
  return store.user || store.database || 'app';
}

function variablesOfLink(link: DatastoreLink, store: Datastore): Variable[] {
  const { url, host, port, user, password, database } = link.variables;
  const guarded = isGuarded(link);
  const result: Variable[] = [];
  const literal = (name: string | null, value: string) => {
    if (name !== null) result.push({ name, kind: 'literal', value });
  };
  if (url !== null) {
    if (store.kind === 'kafka') literal(url, `localhost:${store.port}`);
    else
      result.push({
        name: url,
        kind: 'address',
        scheme: SCHEMES[store.kind],
        user: guarded ? userOf(store) : null,
        port: store.port,
        path: pathOf(store, guarded),
      });
  }
  literal(host, 'localhost');
  literal(port, String(store.port));
  if (guarded) literal(user, userOf(store));
  if (guarded && password !== null) result.push({ name: password, kind: 'throwaway' });
  literal(database, store.kind === 'redis' ? '0' : store.kind === 'rabbitmq' ? '/' : store.database);
  return result;
}

function pathOf(store: Datastore, guarded: boolean): string {
  if (store.kind === 'redis' || store.kind === 'rabbitmq') return '';
  return store.kind === 'mongodb' && guarded ? `/${store.database}?authSource=admin` : `/${store.database}`;
}
