/** What the templates of rules and tests print. */
import { posix } from 'node:path';
import type { FileSpec, System, View } from '../../../src/model.ts';
import { runbookUrl } from '../cloud.ts';
import { GROUPS, type Group } from './alert.ts';
import { expected, type RuleFile, ruleFiles, staticLabels, testedFiles } from './files.ts';
import { type PrometheusAlert, prometheusAlerts } from './index.ts';
import { recordTests } from './record-tests.ts';
import { PAGE_WITHIN_SECONDS, secondsToPage, stepsToPage } from './timing.ts';

/** How often the rules are evaluated in a test: as often as there are samples, and less often where windows are hours and days. */
function evaluatedEvery(name: string): string {
  return name === 'slo' || name === 'records' ? '5m' : '1m';
}

/** Rules and their tests as files. */
export function ruleSpecs(system: System): readonly FileSpec[] {
  return [...ruleFiles(system).map((file) => ruleSpec(file, system)), ...testSpecs(system)];
}

function testPath(system: System, name: string): string {
  return posix.join(system.layout.prometheus.tests, `${name}.test.yml`);
}

function ruleSpec({ path, records, groups }: RuleFile, system: System): FileSpec {
  const project = system.project.name;
  if (records.length > 0) {
    return {
      path,
      template: 'prometheus/records.yml.ejs',
      view: { project, test: testPath(system, 'records'), groups: records },
    };
  }
  const [only = ''] = groups;
  return {
    path,
    template: 'prometheus/alerts.yml.ejs',
    view: {
      project,
      tests: groups.length === 1 ? testPath(system, only) : posix.join(system.layout.prometheus.tests, '*.test.yml'),
      groups: groups.map((name) => ({ name, alerts: alertsIn(name, system).map((alert) => alertView(alert, system)) })),
    },
  };
}

function alertsIn(group: Group, system: System): readonly PrometheusAlert[] {
  return prometheusAlerts(system).filter(({ prometheus }) => prometheus.group === group);
}

function alertView(alert: PrometheusAlert, system: System): View {
  const { name, prometheus, summary, description, action } = alert;
  return {
    name,
    arithmetic: alert.severity === 'critical' ? arithmetic(alert) : null,
    marks: alert.severity,
    expr: prometheus.expr,
    for: prometheus.for === '0s' ? null : prometheus.for,
    labels: pairs(staticLabels(alert, system)),
    summary,
    description,
    action,
    runbookUrl: runbookUrl(system, name),
  };
}

/** `scrape 5 + evaluation 15 + for 120 + group_wait 0 = 140 s, within 300`. */
function arithmetic(alert: PrometheusAlert): string {
  const steps = stepsToPage(alert).map(({ what, seconds }) => `${what} ${seconds}`);
  return `${steps.join(' + ')} = ${secondsToPage(alert)} s, less than ${PAGE_WITHIN_SECONDS}.`;
}

function pairs(record: Readonly<Record<string, string>>): readonly Readonly<{ name: string; value: string }>[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}

function testSpecs(system: System): readonly FileSpec[] {
  const groups = GROUPS.filter((group) => alertsIn(group, system).length > 0);
  const records = recordTests(system);
  return [
    ...(records.length > 0
      ? [
          testSpec(system, 'records', null, 'services are counted right: idle, never failed, failing, gone', {
            tests: records.map((test) => ({ ...test, alert: null, checks: [] })),
          }),
        ]
      : []),
    ...groups.map((group) =>
      testSpec(system, group, group, 'each alert fires when it should, and not otherwise', {
        tests: alertsIn(group, system).flatMap((alert) =>
          alert.prometheus.tests.map(({ name, interval, input, checks }) => ({
            name: `${alert.name}: ${name}`,
            interval,
            input,
            alert: alert.name,
            checks: checks.map((check) => ({
              at: check.at,
              alerts: expected(alert, check, system).map(({ labels, annotations }) => ({
                labels: pairs(labels),
                annotations: pairs(annotations),
              })),
            })),
            queries: [],
          })),
        ),
      }),
    ),
  ];
}

function testSpec(system: System, name: string, group: Group | null, what: string, view: View): FileSpec {
  const path = testPath(system, name);
  return {
    path,
    template: 'prometheus/test.yml.ejs',
    view: { ...view, ...testedFiles(system, group), what, path, interval: evaluatedEvery(name) },
  };
}
