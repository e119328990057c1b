/** Who may do what: roles, and who can take them. */
import { describe, expect, it } from 'vitest';
import { facts } from '../config/services.js';
import { named, parsed, type Resource, resources, stacks } from './synthesis.js';

type Statement = Readonly<{
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: unknown;
  Action?: string | readonly string[];
  NotAction?: unknown;
  Resource?: string | readonly string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}>;

const list = (value: string | readonly string[] | undefined) => (value === undefined ? [] : typeof value === 'string' ? [value] : value);

function statementsOf(text: unknown): readonly Statement[] {
  const { Statement } = parsed(text) as { Statement: Statement | readonly Statement[] };
  return [Statement].flat() as readonly Statement[];
}

const allowed = (text: unknown) => statementsOf(text).filter(({ Effect }) => Effect === 'Allow');

/** Policies that say what somebody may do. Those of keys and buckets say who may use the one thing that they stand on. */
const grants = ['aws_iam_policy', 'aws_iam_role_policy'].flatMap((type) => resources(type)).filter(({ is }) => !isBoundary(is));
const attached = [
  'aws_kms_key',
  'aws_s3_bucket_policy',
  'aws_sns_topic',
  'aws_sns_topic_policy',
  'aws_secretsmanager_secret_policy',
  'aws_ecr_repository_policy',
]
  .flatMap((type) => resources(type))
  .filter(({ is }) => is.policy !== undefined);
const roles = resources('aws_iam_role');

/** A boundary grants nothing: it is what a role cannot go beyond. */
function isBoundary(is: Resource['is']): boolean {
  return String(is.name).endsWith('-boundary');
}

describe('SEC-009: permissions', () => {
  it.each(named(grants))('%s names what it allows', (_, { is }) => {
    for (const { Sid, Action, NotAction, Resource, Condition } of allowed(is.policy)) {
      expect(NotAction, Sid).toBeUndefined();
      for (const action of list(Action)) expect(action, Sid).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+\*?$/);
      if (list(Resource).includes('*') && Condition === undefined)
        for (const action of list(Action)) expect(action, `${Sid}: of everything`).toMatch(NO_RESOURCE);
    }
  });

  it('is never the administrator of the account', () => {
    const managed = resources('aws_iam_role_policy_attachment').map(({ is }) => String(is.policy_arn));
    expect(managed.filter((arn) => /AdministratorAccess|PowerUserAccess|IAMFullAccess/.test(arn))).toEqual([]);
  });

  it.each(named(attached))('%s lets nobody in but who is named', (_, { is }) => {
    for (const { Sid, Principal, Condition } of allowed(is.policy)) {
      if (Principal === '*' || JSON.stringify(Principal) === '{"AWS":"*"}') expect(Condition, Sid).toBeDefined();
    }
  });
});

/** Actions that AWS knows for the whole account only, and actions that just look. */
const NO_RESOURCE =
  /^(ecr:GetAuthorizationToken|ecs:(Describe|List|RegisterTaskDefinition|DeregisterTaskDefinition)\w*|[a-z0-9-]+:(Describe|Get|List)\w*\*?|xray:Put\w+|ssmmessages:\w+|cloudwatch:PutMetricData|servicediscovery:(CreatePrivateDnsNamespace|TagResource)|route53:CreateHostedZone|acm:RequestCertificate|sns:Unsubscribe|backup-storage:MountCapsule|logs:(Create|Update|Delete)LogDelivery|logs:PutResourcePolicy)$/;

describe('SEC-009, SEC-010: roles', () => {
  it.each(named(roles))('%s can be taken by one service, or by the workflows of this repository', (_, { is }) => {
    const statements = statementsOf(is.assume_role_policy);
    expect(statements).toHaveLength(1);
    for (const { Principal, Condition, Effect } of statements) {
      expect(Effect).toBe('Allow');
      const [kind, who] = Object.entries(Principal as object)[0] ?? [];
      expect(kind).toMatch(/^(Service|Federated)$/);
      expect(JSON.stringify(who)).not.toContain('*');
      expect(Condition).toBeDefined();
      if (kind === 'Federated') expectOneRepository(Condition);
    }
  });

  /** StringEquals, not StringLike: another branch, another repository, another environment is another subject. */
  function expectOneRepository(condition: Statement['Condition']): void {
    const { 'token.actions.githubusercontent.com:aud': audience, 'token.actions.githubusercontent.com:sub': subject } =
      condition?.StringEquals ?? {};
    expect(audience).toBe('sts.amazonaws.com');
    expect(Object.keys(condition ?? {})).toEqual(['StringEquals']);
    expect([subject].flat().length).toBeGreaterThan(0);
    for (const one of [subject].flat()) expect(String(one)).toMatch(new RegExp(`^repo:${facts.github}:(pull_request|environment:[a-z]+)$`));
  }

  it('IAC-002: one plans for pull requests and can only read, one deploys from its own environment', () => {
    for (const stack of stacks.filter(({ layer }) => layer === 'bootstrap' && facts.github !== null)) {
      const subjects = new Map(
        roles
          .filter((role) => role.stack === stack && JSON.stringify(role.is).includes('Federated'))
          .map(({ is }) => [is.name, JSON.stringify(statementsOf(is.assume_role_policy)[0]?.Condition)]),
      );
      const prefix = `${facts.project}-${stack.environment.name}`;
      expect(subjects.get(`${prefix}-plan`)).toContain(':pull_request"');
      expect(subjects.get(`${prefix}-deploy`)).toContain(`:environment:${stack.environment.name}"`);
      expect(subjects.size).toBe(2);
    }
  });

  it.skipIf(facts.github === null)('IAC-002: let the pipeline make a target group for every service', () => {
    for (const { is, stack } of resources('aws_lb_target_group')) {
      const may = grants.filter((grant) => grant.stack.environment === stack.environment && String(grant.is.name).includes('-deploy-'));
      expect(may.map((grant) => grant.is.policy).join(''), stack.id).toContain(`:targetgroup/${is.name_prefix}*/*"`);
    }
  });

  it('cannot go beyond the boundary of their environment, but for those that a person makes', () => {
    for (const { is, address, stack } of roles.filter(({ stack: { layer } }) => layer !== 'bootstrap'))
      expect(is.permissions_boundary, `${stack.id} ${address}`).toMatch(/boundary/);
  });
});
