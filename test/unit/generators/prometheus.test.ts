/** Scrape configurations, rule files and their tests as they are written. */
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prometheus } from '../../../generators/prometheus.ts';
import { runbookUrl } from '../../../generators/shared/cloud.ts';
import type { System } from '../../../src/model.ts';
import { system } from '../../helpers/system.ts';
import { nextSteps } from '../../helpers/templates.ts';
import { measured, rendered, SYSTEMS } from '../../tools/prometheus-systems.ts';

type Job = {
  job_name: string;
  scrape_interval?: string;
  static_configs?: { targets: string[]; labels: Record<string, string> }[];
  dns_sd_configs?: { names: string[]; type: string; port: number }[];
  relabel_configs?: Record<string, unknown>[];
  metric_relabel_configs?: Record<string, unknown>[];
};
type Config = {
  global: Record<string, unknown>;
  rule_files: string[];
  alerting?: unknown;
  scrape_configs: Job[];
};

const sys = (name: string) => SYSTEMS[name] as System;
const read = <T>(name: string, path: string) => parse(rendered(sys(name)).get(path) ?? 'null') as T;
const config = (name: string) => read<Config>(name, sys(name).layout.prometheus.config);
const ecs = (name: string) => read<Config>(name, sys(name).layout.prometheus.ecsConfig);
const job = ({ scrape_configs }: Config, name: string) => scrape_configs.find(({ job_name }) => job_name === name);

