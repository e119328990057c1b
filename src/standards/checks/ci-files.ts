/** CI-014 and CI-017: one platform's files only, and workflows that hang together. */
import type { Platform } from '../../model.ts';
import type { Check, Defect } from '../check.ts';
import { record } from '../parse/plain.ts';
import type { Job, Workflow } from '../parse/workflow.ts';
import { readyCi, workflowsOf } from './places.ts';

const FILES: Readonly<Record<Platform, RegExp>> = {
  'github-actions': /^\.github\/workflows\/[^/]+\.ya?ml$/,
  'gitlab-ci': /(^|\/)\.gitlab-ci\.ya?ml$/,
  jenkins: /(^|\/)Jenkinsfile$/,
  'azure-pipelines': /(^|\/)azure-pipelines\.ya?ml$/,
};

/** CI-014: the files belong to the recorded platform. */
const platform: Check = {
  id: 'CI-014',
  applies: readyCi,
  run: ({ system, artifacts }) =>
    artifacts.flatMap(({ path }): readonly Defect[] => {
      const of = (Object.keys(FILES) as Platform[]).find((name) => FILES[name].test(path));
      if (of === undefined || of === system.delivery.platform) return [];
      return [
        {
          file: path,
          message: `This file is for ${of}; the recorded platform is ${system.delivery.platform}.`,
          hint: 'Delete it, or change delivery.platform in .devops/config.yaml.',
        },
      ];
    }),
};

/** Keys that GitHub knows. A misspelt one is ignored silently, or stops the workflow. */
const TOP = new Set(['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs']);
const JOB = new Set([
  ...[
    'name',
    'needs',
    'if',
    'runs-on',
    'permissions',
    'environment',
    'concurrency',
    'outputs',
    'env',
    'defaults',
    'steps',
  ],
  ...[
    'timeout-minutes',
    'strategy',
    'continue-on-error',
    'container',
    'services',
    'uses',
    'with',
    'secrets',
    'snapshot',
  ],
]);
const STEP = new Set([
  ...[
    'id',
    'if',
    'name',
    'uses',
    'run',
    'working-directory',
    'shell',
    'with',
    'env',
    'continue-on-error',
    'timeout-minutes',
  ],
]);

/** CI-017: what would stop a workflow on its first run. */
const proven: Check = {
  id: 'CI-017',
  applies: readyCi,
  run: (input) =>
    workflowsOf(input).flatMap((workflow) => [
      ...topLevel(workflow),
      ...workflow.jobs.flatMap((job) => inJob(workflow, job)),
    ]),
};

function topLevel(workflow: Workflow): readonly Defect[] {
  const unknown = Object.keys(workflow.data).filter((key) => !TOP.has(key));
  const empty =
    workflow.jobs.length === 0 ? [defect(workflow, 1, 'The workflow has no jobs.', 'Restore the file.')] : [];
  return [...empty, ...unknown.map((key) => misspelt(workflow, workflow.yaml.line([key]), key))];
}

function inJob(workflow: Workflow, job: Job): readonly Defect[] {
  const found: Defect[] = [];
  for (const key of Object.keys(job.data)) if (!JOB.has(key)) found.push(misspelt(workflow, job.lineOf(key), key));
  if (!('uses' in job.data)) {
    if (job.data['runs-on'] === undefined)
      found.push(defect(workflow, job.line, `The job ${job.id} does not say where it runs.`, 'Set runs-on.'));
    if (job.steps.length === 0)
      found.push(defect(workflow, job.line, `The job ${job.id} has no steps.`, 'Give it steps, or delete it.'));
  }
  for (const need of job.needs) {
    if (!workflow.job(need))
      found.push(
        defect(
          workflow,
          job.lineOf('needs'),
          `${job.id} waits for ${need}, which is no job here.`,
          'Correct its needs.',
        ),
      );
  }
  if (workflow.ancestors(job.id).has(job.id)) {
    found.push(defect(workflow, job.lineOf('needs'), `${job.id} waits for itself.`, 'Break the circle in needs.'));
  }
  for (const [, id] of JSON.stringify(job.data).matchAll(/\bneeds\.([\w-]+)\./g)) {
    if (id && !job.needs.includes(id)) {
      found.push(
        defect(
          workflow,
          job.lineOf('if'),
          `${job.id} reads needs.${id}, which is not among its needs: it is empty.`,
          `Add ${id} to its needs.`,
        ),
      );
    }
  }
  return [...found, ...inSteps(workflow, job)];
}

function inSteps(workflow: Workflow, job: Job): readonly Defect[] {
  const found: Defect[] = [];
  const ids = new Set(job.steps.flatMap(({ id }) => id ?? []));
  const seen = new Set<string>();
  const data = Array.isArray(job.data.steps) ? job.data.steps.map(record) : [];
  for (const step of job.steps) {
    const raw = data[step.index] ?? {};
    for (const key of Object.keys(raw)) if (!STEP.has(key)) found.push(misspelt(workflow, step.lineOf(key), key));
    if ((step.uses === null) === (step.run === null)) {
      found.push(
        defect(
          workflow,
          step.line,
          `A step of ${job.id} has ${step.uses === null ? 'neither' : 'both'} uses and run.`,
          'Give it exactly one.',
        ),
      );
    }
    if (step.id !== null && seen.has(step.id))
      found.push(defect(workflow, step.line, `Two steps of ${job.id} have the id ${step.id}.`, 'Rename one.'));
    if (step.id !== null) seen.add(step.id);
    for (const [, id] of JSON.stringify(raw).matchAll(/\bsteps\.([\w-]+)\.(?:outputs|outcome|conclusion)/g)) {
      if (id && !ids.has(id))
        found.push(
          defect(
            workflow,
            step.line,
            `A step of ${job.id} reads steps.${id}, which does not exist: it is empty.`,
            'Give that step this id.',
          ),
        );
    }
  }
  return found;
}

function defect(workflow: Workflow, line: number, message: string, hint: string): Defect {
  return { file: workflow.path, line, message, hint };
}

function misspelt(workflow: Workflow, line: number, key: string): Defect {
  return defect(workflow, line, `GitHub knows no key "${key}" here.`, 'Correct its spelling, or take it out.');
}

export const ciFiles: readonly Check[] = [platform, proven];
