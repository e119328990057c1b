/** The alert table: every alert of a system, each name once. Rules, their tests, alarms of CloudWatch, routes and runbooks are rendered from it. */
import type { System } from '../../../src/model.ts';
import { evaluatesRules } from '../scrape.ts';
import { type Alert, GROUPS, type Group, type PrometheusSignal } from './alert.ts';
import { availabilityAlerts } from './availability.ts';
import { cloudOnlyAlerts, cloudSignals } from './cloud.ts';
import { cloudTwins } from './cloud-twins.ts';
import { exporterAlerts } from './exporters.ts';
import { hostAlerts } from './host.ts';
import { httpAlerts } from './http.ts';
import { metaAlerts } from './meta.ts';
import { mysqlAlerts } from './mysql.ts';
import { postgresqlAlerts } from './postgresql.ts';
import { redisAlerts } from './redis.ts';
import { runtimeAlerts } from './runtime.ts';
import { sloAlerts } from './slo.ts';

const TABLE: Readonly<Record<Group, (system: System) => readonly Alert[]>> = {
  availability: availabilityAlerts,
  http: httpAlerts,
  slo: sloAlerts,
  runtime: runtimeAlerts,
  postgresql: postgresqlAlerts,
  mysql: mysqlAlerts,
  redis: redisAlerts,
  exporters: exporterAlerts,
  host: hostAlerts,
  meta: metaAlerts,
};

/** An alert that Prometheus evaluates. */
export type PrometheusAlert = Alert & Readonly<{ prometheus: PrometheusSignal }>;

/** The table is made once a System: every rule and every test file asks for it. */
const made = new WeakMap<System, readonly PrometheusAlert[]>();

/** Alerts with a rule, in the order of their groups. Empty where Prometheus is not set up. */
export function prometheusAlerts(system: System): readonly PrometheusAlert[] {
  if (evaluatesRules(system) !== true) return [];
  const known = made.get(system);
  if (known) return known;
  const alerts = GROUPS.flatMap((group) => TABLE[group](system)).filter(
    (alert): alert is PrometheusAlert => alert.prometheus !== null,
  );
  made.set(system, alerts);
  return alerts;
}

/** All alerts of this system: those with a rule, the same ones as CloudWatch sees them, and those that only CloudWatch can raise. */
export function alertsOf(system: System): readonly Alert[] {
  const signals = cloudSignals(system);
  const rules = prometheusAlerts(system).map((alert) => ({ ...alert, cloudwatch: signals.get(alert.name) ?? null }));
  const ruled = new Set(rules.map(({ name }) => name));
  const twins = cloudTwins(system).filter(({ name }) => !ruled.has(name) && signals.has(name));
  return [
    ...rules,
    ...twins.map((alert) => ({ ...alert, prometheus: null, cloudwatch: signals.get(alert.name) ?? null })),
    ...cloudOnlyAlerts(system),
  ];
}