describe.each(Object.keys(SYSTEMS))('%s', (name) => {
  const files = rendered(sys(name));

  it('loads every rule file that it writes, and no other', () => {
    const { config: local, ecsConfig, tests } = sys(name).layout.prometheus;
    const rules = [...files.keys()].filter(
      (path) => path.endsWith('.yml') && ![local, ecsConfig].includes(path) && !path.startsWith(`${tests}/`),
    );
    for (const path of [local, ecsConfig].filter((one) => files.has(one))) {
      const { rule_files } = parse(files.get(path) ?? '') as Config;
      const loaded = rule_files.map((file) => posix.join(posix.dirname(path), file));
      // Nothing on AWS reads the machine and the datastores by an exporter.
      const here = rules.filter(
        (rule) => path === local || !/\/(host|exporters|postgresql|mysql|redis)\.yml$/.test(rule),
      );
      expect(loaded.sort()).toEqual(here.sort());
    }
  });

  it('tests every group, with rule files that are there', () => {
    const tests = [...files].filter(([path]) => path.endsWith('.test.yml'));
    const groups = [...files]
      .filter(([path]) => /rules/.test(path) && path.endsWith('.yml'))
      .flatMap(([, text]) => (parse(text) as { groups: { name: string; rules: { alert?: string }[] }[] }).groups)
      .filter(({ rules }) => rules.some(({ alert }) => alert));
    expect(
      tests
        .map(([path]) => posix.basename(path))
        .filter((file) => file !== 'records.test.yml')
        .sort(),
    ).toEqual(groups.map((group) => `${group.name}.test.yml`).sort());
    for (const [path, text] of tests) {
      const { rule_files, group_eval_order } = parse(text) as { rule_files: string[]; group_eval_order: string[] };
      for (const file of rule_files)
        expect(files.has(posix.join(posix.dirname(path), file)), `${path}: ${file}`).toBe(true);
      expect(group_eval_order.length).toBeGreaterThan(0);
    }
  });

  it('scrapes every job that a rule speaks of', () => {
    const local = sys(name).layout.prometheus.config;
    const jobs = (parse(files.get(local) ?? '') as Config).scrape_configs.map(({ job_name }) => job_name);
    const spoken = [...files]
      .filter(([path]) => path.endsWith('.yml') && /rules/.test(path))
      .flatMap(([, text]) => [...text.matchAll(/job=~?"([^"]*)"/g)].flatMap(([, value = '']) => value.split('|')));
    expect([...new Set(spoken)].filter((one) => !jobs.includes(one))).toEqual([]);
  });

  it('says what no version between 2.42 and 3 would refuse', () => {
    const text = [...files.values()].join('\n');
    expect(text).not.toMatch(/query_offset|scrape_protocols|scrape_config_files|scrape_native|otlp:|storage:/);
  });
});

describe('the local stack', () => {
  it('scrapes every 15 seconds, and services every 5', () => {
    const { global } = config('full-width');
    expect(global).toMatchObject({ scrape_interval: '15s', evaluation_interval: '15s' });
    expect(job(config('full-width'), 'application')).toMatchObject({ scrape_interval: '5s', sample_limit: 20000 });
  });

  it('has a target for each service that shows itself, where it does', () => {
    const targets = job(config('full-width'), 'application')?.static_configs ?? [];
    expect(targets.map(({ targets: [address], labels }) => `${labels.service} ${address}`)).toEqual([
      'orders orders:3000',
      'counter counter:3000',
      'gateway gateway:3000',
      'billing billing:3000',
      'accounts accounts:3000',
      'ledger ledger:9464',
      'legacy legacy:9464',
      'mailer mailer:9464',
      'stranger stranger:3000',
    ]);
  });

  it('tells another path by a label', () => {
    const service = measured('orders', 'prom-client');
    const moved = {
      ...sys('local-only'),
      services: [{ ...service, metrics: { ...(service.metrics ?? ({} as never)), path: '/internal/metrics' } }],
    };
    const text = rendered(moved).get('monitoring/prometheus/config.yml') ?? '';
    expect(job(parse(text) as Config, 'application')?.static_configs?.[0]?.labels).toEqual({
      service: 'orders',
      __metrics_path__: '/internal/metrics',
    });
  });

  it('asks exporters by the names of their containers, each under the name of what it watches', () => {
    const jobs = config('full-width').scrape_configs.filter(
      ({ job_name }) => !['application', 'probe'].includes(job_name),
    );
    const told = jobs.map(
      ({ job_name, static_configs }) =>
        `${job_name} ${static_configs?.[0]?.targets[0]} ${static_configs?.[0]?.labels.service}`,
    );
    expect(told).toEqual([
      'infrastructure node-exporter:9100 host',
      'postgresql postgres-exporter:9187 postgresql',
      'mysql mysqld-exporter:9104 mysql',
      'redis redis-exporter:9121 redis',
      'prometheus prometheus:9090 prometheus',
      'alertmanager alertmanager:9093 alertmanager',
    ]);
  });

  it('probes the health path of every web service through the prober', () => {
    const probe = job(config('full-width'), 'probe');
    expect(probe?.static_configs?.map(({ targets: [address] }) => address)).toContain(
      'http://accounts:3000/v1.0/health',
    );
    expect(probe?.static_configs?.map(({ labels }) => labels.service)).toContain('site');
    expect(probe?.relabel_configs?.at(-1)).toEqual({
      target_label: '__address__',
      replacement: 'blackbox-exporter:9115',
    });
  });

  it('probes the port of a service that has no health path', () => {
    const [target] = (job(config('full-width'), 'probe')?.static_configs ?? []).filter(
      ({ labels }) => labels.service === 'queue-door',
    );
    expect(target).toEqual({
      targets: ['queue-door:3000'],
      labels: { service: 'queue-door', __param_module: 'tcp_connect' },
    });
    const relabelled = job(ecs('full-width'), 'probe')?.relabel_configs;
    expect(relabelled).toContainEqual({
      source_labels: ['__meta_dns_name'],
      regex: 'queue-door\\.orders\\.internal',
      target_label: '__param_module',
      replacement: 'tcp_connect',
    });
  });

  it('finds itself and Alertmanager beside itself where Compose runs neither', () => {
    const jobs = config('rules-only').scrape_configs.map(
      ({ job_name, static_configs }) => `${job_name} ${static_configs?.[0]?.targets[0]}`,
    );
    expect(jobs).toEqual(['application orders:3000', 'prometheus 127.0.0.1:9090', 'alertmanager 127.0.0.1:9093']);
  });

  it('drops a gauge up of a library, and nothing where there is none', () => {
    expect(job(config('full-width'), 'application')).toHaveProperty('metric_relabel_configs');
    expect(job(config('narrow'), 'application')).not.toHaveProperty('metric_relabel_configs');
  });

  it('sends alerts to nobody where nobody sends them on', () => {
    expect(config('full-width').alerting).toEqual({
      alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }],
    });
    expect(config('aws-only')).not.toHaveProperty('alerting');
  });
});

