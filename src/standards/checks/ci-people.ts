/** CI-015, CI-016 and CI-020: who hears of a red run, and what it tells them. */
import type { Check, Defect } from '../check.ts';
import { evaluate } from '../parse/condition.ts';
import type { Job, Workflow } from '../parse/workflow.ts';
import { ciOf, readyCi, workflowsOf } from './places.ts';

/** The job that tells people that something before it failed. */
function tellsPeople(job: Job): boolean {
  const source = job.steps.map(({ run, uses }) => `${run ?? ''}\n${uses ?? ''}`).join('\n');
  return /\bfailure\(\)/.test(job.if ?? '') && /gh issue create|WEBHOOK|webhook|slack|sendmail|teams/i.test(source);
}

/** CI-015: a broken build and a scan that found something reach people; the address is a secret, never a literal. */
const announced: Check = {
  id: 'CI-015',
  applies: readyCi,
  run: (input) =>
    workflowsOf(input).flatMap((workflow): readonly Defect[] => {
      const jobs = workflow.jobs.filter(tellsPeople);
      if (jobs.length === 0) {
        return [
          {
            file: workflow.path,
            line: workflow.yaml.line(['jobs']),
            message: 'Nobody is told when this workflow fails.',
            hint: 'Add a job with if: failure() that posts to the team or opens an issue.',
          },
        ];
      }
      return jobs.flatMap((job) => [...unheard(workflow, job), ...literalAddress(workflow, job)]);
    }),
};

function unheard(workflow: Workflow, job: Job): readonly Defect[] {
  const work = workflow.jobs.filter((other) => other !== job && !/\b(always|failure)\(\)/.test(other.if ?? ''));
  return work
    .filter(({ id }) => !workflow.ancestors(job.id).has(id))
    .map(({ id }) => ({
      file: workflow.path,
      line: job.lineOf('needs'),
      message: `Nobody is told when ${id} fails: the job ${job.id} does not wait for it.`,
      hint: `Add ${id} to its needs.`,
    }));
}

function literalAddress(workflow: Workflow, job: Job): readonly Defect[] {
  return job.steps.flatMap((step) =>
    Object.entries(step.env)
      .filter(([name, value]) => /WEBHOOK/i.test(name) && !/\$\{\{\s*secrets\./.test(String(value)))
      .map(([name]) => ({
        file: workflow.path,
        line: step.lineOf(`env/${name}`),
        message: `${name} is written down; whoever reads it can post.`,
        hint: 'Take it from a secret: ${{ secrets.… }}.',
      })),
  );
}

/** CI-016: a red default branch sends an urgent signal. */
const emergency: Check = {
  id: 'CI-016',
  applies: readyCi,
  open: (input) =>
    input.system.generators.includes('runbooks')
      ? null
      : 'the procedure for repair comes with runbooks, which is not part of this setup; the signal itself is sent',
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const telling = ci.jobs.filter(tellsPeople);
    const onPush = telling.some(
      (job) => evaluate(job.if?.replace(/\bfailure\(\)/g, 'always()') ?? null, 'push') !== false,
    );
    const urgent = telling.some((job) =>
      job.steps.some(({ run }) => !/gh issue create/.test(run ?? '') || /priority:high/.test(run ?? '')),
    );
    if (onPush && urgent) return [];
    return [
      {
        file: ci.path,
        line: telling[0]?.lineOf('if') ?? ci.yaml.line(['jobs']),
        message: onPush
          ? 'The issue about a red default branch is not labelled priority:high.'
          : 'A red default branch sends no signal.',
        hint: "Let the job that tells people run on failure() && github.event_name == 'push', with the label priority:high.",
      },
    ];
  },
};

/** CI-020: results come as a table in the summary and as annotations. */
const explained: Check = {
  id: 'CI-020',
  applies: readyCi,
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const scripts = ci.steps.map(({ run }) => run ?? '');
    const missing = [
      { there: scripts.some((run) => run.includes('GITHUB_STEP_SUMMARY')), what: 'a summary (GITHUB_STEP_SUMMARY)' },
      { there: scripts.some((run) => run.includes('::error')), what: 'an annotation (::error::)' },
    ].filter(({ there }) => !there);
    return missing.map(({ what }) => ({
      file: ci.path,
      line: ci.yaml.line(['jobs']),
      message: `No step of CI writes ${what}, so a red run does not say which check broke.`,
      hint: 'Let the gate write it.',
    }));
  },
};

export const ciPeople: readonly Check[] = [announced, emergency, explained];
