/** The module that shows a process to Prometheus, run as an image runs it: installed from its lock file, loaded before an application. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { preloadedMetrics } from '../../src/core/system/metrics.ts';
import { expressService } from '../helpers/system.ts';
import { judgesDir, runFile } from './judges.ts';

const dir = mkdtempSync(join(tmpdir(), 'create-devops-setup-telemetry-'));
const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));
const running = new Set<ChildProcess>();

/** Answers, fails, or waits for ever; SIGTERM ends it after a while where it knows of it. */
const APPLICATION = `
import { createServer } from 'node:http';
const server = createServer((request, response) => {
  if (request.url === '/wait') return;
  response.statusCode = request.url === '/boom' ? 500 : 200;
  response.end('done');
});
server.listen(Number(process.env.PORT), () => console.log('listening'));
if (process.env.HANDLES) process.on('SIGTERM', () => setTimeout(() => process.exit(0), 1000));
`;

beforeAll(async () => {
  cpSync(join(TEMPLATES, '_pins/telemetry'), dir, { recursive: true });
  // Nothing is filled in, so the template is the module.
  cpSync(join(TEMPLATES, 'prometheus/telemetry/register.mjs.ejs'), join(dir, 'register.mjs'));
  writeFileSync(join(dir, 'application.mjs'), APPLICATION);
  expect((await runFile('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit'], { cwd: dir })).code).toBe(0);
}, 120_000);

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Started = Readonly<{
  child: ChildProcess;
  port: number;
  management: number;
  output: () => string;
  ended: Promise<number | null>;
}>;

