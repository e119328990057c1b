/** PostgreSQL, as its exporter shows it. */
import type { System } from '../../../src/model.ts';
import { exportersOf } from '../observability-stack.ts';
import type { Alert, Series } from './alert.ts';
import { fires, quiet, row, series, test } from './row.ts';
import { SCRAPE_SECONDS as scrape } from './timing.ts';

export function postgresqlAlerts(system: System): readonly Alert[] {
  return exportersOf(system)
    .filter(({ job }) => job === 'postgresql')
    .slice(0, 1)
    .flatMap(({ datastore }) => {
      const labels = { job: 'postgresql', service: datastore ?? 'postgresql', instance: 'exporter:9187' };
      return [down(labels), poolExhaustion(labels), slowQueries(labels), deadlocks(labels)];
    });
}

type Labels = Readonly<{ job: string; service: string; instance: string }>;

const common = { group: 'postgresql', scrape } as const;

function down(labels: Labels): Alert {
  return row({
    name: 'PostgresqlDown',
    severity: 'critical',
    type: 'symptom',
    family: 'postgresql',
    category: 'availability',
    summary: 'Users get errors: the database {{ $labels.service }} cannot be reached.',
    description: 'pg_up is {{ $value }}: the exporter runs, and PostgreSQL does not let it in.',
    action: 'See whether PostgreSQL runs and whether its disk is full; start it, or fail over.',
    prometheus: {
      ...common,
      expr: 'max by (service) (pg_up{job="postgresql"}) == 0',
      for: '1m',
      tests: [
        test(
          'goes away and comes back',
          [series('pg_up', labels, '1x4 0x3 1x9')],
          [...quiet('5m'), fires('6m', { service: labels.service }, '0'), ...quiet('9m')],
        ),
        test('is there', [series('pg_up', labels, '1x10')], quiet('10m')),
        test(
          'one of two exporters is let in',
          [series('pg_up', labels, '1x10'), series('pg_up', { ...labels, instance: 'b' }, '0x10')],
          quiet('10m'),
        ),
        test('another job', [series('pg_up', { ...labels, job: 'other' }, '0x10')], quiet('10m')),
      ],
    },
  });
}

/** Who connects next is refused, except for the administrators whose places are reserved. ALERT-005 */
function poolExhaustion(labels: Labels): Alert {
  const connections = (idle: string, active: string) => [
    series('pg_stat_activity_count', { ...labels, datname: 'shop', state: 'idle' }, idle),
    series('pg_stat_activity_count', { ...labels, datname: 'shop', state: 'active' }, active),
    series('pg_settings_max_connections', labels, '103x30'),
    series('pg_settings_superuser_reserved_connections', labels, '3x30'),
  ];
  return row({
    name: 'PostgresqlPoolExhaustion',
    severity: 'critical',
    type: 'symptom',
    family: 'postgresql-connections',
    category: 'resource',
    summary: 'Users are about to get errors: the database {{ $labels.service }} has hardly a connection left.',
    description: '{{ $value | humanizePercentage }} of the connections that applications may open are open.',
    action:
      'Count connections by application and state; end those that are idle in a transaction, then find who leaks them.',
    prometheus: {
      ...common,
      expr: `sum by (service) (pg_stat_activity_count{job="postgresql"})
/
(
  sum by (service) (pg_settings_max_connections{job="postgresql"})
  - sum by (service) (pg_settings_superuser_reserved_connections{job="postgresql"})
) > 0.9`,
      for: '2m',
      tests: [
        test('nearly all are taken, then fewer', connections('80x6 10x9', '15x20'), [
          ...quiet('1m'),
          fires('2m', { service: labels.service }, '95%'),
          ...quiet('7m'),
        ]),
        test('91 of the 100 that are not reserved', connections('80x9', '11x9'), [
          fires('3m', { service: labels.service }, '91%'),
        ]),
        test('half of them', connections('50x9', '9x9'), quiet('9m')),
        test(
          'two servers',
          [...connections('90x9', '5x9'), ...connections('81x9', '5x9').map(atAnother)],
          [fires('3m', { service: labels.service }, '90.5%')],
        ),
        test(
          'another job',
          connections('80x9', '15x9').map(({ series: name, values }) => ({
            series: name.replace('job="postgresql"', 'job="other"'),
            values,
          })),
          quiet('9m'),
        ),
        test(
          'another job beside it',
          [
            ...connections('50x9', '9x9'),
            series('pg_stat_activity_count', { ...labels, job: 'other', state: 'idle' }, '90x9'),
          ],
          quiet('9m'),
        ),
        test(
          'a larger one in another job',
          [
            ...connections('80x9', '15x9'),
            series('pg_settings_max_connections', { ...labels, job: 'other' }, '500x9'),
            series('pg_settings_superuser_reserved_connections', { ...labels, job: 'other' }, '300x9'),
          ],
          [fires('3m', { service: labels.service }, '95%')],
        ),
      ],
    },
  });
}

