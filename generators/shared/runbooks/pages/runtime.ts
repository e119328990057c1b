/** The Node.js process: its event loop, its heap, its files, its restarts. */
import type { Page } from '../page.ts';
import { changedRow, logSays, restart, rollBack, row, scaleOut, tasksRun, whatChanged } from '../steps.ts';
import { ask, asked, firstOf, here, onAws, runs, type Tools } from '../tools.ts';

function cpu({ aws, local }: Tools) {
  return {
    title: 'How busy is the processor?',
    runs: runs(onAws(aws?.serviceMetric('CPUUtilization'), ':00'), here(local?.stats(), '%')),
    good: 'near 100 % code runs without a break; at little it waits for something',
    bad: 'no task runs, see ServiceDown',
  };
}

function memory({ aws, local }: Tools) {
  return {
    title: 'How much memory does it have left?',
    runs: runs(onAws(aws?.serviceMetric('MemoryUtilization'), ':00'), here(local?.stats(), '%')),
    good: 'a steady climb is a leak, a step came with a release or load',
    bad: 'no task runs, see ServiceDown',
  };
}

export function eventLoopLagHigh(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning:
      'Callbacks wait too long for their turn: something works synchronously, in the one thread that answers everybody.',
    impact: 'Every request of that instance is slow at once, health checks included; they may take it out of service.',
    steps: [cpu(tools), logSays(tools, '?slow ?timeout ?Timeout'), whatChanged(tools), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'CPU is full while requests are as many as ever',
        firstOf(aws?.serviceMetric('CPUUtilization'), local?.stats()),
        'Synchronous work: big JSON, *Sync calls, regular expressions, hashing',
      ),
      ...row('Requests grew with it', firstOf(aws?.scalings(), local?.log(100)), 'Load: run more tasks'),
      ...row(
        'The heap is nearly full too',
        firstOf(aws?.serviceMetric('MemoryUtilization'), local?.stats(), ask('service:event_loop_lag_seconds:max')),
        'Garbage collection takes the time: the heap is nearly full',
      ),
    ],
    mitigation: [scaleOut(tools), rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after:
      'Profile the same requests on a workstation with `node --cpu-prof`, and move what is wide and flat to a worker thread.',
  };
}

export function heapNearLimit(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning: 'The heap is close to the limit at which V8 ends the process.',
    impact: 'Long pauses now; then the process ends, with every request in it.',
    steps: [memory(tools), whatChanged(tools), logSays(tools, '"heap"'), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'It grows since the start, whatever the load',
        ask('service:heap_used_per_limit:max'),
        'A leak: caches without a limit, listeners that are never taken off',
      ),
      ...row(
        'It jumps with certain requests',
        firstOf(aws?.log('?export ?upload ?report'), local?.log(100)),
        'One request loads too much at once: page or stream it',
      ),
      ...row(
        'Tasks were killed before',
        firstOf(aws?.stopped(), local?.all()),
        'Exit code 134 is the heap limit, 137 the memory of the task',
      ),
    ],
    mitigation: [restart(tools), rollBack(tools)],
    specialist: 'service-owner',
    after:
      'On a workstation, `node --heapsnapshot-near-heap-limit=2` writes a snapshot before the process ends: compare two in a browser.',
  };
}

export function fileDescriptorsNearLimit(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning: 'The process has most of the files and sockets open that it may have.',
    impact: 'Soon it can accept no connection and open no file: "EMFILE" in the log, errors for users.',
    steps: [logSays(tools, '?EMFILE ?ENFILE'), whatChanged(tools), tasksRun(tools)],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        'Open descriptors grow without end',
        ask('service:open_fds_per_limit:max'),
        'A leak: a client made for each request, a stream that nobody closes',
      ),
      ...row(
        'They follow the number of requests',
        firstOf(aws?.scalings(), local?.log(100)),
        'Many clients that keep connections: run more tasks',
      ),
      ...row(
        'A datastore answers slowly',
        firstOf(local?.all(), aws?.log('?timeout ?Timeout')),
        'Sockets wait for it: look there',
      ),
    ],
    mitigation: [restart(tools), scaleOut(tools), rollBack(tools)],
    specialist: 'service-owner',
    after:
      'Find the descriptors on a workstation with `lsof -p` and the id of the process: what stands there hundreds of times is what leaks.',
  };
}

export function processRestarting(tools: Tools): Page {
  const { aws, local } = tools;
  return {
    meaning: 'The process started again and again within minutes.',
    impact: 'Requests that were under way are lost each time; if all instances do it together, nobody is served.',
    steps: [
      {
        title: 'With which exit code does it end?',
        runs: runs(onAws(aws?.stopped(), 'no stopped task'), here(local?.tasks(), '(healthy)')),
        good: 'no end within the last hour: it has calmed down, go to Verification',
        bad: '137 is memory, 134 the heap, 1 an error of the code: read the log',
      },
      logSays(tools, '?Error ?error ?FATAL ?unhandled'),
      whatChanged(tools),
      {
        title: 'Which instances?',
        runs: runs(asked(tools, 'time() - max_over_time(process_start_time_seconds[15m]) < 900', '"value":')),
        good: 'each is an instance that began within 15 minutes, that many seconds ago; on AWS a restart is a new instance',
        bad: 'nothing has started within 15 minutes: it has calmed down, or ends before it is seen',
      },
    ],
    diagnosis: [
      ...changedRow(tools),
      ...row(
        '"unhandled rejection" or a stack is the last line',
        firstOf(aws?.log('?unhandled ?Unhandled'), local?.log(100)),
        'An error that nobody catches ends the process',
      ),
      ...row(
        'It ends without a word',
        firstOf(aws?.stopped(), local?.all()),
        'It is killed: memory, or a health check that fails',
      ),
      ...row(
        'It ends at its start',
        firstOf(aws?.log('?ECONNREFUSED ?Missing'), local?.log(100)),
        'A variable or a datastore is missing',
      ),
    ],
    mitigation: [rollBack(tools), restart(tools)],
    specialist: 'service-owner',
    after: 'Let the health check fail while the service cannot work, so that a deployment stops by itself.',
  };
}
