import type { Check, CheckInput, Defect } from '../check.ts';
import { evaluate } from '../parse/condition.ts';
import { text } from '../parse/plain.ts';
import type { Job, Workflow } from '../parse/workflow.ts';
import { servicesWith, stepsOf } from './commands.ts';
import { ciOf, isGate, readyCi, workflowsOf } from './places.ts';

/** CI-006: filters are for pull requests; every other event runs everything. */
const affected: Check = {
  id: 'CI-006',
  applies: (input) => {
    const ci = ciOf(input);
    if (!ci) return readyCi(input);
    const filtered = ci.jobs.some((job) => filtersOf(job).length > 0);
    const tested = (['test', 'integration'] as const).some((kind) => servicesWith(input, kind).length > 0);
    if (filtered || (tested && input.system.services.length > 1)) return true;
    return tested
      ? 'there is one package, so nothing can be told apart'
      : 'there are no tests that a change could leave out';
  },
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    return [...ci.jobs.flatMap((job) => fullRuns(ci, job)), ...unfiltered(input, ci)];
  },
};

/** Outputs of other jobs that the condition asks. */
function filtersOf(job: Job): readonly Readonly<{ job: string; output: string }>[] {
  return [...(job.if ?? '').matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g)].map(([, id = '', output = '']) => ({
    job: id,
    output,
  }));
}

function fullRuns(ci: Workflow, job: Job): readonly Defect[] {
  const asked = filtersOf(job);
  if (asked.length === 0) return [];
  const missing = asked
    .filter(({ job: id, output }) => !job.needs.includes(id) || !(output in (ci.job(id)?.outputs ?? {})))
    .map(({ job: id, output }) => ({
      file: ci.path,
      line: job.lineOf('if'),
      message: `The job ${job.id} asks for the output ${output} of ${id}, which ${job.needs.includes(id) ? 'has no such output' : 'is not among its needs'}: it never runs on a pull request.`,
      hint: `Declare ${output} under "outputs" of ${id}, and ${id} under "needs".`,
    }));
  const events = ['push', 'merge_group'].filter((event) => ci.on.has(event) && evaluate(job.if, event) !== true);
  return [
    ...missing,
    ...events.map((event) => ({
      file: ci.path,
      line: job.lineOf('if'),
      message: `On ${event} the job ${job.id} may be skipped (if: ${job.if}); only a pull request may leave something out.`,
      hint: "Begin the condition with github.event_name != 'pull_request' ||.",
    })),
  ];
}

function unfiltered(input: CheckInput, ci: Workflow): readonly Defect[] {
  if (input.system.services.length === 1) return [];
  return servicesWith(input, 'test').flatMap((service) =>
    stepsOf(input, ci, service, 'test').flatMap((step) => {
      const job = ci.job(step.job);
      if (!job || filtersOf(job).length > 0) return [];
      return [
        {
          file: ci.path,
          line: job.line,
          message: `A pull request runs the unit tests of ${service.name} whatever it touches.`,
          hint: 'Give the job a condition on the changed paths, for pull requests only.',
        },
      ];
    }),
  );
}

/** CI-012: one job adds up all others; a red or cancelled one makes it red. Deploys will wait for it. */
const gates: Check = {
  id: 'CI-012',
  applies: readyCi,
  open: (input) =>
    input.system.generators.includes('deploy-github')
      ? null
      : 'no generator of this setup deploys; the job that gathers every result is there and complete',
  run: (input) => workflowsOf(input).flatMap((workflow) => gateDefects(workflow)),
};

function gateDefects(workflow: Workflow): readonly Defect[] {
  const gate = workflow.jobs.find(isGate);
  const work = workflow.jobs.filter((job) => job !== gate && evaluate(job.if, 'pull_request') !== false);
  if (!gate) {
    return [
      {
        file: workflow.path,
        line: workflow.yaml.line(['jobs']),
        message: 'No job gathers the results of all others, so no single check can be required before a merge.',
        hint: 'Restore the last job: create-devops-setup restore <file>.',
      },
    ];
  }
  const awaited = new Set(gate.needs);
  const ignored = work
    .filter((job) => !awaited.has(job.id))
    .map((job) => ({
      file: workflow.path,
      line: gate.lineOf('needs'),
      message: `The gate ${gate.id} does not wait for ${job.id}: a merge is possible while it is red.`,
      hint: `Add ${job.id} to its needs.`,
    }));
  const source = gate.steps.map(({ run }) => (run ?? '').replace(/^\s*#.*$/gm, '')).join('\n');
  const strict = /exit 1|core\.setFailed/.test(source);
  const accepts = /!=\s*"success"/.test(source) || (/failure/.test(source) && /cancelled/.test(source));
  if (strict && accepts && text(gate.data['continue-on-error']) !== 'true') return ignored;
  return [
    ...ignored,
    {
      file: workflow.path,
      line: gate.lineOf('steps'),
      message: `The gate ${gate.id} does not turn red when a job failed or was cancelled.`,
      hint: 'Let it end with exit 1 unless every result is success or skipped.',
    },
  ];
}

export const ciGates: readonly Check[] = [affected, gates];