/** The statement that runs longest at the moment of a scrape; short ones are never caught. Databases of PostgreSQL's own are left out. */
function slowQueries(labels: Labels): Alert {
  const longest = (values: string, state = 'active', datname = 'shop') =>
    series('pg_stat_activity_max_tx_duration', { ...labels, datname, state }, values);
  return row({
    name: 'PostgresqlSlowQueries',
    severity: 'warning',
    type: 'cause',
    family: 'postgresql',
    category: 'performance',
    summary: 'Users wait for the database: {{ $labels.datname }} in {{ $labels.service }} works on slow transactions.',
    description: 'The longest active transaction runs for {{ $value | humanizeDuration }}; more than a second is slow.',
    action: 'List the active statements by their age, and explain the oldest one.',
    prometheus: {
      ...common,
      expr: 'max by (service, datname) (pg_stat_activity_max_tx_duration{job="postgresql",state="active",datname!~"template[0-9]|postgres"}) > 1',
      for: '2m',
      tests: [
        test(
          'slow, then fast',
          [longest('1.5x6 0.1x9'), longest('0.1x20', 'fastpath function call')],
          [...quiet('1m'), fires('2m', { service: labels.service, datname: 'shop' }, '1.5s'), ...quiet('7m')],
        ),
        test('fast', [longest('0.8x9')], quiet('9m')),
        test(
          'one of two users is slow',
          [
            longest('1.5x9'),
            series(
              'pg_stat_activity_max_tx_duration',
              { ...labels, datname: 'shop', state: 'active', usename: 'b' },
              '0.1x9',
            ),
          ],
          [fires('3m', { service: labels.service, datname: 'shop' }, '1.5s')],
        ),
        test('a session that only waits for its client', [longest('600x9', 'idle in transaction')], quiet('9m')),
        test(
          "PostgreSQL's own databases",
          [longest('9x9', 'active', 'postgres'), longest('9x9', 'active', 'template1')],
          quiet('9m'),
        ),
        test(
          'another job',
          [
            series(
              'pg_stat_activity_max_tx_duration',
              { ...labels, job: 'other', datname: 'shop', state: 'active' },
              '9x9',
            ),
          ],
          quiet('9m'),
        ),
      ],
    },
  });
}

function deadlocks(labels: Labels): Alert {
  const counter = (values: string, more: Readonly<Record<string, string>> = {}) =>
    series('pg_stat_database_deadlocks', { ...labels, datid: '1', datname: 'shop', ...more }, values);
  return row({
    name: 'PostgresqlDeadlocks',
    severity: 'warning',
    type: 'cause',
    family: 'postgresql',
    category: 'performance',
    summary:
      'Some users get errors: transactions of {{ $labels.datname }} in {{ $labels.service }} lock each other out.',
    description: '{{ $value | humanize }} transactions a minute are ended because of a deadlock.',
    action: 'Find the two statements in the log of PostgreSQL, and let both take their locks in the same order.',
    prometheus: {
      ...common,
      expr: 'sum by (service, datname) (rate(pg_stat_database_deadlocks{job="postgresql"}[5m])) * 60 > 1',
      for: '2m',
      tests: [
        test(
          'more than one a minute, then none',
          [counter('0+1.75x10 17.5x12')],
          [...quiet('4m'), fires('5m', { service: labels.service, datname: 'shop' }, '1.75'), ...quiet('14m')],
        ),
        test(
          'two exporters',
          [counter('0+0.75x10'), counter('0+0.75x10', { instance: 'b' })],
          [fires('9m', { service: labels.service, datname: 'shop' }, '1.5')],
        ),
        test('two now and then', [counter('0+0.75x20')], quiet('15m')),
        test('another job', [counter('0+9x20', { job: 'other' })], quiet('15m')),
      ],
    },
  });
}

/** The same series of another exporter. */
function atAnother({ series: name, values }: Series): Series {
  return { series: name.replace(/instance="[^"]*"/, 'instance="another"'), values };
}
