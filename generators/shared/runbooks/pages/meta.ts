/** Monitoring that watches itself: while one of these fires, silence means nothing. */
import type { Page, Step } from '../page.ts';
import { changedRow, row } from '../steps.ts';
import { ask, asked, firstOf, here, runs, serverName, type Tools } from '../tools.ts';

type Server = 'prometheus' | 'alertmanager';

const logOf = (tools: Tools, server: Server) => {
  const name = serverName(tools, server);
  return name === null ? null : (tools.watched?.watcherLog(name) ?? null);
};

const psOf = (tools: Tools, server: Server) => {
  const name = serverName(tools, server);
  return name === null ? null : (tools.watched?.watcherPs(name) ?? null);
};

function says(tools: Tools, server: Server): Step {
  return {
    title: `What does ${server === 'prometheus' ? 'Prometheus' : 'Alertmanager'} say?`,
    runs: runs(here(logOf(tools, server), `${serverName(tools, server) ?? server}-1`)),
    good: 'lines with level=error or level=ERROR name the file and the reason',
    bad: 'no line: it is not running, start it as Mitigation says',
  };
}

function runsAtAll(tools: Tools, server: Server): Step {
  return {
    title: 'Does it run?',
    runs: runs(here(psOf(tools, server), 'Up')),
    good: 'it is up: settings or the way to it are wrong',
    bad: 'it is not: the log says why it ended',
  };
}

function ready(port: Server): Step {
  const [variable, address] =
    port === 'prometheus' ? ['PROMETHEUS_URL', 'http://127.0.0.1:9090'] : ['ALERTMANAGER_URL', 'http://127.0.0.1:9093'];
  return {
    title: `Does ${port === 'prometheus' ? 'Prometheus' : 'Alertmanager'} answer?`,
    runs: [
      {
        place: 'prometheus',
        command: `curl -sS --max-time 5 --output /dev/null --write-out '%{http_code}\\n' "\${${variable}:-${address}}/-/ready"`,
        expected: '200',
      },
    ],
    good: 'it lives and takes requests',
    bad: 'it is down or starting: go to Mitigation',
  };
}

function startAgain(tools: Tools, server: Server) {
  const name = serverName(tools, server);
  return {
    title: `Start ${server === 'prometheus' ? 'Prometheus' : 'Alertmanager'} again`,
    runs: runs(here(name === null ? null : tools.watched?.watcherRestart(name))),
    risk: 'no alert is judged or sent for some seconds',
    undo: 'not needed',
  };
}

const undoCommit = {
  title: 'Take back the last change of the monitoring configuration',
  runs: [
    {
      place: 'repository' as const,
      command: "git --no-pager log -5 --format='%h %cr %s' -- monitoring",
      expected: null,
    },
  ],
  risk: 'newer alerts are missing until it is mended',
  undo: '`git revert` of the revert',
};

const check = {
  after:
    'Let the rules be checked before they are merged: `promtool check rules` and `amtool check-config` find what stopped them here.',
  specialist: 'service-owner' as const,
};

export function watchdog(tools: Tools): Page {
  return {
    meaning:
      "It always fires; that is its work. The alarm is its silence: the dead man's switch rings when the heartbeat stays away.",
    impact: 'While it is silent, no alert of this project reaches anybody.',
    steps: [ready('prometheus'), ready('alertmanager'), says(tools, 'alertmanager'), says(tools, 'prometheus')],
    diagnosis: [
      ...row('Prometheus does not answer', firstOf(psOf(tools, 'prometheus'), ask('up')), 'It is down: start it'),
      ...row(
        'Alertmanager does not answer',
        firstOf(psOf(tools, 'alertmanager'), ask('up{job="alertmanager"}')),
        'It is down: see AlertmanagerDown',
      ),
      ...row(
        'Both answer',
        firstOf(logOf(tools, 'alertmanager'), ask('alertmanager_notifications_failed_total')),
        'The heartbeat cannot leave: its address in the file of secrets is wrong, or the way out is closed',
      ),
      ...changedRow(tools),
    ],
    mitigation: [startAgain(tools, 'prometheus'), startAgain(tools, 'alertmanager')],
    specialist: 'service-owner',
    after: "Note from when to when nobody was watching, and read the application's log of that time.",
  };
}

export function prometheusConfigReloadFailed(tools: Tools): Page {
  return {
    meaning:
      'Prometheus refused its new configuration and goes on with the old one; after a restart it would not start at all.',
    impact: 'None for users. New targets and rules are not there yet.',
    steps: [says(tools, 'prometheus'), ready('prometheus')],
    diagnosis: [
      ...row(
        'The log names a file and a line',
        firstOf(logOf(tools, 'prometheus'), ask('prometheus_config_last_reload_successful')),
        'Mend that line; `promtool check config` says when it is right',
      ),
      ...row('A file is said to be missing', `git status --short -- monitoring`, 'It was not committed or not copied'),
      ...changedRow(tools),
    ],
    mitigation: [undoCommit, startAgain(tools, 'prometheus')],
    ...check,
  };
}

export function prometheusRuleFailures(tools: Tools): Page {
  return {
    meaning: 'Prometheus cannot compute a rule: alerts of that group do not fire.',
    impact: 'None for users as yet; a failure would stay unnoticed.',
    steps: [
      {
        title: 'Which group?',
        runs: runs(asked(tools, 'increase(prometheus_rule_evaluation_failures_total[10m]) > 0', '"rule_group":')),
        good: 'the label rule_group names the file and the group',
        bad: 'no line: it has stopped, go to Verification',
      },
      says(tools, 'prometheus'),
      ready('prometheus'),
    ],
    diagnosis: [
      ...row(
        '"many-to-many matching"',
        firstOf(logOf(tools, 'prometheus'), ask('prometheus_rule_evaluation_failures_total')),
        'Two series with the same labels: a target is scraped twice, or a label is missing',
      ),
      ...row(
        '"query timed out" or "too many samples"',
        ask('prometheus_rule_group_last_duration_seconds'),
        'A rule is too dear: record a part of it',
      ),
      ...changedRow(tools),
    ],
    mitigation: [undoCommit, startAgain(tools, 'prometheus')],
    ...check,
  };
}

