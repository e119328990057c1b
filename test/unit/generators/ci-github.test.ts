import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ciGithub } from '../../../generators/ci-github.ts';
import { GATE_NAME, longestPath, planCi } from '../../../generators/shared/ci-jobs.ts';
import type { Service, System } from '../../../src/model.ts';
import type { Job } from '../../helpers/pipeline-rules/workflow.ts';
import { baseSystem, expressService, service, system } from '../../helpers/system.ts';
import { commands, systemMatrix } from '../../helpers/system-matrix.ts';
import { nextSteps, renderAll, renderText } from '../../helpers/templates.ts';

const ci = (of: System) => renderText(ciGithub, of, of.layout.ci);
const jobsOf = (of: System) => (parse(ci(of)) as { jobs: Record<string, Job> }).jobs;
const steps = (job: Job | undefined) => job?.steps ?? [];
const runs = (job: Job | undefined) => steps(job).flatMap(({ run }) => (run === undefined ? [] : [run]));
const actions = (job: Job | undefined) => steps(job).flatMap(({ uses }) => (uses ? [uses.split('@')[0]] : []));
const of = (name: string): System => systemMatrix[name] as System;
const one = (changes: Partial<Service>) => system({ services: [service(changes)] });

describe('the jobs', () => {
  it('of one service', () => {
    expect(Object.keys(jobsOf(baseSystem))).toEqual([
      'changes',
      'static',
      'test',
      'integration',
      'image',
      'ci-ok',
      'notify',
    ]);
  });

  it('of a workspace carry the names of the services, and share what is the same', () => {
    const jobs = jobsOf(of('workspace-of-two'));
    expect(Object.keys(jobs)).toEqual([
      'changes',
      'static',
      'test-api',
      'test-mailer',
      'image-api',
      'image-mailer',
      'ci-ok',
      'notify',
    ]);
    expect(runs(jobs.static).filter((run) => run === 'pnpm run lint')).toHaveLength(1);
    expect(jobs['image-api']?.needs).toEqual(['changes', 'static', 'test-api']);
  });

  it('install where the lock file is', () => {
    const jobs = jobsOf(of('two-install-roots'));
    expect(Object.keys(jobs).filter((id) => id.startsWith('static'))).toEqual(['static-api', 'static-web']);
    const install = steps(jobs['static-web']).find(({ name }) => name === 'Install dependencies');
    expect(install).toMatchObject({ 'working-directory': 'services/web', run: 'pnpm install --frozen-lockfile' });
    const pnpm = steps(jobs['static-web']).find(({ name }) => name === 'Set up pnpm');
    expect(pnpm?.with).toEqual({ package_json_file: 'services/web/package.json' });
  });

  it('build where there is no image', () => {
    const jobs = jobsOf(of('library'));
    expect(jobs.image).toBeUndefined();
    expect(jobs.build?.needs).toEqual(['changes', 'static', 'test']);
    expect(jobsOf(baseSystem).build).toBeUndefined();
  });

  it('build the image of a Dockerfile that the user wrote', () => {
    const files = { ...expressService.files, dockerfileOwner: 'user' as const };
    const theirs = system({ generators: ['ci-github'], services: [service({ files })] });
    expect(jobsOf(theirs).image).toBeDefined();
    expect(jobsOf(system({ generators: ['ci-github'] })).image).toBeUndefined();
  });

  it('are only those that have something to run', () => {
    expect(Object.keys(jobsOf(of('without-lint')))).not.toContain('static');
    expect(Object.keys(jobsOf(of('javascript-without-tests')))).not.toContain('test');
    const e2e = one({ commands: commands('npm run', ['test', 'e2e', 'contract']) });
    expect(Object.keys(jobsOf(e2e)).filter((id) => /e2e|contract/.test(id))).toEqual([]);
    expect(Object.keys(jobsOf(of('automator-e2e'))).filter((id) => /e2e|contract/.test(id))).toEqual([
      'contract',
      'e2e',
    ]);
  });

  it('wait for the checks, and the gate for everything', () => {
    const jobs = jobsOf(baseSystem);
    expect(jobs.image?.needs).toEqual(['changes', 'static', 'test', 'integration']);
    expect(jobs['ci-ok']).toMatchObject({ name: GATE_NAME, if: 'always()' });
    expect(jobs['ci-ok']?.needs).toEqual(['changes', 'static', 'test', 'integration', 'image']);
  });
});

