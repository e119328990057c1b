/** Prometheus' files as typed data with lines: configuration, rules, and the tests of rules. */
import { list, type Plain, record, seconds, text, texts } from './plain.ts';
import { type Promql, readPromql } from './promql.ts';
import type { YamlFile, YamlPath } from './yaml.ts';

export type Target = Readonly<{ address: string; labels: Plain; line: number }>;

export type ScrapeJob = Readonly<{
  name: string;
  /** Seconds between two scrapes, the global value where the job has none of its own. */
  interval: number;
  path: string;
  targets: readonly Target[];
  /** Names that are looked up for addresses (`dns_sd_configs`), with the port that is asked there. */
  lookups: readonly Readonly<{ name: string; port: number | null; line: number }>[];
  data: Plain;
  line: number;
  lineOf: (...keys: (string | number)[]) => number;
}>;

export type PrometheusConfig = Readonly<{
  yaml: YamlFile;
  /** Seconds; null: not said. */
  scrape: number | null;
  evaluation: number | null;
  ruleFiles: readonly string[];
  alertmanagers: readonly Target[];
  jobs: readonly ScrapeJob[];
  job: (name: string) => ScrapeJob | null;
}>;

export function readPrometheus(yaml: YamlFile): PrometheusConfig {
  const data = record(yaml.data);
  const global = record(data.global);
  const scrape = seconds(global.scrape_interval);
  const jobs = list(data.scrape_configs).map((value, index): ScrapeJob => {
    const job = record(value);
    const lineOf = (...keys: (string | number)[]) => yaml.line(['scrape_configs', index, ...keys]);
    return {
      name: text(job.job_name) ?? '',
      interval: seconds(job.scrape_interval) ?? scrape ?? 60,
      path: text(job.metrics_path) ?? '/metrics',
      targets: targetsOf(yaml, job.static_configs, ['scrape_configs', index, 'static_configs']),
      lookups: list(job.dns_sd_configs).flatMap((one, at) =>
        texts(record(one).names).map((name) => ({
          name,
          port: typeof record(one).port === 'number' ? (record(one).port as number) : null,
          get line() {
            return lineOf('dns_sd_configs', at, 'names');
          },
        })),
      ),
      data: job,
      get line() {
        return lineOf('job_name');
      },
      lineOf,
    };
  });
  return {
    yaml,
    scrape,
    evaluation: seconds(global.evaluation_interval),
    ruleFiles: texts(data.rule_files),
    alertmanagers: list(record(data.alerting).alertmanagers).flatMap((one, index) =>
      targetsOf(yaml, record(one).static_configs, ['alerting', 'alertmanagers', index, 'static_configs']),
    ),
    jobs,
    job: (name) => jobs.find((job) => job.name === name) ?? null,
  };
}

function targetsOf(yaml: YamlFile, configs: unknown, path: YamlPath): readonly Target[] {
  return list(configs).flatMap((value, index) =>
    texts(record(value).targets).map((address, at) => ({
      address,
      labels: record(record(value).labels),
      get line() {
        return yaml.line([...path, index, 'targets', at]);
      },
    })),
  );
}

export type Rule = Readonly<{
  file: string;
  group: string;
  /** Seconds between two evaluations where the group says so. */
  interval: number | null;
  alert: string | null;
  record: string | null;
  expr: string;
  promql: Promql;
  /** Seconds that the condition has to hold; 0 where nothing is said. */
  for: number;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  line: number;
  lineOf: (...keys: string[]) => number;
}>;

export function readRules(yaml: YamlFile): readonly Rule[] {
  return list(record(yaml.data).groups).flatMap((value, group) =>
    list(record(value).rules).map((item, index): Rule => {
      const rule = record(item);
      const expr = text(rule.expr) ?? '';
      const lineOf = (...keys: string[]) => yaml.line(['groups', group, 'rules', index, ...keys]);
      return {
        file: yaml.path,
        group: text(record(value).name) ?? '',
        interval: seconds(record(value).interval),
        alert: text(rule.alert),
        record: text(rule.record),
        expr,
        promql: readPromql(expr),
        for: seconds(rule.for) ?? 0,
        labels: strings(rule.labels),
        annotations: strings(rule.annotations),
        get line() {
          return lineOf(rule.alert === undefined ? 'record' : 'alert');
        },
        lineOf,
      };
    }),
  );
}

function strings(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record(value)).flatMap(([key, one]) => (text(one) === null ? [] : [[key, text(one) as string]])),
  );
}
