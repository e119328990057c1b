/** How code becomes an image. A persona's own defaults stand in `personas.ts` and win over `default` here. */
import { confirm, integer, select } from '../../define.ts';
import type { Platform, Strategy } from '../../model.ts';

export const platform = select<Platform>(
  'delivery.platform',
  [
    { value: 'github-actions', title: 'GitHub Actions' },
    { value: 'gitlab-ci', title: 'GitLab CI' },
    { value: 'jenkins', title: 'Jenkins' },
    { value: 'azure-pipelines', title: 'Azure Pipelines' },
  ],
  {
    message: 'Where does CI run?',
    help: 'The CI platform. What exists decides before the persona does.',
    suggest: ({ facts }) => {
      const host = facts.repository?.value.host ?? '';
      const seen = facts.existing.find(({ role }) => role === 'ci');
      const known = ['github-actions', 'gitlab-ci', 'jenkins', 'azure-pipelines'] as const;
      const system = known.find((name) => name === seen?.system);
      if (/(^|\.)gitlab\./.test(host)) return { value: 'gitlab-ci', source: 'detected', why: `the remote is ${host}` };
      if (/(^|\.)github\./.test(host))
        return { value: 'github-actions', source: 'detected', why: `the remote is ${host}` };
      if (system && seen) return { value: system, source: 'detected', why: seen.path };
      return { value: 'github-actions', source: 'default', why: 'our default' };
    },
    default: 'github-actions',
  },
);

/** `recreate` is in the model for environments without users; they all come with production here, so nobody can choose it (CD-007). */
export const strategy = select<Strategy>(
  'delivery.strategy',
  [
    { value: 'rolling', title: 'Rolling', hint: 'instances are replaced batch by batch' },
    { value: 'blue-green', title: 'Blue-green', hint: 'a second fleet, then the switch' },
    { value: 'canary', title: 'Canary', hint: '10 % first, all after 30 minutes' },
  ],
  {
    message: 'How are releases rolled out?',
    help: 'The deployment strategy of production.',
    readBy: ['cdktf-aws'],
    refused: { recreate: 'for production: it takes the service down, and is for environments without users (CD-007)' },
    default: 'rolling',
  },
);

export const coverage = integer('delivery.coverage', {
  message: 'Below which line coverage does CI fail?',
  help: 'Line coverage in percent below which the test job fails; 0 switches the gate off.',
  readBy: ['ci-github'],
  minimum: 0,
  maximum: 100,
  unit: 'percent of lines',
  default: 0,
});

export const endToEnd = confirm('delivery.e2e', {
  message: 'Run the end-to-end tests in CI?',
  help: 'Whether CI runs the end-to-end tests; nothing happens while the project has no script for them.',
  readBy: ['ci-github'],
  default: false,
});

export const contract = confirm('delivery.contract', {
  message: 'Run the contract tests in CI?',
  help: 'Whether CI runs the contract tests; nothing happens while the project has no script for them.',
  readBy: ['ci-github'],
  default: false,
});

export const codeScanning = confirm('security.codeScanning', {
  message: 'May workflows use GitHub code scanning and dependency review?',
  help: 'Free for public repositories; private ones need GitHub Advanced Security. Without it the scans report in the run itself.',
  readBy: ['security-scan'],
  suggest: ({ facts }) =>
    facts.license
      ? {
          value: true,
          source: 'detected',
          why: `${facts.license.evidence.file} names ${facts.license.value}, so the repository is taken for public`,
        }
      : { value: false, source: 'default', why: 'no open-source licence was found, so the repository may be private' },
});
