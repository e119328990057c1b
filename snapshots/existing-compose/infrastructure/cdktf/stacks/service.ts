/** What runs, and what watches it. Changes with every deployment. */
import { EcsCluster } from '#aws/ecs-cluster';
import { type DataTerraformRemoteStateS3, Fn, TerraformOutput } from '#cdk';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { facts, hasData, type Service, webServices } from '../config/services.js';
import { Alarms } from '../constructs/alarms.js';
import { Discovery } from '../constructs/discovery.js';
import { FargateService } from '../constructs/fargate-service.js';
import { LoadBalancer } from '../constructs/load-balancer.js';
import { Notifications } from '../constructs/notifications.js';
import { TaskNetwork } from '../constructs/task-network.js';
import { subjectsOf } from '../lib/alarm-subjects.js';
import { BaseStack } from '../lib/base-stack.js';
import { groupOutput, hostOutput, secretOutput } from '../lib/names.js';
import { secretVariables, settings } from '../lib/variables.js';

/** Alerts that a new version can cause: they undo it while it is being rolled out. */
const ROLLBACK = ['HighErrorRate', 'HighResponseTime'];

export class ServiceStack extends BaseStack {
  private readonly vpcId: string;
  private readonly privateSubnetIds: string[];
  private readonly logsKeyArn: string;
  private readonly data: DataTerraformRemoteStateS3 | null;

  constructor(scope: Construct, env: EnvironmentConfig) {
    super(scope, 'service', env);
    const { prefix, accountId } = this;
    const network = this.outputsOf('network');
    this.data = hasData ? this.outputsOf('data') : null;
    this.vpcId = network.getString('vpc_id');
    this.privateSubnetIds = network.getList('private_subnet_ids');
    this.logsKeyArn = network.getString('logs_key_arn');
    const imageTag = this.input(
      'image_tag',
      'Tag of the images to run: the commit that they were built from.',
      'var.image_tag != "latest" && length(regexall("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag)) == 1',
      'A tag that never moves, such as a commit; not latest.',
    );
    const cluster = new EcsCluster(this, 'cluster', { name: prefix, setting: [{ name: 'containerInsights', value: 'enabled' }] });
    const notifications = new Notifications(this, 'notifications', { prefix, env, accountId, keyArn: this.logsKeyArn });
    const subnetIds = { public: network.getList('public_subnet_ids'), private: this.privateSubnetIds };
    const balancer =
      webServices.length === 0
        ? null
        : new LoadBalancer(this, 'load-balancer', { prefix, env, accountId, vpcId: this.vpcId, subnetIds, logsKeyArn: this.logsKeyArn });
    const alarms = new Alarms(this, 'alarms', { prefix, topicArn: notifications.topicArn, subjects: subjectsOf(prefix, env, balancer) });
    const discovery = new Discovery(this, 'discovery', { prefix, vpcId: this.vpcId });
    for (const service of facts.services) this.service(service, { cluster, imageTag, balancer, alarms, discovery });
    new TerraformOutput(this, 'cluster_name', { value: cluster.name });
    new TerraformOutput(this, 'topic_arn', { value: notifications.topicArn });
    if (balancer !== null) new TerraformOutput(this, 'addresses', { value: balancer.addresses });
  }

  private service(
    service: Service,
    parts: { cluster: EcsCluster; imageTag: string; balancer: LoadBalancer | null; alarms: Alarms; discovery: Discovery },
  ): void {
    const { prefix, env, accountId, boundaryArn, vpcId, data } = this;
    const { cluster, balancer, discovery } = parts;
    const targetGroup = balancer?.targetGroups.get(service.name) ?? null;
    const network = new TaskNetwork(this, `${service.name}-network`, {
      prefix,
      vpcId,
      service,
      outgoingPorts: env.outgoingPorts[service.name] ?? [],
      balancerGroupId: targetGroup === null ? null : (balancer?.securityGroupId ?? null),
      groupOf: (datastore) => data?.getString(groupOutput(datastore)) ?? '',
    });
    discovery.letIn(service, network.securityGroupId);
    const secrets = secretVariables(service).map(
      (variable) => [variable, data?.getString(secretOutput(service.name, variable)) ?? ''] as const,
    );
    const made = new FargateService(this, service.name, {
      prefix,
      env,
      accountId,
      boundaryArn,
      service,
      cluster,
      imageTag: parts.imageTag,
      subnetIds: this.privateSubnetIds,
      securityGroupId: network.securityGroupId,
      logsKeyArn: this.logsKeyArn,
      dataKeyArn: data?.getString('data_key_arn') ?? null,
      environment: settings(service, env, (datastore) => data?.getString(hostOutput(datastore)) ?? ''),
      secrets: Object.fromEntries(secrets),
      targetGroup,
      registryArn: service.port === null && service.metrics === null ? null : discovery.register(service),
      after: targetGroup === null ? [] : (balancer?.ready ?? []),
      surroundings: [cluster, ...network.rules],
      rollbackAlarms: parts.alarms.of(service.name, ROLLBACK),
    });
    if (made.migrations !== null) this.migrationCommand(service, made.migrations.family, network.securityGroupId);
  }

  /** What a person, or the pipeline, runs before a new version: `eval "$(terraform output -raw migrate_…)"`. */
  private migrationCommand({ name }: Service, family: string, securityGroupId: string): void {
    const subnets = Fn.join(',', this.privateSubnetIds);
    new TerraformOutput(this, `migrate_${name}`, {
      value: `aws ecs run-task --region ${this.env.region} --cluster ${this.prefix} --task-definition ${family} --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[${subnets}],securityGroups=[${securityGroupId}],assignPublicIp=DISABLED}'`,
    });
  }
}
