/** A page as its template prints it: the eight sections, with what this project has. */
import { posix } from 'node:path';
import type { System, View } from '../../../src/model.ts';
import { channelsOf } from '../alert-channels.ts';
import type { Alert, Severity } from '../alerts/alert.ts';
import { evaluatesRules } from '../scrape.ts';
import { pageOf } from './index.ts';
import {
  type Action,
  type Page,
  type Place,
  type Row,
  type Run,
  runnable,
  type Specialist,
  type Step,
} from './page.ts';
import { oneLine } from './shell.ts';
import { ask, asked, onAws, runs, type Tools } from './tools.ts';

const PLACES: Readonly<Record<Place, string>> = {
  prometheus: 'In Prometheus',
  aws: 'On AWS',
  local: 'On the local stack',
  repository: 'In the repository',
};

/** The words of the incident page, by how grave the alert is. */
export const SEVERITIES: Readonly<Record<Severity, Readonly<{ reach: string; answer: string }>>> = {
  critical: { reach: 'pages at once, day and night', answer: 'answer within 5 minutes' },
  warning: { reach: 'reaches the channel within 15 minutes', answer: 'answer within the working day' },
  info: { reach: 'waits for the digest', answer: 'read it once a day' },
  none: {
    reach: 'beats at the dead man’s switch, which rings when it stays away',
    answer: 'answer within 15 minutes',
  },
};

/** Minutes for which the query has to stay empty. */
const HOLDS: Readonly<Record<Severity, number>> = { critical: 10, warning: 15, info: 30, none: 10 };

export const ROLES: Readonly<Record<Specialist, string>> = {
  database: 'database',
  security: 'security',
  'service-owner': 'service owner',
};

export function alertView(alert: Alert, tools: Tools): View {
  const { system } = tools;
  const page = pageOf(alert, tools);
  const steps = [firing(alert, tools), ...runnable(page.steps)].slice(0, 5);
  return {
    name: alert.name,
    severity: alert.severity,
    owner: ROLES[page.specialist],
    team: system.project.slug,
    signals: signalsOf(alert, tools),
    meaning: page.meaning,
    action: alert.action,
    reach: SEVERITIES[alert.severity].reach,
    answer: SEVERITIES[alert.severity].answer,
    channel: channelsOf(system).find(({ role }) => role === roleOf(alert.severity))?.place ?? '',
    waits: alert.prometheus?.for ?? null,
    several: tools.subject.several.join(', '),
    first: tools.subject.service.name,
    contacts: fromAlerts(system, system.layout.contacts),
    impact: page.impact,
    steps: steps.map(stepView),
    diagnosis: diagnosisOf(page).map((found) => rowView(found, steps)),
    mitigation: actions(page).map(actionView),
    verification: verificationOf(alert, tools),
    escalation: escalationOf(alert, page),
    critical: alert.severity === 'critical',
    pages: alert.severity === 'critical' || alert.severity === 'none',
    after: page.after,
  };
}

/** Which of its two signals this project has. */
export function signalsOf(alert: Alert, { aws, system }: Tools): readonly string[] {
  return [
    ...(alert.prometheus !== null && evaluatesRules(system) === true ? ['prometheus'] : []),
    ...(alert.cloudwatch !== null && aws !== null ? ['cloudwatch'] : []),
  ];
}

/** An address from a page of an alert. */
function fromAlerts(system: System, path: string): string {
  return posix.relative(posix.join(system.layout.runbooks, 'alerts'), path);
}

function roleOf(severity: Severity): string {
  return severity === 'none' ? 'heartbeat' : severity;
}

/** The first look is the same everywhere: is it still so, and which service does it speak of? */
function firing(alert: Alert, tools: Tools): Step {
  const { aws } = tools;
  return {
    title: alert.type === 'heartbeat' ? 'Does the heartbeat beat?' : 'Does it still fire?',
    runs: runs(
      onAws(alert.cloudwatch === null ? null : aws?.alarms(alert.name), 'ALARM'),
      alert.prometheus === null ? null : asked(tools, `ALERTS{alertname="${alert.name}"}`, '"alertstate":"firing"'),
    ),
    good: alert.type === 'heartbeat' ? 'Prometheus is well: look behind it' : firingWhere(alert),
    bad: alert.type === 'heartbeat' ? 'Prometheus judges no rules: look at it first' : 'it is over, go to Verification',
  };
}

/** CloudWatch has no labels: its alarm is called `<prefix>-<service>-<alert>`. */
function firingWhere({ prometheus }: Alert): string {
  return prometheus === null ? 'the name of the alarm says where' : 'its labels say where';
}

/** Where none of them can be run here, they stay as words: whoever runs the platform knows how. */
function actions(page: Page): readonly Action[] {
  const possible = runnable(page.mitigation);
  return possible.length > 0 ? possible : page.mitigation;
}

function stepView({ title, runs: all, good, bad }: Step): View {
  return { title, runs: all.map(runView), good, bad };
}

/** Where nothing can be run but queries, few rows are left; what else is down can always be asked. */
function diagnosisOf({ diagnosis }: Page): readonly Row[] {
  if (diagnosis.length > 1) return diagnosis;
  const meaning = 'That is the cause: use the runbook of its alert';
  return [...diagnosis, { symptom: 'Something else is down', command: ask('up == 0'), meaning }];
}

/** A command that was run within the first minutes is not written twice. */
function rowView({ symptom, command, meaning }: Row, steps: readonly Step[]): View {
  const at = steps.findIndex(({ runs: all }) => all.some((run) => run.command === command));
  return { symptom, command: oneLine(command), step: at === -1 ? null : at + 1, meaning };
}

function actionView({ title, runs: all, risk, undo }: Action): View {
  return { title, runs: all.map(runView), risk, undo };
}

/** Indented as what belongs to an item of a list. */
function runView({ place, command, expected }: Run): View {
  return { place: PLACES[place], command: command.replaceAll('\n', '\n   '), expected };
}

function verificationOf(alert: Alert, tools: Tools): View {
  const { aws } = tools;
  const query = signalsOf(alert, tools).includes('prometheus') ? (alert.prometheus?.verification ?? null) : null;
  const alarm = alert.cloudwatch === null ? null : (aws?.alarms(alert.name) ?? null);
  return {
    query,
    command: query === null ? null : ask(query),
    // A heartbeat is well while there is something; every other alert is over when there is nothing.
    expected: alert.type === 'heartbeat' ? '"result":[{' : '"result":[]',
    alarm,
    minutes: HOLDS[alert.severity],
  };
}

type Rung = Readonly<{ after: string; who: string; what: string }>;

/** Who is called when, by role. ALERT-017 */
function escalationOf(alert: Alert, { specialist }: Page): readonly Rung[] {
  const expert = ROLES[specialist];
  if (alert.severity === 'critical' || alert.severity === 'none') {
    return [
      { after: '5 minutes', who: 'on-call secondary', what: 'nobody has acknowledged' },
      { after: '15 minutes', who: `incident commander and ${expert}`, what: 'no mitigation works yet' },
      { after: '30 minutes', who: 'management', what: 'users are still hurt: the time box is over' },
    ];
  }
  if (alert.severity === 'warning') {
    return [
      { after: '60 minutes', who: expert, what: 'the cause is unclear, or it comes back' },
      { after: '240 minutes', who: 'on-call primary', what: 'it gets worse: raise it to critical' },
    ];
  }
  return [{ after: '1440 minutes', who: expert, what: 'it is in the digest for the second day' }];
}
