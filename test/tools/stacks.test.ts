/** The emitted stacks before real judges: both flavours, Terraform with the AWS provider, checkov, and mistakes that have to be found. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, copyApp, emitApp, giveDomain, npm, pins, type Synthesized, synthesized } from '../helpers/stacks.ts';
import { isWaived, run, runFile } from './judges.ts';
import { cdktnModules } from './stacks-flavour.ts';
import { MISTAKES, type Mistake, OFFENCES, planted, plantInApp } from './stacks-mistakes.ts';
import { forProvider5, usedOnlySix, type Verdicts, validate } from './terraform.ts';
import { standIn } from './terraform-standin.ts';

/** Name → its fixture; with a domain there are kinds of resources that are not there without. */
const CASES: Readonly<Record<string, string>> = {
  'express-postgres': 'express-postgres',
  'fastify-redis': 'fastify-redis',
  'worker-only': 'worker-only',
  'pnpm-workspace': 'pnpm-workspace',
  'express-postgres with a domain': 'express-postgres',
};
const NAMES = Object.keys(CASES);

/** Arguments of provider 6 that the stacks use, so that 5.100.0 never saw them. */
const USED_OF_SIX: readonly string[] = [];

/** Of the mistakes that type-check, the judges together find at least this many. */
const FOUND_AT_LEAST = 20;

const apps = new Map<string, App>();
const trees = new Map<string, Synthesized>();

beforeAll(async () => {
  for (const [name, fixture] of Object.entries(CASES)) {
    const app = emitApp(fixture);
    apps.set(name, app);
    if (name !== fixture) giveDomain(app);
    const { code, stdout, stderr } = await npm(app, ['run', 'synth']);
    if (code !== 0) throw new Error(`${name}: ${stdout}${stderr}`);
    trees.set(name, synthesized(app));
  }
}, 600_000);

afterAll(() => {
  for (const app of apps.values()) app.remove();
});

describe.skipIf(isWaived('terraform')).each(NAMES)('terraform validate of %s', (name) => {
  const stacks = (change: (json: Synthesized extends ReadonlyMap<string, infer J> ? J : never) => unknown) =>
    [...(trees.get(name) as Synthesized)].map(([stack, json]) => [stack, change(json)] as const);

  it('accepts every stack as AWS provider 5.100.0 can read it, without a warning', async () => {
    expect(stacks(forProvider5)).toHaveLength(12);
    expect(await validate(stacks(forProvider5), { provider: 'aws' })).toEqual(new Map());
  });

  it('accepts every stack without any provider: references, cycles, functions, variables', async () => {
    expect(await validate(stacks(standIn), { provider: 'none' })).toEqual(new Map());
  });

  it('has judged all but the arguments that provider 6 brought', () => {
    expect([...new Set(stacks(usedOnlySix).flatMap(([, used]) => used))].sort()).toEqual(USED_OF_SIX);
  });
});

describe.skipIf(isWaived('checkov')).each(NAMES)('checkov of %s', (name) => {
  it('has no finding that the configuration does not answer with a reason', async () => {
    const { failed, parsingErrors, passed } = await checkov(
      trees.get(name) as Synthesized,
      configOf(apps.get(name) as App),
    );
    expect(failed).toEqual([]);
    expect(parsingErrors).toBe(0);
    expect(passed).toBeGreaterThan(100);
  });

  it('has in production what smaller environments may do without', async () => {
    const production = [...(trees.get(name) as Synthesized)].filter(([stack]) => stack.includes('-production-'));
    const { failed, parsingErrors } = await checkov(new Map(production), [
      '--check',
      'CKV_AWS_150,CKV_AWS_157,CKV_AWS_293,CKV2_AWS_50',
    ]);
    expect(failed).toEqual([]);
    expect(parsingErrors).toBe(0);
  });
});

