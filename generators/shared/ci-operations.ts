/** The jobs that judge what operations need, where it changes: the stacks by their own tests, rules and routes by the tools that read them. */
import type { Pins } from '../../src/define.ts';
import type { System, View } from '../../src/model.ts';
import { keepsItsOwn } from './ci-next-steps.ts';
import { runsOnAws } from './cloud.ts';

export type OperationsJob = Readonly<{
  id: 'aws-stacks' | 'alert-rules';
  name: string;
  /** The job runs when a file that this pattern matches has changed; also the filter's name is the id. */
  pattern: string;
  timeout: number;
}>;

/** Jobs beside those of the services; none where nothing of the kind is emitted. */
export function operationsJobs(system: System, timeout: number): readonly OperationsJob[] {
  const { layout } = system;
  return [
    ...(runsOnAws(system)
      ? [{ id: 'aws-stacks' as const, name: 'AWS stacks', pattern: `${layout.stacks}/**`, timeout }]
      : []),
    ...(watches(system)
      ? [{ id: 'alert-rules' as const, name: 'Alert rules', pattern: 'monitoring/**', timeout }]
      : []),
  ];
}

/** Rules that are ours, and about something. */
function watches(system: System): boolean {
  const { prometheus } = system.layout;
  return (
    system.generators.includes('prometheus') &&
    system.services.some(({ start }) => start !== null) &&
    !keepsItsOwn(system, prometheus.config)
  );
}

/** What the template prints of a job. */
export function operationsView({ id }: OperationsJob, system: System, pins: Pins): View {
  const { layout } = system;
  const checkout = pins.action('actions/checkout');
  if (id === 'aws-stacks') {
    return {
      checkout,
      node: pins.action('actions/setup-node'),
      version: nodeOf(system),
      lockFile: `${layout.stacks}/package-lock.json`,
      folder: layout.stacks,
      checks: [],
    };
  }
  return { checkout, node: null, version: null, lockFile: null, folder: null, checks: checksOf(system, pins) };
}

/** The services' own line, so that one workflow speaks of one Node.js; the stacks need 22 where that is older. */
function nodeOf({ services }: System): string {
  const lines = services.flatMap(({ runtime }) =>
    runtime.name === 'node' ? [Number.parseInt(runtime.version, 10)] : [],
  );
  return String(Math.max(22, ...lines));
}

/** Where the folder of the configuration stands in the containers of the tools. */
const MOUNT = '/etc/monitoring';

function checksOf(system: System, pins: Pins): readonly View[] {
  const { prometheus, alertmanager } = system.layout;
  const at = (path: string) => path.replace(/^monitoring/, MOUNT);
  const run = (entry: string, repository: string, words: string) => [
    `docker run --rm --volume "$PWD/monitoring:${MOUNT}:ro" --entrypoint ${entry} \\`,
    `  ${pins.imageOf(repository).reference} \\`,
    `  ${words}`,
  ];
  const configs = [prometheus.config, ...(runsOnAws(system) ? [prometheus.ecsConfig] : [])].map(at).join(' ');
  const steps = [
    {
      name: 'Check the configuration and the rules',
      lines: run('promtool', 'prom/prometheus', `check config ${configs}`),
    },
    {
      name: 'Test the rules',
      lines: run('sh', 'prom/prometheus', `-c 'promtool test rules ${at(prometheus.tests)}/*.test.yml'`),
    },
  ];
  if (system.generators.includes('alertmanager') && !keepsItsOwn(system, alertmanager.config))
    steps.push({
      name: 'Check the routes and the messages',
      lines: run('amtool', 'prom/alertmanager', `check-config ${at(alertmanager.config)}`),
    });
  return steps.map(({ name, lines }) => ({ name, line: lines.join('\n') }));
}
