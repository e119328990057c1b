/** Mutations of the checks on alerts: their limits, their words, and whom they reach. */
import {
  ALERTMANAGER,
  both,
  breaking,
  drop,
  type Edit,
  every,
  inside,
  type Mutation,
  PROMETHEUS,
  RULE_TESTS,
  RULES,
  replace,
  SERVICES,
} from './mutation.ts';

const rule = (alert: string) => new RegExp(`- alert: ${alert}$`);
const ERRORS = rule('HighErrorRate');
const SLOW = rule('HighResponseTime');
const CPU = rule('HighCpu');
const DISK = rule('LowDisk');
const POOL = rule('\\w+PoolExhaustion');
const QUERIES = rule('\\w+SlowQueries');
const SEVERITY = /severity:/;
const EXPR = /expr:/;
const FOR = /for:/;
const CRITICAL = /- receiver: critical/;
const WARNING = /- receiver: warning/;
const INFO = /- receiver: info/;
const RECEIVER = /receiver:/;

/** Only where somebody chose a pager is there one that could be left out, or asked in vain. */
function paged(edit: Edit): Edit {
  return (files) => ([...files.values()].some((text) => /pagerduty_configs/.test(text)) ? edit(files) : null);
}

/** Only where requests are timed beyond the objective is there an alert of performance that has to be there. */
function timed(edit: Edit): Edit {
  return (files) => ([...files.values()].some((text) => /- alert: HighResponseTime$/m.test(text)) ? edit(files) : null);
}

