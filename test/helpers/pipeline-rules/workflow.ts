/** Workflows as data: what the rules look at, with the source text beside it, because comments count too. */
import { parseDocument } from 'yaml';

export type Step = Readonly<{
  name?: string;
  id?: string;
  uses?: string;
  run?: string;
  if?: string;
  with?: Readonly<Record<string, string | number | boolean>>;
  env?: Readonly<Record<string, string>>;
  'working-directory'?: string;
}>;

export type Job = Readonly<{
  name?: string;
  needs?: readonly string[] | string;
  if?: string;
  uses?: string;
  'runs-on'?: string;
  'timeout-minutes'?: number;
  permissions?: Readonly<Record<string, string>> | string;
  environment?: unknown;
  env?: Readonly<Record<string, string>>;
  services?: Readonly<Record<string, Readonly<{ image: string; env?: Readonly<Record<string, string>> }>>>;
  container?: string | Readonly<{ image: string }>;
  strategy?: Readonly<{ matrix?: Readonly<Record<string, readonly string[]>> }>;
  steps?: readonly Step[];
}>;

export type Workflow = Readonly<{
  path: string;
  text: string;
  errors: readonly string[];
  name: string | undefined;
  on: Readonly<Record<string, unknown>>;
  permissions: Readonly<Record<string, string>> | string | undefined;
  concurrency: Readonly<{ group?: string; 'cancel-in-progress'?: unknown }> | undefined;
  jobs: Readonly<Record<string, Job>>;
  keys: readonly string[];
}>;

export function readWorkflow(path: string, text: string): Workflow {
  const document = parseDocument(text, { uniqueKeys: true });
  const value = (document.toJS() ?? {}) as Record<string, unknown>;
  return {
    path,
    text,
    errors: [...document.errors, ...document.warnings].map(({ message }) => message),
    name: value.name as string | undefined,
    on: (value.on ?? {}) as Workflow['on'],
    permissions: value.permissions as Workflow['permissions'],
    concurrency: value.concurrency as Workflow['concurrency'],
    jobs: (value.jobs ?? {}) as Workflow['jobs'],
    keys: Object.keys(value),
  };
}

export function jobsOf(workflow: Workflow): readonly (readonly [string, Job])[] {
  return Object.entries(workflow.jobs);
}

export function stepsOf(workflow: Workflow): readonly Readonly<{ id: string; job: Job; step: Step }>[] {
  return jobsOf(workflow).flatMap(([id, job]) => (job.steps ?? []).map((step) => ({ id, job, step })));
}

export function needsOf(job: Job): readonly string[] {
  return typeof job.needs === 'string' ? [job.needs] : (job.needs ?? []);
}

/** `actions/checkout` of `actions/checkout@<sha>`. */
export function actionOf(step: Step): string {
  return (step.uses ?? '').split('@')[0] ?? '';
}

export const publishes = (job: Job): boolean =>
  (job.steps ?? []).some(
    ({ with: input, run = '' }) => input?.push === true || /\b(npm|pnpm|yarn|bun) publish\b|docker push/.test(run),
  );

export const deploys = (job: Job): boolean =>
  (job.steps ?? []).some(
    (step) =>
      /^(aws-actions|azure\/login|google-github-actions)/.test(actionOf(step)) ||
      /\b(kubectl|helm|terraform|cdktf) (apply|upgrade|deploy|rollout)\b/.test(step.run ?? ''),
  );

export const INSTALL = /\b(npm (ci|install)|pnpm install|yarn install|bun (ci|install))\b/;
