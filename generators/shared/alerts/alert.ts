/** What one alert is: the row that rules, their tests, CloudWatch alarms, routes and runbooks are rendered from. */

/** `critical` pages at once, `warning` reaches a channel within 15 minutes, `info` waits for the digest, `none` is the watchdog's. ALERT-006 */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** What it tells: users feel it; a part is about to make them feel it; the monitoring itself lives. */
export type AlertType = 'symptom' | 'cause' | 'heartbeat';

/** A series of a promtool test, in its own notation: `{ series: 'up{job="application"}', values: '1x20 0x40' }`. */
export type Series = Readonly<{ series: string; values: string }>;

/** One test of an alert. `fires`: the labels and the annotations that it fires with; empty: it stays quiet. */
export type AlertTest = Readonly<{
  /** What the case shows, in a few words. */
  name: string;
  /** Step between two samples, `15s`. */
  interval: string;
  input: readonly Series[];
  /** When the rule is looked at, `10m`. */
  at: string;
  fires: readonly Readonly<{
    labels: Readonly<Record<string, string>>;
    annotations: Readonly<Record<string, string>>;
  }>[];
}>;

/** The alert as Prometheus evaluates it. */
export type PrometheusSignal = Readonly<{
  /** Rule group: `http`, `slo`, `availability`, `runtime`, `postgresql`, `mysql`, `redis`, `host`, `meta`. */
  group: string;
  expr: string;
  /** `2m`. */
  for: string;
  /** Static labels besides severity, team, service, alert_type and family. */
  labels: Readonly<Record<string, string>>;
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