describe('ECS', () => {
  it('finds every task of a service by its private name', () => {
    const application = job(ecs('full-width'), 'application');
    expect(application?.dns_sd_configs?.[0]).toEqual({
      names: ['orders.orders.internal'],
      type: 'A',
      port: 3000,
      refresh_interval: '15s',
    });
    expect(application?.relabel_configs?.[0]).toEqual({
      source_labels: ['__meta_dns_name'],
      regex: 'orders\\.orders\\.internal',
      target_label: 'service',
      replacement: 'orders',
    });
    expect(job(ecs('full-width'), 'probe')?.relabel_configs).toContainEqual({
      source_labels: ['__meta_dns_name', '__address__'],
      regex: 'accounts\\.orders\\.internal;(.+)',
      target_label: '__param_target',
      replacement: 'http://$1/v1.0/health',
    });
  });

  it('is written only where the stacks run there', () => {
    expect([...rendered(sys('local-only')).keys()]).not.toContain('monitoring/prometheus/config.ecs.yml');
  });
});

describe('rules', () => {
  it('stand in the two files that the automator names', () => {
    const paths = [...rendered(sys('automator')).keys()].filter((path) => path.endsWith('rules.yml'));
    expect(paths).toEqual(['monitoring/prometheus/rules.yml', 'monitoring/alerts/rules.yml']);
    expect(config('automator').rule_files).toEqual(['rules.yml', '../alerts/rules.yml']);
  });

  it('link the runbook of their name', () => {
    const { groups } = read<{ groups: { rules: { alert: string; annotations: Record<string, string> }[] }[] }>(
      'narrow',
      'monitoring/prometheus/rules/http.yml',
    );
    for (const { alert, annotations } of groups.flatMap(({ rules }) => rules))
      expect(annotations.runbook_url).toBe(runbookUrl(sys('narrow'), alert));
  });

  it('take a link for text where it looks like a template', () => {
    const odd = { ...sys('local-only'), project: { ...sys('local-only').project, defaultBranch: '{{ .X }}' } };
    const text = rendered(odd).get('monitoring/prometheus/rules/meta.yml') ?? '';
    expect(text).toContain('{{"{{"}} .X');
  });

  it('record the four golden signals of every service that shows them, by one name each', () => {
    const { groups } = read<{ groups: { rules: { record: string; labels?: { service: string } }[] }[] }>(
      'full-width',
      'monitoring/prometheus/rules/records.yml',
    );
    const of = (name: string) =>
      groups.flatMap(({ rules }) => rules.filter(({ labels }) => labels?.service === name).map(({ record }) => record));
    for (const name of ['orders', 'gateway', 'billing', 'accounts', 'ledger']) {
      expect(of(name)).toEqual(
        expect.arrayContaining([
          'service:http_requests:rate5m',
          'service:http_request_errors:rate5m',
          'service:http_request_duration_seconds:p50_rate5m',
          'service:http_request_duration_seconds:p95_rate5m',
          'service:http_request_duration_seconds:p99_rate5m',
          'service:event_loop_lag_seconds:max',
        ]),
      );
    }
    // A worker answers nobody: what its management port is asked are no requests of users.
    expect(of('mailer')).toContain('service:event_loop_lag_seconds:max');
    expect(of('mailer')).not.toContain('service:http_requests:rate5m');
    expect(of('stranger')).toEqual(['service:up:sum']);
  });
});

describe('what is left to do', () => {
  const steps = (services: System['services']) =>
    nextSteps(prometheus, { ...sys('local-only'), services }).map(({ text, command = '' }) => `${text} ${command}`);

  it('is nothing where everything is shown', () => {
    expect(steps([measured('orders', 'preload')])).toEqual([]);
  });

  it('is an offer where nothing is', () => {
    expect(steps([measured('orders', null)])).toEqual([expect.stringContaining('--set observability.instrument=true')]);
    const theirs = measured('orders', null);
    const kept = { ...theirs, files: { ...theirs.files, dockerfileOwner: 'user' as const } };
    expect(steps([kept])).toEqual([expect.stringContaining('prom-client')]);
  });

  it('names what a service does not count, does not time, or does not show', () => {
    expect(steps([measured('orders', 'unknown')])).toEqual([expect.stringContaining('nothing watches its errors')]);
    expect(steps([measured('orders', 'prom-client-counter')])).toEqual([
      expect.stringContaining('collectDefaultMetrics'),
    ]);
    expect(nextSteps(prometheus, sys('odd-objectives')).map(({ text }) => text)).toEqual([
      expect.stringContaining('no bucket above 2.5 s'),
    ]);
  });
});

it('applies where something runs for long, and says why not elsewhere', () => {
  expect(prometheus.applies(sys('narrow'))).toBe(true);
  const cron = measured('nightly', null, { kind: 'cron', port: null });
  expect(prometheus.applies(system({ generators: ['prometheus'], services: [cron] }))).toMatch(/no service runs/);
});
