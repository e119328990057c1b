/** CI-002, CI-003 and CI-005: what waits for what, and how long. */
import type { Service } from '../../model.ts';
import type { Check, CheckInput, Defect } from '../check.ts';
import { evaluate } from '../parse/condition.ts';
import type { Job, Workflow } from '../parse/workflow.ts';
import { KIND_NAMES, type Kind, ofService, servicesWith, stepsCalling, stepsOf } from './commands.ts';
import { all, buildsImage, ciOf, imageName, readyCi, scanOf, tagsOf, workflowsOf } from './places.ts';

const TESTS: readonly Kind[] = ['test', 'integration', 'contract', 'e2e'];
const BEFORE_BUILDS: readonly Kind[] = ['lint', 'format', 'typecheck', 'test', 'integration'];

/** Jobs whose work is building (an image, or the project's build and no test) → the services that they build. */
function buildJobs(input: CheckInput, ci: Workflow): ReadonlyMap<string, ReadonlySet<Service>> {
  const { services } = input.system;
  const tests = new Set(
    TESTS.flatMap((kind) => services.flatMap((service) => stepsOf(input, ci, service, kind).map(({ job }) => job))),
  );
  const found = new Map<string, Set<Service>>();
  const add = (job: string, built: readonly Service[]) => {
    if (!tests.has(job)) found.set(job, new Set([...(found.get(job) ?? []), ...built]));
  };
  for (const service of services) {
    const { build } = service.commands;
    for (const step of build ? stepsCalling(ci, build.line, build.cwd) : []) add(step.job, [service]);
  }
  const byImage = new Map(services.map((service) => [service.image, service]));
  for (const step of ci.steps.filter(buildsImage)) {
    const named = tagsOf(step).flatMap((tag) => byImage.get(imageName(tag.replace(/\$\{\{.*?\}\}/g, 'x'))) ?? []);
    add(step.job, services.length === 1 ? services : named);
  }
  return found;
}

/** CI-002: a build waits for lint and tests of its service. */
const order: Check = {
  id: 'CI-002',
  applies: (input) => {
    const ci = ciOf(input);
    const builds = ci !== null && buildJobs(input, ci).size > 0;
    return all(readyCi(input), builds || 'nothing is built in CI, and nothing is deployed yet');
  },
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    return [...buildJobs(input, ci)].flatMap(([id, services]): readonly Defect[] => {
      const job = ci.job(id);
      return job ? [...buildsOnRed(ci, job), ...buildsEarly(input, ci, job, services)] : [];
    });
  },
};

function buildsOnRed(ci: Workflow, job: Job): readonly Defect[] {
  if (job.if === null || !/\b(always|cancelled|failure)\(\)/.test(job.if)) return [];
  return [
    {
      file: ci.path,
      line: job.lineOf('if'),
      message: `The job ${job.id} builds although an earlier stage is red (if: ${job.if}).`,
      hint: 'Take always(), cancelled() and failure() out of its condition.',
    },
  ];
}

function buildsEarly(input: CheckInput, ci: Workflow, job: Job, services: ReadonlySet<Service>): readonly Defect[] {
  const before = ci.ancestors(job.id);
  return [...services].flatMap((service) =>
    BEFORE_BUILDS.flatMap((kind): readonly Defect[] => {
      const steps = stepsOf(input, ci, service, kind);
      const [first] = steps;
      if (!first || steps.some((step) => before.has(step.job) || step.job === job.id)) return [];
      return [
        {
          file: ci.path,
          line: job.lineOf('needs'),
          message: `The job ${job.id} does not wait for the ${KIND_NAMES[kind]}${ofService(input, service)} (job ${first.job}).`,
          hint: `Add ${first.job} to its needs.`,
        },
      ];
    }),
  );
}

