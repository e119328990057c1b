/** What the roles of the pipeline may do. Each statement names what it is for; nothing reaches another environment's names. */
import { webServices } from '../config/services.js';
import type { Statement } from './iam.js';
import { backupRoleName, boundaryName, stateBucket, targetGroupPrefix } from './names.js';

export interface DeployScope {
  readonly prefix: string;
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly stateKeyArn: string;
}

/** Everything that is in the state is readable for who plans; passwords never are in it. */
export function readStateStatements({ prefix, accountId, stateKeyArn }: DeployScope): readonly Statement[] {
  const bucket = `arn:aws:s3:::${stateBucket(prefix, accountId)}`;
  return [
    { Sid: 'ListState', Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
    { Sid: 'ReadState', Effect: 'Allow', Action: 's3:GetObject', Resource: `${bucket}/*` },
    { Sid: 'DecryptState', Effect: 'Allow', Action: 'kms:Decrypt', Resource: stateKeyArn },
  ];
}

/** By policy name: a policy has a size that AWS limits. */
export function deployStatements(scope: DeployScope): Readonly<Record<string, readonly Statement[]>> {
  return {
    state: stateStatements(scope),
    roles: roleStatements(scope),
    network: networkStatements(scope),
    services: serviceStatements(scope),
    data: dataStatements(scope),
  };
}

function stateStatements(scope: DeployScope): readonly Statement[] {
  const bucket = `arn:aws:s3:::${stateBucket(scope.prefix, scope.accountId)}`;
  return [
    ...readStateStatements(scope),
    { Sid: 'WriteState', Effect: 'Allow', Action: 's3:PutObject', Resource: `${bucket}/*` },
    { Sid: 'Unlock', Effect: 'Allow', Action: 's3:DeleteObject', Resource: `${bucket}/*.tflock` },
    { Sid: 'EncryptState', Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: scope.stateKeyArn },
  ];
}

/** Roles of this environment, with its boundary only: nobody deploys more rights than the boundary has. */
function roleStatements({ prefix, accountId }: DeployScope): readonly Statement[] {
  const roles = `arn:aws:iam::${accountId}:role/${prefix}-*`;
  const boundary = `arn:aws:iam::${accountId}:policy/${boundaryName(prefix)}`;
  return [
    {
      Sid: 'RolesWithinTheBoundary',
      Effect: 'Allow',
      Action: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy', 'iam:DeleteRolePolicy'],
      Resource: roles,
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    {
      Sid: 'RolesThatAreGone',
      Effect: 'Allow',
      Action: ['iam:DeleteRole', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'],
      Resource: roles,
    },
    {
      Sid: 'HandRolesOver',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: roles,
      Condition: {
        StringEquals: {
          'iam:PassedToService': [
            'ecs-tasks.amazonaws.com',
            'monitoring.rds.amazonaws.com',
            'vpc-flow-logs.amazonaws.com',
            'backup.amazonaws.com',
          ],
        },
      },
    },
    // AWS makes a role of its own when a service is used for the first time: nobody can choose what is in it.
    {
      Sid: 'RolesOfAws',
      Effect: 'Allow',
      Action: 'iam:CreateServiceLinkedRole',
      Resource: `arn:aws:iam::${accountId}:role/aws-service-role/*`,
      Condition: {
        StringEquals: {
          'iam:AWSServiceName': [
            'ecs.amazonaws.com',
            'ecs.application-autoscaling.amazonaws.com',
            'elasticloadbalancing.amazonaws.com',
            'rds.amazonaws.com',
            'elasticache.amazonaws.com',
            'backup.amazonaws.com',
            'restore-testing.backup.amazonaws.com',
            'wafv2.amazonaws.com',
          ],
        },
      },
    },
    // What bootstrap made is changed by a person.
    {
      Sid: 'NeverThePipeline',
      Effect: 'Deny',
      Action: [
        'iam:PutRolePolicy',
        'iam:AttachRolePolicy',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:DeleteRole',
        'iam:PassRole',
      ],
      Resource: ['plan', 'deploy'].map((name) => `arn:aws:iam::${accountId}:role/${prefix}-${name}`),
    },
    {
      Sid: 'NeverTheBackups',
      Effect: 'Deny',
      Action: ['iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole', 'iam:DeleteRole'],
      Resource: `arn:aws:iam::${accountId}:role/${backupRoleName(prefix)}`,
    },
  ];
}

/** Parts of a network have ids that nobody knows beforehand, so the tag of the environment stands for the name. */
function networkStatements({ prefix, region, accountId }: DeployScope): readonly Statement[] {
  const parts = [
    'vpc',
    'subnet',
    'route-table',
    'internet-gateway',
    'natgateway',
    'elastic-ip',
    'security-group',
    'security-group-rule',
    'network-interface',
    'network-acl',
    'vpc-endpoint',
    'vpc-flow-log',
  ];
  return [
    {
      Sid: 'Network',
      Effect: 'Allow',
      Action: [
        'Create',
        'Delete',
        'Modify',
        'Associate',
        'Disassociate',
        'Attach',
        'Detach',
        'Authorize',
        'Revoke',
        'Allocate',
        'Release',
        'Replace',
        'Update',
      ].map((verb) => `ec2:${verb}*`),
      Resource: parts.map((part) => `arn:aws:ec2:${region}:${accountId}:${part}/*`),
    },
    {
      Sid: 'Names',
      Effect: 'Allow',
      Action: [
        'servicediscovery:CreateService',
        'servicediscovery:DeleteNamespace',
        'servicediscovery:DeleteService',
        'servicediscovery:UpdateService',
      ],
      Resource: ['namespace/*', 'service/*'].map((part) => `arn:aws:servicediscovery:${region}:${accountId}:${part}`),
    },
    {
      Sid: 'Zones',
      Effect: 'Allow',
      Action: [
        'route53:ChangeResourceRecordSets',
        'route53:AssociateVPCWithHostedZone',
        'route53:DeleteHostedZone',
        'route53:ChangeTagsForResource',
      ],
      Resource: 'arn:aws:route53:::hostedzone/*',
    },
    // None of these knows resources. Logs of the cache and of the firewall are handed over by the last five.
    {
      Sid: 'WithoutResources',
      Effect: 'Allow',
      Action: [
        'servicediscovery:CreatePrivateDnsNamespace',
        'servicediscovery:TagResource',
        'route53:CreateHostedZone',
        'acm:RequestCertificate',
        'sns:Unsubscribe',
        'backup-storage:MountCapsule',
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:PutResourcePolicy',
      ],
      Resource: '*',
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy', 'logs:AssociateKmsKey', 'logs:TagResource'],
      Resource: ['/vpc', '/ecs', '/aws/rds/instance', '/aws/elasticache', 'aws-waf-logs-'].map(
        (group) => `arn:aws:logs:${region}:${accountId}:log-group:${group}*${prefix}*`,
      ),
    },
  ];
}

function serviceStatements({ prefix, region, accountId }: DeployScope): readonly Statement[] {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]): Statement => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  return [
    allow(
      'Services',
      [
        'ecs:CreateCluster',
        'ecs:DeleteCluster',
        'ecs:UpdateCluster',
        'ecs:UpdateClusterSettings',
        'ecs:CreateService',
        'ecs:UpdateService',
        'ecs:DeleteService',
        'ecs:RunTask',
        'ecs:TagResource',
        'ecs:RegisterTaskDefinition',
      ],
      [`cluster/${prefix}`, `service/${prefix}/*`, `task-definition/${prefix}-*`, `task/${prefix}/*`].map((part) => arn('ecs', part)),
    ),
    allow(
      'Balancers',
      ['Create', 'Delete', 'Modify', 'Set', 'Add', 'Register', 'Deregister'].map((verb) => `elasticloadbalancing:${verb}*`),
      [
        ...['loadbalancer', 'listener', 'listener-rule'].map((part) => arn('elasticloadbalancing', `${part}/app/${prefix}/*`)),
        ...webServices.map(({ name }) => arn('elasticloadbalancing', `targetgroup/${targetGroupPrefix(name)}*/*`)),
      ],
    ),
    allow(
      'Scaling',
      [
        'application-autoscaling:RegisterScalableTarget',
        'application-autoscaling:DeregisterScalableTarget',
        'application-autoscaling:PutScalingPolicy',
        'application-autoscaling:DeleteScalingPolicy',
        'application-autoscaling:TagResource',
      ],
      [arn('application-autoscaling', 'scalable-target/*')],
    ),
    allow(
      'Alarms',
      ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms', 'cloudwatch:TagResource'],
      [arn('cloudwatch', `alarm:${prefix}-*`)],
    ),
    allow(
      'Topics',
      ['sns:CreateTopic', 'sns:DeleteTopic', 'sns:SetTopicAttributes', 'sns:Subscribe', 'sns:TagResource'],
      [arn('sns', `${prefix}-*`)],
    ),
    allow('Budget', ['budgets:ModifyBudget', 'budgets:TagResource'], [`arn:aws:budgets::${accountId}:budget/${prefix}`]),
    allow('Certificates', ['acm:DeleteCertificate', 'acm:AddTagsToCertificate'], [arn('acm', 'certificate/*')]),
    allow(
      'Firewall',
      [
        'wafv2:CreateWebACL',
        'wafv2:UpdateWebACL',
        'wafv2:DeleteWebACL',
        'wafv2:AssociateWebACL',
        'wafv2:DisassociateWebACL',
        'wafv2:PutLoggingConfiguration',
        'wafv2:DeleteLoggingConfiguration',
        'wafv2:TagResource',
      ],
      [
        arn('wafv2', `regional/webacl/${prefix}/*`),
        arn('wafv2', 'regional/managedruleset/*'),
        arn('elasticloadbalancing', `loadbalancer/app/${prefix}/*`),
      ],
    ),
    allow(
      'Images',
      [
        'ecr:InitiateLayerUpload',
        'ecr:UploadLayerPart',
        'ecr:CompleteLayerUpload',
        'ecr:PutImage',
        'ecr:BatchGetImage',
        'ecr:BatchCheckLayerAvailability',
        'ecr:GetDownloadUrlForLayer',
      ],
      [arn('ecr', `repository/${prefix}/*`)],
    ),
  ];
}

function dataStatements({ prefix, project, environment, region, accountId }: DeployScope): readonly Statement[] {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]): Statement => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  const tagged = (key: string) => ({ StringEquals: { [`${key}/Project`]: project, [`${key}/Environment`]: environment } });
  return [
    allow(
      'Databases',
      [
        'rds:CreateDBInstance',
        'rds:ModifyDBInstance',
        'rds:DeleteDBInstance',
        'rds:RebootDBInstance',
        'rds:CreateDBSnapshot',
        'rds:CreateDBParameterGroup',
        'rds:ModifyDBParameterGroup',
        'rds:DeleteDBParameterGroup',
        'rds:CreateDBSubnetGroup',
        'rds:ModifyDBSubnetGroup',
        'rds:DeleteDBSubnetGroup',
        'rds:AddTagsToResource',
      ],
      // What is not chosen is a default group of options.
      [...['db', 'pg', 'subgrp', 'snapshot'].map((part) => arn('rds', `${part}:${prefix}-*`)), arn('rds', 'og:default*')],
    ),
    allow(
      'Caches',
      ['Create', 'Modify', 'Delete', 'Increase', 'Decrease', 'AddTags'].map((verb) => `elasticache:${verb}*`),
      [
        ...['replicationgroup', 'cluster', 'parametergroup', 'subnetgroup', 'snapshot'].map((part) =>
          arn('elasticache', `${part}:${prefix}-*`),
        ),
      ],
    ),
    allow(
      'Secrets',
      [
        'secretsmanager:CreateSecret',
        'secretsmanager:DeleteSecret',
        'secretsmanager:UpdateSecret',
        'secretsmanager:PutSecretValue',
        'secretsmanager:GetSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
        'secretsmanager:TagResource',
      ],
      [arn('secretsmanager', `secret:${prefix}/*`)],
    ),
    { Sid: 'Passwords', Effect: 'Allow', Action: 'secretsmanager:GetRandomPassword', Resource: '*' },
    // A key cannot be named before it is there: it is told by the tags that the provider gives to everything.
    {
      Sid: 'NewKeys',
      Effect: 'Allow',
      Action: ['kms:CreateKey', 'kms:TagResource', 'kms:PutKeyPolicy'],
      Resource: '*',
      Condition: tagged('aws:RequestTag'),
    },
    { Sid: 'Keys', Effect: 'Allow', Action: KEYS, Resource: arn('kms', 'key/*'), Condition: tagged('aws:ResourceTag') },
    allow('Aliases', ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'], [arn('kms', `alias/${prefix}-*`)]),
    allow(
      'Backups',
      [
        'backup:CreateBackupVault',
        'backup:DeleteBackupVault',
        'backup:CreateBackupPlan',
        'backup:UpdateBackupPlan',
        'backup:DeleteBackupPlan',
        'backup:CreateBackupSelection',
        'backup:DeleteBackupSelection',
        'backup:CreateRestoreTestingPlan',
        'backup:UpdateRestoreTestingPlan',
        'backup:DeleteRestoreTestingPlan',
        'backup:CreateRestoreTestingSelection',
        'backup:UpdateRestoreTestingSelection',
        'backup:DeleteRestoreTestingSelection',
        'backup:TagResource',
      ],
      [arn('backup', `backup-vault:${prefix}`), arn('backup', 'backup-plan:*'), arn('backup', 'restore-testing-plan:*')],
    ),
  ];
}

const KEYS = [
  'kms:PutKeyPolicy',
  'kms:EnableKeyRotation',
  'kms:ScheduleKeyDeletion',
  'kms:UpdateKeyDescription',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:CreateGrant',
  'kms:RetireGrant',
  'kms:Decrypt',
  'kms:GenerateDataKey',
];
