/**
 * Are the tests of the alerts real? Every rule is broken in every way that a slip of the hand would break it, one at a time, and the tests
 * that are emitted with the rules have to notice. Needs promtool (tools/install-judges.sh --only promtool). Exit code 1 below 95 %.
 *
 *   node scripts/mutate-alerts.mjs            all rules
 *   node scripts/mutate-alerts.mjs Heap slo   rules whose name or group contains one of these words
 */
import { spawn } from 'node:child_process';
import { accessSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { mutantsOf } from './mutate-alerts-operators.mjs';

const ENOUGH = 0.95;
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Mutants that no test can kill, by rule and change, and why. */
const EQUIVALENT = [
  [/_(errors|refused):rate5m sum at (?!0 )\d+ -> max$/, 'zero times whatever it is'],
  [/_series:count (sum at \d+ -> max|\* at \d+ -> \/)$/, 'zero times whatever it is'],
  [
    /_duration_seconds:p\d+_rate5m rate at \d+ -> increase$/,
    'a quantile is the same whatever its buckets are multiplied with',
  ],
  [/^ProbeFailed avg at 0 -> max$/, 'no probe succeeds: the largest is 0 exactly where the average is'],
  [/^LowDisk (job|fstype).* -> nothing$/, 'what is divided by what has to agree in all labels'],
  [/^Watchdog 1 at/, 'it fires whatever its value is'],
  [/^(AlertmanagerDown|PrometheusNotConnectedToAlertmanager) 1 at \d+ -> 0.5$/, 'nobody is half there'],
  [/^AlertmanagerDown sum at \d+ -> max$/, 'none is up exactly where the largest is 0'],
  [/_per_limit:max (job|service)="\w+" at \d+ -> nothing$/, 'what is divided by what has to agree in all labels'],
];
const reasonFor = (text) => EQUIVALENT.find(([pattern]) => pattern.test(text))?.[1];

const work = mkdtempSync(join(tmpdir(), 'mutate-alerts-'));
const words = process.argv.slice(2);
const began = Date.now();

/** Rules and tests of one system, as data. */
function read(files, layout) {
  const inTests = (path) => path.startsWith(`${layout.tests}/`);
  const yaml = [...files].filter(([path]) => path.endsWith('.yml') && !/config(\.ecs)?\.yml$/.test(path));
  const groups = yaml.filter(([path]) => !inTests(path)).flatMap(([, text]) => parse(text).groups);
  const suites = yaml
    .filter(([path]) => inTests(path))
    .map(([path, text]) => ({ name: posix.basename(path, '.test.yml'), ...parse(text) }));
  return { groups, suites };
}

const nameOf = (rule) => rule.alert ?? rule.record;

/** Names of recorded series in an expression. */
const recordsIn = (text) => new Set(text.match(/\b[a-z_]+:\w+:\w+/g) ?? []);

/** All recording rules that an expression rests on, in the order of their groups. */
function below(groups, expr) {
  const needed = recordsIn(expr);
  const all = groups.flatMap(({ rules }) => rules);
  for (let size = -1; size !== needed.size; ) {
    size = needed.size;
    for (const rule of all) if (needed.has(rule.record)) for (const name of recordsIn(rule.expr)) needed.add(name);
  }
  return needed;
}

/** The suite with only these tests and the rules below them, one of them changed. */
function write(folder, { groups, suite, tests, original, mutant, roots }) {
  const expr = [original.expr, mutant.expr, ...roots].join(' ');
  const needed = below(groups, expr);
  const kept = groups
    .map((group) => ({
      ...group,
      rules: group.rules.flatMap((rule) => {
        if (rule === original) return [mutant];
        return needed.has(rule.record) || (rule.alert && tests.some((test) => alertsIn(test).has(rule.alert)))
          ? [rule]
          : [];
      }),
    }))
    .filter(({ rules }) => rules.length > 0);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: kept }));
  const file = {
    rule_files: ['rules.yml'],
    evaluation_interval: suite.evaluation_interval,
    group_eval_order: kept.map(({ name }) => name),
    tests,
  };
  writeFileSync(join(folder, 'test.yml'), JSON.stringify(file));
  return join(folder, 'test.yml');
}

const alertsIn = (test) => new Set((test.alert_rule_test ?? []).map(({ alertname }) => alertname));
const queriesOf = (test) => (test.promql_expr_test ?? []).map(({ expr }) => expr);

/** Minutes from the start to the last look of a test. */
function lengthOf({ alert_rule_test = [], promql_expr_test = [] }) {
  return Math.max(...[...alert_rule_test, ...promql_expr_test].map(({ eval_time }) => Number.parseInt(eval_time, 10)));
}

/** What is over within so many minutes is tried before what takes days. */
const SHORT = 90;

