/** A managed relational database: encrypted, private, backed up, and watched. */
import { CloudwatchLogGroup } from '#aws/cloudwatch-log-group';
import { DbInstance } from '#aws/db-instance';
import { DbParameterGroup } from '#aws/db-parameter-group';
import { DbSubnetGroup } from '#aws/db-subnet-group';
import { IamRole } from '#aws/iam-role';
import { IamRolePolicyAttachment } from '#aws/iam-role-policy-attachment';
import { SecurityGroup } from '#aws/security-group';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { type Datastore, facts } from '../config/services.js';
import { assumedBy } from '../lib/iam.js';

export interface DatabaseProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly boundaryArn: string;
  readonly datastore: Datastore;
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly keyArn: string;
  readonly logsKeyArn: string;
  /** Never stored: see `lib/ephemeral.ts`. */
  readonly password: string;
}

export class Database extends Construct {
  readonly arn: string;
  readonly host: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { prefix, env, datastore, keyArn } = props;
    const { database } = env;
    const identifier = `${prefix}-${datastore.name}`;
    const subnets = new DbSubnetGroup(this, 'subnets', {
      name: identifier,
      description: `Data tier of ${prefix}`,
      subnetIds: props.subnetIds,
    });
    const group = new SecurityGroup(this, 'security-group', {
      vpcId: props.vpcId,
      name: identifier,
      description: `${datastore.kind} of ${prefix}; the service stack says who may come in`,
      tags: { Name: identifier },
    });
    const logs = this.logGroups(identifier, props);
    const { role, attachment } = this.monitoring(props);
    const instance = new DbInstance(this, 'instance', {
      identifier,
      engine: datastore.engine,
      engineVersion: datastore.version,
      instanceClass: database.instanceClass,
      dbName: datastore.database,
      port: datastore.port,
      username: datastore.user,
      passwordWo: props.password,
      passwordWoVersion: env.secretsVersion,
      iamDatabaseAuthenticationEnabled: true,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [group.id],
      publiclyAccessible: false,
      multiAz: database.multiZone,
      parameterGroupName: this.parameters(identifier, datastore).name,
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      storageType: 'gp3',
      allocatedStorage: database.gibibytes,
      maxAllocatedStorage: database.maximumGibibytes,
      storageEncrypted: true,
      kmsKeyId: keyArn,
      backupRetentionPeriod: database.backupDays,
      backupWindow: '02:00-03:00',
      maintenanceWindow: 'sun:03:30-sun:04:30',
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: !env.protect,
      deletionProtection: env.protect,
      skipFinalSnapshot: !env.protect,
      ...(env.protect ? { finalSnapshotIdentifier: `${identifier}-final` } : {}),
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      applyImmediately: !env.protect,
      // Old majors would cost extra by the hour instead of asking to be upgraded.
      engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      monitoringInterval: 60,
      monitoringRoleArn: role.arn,
      ...insights(datastore.engine, database.instanceClass, keyArn),
      enabledCloudwatchLogsExports: EXPORTS[datastore.engine] ?? [],
      // RDS asks whether the role may watch when it makes the instance.
      dependsOn: [...logs, attachment],
      // Minor versions move by themselves in the maintenance window.
      lifecycle: { ignoreChanges: ['engine_version'] },
    });
    this.arn = instance.arn;
    this.host = instance.address;
    this.securityGroupId = group.id;
  }

  private parameters(identifier: string, { engine, family, tlsOnly }: Datastore): DbParameterGroup {
    const immediate = { ...(engine === 'postgres' ? POSTGRESQL : MYSQL) };
    immediate[engine === 'postgres' ? 'rds.force_ssl' : 'require_secure_transport'] = tlsOnly ? '1' : '0';
    const parameter = Object.entries(immediate).map(([name, value]) => ({ name, value, applyMethod: 'immediate' }));
    const connections = { name: 'max_connections', value: String(facts.databaseConnections), applyMethod: 'pending-reboot' };
    const preload = { name: 'shared_preload_libraries', value: 'pg_stat_statements', applyMethod: 'pending-reboot' };
    return new DbParameterGroup(this, 'parameters', {
      namePrefix: `${identifier}-`,
      family,
      description: `Parameters of ${identifier}`,
      parameter: [...parameter, connections, ...(engine === 'postgres' ? [preload] : [])],
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** RDS would make these groups itself, without key and for ever, unless they are there first. */
  private logGroups(identifier: string, { datastore, env, logsKeyArn }: DatabaseProps): CloudwatchLogGroup[] {
    return (EXPORTS[datastore.engine] ?? []).map(
      (name) =>
        new CloudwatchLogGroup(this, `${name}-logs`, {
          name: `/aws/rds/instance/${identifier}/${name}`,
          retentionInDays: env.logRetentionDays,
          kmsKeyId: logsKeyArn,
        }),
    );
  }

  private monitoring({ prefix, datastore, accountId, boundaryArn }: DatabaseProps) {
    const role = new IamRole(this, 'monitoring-role', {
      name: `${prefix}-${datastore.name}-monitoring`,
      assumeRolePolicy: assumedBy('monitoring.rds.amazonaws.com', accountId),
      permissionsBoundary: boundaryArn,
    });
    const attachment = new IamRolePolicyAttachment(this, 'monitoring-policy', {
      role: role.name,
      policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
    });
    return { role, attachment };
  }
}

/** MySQL's smallest classes have no room for Performance Insights: RDS refuses to make them with it. */
function insights(engine: Datastore['engine'], instanceClass: string, keyArn: string) {
  if (engine === 'mysql' && /^db\.t\dg?\.(micro|small)$/.test(instanceClass)) return { performanceInsightsEnabled: false };
  return { performanceInsightsEnabled: true, performanceInsightsKmsKeyId: keyArn, performanceInsightsRetentionPeriod: 7 };
}

const EXPORTS: Readonly<Record<string, string[]>> = {
  postgres: ['postgresql', 'upgrade'],
  mysql: ['error', 'slowquery'],
};

/** A second is slow. Statements themselves are not written down: they hold what users typed. */
const POSTGRESQL: Readonly<Record<string, string>> = {
  log_min_duration_statement: '1000',
  log_parameter_max_length: '0',
  log_lock_waits: '1',
  log_connections: '1',
};
const MYSQL: Readonly<Record<string, string>> = { slow_query_log: '1', long_query_time: '1', log_output: 'FILE' };
