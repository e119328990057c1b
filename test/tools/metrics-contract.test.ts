/** The metric contract, proven: a small application for each library, run, asked, and compared with every selector of the rules about it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { contractOf } from '../../generators/shared/metrics.ts';
import { runFile } from './judges.ts';
import { type RuleGroup, type Selector, selectorsOf } from './prometheus-lint.ts';
import { ENDPOINTS, type EndpointName, measured, rendered, SYSTEMS } from './prometheus-systems.ts';

const APPLICATIONS = fileURLToPath(new URL('metrics', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cds-metrics-'));
const running: ChildProcess[] = [];

/** A sample of an exposition: name and labels. */
type Sample = Readonly<{ name: string; labels: Readonly<Record<string, string>> }>;

beforeAll(async () => {
  cpSync(APPLICATIONS, folder, { recursive: true });
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  const { code, stderr } = await runFile('npm', ['install', ...flags], { cwd: folder });
  expect(code, stderr).toBe(0);
}, 300_000);

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000);

describe.each<[EndpointName, string]>([
  ['prom-client', 'prom-client.mjs'],
  ['prom-client-counter', 'prom-client-counter.mjs'],
  ['express-prom-bundle', 'express-prom-bundle.mjs'],
  ['fastify-metrics', 'fastify-metrics.mjs'],
  ['@willsoto/nestjs-prometheus', 'nestjs-prometheus.mjs'],
  ['@opentelemetry/exporter-prometheus', 'opentelemetry.mjs'],
  ['preload', 'plain.mjs'],
])('%s', (library, program) => {
  it('shows every series that a rule asks for, with the labels that it asks by', async () => {
    const samples = await exposition(library, program);
    const selectors = selectorsFor(library);
    expect(selectors.length).toBeGreaterThan(5);
    expect(selectors.filter((selector) => !answered(selector, samples))).toEqual([]);
    // The comparison itself can fail.
    expect(
      answered({ metric: 'http_request_duration_secs_count', matchers: [], inside: null, window: null }, samples),
    ).toBe(false);
  });

  it('counts a failure as one, in seconds, with the buckets that the contract says', async () => {
    const samples = await exposition(library, program);
    const http = contractOf(measured('orders', library))?.http;
    expect(http).toBeTruthy();
    const status = samples
      .filter(({ name }) => name === http?.count)
      .map(({ labels }) => labels[http?.statusLabel ?? '']);
    expect([...new Set(status)]).toEqual(expect.arrayContaining(['200', '500']));
    const bounds = new Set(samples.filter(({ name }) => name === http?.bucket).map(({ labels }) => Number(labels.le)));
    bounds.delete(Number('+Inf'));
    const seconds = [...bounds].filter(Number.isFinite).map((bound) => bound * (http?.secondsPerUnit ?? 1));
    if (http?.buckets) expect(seconds.sort((a, b) => a - b)).toEqual(http.buckets);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(10);
  });
});

it('knows the gauge up that express-prom-bundle has of its own, which the scrape configuration drops', async () => {
  const samples = await exposition('express-prom-bundle', 'express-prom-bundle.mjs');
  expect(samples.map(({ name }) => name)).toContain('up');
  const sys = { ...SYSTEMS.narrow, services: [measured('orders', 'express-prom-bundle')] } as Parameters<
    typeof rendered
  >[0];
  const config = parse(rendered(sys).get('monitoring/prometheus/config.yml') ?? '') as {
    scrape_configs: { job_name: string; metric_relabel_configs?: object[] }[];
  };
  expect(config.scrape_configs.find(({ job_name }) => job_name === 'application')?.metric_relabel_configs).toEqual([
    { source_labels: ['__name__'], regex: 'up', action: 'drop' },
  ]);
});

/** Every selector on the service in the rules of a system that has nothing but it. */
function selectorsFor(library: EndpointName): readonly Selector[] {
  const sys = { ...SYSTEMS.narrow, services: [measured('orders', library)], datastores: [] } as Parameters<
    typeof rendered
  >[0];
  return [...rendered(sys)]
    .filter(([path]) => path.includes('/rules/'))
    .flatMap(([, text]) => (parse(text) as { groups: RuleGroup[] }).groups)
    .flatMap(({ rules }) => rules.flatMap(({ expr }) => selectorsOf(expr)))
    .filter(({ metric, matchers }) => metric !== 'up' && matchers.some(({ value }) => value === 'application'));
}

/** Labels that Prometheus gives the target itself. */
const OF_TARGET = ['job', 'service'];

/** A label by which probes are left out may be missing where nobody knows the route: then nothing is left out. */
function answered({ metric, matchers }: Selector, samples: readonly Sample[]): boolean {
  const found = samples.filter(({ name }) => name === metric);
  const asked = matchers.filter(
    ({ label, op }) => !OF_TARGET.includes(label) && !(label === 'http_route' && op === '!~'),
  );
  return found.length > 0 && asked.every(({ label }) => found.every(({ labels }) => label in labels));
}

/** Starts the application, lets it answer and fail, and reads what it shows. */
async function exposition(library: EndpointName, program: string): Promise<readonly Sample[]> {
  const [port, metrics] = [await freePort(), await freePort()];
  const { path, port: usual, source } = ENDPOINTS[library];
  const preload = source === 'preload' ? ['--import', await preloaded()] : [];
  const child = spawn(process.execPath, [...preload, program], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), METRICS_PORT: String(metrics), TELEMETRY_PORT: String(metrics) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const app = `http://127.0.0.1:${port}`;
  await answers(`${app}/a-route`, () => told);
  expect((await fetch(`${app}/fails`)).status).toBe(500);
  const shown = usual === 3000 ? `${app}${path}` : `http://127.0.0.1:${metrics}${path}`;
  // OpenTelemetry looks at the runtime for the first time after a moment.
  for (let left = 40; ; left--) {
    const response = await fetch(shown);
    const samples = samplesOf(await response.text());
    const complete =
      library !== '@opentelemetry/exporter-prometheus' ||
      samples.some(({ name }) => name === 'nodejs_eventloop_delay_p99');
    if (complete || left === 0) {
      expect(response.headers.get('content-type')).toMatch(/^text\/plain|^application\/openmetrics-text/);
      child.kill('SIGKILL');
      return samples;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Our module as it is emitted, installed from its own lock file. */
async function preloaded(): Promise<string> {
  const place = join(folder, 'telemetry');
  for (const [path, text] of rendered(SYSTEMS.narrow as Parameters<typeof rendered>[0])) {
    if (!path.startsWith('telemetry/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { code, stderr } = await runFile('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: place });
  expect(code, stderr).toBe(0);
  return join(place, 'register.mjs');
}

async function answers(url: string, told: () => string): Promise<void> {
  for (let left = 240; left > 0; left--) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => null,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${url} does not answer: ${told()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function samplesOf(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = ''] = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [
      label,
      value,
    ]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string> }];
  });
}
