/** Two roles a service: one that starts its tasks and reads their secrets, one that its own code has. */
import { IamRole } from '#aws/iam-role';
import { IamRolePolicy } from '#aws/iam-role-policy';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.js';
import type { Service } from '../config/services.js';
import { assumedBy, policy, type Statement } from '../lib/iam.js';
import { migrationsImage, repository, secretName } from '../lib/names.js';
import { secretVariables } from '../lib/variables.js';

export interface TaskRolesProps {
  readonly prefix: string;
  readonly env: EnvironmentConfig;
  readonly accountId: string;
  readonly boundaryArn: string;
  readonly service: Service;
  readonly logGroupArn: string;
  readonly dataKeyArn: string | null;
}

export class TaskRoles extends Construct {
  readonly executionArn: string;
  readonly taskArn: string;
  /** What has to be there before a task starts. */
  readonly startPolicy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    const { prefix, service, env } = props;
    const role = (kind: 'execution' | 'task') =>
      new IamRole(this, kind, {
        name: `${prefix}-${service.name}-${kind}`,
        assumeRolePolicy: assumedBy('ecs-tasks.amazonaws.com', props.accountId),
        permissionsBoundary: props.boundaryArn,
      });
    const execution = role('execution');
    this.startPolicy = new IamRolePolicy(this, 'start', {
      role: execution.id,
      name: 'start-tasks',
      policy: policy(...startStatements(props)),
    });
    // The code may do nothing on AWS until somebody gives it a reason to.
    const task = role('task');
    if (env.shell) new IamRolePolicy(this, 'shell', { role: task.id, name: 'open-a-shell', policy: policy(SHELL) });
    this.executionArn = execution.arn;
    this.taskArn = task.arn;
  }
}

function startStatements({ prefix, env, accountId, service, logGroupArn, dataKeyArn }: TaskRolesProps): readonly Statement[] {
  const at = `${env.region}:${accountId}`;
  const images = [service.image, ...(service.migrations === null ? [] : [migrationsImage(service.image)])];
  const secrets = secretVariables(service);
  const statements: Statement[] = [
    { Sid: 'WriteLogs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: `${logGroupArn}:*` },
    {
      Sid: 'PullImages',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: images.map((image) => `arn:aws:ecr:${at}:repository/${repository(prefix, image)}`),
    },
    // It knows no resources.
    { Sid: 'RegistryLogin', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  ];
  if (secrets.length === 0 || dataKeyArn === null) return statements;
  return [
    ...statements,
    {
      Sid: 'ReadSecrets',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      // Secrets Manager adds six characters to every name.
      Resource: secrets.map((variable) => `arn:aws:secretsmanager:${at}:secret:${secretName(prefix, service.name, variable)}-??????`),
    },
    {
      Sid: 'DecryptSecrets',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: dataKeyArn,
      Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${env.region}.amazonaws.com` } },
    },
  ];
}

/** None of these knows resources. */
const SHELL: Statement = {
  Sid: 'OpenAShell',
  Effect: 'Allow',
  Action: [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  Resource: '*',
};
