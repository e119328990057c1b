/**
 * What people and their bots do to the files in a year. Each edit says where it was made, how, and what of it has to be there for ever
 * after; where a case has no such file, or no such line, the edit does not happen there.
 */
import { CHECKOUT_1 } from './releases.ts';

export type Edit = Readonly<{
  name: string;
  by: 'person' | 'bot';
  path: RegExp;
  /** The edited text; `text` itself where there is nothing to edit. */
  apply: (text: string) => string;
  /** Each has to stand in the file after every update, as often as it was put there. */
  stays: readonly string[];
}>;

const insertBefore = (text: string, line: RegExp, inserted: string): string => {
  const found = line.exec(text);
  return found ? text.slice(0, found.index) + inserted + text.slice(found.index) : text;
};
const insertAfter = (text: string, line: RegExp, inserted: string): string => {
  const found = line.exec(text);
  const at = found ? found.index + found[0].length : 0;
  return found ? text.slice(0, at) + inserted + text.slice(at) : text;
};

const BOT_CHECKOUT = '9'.repeat(40);
const BOT_TRIVY = '8'.repeat(40);
const BOT_DIGEST = `sha256:${'7'.repeat(64)}`;

export const EDITS: readonly Edit[] = [
  {
    name: 'a step that seeds the database, before the tests',
    by: 'person',
    path: /^\.github\/workflows\/ci\.yml$/,
    apply: (text) =>
      insertBefore(
        text,
        /^ {6}- name: Unit tests\n/m,
        '      - name: Seed database\n        run: npm run seed # idempotent\n',
      ),
    stays: ['      - name: Seed database\n        run: npm run seed # idempotent\n'],
  },
  {
    name: 'a job of their own, at the end, which the gate waits for',
    by: 'person',
    path: /^\.github\/workflows\/ci\.yml$/,
    apply: (text) =>
      `${text.replaceAll(/(^ {2}(?:ci-ok|notify):\n(?: {4}.*\n){0,3}? {4}needs:)( \[|\n {6}- )/gm, (_, head, open) => `${head}${open}links${open === ' [' ? ', ' : open}`)}\n  links:\n    name: Links\n    runs-on: ubuntu-24.04\n    timeout-minutes: 2\n    permissions: {}\n    steps:\n      - name: Look for dead links\n        run: echo "no dead links"\n`,
    stays: ['  links:\n    name: Links\n', 'run: echo "no dead links"\n'],
  },
  {
    name: 'reports are kept for a month',
    by: 'person',
    path: /^\.github\/workflows\/ci\.yml$/,
    apply: (text) => text.replace('retention-days: 7', 'retention-days: 30'),
    stays: ['retention-days: 30'],
  },
  {
    name: 'Dependabot bumps actions/checkout past both of our releases',
    by: 'bot',
    path: /^\.github\/workflows\/.*\.yml$/,
    apply: (text) =>
      text.replaceAll(/actions\/checkout@[0-9a-f]{40} # v[\d.]+/g, `actions/checkout@${BOT_CHECKOUT} # v7.9.0`),
    stays: [`actions/checkout@${BOT_CHECKOUT} # v7.9.0`],
  },
  {
    name: 'Dependabot bumps an action that we leave alone',
    by: 'bot',
    path: /^\.github\/workflows\/security-scan\.yml$/,
    apply: (text) =>
      text.replaceAll(
        /aquasecurity\/trivy-action@[0-9a-f]{40} # v[\d.]+/g,
        `aquasecurity/trivy-action@${BOT_TRIVY} # v0.40.0`,
      ),
    stays: [`aquasecurity/trivy-action@${BOT_TRIVY} # v0.40.0`],
  },
  {
    name: 'Renovate bumps the digest of the base image',
    by: 'bot',
    path: /(^|\/)Dockerfile$/,
    apply: (text) => text.replaceAll(/(FROM node:22-bookworm-slim)@sha256:[0-9a-f]{64}/g, `$1@${BOT_DIGEST}`),
    stays: [BOT_DIGEST],
  },
  {
    name: 'a setting of the process, in the image',
    by: 'person',
    path: /(^|\/)Dockerfile$/,
    apply: (text) =>
      text.replace(
        'ENV NODE_ENV=production \\\n',
        'ENV NODE_ENV=production \\\n    NODE_OPTIONS=--enable-source-maps \\\n',
      ),
    stays: ['NODE_OPTIONS=--enable-source-maps'],
  },
  {
    name: 'a mail catcher in the local stack',
    by: 'person',
    path: /^compose\.yaml$/,
    apply: (text) =>
      insertAfter(
        text,
        /^services:\n/m,
        `  # Catches mail; http://127.0.0.1:8025 shows it.\n  mailpit:\n    image: axllent/mailpit:v1.27.0@sha256:${'6'.repeat(64)}\n    ports:\n      - "127.0.0.1:8025:8025"\n    read_only: true\n    cap_drop:\n      - ALL\n    security_opt:\n      - no-new-privileges:true\n    healthcheck:\n      test: [CMD, /mailpit, readyz]\n      interval: 10s\n      timeout: 5s\n      retries: 5\n    deploy:\n      resources:\n        limits:\n          cpus: "0.5"\n          memory: 64M\n\n`,
      ),
    stays: ['  # Catches mail; http://127.0.0.1:8025 shows it.\n  mailpit:\n', 'axllent/mailpit:v1.27.0'],
  },
  {
    name: 'critical alerts are repeated every two hours',
    by: 'person',
    path: /^monitoring\/alertmanager\/alertmanager\.yml$/,
    apply: (text) => text.replace('repeat_interval: 4h', 'repeat_interval: 2h'),
    stays: ['repeat_interval: 2h'],
  },
  {
    name: 'what the team learnt, in a runbook',
    by: 'person',
    path: /^docs\/runbooks\/alerts\/TargetDown\.md$/,
    apply: (text) =>
      `${text.trimEnd()}\n\n## What we learnt\n\nOn 3 March it was the node pool: see the post-mortem in the wiki.\n`,
    stays: ['## What we learnt\n\nOn 3 March it was the node pool: see the post-mortem in the wiki.\n'],
  },
  {
    name: 'more tasks in production',
    by: 'person',
    path: /^infrastructure\/cdktf\/config\/production\.ts$/,
    apply: (text) => text.replace('minimum: 3, maximum: 8', 'minimum: 4, maximum: 8'),
    stays: ['minimum: 4, maximum: 8'],
  },
  {
    name: 'a folder more in the image',
    by: 'person',
    path: /^\.dockerignore$/,
    apply: (text) => text.replace(/^\*\*\n/m, '**\n!locales\n'),
    stays: ['!locales\n'],
  },
  {
    name: 'the summaries of all alerts in words of the team, and their tests',
    by: 'person',
    path: /^monitoring\/(alerts\/rules\.yml|prometheus\/(rules|tests)\/[^/]+\.yml)$/,
    apply: (text) => text.replaceAll(/^( +summary: "?)/gm, '$1For the team of the week, '),
    stays: ['For the team of the week, '],
  },
  {
    name: 'a remark in the guide',
    by: 'person',
    path: /^docs\/configuration\.md$/,
    apply: (text) => text.replace('# Configuration\n', '# Configuration\n\nQuestions: ask in #orders.\n'),
    stays: ['Questions: ask in #orders.\n'],
  },
];

/** The pin that no bot touched follows ours; the one that a bot moved further never goes back to it. */
export const NEVER_AGAIN: readonly string[] = [`actions/checkout@${CHECKOUT_1}`];
