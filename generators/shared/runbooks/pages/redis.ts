/** Redis and Valkey, in a container of the workstation or on ElastiCache. */
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
import { ask, firstOf, here, onAws, runs, type Tools } from '../tools.ts';

const command = (tools: Tools, text: string) => {
  const own = tools.store('redis');
  return own === null ? null : (tools.local?.redis(own, text) ?? null);
};

const events = (tools: Tools) => {
  const own = tools.store('redis');
  return own === null ? null : (tools.aws?.cacheEvents(own) ?? null);
};

function memory(tools: Tools): Step {
  return {
    title: 'How full is it?',
    runs: runs(
      onAws(managedState(tools, tools.store('redis')), 'available'),
      here(command(tools, 'info memory'), 'used_memory_human'),
    ),
    good: 'maxmemory:0 means no limit but that of the machine; on AWS the third word is the node type, which is the limit',
    bad: 'no answer: see RedisDown',
  };
}

function clients(tools: Tools): Step {
  return {
    title: 'How many clients are connected?',
    runs: runs(onAws(events(tools)), here(command(tools, 'info clients'), 'connected_clients')),
    good: 'many blocked_clients wait for a list that nobody fills; many connected ones are never closed',
    bad: 'no answer: see RedisDown',
  };
}

function statistics(tools: Tools): Step {
  return {
    title: 'Does it throw out or refuse?',
    runs: runs(here(command(tools, 'info stats'), 'evicted_keys')),
    good: 'evicted_keys that grow mean too little memory; rejected_connections too many clients',
    bad: 'no answer: see RedisDown',
  };
}

export function redisDown(tools: Tools): Page {
  const own = tools.store('redis');
  const { local } = tools;
  return {
    meaning: 'The exporter cannot reach Redis: it is down, loads its data, or refuses the password.',
    impact: 'Sessions, queues or cached answers are gone for the moment. A service that cannot do without them fails.',
    steps: [
      storeIsUp(tools, own),
      {
        title: 'What does it say?',
        runs: runs(onAws(events(tools)), here(own && local?.logOf(own.name), own && `${own.name}-1`)),
        good: 'the last lines name the reason: "Out of memory", "MISCONF", a failover',
        bad: 'nothing was said: the container is gone',
      },
      logSays(tools, '?ECONNREFUSED ?NOAUTH ?WRONGPASS'),
      tasksRun(tools),
    ],
    diagnosis: [
      ...row(
        'A failover goes on',
        firstOf(events(tools), own && local?.psOf(own.name)),
        'Wait up to two minutes: clients have to connect again by themselves',
      ),
      ...row(
        'It was killed for memory',
        firstOf(managedState(tools, own), local?.all()),
        'Exit code 137: see RedisMemoryNearLimit',
      ),
      ...row(
        '"LOADING"',
        firstOf(own && local?.logOf(own.name), events(tools)),
        'It reads its data after a start: wait',
      ),
      ...row(
        '"NOAUTH" or "WRONGPASS"',
        firstOf(local?.log(), tools.aws?.log('?NOAUTH ?WRONGPASS')),
        'The password changed: restart the service, it reads the secret anew',
      ),
    ],
    mitigation: [
      {
        title: 'Start it',
        runs: runs(here(own && local?.startOf(own.name))),
        risk: 'what was not written to disk is gone',
        undo: 'not possible',
      },
      restart(tools),
    ],
    specialist: 'service-owner',
    after: 'Decide whether the service can answer without its cache; then let it.',
  };
}

export function redisMemoryNearLimit(tools: Tools): Page {
  return {
    meaning: 'Redis uses most of the memory that it may have.',
    impact: 'Next, writes are refused ("OOM command not allowed") or keys are thrown out, by the policy that is set.',
    steps: [memory(tools), statistics(tools), logSays(tools, '"OOM"'), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'Many keys have no time to live',
        firstOf(command(tools, 'info keyspace'), managedState(tools, tools.store('redis'))),
        'keys minus expires never go away: give them one',
      ),
      ...row(
        'A few keys are huge',
        firstOf(command(tools, '--bigkeys'), ask('redis_memory_used_bytes')),
        'A list or a set that only grows: trim it',
      ),
      ...row(
        'A queue is not worked off',
        firstOf(tools.local?.all(), tools.aws?.tasks()),
        'The worker is down: start it',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'Set a time to live on every cached key. More memory is a larger node: see [scaling](../scaling.md).',
  };
}

export function redisRejectedConnections(tools: Tools): Page {
  return {
    meaning: 'Redis turned clients away: maxclients is reached.',
    impact: 'Some requests cannot reach the cache and fail, or go to the database instead.',
    steps: [
      clients(tools),
      statistics(tools),
      logSays(tools, '?ECONNREFUSED ?"max number of clients"'),
      tasksRun(tools),
    ],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'One address has most of them',
        firstOf(command(tools, 'client list'), events(tools)),
        'The code makes a client for each request: make one for the process',
      ),
      ...row(
        'Clients grew with the tasks',
        firstOf(tools.aws?.tasks(), tools.local?.all()),
        'Connections times tasks is too much: fewer for each task',
      ),
      ...row(
        'Many are idle for long',
        firstOf(command(tools, 'client list'), ask('redis_connected_clients')),
        'Nobody closes them: set a timeout on the server',
      ),
    ],
    mitigation: [
      restart(tools),
      rollBack(tools),
      restartStore(tools, tools.local === null ? null : tools.store('redis')),
    ],
    specialist: 'service-owner',
    after: 'Write down connections for each task times most tasks, and keep it below maxclients.',
  };
}

export function redisEvictionsHigh(tools: Tools): Page {
  return {
    meaning: 'Redis throws out keys before their time, to make room.',
    impact:
      'More requests miss the cache, so answers take longer and the database works more. What must not be lost must not be in here.',
    steps: [memory(tools), statistics(tools), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'Fewer hits than before',
        firstOf(command(tools, 'info stats'), managedState(tools, tools.store('redis'))),
        'keyspace_hits by the sum with keyspace_misses: below four fifths it does not help much',
      ),
      ...row(
        'New kinds of keys',
        firstOf(command(tools, 'info keyspace'), ask('redis_db_keys')),
        'A release caches more: shorter time to live',
      ),
      ...row(
        'A few keys are huge',
        firstOf(command(tools, '--bigkeys'), ask('redis_memory_used_bytes')),
        'Store less in each',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'If it is only a cache and answers are fast enough, raise the threshold: nobody has to act.',
  };
}
