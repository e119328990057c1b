/** ALERT-006, ALERT-010 to ALERT-013 and ALERT-015: what alerts say of themselves. */
import type { Check, CheckInput, Defect } from '../check.ts';
import { allRoutes } from '../parse/alertmanager.ts';
import { alarmsOf } from './agreement-runbooks.ts';
import { countsErrors, missing } from './alert-rules.ts';
import {
  type AlertRule,
  alertmanagerOf,
  alertsOf,
  measuredBy,
  RESTORE,
  readyAlertmanager,
  readyAlerts,
  rulesOf,
  runbook,
} from './operations.ts';
import { whyUntimed } from './request-times.ts';
import { openInStacks } from './stack-tests.ts';

const SEVERITIES = ['critical', 'warning', 'info'];

/** An alert that always fires, so that its silence can be heard. */
export function isHeartbeat({ labels, alert }: AlertRule): boolean {
  return labels.alert_type === 'heartbeat' || alert === 'Watchdog';
}

/** Everything that is no heartbeat. */
export function realAlerts(input: CheckInput): readonly AlertRule[] {
  return alertsOf(input).filter((rule) => !isHeartbeat(rule));
}

function at(rule: AlertRule, key: string, message: string, hint = RESTORE): Defect {
  return { file: rule.file, line: rule.lineOf(...key.split('/')), message, hint };
}

/** ALERT-006: critical, warning or info, in rules, routes and the runbook alike. */
const severities: Check = {
  id: 'ALERT-006',
  applies: readyAlerts,
  run: (input) => {
    const config = alertmanagerOf(input);
    const page = runbook(input, 'incident-response');
    const inRules = alertsOf(input).filter(({ labels }) => !SEVERITIES.includes(labels.severity ?? ''));
    const wrong = inRules.filter((rule) => !(isHeartbeat(rule) && rule.labels.severity === 'none'));
    const inRoutes = config
      ? allRoutes(config.root).flatMap(({ matchers, path }) =>
          matchers
            .filter(({ label }) => label === 'severity')
            .flatMap(({ value }) => value.split('|'))
            .filter((value) => ![...SEVERITIES, 'none', ''].includes(value))
            .map((value) => ({
              file: config.yaml.path,
              line: config.yaml.line([...path, 'matchers']),
              message: `This route waits for the severity ${value}, which no alert has.`,
              hint: `Severities are ${SEVERITIES.join(', ')}.`,
            })),
        )
      : [];
    return [
      ...wrong.map((rule) =>
        at(
          rule,
          'labels/severity',
          `${rule.alert} has ${rule.labels.severity ? `the severity ${rule.labels.severity}` : 'no severity'}.`,
          `Severities are ${SEVERITIES.join(', ')}.`,
        ),
      ),
      ...inRoutes,
      ...(page ? SEVERITIES : [])
        .filter((severity) => !new RegExp(`\\b${severity}\\b`, 'i').test(page?.text ?? ''))
        .map((severity) => ({
          file: page?.path ?? '',
          line: 1,
          message: `The page does not tell what ${severity} means.`,
          hint: RESTORE,
        })),
    ];
  },
};

const RESOURCE = /cpu|memory|heap|filesystem|disk|node_load/;

/** ALERT-010: users feel what pages; monitoring that is blind may page as well, for then nobody knows what users feel. */
const symptoms: Check = {
  id: 'ALERT-010',
  applies: readyAlerts,
  run: (input) =>
    realAlerts(input)
      .filter(({ labels }) => labels.severity === 'critical')
      .flatMap((rule): readonly Defect[] => {
        const type = rule.labels.alert_type ?? rule.labels.kind;
        const measured = measuredBy(input)(rule).flatMap(({ promql }) => promql.selectors);
        const resource = measured.find(({ metric }) => RESOURCE.test(metric ?? ''));
        if (resource)
          return [
            at(
              rule,
              'labels/severity',
              `${rule.alert} pages because of ${resource.metric}, which no user feels.`,
              'Make it a warning.',
            ),
          ];
        if (type === 'symptom' || rule.labels.category === 'monitoring') return [];
        return [
          at(
            rule,
            'labels/alert_type',
            `${rule.alert} pages, and is ${type ?? 'not said to be'} no symptom.`,
            'Page for what users feel; make the rest a warning.',
          ),
        ];
      }),
};

const TEXTS = ['summary', 'description', 'action', 'runbook_url'];

/** ALERT-011: each alert says what to do, and links a page that is there (X-RUNBOOKS looks where links lead). */
const actions: Check = {
  id: 'ALERT-011',
  applies: readyAlerts,
  run: (input) =>
    alertsOf(input).flatMap((rule) =>
      TEXTS.filter((name) => !rule.annotations[name]?.trim()).map((name) =>
        at(rule, 'annotations', `${rule.alert} has no ${name}.`, `Add the annotation ${name}.`),
      ),
    ),
};