/** CI-003: the longest path through the jobs of a pull request, by their time limits. */
const feedback: Check = {
  id: 'CI-003',
  applies: readyCi,
  run: (input) => {
    const budget = input.system.delivery.budgetMinutes;
    return workflowsOf(input).flatMap((workflow): readonly Defect[] => {
      const without = workflow.jobs
        .filter((job) => job.timeout === null && !('uses' in job.data))
        .map((job) => ({
          file: workflow.path,
          line: job.line,
          message: `The job ${job.id} has no time limit; GitHub's own is 360 minutes.`,
          hint: 'Set timeout-minutes.',
        }));
      if (without.length > 0 || !workflow.on.has('pull_request')) return without;
      const path = longestPath(workflow, 'pull_request');
      if (path.minutes <= budget) return [];
      return [
        {
          file: workflow.path,
          line: workflow.job(path.jobs.at(-1) ?? '')?.lineOf('timeout-minutes') ?? 1,
          message: `The longest path ${path.jobs.join(' → ')} takes ${path.minutes} minutes by its time limits; the standard allows ${budget}.`,
          hint: 'Lower time limits, or let jobs run beside each other instead of behind.',
        },
      ];
    });
  },
};

/** The costliest way through `needs`, over the jobs that this event can start. */
export function longestPath(workflow: Workflow, event: string): Readonly<{ minutes: number; jobs: readonly string[] }> {
  const known = new Map<string, { minutes: number; jobs: readonly string[] }>();
  const upTo = (id: string, open: ReadonlySet<string>): { minutes: number; jobs: readonly string[] } => {
    const done = known.get(id);
    if (done) return done;
    const job = workflow.job(id);
    if (!job || open.has(id) || evaluate(job.if, event) === false) return { minutes: 0, jobs: [] };
    const inside = new Set(open).add(id);
    let longest: { minutes: number; jobs: readonly string[] } = { minutes: 0, jobs: [] };
    for (const need of job.needs) {
      const before = upTo(need, inside);
      if (before.minutes > longest.minutes) longest = before;
    }
    const result = { minutes: longest.minutes + (job.timeout ?? 360), jobs: [...longest.jobs, id] };
    known.set(id, result);
    return result;
  };
  let longest: { minutes: number; jobs: readonly string[] } = { minutes: 0, jobs: [] };
  for (const { id } of workflow.jobs) {
    const path = upTo(id, new Set());
    if (path.minutes > longest.minutes) longest = path;
  }
  return longest;
}

const APART: readonly Kind[] = ['lint', 'test', 'integration', 'e2e'];

/** CI-005: linters, test levels and scanners run beside each other. */
const independent: Check = {
  id: 'CI-005',
  applies: (input) =>
    all(
      readyCi(input),
      kindsOf(input).length + (scanOf(input) ? 1 : 0) >= 2 ||
        'there is one kind of check only, so nothing can run beside it',
    ),
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const defects: Defect[] = [];
    for (const service of input.system.services) {
      const found = APART.map((kind) => ({ kind, step: stepsOf(input, ci, service, kind)[0] }));
      for (const { kind, step } of found) {
        for (const other of found) {
          if (!step || !other.step || kind >= other.kind) continue;
          const same = step.job === other.step.job;
          const [first, second] = ci.ancestors(step.job).has(other.step.job)
            ? [other, { kind, step }]
            : [{ kind, step }, other];
          const waits = ci.ancestors(second.step?.job ?? '').has(first.step?.job ?? '');
          if (!same && !waits) continue;
          defects.push({
            file: ci.path,
            line: same ? (second.step?.line ?? 1) : (ci.job(second.step?.job ?? '')?.lineOf('needs') ?? 1),
            message: same
              ? `The ${KIND_NAMES[kind]} and the ${KIND_NAMES[other.kind]}${ofService(input, service)} share the job ${step.job}: one waits for the other.`
              : `The ${KIND_NAMES[second.kind]}${ofService(input, service)} wait for the ${KIND_NAMES[first.kind]}, which they do not need.`,
            hint: same
              ? 'Give each a job of its own.'
              : `Take ${first.step?.job} out of the needs of ${second.step?.job}.`,
          });
        }
      }
    }
    return defects;
  },
};

function kindsOf(input: CheckInput): readonly Kind[] {
  return APART.filter((kind) => servicesWith(input, kind).length > 0);
}

export const ciStructure: readonly Check[] = [order, feedback, independent];
