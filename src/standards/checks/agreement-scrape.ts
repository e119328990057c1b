/** X-SCRAPE: Prometheus asks services, exporters and Alertmanager where they are. */
import type { Service } from '../../model.ts';
import type { Check, CheckInput, Defect } from '../check.ts';
import { record, text } from '../parse/plain.ts';
import type { PrometheusConfig, ScrapeJob, Target } from '../parse/prometheus.ts';
import { hostOf, portOf } from './observability.ts';
import { ecsPrometheusOf, prometheusOf, readyPrometheus } from './operations.ts';
import { composeOf, serviceNamed } from './places.ts';

const scrape: Check = {
  id: 'X-SCRAPE',
  applies: readyPrometheus,
  run: (input) => [...locally(input), ...onEcs(input)],
};

function locally(input: CheckInput): readonly Defect[] {
  const config = prometheusOf(input);
  if (!config) return [];
  return config.jobs
    .flatMap((job) => {
      const found = job.targets.flatMap((target) => {
        const service = serviceNamed(input, hostOf(target.address));
        if (!service) return job.name === 'probe' ? [] : notThere(input, config, target);
        return job.name === 'probe' ? wrongProbe(config, target, service) : wrongAddress(config, job, target, service);
      });
      return [...found, ...exporterOf(input, config, job)];
    })
    .concat(config.alertmanagers.flatMap((target) => notThere(input, config, target)));
}

/** What is asked has to run: an exporter, Alertmanager or Prometheus itself in Compose, at a port that its image has. */
function notThere(input: CheckInput, config: PrometheusConfig, target: Target): readonly Defect[] {
  const compose = composeOf(input);
  const host = hostOf(target.address);
  if (!compose || host === 'localhost' || host === '127.0.0.1') return [];
  const wrong = (message: string, hint: string) => [
    { file: config.yaml.path, line: target.line, with: compose.path, message, hint },
  ];
  const container = compose.service(host);
  if (!container)
    return wrong(
      `Nothing called ${host} runs in ${compose.path}.`,
      `Name one of ${compose.services.map(({ name }) => name).join(', ')}.`,
    );
  const port = portOf(target.address);
  const known = PORTS.find(([image]) => image.test(container.image ?? ''))?.[1];
  if (known === undefined || known === port) return [];
  return wrong(`${host} is asked at port ${port}; its image listens on ${known}.`, `Ask ${host}:${known}.`);
}

/** Ports of the images that Compose runs beside the services, unless a flag moves them. */
const PORTS: readonly (readonly [image: RegExp, port: number])[] = [
  [/(^|\/)prometheus[:@]/, 9090],
  [/(^|\/)alertmanager[:@]/, 9093],
  [/(^|\/)node-exporter[:@]/, 9100],
  [/(^|\/)blackbox-exporter[:@]/, 9115],
  [/(^|\/)postgres-exporter[:@]/, 9187],
  [/(^|\/)mysqld-exporter[:@]/, 9104],
  [/(^|\/)redis_exporter[:@]/, 9121],
];

function wrongAddress(config: PrometheusConfig, job: ScrapeJob, target: Target, service: Service): readonly Defect[] {
  const file = config.yaml.path;
  const { metrics, name } = service;
  if (!metrics)
    return [
      {
        file,
        line: target.line,
        message: `${name} serves no metrics that are known, and is read.`,
        hint: 'Take the target out.',
      },
    ];
  const port = portOf(target.address);
  const path = text(target.labels.__metrics_path__) ?? job.path;
  const labelled = text(target.labels.service);
  return [
    ...(port === metrics.port
      ? []
      : [
          {
            file,
            line: target.line,
            message: `${name} is read at port ${port}; it serves metrics at ${metrics.port}.`,
            hint: `Read ${name}:${metrics.port}.`,
          },
        ]),
    ...(path === metrics.path
      ? []
      : [
          {
            file,
            line: target.line,
            message: `${name} is read at ${path}; it serves metrics at ${metrics.path}.`,
            hint: `Set __metrics_path__: ${metrics.path}.`,
          },
        ]),
    ...(labelled === name
      ? []
      : [
          {
            file,
            line: target.line,
            message: `What is read from ${name} is called ${labelled ?? 'nothing'}: alerts tell services apart by the label service.`,
            hint: `Set the label service: ${name}.`,
          },
        ]),
  ];
}

/** A probe asks the health endpoint from outside. */
function wrongProbe(config: PrometheusConfig, target: Target, service: Service): readonly Defect[] {
  const about = { file: config.yaml.path, line: target.line };
  const path = /^(?:[a-z]+:\/\/)?[^/]*(\/.*)?$/.exec(target.address)?.[1] ?? '/';
  const port = portOf(target.address);
  const health = service.health.kind === 'http' ? service.health : null;
  return [
    ...(port === service.port
      ? []
      : [
          {
            ...about,
            message: `The probe asks port ${port} of ${service.name}, which listens on ${service.port}.`,
            hint: `Ask port ${service.port}.`,
          },
        ]),
    ...(health && path !== health.path && path !== health.readyPath
      ? [
          {
            ...about,
            message: `The probe asks ${path}; ${service.name} answers ${health.path}.`,
            hint: `Ask ${health.path}.`,
          },
        ]
      : []),
  ];
}

/** A probe's real target is the blackbox exporter, which a relabelling names. */
function exporterOf(input: CheckInput, config: PrometheusConfig, job: ScrapeJob): readonly Defect[] {
  const relabelled = Array.isArray(job.data.relabel_configs) ? job.data.relabel_configs : [];
  return relabelled.flatMap((item, index) => {
    const rule = record(item);
    const address = text(rule.replacement);
    if (rule.target_label !== '__address__' || address === null || !/^[\w.-]+:\d+$/.test(address)) return [];
    return notThere(input, config, {
      address,
      labels: {},
      line: config.yaml.line(['scrape_configs', config.jobs.indexOf(job), 'relabel_configs', index]),
    });
  });
}

/** On ECS a service is found by its name in the private zone. */
function onEcs(input: CheckInput): readonly Defect[] {
  const config = ecsPrometheusOf(input);
  if (!config) return [];
  const { system } = input;
  const suffix = `.${system.project.slug}.internal`;
  return config.jobs.flatMap((job) =>
    job.lookups.flatMap((lookup): readonly Defect[] => {
      const { name, port } = lookup;
      const wrong = (message: string, hint: string) => [{ file: config.yaml.path, line: lookup.line, message, hint }];
      const service = name.endsWith(suffix) ? serviceNamed(input, name.slice(0, -suffix.length)) : undefined;
      const probes = job.name === 'probe';
      const wanted = probes ? service?.port : service?.metrics?.port;
      if (!service || wanted === undefined || wanted === null)
        return wrong(
          `${name} is no service that ${probes ? 'answers' : 'serves metrics'} in the private zone.`,
          `Names are <service>${suffix}.`,
        );
      return port === wanted
        ? []
        : wrong(`${service.name} is asked at port ${port}; it answers at ${wanted}.`, `Set port: ${wanted}.`);
    }),
  );
}

export const agreementScrape: readonly Check[] = [scrape];
