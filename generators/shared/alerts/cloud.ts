/** What CloudWatch sees of this system: signals of alerts that Prometheus has too, and the alerts that only CloudWatch can raise. */
import type { System } from '../../../src/model.ts';
import { cloudServices, runsOnAws } from '../cloud.ts';
import type { Alert, CloudwatchSignal } from './alert.ts';

/** Connections that the parameter group of a database allows in every environment, so that the alarm can stand at 80 % of a known number. */
export const DATABASE_CONNECTIONS = 100;

/** Free space below which a database calls for help: a quarter of the smallest disk that the stacks make. */
export const DATABASE_FREE_GIBIBYTES = 5;

const GIBIBYTE = 1024 ** 3;

/** `per`: the metric of the same scope that this one is divided by; the threshold is then a share. */
export type CloudSignal = CloudwatchSignal & Readonly<{ per: string | null }>;

/** Looked at every minute: so soon after a change in the metric does the alarm know. */
const EVERY_MINUTE = { period: 60, per: null, treatMissingData: 'notBreaching' } as const;

/** Signals of alerts that are in the table with or without Prometheus, by name. Empty where nothing runs on AWS. ALERT-001 */
export function cloudSignals(system: System): ReadonlyMap<string, CloudSignal> {
  const signals = new Map<string, CloudSignal>();
  if (!runsOnAws(system)) return signals;
  signals.set('ServiceDown', SERVICE_DOWN);
  if (!cloudServices(system).some(({ kind }) => kind === 'web')) return signals;
  signals.set('ProbeFailed', PROBE_FAILED);
  signals.set('HighErrorRate', HIGH_ERROR_RATE);
  signals.set('HighResponseTime', {
    ...HIGH_RESPONSE_TIME,
    threshold: system.observability.objective.p95Milliseconds / 1000,
  });
  return signals;
}

/** No task runs at all. A cluster that reports nothing is as bad. */
const SERVICE_DOWN: CloudSignal = {
  ...EVERY_MINUTE,
  scope: 'service',
  namespace: 'ECS/ContainerInsights',
  metric: 'RunningTaskCount',
  statistic: 'Minimum',
  evaluationPeriods: 2,
  datapoints: 2,
  comparison: 'LessThanThreshold',
  threshold: 1,
  treatMissingData: 'breaching',
};

/** No target passes its health check, so the load balancer has nobody to ask. */
const PROBE_FAILED: CloudSignal = {
  ...EVERY_MINUTE,
  scope: 'target-group',
  namespace: 'AWS/ApplicationELB',
  metric: 'HealthyHostCount',
  statistic: 'Minimum',
  evaluationPeriods: 2,
  datapoints: 2,
  comparison: 'LessThanThreshold',
  threshold: 1,
  treatMissingData: 'breaching',
};

/** A share, not a count: five errors are nothing at noon and everything at night. */
const HIGH_ERROR_RATE: CloudSignal = {
  ...EVERY_MINUTE,
  scope: 'target-group',
  namespace: 'AWS/ApplicationELB',
  metric: 'HTTPCode_Target_5XX_Count',
  per: 'RequestCount',
  statistic: 'Sum',
  evaluationPeriods: 3,
  datapoints: 2,
  comparison: 'GreaterThanThreshold',
  threshold: 0.05,
};

const HIGH_RESPONSE_TIME: Omit<CloudSignal, 'threshold'> = {
  ...EVERY_MINUTE,
  scope: 'target-group',
  namespace: 'AWS/ApplicationELB',
  metric: 'TargetResponseTime',
  statistic: 'p95',
  evaluationPeriods: 5,
  datapoints: 3,
  comparison: 'GreaterThanThreshold',
};

/** Rows of the table that have no Prometheus signal: nothing scrapes these parts of AWS. */
export function cloudOnlyAlerts(system: System): readonly Alert[] {
  if (!runsOnAws(system)) return [];
  const used = (kinds: readonly string[]) =>
    system.datastores.some(
      ({ kind, name }) =>
        kinds.includes(kind) &&
        cloudServices(system).some(({ datastores }) => datastores.some(({ datastore }) => datastore === name)),
    );
  return [
    ...SERVICE_ALERTS,
    ...(used(['postgresql', 'mysql']) ? DATABASE_ALERTS : []),
    ...(used(['redis']) ? CACHE_ALERTS : []),
  ];
}

type Row = Pick<Alert, 'name' | 'severity' | 'family' | 'summary' | 'description' | 'action'> &
  Readonly<{ signal: Omit<CloudSignal, 'period' | 'per' | 'treatMissingData'> & Partial<CloudSignal> }>;

/** All of them warn that a part is about to run out. */
function row({ signal, ...words }: Row): Alert {
  return {
    ...words,
    type: 'cause',
    category: 'resource',
    prometheus: null,
    cloudwatch: { ...EVERY_MINUTE, ...signal },
  };
}

