/** What has to be there before anything else: the bucket of the state, image repositories, and the roles of the pipeline. Applied by a person. */
import { TerraformOutput, TerraformVariable } from '#cdk';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { databases, facts } from '../config/services.js';
import { BackupRole } from '../constructs/backup-role.js';
import { Boundary } from '../constructs/boundary.js';
import { EncryptionKey } from '../constructs/encryption-key.js';
import { GithubRoles } from '../constructs/github-roles.js';
import { Repositories } from '../constructs/repositories.js';
import { SecureBucket } from '../constructs/secure-bucket.js';
import { BaseStack } from '../lib/base-stack.js';
import type { Statement } from '../lib/iam.js';
import { logBucket, stateAlias, stateBucket } from '../lib/names.js';

export class BootstrapStack extends BaseStack {
  constructor(scope: Construct, env: EnvironmentConfig) {
    super(scope, 'bootstrap', env);
    const { prefix, accountId } = this;
    const key = new EncryptionKey(this, 'state-key', {
      alias: stateAlias(prefix),
      description: `State and images of ${prefix}`,
      accountId,
    });
    const logs = this.logs();
    const state = new SecureBucket(this, 'state', {
      name: stateBucket(prefix, accountId),
      keyArn: key.arn,
      logBucket: logs.id,
      rules: [{ id: 'old-versions', status: 'Enabled', filter: [{ prefix: '' }], noncurrentVersionExpiration: [{ noncurrentDays: 365 }] }],
    });
    new Boundary(this, 'boundary', { prefix, region: env.region, accountId });
    if (databases.length > 0) new BackupRole(this, 'backup-role', { prefix, accountId });
    const repositories = new Repositories(this, 'repositories', { prefix, keyArn: key.arn });
    new TerraformOutput(this, 'state_bucket', { value: state.id });
    new TerraformOutput(this, 'log_bucket', { value: logs.id });
    new TerraformOutput(this, 'repository_urls', { value: repositories.urls });
    if (facts.github !== null) this.roles(facts.github, key.arn);
  }

  /** What delivers access logs signs with its own key, so this bucket has no key of ours. */
  private logs(): SecureBucket {
    const { accountId, prefix } = this;
    const deliver =
      (Sid: string, service: string, path: string, source: string) =>
      (arn: string): Statement => ({
        Sid,
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 's3:PutObject',
        Resource: `${arn}/${path}`,
        Condition: { StringEquals: { 'aws:SourceAccount': accountId }, ArnLike: { 'aws:SourceArn': source } },
      });
    const statements = [
      deliver('BucketLogs', 'logging.s3.amazonaws.com', 's3/*', `arn:aws:s3:::${prefix}-*`),
      deliver(
        'LoadBalancerLogs',
        'logdelivery.elasticloadbalancing.amazonaws.com',
        `alb/AWSLogs/${accountId}/*`,
        `arn:aws:elasticloadbalancing:${this.env.region}:${accountId}:loadbalancer/*`,
      ),
    ];
    return new SecureBucket(this, 'logs', {
      name: logBucket(prefix, accountId),
      keyArn: null,
      logBucket: null,
      statements: (arn) => statements.map((statement) => statement(arn)),
      rules: [
        {
          id: 'expire',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          // An object has to leave later than it moves, and that class bills 90 days at least.
          ...(this.env.logRetentionDays >= 180 ? { transition: [{ days: 90, storageClass: 'GLACIER_IR' }] } : {}),
          expiration: [{ days: this.env.logRetentionDays }],
          noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
        },
      ],
    });
  }

  private roles(repository: string, stateKeyArn: string): void {
    const create = new TerraformVariable(this, 'create_oidc_provider', {
      type: 'bool',
      nullable: false,
      default: true,
      description: 'false where the account already has the provider of GitHub Actions: there is room for one.',
    });
    create.overrideLogicalId('create_oidc_provider');
    const { prefix, accountId, env } = this;
    const roles = new GithubRoles(this, 'github', {
      prefix,
      project: facts.project,
      environment: env.name,
      region: env.region,
      accountId,
      stateKeyArn,
      repository,
      createProvider: 'var.create_oidc_provider',
    });
    new TerraformOutput(this, 'plan_role_arn', { value: roles.planArn });
    new TerraformOutput(this, 'deploy_role_arn', { value: roles.deployArn });
  }
}
