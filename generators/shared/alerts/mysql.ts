/** MySQL, as its exporter shows it. */
import type { System } from '../../../src/model.ts';
import { exportersOf } from '../observability-stack.ts';
import type { Alert } from './alert.ts';
import { fires, quiet, row, series, test } from './row.ts';
import { SCRAPE_SECONDS as scrape } from './timing.ts';

export function mysqlAlerts(system: System): readonly Alert[] {
  return exportersOf(system)
    .filter(({ job }) => job === 'mysql')
    .slice(0, 1)
    .flatMap(({ datastore }) => {
      const labels = { job: 'mysql', service: datastore ?? 'mysql', instance: 'exporter:9104' };
      return [down(labels), poolExhaustion(labels), slowQueries(labels)];
    });
}

type Labels = Readonly<{ job: string; service: string; instance: string }>;

const common = { group: 'mysql', scrape } as const;

function down(labels: Labels): Alert {
  return row({
    name: 'MysqlDown',
    severity: 'critical',
    type: 'symptom',
    family: 'mysql',
    category: 'availability',
    summary: 'Users get errors: the database {{ $labels.service }} cannot be reached.',
    description: 'mysql_up is {{ $value }}: the exporter runs, and MySQL does not let it in.',
    action: 'See whether MySQL runs and whether its disk is full; start it, or fail over.',
    prometheus: {
      ...common,
      expr: 'max by (service) (mysql_up{job="mysql"}) == 0',
      for: '1m',
      tests: [
        test(
          'goes away and comes back',
          [series('mysql_up', labels, '1x4 0x3 1x9')],
          [...quiet('5m'), fires('6m', { service: labels.service }, '0'), ...quiet('9m')],
        ),
        test('is there', [series('mysql_up', labels, '1x10')], quiet('10m')),
        test(
          'one of two exporters is let in',
          [series('mysql_up', labels, '1x10'), series('mysql_up', { ...labels, instance: 'b' }, '0x10')],
          quiet('10m'),
        ),
        test('another job', [series('mysql_up', { ...labels, job: 'other' }, '0x10')], quiet('10m')),
      ],
    },
  });
}

/** ALERT-005 */
function poolExhaustion(labels: Labels): Alert {
  const connections = (open: string, more: Readonly<Record<string, string>> = {}) => [
    series('mysql_global_status_threads_connected', { ...labels, ...more }, open),
    series('mysql_global_variables_max_connections', { ...labels, ...more }, '100x30'),
  ];
  return row({
    name: 'MysqlPoolExhaustion',
    severity: 'critical',
    type: 'symptom',
    family: 'mysql-connections',
    category: 'resource',
    summary: 'Users are about to get errors: the database {{ $labels.service }} has hardly a connection left.',
    description: '{{ $value | humanizePercentage }} of the connections that MySQL allows are open.',
    action: 'Count connections by user and command; end those that sleep, then find who leaks them.',
    prometheus: {
      ...common,
      expr: `max by (service) (mysql_global_status_threads_connected{job="mysql"})
/ max by (service) (mysql_global_variables_max_connections{job="mysql"}) > 0.9`,
      for: '2m',
      tests: [
        test('nearly all are taken, then fewer', connections('95x6 50x9'), [
          ...quiet('1m'),
          fires('2m', { service: labels.service }, '95%'),
          ...quiet('7m'),
        ]),
        test('half of them', connections('60x9'), quiet('9m')),
        test('another job', [...connections('60x9'), ...connections('99x9', { job: 'other' })], quiet('9m')),
        test('another job alone', connections('99x9', { job: 'other' }), quiet('9m')),
        test(
          'a larger one in another job',
          [
            ...connections('95x9'),
            series('mysql_global_variables_max_connections', { ...labels, job: 'other' }, '500x9'),
          ],
          [fires('3m', { service: labels.service }, '95%')],
        ),
        test(
          'two exporters',
          [
            ...connections('95x9'),
            series('mysql_global_status_threads_connected', { ...labels, instance: 'b' }, '10x9'),
            series('mysql_global_variables_max_connections', { ...labels, instance: 'b' }, '50x9'),
          ],
          [fires('3m', { service: labels.service }, '95%')],
        ),
      ],
    },
  });
}

/** MySQL counts what takes longer than its long_query_time, whether or not the slow log is on. */
function slowQueries(labels: Labels): Alert {
  const counter = (values: string, more: Readonly<Record<string, string>> = {}) =>
    series('mysql_global_status_slow_queries', { ...labels, ...more }, values);
  return row({
    name: 'MysqlSlowQueries',
    severity: 'warning',
    type: 'cause',
    family: 'mysql',
    category: 'performance',
    summary: 'Users wait for the database: {{ $labels.service }} works on slow queries.',
    description: '{{ $value | humanize }} queries a minute take longer than the long_query_time of MySQL.',
    action: 'List the running statements by their time, and explain the longest one.',
    prometheus: {
      ...common,
      expr: 'sum by (service) (rate(mysql_global_status_slow_queries{job="mysql"}[5m])) * 60 > 1',
      for: '2m',
      tests: [
        test(
          'more than one a minute, then none',
          [counter('0+1.75x10 17.5x12')],
          [...quiet('4m'), fires('5m', { service: labels.service }, '1.75'), ...quiet('14m')],
        ),
        test(
          'two exporters',
          [counter('0+0.75x10'), counter('0+0.75x10', { instance: 'b' })],
          [fires('9m', { service: labels.service }, '1.5')],
        ),
        test('two now and then', [counter('0+0.75x20')], quiet('15m')),
        test('another job', [counter('0+9x20', { job: 'other' })], quiet('15m')),
      ],
    },
  });
}
