/** X-WORKFLOW: what a workflow must not do, whichever standard a job serves (the GH- rules of `pipeline-rules.json`). */
import type { Check, CheckInput, Defect } from '../check.ts';
import { list, record, text, texts } from '../parse/plain.ts';
import { shellCommands } from '../parse/shell.ts';
import type { Step, Workflow } from '../parse/workflow.ts';
import { workflowsOf } from './places.ts';

type Rule = Readonly<{ id: string; find: (workflow: Workflow, input: CheckInput) => readonly Omit<Defect, 'file'>[] }>;

/** Values that somebody outside can choose. Inside `run` they would be code. */
const INJECTED =
  /\$\{\{(?!\s*(?:github\.(?:sha|run_id|run_number|repository|event_name|workspace)|runner\.\w+|matrix\.[\w-]+)\s*\}\})/;

const RULES: readonly Rule[] = [
  {
    id: 'GH-INJECT',
    find: ({ steps }) =>
      steps
        .filter(
          (step) =>
            INJECTED.test(step.run ?? '') ||
            (step.action === 'actions/github-script' && /\$\{\{/.test(String(step.with.script ?? ''))),
        )
        .map((step) => ({
          line: step.lineOf(
            'run',
            Math.max(
              0,
              (step.run ?? '').split('\n').findIndex((line) => /\$\{\{/.test(line)),
            ),
          ),
          message: 'An expression stands inside a script: its value is run as code.',
          hint: 'Hand it over by env, and quote the variable.',
        })),
  },
  {
    id: 'GH-TRIGGER',
    find: ({ on, yaml }) =>
      ['pull_request_target', 'workflow_run']
        .filter((event) => on.has(event))
        .map((event) => ({
          line: yaml.line(['on', event]),
          message: `${event} gives code of strangers the rights of this repository.`,
          hint: 'Use pull_request.',
        })),
  },
  {
    id: 'GH-CHECKOUT-CREDS',
    find: ({ steps }) =>
      steps
        .filter((step) => step.action === 'actions/checkout' && text(step.with['persist-credentials']) !== 'false')
        .map((step) => ({
          line: step.line,
          message: 'The checkout leaves its token behind for every later step.',
          hint: 'Set persist-credentials: false.',
        })),
  },
  {
    id: 'GH-SECRETS',
    find: ({ jobs, yaml }) =>
      jobs.flatMap((job) => {
        const source = JSON.stringify(job.data);
        const all = /toJSON\(\s*secrets\s*\)/i.test(source) || job.data.secrets === 'inherit';
        return all
          ? [
              {
                line: yaml.line(['jobs', job.id]),
                message: `The job ${job.id} is handed every secret.`,
                hint: 'Name the secrets that a step needs, in its env.',
              },
            ]
          : [];
      }),
  },
  {
    id: 'GH-DUP-RUNS',
    find: ({ on, yaml }) => {
      const push = on.get('push');
      const everywhere = push !== undefined && push.branches === undefined && push.tags === undefined;
      return on.has('pull_request') && everywhere
        ? [
            {
              line: yaml.line(['on', 'push']),
              message: 'Every push to a pull request runs this twice.',
              hint: 'Limit push to the branches that are delivered.',
            },
          ]
        : [];
    },
  },
  {
    id: 'GH-MERGE-QUEUE',
    find: ({ on, yaml }) =>
      on.has('pull_request') && !on.has('merge_group')
        ? [
            {
              line: yaml.line(['on']),
              message: 'A merge queue would wait for this for ever: it does not run on merge_group.',
              hint: 'Add merge_group under "on".',
            },
          ]
        : [],
  },
  {
    id: 'GH-PATHS',
    find: ({ on, yaml }) =>
      ['pull_request', 'merge_group']
        .filter((event) => on.get(event)?.paths !== undefined || on.get(event)?.['paths-ignore'] !== undefined)
        .map((event) => ({
          line: yaml.line(['on', event]),
          message: `With paths on ${event} the required check stays pending for ever when nothing matches.`,
          hint: 'Filter by job.',
        })),
  },
  {
    id: 'GH-CONC-CI',
    find: ({ data, yaml }) => {
      const { group } = record(data.concurrency);
      const cancel = text(record(data.concurrency)['cancel-in-progress']) ?? 'false';
      if (text(group) === null && text(data.concurrency) === null)
        return [
          {
            line: yaml.line(['concurrency']),
            message: 'Runs of one pull request pile up: there is no concurrency group.',
            hint: 'Set concurrency.',
          },
        ];
      return cancel === 'true'
        ? [
            {
              line: yaml.line(['concurrency']),
              message: 'A second push to the default branch cancels the run of the first.',
              hint: "Cancel on pull requests only: ${{ github.event_name == 'pull_request' }}.",
            },
          ]
        : [];
    },
  },
  {
    id: 'GH-FROZEN',
    find: ({ steps }, { system }) =>
      system.services.every(({ packageManager }) => packageManager.lockFile === null)
        ? []
        : steps.flatMap((step) =>
            shellCommands(step.run ?? '')
              .filter(({ words }) => loose(words) && !unlockedPossible(step, system.services))
              .map(({ line, words }) => ({
                line: step.lineOf('run', line),
                message: `${words.slice(0, 2).join(' ')} may install something else tomorrow.`,
                hint: 'Install exactly what the lock file says (npm ci, --frozen-lockfile, --immutable).',
              })),
          ),
  },
  {
    id: 'GH-NAMES',
    find: ({ steps, jobs, data }) => [
      ...(text(data.name) === null
        ? [{ line: 1, message: 'The workflow has no name.', hint: 'Name it.', severity: 'warning' as const }]
        : []),
      ...jobs
        .filter(({ name }) => name === null)
        .map((job) => ({
          line: job.line,
          message: `The job ${job.id} has no name.`,
          hint: 'Name it.',
          severity: 'warning' as const,
        })),
      ...steps
        .filter(({ name }) => name === null)
        .map((step) => ({
          line: step.line,
          message: `A step of ${step.job} has no name: its line in the log says nothing.`,
          hint: 'Name it.',
          severity: 'warning' as const,
        })),
    ],
  },
  {
    id: 'GH-RUNNER',
    find: ({ jobs }) =>
      jobs
        .filter(({ data }) => texts(data['runs-on']).some((runner) => runner.endsWith('-latest')))
        .map((job) => ({
          line: job.lineOf('runs-on'),
          message: `${job.id} runs on another system as soon as GitHub moves its label.`,
          hint: 'Name the version: ubuntu-24.04.',
          severity: 'warning' as const,
        })),
  },
  {
    id: 'GH-CRON',
    find: ({ data, yaml }) =>
      list(record(data.on).schedule)
        .map((entry, index) => ({ cron: text(record(entry).cron) ?? '', index }))
        .filter(({ cron }) => /^0\s/.test(cron))
        .map(({ index }) => ({
          line: yaml.line(['on', 'schedule', index]),
          message: 'On the full hour GitHub is crowded: the run starts late, or not at all.',
          hint: 'Choose another minute.',
          severity: 'warning' as const,
        })),
  },
];

function loose(words: readonly string[]): boolean {
  const [program = '', action = ''] = words;
  const exact = [
    'ci',
    '--frozen-lockfile',
    '--immutable',
    '--no-package-lock',
    '--no-lockfile',
    '--no-immutable',
    '--no-save',
  ].some((word) => words.includes(word));
  if (exact || words.includes('-g') || words.includes('--global')) return false;
  return ['npm', 'pnpm', 'yarn', 'bun'].includes(program) && /^(install|i|)$/.test(action);
}

/** In a repository with several install roots one of them may have no lock file. */
function unlockedPossible(step: Step, services: CheckInput['system']['services']): boolean {
  return services.some(
    ({ packageManager }) => packageManager.installRoot === step.folder && packageManager.lockFile === null,
  );
}

/** X-WORKFLOW: rules that hold for every workflow. */
const safe: Check = {
  id: 'X-WORKFLOW',
  applies: (input) => workflowsOf(input).length > 0 || 'there is no workflow',
  run: (input) =>
    workflowsOf(input).flatMap((workflow) =>
      RULES.flatMap(({ id, find }) =>
        find(workflow, input).map((found) => ({ ...found, file: workflow.path, message: `${found.message} (${id})` })),
      ),
    ),
};

export const workflowSafety: readonly Check[] = [safe];