const OVER = 'GreaterThanThreshold';

const SERVICE_ALERTS: readonly Alert[] = [
  row({
    name: 'ServiceCpuHigh',
    severity: 'warning',
    family: 'service-cpu',
    summary: 'Answers get slow: the tasks of the service have used most of their CPU for ten minutes.',
    description:
      'Average CPU of the tasks is above 90 % of what they may have, although the service scales out at 70 %.',
    action:
      'See whether the service already runs as many tasks as it may, then raise that number or find what burns the CPU.',
    signal: {
      scope: 'service',
      namespace: 'AWS/ECS',
      metric: 'CPUUtilization',
      statistic: 'Average',
      evaluationPeriods: 10,
      datapoints: 8,
      comparison: OVER,
      threshold: 90,
    },
  }),
  row({
    name: 'ServiceMemoryHigh',
    severity: 'warning',
    family: 'service-memory',
    summary: 'Tasks are about to be killed: the service has used most of its memory for ten minutes.',
    description: 'Average memory of the tasks is above 90 % of their size, although the service scales out at 80 %.',
    action: 'Compare with the last deployment: memory that only grows is a leak, and a rollback stops it.',
    signal: {
      scope: 'service',
      namespace: 'AWS/ECS',
      metric: 'MemoryUtilization',
      statistic: 'Average',
      evaluationPeriods: 10,
      datapoints: 8,
      comparison: OVER,
      threshold: 90,
    },
  }),
];

const DATABASE_ALERTS: readonly Alert[] = [
  row({
    name: 'DatabaseCpuHigh',
    severity: 'warning',
    family: 'database-cpu',
    summary: 'Queries get slow: the database has been busy for fifteen minutes.',
    description: 'Average CPU of the RDS instance is above 80 %.',
    action: 'Open Performance Insights of the instance and look for the statement that loads it most.',
    signal: {
      scope: 'database',
      namespace: 'AWS/RDS',
      metric: 'CPUUtilization',
      statistic: 'Average',
      evaluationPeriods: 15,
      datapoints: 12,
      comparison: OVER,
      threshold: 80,
    },
  }),
  row({
    name: 'DatabaseStorageLow',
    severity: 'warning',
    family: 'database-storage',
    summary: 'Writes are about to fail: the database has little disk left.',
    description: `The RDS instance has less than ${DATABASE_FREE_GIBIBYTES} GiB free, so its storage could not grow by itself or has reached its limit.`,
    action:
      'Look whether the storage has reached the limit of its automatic growth, and raise that limit in the configuration.',
    signal: {
      scope: 'database',
      namespace: 'AWS/RDS',
      metric: 'FreeStorageSpace',
      statistic: 'Minimum',
      evaluationPeriods: 10,
      datapoints: 10,
      comparison: 'LessThanThreshold',
      threshold: DATABASE_FREE_GIBIBYTES * GIBIBYTE,
    },
  }),
  row({
    name: 'DatabaseConnectionsHigh',
    severity: 'warning',
    family: 'database-connections',
    summary: 'New requests are about to be refused: the database has few connections left.',
    description: `More than 80 of the ${DATABASE_CONNECTIONS} connections that the RDS instance allows are in use.`,
    action: 'Count connections by application and state; those that are idle in a transaction are leaked by the code.',
    signal: {
      scope: 'database',
      namespace: 'AWS/RDS',
      metric: 'DatabaseConnections',
      statistic: 'Maximum',
      evaluationPeriods: 5,
      datapoints: 3,
      comparison: OVER,
      threshold: 0.8 * DATABASE_CONNECTIONS,
    },
  }),
];

const CACHE_ALERTS: readonly Alert[] = [
  row({
    name: 'CacheMemoryHigh',
    severity: 'warning',
    family: 'cache-memory',
    summary: 'Entries are about to be thrown out or refused: the cache is nearly full.',
    description: 'The fullest node of the cache uses more than 80 % of the memory that it has for data.',
    action: 'Find out which keys have no time to live, then take a larger node type.',
    signal: {
      scope: 'cache',
      namespace: 'AWS/ElastiCache',
      metric: 'DatabaseMemoryUsagePercentage',
      statistic: 'Maximum',
      evaluationPeriods: 10,
      datapoints: 8,
      comparison: OVER,
      threshold: 80,
    },
  }),
  row({
    name: 'CacheEvictionsHigh',
    severity: 'info',
    family: 'cache-memory',
    summary: 'Answers take longer: the cache throws out entries that are still in use.',
    description: 'A node of the cache evicted more than 100 keys a minute for ten minutes.',
    action: 'Compare the hit rate with that of last week, and take a larger node type if it fell.',
    signal: {
      scope: 'cache',
      namespace: 'AWS/ElastiCache',
      metric: 'Evictions',
      statistic: 'Sum',
      evaluationPeriods: 10,
      datapoints: 8,
      comparison: OVER,
      threshold: 100,
    },
  }),
];
