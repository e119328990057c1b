/** Mistakes that type-check: each one is planted into the stacks of one environment, and some judge has to find it. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Synthesized } from '../helpers/stacks.ts';

// biome-ignore lint/suspicious/noExplicitAny: Terraform JSON has as many shapes as resources
type Json = any;

export type Mistake = Readonly<{
  name: string;
  layer: 'bootstrap' | 'network' | 'data' | 'service';
  /** The type of resource whose first one gets `change`. */
  type: string;
  /** Attributes that it gets instead; a function sees those that it has, and the resource's neighbours. `add`: the resource is a new one. */
  change:
    | Readonly<Record<string, unknown>>
    | ((is: Json, id: string, resources: Json) => Readonly<Record<string, unknown>>);
  add?: true;
  /** The fixture whose stacks are meant; the first one unless said. */
  on?: string;
}>;

/** A policy of the role, which needs the role: the other half of a cycle. */
function policyOf(role: string, resources: Json): string {
  const found = Object.entries<Json>(resources.aws_iam_role_policy).find(([, is]) =>
    String(is.role).includes(`aws_iam_role.${role}.`),
  );
  if (!found) throw new Error(`${role} has no policy`);
  return found[0];
}

const METRICS = { cloudwatch_metrics_enabled: true, metric_name: 'planted', sampled_requests_enabled: true };

/** What the compiler lets through, because it knows no more than string and number. */
export const MISTAKES: readonly Mistake[] = [
  { name: 'a disk that RDS has not', layer: 'data', type: 'aws_db_instance', change: { storage_type: 'gp9' } },
  {
    name: 'two passwords of one database',
    layer: 'data',
    type: 'aws_db_instance',
    change: { manage_master_user_password: true, password: 'hunter2' },
  },
  {
    name: 'a protocol with two letters swapped',
    layer: 'service',
    type: 'aws_lb_target_group',
    change: { protocol: 'HTPP' },
  },
  { name: 'a load balancer of 40 letters', layer: 'service', type: 'aws_lb', change: { name: 'x'.repeat(40) } },
  { name: 'a range of 33 bits', layer: 'network', type: 'aws_vpc', change: { cidr_block: '10.0.0.0/33' } },
  {
    name: 'a network that is not there',
    layer: 'network',
    type: 'aws_subnet',
    change: { vpc_id: '${aws_vpc.elsewhere.id}' },
  },
  {
    name: 'a policy that is no JSON',
    layer: 'service',
    type: 'aws_iam_role',
    change: { assume_role_policy: '{not json' },
  },
  {
    name: 'logs of 15 days',
    layer: 'service',
    type: 'aws_cloudwatch_log_group',
    change: { retention_in_days: 15 },
  },
  {
    name: 'an alias where a key is meant',
    layer: 'service',
    type: 'aws_cloudwatch_log_group',
    change: { kms_key_id: 'alias/logs' },
  },
  {
    name: 'half of a comparison',
    layer: 'service',
    type: 'aws_cloudwatch_metric_alarm',
    change: { comparison_operator: 'Greater' },
  },
  { name: 'a budget by the week', layer: 'service', type: 'aws_budgets_budget', change: { time_unit: 'WEEKLY' } },
  {
    name: 'a task of 256 units and 8 GiB',
    layer: 'service',
    type: 'aws_ecs_task_definition',
    change: { cpu: '256', memory: '8192' },
  },
  {
    name: 'one container instead of a list',
    layer: 'service',
    type: 'aws_ecs_task_definition',
    change: { container_definitions: '{"name":"a"}' },
  },
  {
    name: 'a launch type that is misspelt',
    layer: 'service',
    type: 'aws_ecs_service',
    change: { launch_type: 'FARGAET' },
  },
  {
    name: 'a role that waits for itself',
    layer: 'service',
    type: 'aws_iam_role',
    change: (_, id, resources) => ({ description: `\${aws_iam_role_policy.${policyOf(id, resources)}.id}` }),
  },
  {
    name: 'a firewall rule in camelCase',
    layer: 'service',
    type: 'aws_wafv2_web_acl',
    add: true,
    change: {
      name: 'planted',
      scope: 'REGIONAL',
      default_action: { allow: {} },
      visibility_config: METRICS,
      rule: [
        {
          name: 'common',
          priority: 1,
          override_action: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesCommonRuleSet' } },
          visibility_config: METRICS,
        },
      ],
    },
  },
  {
    name: 'a TLS version that is none',
    layer: 'service',
    type: 'aws_cloudfront_distribution',
    add: true,
    change: {
      enabled: true,
      origin: [{ origin_id: 'app', domain_name: 'app.example.com' }],
      default_cache_behavior: {
        target_origin_id: 'app',
        viewer_protocol_policy: 'https-onlyy',
        allowed_methods: ['GET', 'HEAD'],
        cached_methods: ['GET', 'HEAD'],
      },
      restrictions: { geo_restriction: { restriction_type: 'none' } },
      viewer_certificate: { minimum_protocol_version: 'TLSv9' },
    },
  },
  {
    name: 'cold storage for a day',
    layer: 'data',
    type: 'aws_backup_plan',
    add: true,
    change: {
      name: 'planted',
      rule: [
        { rule_name: 'daily', target_vault_name: 'vault', lifecycle: { cold_storage_after: 60, delete_after: 61 } },
      ],
    },
  },
  { name: 'a bucket with capitals', layer: 'bootstrap', type: 'aws_s3_bucket', change: { bucket: 'Bad_Name!' } },
  {
    name: 'a rule with two peers',
    layer: 'service',
    type: 'aws_vpc_security_group_ingress_rule',
    change: { cidr_ipv4: '10.0.0.0/8', referenced_security_group_id: 'sg-0123456789abcdef0' },
  },
  {
    name: 'a function that does not exist',
    layer: 'service',
    type: 'aws_iam_role',
    change: { assume_role_policy: '${jsonencod({})}' },
  },
  {
    name: 'a port beyond the last one',
    layer: 'service',
    type: 'aws_ecs_service',
    change: { load_balancer: [{ container_name: 'orders', container_port: 99999, target_group_arn: 'no-arn' }] },
  },
];

