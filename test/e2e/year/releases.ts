/** Two later releases: what a maintainer changes in a year, from pins to a new file. Hashes and digests are made up, obviously. */
import type { Release } from '../../helpers/releases.ts';

export const CHECKOUT_1 = '1111111111111111111111111111111111111111';
export const CHECKOUT_2 = '2222222222222222222222222222222222222222';
export const NODE_DIGEST = `sha256:${'4'.repeat(64)}`;

const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const NODE_22 = 'node:22-bookworm-slim@sha256:48e4b67d85f87bd551df43704e24d252f56cc5f8e9718841aace50f19948f0f9';

export const SPRING: Release = {
  version: '0.2.0',
  changes: [
    // Bumps that a bot made here.
    { file: 'templates/_pins/action.yml', from: CHECKOUT, to: `actions/checkout@${CHECKOUT_1} # v7.1.0` },
    { file: 'templates/_pins/Dockerfile', from: NODE_22, to: `node:22-bookworm-slim@${NODE_DIGEST}` },
    // Reports are kept for two weeks.
    {
      file: 'templates/ci-github/.github/workflows/ci.yml.ejs',
      from: 'retention-days: 7',
      to: 'retention-days: 14',
    },
    // An alert waits less.
    { file: 'generators/shared/alerts/availability.ts', from: "for: '4m'", to: "for: '3m'" },
    { file: 'generators/shared/alerts/availability.ts', from: "[...quiet('3m'), fires", to: "[...quiet('2m'), fires" },
    // Words of a runbook.
    {
      file: 'templates/runbooks/alert.md.ejs',
      from: 'note it, go on. After two, escalate.',
      to: 'write it down and go on. After two of them, escalate.',
    },
    // A remark in an image.
    {
      file: 'templates/docker/Dockerfile.ejs',
      from: '# The same numeric user everywhere;',
      to: '# The same numeric user on every machine;',
    },
    // More patience with a slow disk.
    { file: 'templates/compose/compose.yaml.ejs', from: 'retries: 5', to: 'retries: 6' },
    // Logs are kept for longer.
    { file: 'templates/cdktf-aws/config/base.ts.ejs', from: 'logRetentionDays: 365', to: 'logRetentionDays: 400' },
  ],
};

export const AUTUMN: Release = {
  version: '0.3.0',
  changes: [
    {
      file: 'templates/_pins/action.yml',
      from: `actions/checkout@${CHECKOUT_1} # v7.1.0`,
      to: `actions/checkout@${CHECKOUT_2} # v7.2.0`,
    },
    // A step has another name, in every job.
    {
      file: 'templates/_partials/workflow-setup.ejs',
      from: 'Install dependencies',
      to: 'Install what the lock file says',
    },
    {
      file: 'templates/ci-github/.github/workflows/ci.yml.ejs',
      from: 'Install dependencies',
      to: 'Install what the lock file says',
    },
    {
      file: 'templates/ci-github/.github/workflows/ci.yml.ejs',
      from: 'retention-days: 14',
      to: 'retention-days: 21',
    },
    // Comments and words.
    {
      file: 'templates/alertmanager/alertmanager.yml.ejs',
      from: '# One message tells of one alert of one service:',
      to: '# A message tells of one alert of one service:',
    },
    {
      file: 'templates/runbooks/alert.md.ejs',
      from: 'write it down and go on. After two of them, escalate.',
      to: 'write it down and go on; after two of them, escalate.',
    },
    // A file that was not there before, and one that is not written any more.
    { file: 'generators/shared/stacks/files.ts', from: "    'variables',\n", to: "    'tags',\n    'variables',\n" },
    {
      file: 'generators/shared/stacks/files.ts',
      from: "'snapshots', 'terraform', 'validate'",
      to: "'snapshots', 'validate'",
    },
  ],
  added: {
    'templates/cdktf-aws/lib/tags.ts.ejs': [
      '/** Tags of everything that can be tagged, beside those of the aspects. */',
      "export const TAGS = { 'managed-by': 'terraform' } as const;",
      '',
    ].join('\n'),
  },
};
