/** What holds for every stack, whatever is in it: state, provider, tags, names of what must not be lost, and the same shape everywhere. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { environments } from '../config/index.js';
import { facts, hasData } from '../config/services.js';
import { migrationsImage } from '../lib/names.js';
import { secretVariables } from '../lib/variables.js';
import { inProduction, resources, resourcesOf, type Stack, stacks } from './synthesis.js';

describe.each(stacks.map((stack) => [stack.id, stack] as const))('%s', (_, stack) => {
  it('IAC-005: keeps its state encrypted and locked, under a key of its own', () => {
    const { s3 } = stack.json.terraform.backend;
    expect(s3).toMatchObject({ encrypt: true, kms_key_id: `alias/${facts.project}-${stack.environment.name}-state`, use_lockfile: true });
    expect(s3.key).toContain(stack.environment.name);
    expect(stacks.filter(({ json }) => json.terraform.backend.s3.key === s3.key)).toHaveLength(1);
  });

  it('SEC-012: can touch the account that is named, and no other', () => {
    const { validation } = stack.json.variable.account_id;
    expect(JSON.stringify(validation)).toContain('[0-9]{12}');
    expect(stack.json.variable.account_id).not.toHaveProperty('default');
    for (const provider of stack.json.provider.aws) expect(provider.allowed_account_ids).toEqual(['${var.account_id}']);
  });

  it('accepts patches of the provider that it was written for, and names the Terraform that it needs', () => {
    expect(stack.json.terraform.required_version).toMatch(/^>= ?1\.1[1-9]/);
    expect(stack.json.terraform.required_providers.aws).toMatchObject({
      source: 'hashicorp/aws',
      version: expect.stringMatching(/^~> \d+\.\d+/),
    });
  });

  it('COST-005: tags everything that it makes', () => {
    for (const provider of stack.json.provider.aws) {
      const [{ tags }] = provider.default_tags;
      expect(tags).toMatchObject({ Project: facts.project, Environment: stack.environment.name, Stack: stack.layer });
      expect(Object.keys(tags)).toEqual(expect.arrayContaining(['CostCentre', 'ManagedBy', 'Owner']));
    }
  });

  it('holds no token that was torn apart on its way', () => {
    // A number token put into a text is a negative number of 308 digits, an object is [object Object]: both synthesize without a word.
    expect(JSON.stringify(stack.json)).not.toMatch(/e\+29\d|e\+30\d|TfToken|TFTOKEN|TOKEN\[|\[object |undefined|NaN/);
  });

  it('has every resource that the constructs declare', () => {
    // Of two with one overridden id, the first would be lost in silence.
    expect(resourcesOf(stack)).toHaveLength(stack.declared);
    expect(stack.declared).toBeGreaterThan(0);
  });

  it('refers to nothing that is not there', () => {
    const { resource = {}, data = {}, ephemeral = {} } = stack.json;
    const known = [resource, data, ephemeral].flatMap((kind) =>
      Object.entries(kind).flatMap(([type, byId]) => Object.keys(byId as object).map((id) => `${type}.${id}`)),
    );
    const used = [...JSON.stringify(stack.json).matchAll(/\$\{[^}]*?\b((?:aws|terraform)_\w+\.[A-Za-z_][\w-]*)/g)].map(
      ([, address]) => address,
    );
    expect(used.filter((address) => address !== undefined && !known.includes(address))).toEqual([]);
  });
});

/** Types that hold what cannot be made again. */
const STATEFUL = [
  'aws_backup_vault',
  'aws_db_instance',
  'aws_ecr_repository',
  'aws_elasticache_replication_group',
  'aws_kms_key',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
];

