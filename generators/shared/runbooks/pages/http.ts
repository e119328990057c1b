/** What users feel: errors, slowness, silence, refused logins. */
import type { Page } from '../page.ts';
import {
  changedRow,
  logSays,
  managedState,
  restart,
  rollBack,
  row,
  scaleOut,
  serviceAnswers,
  startStores,
  storeIsUp,
  tasksRun,
  whatChanged,
} from '../steps.ts';
import { ask, firstOf, type Tools } from '../tools.ts';

const firstStore = ({ system, subject }: Tools) =>
  system.datastores.find(({ usedBy }) => usedBy.includes(subject.service.name)) ?? null;

export function highErrorRate(tools: Tools): Page {
  const { aws, local } = tools;
  const store = firstStore(tools);
  return {
    meaning: 'More than one request in twenty ends in a status of 500 or above.',
    impact: 'Users see errors, and what they sent may be lost.',
    steps: [
      serviceAnswers(tools),
      whatChanged(tools),
      logSays(tools, '?error ?Error ?" 500 " ?" 503 "'),
      storeIsUp(tools, store),
    ],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'The log says ECONNREFUSED, timeout, or "too many connections"',
        firstOf(managedState(tools, store), local?.all(), ask('up == 0')),
        'A dependency fails, not this code: use its own runbook',
      ),
      ...row(
        'Tasks come and go',
        firstOf(aws?.stopped(), local?.tasks(), ask('service:up:sum')),
        'It crashes: exit code 137 is memory, 1 an error at the start',
      ),
      ...row(
        'One kind of request fails',
        firstOf(aws?.log('?Error ?TypeError'), local?.log(100)),
        'A bug on that path: switch it off or roll back',
      ),
    ],
    mitigation: [startStores(tools), rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'Write a test that fails as the request did.',
  };
}

export function highResponseTime(tools: Tools): Page {
  const { aws, local, system } = tools;
  const store = firstStore(tools);
  return {
    meaning: `One request in twenty takes longer than ${system.observability.objective.p95Milliseconds} ms, the objective.`,
    impact: 'The application feels slow. When it gets worse, clients give up and their retries add load.',
    steps: [tasksRun(tools), whatChanged(tools), logSays(tools, '?slow ?timeout ?Timeout'), storeIsUp(tools, store)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'CPU is at its limit',
        firstOf(aws?.serviceMetric('CPUUtilization'), local?.stats()),
        'Too little capacity, or work that blocks the event loop: run more tasks',
      ),
      ...row(
        'Memory is at its limit',
        firstOf(aws?.serviceMetric('MemoryUtilization'), local?.stats()),
        'Garbage collection takes the time: restart, then look for the leak',
      ),
      ...row(
        'CPU is idle while requests are slow',
        firstOf(managedState(tools, store), local?.all(), ask('up == 0')),
        'It waits for a database or another service: look there',
      ),
    ],
    mitigation: [rollBack(tools), scaleOut(tools), restart(tools)],
    specialist: 'service-owner',
    after:
      'Note which request was slow and why. An objective that normal days break is no objective: settle it anew with the service owner.',
  };
}

export function trafficDropped(tools: Tools): Page {
  const { aws, local, subject } = tools;
  return {
    meaning:
      'Far fewer requests arrive than an hour ago. What is in front of the service is more often the reason than the service itself.',
    impact: 'Users may not reach it at all: no error is counted for a request that never comes.',
    steps: [serviceAnswers(tools), tasksRun(tools), whatChanged(tools)],
    diagnosis: [
      ...row(
        'The health check fails from outside',
        firstOf(local?.health(), aws?.targets(), ask('up')),
        'The way to it is broken: name service, certificate, load balancer',
      ),
      ...row(
        'Requests are in the log, but not in the metrics',
        firstOf(local?.log(), aws?.log('?GET ?POST')),
        `${subject.service.name} is well and its metrics are not: mend these`,
      ),
      ...row(
        'A client was released or switched off',
        `git --no-pager log -5 --format='%h %cr %s'`,
        'The drop is wanted: tell the channel and silence the alert',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'If the hour of the day explains it, compare with the same hour of last week in the rule.',
  };
}

export function authenticationFailuresHigh(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning:
      'Many requests are answered with 401 or 403: somebody tries passwords, or our own clients hold credentials that no longer work.',
    impact: 'An account may be taken over; or every user of one client is locked out.',
    steps: [logSays(tools, '?401 ?403 ?Unauthorized ?Forbidden'), whatChanged(tools), tasksRun(tools)],
    diagnosis: [
      ...row(
        'One address or few send them all',
        firstOf(aws?.log('?401 ?403'), local?.log(200)),
        'An attack: block the address in front of the service',
      ),
      ...row(
        'Many users, one client version',
        firstOf(aws?.log('?401 ?403'), local?.log(200), `git --no-pager log -5 --format='%h %cr %s'`),
        'Expired or rotated credentials: renew them',
      ),
      ...changedRow(tools),
      ...row(
        'Successful logins follow the failures',
        firstOf(aws?.log('?login ?signin'), local?.log(200)),
        'An account is taken over: call the security role at once, keep the logs',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'security',
    after:
      'Keep the log lines as evidence. Limit the number of attempts an address and account have where that is not done.',
  };
}
