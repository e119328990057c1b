/** The pages that describe how things are done, as their templates print them. */
import { posix } from 'node:path';
import type { Datastore, View } from '../../../src/model.ts';
import { channelsOf } from '../alert-channels.ts';
import type { Alert } from '../alerts/alert.ts';
import { keepsItsOwn } from '../ci-next-steps.ts';
import { localDatastores } from '../observability-stack.ts';
import { evaluatesRules } from '../scrape.ts';
import { SEVERITIES, signalsOf } from './alert-view.ts';
import { managed } from './aws.ts';
import {
  applyOf,
  drillOf,
  planOf,
  pushOf,
  recoveryRow,
  startsLocally,
  stateRestore,
  stateVersions,
} from './process.ts';
import { about, filled } from './shell.ts';
import { ask, type Tools } from './tools.ts';

/** What every page says about people and place. */
function common({ system, aws }: Tools): View {
  const { layout, project } = system;
  const ci = system.generators.includes('ci-github') && !keepsItsOwn(system, layout.ci);
  return {
    team: project.slug,
    project: project.name,
    contacts: posix.relative(layout.runbooks, layout.contacts),
    chat: channelsOf(system).find(({ role }) => role === 'warning')?.place ?? '',
    stacks: aws === null ? null : posix.relative(layout.runbooks, layout.stacks),
    ci: ci ? posix.relative(layout.runbooks, layout.ci) : null,
  };
}

const storesOn = ({ system }: Tools, service: 'rds' | 'elasticache') =>
  system.datastores.filter((store) => managed(store) === service);

/** Alerts that tell whether a release hurts. */
const HEALTH = ['HighErrorRate', 'HighResponseTime', 'ProbeFailed', 'ServiceDown', 'ErrorBudgetBurnFast'];

export function deploymentView(tools: Tools, alerts: readonly Alert[]): View {
  const { system, aws, local } = tools;
  return {
    ...common(tools),
    branch: system.project.defaultBranch,
    strategy: system.delivery.strategy,
    approval: system.delivery.productionApproval,
    push: aws === null ? [] : aws.services.map((service) => ({ name: service.name, command: pushOf(system, service) })),
    plan: aws === null ? null : planOf(system, 'service'),
    apply: aws === null ? null : applyOf(system, 'service'),
    settled: aws?.settled() ?? null,
    deployments: aws?.deployments() ?? null,
    snapshots:
      aws === null ? [] : storesOn(tools, 'rds').map((store) => ({ name: store.name, command: aws.snapshot(store) })),
    migrations: migrationsOf(tools),
    start: local === null ? null : startsLocally(system),
    health: local?.health() ?? null,
    state: local?.all() ?? null,
    firing: evaluatesRules(system) === true ? ask('ALERTS{alertstate="firing",severity="critical"}') : null,
    alerts: alerts.filter(({ name }) => HEALTH.includes(name)).map(({ name }) => name),
    budget: alerts.some(({ prometheus }) => prometheus?.group === 'slo'),
  };
}

/** How each service's migrations run, where it has some: a task of its own on AWS, a container of its own on a workstation. */
function migrationsOf({ system, aws, local }: Tools): View[] {
  return system.services
    .filter(({ migrations, start }) => migrations !== null && start !== null)
    .map((service) => ({
      name: service.name,
      tool: service.migrations?.tool ?? '',
      command: service.migrations?.command.join(' ') ?? '',
      task: aws?.migrate(service) ?? null,
      local:
        local === null || service.files.dockerfileOwner === 'user'
          ? null
          : `${local.compose} run --rm ${service.name}-migrations`,
    }));
}

export function rollbackView(tools: Tools): View {
  const { system, aws, local } = tools;
  const stores = storesOn(tools, 'rds');
  return {
    ...common(tools),
    strategy: system.delivery.strategy,
    command: aws?.rollBack() ?? null,
    settled: aws?.settled() ?? null,
    deployments: aws?.deployments() ?? null,
    plan: aws === null ? null : planOf(system, 'service'),
    apply: aws === null ? null : applyOf(system, 'service'),
    data: aws !== null && stores.length > 0,
    versions: aws === null ? null : stateVersions(system, 'service'),
    secret: aws === null ? null : secretVersions(tools),
    migrations: migrationsOf(tools),
    local:
      local === null
        ? null
        : about(
            tools.subject,
            `git switch --detach HEAD~1\n${local.compose} up --build --detach --wait ${filled(tools.subject.name)}`,
          ),
    back: system.project.defaultBranch,
    health: local?.health() ?? local?.tasks() ?? null,
    expected: local === null ? null : local.health() === null ? '(healthy)' : '200',
    query: evaluatesRules(system) === true ? ask('ALERTS{alertstate="firing"}') : null,
  };
}