describe.each(['cdktf', 'cdktn'])('the lock file of %s', (flavour) => {
  it('is one that npm ci accepts', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'create-devops-setup-lock-'));
    try {
      const { manifest, lock } = pins.npmProject(flavour, 'orders-infrastructure');
      writeFileSync(join(cwd, 'package.json'), manifest);
      writeFileSync(join(cwd, 'package-lock.json'), lock);
      const { code, stderr } = await runFile('npm', ['ci', '--dry-run', '--ignore-scripts', '--no-audit'], { cwd });
      expect(code, stderr).toBe(0);
      // One that does not fit is refused: what is accepted was looked at.
      writeFileSync(join(cwd, 'package.json'), manifest.replace('"constructs": "10.', '"constructs": "9.'));
      expect((await runFile('npm', ['ci', '--dry-run', '--ignore-scripts', '--no-audit'], { cwd })).code).not.toBe(0);
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  });
});

describe('cdktn', () => {
  it.each(['express-postgres', 'fastify-redis'])(
    'type-checks %s and synthesizes the stacks of cdktf',
    async (fixture) => {
      const app = emitApp(fixture, { flags: { 'infrastructure.cdk': 'cdktn' }, modules: await cdktnModules() });
      try {
        const { code, stdout, stderr } = await npm(app, ['run', 'synth']);
        expect(code, stdout + stderr).toBe(0);
        const typecheck = await npm(app, ['run', 'typecheck']);
        expect(typecheck.code, typecheck.stdout).toBe(0);
        const [ours, theirs] = [trees.get(fixture) as Synthesized, synthesized(app)].map((stacks) =>
          Object.fromEntries([...stacks].map(([stack, json]) => [stack, withoutProvider(json)])),
        );
        expect(theirs).toEqual(ours);
      } finally {
        app.remove();
      }
    },
  );
});

describe.skipIf(isWaived('terraform') || isWaived('checkov'))('mistakes that the compiler lets through', () => {
  it(`are found, at least ${FOUND_AT_LEAST} of ${MISTAKES.length}`, async () => {
    expect(MISTAKES).toHaveLength(22);
    const finders = await findersOf(MISTAKES);
    console.log([...finders].map(([mistake, finder]) => `${mistake}: ${finder}`).join('\n'));
    const missed = [...finders].filter(([, finder]) => finder === 'nobody').map(([mistake]) => mistake);
    expect(MISTAKES.length - missed.length, missed.join(', ')).toBeGreaterThanOrEqual(FOUND_AT_LEAST);
  }, 900_000);
});

describe('what the standards forbid', () => {
  it('is in no stack as it was emitted, so that what the tests find is what was planted', async () => {
    for (const fixture of new Set(OFFENCES.map(({ on = 'express-postgres' }) => on)))
      expect(await failedTests(apps.get(fixture) as App)).toEqual([]);
  });

  it.each(OFFENCES.map((offence) => [offence.name, offence] as const))(
    '%s is found by the test that is shipped for it',
    async (_, offence) => {
      expect(await failedWith(offence)).toEqual(expect.arrayContaining([expect.stringMatching(offence.by)]));
    },
  );
});

/** Mistake → who finds it first. The cheapest judges are asked first, and only about what nobody has found yet. */
async function findersOf(mistakes: readonly Mistake[]): Promise<ReadonlyMap<string, string>> {
  const finders = new Map<string, string>();
  const left = () => mistakes.filter(({ name }) => !finders.has(name));
  const told = (name: string, judge: string, verdicts: Verdicts) => {
    const [first] = [...verdicts.values()].flat().filter(({ severity }) => severity === 'error');
    if (first) finders.set(name, `${judge}: ${first.summary}`);
  };
  const jsonOf = (mistake: Mistake) => planted(treeOf(mistake), prefixOf(mistake), mistake).json;
  for (const mistake of left())
    told(
      mistake.name,
      'terraform without provider',
      await validate([['planted', standIn(jsonOf(mistake))]], { provider: 'none' }),
    );
  const verdicts = await validate(
    left().map((mistake, index) => [`planted-${index}`, forProvider5(jsonOf(mistake))]),
    { provider: 'aws' },
  );
  for (const [index, { name }] of left().entries())
    told(name, 'terraform', new Map([['', verdicts.get(`planted-${index}`) ?? []]]));
  for (const mistake of left()) {
    const finder = (await shippedTestsFind(mistake)) ?? (await checkovFinds(mistake));
    finders.set(mistake.name, finder ?? 'nobody');
  }
  return finders;
}

