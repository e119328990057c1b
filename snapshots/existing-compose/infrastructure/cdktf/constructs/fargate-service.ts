/** One service on Fargate: its log group, roles, task definition, and how many of it run. */
import { CloudwatchLogGroup } from '#aws/cloudwatch-log-group';
import { EcsService } from '#aws/ecs-service';
import { EcsTaskDefinition } from '#aws/ecs-task-definition';
import type { ITerraformDependable } from '#cdk';
import { Construct } from 'constructs';
import type { Capacity, EnvironmentConfig } from '../config/schema.js';
import type { Service } from '../config/services.js';
import { containerDefinitions, volumes } from '../lib/containers.js';
import { migrationsImage, repository } from '../lib/names.js';
import { Autoscaling } from './autoscaling.js';
import type { TargetGroup } from './target-group.js';
import { TaskRoles } from './task-roles.js';

export interface FargateServiceProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly boundaryArn: string;
  readonly service: Service;
  readonly cluster: { readonly arn: string; readonly name: string };
  readonly imageTag: string;
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly logsKeyArn: string;
  readonly dataKeyArn: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly targetGroup: TargetGroup | null;
  readonly registryArn: string | null;
  /** ECS asks that a listener leads to the target group before a service joins it. */
  readonly after: ITerraformDependable[];
  /** What a task needs beside its definition: the cluster, and its ways through the network. */
  readonly surroundings: ITerraformDependable[];
  /** Alarms that undo a deployment. */
  readonly rollbackAlarms: string[];
}

export class FargateService extends Construct {
  readonly service: EcsService;
  /** Set where the service has migrations. */
  readonly migrations: EcsTaskDefinition | null;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FargateServiceProps,
  ) {
    super(scope, id);
    const { prefix, env, service } = props;
    const capacity = { ...env.capacity, ...env.services[service.name] };
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/ecs/${prefix}/${service.name}`,
      retentionInDays: env.logRetentionDays,
      kmsKeyId: props.logsKeyArn,
    });
    const roles = new TaskRoles(this, 'roles', { ...props, logGroupArn: logs.arn });
    const task = this.task('task', `${prefix}-${service.name}`, service.image, null, capacity, roles, logs.name);
    this.migrations =
      service.migrations === null
        ? null
        : this.task(
            'migrations',
            `${prefix}-${service.name}-migrations`,
            migrationsImage(service.image),
            service.migrations,
            capacity,
            roles,
            logs.name,
          );
    // A name that a person can say: `terraform apply -target=aws_ecs_task_definition.migrations_…` makes all that a migration needs.
    this.migrations?.overrideLogicalId(`migrations_${service.name}`);
    this.service = this.run(task, capacity);
    new Autoscaling(this, 'autoscaling', { cluster: props.cluster.name, service: this.service.name, capacity });
  }

  private image(name: string): string {
    const { accountId, env, prefix, imageTag } = this.props;
    return `${accountId}.dkr.ecr.${env.region}.amazonaws.com/${repository(prefix, name)}:${imageTag}`;
  }

  private task(
    id: string,
    family: string,
    image: string,
    command: readonly string[] | null,
    capacity: Capacity,
    roles: TaskRoles,
    logGroup: string,
  ): EcsTaskDefinition {
    const { service, env, environment, secrets } = this.props;
    return new EcsTaskDefinition(this, id, {
      family,
      dependsOn: [roles.startPolicy, ...this.props.surroundings],
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      // A rollback goes to the revision before, so that one stays.
      skipDestroy: true,
      cpu: String(capacity.cpu),
      memory: String(capacity.memory),
      executionRoleArn: roles.executionArn,
      taskRoleArn: roles.taskArn,
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
      volume: volumes(service, env).map(({ name }) => ({ name })),
      containerDefinitions: containerDefinitions({
        service,
        env,
        image: this.image(image),
        preparedBy: this.image(service.image),
        command,
        logGroup,
        environment,
        secrets,
      }),
    });
  }

  private run(task: EcsTaskDefinition, capacity: Capacity): EcsService {
    const { env, service, cluster, targetGroup, registryArn, rollbackAlarms, after } = this.props;
    return new EcsService(this, 'service', {
      name: service.name,
      cluster: cluster.arn,
      taskDefinition: task.arn,
      desiredCount: capacity.minimum,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      availabilityZoneRebalancing: 'ENABLED',
      networkConfiguration: { subnets: this.props.subnetIds, securityGroups: [this.props.securityGroupId], assignPublicIp: false },
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      ...(rollbackAlarms.length === 0 ? {} : { alarms: { enable: true, rollback: true, alarmNames: rollbackAlarms } }),
      ...(targetGroup === null || service.port === null
        ? {}
        : {
            loadBalancer: [{ targetGroupArn: targetGroup.arn, containerName: service.name, containerPort: service.port }],
            healthCheckGracePeriodSeconds: 60,
          }),
      ...(registryArn === null ? {} : { serviceRegistries: { registryArn } }),
      enableExecuteCommand: env.shell,
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      waitForSteadyState: true,
      dependsOn: after,
      // Autoscaling moves it.
      lifecycle: { ignoreChanges: ['desired_count'] },
    });
  }
}
