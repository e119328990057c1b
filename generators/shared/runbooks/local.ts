/** Commands for the stack of a workstation: the services and their datastores by Docker Compose. */
import type { Datastore, System } from '../../../src/model.ts';
import { datastoreManual } from '../datastores.ts';
import { hasStack, localCommands } from '../local-stack.ts';
import { hostPorts, portVariableOf } from '../network.ts';
import { shellWord } from '../workflow-toolchain.ts';
import { about, filled, type Subject } from './shell.ts';

export type Local = ReturnType<typeof commands>;

/** Null where the stack is not ours. */
export function localOf(system: System, subject: Subject): Local | null {
  return hasStack(system) ? commands(system, subject) : null;
}

const isMariadb = ({ image }: Datastore) => /(^|\/)mariadb:/.test(image);
const isValkey = ({ image }: Datastore) => /(^|\/)valkey:/.test(image);

function commands(system: System, subject: Subject) {
  const compose = localCommands(system, false).down.replace(/ down$/, '');
  const observability = `${compose} --profile observability`;
  const own = (verb: string, options = '') =>
    about(subject, `${compose} ${verb} ${options === '' ? '' : `${options} `}${filled(subject.name)}`);
  return {
    compose,
    observability,
    /** State and health of its container. */
    tasks: () => own('ps'),
    all: () => `${compose} ps --all`,
    log: (tail = 40) => own('logs', `--since 15m --tail ${tail}`),
    restart: () => own('restart'),
    start: () => own('up', '--detach --wait'),
    stop: () => own('stop'),
    /** CPU and memory as the engine counts them. */
    stats: () => `${compose} stats --no-stream`,
    /** The status of its health endpoint. Null where it has none, or where nobody knows which of several services is meant. */
    health: () => healthCommand(system, subject),
    logOf: (name: string) => `${compose} logs --since 30m --tail 40 ${name}`,
    restartOf: (name: string) => `${compose} restart ${name}`,
    startOf: (name: string) => `${compose} up --detach --wait ${name}`,
    psOf: (name: string) => `${compose} ps --all ${name}`,
    watcherLog: (name: string) => `${observability} logs --since 30m --tail 40 ${name}`,
    watcherRestart: (name: string) => `${observability} restart ${name}`,
    watcherStart: (name: string) => `${observability} up --detach ${name}`,
    watcherPs: (name: string) => `${observability} ps --all ${name}`,
    /** One statement, as the owner of the database, over the container's own socket. */
    sql: (store: Datastore, statement: string) => sql(compose, store, statement),
    redis: (store: Datastore, command: string) => redis(compose, store, system, command),
    healthy: (store: Datastore) =>
      store.kind === 'postgresql'
        ? `${compose} exec -T ${store.name} pg_isready --username=${shellWord(store.user)} --dbname=${shellWord(store.database)}`
        : `${compose} ps ${store.name}`,
  };
}

function healthCommand(system: System, { service, several }: Subject): string | null {
  const port = hostPorts(system).get(service.name);
  if (several.length > 0 || port === undefined || service.health.kind !== 'http') return null;
  const address = `"http://127.0.0.1:\${${portVariableOf(service)}:-${port}}"${shellWord(service.health.path)}`;
  return `curl -sS --max-time 5 --output /dev/null --write-out '%{http_code}\\n' ${address}`;
}

function sql(compose: string, store: Datastore, statement: string): string {
  if (store.kind === 'postgresql') {
    const who = `--username=${shellWord(store.user)} --dbname=${shellWord(store.database)}`;
    return `${compose} exec -T ${store.name} psql ${who} \\\n  --command=${shellWord(statement)}`;
  }
  const client = isMariadb(store) ? 'mariadb' : 'mysql';
  // The password is a variable of the container: the shell inside fills it in.
  const inside = `MYSQL_PWD="$MYSQL_ROOT_PASSWORD" ${client} --user=root --table --execute="${statement}"`;
  return `${compose} exec -T ${store.name} \\\n  sh -c ${shellWord(inside)}`;
}

function redis(compose: string, store: Datastore, system: System, command: string): string {
  const client = isValkey(store) ? 'valkey-cli' : 'redis-cli';
  if (datastoreManual(store, system).passwords.length === 0)
    return `${compose} exec -T ${store.name} ${client} ${command}`;
  return `${compose} exec -T ${store.name} \\\n  sh -c ${shellWord(`REDISCLI_AUTH="$REDIS_PASSWORD" ${client} ${command}`)}`;
}
