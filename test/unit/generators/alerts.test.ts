/** Invariants of the alert table over all systems: what routes, inhibitions, runbooks and the time to page rely on. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { GROUPS } from '../../../generators/shared/alerts/alert.ts';
import { alertsOf, prometheusAlerts } from '../../../generators/shared/alerts/index.ts';
import { reachable } from '../../../generators/shared/alerts/slo.ts';
import {
  PAGE_WITHIN_SECONDS,
  secondsOf,
  secondsToPage,
  stepsToPage,
} from '../../../generators/shared/alerts/timing.ts';
import { contractsOf, seriesOf } from '../../../generators/shared/metrics.ts';
import type { System } from '../../../src/model.ts';
import { lint, type RuleGroup, selectorsOf, syntaxErrors } from '../../tools/prometheus-lint.ts';
import { measured, rendered, SYSTEMS } from '../../tools/prometheus-systems.ts';

const systems = Object.entries(SYSTEMS);
const named = (sys: System) => alertsOf(sys).map(({ name }) => name);

function groupsOf(sys: System): readonly RuleGroup[] {
  return [...rendered(sys)]
    .filter(([path]) => /rules\/\w+\.yml$|rules\.yml$/.test(path))
    .flatMap(([, text]) => (parse(text) as { groups: RuleGroup[] }).groups);
}

describe.each(systems)('%s', (_, sys) => {
  const table = alertsOf(sys);
  const rules = prometheusAlerts(sys);

  it('has each name once', () => {
    expect(new Set(named(sys)).size).toBe(table.length);
    for (const { name } of table) expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
  });

  it('gives every alert a signal, and every rule one test that fires and one that stays quiet', () => {
    for (const { name, prometheus, cloudwatch } of table) expect(prometheus ?? cloudwatch, name).not.toBeNull();
    for (const { name, prometheus } of rules) {
      const checks = prometheus.tests.flatMap((test) => test.checks);
      expect(
        checks.some(({ fires }) => fires.length > 0),
        `${name} fires`,
      ).toBe(true);
      if (name !== 'Watchdog')
        expect(
          checks.some(({ fires }) => fires.length === 0),
          `${name} is quiet`,
        ).toBe(true);
    }
  });

  it('pages only for what users feel, or because nobody would be paged any more, and in less than five minutes', () => {
    for (const alert of rules.filter(({ severity }) => severity === 'critical')) {
      expect(alert.type === 'symptom' || alert.category === 'monitoring', alert.name).toBe(true);
      expect(secondsToPage(alert), alert.name).toBeLessThan(PAGE_WITHIN_SECONDS);
    }
  });

  it('tells of a warning within fifteen minutes, the wait and the interval of its group included', () => {
    for (const { name, severity, prometheus } of rules.filter(({ severity: level }) => level === 'warning'))
      expect(secondsOf(prometheus.for) + 60 + 600, `${name} ${severity}`).toBeLessThanOrEqual(900);
  });

  it('has words for people: a sentence each, and an action without a template', () => {
    for (const { name, summary, description, action, prometheus } of table) {
      expect(action, name).not.toContain('{{');
      expect(action, name).toMatch(/^[A-Z].*\.$/);
      if (prometheus && name !== 'Watchdog') expect(description, name).toContain('{{ $value');
      if (prometheus === null) expect(summary + description, name).not.toContain('{{');
    }
  });

  it('writes rules that a careful reader finds nothing in', () => {
    expect(lint(groupsOf(sys), 15)).toEqual([]);
  });

  it('asks services only for what their contracts say that they show', () => {
    const shown = new Set(contractsOf(sys).flatMap(seriesOf));
    const asked = groupsOf(sys)
      .flatMap(({ rules: all }) => all.flatMap(({ expr }) => selectorsOf(expr)))
      .filter(({ matchers }) => matchers.some(({ label, value }) => label === 'job' && value === 'application'))
      .map(({ metric }) => metric ?? '');
    expect([...new Set(asked)].filter((metric) => metric !== 'up' && !shown.has(metric))).toEqual([]);
  });

  it('says of every selector which job it means, or reads what was recorded', () => {
    const loose = groupsOf(sys)
      .flatMap(({ rules: all }) => all.flatMap(({ expr }) => selectorsOf(expr)))
      .filter(({ metric, matchers }) => !metric?.includes(':') && !matchers.some(({ label }) => label === 'job'));
    expect(loose).toEqual([]);
  });

  it('verifies an alert by a query that parses', () => {
    for (const { name, prometheus } of rules) expect(syntaxErrors(prometheus.verification), name).toEqual([]);
  });
});

describe('the table follows what is there', () => {
  it('has every group in the full system, and every alert of it', () => {
    const all = prometheusAlerts(SYSTEMS['full-width'] as System);
    expect([...new Set(all.map(({ prometheus }) => prometheus.group))]).toEqual([...GROUPS]);
    expect(all.map(({ name, severity }) => `${name} ${severity}`).sort()).toMatchSnapshot();
  });

  it('speaks of no service that shows nothing, and of no datastore without an exporter', () => {
    const names = named(SYSTEMS.unmeasured as System);
    for (const name of ['TargetDown', 'TrafficDropped', 'ErrorBudgetBurnFast', 'EventLoopLagHigh', 'RedisDown'])
      expect(names).not.toContain(name);
    for (const name of ['ProbeFailed', 'Watchdog', 'AlertmanagerDown']) expect(names).toContain(name);
    // CloudWatch sees these by itself.
    const rows = alertsOf(SYSTEMS.unmeasured as System).filter(({ prometheus }) => prometheus === null);
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ServiceDown', 'HighErrorRate', 'HighResponseTime']),
    );
  });

  it('warns of the heap only where the limit is shown', () => {
    const only = (metrics: 'prom-client' | 'preload') =>
      named({ ...(SYSTEMS.narrow as System), services: [measured('orders', metrics)] });
    expect(only('prom-client')).not.toContain('HeapNearLimit');
    expect(only('preload')).toContain('HeapNearLimit');
  });

  it('has no latency alert where the last bucket is below the objective', () => {
    const rules = prometheusAlerts(SYSTEMS['odd-objectives'] as System).map(({ name }) => name);
    expect(rules).not.toContain('HighResponseTime');
    expect(rules).toContain('HighErrorRate');
  });

  it('has no alert of Alertmanager where nobody sends alerts on', () => {
    expect(named(SYSTEMS['aws-only'] as System).filter((name) => /Alertmanager|Notifications/.test(name))).toEqual([]);
  });

  it('has no rule at all where Prometheus was not asked for', () => {
    const sys = { ...(SYSTEMS.narrow as System), generators: ['docker', 'compose'] };
    expect(alertsOf(sys)).toEqual([]);
  });

  it('leaves a burn rate out that would be more than all requests', () => {
    const burns = [
      { factor: 14.4, long: '1h', short: '5m' },
      { factor: 6, long: '6h', short: '30m' },
    ];
    expect(reachable(burns, 0.1).map(({ factor }) => factor)).toEqual([6]);
    expect(reachable(burns, 0.06).map(({ factor }) => factor)).toEqual([14.4, 6]);
    const fast = prometheusAlerts(SYSTEMS['odd-objectives'] as System).find(
      ({ name }) => name === 'ErrorBudgetBurnFast',
    );
    expect(fast?.prometheus.expr).toContain('6 * 0.1');
    expect(fast?.prometheus.expr).not.toContain('14.4');
  });
});

describe('the time to page', () => {
  it('adds up what happens between a failure and the page', () => {
    const rule = prometheusAlerts(SYSTEMS.narrow as System).find(({ name }) => name === 'HighErrorRate');
    expect(rule && stepsToPage(rule)).toEqual([
      { what: 'scrape', seconds: 5 },
      { what: 'recording', seconds: 15 },
      { what: 'evaluation', seconds: 15 },
      { what: 'for', seconds: 120 },
      { what: 'group_wait', seconds: 0 },
    ]);
    expect(rule && secondsToPage(rule)).toBe(155);
  });

  it('stands beside the rule', () => {
    const text = rendered(SYSTEMS.narrow as System).get('monitoring/prometheus/rules/http.yml');
    expect(text).toContain(
      '# To the page: scrape 5 + recording 15 + evaluation 15 + for 120 + group_wait 0 = 155 s, less than 300.\n      - alert: HighErrorRate',
    );
  });

  it('knows no duration without a unit', () => {
    expect(() => secondsOf('5')).toThrow(/no duration/);
  });
});

describe('the lint finds', () => {
  const good = {
    alert: 'Good',
    expr: 'up{job="a"} == 0',
    for: '1m',
    labels: { severity: 'warning', team: 't', alert_type: 'cause', family: 'f', category: 'resource' },
    annotations: { summary: 'A.', description: '{{ $value }}', action: 'Do.', runbook_url: 'x/Good.md' },
  };
  const findings = (changes: object) => lint([{ name: 'g', rules: [{ ...good, ...changes }] }], 15);

  it.each([
    ['nothing in a good one', {}, null],
    ['what is no PromQL', { expr: 'up{job="a" == 0' }, /no PromQL/],
    ['a counter without a rate', { expr: 'x_total{job="a"} > 1' }, /counter/],
    ['a window of two scrapes', { expr: 'rate(x_total{job="a"}[30s]) > 1' }, /below 4 scrapes/],
    ['a record that nobody records', { expr: 'a:b:c > 1' }, /not recorded/],
    ['a regex that is none', { expr: 'up{job=~"a"} == 0' }, /needless/],
    ['an integer bucket', { expr: 'rate(x_bucket{le="1"}[5m]) > 1' }, /integer/],
    ['a cause that pages', { labels: { ...good.labels, severity: 'critical' } }, /pages/],
    ['no team', { labels: { ...good.labels, team: '' } }, /no team/],
    ['no hold time', { for: undefined }, /no for/],
    ['no comparison', { expr: 'up{job="a"}' }, /compares nothing/],
    ['a value in a label', { labels: { ...good.labels, x: '{{ $value }}' } }, /value in label/],
    ['a static description', { annotations: { ...good.annotations, description: 'Bad.' } }, /without its value/],
    ['the runbook of another alert', { annotations: { ...good.annotations, runbook_url: 'x/Bad.md' } }, /runbook/],
    ['a quantile in percent', { expr: 'histogram_quantile(99, sum by (le) (rate(a_bucket[5m]))) > 1' }, /quantile/],
  ])('%s', (_, changes, expected) => {
    if (expected === null) expect(findings(changes)).toEqual([]);
    else expect(findings(changes).join('\n')).toMatch(expected);
  });
});