/** The tests of the application's own that fail with a mistake in it. */
async function failedWith(mistake: Mistake): Promise<readonly string[]> {
  const copy = copyApp(appOf(mistake));
  try {
    plantInApp(copy, treeOf(mistake), prefixOf(mistake), mistake);
    return await failedTests(copy);
  } finally {
    copy.remove();
  }
}

/** Snapshots are left out: they would find any change. */
async function failedTests(app: App): Promise<readonly string[]> {
  const { stdout, stderr } = await npm(app, ['test', '--', '--exclude', '**/snapshots.check.ts', '--reporter=json']);
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    numTotalTests: number;
    testResults: { message: string; assertionResults: { status: string; fullName: string }[] }[];
  };
  const broken = report.testResults.filter(
    ({ message, assertionResults }) => message !== '' && assertionResults.length === 0,
  );
  if (broken.length > 0 || report.numTotalTests < 100)
    throw new Error(`the tests did not run: ${broken[0]?.message}${stderr}`);
  return report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
}

async function shippedTestsFind(mistake: Mistake): Promise<string | null> {
  // That a resource was added behind the constructs' backs is how it was planted, not what is wrong with it.
  const [first] = (await failedWith(mistake)).filter((test) => !/declare$|same kinds of resources/.test(test));
  return first === undefined ? null : `shipped tests: ${first}`;
}

async function checkovFinds(mistake: Mistake): Promise<string | null> {
  const { stack, json } = planted(treeOf(mistake), prefixOf(mistake), mistake);
  const { failed } = await checkov(new Map([...treeOf(mistake), [stack, json]]), configOf(appOf(mistake)));
  return failed.length > 0 ? `checkov: ${failed[0]}` : null;
}

/** What is not asked for, each with its reason. */
function configOf(app: App): readonly string[] {
  const config = join(app.stacks, '.checkov.yaml');
  if (!existsSync(config)) throw new Error(`${config} is not emitted`);
  return ['--config-file', config];
}

/** Without the terraform block, which checkov cannot read: it would report a parsing error and exit with 0. */
async function checkov(stacks: Synthesized, options: readonly string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'create-devops-setup-checkov-'));
  try {
    for (const [stack, { terraform: _, ...json }] of stacks) {
      mkdirSync(join(dir, stack));
      writeFileSync(join(dir, stack, 'cdk.tf.json'), JSON.stringify(json, null, 2));
    }
    const { stdout, stderr } = await run('checkov', [
      '-d',
      dir,
      '--framework',
      'terraform_json',
      ...options,
      '--output',
      'json',
      '--quiet',
      '--compact',
    ]);
    const { summary, results } = JSON.parse(stdout || `{"error":${JSON.stringify(stderr)}}`) as {
      summary: { passed: number; parsing_errors: number };
      results: { failed_checks: { check_id: string; resource: string; file_path: string; check_name: string }[] };
    };
    const failed = results.failed_checks.map(
      ({ check_id, resource, file_path, check_name }) => `${check_id} ${file_path} ${resource}: ${check_name}`,
    );
    return { failed, parsingErrors: summary.parsing_errors, passed: summary.passed };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const appOf = ({ on = 'express-postgres' }: Mistake) => apps.get(on) as App;
const treeOf = ({ on = 'express-postgres' }: Mistake) => trees.get(on) as Synthesized;
const prefixOf = (mistake: Mistake) => `${appOf(mistake).system.project.slug}-production`;

/** Flavours have bindings of different versions; everything else that they write has to be the same. */
// biome-ignore lint/suspicious/noExplicitAny: a whole stack
function withoutProvider(json: any): unknown {
  const { required_providers, ...rest } = json.terraform;
  return { ...json, terraform: { ...rest, required_providers: Object.keys(required_providers) } };
}
