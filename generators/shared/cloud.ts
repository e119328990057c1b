/** What things are called on AWS: the stacks make them by these names, runbooks and scrape configurations speak of them. */
import { posix } from 'node:path';
import type { Environment, EnvironmentName, Service, System } from '../../src/model.ts';
import { ofSystem } from './of-system.ts';

/** True where the stacks are emitted, so that runbooks and scrape configurations can speak of AWS. */
export function runsOnAws(system: System): boolean {
  return (
    system.generators.includes('cdktf-aws') &&
    system.infrastructure.target === 'aws-ecs-fargate' &&
    cloudServices(system).length > 0
  );
}

/** Services that run for long: one Fargate service each. */
export const cloudServices = ofSystem((system): readonly Service[] =>
  system.services.filter(({ start, kind }) => start !== null && (kind === 'web' || kind === 'worker')),
);

/** `orders-production`: at most 20 + 1 + 11 = 32 characters, which is what a load balancer's name may have. */
export function prefixOf(system: System, environment: EnvironmentName): string {
  return `${system.project.slug}-${environment}`;
}

export type CloudNames = Readonly<{
  /** Prefix of everything; also the name of the cluster and of the load balancer. */
  prefix: string;
  cluster: string;
  loadBalancer: string;
  /** Private DNS zone; the same in each environment's own network. `orders.orders.internal` is a service's name in it. */
  namespace: string;
  /** Topic that alarms are sent to. */
  topic: string;
  region: string;
}>;

/** Names that belong to an environment as a whole. */
export function cloudNames(system: System, environment: EnvironmentName): CloudNames {
  const prefix = prefixOf(system, environment);
  return {
    prefix,
    cluster: prefix,
    loadBalancer: prefix,
    namespace: `${system.project.slug}.internal`,
    topic: `${prefix}-alerts`,
    region: system.infrastructure.region,
  };
}

/** Names of one service in an environment. `repository` ends with the image's name in CI. */
export function serviceNames(
  service: Service,
  system: System,
  environment: EnvironmentName,
): Readonly<{
  service: string;
  taskFamily: string;
  logGroup: string;
  repository: string;
  host: string;
  secret: (variable: string) => string;
}> {
  const prefix = prefixOf(system, environment);
  return {
    service: service.name,
    taskFamily: `${prefix}-${service.name}`,
    logGroup: `/ecs/${prefix}/${service.name}`,
    repository: `${prefix}/${service.image}`,
    host: `${service.name}.${system.project.slug}.internal`,
    secret: (variable) => `${prefix}/${service.name}/${variable}`,
  };
}

/** Identifier of a managed datastore: `orders-production-postgresql`. */
export function datastoreIdentifier(system: System, environment: EnvironmentName, datastore: string): string {
  return `${prefixOf(system, environment)}-${datastore}`;
}

/** The environment that production is. */
export function production(system: System): Environment {
  const found = system.environments.find((environment) => environment.production);
  if (!found) throw new Error('a System without a production environment');
  return found;
}

/** Path of an alert's runbook, relative to the root. RUN-004 */
export function runbookPath(system: System, alert: string): string {
  return posix.join(system.layout.runbooks, 'alerts', `${alert}.md`);
}

/** Address of an alert's runbook: where the repository shows it, else the path, which is what a person with a clone opens. ALERT-011 */
export function runbookUrl(system: System, alert: string): string {
  const { repository, defaultBranch } = system.project;
  const path = runbookPath(system, alert);
  if (repository === null) return path;
  const blob = repository.host.includes('gitlab') ? '-/blob' : repository.host.includes('bitbucket') ? 'src' : 'blob';
  return `${repository.url}/${blob}/${defaultBranch}/${path}`;
}
