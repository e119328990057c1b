/** Mutations of the checks on what Prometheus reads and records. */
import {
  breaking,
  COMPOSE,
  drop,
  every,
  inside,
  type Mutation,
  PROMETHEUS,
  RULES,
  remove,
  replace,
} from './mutation.ts';

const SCRAPES = /^scrape_configs:/;
const APPLICATION = /- job_name: application/;
const PROBE = /- job_name: probe/;
const INFRASTRUCTURE = /- job_name: infrastructure/;
const EXPR = /expr:/;

export const observabilityMutations: readonly Mutation[] = [
  ...breaking('OBS-001', [
    ['half as often', replace(PROMETHEUS, /^( {2}scrape_interval:).*/m, '$1 30s'), /scrape_interval/],
    ['nobody says how often rules are looked at', drop(PROMETHEUS, /^ {2}evaluation_interval:/), /^global:/],
  ]),
  ...breaking('OBS-002', [
    [
      'the application as seldom as the rest',
      inside(PROMETHEUS, APPLICATION, /scrape_interval: .*/, 'scrape_interval: 15s'),
      /scrape_interval/,
    ],
    [
      'no interval of its own',
      inside(PROMETHEUS, APPLICATION, /\n +scrape_interval: .*/, ''),
      /job_name: application|scrape_/,
    ],
    ['no job of the application', drop(PROMETHEUS, APPLICATION), SCRAPES],
    ['another name of the job', replace(PROMETHEUS, /job_name: application$/m, 'job_name: services'), SCRAPES],
  ]),
  ...breaking('OBS-003', [
    ['no job of hosts', drop(PROMETHEUS, INFRASTRUCTURE), SCRAPES],
    ['another port', inside(PROMETHEUS, INFRASTRUCTURE, /:9100/, ':9200'), INFRASTRUCTURE],
    ['no exporter', drop(COMPOSE, /^ {2}node-exporter:/), /^services:/],
    [
      'an exporter of another profile',
      inside(COMPOSE, /^ {2}node-exporter:/, /(profiles:\n? *-? *\[?)\w+/, '$1other'),
      /profiles/,
    ],
  ]),
  ...breaking('OBS-004', [
    ['a pattern that finds nothing', replace(PROMETHEUS, /(rule_files:\n +- ).*/, '$1nowhere/*.yml'), /nowhere/],
    ['rules that nobody reads', replace(PROMETHEUS, /rule_files:\n( +- .*\n)+/, 'rule_files: []\n'), /rule_files/],
    ['no Alertmanager', drop(PROMETHEUS, /^alerting:/), /./],
    ['another port of Alertmanager', inside(PROMETHEUS, /^alerting:/, /:9093/, ':9999'), /alerting/],
  ]),
  ...breaking('OBS-005', [
    ['no latency', every(replace(RULES, /histogram_quantile\((?=\s*0\.95)/, 'max_over_time(')), /./],
    ['no errors', every(replace(RULES, /=~"5\.\."/, '=~"4.."')), /./],
    ['no traffic', every(replace(RULES, /\brate\(/, 'irate(')), /./],
  ]),
  ...breaking('OBS-006', [
    ['no median', every(replace(RULES, /(histogram_quantile\(\s*)0\.5\b/, '$1.4')), /./],
    ['no 99th percentile', every(replace(RULES, /(histogram_quantile\(\s*)0\.99/, '$1.98')), /./],
  ]),
  ...breaking('OBS-007', [['no job of hosts', drop(PROMETHEUS, INFRASTRUCTURE), SCRAPES]]),
  ...breaking('OBS-009', [
    ['no probe', drop(PROMETHEUS, PROBE), SCRAPES],
    [
      'a probe of another service',
      every(inside(PROMETHEUS, PROBE, /- http:\/\/(?!other)[\w-]+:/, '- http://other:')),
      PROBE,
    ],
    ['nobody listens to the probe', every(replace(RULES, /probe_success/, 'probe_duration_seconds')), /./],
  ]),
  ...breaking('OBS-014', [
    ['nobody looks at the service', every(drop(PROMETHEUS, /- job_name: (application|probe)/)), SCRAPES],
    ['no alert looks', every(replace(RULES, /job=~?"[^"]*(application|probe)[^"]*"/, 'job="other"')), /job_name/],
  ]),
  ...breaking('OBS-018', [
    ['no burn rates', every(drop(RULES, /- alert: ErrorBudgetBurn/)), /./],
    ['another budget', inside(RULES, /- alert: ErrorBudgetBurnFast/, /14\.4 \* [\d.]+/, '14.4 * 0.02'), EXPR],
    [
      'no burn rate pages',
      every(inside(RULES, /- alert: ErrorBudgetBurn/, /severity: critical/, 'severity: warning')),
      /alert: ErrorBudgetBurn/,
    ],
    [
      'one window only',
      inside(
        RULES,
        /- alert: ErrorBudgetBurnFast/,
        /expr: .*\n(?: {10,}.*\n)+/,
        'expr: up > 14.4 * 0.001 and up > 6 * 0.001\n',
      ),
      EXPR,
    ],
  ]),
  ...breaking('X-SCRAPE', [
    ['another port of the application', inside(PROMETHEUS, APPLICATION, /(- [\w-]+):\d+/, '$1:9999'), /:9999/],
    [
      'another path of the metrics',
      inside(PROMETHEUS, APPLICATION, /(metrics_path|__metrics_path__): .*/g, '$1: /other'),
      /^ +- [\w-]+:\d+$/,
    ],
    [
      'another name of the service',
      inside(PROMETHEUS, APPLICATION, /service: .*/, 'service: somebody'),
      /^ +- [\w-]+:\d+$/,
    ],
    ['a probe at another port', inside(PROMETHEUS, PROBE, /(- http:\/\/[\w-]+):\d+/, '$1:9999'), /:9999/],
    ['a probe of another path', inside(PROMETHEUS, PROBE, /(- http:\/\/[\w-]+:\d+)\/\S*/, '$1/other'), /other/],
    ['an exporter that nobody runs', inside(PROMETHEUS, INFRASTRUCTURE, /- [\w-]+:9100/, '- nowhere:9100'), /nowhere/],
    ['an exporter at another port', inside(PROMETHEUS, INFRASTRUCTURE, /:9100/, ':9200'), /:9200/],
    [
      'another prober',
      // Without Compose nobody knows who runs beside it.
      inside(PROMETHEUS, PROBE, /replacement: (?!127\.)[\w.-]+:9115$/m, 'replacement: nowhere:9115'),
      /target_label: __address__/,
    ],
    ['another Alertmanager', inside(PROMETHEUS, /^alerting:/, /- [\w-]+:9093/, '- nowhere:9093'), /nowhere/],
    [
      'a database exporter that Compose lacks',
      drop(COMPOSE, /^ {2}(postgres|mysqld|redis)-exporter:/),
      /-exporter:\d+/,
    ],
    [
      'another name on AWS',
      replace(/config\.ecs\.yml$/, /(names:\s*(?:\[|- ))[\w-]+(?=\.[\w-]+\.internal)/, '$1nowhere'),
      /names|internal/,
    ],
    ['another port on AWS', replace(/config\.ecs\.yml$/, /(names:[^#]*?port:) \d+/, '$1 9999'), /names|internal/],
  ]),
  ...breaking('X-METRICS', [
    [
      'a misspelt metric of the service',
      replace(RULES, /http_request_duration_seconds_count/, 'http_requst_duration_seconds_count'),
      EXPR,
    ],
    [
      'a misspelt metric of an exporter',
      replace(RULES, /node_filesystem_avail_bytes/, 'node_filesystem_avial_bytes'),
      EXPR,
    ],
    [
      'a series that nobody records',
      replace(RULES, /(expr: (?:\|\n +)?)service:\w+:\w+/, '$1service:nothing:rate5m'),
      EXPR,
    ],
    ['a job that does not exist', replace(RULES, /job="infrastructure"/, 'job="hosts"'), EXPR],
    [
      'a metric that no service shows',
      replace(RULES, /http_request_duration_seconds_bucket/, 'app_latency_bucket'),
      EXPR,
    ],
    ['an exporter that is not scraped', drop(PROMETHEUS, /- job_name: (postgresql|mysql|redis)$/), EXPR],
    ['rules of the application without its records', remove(/rules\/records\.yml$/), EXPR],
  ]),
];
