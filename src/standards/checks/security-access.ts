/** SEC-009 (workflows) and SEC-010: permissions and cloud keys. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { record } from '../parse/plain.ts';
import type { Job, Workflow } from '../parse/workflow.ts';
import { stackFiles } from './operations.ts';
import { readyCi, workflowsOf } from './places.ts';
import { openInStacks } from './stack-tests.ts';

/** What a job has to do to need a write scope. Scopes that are not listed here are judged by people. */
const NEEDS: Readonly<Record<string, RegExp>> = {
  'security-events': /codeql-action\/(analyze|upload-sarif)/,
  issues: /gh issue|gh label|create-an-issue|github-script/,
  'pull-requests': /gh pr|comment|github-script|release-please|paths-filter/,
  contents: /git push|gh release|release-please|create-pull-request|action-gh-release|github-script/,
  packages: /build-push-action|docker push|npm publish/,
  'id-token': /configure-aws-credentials|google-github-actions\/auth|azure\/login|attest|cosign|npm publish/,
  attestations: /attest/,
  deployments: /deploy/,
};

/** SEC-009: workflows start with no permission, and each job names its own. The stacks' part is held by their tests. */
const least: Check = {
  id: 'SEC-009',
  applies: (input) => (workflowsOf(input).length > 0 ? true : readyCi(input)),
  open: (input) =>
    openInStacks('SEC-009')(input) ??
    'the permissions of the workflows hold; roles come with cdktf-aws, which is not part of this setup',
  run: (input) =>
    workflowsOf(input).flatMap((workflow) => [
      ...topPermissions(workflow),
      ...workflow.jobs.flatMap((job) => jobPermissions(workflow, job)),
    ]),
};

function topPermissions(workflow: Workflow): readonly Defect[] {
  const { permissions } = workflow.data;
  const writes = permissions === 'write-all' || Object.values(record(permissions)).includes('write');
  if (permissions !== undefined && !writes) return [];
  return [
    {
      file: workflow.path,
      line: workflow.yaml.line(['permissions']),
      message: writes
        ? 'Every job of this workflow may write.'
        : 'The workflow does not say what its token may do, so the default of the repository decides.',
      hint: 'Set permissions: {} at the top, and name what a job needs in the job.',
    },
  ];
}

function jobPermissions(workflow: Workflow, job: Job): readonly Defect[] {
  if (job.permissions === 'write-all' || job.permissions === undefined) {
    const silent = job.permissions === undefined;
    return [
      {
        file: workflow.path,
        line: silent ? job.line : job.lineOf('permissions'),
        message: silent
          ? `The job ${job.id} does not say what its token may do.`
          : `The job ${job.id} may write everything.`,
        hint: 'Name exactly the scopes that its steps need.',
      },
    ];
  }
  const source = JSON.stringify(job.data.steps ?? null);
  return Object.entries(record(job.permissions))
    .filter(([scope, access]) => access === 'write' && NEEDS[scope] && !NEEDS[scope].test(source))
    .map(([scope]) => ({
      file: workflow.path,
      line: workflow.yaml.line(['jobs', job.id, 'permissions', scope]),
      message: `No step of ${job.id} needs ${scope}: write.`,
      hint: 'Take it out.',
    }));
}

const STORED_KEYS =
  /secrets\.(AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|GOOGLE_CREDENTIALS|GCP_SA_KEY|AZURE_CREDENTIALS|KUBE_?CONFIG\w*)\b/;

/** SEC-010: no permanent cloud key; a cloud login is by role. */
const roles: Check = {
  id: 'SEC-010',
  applies: (input) => (workflowsOf(input).length > 0 ? true : readyCi(input)),
  open: openInStacks('SEC-010'),
  run: (input) => [...keysInStacks(input), ...loginsOf(input)],
};

/** A provider that is given keys, or a user that has some. */
const KEYS_IN_CODE = /\b(accessKey|secretKey)\s*:|\bIamAccessKey\b|\baws_iam_access_key\b/;

function keysInStacks(input: CheckInput): readonly Defect[] {
  return ['config', 'constructs', 'lib', 'stacks']
    .flatMap((folder) => stackFiles(input, folder))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) =>
        KEYS_IN_CODE.test(line)
          ? [
              {
                file: path,
                line: index + 1,
                message: 'The stacks use a permanent cloud key.',
                hint: 'Let them take a role.',
              },
            ]
          : [],
      ),
    );
}

function loginsOf(input: CheckInput): readonly Defect[] {
  return workflowsOf(input).flatMap((workflow) =>
    workflow.steps.flatMap((step): readonly Defect[] => {
      const source = JSON.stringify([step.with, step.env, step.run]);
      const found =
        STORED_KEYS.exec(source)?.[0] ??
        (/"aws-access-key-id"/.test(source) ? 'aws-access-key-id' : null) ??
        /\bAKIA[0-9A-Z]{16}\b/.exec(source)?.[0];
      const stored = found
        ? [
            {
              file: workflow.path,
              line: step.line,
              message: `The step "${step.name ?? step.index}" uses a permanent cloud key (${found}).`,
              hint: 'Log in by role: role-to-assume, with id-token: write.',
            },
          ]
        : [];
      if (step.action !== 'aws-actions/configure-aws-credentials') return stored;
      const job = workflow.job(step.job);
      const byRole = step.with['role-to-assume'] !== undefined && record(job?.permissions)['id-token'] === 'write';
      return byRole
        ? stored
        : [
            ...stored,
            {
              file: workflow.path,
              line: step.line,
              message: `${step.job} logs in to AWS without a role.`,
              hint: 'Set role-to-assume, and id-token: write in the job.',
            },
          ];
    }),
  );
}

export const securityAccess: readonly Check[] = [least, roles];
