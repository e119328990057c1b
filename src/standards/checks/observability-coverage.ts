/** OBS-009 and OBS-014: nothing runs that nobody looks at. */
import type { Service } from '../../model.ts';
import type { Check, CheckInput, Defect } from '../check.ts';
import type { PrometheusConfig, ScrapeJob } from '../parse/prometheus.ts';
import { without } from './guide.ts';
import { hostOf, isPrometheus } from './observability.ts';
import {
  alertsOf,
  ecsPrometheusOf,
  measuredBy,
  prometheusConfigs,
  prometheusOf,
  RESTORE,
  readyAlerts,
  readyPrometheus,
  ruleFilesOf,
  runningServices,
} from './operations.ts';
import { all, composeOf } from './places.ts';

/** Services that can be asked from outside: by their health endpoint, or at least whether their port accepts connections. */
export function probed(input: CheckInput) {
  return runningServices(input).filter(
    ({ health, kind, port }) => kind === 'web' && port !== null && health.kind !== 'none',
  );
}

/** Where somebody runs a prober: Compose does, and so does who runs the configuration for ECS. */
function probing(input: CheckInput): readonly PrometheusConfig[] {
  const runs = ecsPrometheusOf(input) !== null || composeOf(input)?.services.some(isPrometheus) === true;
  return runs ? prometheusConfigs(input) : [];
}

/** OBS-009: each service is asked from outside, and one alert listens. */
const probes: Check = {
  id: 'OBS-009',
  applies: (input) =>
    all(
      readyPrometheus(input),
      probed(input).length > 0 || 'no service can be asked from outside',
      probing(input).length > 0 ? true : { notChecked: 'nothing here runs Prometheus' },
    ),
  open: () => 'each service is probed at its health endpoint; important journeys and real users are for people',
  run: (input) => [
    ...probing(input).flatMap((config): readonly Defect[] => {
      const job = config.job('probe');
      const asked = new Set([
        ...(job?.targets ?? []).map(({ address }) => hostOf(address)),
        ...(job?.lookups ?? []).map(({ name }) => name.split('.')[0]),
      ]);
      return probed(input)
        .filter(({ name }) => !asked.has(name))
        .map(({ name }) => ({
          file: config.yaml.path,
          line: job?.line ?? config.yaml.line(['scrape_configs']),
          message: `Nothing probes ${name} from outside.`,
          hint: RESTORE,
        }));
    }),
    ...(probeRules(input).length > 0
      ? []
      : [
          {
            file: ruleFilesOf(input)[0]?.path ?? input.system.layout.prometheus.config,
            line: 1,
            message: 'No alert fires when a probe fails (probe_success == 0).',
            hint: RESTORE,
          },
        ]),
  ],
};

function probeRules(input: CheckInput) {
  return alertsOf(input).filter(
    ({ promql }) =>
      promql.selectors.some(({ metric }) => metric === 'probe_success') &&
      promql.comparisons.some(({ op, number }) => op === '==' && number === 0),
  );
}

/** OBS-014: no service runs unobserved: a job that reads or probes it, and an alert on what that job sees. */
const observed: Check = {
  id: 'OBS-014',
  applies: (input) =>
    all(readyPrometheus(input), readyAlerts(input), runningServices(input).length > 0 || 'nothing here runs for long'),
  open: (input) => {
    const visible = isVisible(input);
    const dark = runningServices(input).filter((service) => !visible(service));
    if (dark.length > 0)
      return `${dark.map(({ name }) => name).join(', ')}: neither metrics nor an endpoint that could be probed are known`;
    return without('scripts', 'the step of the pipeline that looks comes with')(input);
  },
  run: (input) => {
    const config = prometheusOf(input);
    if (!config) return [];
    const watched = new Set(
      alertsOf(input).flatMap((rule) =>
        measuredBy(input)(rule).flatMap(({ promql }) =>
          promql.selectors.flatMap(({ matchers }) =>
            matchers.filter(({ label }) => label === 'job').flatMap(({ value }) => value.split('|')),
          ),
        ),
      ),
    );
    const jobsOf = new Map<unknown, Set<ScrapeJob>>();
    for (const job of config.jobs)
      for (const { address, labels } of job.targets)
        for (const name of [hostOf(address), labels.service])
          jobsOf.set(name, (jobsOf.get(name) ?? new Set()).add(job));
    return runningServices(input)
      .filter(isVisible(input))
      .flatMap(({ name }): readonly Defect[] => {
        const jobs = [...(jobsOf.get(name) ?? [])];
        const [job] = jobs;
        if (!job)
          return [
            {
              file: config.yaml.path,
              line: config.yaml.line(['scrape_configs']),
              message: `No job reads or probes ${name}.`,
              hint: RESTORE,
            },
          ];
        if (jobs.some((one) => watched.has(one.name))) return [];
        return [
          {
            file: config.yaml.path,
            line: job.line,
            message: `${name} is read by ${jobs.map((one) => one.name).join(', ')}, and no alert looks at it.`,
            hint: RESTORE,
          },
        ];
      });
  },
};

/** Something of it can be looked at: its metrics, or its port from outside where Compose runs a prober. */
function isVisible(input: CheckInput): (service: Service) => boolean {
  const probes =
    composeOf(input)?.services.some(({ image }) => /(^|\/)blackbox-exporter[:@]/.test(image ?? '')) === true;
  return ({ metrics, health, port, kind }) =>
    metrics !== null || (probes && kind === 'web' && port !== null && health.kind !== 'none');
}

export const observabilityCoverage: readonly Check[] = [probes, observed];