describe('what holds state', () => {
  it('is never destroyed by a plan in production', () => {
    const unprotected = STATEFUL.flatMap((type) => resources(type, inProduction)).filter(
      ({ is }) => is.lifecycle?.prevent_destroy !== true,
    );
    expect(unprotected.map(({ stack, address }) => `${stack.id} ${address}`)).toEqual([]);
  });

  it.each(environments.map(({ name }) => name))(
    'keeps its address in %s: under another one, Terraform would destroy and make it anew',
    (name) => {
      const found = STATEFUL.flatMap((type) => resources(type, ({ environment }) => environment.name === name));
      expect(found.map(({ type, id }) => `${type} ${id.slice(-8)}`).sort()).toEqual(
        PATHS.map(([type, path]) => `${type} ${createHash('md5').update(path).digest('hex').slice(0, 8).toUpperCase()}`).sort(),
      );
    },
  );
});

const DATABASES = facts.datastores.filter(({ kind }) => kind !== 'redis').map(({ name }) => name);
const CACHES = facts.datastores.filter(({ kind }) => kind === 'redis').map(({ name }) => name);
const IMAGES = facts.services.flatMap(({ image, migrations }) => [image, ...(migrations === null ? [] : [migrationsImage(image)])]);
const SECRETS = facts.services.flatMap((service) => secretVariables(service).map((variable) => `${service.name}-${variable}`));

/** Where the constructs stand, written by hand: an address ends with a hash of this path, so who moves or renames a construct moves its data. */
const PATHS: readonly (readonly [string, string])[] = [
  ['aws_s3_bucket', 'state/bucket'],
  ['aws_s3_bucket', 'logs/bucket'],
  ['aws_kms_key', 'state-key/key'],
  ['aws_kms_key', 'logs-key/key'],
  ...(hasData ? [['aws_kms_key', 'data-key/key'] as const] : []),
  ...[...new Set(IMAGES)].map((image) => ['aws_ecr_repository', `repositories/${image}`] as const),
  ...DATABASES.map((name) => ['aws_db_instance', `${name}/instance`] as const),
  ...DATABASES.map((name) => ['aws_secretsmanager_secret', `${name}-password/secret`] as const),
  ...SECRETS.map((name) => ['aws_secretsmanager_secret', `${name}/secret`] as const),
  ...CACHES.map((name) => ['aws_elasticache_replication_group', `${name}/replicas`] as const),
  ...(DATABASES.length > 0 ? [['aws_backup_vault', 'backups/vault'] as const] : []),
];

const WITH_A_DOMAIN = [
  'aws_acm_certificate',
  'aws_acm_certificate_validation',
  'aws_lb_listener_rule',
  'aws_route53_record',
  'aws_wafv2_web_acl',
  'aws_wafv2_web_acl_association',
  'aws_wafv2_web_acl_logging_configuration',
];

/** Layer → kinds of resources that not every environment has. Everything else differs by size alone. */
const MAY_DIFFER: Readonly<Record<string, readonly string[]>> = {
  // Interface endpoints cost by the hour and zone, so only production has them.
  network: ['aws_security_group', 'aws_vpc_security_group_ingress_rule'],
  // What stands in front of a domain: an environment may get one before the others do.
  service: new Set(environments.map(({ domain }) => domain === null)).size === 1 ? [] : WITH_A_DOMAIN,
};

describe('IAC-003, IAC-004: the environments', () => {
  const layers = (name: string): readonly string[] =>
    stacks.filter(({ environment }) => environment.name === name).map(({ layer }) => layer);
  const shape = (stack: Stack) =>
    new Set(
      resourcesOf(stack)
        .map(({ type }) => type)
        .filter((type) => !MAY_DIFFER[stack.layer]?.includes(type)),
    );

  it('are development, staging and production, each with the same stacks', () => {
    expect(environments.map(({ name }) => name)).toEqual(['development', 'staging', 'production']);
    expect(environments.filter(({ protect }) => protect).map(({ name }) => name)).toEqual(['production']);
    for (const { name } of environments) expect(layers(name)).toEqual(layers('production'));
  });

  it.each(layers('production'))('have the same kinds of resources in %s', (layer) => {
    const [reference, ...others] = stacks.filter((stack) => stack.layer === layer).map(shape);
    for (const other of others) expect(other).toEqual(reference);
  });
});
