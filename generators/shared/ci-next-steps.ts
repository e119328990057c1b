/** What stays to be done by people after the pipeline is written: each step with the command that does it, where there is one. */
import type { NextStep, Pins } from '../../src/define.ts';
import type { ScriptRole, Service, System } from '../../src/model.ts';
import { type CiJobs, GATE_NAME } from './ci-jobs.ts';
import { manual, registryToken } from './package-manager.ts';
import { NOTIFY_ENVIRONMENT, notifyOf } from './workflow-image.ts';
import { settledVersion } from './workflow-toolchain.ts';

type Wanted = Readonly<{ role: ScriptRole; standard: string; sample: string; why: string }>;

const WANTED: readonly Wanted[] = [
  { role: 'lint', standard: 'CI-001', sample: 'lint', why: 'nothing is linted' },
  { role: 'format', standard: 'CI-001', sample: 'format:check', why: 'formatting is not checked' },
  { role: 'typecheck', standard: 'CI-001', sample: 'typecheck', why: 'types are not checked' },
  { role: 'test', standard: 'CI-001', sample: 'test', why: 'no unit test runs' },
  { role: 'integration', standard: 'CI-007', sample: 'test:integration', why: 'no integration test runs' },
  { role: 'contract', standard: 'CI-008', sample: 'test:contract', why: 'no contract test runs' },
  { role: 'e2e', standard: 'CI-007', sample: 'test:e2e', why: 'no end-to-end test runs' },
];

/** The package that lets each runner measure coverage. */
const COVERAGE_PACKAGES: Readonly<Record<string, string>> = {
  vitest: '@vitest/coverage-v8',
  mocha: 'c8',
  ava: 'c8',
  tap: 'c8',
};

export function ciNextSteps(system: System, jobs: CiJobs, pins: Pins): readonly NextStep[] {
  if (keepsItsOwn(system, system.layout.ci)) return [compareStep(system.layout.ci)];
  return [
    ...lockFiles(system),
    ...undeclared(system, pins),
    requireCheck(system, GATE_NAME, 'CI-013'),
    ...notifications(system),
    ...registries(system),
    ...missingScripts(system),
    ...linting(system),
    ...system.services.flatMap((service) => coverage(system, service)),
    ...jobs.suites
      .filter(({ kind }) => kind === 'e2e')
      .map(({ name, command }) => ({
        text: `"${name}" runs \`${command.line}\`. Browsers or a started service that it needs, and that its script does not fetch or start itself, have to be added to the job.`,
      })),
  ];
}

/** A workflow of the user's stands where ours would: it stays, and has none of our jobs. */
export function keepsItsOwn(system: System, path: string): boolean {
  return system.project.existing.some((file) => file.path === path);
}

/** Branch protection is a setting of the repository, not a file in it. */
export function requireCheck(system: System, check: string, standard: string): NextStep {
  const { repository, defaultBranch } = system.project;
  const page = repository?.host === 'github.com' ? ` ${repository.url}/settings/rules/new?target=branch` : '';
  return {
    text: `Require the status check "${check}", and no other of this workflow, before anything is merged into ${defaultBranch}.${page}`,
    standard,
  };
}

/** The one step where the user's own workflow stays. */
export function compareStep(path: string): NextStep {
  return {
    text: `${path} is yours and stays as it is. What ours would say differently:`,
    command: `npx create-devops-setup diff ${path}`,
  };
}

function notifications(system: System): readonly NextStep[] {
  const { secret, where } = notifyOf(system, 'CI');
  if (secret === null) return [];
  const { repository } = system.project;
  return [
    {
      text: `Create the environment "${NOTIFY_ENVIRONMENT}", allow only ${system.project.defaultBranch} to use it, and put the webhook of ${where} into its secret ${secret}; until then a red default branch is announced in the log only.`,
      command: `${repository ? `gh api --method PUT repos/${repository.owner}/${repository.name}/environments/${NOTIFY_ENVIRONMENT} && ` : ''}gh secret set ${secret} --env ${NOTIFY_ENVIRONMENT}`,
      standard: 'CI-015',
    },
  ];
}

function registries(system: System): readonly NextStep[] {
  const tokens = new Set(system.services.map(({ traps }) => registryToken(traps)).filter((token) => token !== null));
  const open = new Set(
    system.services.map(({ traps }) => traps.privateRegistry?.value ?? '').filter((value) => /^https?:/.test(value)),
  );
  return [
    ...[...tokens].map((token) => ({
      text: `Packages come from a private registry: store a read-only token of it as the secret ${token}, for Actions and for Dependabot, which also has to be told the registry's address (\`registries\` in its configuration).`,
      command: `gh secret set ${token} && gh secret set ${token} --app dependabot`,
    })),
    ...[...open].map((url) => ({
      text: `Packages come from ${url}, and no variable for a token is named: if it asks for one, write \`_authToken=\${NPM_TOKEN}\` for it into the project's .npmrc and run the set-up again.`,
    })),
  ];
}

