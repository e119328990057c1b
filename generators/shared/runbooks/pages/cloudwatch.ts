/** What only CloudWatch sees: tasks, databases and caches that AWS runs. */
import type { Datastore } from '../../../../src/model.ts';
import type { Page, Step } from '../page.ts';
import {
  changedRow,
  logSays,
  managedState,
  restart,
  restartStore,
  rollBack,
  row,
  scaleOut,
  storeIsUp,
  tasksRun,
  whatChanged,
} from '../steps.ts';
import { onAws, rds, runs, type Tools } from '../tools.ts';

const database = (tools: Tools) => tools.store('postgresql') ?? tools.store('mysql');

const metric = (tools: Tools, store: Datastore | null, name: string) =>
  store === null ? null : (rds(tools, store)?.databaseMetric(store, name) ?? null);

function usage(tools: Tools, name: 'CPUUtilization' | 'MemoryUtilization'): Step {
  return {
    title: 'How has it moved within the hour?',
    runs: runs(onAws(tools.aws?.serviceMetric(name), ':00')),
    good: 'a step came with a release or with load, a steady climb is a leak',
    bad: 'no figure: no task runs, see ServiceDown',
  };
}

function limits(tools: Tools): Step {
  return {
    title: 'Does it already run as many tasks as it may?',
    runs: runs(onAws(tools.aws?.limits(), '/')),
    good: 'the two numbers are the least and the most tasks',
    bad: 'no line: autoscaling was taken away, apply the stack of the service again',
  };
}

export function serviceCpuHigh(tools: Tools): Page {
  return {
    meaning: 'The tasks use more than 90 % of their processors although the service scales out at 70 %.',
    impact: 'Answers get slow; health checks may time out and take tasks away.',
    steps: [tasksRun(tools), limits(tools), usage(tools, 'CPUUtilization'), whatChanged(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'As many tasks as may run',
        tools.aws?.limits(),
        'Raise the most, here and in the configuration of the environment',
      ),
      ...row('Scaling fails', tools.aws?.scalings(), 'The status says why: quota of the account, or no addresses left'),
      ...row(
        'Requests did not grow',
        tools.aws?.log('?slow ?timeout'),
        'The code burns it: roll back, or take a CPU profile',
      ),
    ],
    mitigation: [scaleOut(tools), rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'Write the new limits into the configuration of the environment: the next apply sets what stands there.',
  };
}

export function serviceMemoryHigh(tools: Tools): Page {
  return {
    meaning: 'The tasks use more than 90 % of their memory although the service scales out at 80 %.',
    impact: 'Tasks are killed (exit code 137), with every request in them.',
    steps: [usage(tools, 'MemoryUtilization'), whatChanged(tools), tasksRun(tools), limits(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'It climbs since the start of the tasks',
        tools.aws?.serviceMetric('MemoryUtilization'),
        'A leak: restart now, roll back, look for it afterwards',
      ),
      ...row('Tasks were killed', tools.aws?.stopped(), 'Exit code 137: they need more, or leak'),
      ...row(
        'It moves with the load',
        tools.aws?.scalings(),
        'Too small: a larger task in the configuration of the environment',
      ),
    ],
    mitigation: [restart(tools), rollBack(tools)],
    specialist: 'service-owner',
    after: 'More tasks do not mend a leak: open a ticket with the climb of an hour.',
  };
}

export function databaseCpuHigh(tools: Tools): Page {
  const own = database(tools);
  return {
    meaning: 'The database has been busy for a quarter of an hour.',
    impact: 'Queries get slow, and with them every request that needs one.',
    steps: [
      storeIsUp(tools, own),
      busy(tools, own, 'CPUUtilization'),
      whatChanged(tools),
      logSays(tools, '?slow ?timeout'),
    ],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'Connections grew with it',
        metric(tools, own, 'DatabaseConnections'),
        'More load, or a pool that is too large: fewer tasks, or a larger instance',
      ),
      ...row(
        'Connections are as ever',
        metric(tools, own, 'ReadIOPS'),
        'A statement lost its index or its plan: Performance Insights of the instance names it',
      ),
      ...row(
        'It is always at the same hour',
        own === null ? null : rds(tools, own)?.databaseEvents(own),
        'A backup or a job: move it',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools), restartStore(tools, own)],
    specialist: 'database',
    after:
      'Keep the statement and its plan in the ticket. A larger instance is a change of the configuration, with a short failover.',
  };
}

