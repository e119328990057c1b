/** CI-001, CI-007, CI-008, CI-009: what a pipeline runs. A command that the project does not have is a next step, not a red first run. */
import type { Service } from '../../model.ts';
import type { Check, CheckInput, Defect } from '../check.ts';
import { swallowed } from '../parse/shell.ts';
import type { Step, Workflow } from '../parse/workflow.ts';
import { KIND_NAMES, type Kind, linesOf, ofService, servicesWith, stepsCalling, stepsOf } from './commands.ts';
import { all, ciOf, isScanner, readyCi, scanOf } from './places.ts';

/** CI-001: six kinds of check on every commit. */
const sixKinds: Check = {
  id: 'CI-001',
  applies: readyCi,
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const kinds = ['lint', 'format', 'typecheck', 'test', 'integration'] as const;
    return [...triggersOf(ci), ...kinds.flatMap((kind) => runsEverywhere(input, ci, kind)), ...securityScan(input, ci)];
  },
};

function triggersOf(ci: Workflow): readonly Defect[] {
  return ['pull_request', 'push']
    .filter((event) => !ci.on.has(event))
    .map((event) => ({
      file: ci.path,
      line: ci.yaml.line(['on']),
      message: `CI does not run on ${event}, so such commits are not checked.`,
      hint: `Add ${event} to the triggers under "on".`,
    }));
}

function runsEverywhere(input: CheckInput, ci: Workflow, kind: Kind): readonly Defect[] {
  return servicesWith(input, kind).flatMap((service): readonly Defect[] => {
    const [{ line, cwd } = { line: '', cwd: '.' }] = linesOf(service, kind);
    const steps = stepsOf(input, ci, service, kind);
    if (steps.length === 0) {
      return [
        {
          file: ci.path,
          line: ci.yaml.line(['jobs']),
          message: `No step runs the ${KIND_NAMES[kind]}${ofService(input, service)}, although the project has \`${line}\`.`,
          hint: `Add a step that runs \`${line}\`${cwd === '.' ? '' : ` in ${cwd}`}.`,
        },
      ];
    }
    return steps.flatMap((step) => hidden(ci, step, KIND_NAMES[kind]));
  });
}

/** A failure that nobody sees. */
function hidden(ci: Workflow, step: Step, what: string): readonly Defect[] {
  const job = ci.job(step.job);
  const defect = (line: number, how: string) => ({
    file: ci.path,
    line,
    message: `A failure of the ${what} stays green, because of ${how}.`,
    hint: 'Take it out, so that the job turns red.',
  });
  if (step.continueOnError) return [defect(step.lineOf('continue-on-error'), 'continue-on-error')];
  if (job?.continueOnError) return [defect(job.lineOf('continue-on-error'), `continue-on-error of the job ${job.id}`)];
  return swallowed(step.run ?? '').map((command) =>
    defect(step.lineOf('run', command.line), `what stands behind \`||\` of ${command.words[0]}`),
  );
}

function securityScan(input: CheckInput, ci: Workflow): readonly Defect[] {
  const { generators, layout } = input.system;
  if (!generators.includes('security-scan') || input.artifact(layout.securityScan)) {
    const scan = scanOf(input);
    if (!scan) return [];
    return ['pull_request', 'push']
      .filter((event) => !scan.on.has(event))
      .map((event) => ({
        file: scan.path,
        line: scan.yaml.line(['on']),
        message: `The security scan does not run on ${event}.`,
        hint: `Add ${event} to the triggers under "on".`,
      }));
  }
  const scans = ci.steps.some((step) => isScanner(step, 'fs') || /\baudit\b/.test(step.run ?? ''));
  if (scans) return [];
  return [
    {
      file: ci.path,
      line: ci.yaml.line(['jobs']),
      message: `No security scan runs: ${layout.securityScan} is not there, and no step of CI audits the dependencies.`,
      hint: `Restore the file: create-devops-setup restore ${layout.securityScan}.`,
    },
  ];
}

/** CI-007: unit and integration tests in CI, end-to-end tests where they are asked for. */
const testLevels: Check = {
  id: 'CI-007',
  applies: (input) => {
    const any = (['test', 'integration', 'e2e'] as const).some((kind) => servicesWith(input, kind).length > 0);
    return all(readyCi(input), any || 'package.json has no test script yet (a next step says so)');
  },
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const kinds: Kind[] = ['test', 'integration', ...(input.system.delivery.tests.e2e ? (['e2e'] as const) : [])];
    return [
      ...kinds.flatMap((kind) => runsEverywhere(input, ci, kind)),
      ...servicesWith(input, 'integration').flatMap((service) => {
        const wanted = service.datastores.map(({ datastore }) => datastore);
        return stepsOf(input, ci, service, 'integration').flatMap((step) => missingStores(input, ci, step, wanted));
      }),
    ];
  },
};

