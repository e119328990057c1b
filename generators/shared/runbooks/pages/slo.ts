/** The objective: how fast its error budget goes, and whether anybody counts. */
import type { Page } from '../page.ts';
import {
  changedRow,
  logSays,
  restart,
  rollBack,
  row,
  serviceAnswers,
  startStores,
  targetsDown,
  tasksRun,
  whatChanged,
} from '../steps.ts';
import { ask, asked, firstOf, runs, type Tools } from '../tools.ts';

/** Minutes of a month that the objective leaves for failing. */
function budgetMinutes({ system }: Tools): string {
  return ((30 * 24 * 60 * (100 - system.observability.objective.availability)) / 100).toFixed(1);
}

export function errorBudgetBurnFast(tools: Tools): Page {
  const { aws, local, system } = tools;
  return {
    meaning: `The error budget of 30 days (${system.observability.objective.availability} % promised, so ${budgetMinutes(tools)} minutes of full outage) goes at least six times faster than it may.`,
    impact: 'Users see errors now: it is an incident.',
    steps: [serviceAnswers(tools), whatChanged(tools), targetsDown(tools), logSays(tools, '?error ?Error ?" 500 "')],
    diagnosis: [
      ...changedRow(tools),
      ...row('A target is down too', ask('up == 0'), 'That is the cause: use the runbook of its alert'),
      ...row('Tasks stop and start', firstOf(aws?.stopped(), local?.tasks()), 'It crashes: exit code 137 is memory'),
      ...row(
        'Errors of one kind only',
        firstOf(aws?.log('?Error ?TypeError'), local?.log(100)),
        'A bug on one path: switch it off or roll back',
      ),
    ],
    mitigation: [startStores(tools), rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after:
      'Note how much of the budget it took. Where nothing is left, only changes that make the service safer are released.',
  };
}

export function errorBudgetBurnSlow(tools: Tools): Page {
  const { aws, local, system } = tools;
  return {
    meaning: `Errors are few, but for hours more than ${system.observability.objective.availability} % allows: the budget of 30 days will not last.`,
    impact:
      'Some users see an error now and then. Nobody has to get up for it; somebody has to look within the working day.',
    steps: [whatChanged(tools), logSays(tools, '?error ?Error ?" 500 "'), targetsDown(tools), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'The same error again and again',
        firstOf(aws?.log('?Error ?TypeError'), local?.log(200)),
        'A bug on a path that few use: mend it',
      ),
      ...row(
        'Errors come when tasks stop',
        firstOf(aws?.events(), local?.tasks()),
        'Requests are cut off at deployments: look at how it ends on SIGTERM',
      ),
      ...row(
        'Errors at the same minute of each hour',
        `git --no-pager log -5 --format='%h %cr %s'`,
        'A job that runs by the clock: spread it',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after:
      'Open a ticket with the error and its share. If it stays, decide whether the objective or the code has to give way.',
  };
}

export function sloMetricAbsent(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning:
      'The series that the objective is counted from is gone. From now on no error is seen, however many there are.',
    impact: 'Perhaps none, perhaps everybody: nobody can tell. Look at the service before looking at the metrics.',
    steps: [
      serviceAnswers(tools),
      {
        title: 'Is it scraped?',
        runs: runs(asked(tools, 'up{job="application"}', '"value":')),
        good: 'a target is there: a 1 at the end means that it answers without the series, so its name or labels have changed',
        bad: 'no target is known: the scrape configuration or the name service lost it',
      },
      whatChanged(tools),
      tasksRun(tools),
    ],
    diagnosis: [
      ...row(
        'The target is there and has the value 0',
        ask('up{job="application"} == 0'),
        'The process or its metrics port is down: see ServiceDown',
      ),
      ...row(
        'The target is there and has the value 1',
        ask('count({job="application"})'),
        'The metrics library changed: compare names with the rules',
      ),
      ...changedRow(tools),
      ...row('No task runs', firstOf(aws?.tasks(), local?.tasks()), 'The service is down: start it'),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'If a rename did it, change rules and code in one commit, and run the set-up again.',
  };
}
