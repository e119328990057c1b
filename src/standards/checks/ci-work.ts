/** CI-004, CI-010, CI-011 and CD-021: caches, reports, branches, migrations. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { record, texts } from '../parse/plain.ts';
import { shellCommands } from '../parse/shell.ts';
import type { Job, Step, Workflow } from '../parse/workflow.ts';
import { ofService, servicesWith, stepsOf } from './commands.ts';
import { all, buildsImage, ciOf, composeOf, isOfStacks, isScanner, readyCi, scanOf } from './places.ts';

/** Steps that install the project's packages. */
export function installs(step: Step): boolean {
  return shellCommands(step.run ?? '').some(
    ({ words: [program = '', action = 'install', ...rest] }) =>
      ['npm', 'pnpm', 'yarn', 'bun'].includes(program) &&
      ['ci', 'install', 'i', '--immutable', '--frozen-lockfile'].includes(action) &&
      !rest.some((word) => word === '-g' || word === '--global'),
  );
}

/** CI-004: downloads keyed on the lock file, image layers reused. */
const caches: Check = {
  id: 'CI-004',
  applies: (input) => {
    const ci = ciOf(input);
    const locked = input.system.services.some(({ packageManager }) => packageManager.lockFile !== null);
    const builds = ci?.steps.some(buildsImage) ?? false;
    return all(
      readyCi(input),
      locked || builds || 'there is no lock file yet that a cache could be keyed on (a next step says so)',
    );
  },
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const locks = new Set(input.system.services.flatMap(({ packageManager }) => packageManager.lockFile ?? []));
    const own = new Set([`${input.system.layout.stacks}/package-lock.json`]);
    const lockOf = (job: Job) => (isOfStacks(input, job) ? own : locks);
    const uncached = ci.jobs.filter(
      (job) =>
        job.steps.some(installs) && lockOf(job).size > 0 && !job.steps.some((step) => keyedOn(step, lockOf(job))),
    );
    return [
      ...uncached
        .filter((job) => !installsUnlocked(job))
        .map((job) => ({
          file: ci.path,
          line: job.steps.find(installs)?.line ?? job.line,
          message: `The job ${job.id} downloads all packages every time: no cache of it is keyed on ${[...lockOf(job)].join(', ')}.`,
          hint: 'Set cache and cache-dependency-path of the set-up action, or restore the cache by hashFiles of the lock file.',
        })),
      ...ci.steps
        .filter(
          (step) => step.action === 'docker/build-push-action' && (!step.with['cache-from'] || !storesLayers(ci, step)),
        )
        .map((step) => ({
          file: ci.path,
          line: step.line,
          message: step.with['cache-from']
            ? 'The image is built without storing its layers for the next run.'
            : 'The image is built without the layers of earlier runs.',
          hint: 'Set cache-from and cache-to (type=gha).',
        })),
    ];
  },
};

/** A project without a lock file has nothing to key on. */
function installsUnlocked(job: Job): boolean {
  return job.steps.some((step) => /--no-package-lock|--no-lockfile|--no-immutable|--no-save/.test(step.run ?? ''));
}

/** A second build of another commit in the same job may leave the storing to the first. */
function storesLayers(ci: Workflow, step: Step): boolean {
  const job = ci.job(step.job);
  return (job?.steps ?? []).some((other) => other.action === step.action && Boolean(other.with['cache-to']));
}

function keyedOn(step: Step, locks: ReadonlySet<string>): boolean {
  const { cache, key } = step.with;
  const path = String(step.with['cache-dependency-path'] ?? '');
  if (step.action?.startsWith('actions/setup-') && cache)
    return path === '' ? [...locks].some((lock) => !lock.includes('/')) : locks.has(path);
  return (
    (step.action?.startsWith('actions/cache') ?? false) && [...locks].some((lock) => String(key ?? '').includes(lock))
  );
}

/** Whether a step also runs after a failure before it. */
function runsAfterFailure(step: Step): boolean {
  return /\b(always|failure)\(\)|!\s*cancelled\(\)/.test(step.if ?? '');
}

const UPLOADS = new Set(['actions/upload-artifact', 'github/codeql-action/upload-sarif', 'codecov/codecov-action']);

/** CI-010: reviewers can open the coverage and the scan report, above all when the run is red. */
const reports: Check = {
  id: 'CI-010',
  applies: (input) =>
    all(readyCi(input), covered(input).length > 0 || scanOf(input) !== null || 'nothing here writes a report yet'),
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const coverage = covered(input).flatMap((service) =>
      stepsOf(input, ci, service, 'test').flatMap((step) =>
        uploadAfter(ci, step, `the coverage report${ofService(input, service)}`, (with_) =>
          /coverage|lcov/i.test(with_),
        ),
      ),
    );
    const scan = scanOf(input);
    const scans =
      scan?.steps.filter((step) => isScanner(step, 'fs') && step.with.output && !step.with['exit-code']) ?? [];
    const report = scans.find((step) => ['sarif', 'table'].includes(String(step.with.format ?? 'table')));
    if (!scan) return coverage;
    if (!report) {
      return [
        ...coverage,
        {
          file: scan.path,
          line: scan.yaml.line(['jobs']),
          message: 'No step writes down what the scan of the dependencies found.',
          hint: 'Let a step of Trivy write its findings to a file, and upload it.',
        },
      ];
    }
    const output = String(report.with.output);
    return [...coverage, ...uploadAfter(scan, report, 'the scan report', (with_) => with_.includes(output))];
  },
};

