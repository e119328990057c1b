/** Commands of the AWS command line, by the names that the stacks give. Production is meant: that is what pages. */
import type { Datastore, Service, System } from '../../../src/model.ts';
import { cloudNames, cloudServices, datastoreIdentifier, production, runsOnAws, serviceNames } from '../cloud.ts';
import { about, filled, lines, type Subject } from './shell.ts';

export type Aws = ReturnType<typeof commands>;

/** Null where nothing runs on AWS. */
export function awsOf(system: System, subject: Subject): Aws | null {
  return runsOnAws(system) ? commands(system, subject) : null;
}

/** Kinds that the stacks make. */
export function managed({ kind }: Datastore): 'rds' | 'elasticache' | null {
  if (kind === 'postgresql' || kind === 'mysql') return 'rds';
  return kind === 'redis' ? 'elasticache' : null;
}

function commands(system: System, subject: Subject) {
  const environment = production(system).name;
  const names = cloudNames(system, environment);
  // The name of a service may be a variable of the shell; the rest of the names is made of it by the one function that makes them.
  const own = serviceNames({ ...subject.service, name: subject.name }, system, environment);
  const region = `--region ${names.region}`;
  const service = filled(own.service);
  const text = (query: string) => `--query '${query}' --output text`;
  const identifier = (store: Datastore) => datastoreIdentifier(system, environment, store.name);
  const describe = (query: string) =>
    about(
      subject,
      lines(`aws ecs describe-services ${region}`, `--cluster ${names.cluster} --services ${service}`, text(query)),
    );
  return {
    names,
    own,
    environment,
    services: cloudServices(system),
    identifier,
    /** State and reason of an alert's alarms, of whatever they speak. */
    alarms: (alert: string) =>
      lines(
        `aws cloudwatch describe-alarms ${region}`,
        `--alarm-name-prefix ${names.prefix}-`,
        `--query "MetricAlarms[?ends_with(AlarmName, '-${alert}')].[AlarmName,StateValue,StateUpdatedTimestamp]" --output text`,
      ),
    /** Wanted, running and pending tasks. */
    tasks: () => describe('services[0].[status,desiredCount,runningCount,pendingCount]'),
    /** The task definition of each deployment and how far it is. */
    deployments: () => describe('services[0].deployments[].[status,rolloutState,taskDefinition,createdAt]'),
    /** What the scheduler has to say. */
    events: () => describe('services[0].events[:5].[createdAt,message]'),
    /** Why tasks stopped: exit codes and out-of-memory kills stand here. */
    stopped: () =>
      about(
        subject,
        [
          `TASKS=$(${lines(`aws ecs list-tasks ${region} --cluster ${names.cluster}`, `--service-name ${service} --desired-status STOPPED`, text('taskArns[:5]'))})`,
          'if [ -z "$TASKS" ]; then',
          "  echo 'no stopped task'",
          'else',
          `  echo "$TASKS" | xargs ${lines(`aws ecs describe-tasks ${region}`, `  --cluster ${names.cluster} ${text('tasks[].[stoppedAt,stopCode,stoppedReason,join(`","`,containers[].to_string(exitCode))]')} --tasks`)}`,
          'fi',
        ].join('\n'),
      ),
    /** The newest lines that hold one of the words. */
    log: (pattern: string, minutes = 15) =>
      about(
        subject,
        lines(
          `aws logs filter-log-events ${region}`,
          `--log-group-name ${filled(own.logGroup)}`,
          `--start-time "$(( ($(date +%s) - ${minutes * 60}) * 1000 ))"`,
          `--filter-pattern '${pattern}' --max-items 20`,
          text('events[].message'),
        ),
      ),
    /** What the load balancer thinks of each task. */
    targets: () =>
      about(
        subject,
        [
          `GROUP=$(${lines(`aws ecs describe-services ${region}`, `--cluster ${names.cluster} --services ${service}`, text('services[0].loadBalancers[0].targetGroupArn'))})`,
          lines(
            `aws elbv2 describe-target-health ${region} --target-group-arn "$GROUP"`,
            text('TargetHealthDescriptions[].[Target.Id,TargetHealth.State,TargetHealth.Reason]'),
          ),
        ].join('\n'),
      ),
    /** One figure of the service, five minutes each, over the last hour. */
    serviceMetric: (metric: 'CPUUtilization' | 'MemoryUtilization') =>
      about(
        subject,
        statistics(
          region,
          'AWS/ECS',
          metric,
          `Name=ClusterName,Value=${names.cluster} ${filled(`Name=ServiceName,Value=${own.service}`)}`,
        ),
      ),
    databaseMetric: (store: Datastore, metric: string) =>
      statistics(region, 'AWS/RDS', metric, `Name=DBInstanceIdentifier,Value=${identifier(store)}`),
    database: (store: Datastore) =>
      lines(
        `aws rds describe-db-instances ${region}`,
        `--db-instance-identifier ${identifier(store)}`,
        text('DBInstances[0].[DBInstanceStatus,MultiAZ,DBInstanceClass,AllocatedStorage,MaxAllocatedStorage]'),
      ),
    reboot: (store: Datastore) =>
      lines(
        `aws rds reboot-db-instance ${region}`,
        `--db-instance-identifier ${identifier(store)}`,
        text('DBInstance.DBInstanceStatus'),
      ),
    /** Its storage may grow to half as much again. */
    grow: (store: Datastore) =>
      [
        `LIMIT=$(${lines(`aws rds describe-db-instances ${region}`, `--db-instance-identifier ${identifier(store)}`, text('DBInstances[0].[MaxAllocatedStorage,AllocatedStorage] | max([?@])'))})`,
        lines(
          `aws rds modify-db-instance ${region} --apply-immediately`,
          `--db-instance-identifier ${identifier(store)} --max-allocated-storage "$(( LIMIT * 3 / 2 ))"`,
          text('DBInstance.DBInstanceStatus'),
        ),
      ].join('\n'),
    databaseEvents: (store: Datastore) =>
      lines(
        `aws rds describe-events ${region} --source-type db-instance`,
        `--source-identifier ${identifier(store)} --duration 120`,
        text('Events[].[Date,Message]'),
      ),
    databaseLog: (store: Datastore) =>
      [
        `LOG=$(${lines(`aws rds describe-db-log-files ${region}`, `--db-instance-identifier ${identifier(store)}`, text('sort_by(DescribeDBLogFiles,&LastWritten)[-1].LogFileName'))})`,
        lines(
          `aws rds download-db-log-file-portion ${region}`,
          `--db-instance-identifier ${identifier(store)}`,
          '--log-file-name "$LOG" --output text | tail -n 40',
        ),
      ].join('\n'),
    cache: (store: Datastore) =>
      lines(
        `aws elasticache describe-replication-groups ${region}`,
        `--replication-group-id ${identifier(store)}`,
        text('ReplicationGroups[0].[Status,AutomaticFailover,CacheNodeType,join(`","`, MemberClusters)]'),
      ),
    cacheEvents: (store: Datastore) =>
      lines(
        `aws elasticache describe-events ${region} --source-type replication-group`,
        `--source-identifier ${identifier(store)} --duration 120`,
        text('Events[].[Date,Message]'),
      ),
    /** The last but one revision takes the place of the last. */
    rollBack: () =>
      about(
        subject,
        [
          `PREVIOUS=$(${lines(`aws ecs list-task-definitions ${region}`, `--family-prefix ${filled(own.taskFamily)} --status ACTIVE --sort DESC --no-paginate`, text('taskDefinitionArns[1]'))})`,
          'echo "going back to $PREVIOUS"',
          lines(
            `aws ecs update-service ${region} --cluster ${names.cluster} --service ${service}`,
            `--task-definition "$PREVIOUS" ${text('service.taskDefinition')}`,
          ),
        ].join('\n'),
      ),
    /** A task that migrates the database and ends, in the network of the service. */
    migrate: (service: Service) => {
      const { taskFamily } = serviceNames(service, system, environment);
      return [
        `NETWORK=$(${lines(`aws ecs describe-services ${region}`, `--cluster ${names.cluster} --services ${service.name}`, "--query 'services[0].networkConfiguration' --output json")})`,
        `TASK=$(${lines(`aws ecs run-task ${region} --cluster ${names.cluster}`, `--task-definition ${taskFamily}-migrations --launch-type FARGATE`, '--network-configuration "$NETWORK"', text('tasks[0].taskArn'))})`,
        lines(`aws ecs wait tasks-stopped ${region}`, `--cluster ${names.cluster} --tasks "$TASK"`),
        lines(
          `aws ecs describe-tasks ${region} --cluster ${names.cluster} --tasks "$TASK"`,
          text('tasks[0].[join(`","`,containers[].to_string(exitCode)),stoppedReason]'),
        ),
      ].join('\n');
    },
    snapshot: (store: Datastore) =>
      lines(
        `aws rds create-db-snapshot ${region}`,
        `--db-instance-identifier ${identifier(store)}`,
        `--db-snapshot-identifier "${identifier(store)}-$(date -u +%Y%m%d%H%M)" ${text('DBSnapshot.Status')}`,
      ),
    /** The latest time that can be restored, then the instance beside the old one: in its subnets, behind its security groups. */
    restorable: (store: Datastore) =>
      lines(
        `aws rds describe-db-instances ${region}`,
        `--db-instance-identifier ${identifier(store)}`,
        text(
          'DBInstances[0].[LatestRestorableTime,DBSubnetGroup.DBSubnetGroupName,VpcSecurityGroups[0].VpcSecurityGroupId]',
        ),
      ),
    restore: (store: Datastore) =>
      [
        `read -r GROUP SECURITY <<< "$(${lines(`aws rds describe-db-instances ${region}`, `--db-instance-identifier ${identifier(store)}`, text('DBInstances[0].[DBSubnetGroup.DBSubnetGroupName,VpcSecurityGroups[0].VpcSecurityGroupId]'))})"`,
        lines(
          `aws rds restore-db-instance-to-point-in-time ${region}`,
          `--source-db-instance-identifier ${identifier(store)}`,
          `--target-db-instance-identifier ${identifier(store)}-restored`,
          '--use-latest-restorable-time --no-publicly-accessible',
          '--db-subnet-group-name "$GROUP" --vpc-security-group-ids "$SECURITY"',
          text('DBInstance.DBInstanceStatus'),
        ),
        lines(
          `aws rds wait db-instance-available ${region}`,
          `--db-instance-identifier ${identifier(store)}-restored && echo available`,
        ),
      ].join('\n'),
    /** The restored instance takes the name of the old one, which is kept under another. */
    swap: (store: Datastore) => {
      const rename = (from: string, to: string) =>
        lines(
          `  aws rds modify-db-instance ${region} --apply-immediately`,
          `  --db-instance-identifier ${from} --new-db-instance-identifier ${to}`,
          `  ${text('DBInstance.DBInstanceStatus')}`,
        );
      const own = identifier(store);
      return [
        `STATE=$(${lines(`aws rds describe-db-instances ${region}`, `--db-instance-identifier ${own}-restored`, text('DBInstances[0].DBInstanceStatus'))})`,
        'if [ "$STATE" = available ]; then',
        rename(own, `${own}-damaged`),
        '  sleep 120',
        rename(`${own}-restored`, own),
        'fi',
      ].join('\n');
    },
    certificates: () =>
      lines(
        `aws acm list-certificates ${region}`,
        text('CertificateSummaryList[].[DomainName,Status,NotAfter,RenewalEligibility]'),
      ),
    /** New tasks take the place of the running ones, one after the other. */
    restart: () =>
      about(
        subject,
        lines(
          `aws ecs update-service ${region} --cluster ${names.cluster} --service ${service}`,
          `--force-new-deployment ${text('service.status')}`,
        ),
      ),
    /** Raises the least number of tasks; the service then scales from there. */
    atLeast: (tasks: number) =>
      about(
        subject,
        lines(
          `aws application-autoscaling register-scalable-target ${region}`,
          `--service-namespace ecs --scalable-dimension ecs:service:DesiredCount`,
          `--resource-id ${filled(`service/${names.cluster}/${own.service}`)} --min-capacity ${tasks}`,
        ),
      ),
    limits: () =>
      about(
        subject,
        lines(
          `aws application-autoscaling describe-scalable-targets ${region} --service-namespace ecs`,
          `--resource-ids ${filled(`service/${names.cluster}/${own.service}`)}`,
          text('ScalableTargets[].[ResourceId,MinCapacity,MaxCapacity]'),
        ),
      ),
    scalings: () =>
      about(
        subject,
        lines(
          `aws application-autoscaling describe-scaling-activities ${region} --service-namespace ecs`,
          `--resource-id ${filled(`service/${names.cluster}/${own.service}`)} --max-items 5`,
          text('ScalingActivities[].[StartTime,StatusCode,Description]'),
        ),
      ),
    settled: () =>
      about(
        subject,
        lines(
          `aws ecs wait services-stable ${region}`,
          `--cluster ${names.cluster} --services ${service} && echo stable`,
        ),
      ),
  };
}

/** Seconds since 1970 are what every `date` has; the AWS command line takes them for times. */
function statistics(region: string, namespace: string, metric: string, dimensions: string): string {
  // Of what is left, the least of five minutes counts.
  const statistic = metric.startsWith('Free') ? 'Minimum' : 'Maximum';
  return lines(
    `aws cloudwatch get-metric-statistics ${region}`,
    `--namespace ${namespace} --metric-name ${metric} --dimensions ${dimensions}`,
    `--start-time "$(( $(date +%s) - 3600 ))" --end-time "$(date +%s)" --period 300 --statistics ${statistic}`,
    `--query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,${statistic}]' --output text`,
  );
}
