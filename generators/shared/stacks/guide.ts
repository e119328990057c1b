/** What the guide of the stacks tells. */
import { posix } from 'node:path';
import type { Service, System, View } from '../../../src/model.ts';
import { cloudServices } from '../cloud.ts';
import { cloudEnvironment } from '../cloud-environment.ts';
import { managedDatastores } from './datastores.ts';
import { githubOf, migratesOnAws } from './facts.ts';

export function guideView(system: System): View {
  const services = cloudServices(system);
  const stores = managedDatastores(system);
  const given = secretsOf(system, ['given']);
  const { region, cdk, recovery, budget } = system.infrastructure;
  const hasData = stores.length > 0 || secretsOf(system, ['generated', 'given']).length > 0;
  const images = given.length > 0 ? 4 : 3;
  const up = posix.relative(system.layout.stacks, '.');
  return {
    tool: system.tool.name,
    project: system.project.slug,
    region,
    cdk,
    budget,
    recovery: { ...recovery },
    github: githubOf(system) !== null,
    environments: system.environments.map(({ name, task }) => ({ name, size: `${task.cpu} / ${task.memory}` })),
    services: services.map(({ name, kind, image }) => ({ name, kind, image })),
    web: services.filter(({ kind }) => kind === 'web').length,
    hasData,
    hasStores: stores.length > 0,
    database: stores.some(({ kind }) => kind !== 'redis'),
    passwords: stores.some(({ kind }) => kind !== 'redis') || secretsOf(system, ['generated']).length > 0,
    cache: stores.some(({ kind }) => kind === 'redis'),
    given,
    steps: { images, service: images + 1 },
    root: up,
    builds: services.flatMap((service) => buildsOf(service, up)),
    migrating: services.filter(migratesOnAws).map(({ name }) => name),
    keys: hasData ? 3 : 2,
  };
}

/** `orders/STRIPE_API_KEY`: as the names of secrets end. */
function secretsOf(system: System, sources: readonly string[]): readonly string[] {
  return cloudServices(system).flatMap((service) =>
    cloudEnvironment(service, system)
      .filter(({ from }) => sources.includes(from))
      .map(({ name }) => `${service.name}/${name}`),
  );
}

/** Stages are ours to name only where the Dockerfile is. */
function buildsOf(service: Service, up: string): readonly View[] {
  const ours = service.files.dockerfileOwner === 'us';
  const dockerfile = `"${up}/${service.files.dockerfile}"`;
  return [
    { tag: service.image, target: ours ? 'runtime' : null, dockerfile },
    ...(migratesOnAws(service) ? [{ tag: `${service.image}-migrations`, target: 'migrations', dockerfile }] : []),
  ];
}