/** Nothing is there to be shown: the value of `absent()` is always 1. */
function hasValue(rule: AlertRule): boolean {
  return !rule.promql.functions.some((name) => name === 'absent' || name === 'absent_over_time');
}

/** ALERT-012: the measured value is shown. Whether the words are a user's is for people. */
const values: Check = {
  id: 'ALERT-012',
  applies: readyAlerts,
  open: () => 'every description prints what was measured; whether the words are those of users is for people',
  run: (input) =>
    realAlerts(input)
      .filter(
        (rule) => hasValue(rule) && !/\{\{[^}]*(\$value|\.Value|query)\b/.test(rule.annotations.description ?? ''),
      )
      .map((rule) =>
        at(
          rule,
          'annotations/description',
          `The description of ${rule.alert} does not tell what was measured.`,
          'Print {{ $value }}.',
        ),
      ),
};

/** ALERT-013: grouped, silenced by what is graver, and held for a while. */
const noise: Check = {
  id: 'ALERT-013',
  applies: (input) => {
    const alerts = readyAlerts(input);
    return alerts === true ? readyAlertmanager(input) : alerts;
  },
  run: (input) => {
    const config = alertmanagerOf(input);
    if (!config) return [];
    const file = config.yaml.path;
    const { root } = config;
    const hasty = realAlerts(input)
      .filter((rule) => rule.for <= 0)
      .map((rule) => at(rule, 'for', `${rule.alert} fires at the first look.`, 'Let it hold for a while: for: 1m.'));
    const ungrouped = ['alertname', 'service'].filter(
      (label) => !root.groupBy.includes(label) && !root.groupBy.includes('...'),
    );
    const silences = config.inhibitions.some(
      ({ source, target }) =>
        source.some(({ label, value }) => label === 'severity' && /critical/.test(value)) &&
        target.some(({ label, value }) => label === 'severity' && /warning/.test(value)),
    );
    const blind = config.inhibitions.filter(
      ({ equal, source, target }) => ![source, target].every((side) => equal.some((label) => isDemanded(side, label))),
    );
    return [
      ...hasty,
      ...(ungrouped.length === 0
        ? []
        : [
            {
              file,
              line: config.yaml.line(['route', 'group_by']),
              message: `Alerts are not grouped by ${ungrouped.join(' and ')}, so each arrives alone or waits for strangers.`,
              hint: 'Set group_by: [alertname, service].',
            },
          ]),
      ...(silences
        ? []
        : [
            {
              file,
              line: config.yaml.line(['inhibit_rules']),
              message: 'No critical alert silences the warnings that follow from it.',
              hint: 'Inhibit warnings by criticals of one family.',
            },
          ]),
      ...blind.map(({ equal, line }) => ({
        file,
        line,
        message: `Two alerts that both lack ${equal.join(' and ') || 'every label'} silence each other here: labels that are missing count as equal.`,
        hint: 'Demand a label of equal on both sides: family!="".',
      })),
    ];
  },
};

/** A matcher lets no alert through that lacks the label. */
function isDemanded(
  matchers: readonly Readonly<{ label: string; op: string; value: string }>[],
  label: string,
): boolean {
  return matchers.some((one) => one.label === label && (one.op === '!=' ? one.value === '' : one.value !== ''));
}

const CATEGORIES: readonly (readonly [category: string, what: string])[] = [
  ['availability', 'when errors pass their limit'],
  ['performance', 'when answers get slower'],
  ['resource', 'when a resource runs out'],
  ['security', 'of security events'],
];

/** Categories that no alert has; `untimed`: why none can be about performance. */
function unseen(input: CheckInput) {
  const seen = new Set(alertsOf(input).map(({ labels }) => labels.category));
  const missed = CATEGORIES.filter(([category]) => !seen.has(category));
  return { missed, untimed: seen.has('performance') ? null : whyUntimed(input) };
}

/** ALERT-015: errors, performance, resources, security. */
const categories: Check = {
  id: 'ALERT-015',
  applies: (input) => {
    const alerts = readyAlerts(input);
    if (alerts !== true) return alerts;
    return rulesOf(input).some(countsErrors)
      ? true
      : { notChecked: 'Prometheus sees no requests, so it cannot tell of their errors, speed and refusals' };
  },
  open: (input) =>
    [openInStacks('ALERT-015')(input), unseen(input).untimed].filter((one) => one !== null).join('; ') || null,
  run: (input) => {
    const { missed, untimed } = unseen(input);
    const elsewhere = [
      ...(alarmsOf(input).length > 0 ? ['resource'] : []),
      ...(untimed === null ? [] : ['performance']),
    ];
    return missed.filter(([category]) => !elsewhere.includes(category)).map(([, what]) => missing(input, what));
  },
};

export const alertLabels: readonly Check[] = [severities, symptoms, actions, values, noise, categories];
