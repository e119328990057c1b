/** Where it runs and who is told. Read by generators of stacks and alerts; asked of nobody who chose none of them. */
import { decimal, integer, select, text } from '../../define.ts';
import { projectNameOf } from './names.ts';

const STACKS = ['cdktf-aws'];
/** A red default branch is announced where warnings go. */
const TALKING = ['ci-github', 'security-scan', 'prometheus', 'alertmanager', 'runbooks'];

const ALERTING = ['prometheus', 'alertmanager', 'runbooks'];

/** The regions of the `aws` partition that are open to every account or by opt-in. */
const AWS_REGIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const;

export const target = select(
  'infrastructure.target',
  [
    { value: 'aws-ecs-fargate', title: 'AWS ECS Fargate' },
    { value: 'none', title: 'Nowhere yet' },
  ],
  { message: 'Where does it run?', help: 'What the stacks are made for.', readBy: STACKS, default: 'aws-ecs-fargate' },
);

export const region = select(
  'infrastructure.region',
  AWS_REGIONS.map((value) => ({ value, title: value })),
  {
    message: 'In which AWS region?',
    ask: 'first',
    help: 'The AWS region of every environment.',
    readBy: STACKS,
    noun: 'an AWS region',
    default: 'eu-west-1',
  },
);

export const cdk = select(
  'infrastructure.cdk',
  [
    { value: 'cdktf', title: 'CDKTF', hint: 'archived by HashiCorp on 2025-12-10' },
    { value: 'cdktn', title: 'CDK Terrain', hint: 'the maintained fork with the same API' },
  ],
  {
    message: 'Which CDK for Terraform?',
    help: 'The library that the stacks are written against.',
    readBy: STACKS,
    default: 'cdktf',
  },
);

export const pager = select(
  'observability.pager',
  [
    { value: 'pagerduty', title: 'PagerDuty' },
    { value: 'none', title: 'Nobody yet' },
  ],
  { message: 'Who is paged?', ask: 'first', help: 'Where critical alerts go.', readBy: ALERTING, default: 'pagerduty' },
);

export const chatKind = select(
  'observability.chat.kind',
  [
    { value: 'slack', title: 'Slack' },
    { value: 'teams', title: 'Microsoft Teams' },
    { value: 'email', title: 'E-mail' },
    { value: 'none', title: 'Nowhere' },
  ],
  {
    message: 'Where do warnings go?',
    ask: 'first',
    help: 'The channel for warnings and digests.',
    readBy: TALKING,
    default: 'slack',
  },
);

export const chatChannel = text('observability.chat.channel', {
  message: 'To which channel?',
  help: 'The channel, team or address for warnings.',
  pattern: /^[#@]?[A-Za-z0-9][A-Za-z0-9._@-]{0,79}$/,
  expected: 'a channel like "#orders-alerts" (in quotes: YAML takes # for a comment) or an address',
  readBy: TALKING,
  suggest: ({ facts, project }) => {
    const name = project ?? projectNameOf(facts)?.value;
    return name === undefined
      ? undefined
      : { value: `#${name}-alerts`, source: 'default', why: 'named after the project' };
  },
});

export const availability = decimal('observability.objective.availability', {
  message: 'Which availability is promised, in percent?',
  help: 'The availability objective in percent, below 100: what is missing to 100 is the error budget.',
  readBy: ALERTING,
  minimum: 90,
  maximum: 99.999,
  decimals: 3,
  unit: 'percent',
  suffix: '%',
  refuse: (value) =>
    value === 100
      ? 'an objective: 30 days x 24 h x 60 min x (100 - 100) % = 0 minutes of error budget; 99.9 leaves 43.2 minutes'
      : null,
  default: 99.9,
});

export const p95 = integer('observability.objective.p95', {
  message: 'Within how many milliseconds do 95 % of requests answer?',
  help: 'The latency objective: 95th percentile, in milliseconds.',
  readBy: ALERTING,
  minimum: 1,
  maximum: 60_000,
  unit: 'milliseconds',
  suffix: 'ms',
  default: 500,
});
