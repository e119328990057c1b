/** The monitoring of the monitoring. Each has a family of its own: no two of them are the same trouble. */
import type { System } from '../../../src/model.ts';
import type { Alert, Severity } from './alert.ts';
import { fires, quiet, row, series, test } from './row.ts';
import { SCRAPE_SECONDS as scrape } from './timing.ts';

export function metaAlerts(system: System): readonly Alert[] {
  return [
    watchdog(),
    reloadFailed('Prometheus', 'prometheus'),
    ruleFailures(),
    ...(system.generators.includes('alertmanager')
      ? [
          notConnected(),
          notificationsFailing(),
          alertmanagerDown(),
          reloadFailed('Alertmanager', 'alertmanager'),
          alertmanagerNotificationsFailing(),
        ]
      : []),
  ];
}

const PROMETHEUS = { job: 'prometheus', service: 'prometheus', instance: 'prometheus:9090' };
const ALERTMANAGER = { job: 'alertmanager', service: 'alertmanager', instance: 'alertmanager:9093' };
const common = { group: 'meta', scrape } as const;
const monitoring = { type: 'cause', category: 'monitoring' } as const;

/** Always fires: whoever waits for it calls when it stops, because then no other alert arrives either. */
function watchdog(): Alert {
  return row({
    name: 'Watchdog',
    severity: 'none',
    type: 'heartbeat',
    family: 'watchdog',
    category: 'monitoring',
    summary: 'Alerts get through.',
    description: 'This alert fires always. When it stops arriving, nobody would hear of any other one.',
    action: 'Nothing, as long as it arrives. When it stops: see whether Prometheus and Alertmanager run.',
    prometheus: {
      ...common,
      expr: 'vector(1)',
      for: '0s',
      labels: { service: 'prometheus' },
      tests: [test('fires from the start, whatever happens', [], [fires('0m', {}, '1'), fires('5m', {}, '1')])],
    },
  });
}

function reloadFailed(server: 'Prometheus' | 'Alertmanager', job: 'prometheus' | 'alertmanager'): Alert {
  const labels = server === 'Prometheus' ? PROMETHEUS : ALERTMANAGER;
  const metric = `${job}_config_last_reload_successful`;
  const severity: Severity = 'warning';
  return row({
    name: `${server}ConfigReloadFailed`,
    severity,
    ...monitoring,
    family: `${job}-config`,
    summary: `${server} runs with an old configuration: it refused the one on its disk, and would not start with it.`,
    description: `${metric} of {{ $labels.instance }} is {{ $value }}.`,
    action: `Check the configuration with ${server === 'Prometheus' ? 'promtool check config' : 'amtool check-config'}, correct it and reload.`,
    prometheus: {
      ...common,
      expr: `${metric}{job="${job}"} == 0`,
      for: '4m',
      tests: [
        test(
          'a broken one, then a good one',
          [series(metric, labels, '1x2 0x6 1x9')],
          [...quiet('6m'), fires('7m', labels, '0'), ...quiet('10m')],
        ),
        test('a good one', [series(metric, labels, '1x9')], quiet('9m')),
        test('another job', [series(metric, { ...labels, job: 'other' }, '0x9')], quiet('9m')),
      ],
    },
  });
}

/** A rule that fails says nothing, whatever happens. */
function ruleFailures(): Alert {
  const counter = (values: string, more: Readonly<Record<string, string>> = {}) =>
    series('prometheus_rule_evaluation_failures_total', { ...PROMETHEUS, rule_group: 'http', ...more }, values);
  const { job: _, ...labels } = PROMETHEUS;
  return row({
    name: 'PrometheusRuleFailures',
    severity: 'warning',
    ...monitoring,
    family: 'prometheus-rules',
    summary: 'Some alerts cannot fire: Prometheus fails to evaluate their rules.',
    description: '{{ $value | humanize }} evaluations failed on {{ $labels.instance }} within 5 minutes.',
    action: 'Open the page of rules: each failing one shows its error.',
    prometheus: {
      ...common,
      expr: 'sum by (service, instance) (increase(prometheus_rule_evaluation_failures_total{job="prometheus"}[5m])) > 0',
      for: '2m',
      tests: [
        test(
          'fails for ten minutes, then no more',
          [counter('0+4x10 40x15')],
          [...quiet('2m'), fires('3m', labels, '12'), ...quiet('16m')],
        ),
        test(
          'two groups fail',
          [counter('0+4x10'), counter('0+4x10', { rule_group: 'slo' })],
          [fires('3m', labels, '24')],
        ),
        test('one evaluation fails', [counter('0x4 1x10')], [...quiet('6m'), fires('7m', labels, '1')]),
        test('did fail once, long ago', [counter('7x20')], quiet('15m')),
        test('another job', [counter('0+4x10', { job: 'other' })], quiet('9m')),
      ],
    },
  });
}

