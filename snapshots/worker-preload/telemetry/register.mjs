/**
 * Shows Prometheus and an orchestrator how this process is, at a port of its own: GET /health, /ready, /metrics. The application knows
 * nothing of it: `node --import <this file> <the application>`. Whatever goes wrong here is said once, and the application goes on.
 *
 * TELEMETRY_PORT (9464): where it listens. TELEMETRY_IGNORE: paths, separated by commas, that are not counted: those that only probes ask for.
 */
import cluster from 'node:cluster';
import { subscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

const port = Number(process.env.TELEMETRY_PORT ?? 9464);
const ignored = new Set((process.env.TELEMETRY_IGNORE ?? '').split(',').filter(Boolean));
// prom-client calls these gauges totals, which is the name of counters.
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

const said = new Set();
function say(what, error) {
  if (said.has(what)) return;
  said.add(what);
  console.error(`telemetry: ${what}: ${error instanceof Error ? error.message : String(error)}`);
}

// Threads and forked children inherit --import; the port is the first process's.
const isFirst = isMainThread && cluster.isPrimary && process.channel === undefined;

if (isFirst) {
  try {
    await start();
  } catch (error) {
    say('no metrics are served', error);
  }
}

async function start() {
  const { collectDefaultMetrics, Gauge, Histogram, Registry } = await import('prom-client');
  const register = new Registry();
  collectDefaultMetrics({ register });
  for (const name of MISNAMED) register.removeSingleMetric(name);
  new Gauge({
    name: 'nodejs_heap_size_limit_bytes',
    help: 'What the heap may grow to before the process ends.',
    registers: [register],
    collect() {
      this.set(getHeapStatistics().heap_size_limit);
    },
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its response.',
    labelNames: ['method', 'status_code'],
    registers: [register],
  });

  const server = createServer((request, response) => {
    answer(register, request, response).catch((error) => {
      say('a request was not answered', error);
      response.destroy();
    });
  });
  server.on('error', (error) => say(`no metrics are served at port ${port}`, error));
  // Neither the server nor a connection that Prometheus keeps open shall keep the process.
  server.on('connection', (socket) => socket.unref());
  server.listen(port);
  server.unref();

  subscribe('http.server.request.start', (message) => {
    if (message.server !== server) measure(duration, message);
  });
  cluster.once('fork', () => say('requests to workers of a cluster are not counted', 'only this process is measured'));
}

/** The method is one of those that servers know, so that nobody can make up series. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function measure(duration, { request, response }) {
  try {
    if (ignored.has((request.url ?? '').split('?')[0])) return;
    const begun = process.hrtime.bigint();
    response.once('close', () => {
      const method = METHODS.has(request.method) ? request.method : 'OTHER';
      // Whoever asked was gone before the answer was: 499, as many proxies write it.
      const status = response.writableFinished ? response.statusCode : 499;
      duration.observe({ method, status_code: String(status) }, Number(process.hrtime.bigint() - begun) / 1e9);
    });
  } catch (error) {
    say('a request was not measured', error);
  }
}

let ending = false;
// True while a signal goes around and a listener before ours was there for this one time only.
let handled = false;
if (isFirst) {
  const end = () => {
    ending = true;
    // A listener takes the default away; where the application has none of its own, it is put back.
    if (process.listenerCount('SIGTERM') === 0 && !handled) process.exit(143);
  };
  process.once('SIGTERM', end);
  process.on('removeListener', (name, listener) => {
    if (name !== 'SIGTERM' || listener === end) return;
    handled = true;
    process.nextTick(() => {
      handled = false;
    });
  });
}

async function answer(register, request, response) {
  const respond = (status, body, headers = {}) => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    respond(405, 'GET or HEAD\n', { Allow: 'GET, HEAD' });
    return;
  }
  const path = (request.url ?? '').split('?')[0];
  if (path === '/health') respond(200, 'alive\n');
  else if (path === '/ready') respond(ending ? 503 : 200, ending ? 'ending\n' : 'ready\n');
  else if (path === '/metrics') respond(200, await register.metrics(), { 'Content-Type': register.contentType });
  else respond(404, 'GET /health, /ready or /metrics\n');
}
