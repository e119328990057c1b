/** Who is scraped, where, under which labels: on the local stack by its names, on AWS by private DNS. */
import type { Service, System } from '../../src/model.ts';
import { cloudServices, production, runsOnAws, serviceNames } from './cloud.ts';
import { contractsOf, type MetricContract } from './metrics.ts';
import { exportersOf, type Job, probeModule, serversOf } from './observability-stack.ts';
import { ofSystem } from './of-system.ts';

/** Name of the machine in the label `service`. */
export const HOST = 'host';

/** True where Prometheus is set up, or why it is not. */
export function evaluatesRules(system: System): true | string {
  if (!system.generators.includes('prometheus')) return 'nobody asked for it';
  return (
    cloudServices(system).length > 0 ||
    'no service runs for long: there is nothing that Prometheus could ask again and again'
  );
}

/** Services that are asked from outside, on the local stack and on AWS: their health path, or at least their port. */
export const probedServices = ofSystem((system): readonly Service[] => {
  const probing = runsOnAws(system) || exportersOf(system).some(({ job }) => job === 'probe');
  return probing ? cloudServices(system).filter((service) => probeModule(service) !== null) : [];
});

/** Services whose own `up` gauge has to be dropped, or it stands beside that of Prometheus. */
export function withOwnUp(system: System): readonly MetricContract[] {
  return contractsOf(system).filter(({ ownUp }) => ownUp);
}

/** A target of a scrape job. `labels` besides `job` and `instance`; `path` null: /metrics. */
export type Target = Readonly<{ address: string; service: string; path: string | null }>;

/** Services of the local stack, by the names that Compose gives them. */
export function localTargets(system: System): readonly Target[] {
  return contractsOf(system).map(({ service, endpoint }) => ({
    address: `${service.name}:${endpoint.port}`,
    service: service.name,
    path: endpoint.path === '/metrics' ? null : endpoint.path,
  }));
}

/** What the prober asks on the local stack. `module` null: http_2xx, the module of the job. */
export type Probe = Readonly<{ address: string; service: string; module: string | null; likeKey: boolean }>;

export function localProbes(system: System): readonly Probe[] {
  return probedServices(system).map(({ name, port, health }) => {
    const where = `${name}:${port}`;
    return health.kind === 'http'
      ? {
          address: `http://${where}${health.path}`,
          service: name,
          module: null,
          likeKey: LIKE_KEY.test(where + health.path),
        }
      : { address: where, service: name, module: 'tcp_connect', likeKey: false };
  });
}

/** Addresses that gitleaks takes for a key and its value: `api:8787/internal/livez`. The first scan would be red. */
const LIKE_KEY = /(?:access|auth|api|credential|creds|key|passw|secret|token)[\w.-]{0,20}:[a-z0-9][a-z0-9+/]{11,}$/;

/** Exporters and servers that are scraped as they are: all but the prober, which is asked about others. */
export function localJobs(
  system: System,
): readonly Readonly<{ job: Job; address: string; service: string; what: string }>[] {
  const exporters = exportersOf(system)
    .filter(({ job }) => job !== 'probe')
    .map(({ job, name, port, datastore }) => ({ job, address: `${name}:${port}`, datastore }));
  const servers = (['prometheus', 'alertmanager'] as const).flatMap((job) => {
    const address = serverAddress(job, system);
    return address === null ? [] : [{ job, address, datastore: null }];
  });
  return [...exporters, ...servers].map(({ job, address, datastore }) => ({
    job,
    address,
    service: datastore ?? (job === 'infrastructure' ? HOST : job),
    what: WHAT[job],
  }));
}

/** Where Prometheus finds itself and who sends its alerts on: by the names of Compose; without it, beside itself. Null: nobody does. */
export function serverAddress(job: 'prometheus' | 'alertmanager', system: System): string | null {
  const server = serversOf(system).find((candidate) => candidate.job === job);
  if (server) return `${server.name}:${server.port}`;
  return system.generators.includes(job) ? BESIDE[job] : null;
}

/** Addresses within one task or machine. */
export const BESIDE = {
  prometheus: '127.0.0.1:9090',
  alertmanager: '127.0.0.1:9093',
  prober: '127.0.0.1:9115',
} as const;

const WHAT: Readonly<Record<Job, string>> = {
  prometheus: 'Prometheus itself',
  alertmanager: 'Who sends the alerts on',
  infrastructure: 'The machine: CPU, memory, disks, network',
  probe: 'The services, asked from outside',
  postgresql: 'PostgreSQL, by its exporter',
  mysql: 'MySQL, by its exporter',
  redis: 'Redis, by its exporter',
};

/** Who asks: by the name that Compose gives it; without Compose, beside Prometheus. */
export function localProber(system: System): string {
  const prober = exportersOf(system).find(({ job }) => job === 'probe');
  return prober ? `${prober.name}:${prober.port}` : BESIDE.prober;
}

/** Private DNS name of a service on AWS; it answers with one address a task. */
export function dnsName(service: Service, system: System): string {
  return serviceNames(service, system, production(system).name).host;
}
