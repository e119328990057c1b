/** A managed Redis: encrypted, private, and with a second node where the environment says so. */
import { CloudwatchLogGroup } from '#aws/cloudwatch-log-group';
import { ElasticacheParameterGroup } from '#aws/elasticache-parameter-group';
import { ElasticacheReplicationGroup } from '#aws/elasticache-replication-group';
import { ElasticacheSubnetGroup } from '#aws/elasticache-subnet-group';
import { SecurityGroup } from '#aws/security-group';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import type { Datastore } from '../config/services.js';

export interface CacheProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly datastore: Datastore;
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly keyArn: string;
  readonly logsKeyArn: string;
}

/**
 * No password: the binding has no write-only argument for it, so it would be readable in the state for ever. Security groups
 * let in the tasks that use it and nobody else.
 */
export class Cache extends Construct {
  readonly host: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: CacheProps) {
    super(scope, id);
    const { prefix, env, datastore, keyArn } = props;
    const name = `${prefix}-${datastore.name}`;
    const subnets = new ElasticacheSubnetGroup(this, 'subnets', {
      name,
      description: `Data tier of ${prefix}`,
      subnetIds: props.subnetIds,
    });
    const group = new SecurityGroup(this, 'security-group', {
      vpcId: props.vpcId,
      name,
      description: `${datastore.kind} of ${prefix}; the service stack says who may come in`,
      tags: { Name: name },
    });
    const parameters = new ElasticacheParameterGroup(this, 'parameters', {
      name,
      family: datastore.family,
      description: `Parameters of ${name}`,
      // Queues and sessions must not vanish by themselves: a full cache says so instead.
      parameter: [{ name: 'maxmemory-policy', value: 'noeviction' }],
    });
    const several = env.cache.nodes > 1;
    const replicas = new ElasticacheReplicationGroup(this, 'replicas', {
      replicationGroupId: name,
      description: `${datastore.kind} of ${prefix}`,
      engine: datastore.engine,
      engineVersion: datastore.version,
      nodeType: env.cache.nodeType,
      numCacheClusters: env.cache.nodes,
      automaticFailoverEnabled: several,
      multiAzEnabled: several,
      port: datastore.port,
      subnetGroupName: subnets.name,
      securityGroupIds: [group.id],
      parameterGroupName: parameters.name,
      atRestEncryptionEnabled: 'true',
      kmsKeyId: keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: datastore.tlsOnly ? 'required' : 'preferred',
      snapshotRetentionLimit: env.cache.backupDays,
      snapshotWindow: '02:00-03:00',
      maintenanceWindow: 'sun:03:30-sun:04:30',
      autoMinorVersionUpgrade: 'true',
      applyImmediately: !env.protect,
      ...(env.protect ? { finalSnapshotIdentifier: `${name}-final` } : {}),
      logDeliveryConfiguration: ['slow-log', 'engine-log'].map((logType) => ({
        logType,
        logFormat: 'json',
        destinationType: 'cloudwatch-logs',
        destination: new CloudwatchLogGroup(this, logType, {
          name: `/aws/elasticache/${name}/${logType}`,
          retentionInDays: env.logRetentionDays,
          kmsKeyId: props.logsKeyArn,
        }).name,
      })),
    });
    this.host = replicas.primaryEndpointAddress;
    this.securityGroupId = group.id;
  }
}
