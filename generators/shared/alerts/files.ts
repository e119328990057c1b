/** Where rules and their tests stand, and what a test expects to be printed. */
import { posix } from 'node:path';
import type { System } from '../../../src/model.ts';
import { runbookUrl } from '../cloud.ts';
import { type Check, GROUPS, type Group } from './alert.ts';
import { type PrometheusAlert, prometheusAlerts } from './index.ts';
import { type RecordGroup, recordGroups } from './records.ts';
import { readsRecords } from './timing.ts';

/** Groups of recording rules in one file, groups of alerts in others: a file a group, or all in one where the layout names it. */
export type RuleFile = Readonly<{ path: string; records: readonly RecordGroup[]; groups: readonly Group[] }>;

/** Every rule file, in the order in which Prometheus loads them. */
export function ruleFiles(system: System): readonly RuleFile[] {
  const { rules, recordingRules, alertRules } = system.layout.prometheus;
  const records = recordGroups(system);
  const used = GROUPS.filter((group) => prometheusAlerts(system).some(({ prometheus }) => prometheus.group === group));
  const alerts: readonly RuleFile[] =
    alertRules === null
      ? used.map((group) => ({ path: posix.join(rules, `${group}.yml`), records: [], groups: [group] }))
      : [{ path: alertRules, records: [], groups: used }];
  const recorded = { path: recordingRules ?? posix.join(rules, 'records.yml'), records, groups: [] };
  return [...(records.length > 0 ? [recorded] : []), ...alerts];
}

/** Rule files that the tests of a group need, as their folder sees them, and the groups in the order in which they feed each other. */
export function testedFiles(
  system: System,
  group: Group | null,
): Readonly<{ files: readonly string[]; order: readonly string[] }> {
  const rules = prometheusAlerts(system).filter(({ prometheus }) => prometheus.group === group);
  const recorded = group === null || rules.some(({ prometheus }) => readsRecords(prometheus.expr));
  const needed = ruleFiles(system).filter(
    ({ records, groups }) => (recorded && records.length > 0) || (group !== null && groups.includes(group)),
  );
  return {
    files: needed.map(({ path }) => posix.relative(system.layout.prometheus.tests, path)),
    order: needed.flatMap(({ records, groups }) => [...records.map(({ name }) => name), ...groups]),
  };
}

/** Labels that are written into a rule, whatever the series bring. */
export function staticLabels({ severity, type, family, category, prometheus }: PrometheusAlert, system: System) {
  return {
    severity,
    team: system.project.slug,
    alert_type: type,
    family,
    category,
    ...prometheus.labels,
  };
}

/** What `promtool test rules` has to see: all labels and all annotations of what fires. */
export function expected(alert: PrometheusAlert, { fires }: Check, system: System) {
  return fires.map(({ labels, value }) => {
    const all = { ...labels, ...staticLabels(alert, system) };
    return {
      labels: all,
      annotations: {
        summary: expanded(alert.summary, all, value),
        description: expanded(alert.description, all, value),
        action: alert.action,
        runbook_url: runbookUrl(system, alert.name),
      },
    };
  });
}

/** `{{ $labels.service }}` and `{{ $value | humanize }}` as Prometheus prints them. */
function expanded(template: string, labels: Readonly<Record<string, string>>, value: string): string {
  return template
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? '')
    .replace(/\{\{ \$value[^}]*\}\}/g, value);
}