const policy = (statement: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });

/** Changes the container of the application in a task definition; another one may prepare its folders. */
const container = (change: (application: Json) => void) => (is: Json) => {
  const containers = JSON.parse(is.container_definitions);
  change(containers.find(({ essential }: Json) => essential));
  return { container_definitions: JSON.stringify(containers) };
};

/** What Terraform and AWS would gladly do, and the standards forbid: only the tests that are shipped can find these. `by`: the one that has to. */
export const OFFENCES: readonly (Mistake & Readonly<{ by: RegExp }>)[] = [
  {
    name: 'a public database',
    by: /SEC-015: .* is private/,
    layer: 'data',
    type: 'aws_db_instance',
    change: { publicly_accessible: true },
  },
  {
    name: 'an unencrypted database',
    by: /SEC-018/,
    layer: 'data',
    type: 'aws_db_instance',
    change: { storage_encrypted: false },
  },
  {
    name: 'a database that a click deletes',
    by: /IAC-022, DR-005/,
    layer: 'data',
    type: 'aws_db_instance',
    change: { deletion_protection: false },
  },
  {
    name: 'a database that a plan destroys',
    by: /never destroyed by a plan/,
    layer: 'data',
    type: 'aws_db_instance',
    change: { lifecycle: { prevent_destroy: false } },
  },
  {
    name: 'a password in the state',
    by: /never enter the state/,
    layer: 'data',
    type: 'aws_secretsmanager_secret_version',
    change: { secret_string: 'hunter2' },
  },
  {
    name: 'a port for the whole world',
    by: /SEC-016/,
    layer: 'service',
    type: 'aws_vpc_security_group_ingress_rule',
    change: () => ({ cidr_ipv4: '0.0.0.0/0', referenced_security_group_id: null, from_port: 22, to_port: 22 }),
  },
  {
    name: 'a public address for tasks',
    by: /SEC-015/,
    layer: 'service',
    type: 'aws_ecs_service',
    change: { network_configuration: { assign_public_ip: true } },
  },
  {
    name: 'a role that may do everything',
    by: /SEC-009: permissions/,
    layer: 'service',
    type: 'aws_iam_role_policy',
    change: { policy: policy({ Action: '*', Resource: '*' }) },
  },
  {
    name: 'a role that any repository can take',
    by: /SEC-010: roles/,
    layer: 'bootstrap',
    type: 'aws_iam_role',
    change: {
      assume_role_policy: policy({
        Principal: { Federated: '${aws_iam_openid_connect_provider.github.arn}' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' } },
      }),
    },
  },
  {
    name: 'a secret in the open',
    on: 'fastify-redis',
    by: /SECRETS-001/,
    layer: 'service',
    type: 'aws_ecs_task_definition',
    change: container((first) => first.environment.push({ name: first.secrets.pop().name, value: 'hunter2' })),
  },
  {
    name: 'a variable that nobody sets',
    on: 'fastify-redis',
    by: /SECRETS-004/,
    layer: 'service',
    type: 'aws_ecs_task_definition',
    change: container((first) => first.environment.pop()),
  },
  {
    name: 'a migration with the password in the open',
    by: /its migrations are told/,
    layer: 'service',
    type: 'aws_ecs_task_definition',
    change: container((application) =>
      application.environment.push({ name: application.secrets.pop().name, value: 'hunter2' }),
    ),
  },
  {
    name: 'a port that moved in one place',
    by: /agrees about its port/,
    layer: 'service',
    type: 'aws_lb_target_group',
    change: { port: 8081 },
  },
  {
    name: 'logs that stay for ever',
    by: /GOV-009/,
    layer: 'service',
    type: 'aws_cloudwatch_log_group',
    change: { retention_in_days: 0 },
  },
  {
    name: 'a deployment that does not go back',
    by: /goes back by itself/,
    layer: 'service',
    type: 'aws_ecs_service',
    change: { deployment_circuit_breaker: { enable: true, rollback: false } },
  },
  {
    name: 'a number token in a text',
    by: /token that was torn/,
    layer: 'service',
    type: 'aws_ecs_cluster',
    change: { name: 'port--8.109562212591385e+298' },
  },
  {
    name: 'an alarm without a runbook',
    by: /how to begin/,
    layer: 'service',
    type: 'aws_cloudwatch_metric_alarm',
    change: { alarm_description: 'Look at it.' },
  },
  {
    name: 'a kind of resource that only production has',
    by: /same kinds of resources/,
    layer: 'network',
    type: 'aws_eip_association',
    add: true,
    change: { allocation_id: 'eipalloc-1', instance_id: 'i-1' },
  },
  {
    name: 'a cache without TLS',
    by: /speaks TLS/,
    on: 'fastify-redis',
    layer: 'data',
    type: 'aws_elasticache_replication_group',
    change: { transit_encryption_enabled: false },
  },
  {
    name: 'an open bucket',
    by: /closed to the public/,
    layer: 'bootstrap',
    type: 'aws_s3_bucket_public_access_block',
    change: { block_public_policy: false },
  },
  {
    name: 'an image that changes under its tag',
    by: /DOCKER-007/,
    layer: 'bootstrap',
    type: 'aws_ecr_repository',
    change: { image_tag_mutability: 'MUTABLE' },
  },
  {
    name: 'a way from the data tier to the internet',
    by: /IAC-018|SEC-015/,
    layer: 'network',
    type: 'aws_route',
    add: true,
    change: (_, __, { aws_route_table, aws_internet_gateway }) => ({
      route_table_id: `\${aws_route_table.${Object.keys(aws_route_table).find((id) => id.includes('data'))}.id}`,
      destination_cidr_block: '0.0.0.0/0',
      gateway_id: `\${aws_internet_gateway.${Object.keys(aws_internet_gateway)[0]}.id}`,
    }),
  },
];

/** The stack with the mistake in it. */
export function planted(
  stacks: Synthesized,
  prefix: string,
  mistake: Mistake,
): Readonly<{ stack: string; json: Json }> {
  const stack = `${prefix}-${mistake.layer}`;
  const json = structuredClone(stacks.get(stack));
  const { id, attributes } = changeOf(stacks, prefix, mistake);
  json.resource[mistake.type] = {
    ...json.resource[mistake.type],
    [id]: { ...json.resource[mistake.type]?.[id], ...attributes },
  };
  return { stack, json };
}

/** The application with the mistake in it: an override at the end of `buildApp`, as somebody in a hurry would write it. */
export function plantInApp(app: App, stacks: Synthesized, prefix: string, mistake: Mistake): void {
  const { id, attributes } = changeOf(stacks, prefix, mistake);
  const overrides = Object.entries(attributes).map(([name, value]) => [
    `resource.${mistake.type}.${id}.${name}`,
    value,
  ]);
  renameSync(join(app.stacks, 'app.ts'), join(app.stacks, 'app-as-shipped.ts'));
  writeFileSync(
    join(app.stacks, 'app.ts'),
    `import { type App, TerraformStack } from '#cdk';
import { buildApp as shipped } from './app-as-shipped.js';

export function buildApp(app: App, environments: Parameters<typeof shipped>[1]): App {
  shipped(app, environments);
  const stack = app.node.findChild(${JSON.stringify(`${prefix}-${mistake.layer}`)}) as TerraformStack;
  for (const [path, value] of ${JSON.stringify(overrides)} as [string, unknown][]) stack.addOverride(path, value);
  return app;
}
`,
  );
}

function changeOf(stacks: Synthesized, prefix: string, { layer, type, change, add }: Mistake) {
  const resources = stacks.get(`${prefix}-${layer}`)?.resource;
  const [id, is] = add ? ['planted', {}] : (Object.entries<Json>(resources?.[type] ?? {})[0] ?? []);
  if (id === undefined) throw new Error(`${prefix}-${layer} has no ${type} to plant a mistake in`);
  return { id, attributes: typeof change === 'function' ? change(is, id, resources) : change };
}