function secretVersions({ aws }: Tools): string | null {
  if (aws === null) return null;
  return `aws secretsmanager list-secrets --region ${aws.names.region} \\\n  --filters Key=name,Values=${aws.names.prefix}/ \\\n  --query 'SecretList[].[Name,LastChangedDate]' --output text`;
}

export function incidentView(tools: Tools, alerts: readonly Alert[]): View {
  const { system, aws, local } = tools;
  return {
    ...common(tools),
    availability: system.observability.objective.availability,
    p95: system.observability.objective.p95Milliseconds,
    critical: alerts.filter(({ severity }) => severity === 'critical').map(({ name }) => name),
    pager: channelsOf(system).find(({ role }) => role === 'critical')?.place ?? '',
    state: aws?.tasks() ?? local?.all() ?? null,
    firing: evaluatesRules(system) === true ? ask('ALERTS{alertstate="firing"}') : null,
  };
}

export function scalingView(tools: Tools, alerts: readonly Alert[]): View {
  const { system, aws, local } = tools;
  const wanted = [
    'ServiceCpuHigh',
    'ServiceMemoryHigh',
    'HighResponseTime',
    'EventLoopLagHigh',
    'DatabaseCpuHigh',
    'CacheMemoryHigh',
  ];
  return {
    ...common(tools),
    alerts: alerts.filter(({ name }) => wanted.includes(name)).map(({ name }) => name),
    environment:
      aws === null
        ? null
        : posix.join(posix.relative(system.layout.runbooks, system.layout.stacks), 'config', `${aws.environment}.ts`),
    limits: aws?.limits() ?? null,
    raise: aws?.atLeast(6) ?? null,
    activities: aws?.scalings() ?? null,
    tasks: aws?.tasks() ?? null,
    cpu: aws?.serviceMetric('CPUUtilization') ?? null,
    budget: system.infrastructure.budget,
    databases:
      aws === null ? [] : [...storesOn(tools, 'rds'), ...storesOn(tools, 'elasticache')].map(({ name }) => name),
    local: local === null ? null : local.stats(),
    services: system.services.map(({ name }) => name).join(', '),
  };
}

export function disasterView(tools: Tools): View {
  const { system, aws } = tools;
  const { rtoMinutes, rpoMinutes } = system.infrastructure.recovery;
  const restorable = aws === null ? [] : storesOn(tools, 'rds');
  const drills = localDatastores(system).flatMap((store: Datastore) => drillOf(tools, store) ?? []);
  return {
    ...common(tools),
    rto: rtoMinutes,
    rpo: rpoMinutes,
    rows: system.datastores.map((store) => recoveryRow(system, store, aws !== null)),
    state: aws === null ? null : { versions: stateVersions(system, 'data'), restore: stateRestore(system, 'data') },
    layers: [
      'bootstrap',
      'network',
      ...(restorable.length + storesOn(tools, 'elasticache').length > 0 ? ['data'] : []),
      'service',
    ],
    databases:
      aws === null
        ? []
        : restorable.map((store) => ({
            name: store.name,
            look: aws.restorable(store),
            restore: aws.restore(store),
            swap: aws.swap(store),
            state: aws.database(store),
          })),
    caches:
      aws === null
        ? []
        : storesOn(tools, 'elasticache').map((store) => ({ name: store.name, command: aws.cache(store) })),
    plan: aws === null ? null : planOf(system, 'service'),
    drills: drills.map((drill) => ({ ...drill })),
    tasks: aws?.tasks() ?? tools.local?.all() ?? null,
  };
}

/** Failures that everybody has some day, and the page that answers each. RUN-004 */
export function indexView(tools: Tools, alerts: readonly Alert[]): View {
  const { system, aws, local } = tools;
  const first = (...names: readonly string[]) =>
    names.find((name) => alerts.some((alert) => alert.name === name)) ?? null;
  return {
    ...common(tools),
    tool: system.tool.name,
    prefix: aws?.names.prefix ?? null,
    region: aws?.names.region ?? null,
    local: local !== null,
    watched: tools.watched?.observability ?? null,
    prometheus: evaluatesRules(system) === true,
    alerts: alerts.map((alert) => ({
      name: alert.name,
      severity: alert.severity,
      reach: SEVERITIES[alert.severity].reach,
      category: alert.category,
      signals: signalsOf(alert, tools)
        .map((signal) => (signal === 'cloudwatch' ? 'CloudWatch' : 'Prometheus'))
        .join(', '),
    })),
    databaseDown: first('PostgresqlDown', 'MysqlDown', 'RedisDown', 'ServiceDown'),
    diskFull: first('LowDisk', 'DatabaseStorageLow'),
    badDeploy: first('HighErrorRate', 'ErrorBudgetBurnFast', 'ServiceDown'),
    certificates: aws?.certificates() ?? null,
    disk: local === null ? null : 'docker system df',
    branch: system.project.defaultBranch,
    repository:
      system.project.repository?.host === 'github.com'
        ? `${system.project.repository.owner}/${system.project.repository.name}`
        : null,
  };
}
