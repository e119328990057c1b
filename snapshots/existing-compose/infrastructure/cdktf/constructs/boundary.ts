/** What no role of this environment can go beyond, whoever writes its policy: the deploy role may make roles only with this boundary. */
import { IamPolicy } from '#aws/iam-policy';
import { Construct } from 'constructs';
import { policy } from '../lib/iam.js';
import { boundaryName } from '../lib/names.js';

export interface BoundaryProps {
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
}

export class Boundary extends Construct {
  constructor(scope: Construct, id: string, { prefix, region, accountId }: BoundaryProps) {
    super(scope, id);
    const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
    const via = (service: string) => ({ StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } });
    new IamPolicy(this, 'policy', {
      name: boundaryName(prefix),
      description: `The most that a role of ${prefix} can do`,
      policy: policy(
        {
          Sid: 'Logs',
          Effect: 'Allow',
          Action: [
            'logs:CreateLogStream',
            'logs:PutLogEvents',
            'logs:GetLogEvents',
            'logs:DescribeLogStreams',
            'logs:DescribeLogGroups',
            'logs:CreateLogGroup',
            'logs:PutRetentionPolicy',
          ],
          Resource: [`/ecs/${prefix}/*`, `/vpc/${prefix}/*`, 'RDSOSMetrics*'].map((group) => arn('logs', `log-group:${group}`)),
        },
        {
          Sid: 'OwnSecrets',
          Effect: 'Allow',
          Action: 'secretsmanager:GetSecretValue',
          Resource: arn('secretsmanager', `secret:${prefix}/*`),
        },
        { Sid: 'OwnKeys', Effect: 'Allow', Action: 'kms:Decrypt', Resource: arn('kms', 'key/*'), Condition: via('secretsmanager') },
        {
          Sid: 'OwnImages',
          Effect: 'Allow',
          Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          Resource: arn('ecr', `repository/${prefix}/*`),
        },
        // Neither knows resources.
        { Sid: 'RegistryLogin', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
        {
          Sid: 'Shell',
          Effect: 'Allow',
          Action: [
            'ssmmessages:CreateControlChannel',
            'ssmmessages:CreateDataChannel',
            'ssmmessages:OpenControlChannel',
            'ssmmessages:OpenDataChannel',
          ],
          Resource: '*',
        },
      ),
    });
  }
}
