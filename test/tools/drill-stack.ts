/**
 * The emitted local stack with everything that watches it, on the real engine, and a failure that can be made: Redis goes away, so every
 * request that needs it ends with 500. Beside the emitted files stands a receiver; the channels' secrets lead there.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertmanager } from '../../generators/alertmanager.ts';
import { compose } from '../../generators/compose.ts';
import { docker } from '../../generators/docker.ts';
import { prometheus } from '../../generators/prometheus.ts';
import { runbooks } from '../../generators/runbooks.ts';
import { alertSecrets, SECRETS_FOLDER } from '../../generators/shared/alert-channels.ts';
import { freePort, waitForHttp } from './docker.ts';
import { type ComposeProject, openCompose } from './docker-compose.ts';
import { drillSecrets, RECEIVER, redirect } from './drill.ts';
import { type Emitted, emit } from './emit.ts';
import { runFile } from './judges.ts';

const GENERATORS = [docker, compose, prometheus, alertmanager, runbooks];
const INSIDE = 'http://receiver:8080';

/** Requests a second while it fails, and after: the more good ones follow, the sooner the errors of the last five minutes weigh little. */
const DURING = { lanes: 1, pauseMs: 700 };
const AFTER = { lanes: 12, pauseMs: 15 };

export type WatchedStack = {
  project: Emitted;
  stack: ComposeProject;
  /** Addresses on this machine. */
  app: string;
  prometheus: string;
  alertmanager: string;
  receiver: string;
  /** Ports and the Compose project, for commands that are run in `project.dir` as they are written. */
  env: Record<string, string>;
  /** Redis stops; requests keep coming. Gives the moment. */
  fail: () => Promise<number>;
  /** Redis is back, and many requests succeed. Gives the moment. */
  recover: () => Promise<number>;
  /** Takes everything down; what is left of it, which should be nothing. */
  close: () => Promise<string[]>;
};

/** Builds and starts it; takes half a minute or so. `path` is asked all the time. */
export async function openWatchedStack(fixture = 'fastify-redis', path = '/rates/EUR'): Promise<WatchedStack> {
  const project = await emit(fixture, { generators: GENERATORS });
  await fillSecrets(project);
  redirect(join(project.dir, project.system.layout.alertmanager.config), INSIDE, SECRETS_FOLDER);
  writeFileSync(join(project.dir, 'drill.yaml'), receiverService());
  const [service] = project.system.services;
  if (service === undefined) throw new Error('the fixture has no service');
  const ports = {
    [`${service.name.toUpperCase().replaceAll('-', '_')}_PORT`]: String(await freePort()),
    PROMETHEUS_PORT: String(await freePort()),
    ALERTMANAGER_PORT: String(await freePort()),
    RECEIVER_PORT: String(await freePort()),
  };
  const stack = await openCompose({
    dir: project.dir,
    files: ['compose.yaml', 'drill.yaml'],
    profiles: ['observability'],
    env: ports,
  });
  const [app, prometheusUrl, alertmanagerUrl, receiver] = Object.values(ports).map(
    (port) => `http://127.0.0.1:${port}`,
  );
  const traffic = startTraffic(`${app}${path}`);
  const close = async () => {
    await traffic.stop();
    const left = await stack.down();
    rmSync(dirname(project.dir), { recursive: true, force: true });
    return left;
  };
  try {
    await stack.up();
    if (service.health.kind === 'http') await waitForHttp(`${app}${service.health.path}`);
    traffic.pace(DURING);
  } catch (error) {
    await close();
    throw error;
  }
  const redis = async (verb: 'stop' | 'start') => {
    const { code, stderr } = await stack.compose([verb, 'redis']);
    if (code !== 0) throw new Error(`docker compose ${verb} redis: ${stderr}`);
    return Date.now();
  };
  return {
    project,
    stack,
    app: app ?? '',
    prometheus: prometheusUrl ?? '',
    alertmanager: alertmanagerUrl ?? '',
    receiver: receiver ?? '',
    env: { ...ports, COMPOSE_PROJECT_NAME: stack.name },
    fail: () => redis('stop'),
    recover: async () => {
      const at = await redis('start');
      traffic.pace(AFTER);
      return at;
    },
    close,
  };
}

/** As a person does it: the script makes the files, then what only a person knows is put there. */
async function fillSecrets({ dir, system }: Emitted): Promise<void> {
  const script = () => runFile('sh', ['scripts/local-secrets.sh'], { cwd: dir });
  const first = await script();
  for (const [, name = '', file = ''] of first.stderr.matchAll(/^ {2}(\w+) in (\S+) \(read at/gm)) {
    const path = join(dir, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(`${name}=\n`, `${name}=only-a-person-knows\n`));
  }
  const second = await script();
  if (second.code !== 0) throw new Error(`scripts/local-secrets.sh: ${second.stderr}`);
  const values = drillSecrets(INSIDE);
  for (const { file, path } of alertSecrets(system)) writeFileSync(join(dir, path), values[file] ?? '');
}

function receiverService(): string {
  const service = {
    image: 'node:22-bookworm-slim',
    command: ['node', '-e', RECEIVER],
    environment: { PORT: '8080', HOST: '0.0.0.0' },
    ports: ['127.0.0.1:${RECEIVER_PORT}:8080'],
  };
  return JSON.stringify({ services: { receiver: service } });
}

/** Requests without end, in several lanes; what they answer is for the metrics to tell. */
function startTraffic(url: string) {
  let pace = { lanes: 0, pauseMs: 300 };
  let running = true;
  const lane = async (index: number) => {
    while (running) {
      // A request that hangs does not hold up the lane: the next one follows at its pace.
      if (index < pace.lanes) {
        const request = fetch(url, { signal: AbortSignal.timeout(30_000) }).then(
          (response) => response.arrayBuffer(),
          () => undefined,
        );
        if (pace === AFTER) await request;
      }
      await sleep(pace.pauseMs);
    }
  };
  const lanes = Array.from({ length: AFTER.lanes }, (_, index) => lane(index));
  return {
    pace: (next: typeof pace) => {
      pace = next;
    },
    stop: async () => {
      running = false;
      await Promise.all(lanes);
    },
  };
}