describe('time', () => {
  it.each(Object.entries(systemMatrix))('%s stays within its budget', (_, matrix) => {
    expect(longestPath(planCi(matrix))).toBeLessThanOrEqual(matrix.delivery.budgetMinutes);
    expect(pathOf(jobsOf(matrix))).toBeLessThanOrEqual(matrix.delivery.budgetMinutes);
  });

  it.each([4, 5, 6, 7, 9, 10, 15, 60])('a budget of %i minutes is used up and kept', (budgetMinutes) => {
    const matrix = system({ delivery: { ...baseSystem.delivery, budgetMinutes } });
    expect(pathOf(jobsOf(matrix))).toBe(budgetMinutes);
  });
});

/** Minutes of the longest way, from the rendered jobs. */
function pathOf(jobs: Record<string, Job>): number {
  const until = (id: string): number =>
    (jobs[id]?.['timeout-minutes'] ?? Number.NaN) + Math.max(0, ...[jobs[id]?.needs ?? []].flat().map(until));
  return Math.max(...Object.keys(jobs).map(until));
}

describe('tests', () => {
  it('fail below the coverage that was asked for', () => {
    expect(runs(jobsOf(baseSystem).test)).toContain('npx vitest run --coverage --coverage.thresholds.lines=80');
    expect(ci(baseSystem)).toContain('# Fails below 80 % of lines.');
  });

  it('have no gate where nobody wants one, or nothing can measure', () => {
    expect(ci(of('coverage-off'))).not.toContain('# Fails below');
    expect(runs(jobsOf(of('bun-mongo')).test)).toContain('bun run test');
  });

  it('keep quotes and braces of a command', () => {
    const line = `yarn run test --coverage --coverageThreshold='{"global":{"lines":80}}'`;
    expect(runs(jobsOf(of('yarn-classic-jest')).test)).toContain(line);
  });

  it('meet the datastores in the unit tests only where there are no integration tests', () => {
    expect(jobsOf(baseSystem).test?.services).toBeUndefined();
    expect(Object.keys(jobsOf(baseSystem).integration?.services ?? {})).toEqual(['postgresql']);
    expect(Object.keys(jobsOf(of('fastify-redis-pnpm10')).test?.services ?? {})).toEqual(['redis']);
  });

  it('migrate an empty database first', () => {
    const order = runs(jobsOf(baseSystem).integration);
    expect(order.slice(-2)).toEqual(['npx --no-install node-pg-migrate up', 'npm run test:integration']);
    const compiled = runs(jobsOf(of('nest-mysql-parts')).integration);
    expect(compiled.slice(-3)).toEqual([
      'npm run build',
      'npx --no-install typeorm migration:run -d dist/data-source.js',
      'npm run integration',
    ]);
  });

  it('generate the Prisma client wherever code is read', () => {
    const jobs = jobsOf(of('next-prisma'));
    for (const id of ['static', 'test'])
      expect(runs(jobs[id])).toContain('npx --no-install prisma generate --schema=db/schema.prisma');
  });
});