/** Services whose test run writes a report that can be opened: vitest and jest do, the others print to the log. */
function covered(input: CheckInput) {
  return servicesWith(input, 'test').filter(
    ({ coverage, testRunner }) => coverage !== null && (testRunner === 'vitest' || testRunner === 'jest'),
  );
}

function uploadAfter(
  workflow: Workflow,
  step: Step,
  what: string,
  about: (settings: string) => boolean,
): readonly Defect[] {
  const steps = workflow.job(step.job)?.steps ?? [];
  const upload = steps.find(
    (other) => other.index > step.index && UPLOADS.has(other.action ?? '') && about(JSON.stringify(other.with)),
  );
  if (!upload) {
    return [
      {
        file: workflow.path,
        line: step.line,
        message: `Nobody can open ${what}: the job ${step.job} does not upload it.`,
        hint: 'Add an upload step behind it, with if: ${{ !cancelled() }}.',
      },
    ];
  }
  if (runsAfterFailure(upload)) return [];
  return [
    {
      file: workflow.path,
      line: upload.line,
      message: `After a failure, when it matters, ${what} is not uploaded.`,
      hint: 'Set if: ${{ !cancelled() }} on the upload step.',
    },
  ];
}

/** CI-011: which branches CI listens to. */
const branches: Check = {
  id: 'CI-011',
  applies: readyCi,
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const { delivery, project } = input.system;
    const missing = (event: string, wanted: readonly string[]): readonly Defect[] => {
      const trigger = ci.on.get(event);
      if (!trigger)
        return [
          {
            file: ci.path,
            line: ci.yaml.line(['on']),
            message: `CI does not listen to ${event}.`,
            hint: `Add ${event} under "on".`,
          },
        ];
      const listed = texts(trigger.branches);
      const silent = wanted.filter(
        (branch) => trigger.branches !== undefined && !listed.some((pattern) => matches(pattern, branch)),
      );
      return silent.map((branch) => ({
        file: ci.path,
        line: ci.yaml.line(['on', event, 'branches']),
        message: `CI does not listen to ${event} on ${branch}; it does on ${listed.join(', ') || 'no branch'}.`,
        hint: `Add ${branch} to its branches.`,
      }));
    };
    return [...missing('pull_request', [project.defaultBranch]), ...missing('push', delivery.branches)];
  },
};

function matches(pattern: string, branch: string): boolean {
  if (pattern === branch || pattern === '**') return true;
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*');
  return new RegExp(`^${source}$`).test(branch);
}

/** CD-021: the pipeline applies migrations to a fresh database before the tests, and Compose before the service. */
const migrations: Check = {
  id: 'CD-021',
  applies: (input) => {
    const wanted = input.system.services.filter((service) => service.migrations !== null);
    if (wanted.length === 0) return 'no service has schema migrations';
    return ciOf(input) || composeOf(input) ? true : readyCi(input);
  },
  open: (input) =>
    input.system.generators.includes('deploy-github')
      ? null
      : 'no generator of this setup deploys; tests and local stack meet a migrated database',
  run: (input) =>
    input.system.services
      .filter((service) => service.migrations !== null)
      .flatMap((service): readonly Defect[] => [...migratesInCi(input, service), ...migratesLocally(input, service)]),
};

function migratesInCi(input: CheckInput, service: CheckInput['system']['services'][number]): readonly Defect[] {
  const ci = ciOf(input);
  const kind = service.commands.integration ? 'integration' : 'test';
  const tests = ci && service.datastores.length > 0 ? stepsOf(input, ci, service, kind) : [];
  const [program = '', ...rest] = service.migrations?.command ?? [];
  const tool = program.split('/').at(-1) ?? '';
  const migrates = (words: readonly string[]) =>
    words.some((word) => word.split('/').at(-1) === tool) && rest.every((word) => words.includes(word));
  return tests
    .filter(
      (test) =>
        !ci
          ?.job(test.job)
          ?.steps.some(
            (step) => step.index < test.index && shellCommands(step.run ?? '').some(({ words }) => migrates(words)),
          ),
    )
    .map((test) => ({
      file: ci?.path ?? '',
      line: test.line,
      message: `The ${kind === 'test' ? 'unit' : 'integration'} tests${ofService(input, service)} meet a database without its tables: ${tool} does not run before them.`,
      hint: `Run \`${service.migrations?.command.join(' ')}\` in a step before.`,
    }));
}

function migratesLocally(input: CheckInput, service: CheckInput['system']['services'][number]): readonly Defect[] {
  const app = composeOf(input)?.service(service.name);
  // The stage that migrates is in our Dockerfile; somebody else's may not have it.
  if (!app || record(app.data).image === undefined || service.files.dockerfileOwner === 'user') return [];
  // A database in a file is the service's own: no other container can bring it up to date.
  if (service.datastores.length === 0) return [];
  if ([...app.dependsOn.values()].includes('service_completed_successfully')) return [];
  return [
    {
      file: input.system.layout.compose,
      line: app.lineOf('depends_on'),
      message: `${service.name} starts before its migrations have run.`,
      hint: 'Let it depend on its migrations with condition: service_completed_successfully.',
    },
  ];
}

export const ciWork: readonly Check[] = [caches, reports, branches, migrations];
