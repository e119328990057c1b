/** What watches the local stack: the servers and exporters of Compose's profile `observability`, spelt once for scrape jobs, rules and runbooks. */
import { posix } from 'node:path';
import type { Datastore, DatastoreKind, Service, System } from '../../src/model.ts';
import { hasStack, localCommands, runsLocally } from './local-stack.ts';

/** Profile of Compose that starts them. */
export const OBSERVABILITY_PROFILE = 'observability';

/** Scrape jobs; `application` is the services' own. */
export type Job = 'prometheus' | 'alertmanager' | 'infrastructure' | 'probe' | 'postgresql' | 'mysql' | 'redis';

/** One container that serves metrics on the local stack. */
export type Exporter = Readonly<{
  /** Service of Compose, and the host name by which Prometheus finds it. */
  name: string;
  /** Repository of its image; the one pinned tag comes from `pins.imageOf`. */
  image: string;
  port: number;
  job: Job;
  /** Name of the datastore that it reads; null: none. */
  datastore: string | null;
}>;

const SERVERS = [
  { name: 'prometheus', image: 'prom/prometheus', port: 9090, job: 'prometheus' },
  { name: 'alertmanager', image: 'prom/alertmanager', port: 9093, job: 'alertmanager' },
] as const;

const NODE = { name: 'node-exporter', image: 'prom/node-exporter', port: 9100, job: 'infrastructure' } as const;
const BLACKBOX = { name: 'blackbox-exporter', image: 'prom/blackbox-exporter', port: 9115, job: 'probe' } as const;

/** By the datastores that an exporter exists for. */
const OF_DATASTORES: Readonly<Partial<Record<DatastoreKind, Omit<Exporter, 'datastore'>>>> = {
  postgresql: {
    name: 'postgres-exporter',
    image: 'prometheuscommunity/postgres-exporter',
    port: 9187,
    job: 'postgresql',
  },
  mysql: { name: 'mysqld-exporter', image: 'prom/mysqld-exporter', port: 9104, job: 'mysql' },
  redis: { name: 'redis-exporter', image: 'oliver006/redis_exporter', port: 9121, job: 'redis' },
};

/** True where Compose runs Prometheus beside the services. */
export function isObserved(system: System): boolean {
  return system.generators.includes('prometheus') && hasStack(system);
}

/** Prometheus, and Alertmanager where alerts are routed; empty where the local stack is not watched. */
export function serversOf(system: System): readonly Exporter[] {
  if (!isObserved(system)) return [];
  return SERVERS.filter(({ name }) => name === 'prometheus' || system.generators.includes(name)).map((server) => ({
    ...server,
    name: freeName(server.name, system),
    datastore: null,
  }));
}

/** Every exporter of the local stack; empty where it is not watched. */
export function exportersOf(system: System): readonly Exporter[] {
  if (!isObserved(system)) return [];
  const plain = [NODE, ...(probeModules(system).length > 0 ? [BLACKBOX] : [])].map((exporter) => ({
    ...exporter,
    datastore: null,
  }));
  const ofStores = localDatastores(system).flatMap((store) => {
    const exporter = OF_DATASTORES[store.kind];
    return exporter ? [{ ...exporter, datastore: store.name }] : [];
  });
  return [...plain, ...ofStores].map((exporter) => ({ ...exporter, name: freeName(exporter.name, system) }));
}

/** Modules of the blackbox exporter: an answer where a health path is known, else a connection. */
export type ProbeModule = 'http_2xx' | 'tcp_connect';

/** The module that looks at a service from outside; null where it has no port to look at. */
export function probeModule({ health, port }: Service): ProbeModule | null {
  if (port === null || health.kind === 'none') return null;
  return health.kind === 'http' ? 'http_2xx' : 'tcp_connect';
}

/** Those that the local stack takes. */
export function probeModules(system: System): readonly ProbeModule[] {
  return [...new Set(runsLocally(system).flatMap((service) => probeModule(service) ?? []))].sort();
}

/** Datastores that the local stack runs: those of its services. */
export function localDatastores(system: System): readonly Datastore[] {
  const used = new Set(runsLocally(system).flatMap(({ datastores }) => datastores.map(({ datastore }) => datastore)));
  return system.datastores.filter(({ name }) => used.has(name));
}

/** The commands of the watched stack; `script` makes the files of secrets first. */
export function observeCommands(
  system: System,
  script: boolean,
): Readonly<{ observe: string; down: string; run: string }> {
  const { up, down, run } = localCommands(system, script);
  const watched = (line: string) => line.replace(/ (?=up |down)/, ` --profile ${OBSERVABILITY_PROFILE} `);
  return { observe: watched(up), down: watched(down), run: run.replace('devops:up', 'devops:observe') };
}

/** Address of Prometheus or Alertmanager as a browser on the workstation has it, unless its port was moved. */
export function localAddress(job: 'prometheus' | 'alertmanager', system: System): string | null {
  const server = serversOf(system).find((candidate) => candidate.job === job);
  return server ? `http://127.0.0.1:${server.port}` : null;
}

/** The folder above all of Prometheus' files: mounted whole, so that their relative paths hold inside the container too. */
export function monitoringFolder(system: System): string {
  return posix.dirname(posix.dirname(system.layout.prometheus.config));
}

/** A service of the project may be called `prometheus` itself. */
function freeName(name: string, system: System): string {
  const taken = system.services.some((service) => service.name === name);
  return taken ? `monitoring-${name}` : name;
}