function lockFiles(system: System): readonly NextStep[] {
  const roots = new Map(
    system.services
      .filter(({ packageManager }) => packageManager.lockFile === null)
      .map(({ packageManager }) => [packageManager.installRoot, packageManager]),
  );
  return [...roots].map(([root, manager]) => {
    const [lockFile] = manual(manager.flavour).lockFiles;
    return {
      text: `There is no lock file${root === '.' ? '' : ` in ${root}`}: commit ${lockFile} and run the set-up again. Until then every run installs other versions, and without a cache.`,
      command: `${root === '.' ? '' : `cd ${root} && `}${manual(manager.flavour).binary} install && git add ${lockFile}`,
      standard: 'CI-004',
    };
  });
}

/** Setup steps and Corepack read the version from package.json; where it is not there, the workflow has to say one. */
function undeclared(system: System, pins: Pins): readonly NextStep[] {
  const managers = new Map(
    system.services
      .filter(({ packageManager: { flavour } }) => flavour === 'pnpm' || flavour === 'yarn-berry')
      .map(({ packageManager }) => [packageManager.installRoot, settledVersion(packageManager, pins)]),
  );
  return [...managers]
    .filter(([, { declared }]) => !declared)
    .map(([root, { name, version }]) => ({
      text: `package.json${root === '.' ? '' : ` in ${root}`} does not say which ${name} the project uses: everybody gets the same one when it does.`,
      command: `${root === '.' ? '' : `cd ${root} && `}npm pkg set packageManager=${name}@${version}`,
    }));
}

/** A linter of data files has an opinion on ours; its configuration is code, which nobody but its owner can edit safely. */
function linting({ project, layout, generators }: System): readonly NextStep[] {
  const file = project.tools.eslintReadsData;
  if (!file) return [];
  const ours = ['.devops/**', layout.ci, layout.securityScan, layout.dependabot, layout.compose, layout.configuration];
  const kept = generators.includes('compose') ? ours : ours.filter((path) => path !== layout.compose);
  return [
    {
      text: `ESLint also reads YAML, JSON or Markdown here: add \`{ ignores: ${JSON.stringify(kept)} }\` to ${file}, or it lints our files by your rules.`,
      standard: 'CI-001',
    },
  ];
}

/** One step for all that is missing, and one for all packages that miss the same: four scripts in nine packages are not 36 steps. */
function missingScripts(system: System): readonly NextStep[] {
  const groups = new Map<string, { missing: readonly Wanted[]; names: string[] }>();
  for (const service of system.services) {
    const missing = WANTED.filter(({ role }) => isWanted(system, service, role));
    if (missing.length === 0) continue;
    const key = missing.map(({ role }) => role).join(' ');
    const group = groups.get(key) ?? { missing, names: [] };
    group.names.push(service.name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ missing, names }) => {
    const of = system.services.length === 1 ? '' : ` of ${list(names)}`;
    const scripts = list(missing.map(({ sample }) => `"${sample}"`));
    return {
      text: `package.json${of} has no ${scripts} script that CI could run (one that mends files is none), so ${list(missing.map(({ why }) => why))}: add what you want checked, and run the set-up again.`,
      standard: [...new Set(missing.map(({ standard }) => standard))].join(', '),
    };
  });
}

function isWanted({ delivery: { tests } }: System, service: Service, role: ScriptRole): boolean {
  if (service.commands[role]) return false;
  if (role === 'typecheck') return service.language === 'typescript';
  if (role === 'integration') return service.datastores.length > 0;
  if (role === 'contract') return tests.contract;
  if (role === 'e2e') return tests.e2e;
  return true;
}

/** `a, b and c` */
function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function coverage(system: System, service: Service): readonly NextStep[] {
  const gate = system.delivery.coverage;
  if (gate === null || !service.commands.test || service.coverage) return [];
  const of = system.services.length === 1 ? '' : ` of ${service.name}`;
  const name = service.testRunner ? COVERAGE_PACKAGES[service.testRunner] : undefined;
  if (name === undefined)
    return [
      {
        text: `The coverage of the tests${of} cannot be measured by what is installed: give the "coverage" script a threshold of ${gate} % of lines.`,
        standard: 'CI-009',
      },
    ];
  return [
    {
      text: `Install ${name} and run the set-up again: the unit tests${of} then fail below ${gate} % of lines.`,
      command: `${service.path === '.' ? '' : `cd ${service.path} && `}${manual(service.packageManager.flavour).addDev} ${name}`,
      standard: 'CI-009',
    },
  ];
}
