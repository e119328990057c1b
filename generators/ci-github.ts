/** The pull-request pipeline on GitHub Actions. */
import { defineGenerator, type NextStep, type Pins } from '../src/define.ts';
import type { Service, System, View } from '../src/model.ts';
import { GATE_NAME, planCi, type Suite } from './shared/ci-jobs.ts';
import { ciNextSteps } from './shared/ci-next-steps.ts';
import { operationsView } from './shared/ci-operations.ts';
import { execLine, underRoot } from './shared/package-manager.ts';
import { containersOf, variablesOf } from './shared/workflow-datastores.ts';
import { imageOf, notifyOf } from './shared/workflow-image.ts';
import { folder, type Line, shellWord, toolchainOf } from './shared/workflow-toolchain.ts';

export const ciGithub = defineGenerator({
  id: 'ci-github',
  title: 'CI on GitHub Actions',
  summary: 'Lint, types, tests with a coverage gate, integration tests with real datastores, image build and scan',
  applies: (system) => {
    if (system.delivery.platform !== 'github-actions') return `the pipeline runs on ${system.delivery.platform}`;
    if (system.services.length === 0) return 'there is no package to check';
    return planCi(system).gate.needs.length > 0 || 'package.json has no script that a pipeline could run';
  },
  files: ({ system, pins }) => [
    { path: system.layout.ci, template: 'ci-github/.github/workflows/ci.yml.ejs', view: viewOf(system, pins) },
  ],
  nextSteps: ({ system, pins }): readonly NextStep[] => ciNextSteps(system, planCi(system), pins),
});

function viewOf(system: System, pins: Pins): View {
  const jobs = planCi(system);
  return {
    project: system.project.name,
    branches: system.delivery.branches,
    budget: system.delivery.budgetMinutes,
    changes: jobs.changes && {
      timeout: jobs.changes.timeout,
      filter: pins.action('dorny/paths-filter'),
      ...filtersOf(system, jobs.operations),
    },
    statics: jobs.statics.map((job) => ({
      id: job.id,
      name: job.name,
      timeout: job.timeout,
      toolchain: toolchainOf(job.services, pins),
      steps: job.steps.map(({ name, line, cwd }) => ({ name, line, cwd: folder(cwd) })),
    })),
    suites: jobs.suites.map((suite) => ({
      id: suite.id,
      name: suite.name,
      kind: suite.kind,
      timeout: suite.timeout,
      condition: conditionOf(system, suite.services),
      ...suiteOf(system, suite, pins),
    })),
    builds: jobs.builds.map((job) => ({
      id: job.id,
      name: job.name,
      timeout: job.timeout,
      needs: ['changes', ...job.needs],
      condition: conditionOf(system, job.services),
      toolchain: toolchainOf(job.services, pins),
      line: job.service.commands.build?.line ?? '',
      cwd: folder(job.service.commands.build?.cwd ?? '.'),
    })),
    images: jobs.images.map((job) => ({
      id: job.id,
      name: job.name,
      timeout: job.timeout,
      needs: ['changes', ...job.needs],
      condition: conditionOf(system, job.services),
      ...imageOf(system, job.service, pins),
    })),
    operations: jobs.operations.map((job) => ({
      id: job.id,
      name: job.name,
      timeout: job.timeout,
      condition: conditionFor([job.id]),
      ...operationsView(job, system, pins),
    })),
    gate: { name: GATE_NAME, needs: jobs.gate.needs, timeout: jobs.gate.timeout },
    notify: notifyOf(system, 'CI'),
  };
}

/** Names of the filters in the job `changes`: one for the whole repository, or one for each service. */
const WHOLE = 'code';

function conditionOf(system: System, services: readonly Service[]): string {
  return conditionFor(system.services.length === 1 ? [WHOLE] : services.map(({ name }) => name));
}

function conditionFor(outputs: readonly string[]): string {
  return [
    "github.event_name != 'pull_request'",
    ...outputs.map((output) => `needs.changes.outputs.${output} == 'true'`),
  ].join(' || ');
}

/**
 * A single service is affected by everything except prose. In a workspace each service names what it is made of: its folder, the members that it
 * depends on, and the files at the root that all of them share.
 */