/** Suites of tests that look at the rule, directly or through what is recorded from it; the direct and the short ones come first. */
function judgesOf(original, { groups, suites }) {
  const rests = (expr) => below(groups, expr).has(original.record);
  const exprOf = new Map(groups.flatMap(({ rules }) => rules).map((rule) => [nameOf(rule), rule.expr]));
  const all = suites.flatMap((suite) => {
    const tests = suite.tests.filter((test) =>
      original.alert
        ? alertsIn(test).has(original.alert)
        : queriesOf(test).some(rests) || [...alertsIn(test)].some((name) => rests(exprOf.get(name) ?? '')),
    );
    const isShort = (test) => lengthOf(test) <= SHORT;
    return [
      { suite, tests: tests.filter(isShort), rank: suite.name === 'records' ? 0 : 1 },
      { suite, tests: tests.filter((test) => !isShort(test)), rank: suite.name === 'records' ? 2 : 3 },
    ];
  });
  return all.filter(({ tests }) => tests.length > 0).sort((a, b) => a.rank - b.rank);
}

const promtool = [
  ...(process.env.PROMTOOL ? [process.env.PROMTOOL] : []),
  join(process.env.JUDGES_DIR || join(homedir(), '.cache', 'create-devops-setup', 'judges'), 'bin', 'promtool'),
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'promtool')),
].find((path) => {
  try {
    accessSync(path, 1);
    return true;
  } catch {
    return false;
  }
});

/** True where promtool finds that a test fails. A file that it cannot read counts as well: nobody would ship it. */
function fails(path) {
  return new Promise((resolve, reject) => {
    const child = spawn(promtool, ['test', 'rules', path], { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code !== 0));
  });
}

async function isKilled(job) {
  for (const [index, { suite, tests }] of job.judges.entries()) {
    const folder = join(work, `${job.id}-${index}`);
    const roots = tests.flatMap(queriesOf);
    const alerts = new Set(tests.flatMap((test) => [...alertsIn(test)]));
    const exprs = job.system.groups
      .flatMap(({ rules }) => rules)
      .filter((rule) => alerts.has(rule.alert))
      .map(({ expr }) => expr);
    const path = write(folder, { ...job, groups: job.system.groups, suite, tests, roots: [...roots, ...exprs] });
    const killed = await fails(path);
    rmSync(folder, { recursive: true });
    if (killed) return true;
  }
  return false;
}

async function main() {
  if (promtool === undefined) throw new Error('promtool is missing: tools/install-judges.sh --only promtool');
  const bundle = join(ROOT, 'node_modules', '.cache', 'mutate-alerts.mjs');
  await build({
    entryPoints: [join(ROOT, 'test/tools/prometheus-systems.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile: bundle,
    logLevel: 'error',
  });
  const { SYSTEMS, rendered } = await import(pathToFileURL(bundle).href);
  // One system has every group; another one has a library that tells routes apart, which only the recorded requests depend on.
  const chosen = [
    ['narrow', () => true],
    ['routed', (group) => group === 'records-http'],
  ];
  const jobs = [];
  for (const [name, wanted] of chosen) {
    const system = read(rendered(SYSTEMS[name]), SYSTEMS[name].layout.prometheus);
    for (const group of system.groups.filter((each) => wanted(each.name))) {
      for (const original of group.rules) {
        const found = [nameOf(original), group.name].some(
          (text) => words.length === 0 || words.some((word) => text.includes(word)),
        );
        if (!found) continue;
        const judges = judgesOf(original, system);
        for (const { change, rule: mutant } of mutantsOf(original)) {
          jobs.push({
            id: jobs.length,
            group: group.name,
            name: nameOf(original),
            change,
            original,
            mutant,
            system,
            judges,
          });
        }
      }
    }
  }
  const survived = [];
  const waiting = [...jobs];
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      if (await isKilled(job)) continue;
      survived.push(job);
      console.log(`not noticed: ${job.group}/${job.name} ${job.change}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  report(jobs, survived);
}

function report(jobs, survived) {
  const told = (job) => `${job.name} ${job.change}`;
  const by = new Map();
  for (const { group } of jobs) by.set(group, (by.get(group) ?? 0) + 1);
  for (const [group, count] of by) {
    const left = survived.filter((job) => job.group === group).length;
    console.log(`${group.padEnd(22)} ${String(count - left).padStart(4)} of ${String(count).padStart(4)} killed`);
  }

  for (const job of survived.sort((a, b) => a.id - b.id)) {
    const reason = reasonFor(told(job));
    console.log(reason ? `equivalent: ${told(job)}: ${reason}` : `SURVIVED: ${job.group}/${told(job)}`);
  }
  // What changes nothing cannot be noticed: it is listed with its reason, and not counted.
  const equivalent = survived.filter((job) => reasonFor(told(job))).length;
  const killed = jobs.length - survived.length;
  const share = killed / (jobs.length - equivalent);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(
    `${jobs.length} mutants, ${equivalent} equivalent, ${killed} killed = ${(100 * share).toFixed(1)} % of the others (at least ${100 * ENOUGH} %), ${seconds} s`,
  );
  if (!(share >= ENOUGH)) process.exitCode = 1;
}

try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
