/** Who talked to whom: every connection of the network, kept for as long as logs are. */
import { CloudwatchLogGroup } from '#aws/cloudwatch-log-group';
import { FlowLog } from '#aws/flow-log';
import { IamRole } from '#aws/iam-role';
import { IamRolePolicy } from '#aws/iam-role-policy';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import { assumedBy, policy } from '../lib/iam.js';

export interface FlowLogsProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly boundaryArn: string;
  readonly keyArn: string;
  readonly vpcId: string;
}

export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { prefix, env, accountId, boundaryArn, keyArn, vpcId }: FlowLogsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, 'log-group', {
      name: `/vpc/${prefix}/flow-logs`,
      retentionInDays: env.logRetentionDays,
      kmsKeyId: keyArn,
    });
    const role = new IamRole(this, 'role', {
      name: `${prefix}-flow-logs`,
      assumeRolePolicy: assumedBy('vpc-flow-logs.amazonaws.com', accountId),
      permissionsBoundary: boundaryArn,
    });
    new IamRolePolicy(this, 'policy', {
      role: role.id,
      name: 'write-flow-logs',
      policy: policy({
        Sid: 'WriteFlowLogs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        Resource: `${group.arn}:*`,
      }),
    });
    new FlowLog(this, 'flow-log', {
      vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 60,
      tags: { Name: prefix },
    });
  }
}
