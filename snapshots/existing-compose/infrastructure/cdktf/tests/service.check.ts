/** The services run as services.json says: every variable is set, and the port is the same wherever it stands. */
import { describe, expect, it } from 'vitest';
import { alarms } from '../config/alarms.js';
import { environments } from '../config/index.js';
import { hasFargateSize } from '../config/limits.js';
import { datastoreOf, facts, type Service, webServices } from '../config/services.js';
import { blocks, inProduction, named, parsed, type Resource, resources, resourcesOf, stacks, targets } from './synthesis.js';

type Container = Readonly<{
  name: string;
  image: string;
  environment?: readonly Readonly<{ name: string; value: string }>[];
  secrets?: readonly Readonly<{ name: string; valueFrom: string }>[];
  portMappings?: readonly Readonly<{ containerPort: number; hostPort?: number }>[];
  [attribute: string]: unknown;
}>;

const containersOf = (task: Resource | undefined) => parsed(task?.is.container_definitions) as readonly Container[];
const serviceStacks = stacks.filter(({ layer }) => layer === 'service');

/** One row for each service in each environment, with what the stacks made of it. */
const rows = serviceStacks.flatMap((stack) =>
  facts.services.map((service) => {
    const [running] = resourcesOf(stack).filter(({ type, is }) => type === 'aws_ecs_service' && is.name === service.name);
    const [task] = targets(running?.is.task_definition, stack);
    const container = containersOf(task).find(({ name }) => name === service.name);
    if (!running || !task || !container) throw new Error(`${stack.id} runs no ${service.name}`);
    return [`${service.name} in ${stack.environment.name}`, { stack, service, running, task, container }] as const;
  }),
);

/** Variables whose value is a secret: passwords, and addresses that have one in them. A cache asks for none. */
function secretsOf({ secrets, datastores }: Service): readonly string[] {
  const links = datastores.filter(({ datastore }) => datastoreOf(datastore).kind !== 'redis');
  return [...secrets.map(({ name }) => name), ...links.flatMap(({ variables }) => [variables.url, variables.password])].filter(
    (name) => name !== null,
  );
}

