/** Mutations of the checks on the AWS stacks. */
import { breaking, every, inside, type Mutation, remove, replace, SERVICES } from './mutation.ts';

const README = /cdktf\/README\.md$/;
const MANIFEST = /cdktf\/package\.json$/;
const CONSTRUCT = /cdktf\/constructs\/[\w-]+\.ts$/;
const STACK = /cdktf\/stacks\/[\w-]+\.ts$/;

export const stackMutations: readonly Mutation[] = [
  ...breaking('IAC-001', [
    [
      'a bucket by hand',
      replace(/runbooks\/scaling\.md$/, /^( *)```bash$/m, '$1```bash\n$1aws s3api create-bucket --bucket x'),
      /create-bucket/,
    ],
  ]),
  ...breaking('IAC-003', [['production has no settings', remove(/cdktf\/config\/production\.ts$/), null]]),
  ...breaking('IAC-006', [
    ['the lock is off', replace(README, /^(.*terraform .*apply.*)$/m, '$1 -lock=false'), /-lock=false/],
  ]),
  ...breaking('IAC-008', [
    ['git takes the state', every(replace(/\.gitignore$/, /^\*\.tfstate.*\n/m, '')), /./],
    ['git takes what is synthesized', every(replace(/\.gitignore$/, /^.*cdktf\.out.*\n/m, '')), /./],
  ]),
  ...breaking('IAC-010', [
    [
      'a construct without types',
      replace(CONSTRUCT, /\b(interface|type) (\w*)(Props|Options|Settings)\b/g, '$1 $2Things'),
      /extends Construct/,
    ],
  ]),
  ...breaking('IAC-011', [
    [
      'a region in a construct',
      replace(CONSTRUCT, /(extends Construct \{)/, "$1\n  readonly region = 'eu-west-1';"),
      /eu-west-1/,
    ],
    [
      'an account in a stack',
      replace(STACK, /(extends \w+ \{)/, "$1\n  readonly account = '123456789012';"),
      /123456789012/,
    ],
  ]),
  ...breaking('IAC-015', [
    [
      'a script that is not there',
      replace(README, /npm (run synth|test)/, 'npm run deploy-everything'),
      /deploy-everything/,
    ],
    ['no way from nothing', every(replace(README, /bootstrap/i, 'first')), /./],
  ]),
  ...breaking('IAC-016', [['nobody says with what', every(replace(README, /cdktf|cdktn/i, 'tool')), /./]]),
  ...breaking('IAC-028', [
    ['no tests', every(remove(/cdktf\/tests\/.*\.check\.ts$/)), null],
    ['nothing runs them', replace(MANIFEST, /\n *"test": .*/, ''), /scripts/],
  ]),
  ...breaking('SECRETS-001', [
    [
      'a secret as a setting',
      replace(SERVICES, /("environment": \{)([\s\S]*?"secrets": \[\{ "name": ")(\w+)/, '$1 "$3": "x",$2$3'),
      /environment/,
    ],
  ]),
  ...breaking('SECRETS-004', [
    [
      'an address of the database as a setting',
      replace(SERVICES, /("environment": \{)/, '$1 "DATABASE_URL": "x",'),
      /DATABASE_URL/,
    ],
  ]),
  ...breaking('X-STACKS', [
    ['another port', replace(SERVICES, /"port": 3000/, '"port": 9999'), /9999/],
    ['another image', replace(SERVICES, /"image": "[\w-]+"/, '"image": "other"'), /other/],
    ['another health path', replace(SERVICES, /"healthPath": "[^"]+"/, '"healthPath": "/other"'), /other/],
    ['another port of metrics', inside(SERVICES, /"metrics": \{/, /"port": \d+/, '"port": 9999'), /9999/],
    ['another path of metrics', replace(SERVICES, /"path": "\/(?:internal\/)?metrics"/, '"path": "/other"'), /other/],
    [
      'a variable that nothing sets',
      inside(SERVICES, /"secrets": \[/, /"name": "\w+"/, '"name": "OTHER"'),
      /environment|datastores/,
    ],
    ['another service', replace(SERVICES, /("services": \[\s*\{\s*"name": )"[\w-]+"/, '$1"other"'), /services|other/],
    [
      'another user',
      replace(/cdktf\/lib\/containers\.ts$/, /^( +)(essential: true,)$/m, "$1user: '1000:1000',\n$1$2"),
      /1000/,
    ],
  ]),
];
