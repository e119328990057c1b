/** Scans that have to exist, and the rules that only speak of releases and deployments. */
import { parse } from 'yaml';
import type { Input, Rule, Verdict } from './types.ts';
import { actionOf, deploys, jobsOf, publishes, stepsOf } from './workflow.ts';

type Update = Readonly<{
  'package-ecosystem': string;
  schedule?: Readonly<{ interval?: string }>;
  groups?: Readonly<Record<string, unknown>>;
  cooldown?: Readonly<{ 'default-days'?: number }>;
}>;

const steps = ({ workflows }: Input) =>
  workflows.flatMap((workflow) => stepsOf(workflow).map((found) => ({ ...found, workflow })));

/** Applies to workflows that come with a job of that kind; nothing here judges those yet, so such a job is a finding. */
function later(id: string, kind: 'publish' | 'deploy'): Rule {
  const is = kind === 'publish' ? publishes : deploys;
  return {
    id,
    check: ({ workflows }): Verdict => {
      const jobs = workflows.flatMap((workflow) => jobsOf(workflow).filter(([, job]) => is(job)));
      if (jobs.length === 0) return { notApplicable: `no job ${kind === 'publish' ? 'publishes' : 'deploys'}` };
      return jobs.map(([name]) => `${name} would have to be judged by this rule, which is not written yet`);
    },
  };
}

export const COVERAGE: readonly Rule[] = [
  {
    id: 'GH-CODEQL',
    check: (input) => {
      if (!input.project.codeScanning) return { notApplicable: 'the repository has no code scanning' };
      const found = steps(input).find(({ step }) => actionOf(step) === 'github/codeql-action/analyze');
      if (!found) return ['no CodeQL'];
      const languages = found.job.strategy?.matrix?.language ?? [];
      return [
        ...['push', 'pull_request', 'schedule'].filter((event) => !(event in found.workflow.on)),
        ...['javascript-typescript', 'actions'].filter((language) => !languages.includes(language)),
      ].map((what) => `CodeQL leaves out ${what}`);
    },
  },
  {
    id: 'GH-DEPREVIEW',
    check: (input) => {
      if (!input.project.codeScanning) return { notApplicable: 'the repository has no dependency review' };
      const found = steps(input).find(({ step }) => actionOf(step) === 'actions/dependency-review-action');
      if (!found) return ['no dependency review'];
      return found.step.with?.['fail-on-severity'] && 'pull_request' in found.workflow.on
        ? []
        : ['it fails on nothing'];
    },
  },
  {
    id: 'GH-SCORECARD',
    check: () => ({ notApplicable: 'for public repositories only, and nobody says whether this one is' }),
  },
  {
    id: 'GH-UPDATES',
    check: ({ dependabot, project }) => {
      if (project.otherBot) return { notApplicable: 'another bot is at work' };
      if (dependabot === null) return ['no update bot'];
      const { updates = [] } = parse(dependabot) as { updates?: readonly Update[] };
      return [
        ...(updates.some((update) => update['package-ecosystem'] === 'github-actions')
          ? []
          : ['actions are not updated']),
        ...updates
          .filter(({ cooldown, groups }) => (cooldown?.['default-days'] ?? 0) < 7 || !groups)
          .map((update) => `${update['package-ecosystem']}: not grouped, or no week's wait`),
      ];
    },
  },
  {
    id: 'GH-SECRETSCAN',
    check: (input) => {
      const found = steps(input).find(({ step }) => /gitleaks/i.test(`${step.run ?? ''}`));
      if (!found) return ['no secret scan'];
      const whole = (found.job.steps ?? []).some((step) => step.with?.['fetch-depth'] === 0);
      return whole ? [] : ['the secret scan sees one commit'];
    },
  },
  {
    id: 'GH-IMAGE-SCAN',
    check: (input) => {
      if (!input.project.images) return { notApplicable: 'there is no image' };
      return input.workflows
        .flatMap((workflow) => jobsOf(workflow).map(([id, job]) => ({ workflow, id, job })))
        .filter(({ job }) => (job.steps ?? []).some((step) => actionOf(step) === 'docker/build-push-action'))
        .filter(
          ({ job }) =>
            !(job.steps ?? []).some(
              ({ with: input = {} }) =>
                input['image-ref'] &&
                String(input['exit-code']) === '1' &&
                input.severity === 'HIGH,CRITICAL' &&
                input['ignore-unfixed'] === true,
            ),
        )
        .map(({ id }) => `${id} builds an image that no scan can stop`);
    },
  },
  ...['GH-RELEASE-TAG', 'GH-PROVENANCE', 'GH-LOWERCASE'].map((id) => later(id, 'publish')),
  ...[
    'GH-CONC-DEPLOY',
    'GH-VERIFY-BEFORE',
    'GH-DIGEST',
    'GH-ENV',
    'GH-DEPLOY-VERIFY',
    'GH-DEPLOY-ROLLBACK',
    'GH-PREVIEW',
  ].map((id) => later(id, 'deploy')),
];
