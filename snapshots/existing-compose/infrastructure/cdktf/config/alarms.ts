/** The alarms of the application, from services.json: the rows of the project's alert table that CloudWatch can see. */
import file from './services.json' with { type: 'json' };

export interface Alarm {
  readonly alert: string;
  readonly severity: 'critical' | 'warning' | 'info' | 'none';
  readonly scope: 'load-balancer' | 'target-group' | 'service' | 'database' | 'cache';
  readonly namespace: string;
  readonly metric: string;
  /** The metric that this one is divided by. */
  readonly per: string | null;
  readonly statistic: string;
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapoints: number;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  readonly treatMissingData: 'breaching' | 'notBreaching' | 'missing';
  readonly action: string;
  /** null: there are no runbooks. */
  readonly runbook: string | null;
}

export const alarms = file.alarms as unknown as readonly Alarm[];
