/** MySQL and MariaDB, in a container of the workstation or on RDS. */
import type { Datastore } from '../../../../src/model.ts';
import type { Page, Step } from '../page.ts';
import { changedRow, logSays, restart, restartStore, rollBack, row, storeIsUp, tasksRun } from '../steps.ts';
import { firstOf, here, onAws, rds, runs, type Tools } from '../tools.ts';

const PROCESSES =
  'select id, user, command, time, left(info, 60) as statement from information_schema.processlist order by time desc limit 10';
const BY_COMMAND = 'select user, command, count(*) from information_schema.processlist group by 1, 2 order by 3 desc';
const LIMIT = "show global status where variable_name in ('Threads_connected', 'Max_used_connections')";

const sql = ({ local }: Tools, store: Datastore | null, statement: string) =>
  store === null ? null : (local?.sql(store, statement) ?? null);

const metric = (tools: Tools, store: Datastore | null, name: string) =>
  store === null ? null : (rds(tools, store)?.databaseMetric(store, name) ?? null);

const store = (tools: Tools) => tools.store('mysql');

function processes(tools: Tools, own: Datastore | null): Step {
  return {
    title: 'What is the server doing?',
    runs: runs(onAws(metric(tools, own, 'CPUUtilization'), ':00'), here(sql(tools, own, PROCESSES), 'command')),
    good: 'time is in seconds: a Query of minutes is the suspect, Sleep is an idle connection',
    bad: 'no answer: the server takes no connection at all, see MysqlDown',
  };
}

function counted(tools: Tools, own: Datastore | null): Step {
  return {
    title: 'How many connections are there?',
    runs: runs(
      onAws(metric(tools, own, 'DatabaseConnections'), ':00'),
      here(sql(tools, own, LIMIT), 'Threads_connected'),
    ),
    good: 'compare with max_connections, 151 where nobody set it',
    bad: 'no answer: see MysqlDown',
  };
}

export function mysqlDown(tools: Tools): Page {
  const own = store(tools);
  const { local } = tools;
  const events = own === null ? null : rds(tools, own)?.databaseEvents(own);
  return {
    meaning: 'The exporter cannot log in to MySQL: it is down, full, or refuses the password.',
    impact: 'Whatever reads or writes data fails. Declare a critical incident.',
    steps: [
      storeIsUp(tools, own),
      {
        title: 'What does the server say?',
        runs: runs(onAws(events), here(own && local?.logOf(own.name), own && `${own.name}-1`)),
        good: 'the last ERROR line, or the last event, is the reason',
        bad: 'nothing was said: the container or the instance is gone',
      },
      logSays(tools, '?ECONNREFUSED ?ER_ACCESS_DENIED_ERROR'),
      tasksRun(tools),
    ],
    diagnosis: [
      ...row(
        'A failover or maintenance goes on',
        firstOf(events, own && local?.psOf(own.name)),
        'Wait up to two minutes: it ends by itself',
      ),
      ...row(
        'The disk is full',
        firstOf(metric(tools, own, 'FreeStorageSpace'), own && local?.logOf(own.name)),
        `See ${rds(tools, own) === null ? 'LowDisk' : 'DatabaseStorageLow'}; binary logs are purged by a statement, never by hand`,
      ),
      ...row(
        '"Too many connections"',
        firstOf(metric(tools, own, 'DatabaseConnections'), own && local?.logOf(own.name)),
        'See MysqlPoolExhaustion',
      ),
      ...row(
        '"Access denied"',
        firstOf(events, own && local?.logOf(own.name)),
        'A rotation that not everybody heard of: restart the service',
      ),
    ],
    mitigation: [
      {
        title: 'Start the server',
        runs: runs(here(own && local?.startOf(own.name))),
        risk: 'none',
        undo: 'not needed',
      },
      restartStore(tools, own),
      restart(tools),
    ],
    specialist: 'database',
    after:
      'If data was lost, or the instance does not come back, go on with [disaster recovery](../disaster-recovery.md).',
  };
}

export function mysqlPoolExhaustion(tools: Tools): Page {
  const own = store(tools);
  return {
    meaning: 'Nearly all connections that MySQL allows are taken.',
    impact: 'New requests wait for a connection, then fail with "Too many connections" or a timeout.',
    steps: [
      counted(tools, own),
      processes(tools, own),
      logSays(tools, '?ER_CON_COUNT_ERROR ?timeout'),
      tasksRun(tools),
    ],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'Most sleep',
        firstOf(sql(tools, own, BY_COMMAND), metric(tools, own, 'DatabaseConnections')),
        'Pool size times tasks is more than the server has, or the code does not give back',
      ),
      ...row(
        'Most run a query',
        firstOf(sql(tools, own, PROCESSES), metric(tools, own, 'CPUUtilization')),
        'Slow queries hold them: see MysqlSlowQueries',
      ),
      ...row(
        'The number of tasks grew',
        firstOf(tools.aws?.tasks(), tools.local?.all()),
        'Make the pool of each task smaller',
      ),
    ],
    mitigation: [restart(tools), rollBack(tools), restartStore(tools, own)],
    specialist: 'database',
    after: 'Write down pool size times most tasks, and keep it below four fifths of max_connections.',
  };
}

export function mysqlSlowQueries(tools: Tools): Page {
  const own = store(tools);
  return {
    meaning: 'More queries than usual take longer than long_query_time.',
    impact: 'Pages that need them are slow, and connections are held for longer.',
    steps: [processes(tools, own), counted(tools, own), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'A migration runs',
        firstOf(sql(tools, own, PROCESSES), tools.aws?.deployments()),
        '"Waiting for table metadata lock": let it end, or stop it if users suffer',
      ),
      ...row(
        'Statements wait for rows',
        firstOf(
          sql(tools, own, 'select count(*) as waiting from performance_schema.data_lock_waits'),
          metric(tools, own, 'CPUUtilization'),
        ),
        'A long transaction holds them: find it by its time, end it',
      ),
      ...row(
        'Reads wait for the disk',
        firstOf(metric(tools, own, 'ReadLatency'), tools.local?.stats()),
        'A full scan, or a buffer pool that is too small: look at its plan',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools), restartStore(tools, own)],
    specialist: 'database',
    after: 'Run the query with `explain analyze` on a copy, and add the index or limit that it lacks.',
  };
}
