/** PostgreSQL, in a container of the workstation or on RDS. */
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
  storeIsUp,
  tasksRun,
} from '../steps.ts';
import { ask, firstOf, here, onAws, rds, runs, type Tools } from '../tools.ts';

const BY_STATE =
  'select application_name, state, count(*) from pg_stat_activity where state is not null group by 1, 2 order by 3 desc';
const LONGEST =
  "select pid, now() - query_start as runs_for, state, left(query, 60) as query from pg_stat_activity where state <> 'idle' and pid <> pg_backend_pid() order by query_start limit 5";
const BLOCKED =
  'select pid, pg_blocking_pids(pid) as blocked_by, left(query, 60) as query from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0';
/** Ends what has been idle inside a transaction for five minutes: nothing else. */
const END_IDLE =
  "select pid, pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and state_change < now() - interval '5 minutes'";

const sql = ({ local }: Tools, store: Datastore | null, statement: string) =>
  store === null ? null : (local?.sql(store, statement) ?? null);

const metric = (tools: Tools, store: Datastore | null, name: string) =>
  store === null ? null : (rds(tools, store)?.databaseMetric(store, name) ?? null);

function connections(tools: Tools, store: Datastore | null): Step {
  return {
    title: 'Who holds the connections?',
    runs: runs(
      onAws(metric(tools, store, 'DatabaseConnections'), ':00'),
      here(sql(tools, store, BY_STATE), 'application_name'),
    ),
    good: 'many "idle in transaction" are leaked by the code; many "active" are slow queries',
    bad: 'no answer: the server takes no connection at all, see PostgresqlDown',
  };
}

function slowest(tools: Tools, store: Datastore | null): Step {
  return {
    title: 'Which queries run longest?',
    runs: runs(onAws(metric(tools, store, 'CPUUtilization'), ':00'), here(sql(tools, store, LONGEST), 'runs_for')),
    good: 'minutes in runs_for point at the query; on AWS a full processor means many of them',
    bad: 'no answer: the server takes no connection at all, see PostgresqlDown',
  };
}

function serverLog(tools: Tools, store: Datastore | null): Step {
  const { local } = tools;
  return {
    title: 'What does the server say?',
    runs: runs(
      onAws(store === null ? null : rds(tools, store)?.databaseLog(store)),
      here(store === null ? null : local?.logOf(store.name), store && `${store.name}-1`),
    ),
    good: 'FATAL and PANIC lines name the reason',
    bad: 'there is no log: the container or the instance is gone',
  };
}

const store = (tools: Tools) => tools.store('postgresql');