function notConnected(): Alert {
  const metric = 'prometheus_notifications_alertmanagers_discovered';
  return row({
    name: 'PrometheusNotConnectedToAlertmanager',
    severity: 'critical',
    ...monitoring,
    family: 'prometheus-alertmanager',
    summary: 'No alert reaches anybody: Prometheus knows no Alertmanager.',
    description: 'Prometheus at {{ $labels.instance }} knows {{ $value }} Alertmanagers.',
    action: 'See whether Alertmanager runs under the name that the section alerting of the configuration says.',
    prometheus: {
      ...common,
      expr: `${metric}{job="prometheus"} < 1`,
      for: '2m',
      tests: [
        test(
          'loses it and finds it',
          [series(metric, PROMETHEUS, '1x2 0x4 1x9')],
          [...quiet('4m'), fires('5m', PROMETHEUS, '0'), ...quiet('8m')],
        ),
        test('knows one', [series(metric, PROMETHEUS, '1x9')], quiet('9m')),
        test('another job', [series(metric, { ...PROMETHEUS, job: 'other' }, '0x9')], quiet('9m')),
      ],
    },
  });
}

/** A share of what is sent, as a single lost message is sent again. */
function notificationsFailing(): Alert {
  const labels = { ...PROMETHEUS, alertmanager: 'http://alertmanager:9093/api/v2/alerts' };
  const sent = (failed: string, all: string, more: Readonly<Record<string, string>> = {}) => [
    series('prometheus_notifications_errors_total', { ...labels, ...more }, failed),
    series('prometheus_notifications_sent_total', { ...labels, ...more }, all),
  ];
  const found = { service: 'prometheus', instance: PROMETHEUS.instance };
  return row({
    name: 'PrometheusNotificationsFailing',
    severity: 'critical',
    ...monitoring,
    family: 'prometheus-notifications',
    summary: 'Alerts get lost on their way: Alertmanager does not take what Prometheus sends.',
    description:
      '{{ $value | humanizePercentage }} of the alerts that {{ $labels.instance }} sent within 5 minutes were refused.',
    action: 'Read the log of Prometheus for the reason, and that of Alertmanager for the same moment.',
    prometheus: {
      ...common,
      expr: `sum by (service, instance) (rate(prometheus_notifications_errors_total{job="prometheus"}[5m]))
/ (sum by (service, instance) (rate(prometheus_notifications_sent_total{job="prometheus"}[5m])) > 0) > 0.05`,
      for: '2m',
      tests: [
        test('none is refused, then one of twelve, then none', sent('0x10 5+5x10 55x10', '0+60x35'), [
          ...quiet('14m'),
          fires('16m', found, '8.333%'),
          ...quiet('27m'),
        ]),
        test('one of twenty-five', sent('0+4x10', '0+100x10'), quiet('9m')),
        test('as many are refused, and fewer are sent', sent('0+6x20', '0+200x10 2060+60x10'), [
          ...quiet('14m'),
          fires('18m', found, '10%'),
        ]),
        test('nothing is sent', sent('3x10', '9x10'), quiet('9m')),
        test('another job', sent('0+9x10', '0+10x10', { job: 'other' }), quiet('9m')),
        test(
          'another job fails beside it',
          [...sent('0x10', '0+10x10'), ...sent('0+9x10', '0x10', { job: 'other' })],
          quiet('9m'),
        ),
        test(
          'another job sends beside it',
          [...sent('0+6x10', '0+60x10'), ...sent('0x10', '0+900x10', { job: 'other' })],
          [fires('9m', found, '10%')],
        ),
        test(
          'to two of them',
          [...sent('0+6x10', '0+60x10'), ...sent('0+1x10', '0+10x10', { alertmanager: 'b' })],
          [fires('9m', found, '10%')],
        ),
        test(
          'a second one refuses most of little',
          [...sent('0x10', '0+60x10'), ...sent('0+1.5x10', '0+2x10', { alertmanager: 'b' })],
          quiet('9m'),
        ),
      ],
    },
  });
}