export function prometheusNotConnectedToAlertmanager(tools: Tools): Page {
  return {
    meaning: 'Prometheus knows no Alertmanager: it judges alerts and can tell nobody.',
    impact: 'Nobody is paged, whatever happens. Watch the service by hand until it is mended.',
    steps: [ready('alertmanager'), runsAtAll(tools, 'alertmanager'), says(tools, 'prometheus')],
    diagnosis: [
      ...row(
        'Alertmanager does not answer',
        firstOf(psOf(tools, 'alertmanager'), ask('up{job="alertmanager"}')),
        'It is down: see AlertmanagerDown',
      ),
      ...row(
        'It answers, and Prometheus does not find it',
        ask('prometheus_notifications_alertmanagers_discovered'),
        'The section alerting of the configuration names another host or port',
      ),
      ...changedRow(tools),
    ],
    mitigation: [startAgain(tools, 'alertmanager'), startAgain(tools, 'prometheus'), undoCommit],
    ...check,
  };
}

export function prometheusNotificationsFailing(tools: Tools): Page {
  return {
    meaning: 'Prometheus sends alerts to Alertmanager, and some of them are refused or lost.',
    impact: 'Pages may come late or not at all.',
    steps: [ready('alertmanager'), says(tools, 'prometheus'), says(tools, 'alertmanager')],
    diagnosis: [
      ...row(
        '"connection refused" or a timeout',
        firstOf(logOf(tools, 'prometheus'), ask('prometheus_notifications_errors_total')),
        'Alertmanager is down or overloaded: start it again',
      ),
      ...row(
        'The queue is full',
        ask('prometheus_notifications_queue_length'),
        'More alerts than can be sent: find the rule that fires for each series',
      ),
      ...changedRow(tools),
    ],
    mitigation: [startAgain(tools, 'alertmanager'), undoCommit],
    ...check,
  };
}

export function alertmanagerDown(tools: Tools): Page {
  return {
    meaning: 'Alertmanager does not answer. If you read this because of a page, it is back, or a second one sent it.',
    impact: "Nobody is paged while it is down. The dead man's switch rings within minutes.",
    steps: [ready('alertmanager'), runsAtAll(tools, 'alertmanager'), says(tools, 'alertmanager')],
    diagnosis: [
      ...row(
        'It ends right after its start',
        firstOf(logOf(tools, 'alertmanager'), ask('up{job="alertmanager"}')),
        'Its configuration or a file of secrets is wrong: the log names it',
      ),
      ...row(
        'It runs, and is not reached',
        firstOf(psOf(tools, 'alertmanager'), ask('up{job="alertmanager"}')),
        'Port or network: compare with the configuration of Prometheus',
      ),
      ...changedRow(tools),
    ],
    mitigation: [startAgain(tools, 'alertmanager'), undoCommit],
    ...check,
  };
}

export function alertmanagerConfigReloadFailed(tools: Tools): Page {
  return {
    meaning:
      'Alertmanager refused its new configuration and goes on with the old one; after a restart it would not start at all.',
    impact: 'None for users. New routes and receivers are not there yet.',
    steps: [says(tools, 'alertmanager'), ready('alertmanager')],
    diagnosis: [
      ...row(
        'The log names a line',
        firstOf(logOf(tools, 'alertmanager'), ask('alertmanager_config_last_reload_successful')),
        'Mend it; `amtool check-config` says when it is right',
      ),
      ...row(
        'A template or a file of secrets is missing',
        'git status --short -- monitoring',
        'It was not committed, not copied, or not created on this machine',
      ),
      ...changedRow(tools),
    ],
    mitigation: [undoCommit, startAgain(tools, 'alertmanager')],
    ...check,
  };
}

export function alertmanagerNotificationsFailing(tools: Tools): Page {
  return {
    meaning: 'Alertmanager cannot deliver to one of its receivers.',
    impact: 'Pages or messages of that receiver are lost; nobody may know of a failure.',
    steps: [
      {
        title: 'Which receiver?',
        runs: runs(asked(tools, 'rate(alertmanager_notifications_failed_total[5m]) > 0', '"integration":')),
        good: 'the label integration names it: pagerduty, slack, webhook, email',
        bad: 'no line: it delivers again, go to Verification',
      },
      says(tools, 'alertmanager'),
      ready('alertmanager'),
    ],
    diagnosis: [
      ...row(
        'Status 401, 403 or 404',
        firstOf(logOf(tools, 'alertmanager'), ask('alertmanager_notifications_failed_total')),
        'The key or the webhook is wrong or was taken back: make a new one, put it into its file',
      ),
      ...row(
        'Status 429',
        firstOf(logOf(tools, 'alertmanager'), ask('alertmanager_notifications_total')),
        'Too many messages: find the alert that fires for each series',
      ),
      ...row(
        'A timeout',
        firstOf(logOf(tools, 'alertmanager'), ask('alertmanager_notifications_failed_total')),
        'The way out is closed, or the other side is down: look at its status page',
      ),
      ...changedRow(tools),
    ],
    mitigation: [startAgain(tools, 'alertmanager'), undoCommit],
    specialist: 'service-owner',
    after: 'Send a test message through the receiver, and note when keys end.',
  };
}
