/** What one alert is: the row that rules, their tests, CloudWatch alarms, routes and runbooks are rendered from. */

/** `critical` pages at once, `warning` reaches a channel within 15 minutes, `info` waits for the digest, `none` is the watchdog's. ALERT-006 */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** What it tells: users feel it; a part is about to make them feel it; the monitoring itself lives. */
export type AlertType = 'symptom' | 'cause' | 'heartbeat';

/** A series of a promtool test, in its own notation: `{ series: 'up{job="application"}', values: '1x20 0x40' }`. */
export type Series = Readonly<{ series: string; values: string }>;

/** What is expected at a moment: the alerts that fire, each with its labels and with its value as the description prints it; empty: it is quiet. */
export type Check = Readonly<{
  /** `10m`, from the start of the input. */
  at: string;
  fires: readonly Readonly<{ labels: Readonly<Record<string, string>>; value: string }>[];
}>;

/** One test of an alert: what happens, and what is seen of it when. */
export type AlertTest = Readonly<{
  /** What the case shows, in a few words. */
  name: string;
  /** Step between two samples, `15s`. */
  interval: string;
  input: readonly Series[];
  checks: readonly Check[];
}>;

/** Rule groups, in the order in which they are evaluated; each is a file. */
export const GROUPS = [
  'availability',
  'http',
  'slo',
  'runtime',
  'postgresql',
  'mysql',
  'redis',
  'exporters',
  'host',
  'meta',
] as const;
export type Group = (typeof GROUPS)[number];

/** The alert as Prometheus evaluates it. */
export type PrometheusSignal = Readonly<{
  group: Group;
  expr: string;
  /** `2m`. */
  for: string;
  /** Static labels besides severity, team, alert_type, family and category: `service` where the series have none. */
  labels: Readonly<Record<string, string>>;
  /** Seconds between two scrapes of what it looks at. */
  scrape: number;
  /** The query that returns nothing once it is over: what a runbook's verification asks. PromQL. */
  verification: string;
  tests: readonly AlertTest[];
}>;

/** The same condition as CloudWatch sees it, where the stacks run. Dimensions are filled in by the stacks, by `scope`. */
export type CloudwatchSignal = Readonly<{
  scope: 'load-balancer' | 'target-group' | 'service' | 'database' | 'cache';
  namespace: string;
  metric: string;
  statistic: string;
  /** Seconds. */
  period: number;
  evaluationPeriods: number;
  datapoints: number;
  comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  threshold: number;
  treatMissingData: 'breaching' | 'notBreaching' | 'missing';
}>;

export type Alert = Readonly<{
  /** CamelCase; the name of its runbook. Unique in the project. */
  name: string;
  severity: Severity;
  type: AlertType;
  /** Alerts of one family may silence each other, the graver one the others; nothing else is ever silenced. */
  family: string;
  /** `availability`, `performance`, `resource`, `security` or `monitoring`. ALERT-015 */
  category: 'availability' | 'performance' | 'resource' | 'security' | 'monitoring';
  /** One sentence, the same for all alerts of the name; leads with what users feel where they feel it. Go template. */
  summary: string;
  /** What is measured, with its value. Go template. */
  description: string;
  /** The first thing to do, one sentence. ALERT-011 */
  action: string;
  prometheus: PrometheusSignal | null;
  cloudwatch: CloudwatchSignal | null;
}>;
