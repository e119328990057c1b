/** What services.json tells the stacks about the application. */
import type { Service, System, View } from '../../../src/model.ts';
import { type CloudSignal, DATABASE_CONNECTIONS } from '../alerts/cloud.ts';
import { alertsOf } from '../alerts/index.ts';
import { cloudServices, runbookUrl } from '../cloud.ts';
import { cloudEnvironment, isMade } from '../cloud-environment.ts';
import { needsInit, probe } from '../health.ts';
import { addressSuffix, managedDatastores } from './datastores.ts';
import { writableFolders } from './writable.ts';

export function stackFacts(system: System): View {
  const { project, infrastructure } = system;
  return {
    project: project.slug,
    repository: project.repository?.url ?? null,
    github: githubOf(system),
    region: infrastructure.region,
    databaseConnections: DATABASE_CONNECTIONS,
    services: cloudServices(system).map((service) => serviceFacts(service, system)),
    datastores: managedDatastores(system).map((store) => ({ ...store })),
    alarms: alarmFacts(system),
  };
}

/** `owner/name` where GitHub's workflows can be trusted by a role. */
export function githubOf({ project }: System): string | null {
  const { repository } = project;
  return repository?.host === 'github.com' ? `${repository.owner}/${repository.name}` : null;
}

function serviceFacts(service: Service, system: System): View {
  const variables = cloudEnvironment(service, system);
  const made = service.datastores.filter(({ kind }) => isMade(kind));
  return {
    name: service.name,
    image: service.image,
    kind: service.kind,
    port: service.port,
    healthPath: service.health.kind === 'http' ? service.health.path : null,
    healthCommand: probe(service),
    metrics: service.metrics === null ? null : { port: service.metrics.port, path: service.metrics.path },
    environment: Object.fromEntries(
      variables.flatMap((variable) => (variable.from === 'setting' ? [[variable.name, variable.value]] : [])),
    ),
    datastores: made.map((link) => ({
      datastore: link.datastore,
      urlSuffix: addressSuffix({ service, link }),
      variables: { ...link.variables },
    })),
    externalPorts: externalPorts(service, system),
    secrets: variables.flatMap(({ name, from }) =>
      from === 'generated' || from === 'given' ? [{ name, source: from }] : [],
    ),
    migrations: migratesOnAws(service) ? (service.migrations?.command ?? null) : null,
    initProcess: needsInit(service),
    writable: writableFolders(service),
    runtime: service.runtime.name,
  };
}

/** Our image has a stage that migrates; what a Dockerfile of the user's has, nobody knows. */
export function migratesOnAws({ migrations, files }: Service): boolean {
  return migrations !== null && files.dockerfileOwner === 'us';
}

/** Ports of datastores that others run. */
function externalPorts(service: Service, system: System): readonly number[] {
  const names = service.datastores.filter(({ kind }) => !isMade(kind)).map(({ datastore }) => datastore);
  const ports = system.datastores.filter(({ name }) => names.includes(name)).map(({ port }) => port);
  return [...new Set(ports)].filter((port) => port !== 443);
}

function alarmFacts(system: System): readonly View[] {
  return alertsOf(system).flatMap(({ name, severity, action, cloudwatch }) => {
    if (cloudwatch === null) return [];
    const { per = null, ...signal } = cloudwatch as CloudSignal;
    const runbook = system.generators.includes('runbooks') ? runbookUrl(system, name) : null;
    return [{ alert: name, severity, ...signal, per, action, runbook }];
  });
}