/** Starts a file with the module loaded before it, and waits until it says that it listens. */
async function start(file: string, environment: Readonly<Record<string, string>> = {}): Promise<Started> {
  const port = await freePort();
  const management = Number(environment.TELEMETRY_PORT ?? (await freePort()));
  const child = spawn(process.execPath, ['--import', join(dir, 'register.mjs'), join(dir, file)], {
    env: { ...process.env, PORT: String(port), TELEMETRY_PORT: String(management), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk;
      if (text.includes('listening')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => reject(new Error(`it ended before it listened: ${text}`)));
  });
  return { child, port, management, output: () => text, ended };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const get = (port: number, path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
const metrics = async (port: number) => (await get(port, '/metrics')).text();
const counts = (text: string) =>
  text.split('\n').filter((line) => line.startsWith('http_request_duration_seconds_count'));

describe('the management port', () => {
  it('tells health, readiness and metrics, and nothing else', async () => {
    const { management } = await start('application.mjs');
    for (const path of ['/health', '/ready', '/metrics']) expect((await get(management, path)).status, path).toBe(200);
    expect((await get(management, '/metrics')).headers.get('content-type')).toBe(
      'text/plain; version=0.0.4; charset=utf-8',
    );
    expect((await get(management, '/')).status).toBe(404);
    expect((await get(management, '/metrics', { method: 'POST' })).status).toBe(405);
    const head = await get(management, '/health', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('counts requests by method and status, its own and the probed ones left out', async () => {
    const { port, management } = await start('application.mjs', { TELEMETRY_IGNORE: '/healthz,/ready' });
    for (const path of ['/orders', '/orders?page=2', '/boom', '/healthz', '/ready?deep=1']) await get(port, path);
    await get(port, '/orders', { method: 'POST' });
    await expect(get(port, '/wait', { signal: AbortSignal.timeout(200) })).rejects.toThrow();
    await get(management, '/health');
    await expect
      .poll(async () => counts(await metrics(management)).sort())
      .toEqual([
        'http_request_duration_seconds_count{method="GET",status_code="200"} 2',
        'http_request_duration_seconds_count{method="GET",status_code="499"} 1',
        'http_request_duration_seconds_count{method="GET",status_code="500"} 1',
        'http_request_duration_seconds_count{method="POST",status_code="200"} 1',
      ]);
  });

  it('shows what the model says that it shows', async () => {
    const { port, management } = await start('application.mjs');
    await get(port, '/');
    const text = await metrics(management);
    const endpoint = preloadedMetrics(expressService);
    for (const { name, kind } of endpoint?.declared ?? []) expect(text).toContain(`# TYPE ${name} ${kind}`);
    for (const { labels } of endpoint?.declared ?? [])
      for (const label of labels ?? []) expect(counts(text)[0]).toContain(`${label}="`);
    expect(text).toContain('process_start_time_seconds');
    const limit = Number(/^nodejs_heap_size_limit_bytes (\d+)/m.exec(text)?.[1]);
    const used = Number(/^nodejs_heap_size_used_bytes (\d+)/m.exec(text)?.[1]);
    expect(limit).toBeGreaterThan(used);
  });

  it("pleases Prometheus' own linter", async () => {
    const { port, management } = await start('application.mjs');
    await get(port, '/');
    const input = await metrics(management);
    const { code, stdout, stderr } = await runFile(join(judgesDir(), 'bin/promtool'), ['check', 'metrics'], { input });
    expect([code, stdout, stderr]).toEqual([0, '', '']);
  });
});

describe('the application', () => {
  it('drains: not ready as soon as it is asked to end, healthy until it has', async () => {
    const { child, management, ended } = await start('application.mjs', { HANDLES: '1' });
    child.kill('SIGTERM');
    await expect.poll(async () => (await get(management, '/ready')).status).toBe(503);
    expect((await get(management, '/health')).status).toBe(200);
    expect(await ended).toBe(0);
  });

  it('ends with 143 where it does not handle SIGTERM, as without the module', async () => {
    const { child, ended } = await start('application.mjs');
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });

  it('ends when its work is done, also while Prometheus keeps a connection open', async () => {
    writeFileSync(join(dir, 'job.mjs'), "console.log('listening');\nsetTimeout(() => undefined, 1000);\n");
    const { management, ended } = await start('job.mjs');
    expect((await get(management, '/metrics')).status).toBe(200);
    expect(await ended).toBe(0);
  });

  it('runs on where the port is taken, and says so once', async () => {
    const first = await start('application.mjs');
    const second = await start('application.mjs', { TELEMETRY_PORT: String(first.management) });
    await expect.poll(second.output).toContain(`telemetry: no metrics are served at port ${first.management}: `);
    expect((await get(second.port, '/')).status).toBe(200);
    expect(second.output().match(/telemetry:/g)).toHaveLength(1);
  });

  it('runs on where the library is not there', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'create-devops-setup-telemetry-bare-'));
    cpSync(join(dir, 'register.mjs'), join(bare, 'register.mjs'));
    const { code, stdout, stderr } = await runFile(
      process.execPath,
      ['--import', join(bare, 'register.mjs'), '-e', "console.log('it runs')"],
      { cwd: bare },
    );
    rmSync(bare, { recursive: true, force: true });
    expect(stderr).toContain('telemetry: no metrics are served');
    expect(stdout).toContain('it runs');
    expect(code).toBe(0);
  });
});

describe('threads and children', () => {
  it.each([
    [
      'a worker thread',
      "import { Worker } from 'node:worker_threads';\nnew Worker('setTimeout(() => 0, 3000)', { eval: true });",
    ],
    [
      'a forked child',
      "import { fork } from 'node:child_process';\nif (!process.send) fork(process.argv[1]); else setTimeout(() => 0, 3000);",
    ],
    [
      'a worker of a cluster',
      "import cluster from 'node:cluster';\nif (cluster.isPrimary) cluster.fork(); else setTimeout(() => 0, 3000);",
    ],
  ])('%s leaves the port to the first process', async (_, code) => {
    writeFileSync(join(dir, 'several.mjs'), `${code}\nsetTimeout(() => console.log('listening'), 700);\n`);
    const { management, output } = await start('several.mjs');
    expect((await get(management, '/health')).status).toBe(200);
    expect(output()).not.toContain('EADDRINUSE');
  });

  it('says that a cluster is not counted', async () => {
    writeFileSync(
      join(dir, 'cluster.mjs'),
      "import cluster from 'node:cluster';\nif (cluster.isPrimary) cluster.fork();\nsetTimeout(() => console.log('listening'), 700);\n",
    );
    expect((await start('cluster.mjs')).output()).toContain(
      'telemetry: requests to workers of a cluster are not counted',
    );
  });
});
