/** The readers of Prometheus', Alertmanager's and runbooks' files. */
import { describe, expect, it } from 'vitest';
import { readAlertmanager, routesFor } from '../../../src/standards/parse/alertmanager.ts';
import { readPrometheus, readRules } from '../../../src/standards/parse/prometheus.ts';
import { readRuleTests } from '../../../src/standards/parse/rule-tests.ts';
import { readRunbook, wholeText } from '../../../src/standards/parse/runbook.ts';
import { readStackServices } from '../../../src/standards/parse/stack-services.ts';
import { parseYaml, type YamlFile } from '../../../src/standards/parse/yaml.ts';

const yaml = (source: string) => parseYaml('a.yml', source).file as YamlFile;

describe('readPrometheus', () => {
  const config = readPrometheus(
    yaml(`global:
  scrape_interval: 15s
rule_files: [rules/*.yml]
alerting:
  alertmanagers:
    - static_configs:
        - targets: [alertmanager:9093]
scrape_configs:
  - job_name: application
    scrape_interval: 5s
    static_configs:
      - targets: [orders:3000]
        labels: { service: orders, __metrics_path__: /m }
  - job_name: cloud
    dns_sd_configs:
      - names: [orders.shop.internal]
        type: A
        port: 3000
`),
  );

  it('knows jobs with their intervals, targets and lines', () => {
    expect(config).toMatchObject({ scrape: 15, evaluation: null, ruleFiles: ['rules/*.yml'] });
    expect(config.alertmanagers).toMatchObject([{ address: 'alertmanager:9093', line: 7 }]);
    expect(config.job('application')).toMatchObject({
      interval: 5,
      path: '/metrics',
      line: 9,
      targets: [{ address: 'orders:3000', labels: { service: 'orders' }, line: 12 }],
    });
    expect(config.job('cloud')).toMatchObject({
      interval: 15,
      line: 14,
      lookups: [{ name: 'orders.shop.internal', port: 3000, line: 16 }],
    });
  });
});

describe('readRules', () => {
  it('knows both kinds of rules, and lines of their parts', () => {
    const rules = readRules(
      yaml(`groups:
  - name: http
    rules:
      - record: service:up:sum
        expr: sum by (service) (up)
      - alert: Down
        expr: |
          service:up:sum == 0
        for: 1m
        labels: { severity: critical }
`),
    );
    expect(rules).toMatchObject([
      { record: 'service:up:sum', alert: null, for: 0, line: 4 },
      { alert: 'Down', group: 'http', for: 60, labels: { severity: 'critical' }, line: 6 },
    ]);
    expect(rules[1]?.lineOf('for')).toBe(9);
    expect(rules[1]?.promql.selectors).toMatchObject([{ metric: 'service:up:sum' }]);
  });

  it('knows what tests expect', () => {
    const source = `rule_files: [a.yml]
tests:
  - name: one
    input_series:
      - series: up
        values: 1x5
    alert_rule_test:
      - eval_time: 2m
        alertname: A
        exp_alerts:
          - exp_labels:
              severity: critical
      # a comment
      - { alertname: "B", eval_time: 1m, exp_alerts: [{}] }
      - exp_alerts: []
        alertname: A
      - alertname: C
    promql_expr_test:
      - expr: up
        alertname: nothing
  - alert_rule_test:
    - alertname: D
      eval_time: 5m
`;
    expect(readRuleTests('t.yml', source)).toEqual([
      { file: 't.yml', alert: 'A', fires: true, line: 8 },
      { file: 't.yml', alert: 'B', fires: true, line: 14 },
      { file: 't.yml', alert: 'A', fires: false, line: 15 },
      { file: 't.yml', alert: 'C', fires: false, line: 17 },
      { file: 't.yml', alert: 'D', fires: false, line: 22 },
    ]);
  });
});

describe('readAlertmanager', () => {
  const config = readAlertmanager(
    yaml(`route:
  receiver: fallback
  group_by: [alertname]
  group_wait: 1m
  routes:
    - { receiver: heartbeat, matchers: [alertname="Watchdog"] }
    - receiver: pager
      matchers: ['severity="critical"']
      group_wait: 0s
      continue: true
      routes:
        - { receiver: security, matchers: [team = security] }
    - { receiver: chat, matchers: ['severity=~"critical|warning"'], group_interval: 1d }
    - { receiver: old, match: { severity: info } }
receivers:
  - name: pager
    pagerduty_configs: [{ routing_key_file: /k }]
`),
  );
  const reached = (labels: Record<string, string>) => routesFor(config.root, labels).map(({ receiver }) => receiver);

  it.each([
    [{ alertname: 'Watchdog', severity: 'critical' }, ['heartbeat']],
    [{ severity: 'critical' }, ['pager', 'chat']],
    [{ severity: 'critical', team: 'security' }, ['security', 'chat']],
    [{ severity: 'warning' }, ['chat']],
    [{ severity: 'info' }, ['old']],
    [{ severity: 'critically' }, ['fallback']],
    [{}, ['fallback']],
  ])('%j reaches %j', (labels, receivers) => {
    expect(reached(labels)).toEqual(receivers);
  });

  it('hands times and grouping down', () => {
    expect(routesFor(config.root, { severity: 'critical', team: 'security' })).toMatchObject([
      { wait: 0, interval: 300, groupBy: ['alertname'] },
      { wait: 60, interval: 86_400 },
    ]);
    expect(config.receiver('pager')?.channels).toMatchObject([{ kind: 'pagerduty', data: { routing_key_file: '/k' } }]);
  });
});

describe('readRunbook', () => {
  const page = readRunbook(
    'a.md',
    '---\nalert: Down\nlast_tested: "never"\n---\n\n# Down\n\n## First\n\n1. Look\n   1. deeper\n\n```bash\n# no heading\nls\n```\n\n### More\n\ntext\n\n## Empty\n',
  );

  it('knows front matter, parts, steps and fences with their lines', () => {
    expect(page.front.get('alert')).toEqual({ value: 'Down', line: 2 });
    expect(page.front.get('last_tested')?.value).toBe('never');
    expect(page.sections.map(({ title, depth, line }) => [title, depth, line])).toEqual([
      ['Down', 1, 6],
      ['First', 2, 8],
      ['More', 3, 18],
      ['Empty', 2, 22],
    ]);
    expect(page.part(/^First$/)).toMatchObject({
      steps: [{ text: 'Look', line: 10 }],
      fences: [{ language: 'bash', text: '# no heading\nls', line: 13 }],
    });
    expect(page.parts.map((part) => wholeText(page, part).includes('text'))).toEqual([true, false]);
  });
});

describe('readStackServices', () => {
  it('knows which variable comes from where', () => {
    const { services } = readStackServices(
      yaml(
        '{ "services": [ { "name": "orders", "port": 3000, "metrics": null, "environment": { "A": 1 },\n "datastores": [ { "datastore": "pg", "variables": { "url": "DATABASE_URL", "host": null } } ], "secrets": [ { "name": "KEY", "source": "given" } ] } ] }',
      ),
    );
    expect(services).toMatchObject([{ name: 'orders', port: 3000, metrics: null, secrets: ['KEY'] }]);
    expect(services[0]?.environment.get('A')).toBe('1');
    expect([...(services[0]?.datastores ?? [])]).toEqual([['DATABASE_URL', 'pg']]);
    expect(services[0]?.lineOf('secrets')).toBe(2);
  });
});
