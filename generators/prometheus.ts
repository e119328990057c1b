/** Metrics and alerts: who is scraped, what is recorded of it, what wakes somebody, and the tests that show it. */
import { posix } from 'node:path';
import { defineGenerator, type NextStep } from '../src/define.ts';
import type { FileSpec, Service, System, View } from '../src/model.ts';
import { ruleFiles } from './shared/alerts/files.ts';
import { canExceed } from './shared/alerts/http.ts';
import { APPLICATION_SCRAPE_SECONDS, EVALUATION_SECONDS, SCRAPE_SECONDS } from './shared/alerts/timing.ts';
import { ruleSpecs } from './shared/alerts/views.ts';
import { cloudNames, cloudServices, production, runsOnAws } from './shared/cloud.ts';
import { contractOf, contractsOf } from './shared/metrics.ts';
import {
  dnsName,
  evaluatesRules,
  localJobs,
  localProber,
  localProbes,
  localTargets,
  probedServices,
  serverAddress,
  withOwnUp,
} from './shared/scrape.ts';
import { telemetryFiles } from './shared/telemetry.ts';

export const prometheus = defineGenerator({
  id: 'prometheus',
  title: 'Metrics and alerts',
  summary:
    'Prometheus scrape configuration, recording rules and alerts, each with a test that fires and one that stays quiet',
  applies: evaluatesRules,
  files: ({ system, pins }) => [
    { path: system.layout.prometheus.config, template: 'prometheus/config.yml.ejs', view: localView(system) },
    ...(runsOnAws(system) ? [ecsConfig(system)] : []),
    ...ruleSpecs(system),
    ...telemetryFiles(system, pins),
  ],
  nextSteps: ({ system }) => cloudServices(system).flatMap((service) => nextSteps(service, system)),
});

/** Groups about what stands beside the services on the local stack alone. */
const LOCAL_GROUPS: ReadonlySet<string> = new Set(['postgresql', 'mysql', 'redis', 'exporters', 'host']);

function commonView(system: System, config: string, files = ruleFiles(system)): View {
  const folder = posix.dirname(config);
  return {
    project: system.project.name,
    path: config,
    scrape: `${SCRAPE_SECONDS}s`,
    evaluation: `${EVALUATION_SECONDS}s`,
    applicationScrape: `${APPLICATION_SCRAPE_SECONDS}s`,
    ruleFiles: files.map(({ path }) => posix.relative(folder, path)),
    ownUp: withOwnUp(system).length > 0,
  };
}

function localView(system: System): View {
  return {
    ...commonView(system, system.layout.prometheus.config),
    compose: system.layout.compose,
    cluster: `${system.project.slug}-local`,
    alertmanager: serverAddress('alertmanager', system),
    targets: localTargets(system),
    jobs: localJobs(system),
    prober: localProber(system),
    probes: localProbes(system),
  };
}

function ecsConfig(system: System): FileSpec {
  const place = (service: Service, port: number, path: string | null) => {
    const name = dnsName(service, system);
    return { name, pattern: name.replaceAll('.', '\\.'), service: service.name, port, path };
  };
  return {
    path: system.layout.prometheus.ecsConfig,
    template: 'prometheus/config.ecs.yml.ejs',
    view: {
      ...commonView(
        system,
        system.layout.prometheus.ecsConfig,
        // A file of all groups has theirs as well; they select nothing there.
        ruleFiles(system).filter(
          ({ groups }) => groups.length !== 1 || !groups.every((group) => LOCAL_GROUPS.has(group)),
        ),
      ),
      cluster: cloudNames(system, production(system).name).cluster,
      alertmanager: system.generators.includes('alertmanager'),
      targets: contractsOf(system).map(({ service, endpoint: { port, path } }) =>
        place(service, port, path === '/metrics' ? null : path),
      ),
      probes: probedServices(system).map((service) => ({
        ...place(service, service.port ?? 0, null),
        asked: service.health.kind === 'http' ? `http://$1${service.health.path}` : '$1',
        module: service.health.kind === 'http' ? null : 'tcp_connect',
      })),
    },
  };
}

/** What a service cannot be watched for, and what would change that. */
function nextSteps(service: Service, system: System): readonly NextStep[] {
  const { name } = service;
  const again = `run \`npx ${system.tool.name}\` again`;
  const contract = contractOf(service);
  if (contract === null) {
    const seen = probedServices(system).includes(service)
      ? 'all that is watched is whether it answers'
      : 'nothing watches it';
    return [
      canPreload(service, system)
        ? {
            text: `${name} shows no metrics, so ${seen}. A module that is loaded before it shows them without a change to its code.`,
            command: `npx ${system.tool.name} --set observability.instrument=true`,
            standard: 'OBS-005',
          }
        : {
            text: `${name} shows no metrics, so ${seen}: serve them with prom-client, and ${again}.`,
            standard: 'OBS-005',
          },
    ];
  }
  const { http, runtime, endpoint } = contract;
  if (http === null) {
    if (service.port === null) return [];
    return [
      {
        text: `${name} serves metrics at ${endpoint.path}, and none of them is known to count requests by status: nothing watches its errors and its latency. Add a histogram http_request_duration_seconds with a label status_code, and ${again}.`,
        standard: 'OBS-005',
      },
    ];
  }
  const objective = system.observability.objective.p95Milliseconds / 1000;
  const steps: NextStep[] = [];
  if (!canExceed(contract, objective)) {
    const last = http.buckets?.at(-1);
    const why = last === undefined ? 'has no histogram of durations' : `has no bucket above ${last} s`;
    steps.push({
      text: `${name} ${why}, so nobody can tell whether 95 % of its requests answer within ${objective} s: add one, and ${again}.`,
      standard: 'ALERT-002',
    });
  }
  if (Object.values(runtime).every((metric) => metric === null)) {
    steps.push({
      text: `${name} shows no metrics of its runtime (event loop, file descriptors): call collectDefaultMetrics() of prom-client, and ${again}.`,
      standard: 'OBS-005',
    });
  }
  return steps;
}

/** Our module is loaded by node, in an image that is ours, on its way to a Prometheus. */
function canPreload({ start, files }: Service, system: System): boolean {
  return start?.[0] === 'node' && files.dockerfileOwner === 'us' && system.generators.includes('docker');
}
