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
  return [
    ...lockFiles(system),
    ...undeclared(system, pins),
    requireCheck(system, GATE_NAME, 'CI-013'),
    ...notifications(system),
    ...registries(system),
    ...system.services.flatMap((service) => [...missingScripts(system, service), ...coverage(system, service)]),
    ...jobs.suites
      .filter(({ kind }) => kind === 'e2e')
      .map(({ name, command }) => ({
        text: `"${name}" runs \`${command.line}\`. Browsers or a started service that it needs, and that its script does not fetch or start itself, have to be added to the job.`,
      })),
  ];
}

/** Branch protection is a setting of the repository, not a file in it. */
export function requireCheck(system: System, check: string, standard: string): NextStep {
  const { repository, defaultBranch } = system.project;
  const text = `Require the status check "${check}", and no other of this workflow, before anything is merged into ${defaultBranch}.`;
  if (!repository) return { text, standard };
  const ruleset = {
    name: `Require ${check}`,
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'required_status_checks',
        parameters: { strict_required_status_checks_policy: true, required_status_checks: [{ context: check }] },
      },
    ],
  };
  return {
    text,
    command: `gh api --method POST repos/${repository.owner}/${repository.name}/rulesets --input - <<<'${JSON.stringify(ruleset)}'`,
    standard,
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

function missingScripts(system: System, service: Service): readonly NextStep[] {
  const { tests } = system.delivery;
  const of = system.services.length === 1 ? '' : ` of ${service.name}`;
  return WANTED.filter(({ role }) => {
    if (service.commands[role]) return false;
    if (role === 'typecheck') return service.language === 'typescript';
    if (role === 'integration') return service.datastores.length > 0;
    if (role === 'contract') return tests.contract;
    if (role === 'e2e') return tests.e2e;
    return true;
  }).map(({ standard, sample, why }) => ({
    text: `package.json${of} has no "${sample}" script, so ${why}: add one and run the set-up again.`,
    standard,
  }));
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
