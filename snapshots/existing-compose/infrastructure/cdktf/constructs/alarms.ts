/** The alarms of services.json, each with what to do first and the runbook that goes on from there. */
import { CloudwatchMetricAlarm, type CloudwatchMetricAlarmMetricQuery } from '#aws/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { type Alarm, alarms } from '../config/alarms.js';
import { literal } from '../lib/names.js';

export interface Subject {
  /** The service that it is about; null: of the environment as a whole. */
  readonly name: string | null;
  /** The same metric on each of them; the worst one counts. */
  readonly dimensions: readonly Readonly<Record<string, string>>[];
}

export interface AlarmsProps {
  readonly prefix: string;
  readonly topicArn: string;
  readonly subjects: (scope: Alarm['scope']) => readonly Subject[];
}

export class Alarms extends Construct {
  private readonly names = new Map<string, string[]>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
    for (const alarm of alarms) for (const subject of props.subjects(alarm.scope)) this.alarm(alarm, subject);
  }

  /** Alarms of a service that can be there while it is being replaced: they may undo a deployment. */
  of(service: string, alerts: readonly string[]): string[] {
    return alerts.flatMap((alert) => this.names.get(`${service}/${alert}`) ?? []);
  }

  private alarm(alarm: Alarm, subject: Subject): void {
    const { prefix, topicArn } = this.props;
    const alarmName = [prefix, ...(subject.name === null ? [] : [subject.name]), alarm.alert].join('-');
    const made = new CloudwatchMetricAlarm(this, alarmName.slice(prefix.length + 1), {
      alarmName,
      alarmDescription: literal(`${alarm.severity}: ${alarm.action}${alarm.runbook === null ? '' : ` Runbook: ${alarm.runbook}`}`),
      ...measured(alarm, subject),
      comparisonOperator: alarm.comparison,
      threshold: alarm.threshold,
      evaluationPeriods: alarm.evaluationPeriods,
      datapointsToAlarm: alarm.datapoints,
      treatMissingData: alarm.treatMissingData,
      alarmActions: [topicArn],
      okActions: [topicArn],
      tags: { Severity: alarm.severity },
    });
    const key = `${subject.name}/${alarm.alert}`;
    this.names.set(key, [...(this.names.get(key) ?? []), made.alarmName]);
  }
}

/** One metric as it is; a share, or the worst of several nodes, by an expression. */
function measured(alarm: Alarm, { dimensions }: Subject) {
  const { namespace, metric, per, statistic, period } = alarm;
  const [first = {}] = dimensions;
  if (per === null && dimensions.length === 1) {
    const value = /^p\d/.test(statistic) ? { extendedStatistic: statistic } : { statistic };
    return { namespace, metricName: metric, period, dimensions: { ...first }, ...value };
  }
  const query = (id: string, metricName: string, of: Readonly<Record<string, string>>): CloudwatchMetricAlarmMetricQuery => ({
    id,
    metric: { namespace, metricName, period, stat: statistic, dimensions: { ...of } },
  });
  const metrics =
    per === null
      ? dimensions.map((of, index) => query(`node${index}`, metric, of))
      : [query('part', metric, first), query('whole', per, first)];
  // No error at all is a metric that is missing.
  const expression = per === null ? `${alarm.comparison === 'LessThanThreshold' ? 'MIN' : 'MAX'}(METRICS())` : 'FILL(part, 0) / whole';
  return { metricQuery: [...metrics, { id: 'result', expression, label: metric, returnData: true }] };
}