function filtersOf(
  system: System,
  operations: readonly Readonly<{ id: string; pattern: string }>[],
): Readonly<{ every: boolean; filters: readonly { id: string; patterns: readonly string[] }[] }> {
  const [first, ...others] = system.services;
  if (!first) return { every: true, filters: [] };
  const ours = operations.map(({ id, pattern }) => ({ id, patterns: [pattern] }));
  // They have jobs of their own.
  const apart = operations.map(({ pattern }) => pattern);
  if (others.length === 0) {
    const prose = ['*.md', ...(first.sources.includes('docs') ? [] : ['docs/**'])];
    const patterns = ['**', ...[...prose, ...apart].map((pattern) => `!${pattern}`)];
    return { every: true, filters: [{ id: WHOLE, patterns }, ...ours] };
  }
  return {
    every: false,
    filters: [
      ...system.services.map((service) => ({
        id: service.name,
        patterns: unique([
          ...[service.path, ...service.workspaceDependencies].map((path) => underRoot(path, '**')),
          // Manifests, lock files and configuration at the root.
          '*.{json,yaml,yml,js,cjs,mjs,ts}',
          ...(service.packageManager.lockFile ? [service.packageManager.lockFile] : []),
          ...(service.runtime.versionFile ? [service.runtime.versionFile] : []),
          ...service.traps.installInputs.map((path) => underRoot(service.packageManager.installRoot, wholeOf(path))),
          system.layout.ci,
        ]),
      })),
      ...ours,
    ],
  };
}

/** The pattern of a file, or of all that is in a folder: folders have no dot in their last name. */
function wholeOf(path: string): string {
  return /\.[^/]*$/.test(path) ? path : `${path}/**`;
}

function suiteOf(system: System, suite: Suite, pins: Pins) {
  const [service] = suite.services as [Service];
  const { gate, line } = testLine(system, suite, service);
  const steps: Line[] = [];
  const migrations = suite.withDatastores && service.datastores.length > 0 ? migrationOf(service) : null;
  const { build } = service.commands;
  if (build && (suite.kind === 'e2e' || (migrations && needsBuild(service))))
    steps.push({ name: 'Build', line: build.line, cwd: folder(build.cwd) });
  const variables = variablesOf(system, service, suite.withDatastores);
  return {
    toolchain: toolchainOf(
      suite.services,
      pins,
      variables.map(({ name }) => name),
    ),
    containers: suite.withDatastores ? containersOf(system, service) : [],
    variables,
    before: steps,
    migrations,
    run: { name: suite.name.replace(/ \(.*/, ''), line, cwd: folder(suite.command.cwd), gate },
    report: reportOf(suite, service, pins),
  };
}

/** The unit tests run with coverage where something installed can measure it; only the integration of both decides about a gate. */
function testLine(system: System, suite: Suite, service: Service): Readonly<{ line: string; gate: number | null }> {
  if (suite.kind !== 'unit') return { line: suite.command.line, gate: null };
  const { coverage } = service;
  // A coverage script whose provider is not installed is red; what is green today is the test script.
  if (!coverage) return { line: suite.command.line, gate: null };
  return { line: coverage.line, gate: system.delivery.coverage };
}

/** Migrations: a program that is neither the runtime nor a path of its own is a binary of the project's dependencies. */
function migrationOf(service: Service): Line | null {
  if (!service.migrations) return null;
  const [program = '', ...rest] = service.migrations.command;
  const words = rest.map(shellWord);
  const bare = /^[^/]+$/.test(program) && program !== 'node' && program !== 'bun' ? program : undefined;
  const binary = bare ?? /^(?:\.\/)?node_modules\/\.bin\/(.+)$/.exec(program)?.[1];
  const line = binary
    ? execLine(service.packageManager, [shellWord(binary), ...words].join(' '))
    : [shellWord(program), ...words].join(' ');
  return { name: 'Migrate the empty database', line, cwd: folder(service.path) };
}

/** Migrations that were compiled live in the build's output. */
function needsBuild(service: Service): boolean {
  const output = service.buildOutput;
  return output !== null && (service.migrations?.command ?? []).some((word) => word.includes(`${output}/`));
}

/** vitest and jest write a folder that a reviewer can open; the others print to the log. */
function reportOf(suite: Suite, service: Service, pins: Pins) {
  const writes = service.testRunner === 'vitest' || service.testRunner === 'jest';
  if (suite.kind !== 'unit' || !service.coverage || !writes) return null;
  return {
    ...pins.action('actions/upload-artifact'),
    name: suite.id.replace(/^test/, 'coverage'),
    path: `${underRoot(suite.command.cwd, 'coverage')}/`,
  };
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
