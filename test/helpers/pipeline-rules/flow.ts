/** Triggers, gates, names, times and caches: what decides whether a pipeline can be lived with. */
import { each, type Rule } from './types.ts';
import { actionOf, INSTALL, type Job, jobsOf, needsOf, stepsOf, type Workflow } from './workflow.ts';

const FROZEN = /\b(npm ci|(pnpm|yarn|bun) install .*--(frozen-lockfile|immutable)|bun ci)\b/;

const gatesOf = (workflow: Workflow) => jobsOf(workflow).filter(([, job]) => /^always\(\)$/.test(job.if ?? ''));
const announces = (job: Job) => /\bfailure\(\)/.test(job.if ?? '');

/** A scalar of `if:` and everything below it, as written. */
const conditions = (text: string) => [...text.matchAll(/^\s*if: *(.*)$/gm)].map(([, value = '']) => value);

export const FLOW: readonly Rule[] = [
  each('GH-CACHE-CI', (workflow, { project }) =>
    project.locked
      ? jobsOf(workflow)
          .filter(([, { steps = [] }]) => steps.some(({ run = '' }) => INSTALL.test(run)))
          .filter(
            ([, { steps = [] }]) =>
              !steps.some(
                (step) =>
                  (step.with?.cache && project.files.includes(String(step.with['cache-dependency-path']))) ||
                  (actionOf(step) === 'actions/cache' && /hashFiles\('/.test(String(step.with?.key))),
              ),
          )
          .map(([id]) => `${id} installs without a cache`)
      : [],
  ),
  each('GH-FROZEN', (workflow, { project }) =>
    project.locked
      ? stepsOf(workflow)
          .filter(({ step }) => INSTALL.test(step.run ?? '') && !FROZEN.test(step.run ?? ''))
          .map(({ id, step }) => `${id}: \`${step.run}\` may install something else tomorrow`)
      : [],
  ),
  each('GH-LOCK-EXISTS', (workflow, { project }) =>
    stepsOf(workflow).flatMap(({ id, step }) => {
      const named = [
        step.with?.['cache-dependency-path'],
        step.with?.['node-version-file'],
        step.with?.package_json_file,
        actionOf(step) === 'docker/build-push-action' ? step.with?.file : undefined,
        ...[...String(step.with?.key ?? '').matchAll(/hashFiles\('([^']+)'\)/g)].map(([, path]) => path),
      ];
      // The target branch is unpacked into `before`, and its steps ask whether the file is there.
      const paths = named.filter((path) => path !== undefined).map(String);
      const missing = paths.filter((path) => !project.files.includes(path.replace(/^before\//, '')));
      const script = /^(?:npm|pnpm|yarn|bun) run ([\w:.-]+)/.exec(step.run ?? '')?.[1];
      return [
        ...missing.map((path) => `${id} names ${path}, which does not exist`),
        ...(script && !project.scripts.includes(script)
          ? [`${id} runs the script ${script}, which does not exist`]
          : []),
      ];
    }),
  ),
  each('GH-CONC-CI', ({ concurrency }) => {
    const group = concurrency?.group ?? '';
    const cancel = String(concurrency?.['cancel-in-progress']).replace(/\s/g, '');
    return [
      ...(/pull_request\.number/.test(group) ? [] : ['runs of one pull request do not share a group']),
      ...(cancel === "${{github.event_name=='pull_request'}}" ? [] : ['more than pull requests is cancelled']),
    ];
  }),
  each('GH-TIMEOUT', (workflow) =>
    jobsOf(workflow)
      .filter(([, job]) => !job.uses && typeof job['timeout-minutes'] !== 'number')
      .map(([id]) => `${id} may run for six hours`),
  ),
  each('GH-NAMES', (workflow) => [
    ...(workflow.name ? [] : ['the workflow has no name']),
    ...jobsOf(workflow)
      .filter(([, { name }]) => !name)
      .map(([id]) => `${id} has no name`),
    ...stepsOf(workflow)
      .filter(({ step }) => !step.name)
      .map(({ id }) => `${id} has a step without a name`),
  ]),
  each('GH-RUNNER', (workflow) =>
    jobsOf(workflow)
      .filter(([, job]) => !job.uses && !/-\d/.test(job['runs-on'] ?? ''))
      .map(([id, job]) => `${id} runs on ${job['runs-on']}`),
  ),
  each('GH-DUP-RUNS', ({ on }, { project }) => {
    if (!('push' in on) || !('pull_request' in on)) return [];
    const branches = (on.push as { branches?: readonly string[] } | null)?.branches;
    if (!branches) return ['every push of a pull request runs twice'];
    return branches.filter((branch) => !project.branches.includes(branch));
  }),
  each('GH-MERGE-QUEUE', ({ on }) =>
    'pull_request' in on && !('merge_group' in on) ? ['a merge queue would wait for ever'] : [],
  ),
  each('GH-REQUIRED-GATE', (workflow) => {
    const gates = gatesOf(workflow);
    const [gate] = gates;
    if (!gate || gates.length > 1) return [`${gates.length} gates`];
    const [gateId, job] = gate;
    const script = (job.steps ?? []).map(({ run = '', env }) => `${run} ${JSON.stringify(env ?? {})}`).join('\n');
    return [
      ...jobsOf(workflow)
        .filter(([id, other]) => id !== gateId && !announces(other) && !needsOf(job).includes(id))
        .map(([id]) => `the gate does not wait for ${id}`),
      ...(/needs/i.test(script) && /success/.test(script) && /skipped/.test(script) && /exit 1/.test(script)
        ? []
        : ['the gate does not look at the results']),
    ];
  }),
  each('GH-PATHS', ({ on }) =>
    Object.entries(on)
      .filter(
        ([, event]) => event !== null && typeof event === 'object' && ('paths' in event || 'paths-ignore' in event),
      )
      .map(([name]) => `${name} is filtered by paths`),
  ),
  each('GH-IF', ({ text }) =>
    conditions(text).filter(
      (value) =>
        /^[|>]/.test(value) ||
        (value.includes('${{') && !/^"?\$\{\{.*\}\}"?$/.test(value)) ||
        /contains\('/.test(value) ||
        /github\.(actor|triggering_actor)/.test(value),
    ),
  ),
  each('GH-CRON', ({ on }) =>
    ((on.schedule ?? []) as readonly { cron: string }[])
      .map(({ cron }) => cron)
      .filter((cron) => !/^[1-9]\d? /.test(cron)),
  ),
  each('GH-NOTIFY', (workflow) => {
    const job = jobsOf(workflow).find(([, candidate]) => announces(candidate));
    if (!job) return ['nobody hears of a red default branch'];
    const steps = JSON.stringify(job[1].steps);
    return /secrets\.\w+_WEBHOOK_URL/.test(steps) || /gh issue create/.test(steps)
      ? []
      : ['the announcement goes nowhere'];
  }),
  each('GH-SYNTAX', (workflow) => [
    ...workflow.errors,
    ...workflow.keys.filter((key) => !/^(name|run-name|on|permissions|concurrency|defaults|env|jobs)$/.test(key)),
    ...(jobsOf(workflow).length === 0 ? ['no jobs'] : []),
    ...jobsOf(workflow).flatMap(([id, job]) => [
      ...needsOf(job)
        .filter((need) => !(need in workflow.jobs))
        .map((need) => `${id} needs ${need}, which is no job`),
      ...(job.steps ?? [])
        .filter(({ run, uses }) => (run === undefined) === (uses === undefined))
        .map(() => `${id}: a step does nothing`),
      ...Object.entries({ ...job.env, ...job.services })
        .filter(([, value]) => value === null)
        .map(([key]) => `${id}: ${key} is empty`),
    ]),
  ]),
];
