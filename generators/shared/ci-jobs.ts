/** Which jobs the pull-request pipeline has, what each waits for, and how long it may take. Pure planning; nothing here knows YAML. */
import type { Command, Service, System } from '../../src/model.ts';
import { type OperationsJob, operationsJobs } from './ci-operations.ts';

export type SuiteKind = 'unit' | 'integration' | 'contract' | 'e2e';

type Common = Readonly<{ id: string; name: string; services: readonly Service[]; timeout: number }>;
export type StaticJob = Common & Readonly<{ steps: readonly (Command & Readonly<{ name: string }>)[] }>;
export type Suite = Common & Readonly<{ kind: SuiteKind; command: Command; withDatastores: boolean }>;
export type Delivered = Common & Readonly<{ service: Service; needs: readonly string[] }>;

export type CiJobs = Readonly<{
  changes: Readonly<{ timeout: number }> | null;
  statics: readonly StaticJob[];
  suites: readonly Suite[];
  builds: readonly Delivered[];
  images: readonly Delivered[];
  operations: readonly OperationsJob[];
  gate: Readonly<{ needs: readonly string[]; timeout: number }>;
}>;

/** The only check that branch protection has to require. */
export const GATE_NAME = 'CI OK';

/** Jobs that only look, add up, or tell: a minute is plenty. */
const SHORT = 1;

const SUITES = [
  { kind: 'unit', role: 'test', id: 'test', name: 'Unit tests' },
  { kind: 'integration', role: 'integration', id: 'integration', name: 'Integration tests' },
  { kind: 'contract', role: 'contract', id: 'contract', name: 'Contract tests' },
  { kind: 'e2e', role: 'e2e', id: 'e2e', name: 'End-to-end tests' },
] as const;

const STATIC_ROLES = [
  { role: 'lint', name: 'Lint' },
  { role: 'format', name: 'Check formatting' },
  { role: 'typecheck', name: 'Check types' },
] as const;

/** An image is built where the Dockerfile is ours or the user's, and something starts in it. */
export function hasImage(system: System, service: Service): boolean {
  if (service.kind === 'library' || service.kind === 'cli') return false;
  return service.files.dockerfileOwner === 'user' || (system.generators.includes('docker') && service.start !== null);
}

export function planCi(system: System): CiJobs {
  const { services, delivery } = system;
  const delivered = services.filter((service) => hasImage(system, service) || service.commands.build);
  const [checking, delivering] = split(delivery.budgetMinutes - 2 * SHORT, delivered.length > 0);
  const suffix = (service: Service) => (services.length === 1 ? '' : `-${service.name}`);
  const of = (service: Service) => (services.length === 1 ? '' : ` (${service.name})`);

  const statics = groups(services, (service) => service.packageManager.installRoot)
    .map((group, _, all): StaticJob => {
      const [first] = group as [Service];
      const alone = all.length === 1;
      return {
        id: alone ? 'static' : `static-${first.name}`,
        name: alone ? 'Static checks' : `Static checks (${first.name})`,
        services: group,
        timeout: checking,
        steps: staticSteps(group),
      };
    })
    .filter(({ steps }) => steps.length > 0);

  const suites = SUITES.filter(({ kind }) => wanted(system, kind)).flatMap(({ kind, role, id, name }) => {
    const tested = services.filter((service) => service.commands[role]);
    return groups(tested, (service) => `${service.commands[role]?.cwd}\0${service.commands[role]?.line}`).map(
      (group): Suite => {
        const [first] = group as [Service];
        return {
          id: `${id}${suffix(first)}`,
          name: `${name}${of(first)}`,
          services: group,
          timeout: checking,
          kind,
          command: first.commands[role] as Command,
          // Unit tests meet the datastores only where no suite of their own does.
          withDatastores: kind !== 'contract' && (kind !== 'unit' || !first.commands.integration),
        };
      },
    );
  });

  const checksOf = new Map(services.map((service): [Service, string[]] => [service, []]));
  for (const { id, services: checked } of [...statics, ...suites])
    for (const service of checked) checksOf.get(service)?.push(id);
  const deliver = (chosen: readonly Service[], id: string, name: (service: Service) => string): Delivered[] =>
    chosen.map((service) => ({
      id: `${id}${suffix(service)}`,
      name: name(service),
      services: [service],
      timeout: delivering,
      service,
      needs: checksOf.get(service) ?? [],
    }));
  const images = deliver(
    services.filter((service) => hasImage(system, service)),
    'image',
    (service) => `Image ${service.image}`,
  );
  // Where there is an image, its build is the build.
  const builds = deliver(
    services.filter((service) => !hasImage(system, service) && service.commands.build),
    'build',
    (service) => `Build${of(service)}`,
  );

  // They wait for nothing of the services', so they have the time of the checks.
  const operations = operationsJobs(system, checking);
  const filtered = [...suites, ...builds, ...images, ...operations];
  const needs = [...statics, ...filtered].map(({ id }) => id);
  return {
    changes: filtered.length > 0 ? { timeout: SHORT } : null,
    statics,
    suites,
    builds,
    images,
    operations,
    gate: { needs: filtered.length > 0 ? ['changes', ...needs] : needs, timeout: SHORT },
  };
}

/** Minutes on the longest way through the jobs, by their time limits. */
export function longestPath(jobs: CiJobs): number {
  const longest = (list: readonly Readonly<{ timeout: number }>[]) =>
    Math.max(0, ...list.map(({ timeout }) => timeout));
  const first = jobs.changes?.timeout ?? 0;
  const checks = Math.max(longest(jobs.statics), first + longest([...jobs.suites, ...jobs.operations]));
  return Math.max(first, checks) + longest([...jobs.builds, ...jobs.images]) + jobs.gate.timeout;
}

/** What is left of the budget: all of it for the checks, or shared with the builds that wait for them. */
function split(minutes: number, delivers: boolean): readonly [number, number] {
  if (!delivers) return [Math.max(1, minutes), 0];
  const delivering = Math.max(1, Math.floor(minutes / 2));
  return [Math.max(1, minutes - delivering), delivering];
}

function wanted(system: System, kind: SuiteKind): boolean {
  if (kind === 'e2e') return system.delivery.tests.e2e;
  if (kind === 'contract') return system.delivery.tests.contract;
  return true;
}

/** One step for each distinct command: a script of the root that all services share runs once. */
function staticSteps(group: readonly Service[]): StaticJob['steps'] {
  return STATIC_ROLES.flatMap(({ role, name }) => {
    const commands = group.flatMap((service) => {
      const command = service.commands[role];
      return command ? [{ ...command, service }] : [];
    });
    const distinct = commands.filter(
      ({ line, cwd }, index) => commands.findIndex((other) => other.line === line && other.cwd === cwd) === index,
    );
    return distinct.map(({ service, ...command }) => ({
      ...command,
      name: distinct.length === 1 ? name : `${name} (${service.name})`,
    }));
  });
}

/** Groups in order of first appearance. */
function groups<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const byKey = new Map<string, T[]>();
  for (const item of items) {
    const known = byKey.get(key(item));
    if (known) known.push(item);
    else byKey.set(key(item), [item]);
  }
  return [...byKey.values()];
}