export function postgresqlDown(tools: Tools): Page {
  const own = store(tools);
  const { local } = tools;
  const events = own === null ? null : rds(tools, own)?.databaseEvents(own);
  return {
    meaning: 'The exporter cannot log in to PostgreSQL: it is down, full, or refuses the password.',
    impact: 'Whatever reads or writes data fails. Declare a critical incident.',
    steps: [
      storeIsUp(tools, own),
      serverLog(tools, own),
      logSays(tools, '?ECONNREFUSED ?password ?FATAL'),
      tasksRun(tools),
    ],
    diagnosis: [
      ...row(
        'A failover or maintenance goes on',
        firstOf(events, own && local?.psOf(own.name)),
        'Wait up to two minutes: it ends by itself',
      ),
      ...row(
        '"No space left on device"',
        firstOf(metric(tools, own, 'FreeStorageSpace'), own && local?.logOf(own.name)),
        'The disk is full: see LowDisk, never delete files of the database by hand',
      ),
      ...row(
        '"too many clients"',
        firstOf(metric(tools, own, 'DatabaseConnections'), sql(tools, own, BY_STATE)),
        'See PostgresqlPoolExhaustion',
      ),
      ...row(
        '"password authentication failed"',
        firstOf(events, own && local?.logOf(own.name)),
        'A rotation that not everybody heard of: restart the service, it reads the secret anew',
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

export function postgresqlPoolExhaustion(tools: Tools): Page {
  const own = store(tools);
  return {
    meaning: 'Nearly all connections that PostgreSQL allows are taken.',
    impact: 'New requests wait for a connection, then fail with a timeout.',
    steps: [connections(tools, own), slowest(tools, own), logSays(tools, '?timeout ?"too many"'), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'Most are "idle in transaction"',
        firstOf(sql(tools, own, BY_STATE), metric(tools, own, 'DatabaseConnections')),
        'The code forgets to commit or to give back: end these, then roll back',
      ),
      ...row(
        'Most are "active"',
        firstOf(sql(tools, own, LONGEST), metric(tools, own, 'CPUUtilization')),
        'Slow queries hold them: see PostgresqlSlowQueries',
      ),
      ...row(
        'The number of tasks grew',
        firstOf(tools.aws?.tasks(), tools.local?.all()),
        'Pool size times tasks is more than the server has: make the pool smaller',
      ),
    ],
    mitigation: [
      {
        title: 'End sessions that sit idle in a transaction (look at step 2 before)',
        runs: runs(here(sql(tools, own, END_IDLE))),
        risk: 'their open transactions are rolled back',
        undo: 'not possible; clients connect again',
      },
      restart(tools),
      rollBack(tools),
    ],
    specialist: 'database',
    after: 'Write down pool size times most tasks, and keep it below four fifths of max_connections.',
  };
}

export function postgresqlSlowQueries(tools: Tools): Page {
  const own = store(tools);
  return {
    meaning: 'A query or a transaction has run for far longer than they do here.',
    impact: 'Pages that need it are slow, locks are held, and dead rows pile up meanwhile.',
    steps: [
      slowest(tools, own),
      {
        title: 'Does one wait for another?',
        runs: runs(here(sql(tools, own, BLOCKED), 'blocked_by'), onAws(own && rds(tools, own)?.databaseLog(own))),
        good: 'lines name who waits for whom; no line means that the query is slow by itself',
        bad: 'no answer: see PostgresqlDown',
      },
      connections(tools, own),
    ],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'A migration runs',
        firstOf(sql(tools, own, LONGEST), tools.aws?.deployments()),
        'It locks the table: let it end, or stop it if users suffer',
      ),
      ...row(
        'The same query as ever, now slow',
        firstOf(
          sql(
            tools,
            own,
            'select relname, last_autoanalyze, n_dead_tup from pg_stat_user_tables order by n_dead_tup desc limit 5',
          ),
          metric(tools, own, 'CPUUtilization'),
        ),
        'Old statistics or bloat: analyze the table',
      ),
      ...row(
        'Reads wait for the disk',
        firstOf(metric(tools, own, 'ReadLatency'), tools.local?.stats()),
        'The cache is too small for the data, or a sequential scan: look at its plan',
      ),
    ],
    mitigation: [
      {
        title: 'Cancel queries that have run for five minutes (look at step 2 before)',
        runs: runs(
          here(
            sql(
              tools,
              own,
              "select pid, pg_cancel_backend(pid) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query_start < now() - interval '5 minutes'",
            ),
          ),
        ),
        risk: 'what they did is rolled back; a backup or a migration may be among them',
        undo: 'run them again',
      },
      rollBack(tools),
      restartStore(tools, own),
    ],
    specialist: 'database',
    after: 'Run the query with `explain (analyze, buffers)` on a copy, and add the index or limit that it lacks.',
  };
}

export function postgresqlDeadlocks(tools: Tools): Page {
  const own = store(tools);
  return {
    meaning: 'Transactions block each other in a circle; PostgreSQL ends one of each pair.',
    impact: 'The request whose transaction was ended fails, unless the code tries again.',
    steps: [serverLog(tools, own), slowest(tools, own), logSays(tools, '?deadlock ?40P01')],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'The log shows two statements of one table',
        firstOf(own && rds(tools, own)?.databaseLog(own), own && tools.local?.logOf(own.name)),
        'Rows are locked in different orders: sort the ids before updating',
      ),
      ...row(
        'A job and requests touch the same rows',
        firstOf(sql(tools, own, BLOCKED), tools.aws?.log('?deadlock')),
        "Make the job's transactions smaller",
      ),
      ...row(
        'Foreign keys are in the statements',
        firstOf(sql(tools, own, LONGEST), managedState(tools, own), ask('up')),
        'The referenced row is locked too: update parents first',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'database',
    after: 'Let the code repeat a transaction that ended with 40P01, two times at most.',
  };
}