function busy(tools: Tools, own: Datastore | null, name: string): Step {
  return {
    title: 'How has it moved within the hour?',
    runs: runs(onAws(metric(tools, own, name), ':00')),
    good: 'the time of the step is the time to look for in the deployments and in the log',
    bad: 'no figure: the instance is down or was renamed',
  };
}

export function databaseStorageLow(tools: Tools): Page {
  const own = database(tools);
  return {
    meaning:
      'The database is nearly out of disk, so its automatic growth has come to its limit or waits: it may grow once in six hours.',
    impact: 'When it is full, RDS stops the instance: nothing can be read or written.',
    steps: [storeIsUp(tools, own), busy(tools, own, 'FreeStorageSpace'), whatChanged(tools)],
    diagnosis: [
      ...row(
        'The last two numbers of its state are equal',
        managedState(tools, own),
        'Growth is at its limit: raise it',
      ),
      ...row(
        'It fell within minutes',
        own === null ? null : rds(tools, own)?.databaseEvents(own),
        'A job, an import or a runaway sort: stop it',
      ),
      ...row(
        'It falls steadily, data does not',
        own === null ? null : rds(tools, own)?.databaseLog(own),
        'Logs or a replication slot that nobody reads',
      ),
      ...changedRow(tools),
    ],
    mitigation: [
      {
        title: 'Raise the limit of the growth (check its state first, and take a number above the last one)',
        runs: runs(onAws(own === null ? null : rds(tools, own)?.grow(own))),
        risk: 'it costs, and a disk never shrinks again',
        undo: 'not possible',
      },
      rollBack(tools),
    ],
    specialist: 'database',
    after: 'Write the new limit into the configuration of the environment, and note at which rate the data grows.',
  };
}

export function databaseConnectionsHigh(tools: Tools): Page {
  const own = database(tools);
  return {
    meaning: 'More than four fifths of the connections that the database allows are in use.',
    impact: 'When they are gone, new requests fail with a timeout.',
    steps: [
      tasksRun(tools),
      busy(tools, own, 'DatabaseConnections'),
      whatChanged(tools),
      logSays(tools, '?timeout ?"too many"'),
    ],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'The number of tasks grew',
        tools.aws?.scalings(),
        'Pool size times tasks is too much: a smaller pool, or fewer tasks at most',
      ),
      ...row(
        'Tasks are as many as ever',
        own === null ? null : rds(tools, own)?.databaseLog(own),
        'Connections leak, or slow queries hold them',
      ),
      ...row('Processor is full too', metric(tools, own, 'CPUUtilization'), 'Slow queries: see DatabaseCpuHigh'),
    ],
    mitigation: [restart(tools), rollBack(tools), restartStore(tools, own)],
    specialist: 'database',
    after: 'Write down pool size times most tasks, and keep it below four fifths of what the database allows.',
  };
}

function cacheEvents(tools: Tools): string | null {
  const own = tools.store('redis');
  return own === null ? null : (tools.aws?.cacheEvents(own) ?? null);
}

export function cacheMemoryHigh(tools: Tools): Page {
  const own = tools.store('redis');
  return {
    meaning: 'The fullest node of the cache uses more than four fifths of its memory for data.',
    impact: 'Soon writes are refused, or keys go before their time.',
    steps: [storeIsUp(tools, own), whatChanged(tools), logSays(tools, '"OOM"'), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'The node type is small',
        managedState(tools, own),
        'The third word: a larger one in the configuration of the environment',
      ),
      ...row('It began after an event', cacheEvents(tools), 'A failover to a node that is smaller or still filling'),
      ...row(
        '"OOM command not allowed" in the log',
        tools.aws?.log('"OOM"'),
        'Writes are refused already: treat it as critical',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'Give every cached key a time to live.',
  };
}

export function cacheEvictionsHigh(tools: Tools): Page {
  const own = tools.store('redis');
  return {
    meaning: 'The cache throws out more than a hundred keys a minute before their time.',
    impact: 'More requests miss it: answers take longer, the database works more.',
    steps: [storeIsUp(tools, own), whatChanged(tools), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'The node type is small',
        managedState(tools, own),
        'The third word: a larger one in the configuration of the environment',
      ),
      ...row('It began after an event', cacheEvents(tools), 'A failover: it fills again by itself'),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'If answers are fast enough all the same, raise the threshold: nobody has to act.',
  };
}