describe.each(rows)('%s', (_, { stack, service, running, task, container }) => {
  const set = new Map((container.environment ?? []).map(({ name, value }) => [name, value]));
  const secrets = new Map((container.secrets ?? []).map(({ name, valueFrom }) => [name, valueFrom]));

  it('SECRETS-004: has every variable that the code reads, once', () => {
    const linked = service.datastores.flatMap(({ datastore, variables: { user, password, ...others } }) => [
      ...Object.values(others),
      ...(datastoreOf(datastore).kind === 'redis' ? [] : [user, password]),
    ]);
    const wanted = [
      ...Object.keys(service.environment),
      ...linked.filter((name) => name !== null),
      ...service.secrets.map(({ name }) => name),
    ];
    const all = [...(container.environment ?? []), ...(container.secrets ?? [])].map(({ name }) => name);
    expect(all).toEqual(expect.arrayContaining(wanted));
    expect(new Set(all).size).toBe(all.length);
    const overlaid = { ...service.environment, ...stack.environment.settings[service.name] };
    for (const [name, value] of Object.entries(overlaid)) expect(unescaped(set.get(name)), name).toBe(value);
  });

  it('SECRETS-001: takes every secret by reference, from Secrets Manager', () => {
    expect([...secrets.keys()].sort()).toEqual([...secretsOf(service)].sort());
    for (const name of secretsOf(service)) expect(set.has(name), name).toBe(false);
    for (const value of secrets.values()) expect(value).toMatch(/\$\{|^arn:aws:secretsmanager:/);
  });

  it.runIf(service.migrations !== null)('SECRETS-001: its migrations are told what it is told, in the same way', () => {
    const tasks = resourcesOf(stack).filter(
      ({ type, is }) => type === 'aws_ecs_task_definition' && is.family === `${task.is.family}-migrations`,
    );
    const told = tasks.map((migrations) => containersOf(migrations).find(({ name }) => name === service.name));
    expect(told.map((one) => [one?.environment, one?.secrets])).toEqual([[container.environment, container.secrets]]);
  });

  it('IAC-019: runs the image of its own repository, by a tag that is said at each plan', () => {
    expect(container.image).toContain('${var.image_tag}');
    expect(container.image).toMatch(/\.dkr\.ecr\.|repository_url|outputs\./);
    expect(stack.json.variable.image_tag).not.toHaveProperty('default');
    expect(JSON.stringify(stack.json.variable.image_tag.validation)).toContain('latest');
  });

  it('DOCKER-003: is no root, has no capabilities, and writes nowhere but where it must', () => {
    expect(container).toMatchObject({
      essential: true,
      linuxParameters: { capabilities: { drop: ['ALL'] }, initProcessEnabled: service.initProcess || stack.environment.shell },
    });
    // Where nothing is said, it is the user of the image.
    expect(String(container.user ?? 'of the image')).not.toMatch(/^(0|root)\b/);
    expect(container.privileged ?? false).toBe(false);
    expect(container.readonlyRootFilesystem ?? false).toBe(service.writable !== null);
  });

  it('IAC-019, K8S-013: is a Fargate task, probed and logged', () => {
    expect([running.is.launch_type ?? 'FARGATE', task.is.network_mode, task.is.requires_compatibilities]).toEqual([
      'FARGATE',
      'awsvpc',
      ['FARGATE'],
    ]);
    const { command } = container.healthCheck as { command: readonly string[] };
    expect(command.slice(1)).toEqual(service.healthCommand);
    const { logDriver, options } = container.logConfiguration as { logDriver: string; options: Record<string, string> };
    expect([logDriver, options['awslogs-region']]).toEqual(['awslogs', stack.environment.region]);
    const [group] = targets(options['awslogs-group'], stack);
    expect(group?.is.name).toBe(`/ecs/${facts.project}-${stack.environment.name}/${service.name}`);
  });

  it('IAC-019, PERF-008: scales out at 70 % CPU and at 80 % memory', () => {
    const scaling = resourcesOf(stack).filter(
      ({ type, is }) =>
        type === 'aws_appautoscaling_policy' &&
        targets(is.resource_id, stack).some(({ address }) => address === targetOf(running)?.address),
    );
    const limits = scaling
      .flatMap(({ is }) => blocks(is.target_tracking_scaling_policy_configuration))
      .map((policy) => [blocks(policy.predefined_metric_specification)[0]?.predefined_metric_type, policy.target_value]);
    expect(limits.sort()).toEqual([
      ['ECSServiceAverageCPUUtilization', 70],
      ['ECSServiceAverageMemoryUtilization', 80],
    ]);
    const [target] = [targetOf(running)];
    expect(target?.is.min_capacity).toBeGreaterThanOrEqual(inProduction(stack) ? 2 : 1);
    expect(target?.is.max_capacity).toBeGreaterThan(target?.is.min_capacity);
    // The number of tasks belongs to the scaling: a plan must not set it back.
    expect(running.is.lifecycle?.ignore_changes).toContain('desired_count');
  });

  it('CD-008: goes back by itself when a deployment fails', () => {
    expect(running.is.deployment_circuit_breaker).toEqual({ enable: true, rollback: true });
    expect(running.is.deployment_minimum_healthy_percent).toBe(100);
  });

  it('SEC-009: has two roles, one for the agent and one for the code', () => {
    const roles = [task.is.execution_role_arn, task.is.task_role_arn].map((role) => targets(role, stack).map(({ address }) => address));
    expect(roles.map((addresses) => addresses.length)).toEqual([1, 1]);
    expect(roles[0]).not.toEqual(roles[1]);
  });

  it('agrees about its port: task, target group, load balancer, firewall', () => {
    const mapped = (container.portMappings ?? []).map(({ containerPort }) => containerPort);
    const expected = [service.port, service.metrics?.port].filter((port) => port !== null && port !== undefined);
    expect(new Set(mapped)).toEqual(new Set(expected));
    const groups = targets(running.is.network_configuration.security_groups, stack).map(({ address }) => address);
    const open = resourcesOf(stack)
      .filter(
        ({ type, is }) =>
          type === 'aws_vpc_security_group_ingress_rule' &&
          targets(is.security_group_id, stack).some(({ address }) => groups.includes(address)),
      )
      .map(({ is }) => is.from_port);
    for (const port of open) expect(expected).toContain(port);
    const balanced = blocks(running.is.load_balancer);
    if (service.kind !== 'web') return expect(balanced).toEqual([]);
    expect(balanced.map(({ container_name, container_port }) => [container_name, container_port])).toEqual([[service.name, service.port]]);
    const [group] = targets(balanced[0]?.target_group_arn, stack);
    expect([group?.is.port, group?.is.target_type]).toEqual([service.port, 'ip']);
    expect(open).toContain(service.port);
    const [probe] = blocks(group?.is.health_check);
    expect(probe?.path).toBe(service.healthPath ?? '/');
    expect(probe?.interval).toBeLessThanOrEqual(15);
    return undefined;
  });

  /** The scaling target whose resource id names the service. */
  function targetOf(one: Resource): Resource | undefined {
    return resourcesOf(stack).find(
      ({ type, is }) =>
        type === 'aws_appautoscaling_target' &&
        (targets(is.resource_id, stack).some(({ address }) => address === one.address) ||
          String(is.resource_id).endsWith(`/${service.name}`)),
    );
  }
});

it('PERF-008: every service that the load balancer knows has a path that leads to it', () => {
  for (const stack of serviceStacks.filter(() => webServices.length > 0)) {
    const forwarded = resourcesOf(stack)
      .filter(({ type }) => type === 'aws_lb_listener' || type === 'aws_lb_listener_rule')
      .flatMap(({ is }) => targets([is.default_action, is.action], stack))
      .map(({ address }) => address);
    const groups = resourcesOf(stack)
      .filter(({ type }) => type === 'aws_lb_target_group')
      .map(({ address }) => address);
    expect(groups).toHaveLength(webServices.length);
    expect(new Set(forwarded.filter((address) => address.startsWith('aws_lb_target_group.')))).toEqual(new Set(groups));
  }
});

describe.skipIf(webServices.length === 0)('SEC-013, IAC-021: the load balancer', () => {
  it.each(named(resources('aws_lb_listener')))(
    '%s speaks TLS 1.2 or newer where it has a certificate, and only redirects beside it',
    (_, { is, stack }) => {
      const encrypted = stack.environment.domain !== null;
      const [action] = blocks(is.default_action);
      if (is.protocol === 'HTTPS') {
        expect(is.ssl_policy).toMatch(/^ELBSecurityPolicy-TLS13-1-[23]-/);
        expect(targets(is.certificate_arn, stack)).not.toEqual([]);
      } else if (encrypted) expect(action?.type).toBe('redirect');
    },
  );

  it.each(named(resources('aws_lb')))('%s drops what is no header, and cannot be deleted in production', (_, { is, stack }) => {
    expect(is.drop_invalid_header_fields).toBe(true);
    expect(is.enable_deletion_protection ?? false).toBe(inProduction(stack));
    expect(is.name.length).toBeLessThanOrEqual(32);
  });
});

it.each(named(resources('aws_ecs_task_definition')))('COST-001: %s, migrations too, has a size that Fargate sells', (_, { is }) => {
  expect(hasFargateSize(Number(is.cpu), Number(is.memory)), `${is.cpu} / ${is.memory}`).toBe(true);
});

it('COST-004: a budget tells of money spent and of money that will be', () => {
  for (const { id } of serviceStacks) {
    const [budget, ...others] = resources('aws_budgets_budget', (stack) => stack.id === id);
    expect(others).toEqual([]);
    const notices = blocks(budget?.is.notification);
    expect(notices.map(({ notification_type }) => notification_type).sort()).toEqual(['ACTUAL', 'FORECASTED']);
    for (const { subscriber_sns_topic_arns } of notices) expect(subscriber_sns_topic_arns).toHaveLength(1);
    expect(Number(budget?.is.limit_amount)).toBeGreaterThan(0);
  }
});

it('SEC-014: a certificate proves itself by DNS, so that AWS can renew it alone', () => {
  const certificates = resources('aws_acm_certificate');
  const domains = environments.filter(({ domain }) => domain !== null && webServices.length > 0);
  expect(certificates).toHaveLength(domains.length);
  for (const { is, stack } of certificates) {
    expect([is.validation_method, is.domain_name.endsWith(String(stack.environment.domain?.name))]).toEqual(['DNS', true]);
    expect(resourcesOf(stack).filter(({ type }) => type === 'aws_acm_certificate_validation')).toHaveLength(1);
  }
});

describe('ALERT-011: the alarms', () => {
  const made = resources('aws_cloudwatch_metric_alarm');

  it.each(environments.map(({ name }) => name))('are all that alarms.json lists, in %s', (name) => {
    const here = new Set(
      made.filter(({ stack }) => stack.environment.name === name).map(({ is }) => String(is.alarm_name).split('-').at(-1)),
    );
    expect([...here].sort()).toEqual([...new Set(alarms.map(({ alert }) => alert))].sort());
  });

  it.each(named(made))('%s tells somebody, and how to begin', (_, { is, stack }) => {
    const alarm = alarms.find(({ alert }) => String(is.alarm_name).endsWith(`-${alert}`));
    expect(is.alarm_description).toContain(alarm?.runbook);
    for (const actions of [is.alarm_actions, is.ok_actions])
      expect(targets(actions, stack).map(({ type }) => type)).toContain('aws_sns_topic');
    expect([is.threshold, is.treat_missing_data]).toEqual([alarm?.threshold, alarm?.treatMissingData]);
  });
});

/** Terraform reads `$${` as `${`. */
function unescaped(text: string | undefined): string | undefined {
  return text?.replaceAll(/([$%])\1\{/g, '$1{');
}
