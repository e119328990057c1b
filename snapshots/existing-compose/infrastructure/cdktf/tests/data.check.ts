/** What holds data: encrypted, reachable by the services alone, backed up, and never lost by a mistake. */
import { describe, expect, it } from 'vitest';
import { environments } from '../config/index.js';
import { datastoreOf, facts } from '../config/services.js';
import { blocks, inProduction, named, parsed, type Resource, resources, resourcesOf, stacks, targets } from './synthesis.js';

const databases = resources('aws_db_instance');
const caches = resources('aws_elasticache_replication_group');
const buckets = resources('aws_s3_bucket');

/** Storage, and the argument that encrypts it with a key of ours. */
const ENCRYPTED: Readonly<Record<string, (is: Resource['is']) => unknown>> = {
  aws_cloudwatch_log_group: (is) => is.kms_key_id,
  aws_db_instance: (is) => is.storage_encrypted === true && is.kms_key_id,
  aws_ecr_repository: (is) => blocks(is.encryption_configuration)[0]?.kms_key,
  aws_elasticache_replication_group: (is) => is.at_rest_encryption_enabled && is.kms_key_id,
  aws_secretsmanager_secret: (is) => is.kms_key_id,
  aws_sns_topic: (is) => is.kms_master_key_id,
  aws_backup_vault: (is) => is.kms_key_arn,
};

describe('SEC-018: everything stored is encrypted', () => {
  it.each(named(Object.keys(ENCRYPTED).flatMap((type) => resources(type))))('%s', (_, { type, is, stack }) => {
    // An alias where AWS wants the key itself is refused only when it is applied.
    expect(targets(ENCRYPTED[type]?.(is), stack).map((key) => key.type)).toEqual(['aws_kms_key']);
  });

  it.each(named(buckets))(
    'IAC-007, IAC-023, COST-007: %s, versioned, closed to the public, and emptied in time',
    (_, { stack, address, is }) => {
      const about = (type: string) =>
        resourcesOf(stack).filter(
          (other) => other.type === type && targets(other.is.bucket, stack).some((bucket) => bucket.address === address),
        );
      const [encryption] = about('aws_s3_bucket_server_side_encryption_configuration');
      expect(blocks(encryption?.is.rule)[0]?.apply_server_side_encryption_by_default.sse_algorithm).toMatch(/^(aws:kms|AES256)$/);
      expect(
        about('aws_s3_bucket_public_access_block').map(({ is: block }) => [
          block.block_public_acls,
          block.block_public_policy,
          block.ignore_public_acls,
          block.restrict_public_buckets,
        ]),
      ).toEqual([[true, true, true, true]]);
      expect(about('aws_s3_bucket_versioning').map(({ is: versioning }) => blocks(versioning.versioning_configuration)[0]?.status)).toEqual(
        ['Enabled'],
      );
      // A bucket has one policy: of two, the later one wins without a word.
      expect(
        about('aws_s3_bucket_policy').map(({ is: policy }) =>
          JSON.stringify(parsed(policy.policy)).includes('"aws:SecureTransport":"false"'),
        ),
      ).toEqual([true]);
      expect(about('aws_s3_bucket_lifecycle_configuration')).toHaveLength(1);
      expect(is.force_destroy ?? false).toBe(false);
      expect(is.bucket.replaceAll(/\$\{[^}]+\}/g, '000000000000')).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    },
  );

  it('GOV-009, LOG-004: and every log group ends somewhere', () => {
    for (const { is, stack } of resources('aws_cloudwatch_log_group'))
      expect(is.retention_in_days).toBe(stack.environment.logRetentionDays);
  });
});