/** It cannot tell so itself: Prometheus shows it, and the watchdog stops arriving. */
function alertmanagerDown(): Alert {
  const up = (values: string, more: Readonly<Record<string, string>> = {}) =>
    series('up', { ...ALERTMANAGER, ...more }, values);
  const labels = { service: 'alertmanager' };
  return row({
    name: 'AlertmanagerDown',
    severity: 'critical',
    ...monitoring,
    family: 'alertmanager',
    summary: 'No alert reaches anybody: Alertmanager is gone.',
    description: '{{ $value }} Alertmanagers answer Prometheus.',
    action: 'Read the log of Alertmanager, and start it again.',
    prometheus: {
      ...common,
      // A vector of 0 where there is no target at all.
      expr: '(sum(up{job="alertmanager"}) or vector(0)) < 1',
      for: '2m',
      labels,
      tests: [
        test(
          'goes away and comes back',
          [up('1x2 0x5 1x9')],
          [...quiet('4m'), fires('5m', labels, '0'), ...quiet('9m')],
        ),
        test('vanishes from the list of targets', [up('1x2 stale')], [...quiet('4m'), fires('5m', labels, '0')]),
        test('one of two is there', [up('1x9'), up('0x9', { instance: 'b' })], quiet('9m')),
        test('another job is there', [up('1x9', { job: 'other' })], [fires('5m', labels, '0')]),
      ],
    },
  });
}

function alertmanagerNotificationsFailing(): Alert {
  const labels = { ...ALERTMANAGER, integration: 'slack' };
  const sent = (failed: string, all: string, more: Readonly<Record<string, string>> = {}) => [
    series('alertmanager_notifications_failed_total', { ...labels, reason: 'clientError', ...more }, failed),
    series('alertmanager_notifications_total', { ...labels, ...more }, all),
  ];
  const found = { service: 'alertmanager', integration: 'slack' };
  return row({
    name: 'AlertmanagerNotificationsFailing',
    severity: 'critical',
    ...monitoring,
    family: 'alertmanager-notifications',
    summary: 'Alerts do not arrive: {{ $labels.integration }} does not take what Alertmanager sends.',
    description:
      '{{ $value | humanizePercentage }} of the messages to {{ $labels.integration }} failed within 5 minutes.',
    action:
      'Read the log of Alertmanager for the answer of the other side: most often a key or an address has expired.',
    prometheus: {
      ...common,
      expr: `sum by (service, integration) (rate(alertmanager_notifications_failed_total{job="alertmanager"}[5m]))
/ (sum by (service, integration) (rate(alertmanager_notifications_total{job="alertmanager"}[5m])) > 0) > 0.05`,
      for: '2m',
      tests: [
        test('none fails, then one of twelve, then none', sent('0x10 5+5x10 55x10', '0+60x35'), [
          ...quiet('14m'),
          fires('16m', found, '8.333%'),
          ...quiet('27m'),
        ]),
        test('one of twenty-five', sent('0+4x10', '0+100x10'), quiet('9m')),
        test('as many are refused, and fewer are sent', sent('0+6x20', '0+200x10 2060+60x10'), [
          ...quiet('14m'),
          fires('18m', found, '10%'),
        ]),
        test('nothing is sent', sent('3x10', '9x10'), quiet('9m')),
        test('another job', sent('0+9x10', '0+10x10', { job: 'other' }), quiet('9m')),
        test(
          'another job fails beside it',
          [...sent('0x10', '0+10x10'), ...sent('0+9x10', '0x10', { job: 'other' })],
          quiet('9m'),
        ),
        test(
          'another job sends beside it',
          [...sent('0+6x10', '0+60x10'), ...sent('0x10', '0+900x10', { job: 'other' })],
          [fires('9m', found, '10%')],
        ),
        test(
          'for two reasons, from two of them',
          [
            ...sent('0+2x10', '0+60x10'),
            ...sent('0+2x10', '0+40x10', { instance: 'b' }),
            series('alertmanager_notifications_failed_total', { ...labels, reason: 'serverError' }, '0+6x10'),
          ],
          [fires('9m', found, '10%')],
        ),
      ],
    },
  });
}