describe('variables', () => {
  it('are URLs', () => {
    expect(jobsOf(baseSystem).integration?.env).toEqual({
      DATABASE_URL: 'postgresql://orders:${{ github.sha }}@localhost:5432/orders',
      SESSION_SECRET: '${{ github.sha }}',
    });
    expect(jobsOf(of('kafka-and-mongo-with-users')).test?.env).toEqual({
      KAFKA_BROKERS: 'localhost:9092',
      MONGO_PASSWORD: '${{ github.sha }}',
      MONGO_URL: 'mongodb://shop:${{ github.sha }}@localhost:27017/shop?authSource=admin',
      MONGO_USER: 'shop',
    });
  });

  it('are parts, and stay strings', () => {
    expect(jobsOf(of('nest-mysql-parts')).integration?.env).toEqual({
      DB_HOST: 'localhost',
      DB_NAME: 'shop',
      DB_PASSWORD: '${{ github.sha }}',
      DB_PORT: '3306',
      DB_USER: 'shop',
      JWT_SECRET: '${{ github.sha }}',
      REGION: 'yes',
    });
  });

  it('agree with the containers', () => {
    const container = jobsOf(of('nest-mysql-parts')).integration?.services?.mysql;
    expect(container?.env).toMatchObject({
      MYSQL_USER: 'shop',
      MYSQL_PASSWORD: '${{ github.sha }}',
      MYSQL_DATABASE: 'shop',
    });
    expect(container?.image).toMatch(/^mysql:8\.4@sha256:[0-9a-f]{64}$/);
  });

  it('never are an empty map', () => {
    for (const matrix of Object.values(systemMatrix))
      expect(ci(matrix)).not.toMatch(/(env|with|services):\n(\s*#.*\n)*\s*(- |steps:|run:)/);
  });
});

describe('package managers', () => {
  const setup = (name: string) => steps(jobsOf(of(name)).static ?? jobsOf(of(name)).test);
  const step = (name: string, title: string) => setup(name).find((candidate) => candidate.name === title);

  it('pnpm: package.json says which, else the workflow', () => {
    expect(step('fastify-redis-pnpm10', 'Set up pnpm')?.with).toBeUndefined();
    expect(step('pnpm11-undeclared', 'Set up pnpm')?.with).toEqual({ version: '11' });
    expect(step('pnpm11-undeclared', 'Set up Node.js')?.with).toMatchObject({ 'node-version': '22', cache: 'pnpm' });
  });

  it('yarn 2 and later: Corepack of the runner, or the release in the repository', () => {
    expect(step('yarn-berry-corepack', 'Set up Yarn')?.run).toBe('corepack enable');
    expect(step('yarn-berry-undeclared', 'Set up Yarn')?.run).toMatch(
      /^corepack enable\ncorepack prepare yarn@4\.\d+\.\d+ --activate\n$/,
    );
    expect(step('yarn-berry-carried', 'Set up Yarn')).toBeUndefined();
    expect(step('yarn-classic-jest', 'Set up Yarn')).toBeUndefined();
    const names = setup('yarn-berry-corepack').map(({ name }) => name);
    expect(names.indexOf('Set up Yarn')).toBeLessThan(names.indexOf('Set up Node.js'));
  });

  it('bun: with a cache of its own, and without Node where Bun is the runtime', () => {
    expect(actions(jobsOf(of('bun-mongo')).static)).toEqual(['actions/checkout', 'oven-sh/setup-bun', 'actions/cache']);
    expect(step('bun-mongo', 'Restore downloaded packages')?.with).toMatchObject({
      key: "bun-${{ runner.os }}-${{ hashFiles('bun.lock') }}",
    });
  });

  it('no lock file: no cache, said in the file and as a next step', () => {
    expect(step('without-lock-file', 'Set up Node.js')?.with).toEqual({
      'node-version-file': '.nvmrc',
      'package-manager-cache': false,
    });
    expect(ci(of('without-lock-file'))).toContain('# Not reproducible: there is no lock file yet');
    expect(nextSteps(ciGithub, of('without-lock-file'))[0]).toMatchObject({
      standard: 'CI-004',
      command: 'npm install && git add package-lock.json',
    });
  });

  it('private registry: the token is in the install and in the build of the image, nowhere else', () => {
    const text = ci(of('private-registry'));
    const places = [...text.matchAll(/^ *(.*secrets\.NPM_TOKEN.*)$/gm)].map(([, line]) => line);
    expect(new Set(places)).toEqual(
      new Set([
        "NPM_TOKEN: ${{ secrets.NPM_TOKEN }} # read by the project's own registry settings",
        'secrets: NPM_TOKEN=${{ secrets.NPM_TOKEN }}',
      ]),
    );
    expect(
      nextSteps(ciGithub, of('private-registry'))
        .map(({ text: step }) => step)
        .join('\n'),
    ).toContain('NPM_TOKEN');
  });
});

describe('the filter', () => {
  it('of one service leaves out prose only', () => {
    expect(ci(baseSystem)).toMatch(
      /predicate-quantifier: every.*\n\s+filters: \|\n\s+code:\n\s+- "\*\*"\n\s+- "!\*\.md"\n\s+- "!docs\/\*\*"\n/,
    );
    expect(ci(one({ sources: ['docs', 'src'] }))).not.toContain('!docs');
  });

  it('of a workspace names folders, dependencies and what all share', () => {
    const text = ci(of('workspace-of-two'));
    for (const path of [
      'services/api/**',
      'packages/shared/**',
      'pnpm-lock.yaml',
      '.nvmrc',
      '.github/workflows/ci.yml',
    ])
      expect(text).toContain(`- ${path}\n`);
    expect(jobsOf(of('workspace-of-two'))['test-mailer']?.if).toBe(
      "github.event_name != 'pull_request' || needs.changes.outputs.mailer == 'true'",
    );
  });
});

describe('next steps', () => {
  it('name what is missing, with its standard', () => {
    const missing = nextSteps(ciGithub, of('javascript-without-tests'));
    expect(missing.map(({ standard }) => standard)).toEqual(['CI-013', 'CI-015', 'CI-001']);
    expect(missing.at(-1)?.text).toMatch(
      /^package\.json has no ("[\w:]+", )*"[\w:]+" and "test" script that CI could run/,
    );
    expect(nextSteps(ciGithub, of('bun-mongo')).find(({ standard }) => standard === 'CI-009')).toBeDefined();
    const vitest = nextSteps(ciGithub, one({ coverage: null })).find(({ standard }) => standard === 'CI-009');
    expect(vitest?.command).toBe('npm install --save-dev @vitest/coverage-v8');
  });

  it('ask for the package manager to be declared', () => {
    const commandsOf = (name: string) => nextSteps(ciGithub, of(name)).map(({ command }) => command);
    expect(commandsOf('yarn-berry-undeclared')).toContainEqual(
      expect.stringMatching(/^npm pkg set packageManager=yarn@4\.\d+\.\d+$/),
    );
    expect(commandsOf('yarn-berry-corepack').join('\n')).not.toContain('npm pkg set');
  });

  it('require the gate by its exact name', () => {
    const step = nextSteps(ciGithub, baseSystem).find(({ standard }) => standard === 'CI-013');
    expect(step?.text).toContain(`"${GATE_NAME}"`);
    expect(step?.text).toContain('https://github.com/acme/orders/settings/rules/new');
  });

  it("are one comparison where the user's own workflow stays", () => {
    const existing = [{ path: baseSystem.layout.ci, role: 'ci', system: 'github-actions' }] as const;
    const steps = nextSteps(ciGithub, { ...baseSystem, project: { ...baseSystem.project, existing } });
    expect(steps.map(({ command }) => command)).toEqual(['npx create-devops-setup diff .github/workflows/ci.yml']);
  });

  it('say nothing of a secret where the team has no chat', () => {
    expect(ci(of('private-repository'))).toContain('gh issue create');
    expect(ci(of('private-repository'))).not.toContain('secrets.');
    expect(nextSteps(ciGithub, of('private-repository')).some(({ standard }) => standard === 'CI-015')).toBe(false);
  });
});

describe('it applies', () => {
  it('to GitHub Actions and to something that can run', () => {
    expect(ciGithub.applies(baseSystem)).toBe(true);
    const gitlab = system({ delivery: { ...baseSystem.delivery, platform: 'gitlab-ci' } });
    expect(ciGithub.applies(gitlab)).toMatch(/gitlab-ci/);
    expect(ciGithub.applies(system({ services: [] }))).toMatch(/no package/);
    expect(ciGithub.applies(one({ commands: {}, start: null, kind: 'library' }))).toMatch(/no script/);
  });
});

describe('standards', () => {
  it('are marked on the lines that serve them', () => {
    const [file] = renderAll(ciGithub, baseSystem);
    const lines = file?.text.split('\n') ?? [];
    const marked = (id: string) =>
      Object.entries(file?.marks ?? {})
        .filter(([, ids]) => ids.includes(id))
        .map(([line]) => lines[Number(line) - 1]?.trim() ?? '');
    expect(marked('CI-009')).toEqual(['run: npx vitest run --coverage --coverage.thresholds.lines=80']);
    expect(marked('SEC-004')).toEqual(['exit-code: "1"']);
    expect(marked('CD-021')).toEqual(['- name: Migrate the empty database']);
    expect(marked('DOCKER-006')).toEqual(['tags: orders:${{ github.sha }}']);
    expect(marked('CI-003')).toHaveLength(6);
  });
});