describe('the databases', () => {
  it('IAC-022, IAC-026: are those that the application has', () => {
    for (const { id, environment, json } of stacks.filter(({ layer }) => layer === 'data')) {
      const wanted = facts.datastores.map(
        ({ kind, name }) => `${kind === 'redis' ? 'cache' : 'database'} ${facts.project}-${environment.name}-${name}`,
      );
      const made = [
        ...Object.values(json.resource?.aws_db_instance ?? {}).map((is) => `database ${(is as Resource['is']).identifier}`),
        ...Object.values(json.resource?.aws_elasticache_replication_group ?? {}).map(
          (is) => `cache ${(is as Resource['is']).replication_group_id}`,
        ),
      ];
      expect(made.sort(), id).toEqual(wanted.sort());
    }
  });

  it.each(named(databases))('SEC-015: %s is private, on a disk that AWS has', (_, { is, stack }) => {
    expect(is.publicly_accessible ?? false).toBe(false);
    expect(is.storage_type).toMatch(/^(gp3|io2)$/);
    expect(targets(is.vpc_security_group_ids, stack).map(({ type }) => type)).toEqual(['aws_security_group']);
  });

  it.each(named(databases))('SECRETS-001: %s has no password that Terraform writes down', (_, { is }) => {
    expect(is.password).toBeUndefined();
    expect(is.password_wo).toMatch(/^\$\{ephemeral\./);
    expect(is.password_wo_version).toBeGreaterThan(0);
  });

  it.each(named(databases))('DR-001: %s is backed up every day, and once more before it goes', (_, { is, stack }) => {
    expect(is.backup_retention_period).toBe(stack.environment.database.backupDays);
    expect(is.backup_retention_period).toBeGreaterThanOrEqual(7);
    expect([is.skip_final_snapshot ?? false, is.copy_tags_to_snapshot]).toEqual([!inProduction(stack), true]);
  });

  it.each(named(databases.filter(({ stack }) => inProduction(stack))))(
    'IAC-022, DR-005: %s survives a zone and a slip of the hand',
    (_, { is }) => {
      expect([is.multi_az, is.deletion_protection, is.apply_immediately ?? false]).toEqual([true, true, false]);
    },
  );

  it.each(named(databases))('SEC-013: %s refuses connections without TLS where the clients can speak it', (_, { is, stack }) => {
    const [store] = facts.datastores.filter(({ name }) => is.identifier.endsWith(`-${stack.environment.name}-${name}`));
    const parameters = targets(is.parameter_group_name, stack).flatMap((group) => blocks(group.is.parameter));
    const forced = parameters.find(({ name }) => name === 'rds.force_ssl' || name === 'require_secure_transport');
    expect(forced?.value).toMatch(store?.tlsOnly ? /^(1|ON)$/ : /^(0|OFF)$/);
  });
});

describe.skipIf(caches.length === 0)('the caches', () => {
  it.each(named(caches))('IAC-026, SEC-013: %s speaks TLS, and keeps no password in the state', (_, { is }) => {
    expect(is.transit_encryption_enabled).toBe(true);
    expect(is.auth_token ?? null).toBeNull();
  });

  it.each(named(caches.filter(({ stack }) => inProduction(stack))))('DR-005: %s survives a zone', (_, { is }) => {
    expect([is.automatic_failover_enabled, is.multi_az_enabled]).toEqual([true, true]);
    expect(is.num_cache_clusters).toBeGreaterThan(1);
    expect(is.snapshot_retention_limit).toBeGreaterThan(0);
  });
});

describe('SECRETS-001: the secrets', () => {
  it('have values that never enter the state', () => {
    for (const { is, stack, address } of resources('aws_secretsmanager_secret_version')) {
      expect(is.secret_string, `${stack.id} ${address}`).toBeUndefined();
      expect(is.secret_string_wo, `${stack.id} ${address}`).toContain('ephemeral.');
      expect(is.secret_string_wo_version).toBe(stack.environment.secretsVersion);
    }
  });

  it('are all that the application asks for, by the names that the documents give them', () => {
    const wanted = facts.services.flatMap(({ name, secrets, datastores }) => [
      ...secrets.map((secret) => `${name}/${secret.name}`),
      ...datastores
        .filter(({ datastore }) => datastoreOf(datastore).kind !== 'redis')
        .flatMap(({ variables }) =>
          [variables.url, variables.password].filter((variable) => variable !== null).map((variable) => `${name}/${variable}`),
        ),
    ]);
    for (const stack of stacks.filter(({ layer }) => layer === 'data')) {
      const names = resourcesOf(stack)
        .filter(({ type }) => type === 'aws_secretsmanager_secret')
        .map(({ is }) => is.name);
      expect(names).toEqual(expect.arrayContaining(wanted.map((name) => `${facts.project}-${stack.environment.name}/${name}`)));
    }
  });
});

it('DR-001: copies are made every day, and cold ones are kept for the 90 days that they cost anyway', () => {
  const plans = resources('aws_backup_plan');
  expect(plans).toHaveLength(databases.length > 0 ? environments.length : 0);
  for (const { id, is } of plans)
    for (const { schedule, lifecycle } of blocks(is.rule)) {
      expect(schedule, id).toMatch(/^cron\(\d+ \d+ \* \* \? \*\)$/);
      const [kept] = blocks(lifecycle);
      expect(kept?.delete_after, id).toBeGreaterThanOrEqual(kept?.cold_storage_after === undefined ? 35 : kept.cold_storage_after + 90);
    }
});

it('DOCKER-007: an image never changes under its tag, is scanned, and goes when it is old', () => {
  for (const stack of stacks.filter(({ layer }) => layer === 'bootstrap')) {
    const repositories = resourcesOf(stack).filter(({ type }) => type === 'aws_ecr_repository');
    expect(repositories.map(({ is }) => is.name)).toEqual(
      expect.arrayContaining(facts.services.map(({ image }) => `${facts.project}-${stack.environment.name}/${image}`)),
    );
    for (const { is } of repositories) {
      expect(is.image_tag_mutability).toBe('IMMUTABLE');
      expect(blocks(is.image_scanning_configuration)[0]?.scan_on_push).toBe(true);
    }
    expect(resourcesOf(stack).filter(({ type }) => type === 'aws_ecr_lifecycle_policy')).toHaveLength(repositories.length);
  }
});
