/**
 * A fire drill: the real Alertmanager with the emitted files and timings, a receiver that writes down what arrives, and what Prometheus says
 * meanwhile. In the copy of Alertmanager's configuration nothing differs but where PagerDuty is, and what the files of secrets say.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECRETS_FOLDER } from '../../generators/shared/alert-channels.ts';
import { freePort, waitForHttp } from './docker.ts';
import { requireJudge } from './judges.ts';

/** One message that arrived: the channel (`pagerduty`, `slack`, `heartbeat`, …), when, and what it said. */
export type Delivery = { channel: string; at: number; body: unknown };

/** What the secrets of a drill say: each channel's address at the receiver, by the file's name. */
export function drillSecrets(receiver: string): Readonly<Record<string, string>> {
  return {
    'pagerduty-routing-key': 'drill',
    'slack-webhook-url': `${receiver}/slack`,
    'teams-webhook-url': `${receiver}/teams`,
    'heartbeat-url': `${receiver}/heartbeat`,
    'smtp-password': 'drill',
  };
}

/** A program of its own, so that it runs beside a stack of containers too: writes down each POST, shows them at `/deliveries`. */
export const RECEIVER = `
const seen = [];
require('node:http').createServer((request, response) => {
  if (request.method === 'GET') return response.end(JSON.stringify(seen));
  let text = '';
  request.on('data', (part) => { text += part; }).on('end', () => {
    seen.push({ channel: request.url.slice(1).split('?')[0], at: Date.now(), body: JSON.parse(text || 'null') });
    const slack = request.url.startsWith('/slack');
    response.writeHead(200, { 'content-type': slack ? 'text/plain' : 'application/json' }).end(slack ? 'ok' : '{"status":"success"}');
  });
}).listen(Number(process.env.PORT), process.env.HOST);
`;

export type Server = { url: string; process: ChildProcess; log: () => string };

/** Starts the receiver on loopback. */
export async function startReceiver(): Promise<Server> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), HOST: '127.0.0.1' };
  return serve(process.execPath, ['-e', RECEIVER], port, '/deliveries', { env });
}

export async function deliveries(receiver: string): Promise<Delivery[]> {
  return (await (await fetch(`${receiver}/deliveries`)).json()) as Delivery[];
}

/** Waits for the first delivery that fits; an error tells what came instead. */
export async function waitForDelivery(
  receiver: string,
  fits: (delivery: Delivery) => boolean,
  timeoutMs: number,
): Promise<Delivery> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const all = await deliveries(receiver);
    const found = all.find(fits);
    if (found) return found;
    if (Date.now() > deadline)
      throw new Error(`nothing that fits arrived within ${timeoutMs} ms, but: ${JSON.stringify(all).slice(0, 3000)}`);
    await sleep(250);
  }
}

/** Turns the folder of an Alertmanager into that of a drill: PagerDuty is the receiver, secrets lie in `secrets`. */
export function redirect(config: string, receiver: string, secrets: string): void {
  const text = readFileSync(config, 'utf8').replaceAll(SECRETS_FOLDER, secrets);
  const global = `  pagerduty_url: ${receiver}/pagerduty\n`;
  const own = /^global:\n/m.test(text);
  writeFileSync(config, own ? text.replace(/^global:\n/m, `global:\n${global}`) : `global:\n${global}${text}`);
}

/** Starts the real Alertmanager on loopback with a copy of an emitted configuration. */
export async function startAlertmanager(config: string, receiver: string): Promise<Server> {
  const work = mkdtempSync(join(tmpdir(), 'create-devops-setup-drill-'));
  const secrets = join(work, 'secrets');
  mkdirSync(secrets);
  for (const [file, value] of Object.entries(drillSecrets(receiver))) writeFileSync(join(secrets, file), value);
  const copy = join(work, 'alertmanager');
  cpSync(dirname(config), copy, { recursive: true });
  const file = join(copy, 'alertmanager.yml');
  redirect(file, receiver, secrets);
  const port = await freePort();
  const args = [
    `--config.file=${file}`,
    `--storage.path=${join(work, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
  const server = await serve(requireJudge('alertmanager'), args, port, '/-/ready');
  server.process.once('exit', () => rmSync(work, { recursive: true, force: true }));
  return server;
}

/** Ends what was started here, and nothing else. */
export async function stop(...servers: readonly (Server | undefined)[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      if (!server || server.process.exitCode !== null) return;
      const gone = new Promise((resolve) => server.process.once('exit', resolve));
      server.process.kill();
      await gone;
    }),
  );
}

/** One answer of Prometheus: the samples of an instant query. */
export async function query(
  prometheus: string,
  expression: string,
): Promise<{ metric: Record<string, string>; value: number }[]> {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

export type Target = { labels: Record<string, string>; health: string; lastError: string; scrapeUrl: string };

export async function targets(prometheus: string): Promise<Target[]> {
  const response = await fetch(`${prometheus}/api/v1/targets?state=active`);
  return ((await response.json()) as { data: { activeTargets: Target[] } }).data.activeTargets;
}

/** Names of the alerts that fire. */
export async function firing(prometheus: string): Promise<string[]> {
  const response = await fetch(`${prometheus}/api/v1/alerts`);
  const { data } = (await response.json()) as {
    data: { alerts: { state: string; labels: Record<string, string> }[] };
  };
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname ?? '');
}

export function scratch(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'create-devops-setup-drill-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

async function serve(
  program: string,
  args: readonly string[],
  port: number,
  ready: string,
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<Server> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part) => {
      log += part;
    });
  process.once('exit', () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitForHttp(`${url}${ready}`);
  } catch (error) {
    child.kill();
    throw new Error(`${program} does not start\n${log.slice(-3000)}`, { cause: error });
  }
  return { url, process: child, log: () => log };
}