export const alertMutations: readonly Mutation[] = [
  ...breaking('ALERT-001', [
    ['nobody is woken', inside(RULES, ERRORS, /severity: critical/, 'severity: warning'), SEVERITY],
    ['at half of the requests', inside(RULES, ERRORS, /> 0\.05/, '> 0.5'), EXPR],
    ['over an hour', every(replace(RULES, /(=~"5\.\."\}\[)5m/, '$11h')), EXPR],
    ['no alert', drop(RULES, ERRORS), /./],
  ]),
  ...breaking('ALERT-002', [
    ['another limit', inside(RULES, SLOW, /> 0\.5/, '> 0.9'), EXPR],
    ['later', inside(RULES, SLOW, /for: 2m/, 'for: 9m'), FOR],
    ['graver', inside(RULES, SLOW, /severity: warning/, 'severity: critical'), SEVERITY],
    ['the median', inside(RULES, SLOW, /p95_rate5m/, 'p50_rate5m'), EXPR],
    ['no alert', drop(RULES, SLOW), /./],
  ]),
  ...breaking('ALERT-003', [
    ['another limit', inside(RULES, CPU, /> 0\.8/, '> 0.99'), EXPR],
    ['at once', inside(RULES, CPU, /for: 4m/, 'for: 1m'), FOR],
    ['a page', inside(RULES, CPU, /severity: \w+/, 'severity: critical'), SEVERITY],
    ['no alert', drop(RULES, CPU), /./],
  ]),
  ...breaking('ALERT-004', [
    ['nearly full', inside(RULES, DISK, /< 0\.2/, '< 0.02'), EXPR],
    ['a page', inside(RULES, DISK, /severity: warning/, 'severity: critical'), SEVERITY],
    ['at the first look', inside(RULES, DISK, /\n +for: .*/, ''), /alert: LowDisk/],
    ['no size', every(inside(RULES, DISK, /node_filesystem_size_bytes/, 'node_filesystem_files')), EXPR],
  ]),
  ...breaking('ALERT-005', [
    ['half of the pool', inside(RULES, POOL, /> 0\.9/, '> 0.4'), EXPR],
    ['no alert on the pool', drop(RULES, POOL), /./],
    ['no alert on slow queries', drop(RULES, QUERIES), /./],
    ['slow is a minute', inside(RULES, rule('PostgresqlSlowQueries'), /> 1\b/, '> 60'), EXPR],
  ]),
  ...breaking('ALERT-006', [
    ['a fourth severity', inside(RULES, ERRORS, /severity: critical/, 'severity: emergency'), SEVERITY],
    ['no severity', inside(RULES, rule('\\w+'), /\n +severity: .*/, ''), /labels|alert:/],
    ['a route of a severity that nobody has', replace(ALERTMANAGER, /severity="info"/, 'severity="page"'), /matchers/],
    ['the page does not explain one', every(replace(/incident-response\.md$/, /\bwarning\b/i, 'caution')), /./],
  ]),
  ...breaking('ALERT-007', [
    ['criticals wait', inside(ALERTMANAGER, CRITICAL, /group_wait: .*/, 'group_wait: 5m'), /group_wait/],
    [
      'criticals go to the chat',
      paged(inside(ALERTMANAGER, CRITICAL, /receiver: critical/, 'receiver: warning')),
      RECEIVER,
    ],
    [
      'criticals are muted at night',
      inside(ALERTMANAGER, CRITICAL, /(\n +)group_wait/, '$1mute_time_intervals: [nights]$1group_wait'),
      /mute_time_intervals/,
    ],
    ['no route of criticals', drop(ALERTMANAGER, CRITICAL), /receiver|route|group_wait/],
  ]),
  ...breaking('ALERT-008', [
    [
      'warnings are gathered for half an hour',
      inside(ALERTMANAGER, WARNING, /group_interval: .*/, 'group_interval: 30m'),
      /group_interval/,
    ],
    ['warnings wait', inside(ALERTMANAGER, WARNING, /group_wait: .*/, 'group_wait: 20m'), /group_wait/],
    [
      'warnings reach nobody',
      replace(ALERTMANAGER, /- name: warning\n +\w+_configs:(\n {6,}.*)+/, '- name: warning'),
      RECEIVER,
    ],
    ['an alert that holds too long', inside(RULES, SLOW, /for: .*/, 'for: 20m'), FOR],
  ]),
  ...breaking('ALERT-009', [
    ['information at once', inside(ALERTMANAGER, INFO, /group_interval: .*/, 'group_interval: 1m'), /group_interval/],
    [
      'information over and over',
      inside(ALERTMANAGER, INFO, /repeat_interval: .*/, 'repeat_interval: 5m'),
      /repeat_interval/,
    ],
    ['information wakes somebody', paged(inside(ALERTMANAGER, INFO, /receiver: info/, 'receiver: critical')), RECEIVER],
  ]),
  ...breaking('ALERT-010', [
    [
      'a cause pages',
      inside(RULES, rule('(ServiceDown|ProbeFailed)'), /alert_type: symptom/, 'alert_type: cause'),
      /alert_type/,
    ],
    ['a full disk pages', inside(RULES, DISK, /severity: warning/, 'severity: critical'), SEVERITY],
  ]),
  ...breaking('ALERT-011', [
    ['nothing to do', inside(RULES, rule('\\w+'), /\n +action: .*(\n {12,}.*)*/, ''), /annotations/],
    ['no runbook', inside(RULES, rule('\\w+'), /\n +runbook_url: .*/, ''), /annotations/],
    ['no summary', inside(RULES, rule('\\w+'), /summary: .*/, "summary: ''"), /annotations/],
  ]),
  ...breaking('ALERT-012', [
    [
      'no value',
      inside(RULES, rule('(ServiceDown|TargetDown|ExporterDown|HighErrorRate)'), /\$value/, '$labels.service'),
      /description/,
    ],
  ]),
  ...breaking('ALERT-013', [
    ['at the first look', inside(RULES, rule('(ServiceDown|ExporterDown)'), /\n +for: .*/, ''), /alert:/],
    ['all in one', replace(ALERTMANAGER, /group_by: \[alertname, service\]/, 'group_by: [cluster]'), /group_by/],
    ['nothing silences anything', drop(ALERTMANAGER, /^inhibit_rules:/), /./],
    ['strangers silence each other', replace(ALERTMANAGER, /, 'family!=""'\]/, ']'), /source_matchers/],
  ]),
  ...breaking('ALERT-015', [
    [
      'nothing about resources',
      both(
        every(replace(RULES, /category: resource/, 'category: monitoring')),
        every(replace(SERVICES, /"alarms": \[[\s\S]*?\n {2}\]/, '"alarms":[]')),
      ),
      /./,
    ],
    ['nothing about performance', timed(every(replace(RULES, /category: performance/, 'category: monitoring'))), /./],
    ['nothing about security', every(replace(RULES, /category: security/, 'category: monitoring')), /./],
  ]),
  ...breaking('ALERT-018', [
    [
      'a key in the file',
      replace(ALERTMANAGER, /routing_key_file: .*/, 'routing_key: 0123456789abcdef'),
      /routing_key/,
    ],
    [
      'an address in the file',
      replace(ALERTMANAGER, /(api_url|webhook_url|url)_file: .*/, 'api_url: https://hooks.example.com/x'),
      /api_url/,
    ],
    ['a receiver that does not exist', replace(ALERTMANAGER, /- receiver: warning/, '- receiver: chat'), RECEIVER],
  ]),
  ...breaking('ALERT-019', [
    [
      'an alert that was never seen to fire',
      every(replace(RULE_TESTS, /alertname: (ServiceDown|ProbeFailed)\b/, 'alertname: Other')),
      /alert:|alertname|- eval_time/,
    ],
    ['an alert without a quiet test', every(replace(RULE_TESTS, /exp_alerts: \[\]/, 'exp_alerts: [{}]')), /alert:/],
    [
      'warnings reach nobody',
      replace(ALERTMANAGER, /- name: warning\n +\w+_configs:(\n {6,}.*)+/, '- name: warning'),
      /^route/,
    ],
  ]),
  ...breaking('OBS-016', [
    ['a page after ten minutes', inside(RULES, rule('(ServiceDown|ProbeFailed)'), /for: .*/, 'for: 10m'), FOR],
    ['a route that waits', inside(ALERTMANAGER, CRITICAL, /group_wait: .*/, 'group_wait: 5m'), FOR],
    [
      'scraped every five minutes',
      every(replace(PROMETHEUS, /(scrape_interval|evaluation_interval): (5|15)s/, '$1: 4m')),
      FOR,
    ],
  ]),
];