function missingStores(input: CheckInput, ci: Workflow, step: Step, wanted: readonly string[]): readonly Defect[] {
  const job = ci.job(step.job);
  const images = Object.values(job?.services ?? {}).map((value) => JSON.stringify(value));
  return wanted
    .filter((name) => !job || !(name in job.services))
    .filter((name) => {
      const kind = input.system.datastores.find((store) => store.name === name)?.image.split(/[:@]/)[0] ?? name;
      return !images.some((image) => image.includes(kind));
    })
    .map((name) => ({
      file: ci.path,
      line: job?.lineOf('services') ?? step.line,
      message: `The integration tests run without ${name}, which the service talks to.`,
      hint: `Declare ${name} under "services" of the job ${step.job}.`,
    }));
}

/** CI-008: contract tests. */
const contractTests: Check = {
  id: 'CI-008',
  applies: (input) => {
    const { delivery, persona } = input.system;
    if (!delivery.tests.contract && persona.id !== 'battra-contributor') return 'delivery.contract is off';
    return all(
      readyCi(input),
      servicesWith(input, 'contract').length > 0 ||
        'package.json has no contract test script yet (a next step says so)',
      delivery.tests.contract || 'delivery.contract is off',
    );
  },
  run: (input) => runsEverywhere(input, ciOf(input) as Workflow, 'contract'),
};

/** CI-009: a line threshold that CI uses. */
const coverageGate: Check = {
  id: 'CI-009',
  applies: (input) => {
    const { delivery, persona, services } = input.system;
    if (delivery.coverage === null)
      return `delivery.coverage is off: the persona ${persona.title} leaves the gate optional`;
    return all(
      readyCi(input),
      services.some(({ coverage, commands }) => coverage && commands.test) ||
        'nothing that is installed measures coverage (a next step says so)',
    );
  },
  run: (input) => {
    const ci = ciOf(input) as Workflow;
    const wanted = input.system.delivery.coverage ?? 0;
    return input.system.services
      .filter(({ coverage, commands }) => coverage && commands.test)
      .flatMap((service): readonly Defect[] => {
        const steps = covering(input, ci, service);
        const thresholds = steps.map((step) => ({ step, lines: thresholdOf(step.run ?? '') }));
        const best = thresholds.find(({ lines }) => lines !== null && lines >= wanted);
        // A threshold in the runner's own configuration is not ours to read; it counts where somebody edited the workflow to use it.
        if (best || (steps.length > 0 && thresholds.every(({ lines }) => lines === null) && edited(input, ci.path)))
          return [];
        const low = thresholds.find(({ lines }) => lines !== null);
        const message = low
          ? `The tests${ofService(input, service)} fail below ${low.lines} % of lines; the gate is ${wanted} %.`
          : `No test run${ofService(input, service)} fails below ${wanted} % of lines.`;
        const step = (low ?? thresholds[0])?.step;
        return [
          {
            file: ci.path,
            line: step?.lineOf('run', 0) ?? ci.yaml.line(['jobs']),
            message,
            hint: `Run \`${service.coverage?.line}\`.`,
          },
        ];
      });
  },
};

/** Steps that run the tests, also where their threshold is another one than ours. */
function covering(input: CheckInput, ci: Workflow, service: Service): readonly Step[] {
  const line = service.coverage?.line ?? '';
  const start = line.split(' ').slice(0, 3).join(' ');
  const similar = start === '' ? [] : stepsCalling(ci, start, service.commands.test?.cwd ?? '.');
  return [...new Set([...stepsOf(input, ci, service, 'test'), ...similar])];
}

function edited(input: CheckInput, path: string): boolean {
  return input.artifact(path)?.origin !== 'generated';
}

/** Percent of lines below which a command fails; null where its words do not say. */
export function thresholdOf(run: string): number | null {
  const patterns = [
    /thresholds?\.lines[= ](\d+)/i,
    /coverage-?threshold=?['"\s]*\{[^}]*\{[^}]*"lines":\s*(\d+)/i,
    /(?:--lines|--test-coverage-lines|--coverage-threshold)[= ](\d+)/,
  ];
  for (const pattern of patterns) {
    const found = pattern.exec(run);
    if (found) return Number(found[1]);
  }
  return null;
}

export const ciKinds: readonly Check[] = [sixKinds, testLevels, contractTests, coverageGate];
