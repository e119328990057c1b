/**
 * The emitted Dockerfiles, judged, built as they stand (digests replaced on the command line), run as production should run them, and
 * stopped. The projects are those of test/fixtures, unchanged.
 */
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../../src/model.ts';
import {
  buildImage,
  check,
  dockerOrThrow,
  freePort,
  processFacts,
  runHardened,
  stopAndInspect,
  waitForHttp,
} from './docker.ts';
import { type Emitted, emit } from './emit.ts';
import { isWaived, run } from './judges.ts';

type Case = Readonly<{
  fixture: string;
  service: string;
  env?: Record<string, string>;
  /** Null: it does not start without its datastore, so it is only built. */
  exitCode: 0 | 143 | null;
  /** Dev dependencies that would betray themselves. */
  absent: readonly string[];
}>;

const REDIS = { REDIS_URL: 'redis://127.0.0.1:1' };
const CASES: readonly Case[] = [
  {
    fixture: 'express-postgres',
    service: 'orders',
    env: { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' },
    exitCode: 0,
    absent: ['typescript', 'vitest'],
  },
  {
    fixture: 'fastify-redis',
    service: 'rates',
    env: { ...REDIS, RATES_API_KEY: 'obviously-fake' },
    exitCode: 0,
    absent: ['typescript', 'vitest'],
  },
  { fixture: 'plain-http-js', service: 'hello', exitCode: 143, absent: [] },
  { fixture: 'bun-hono', service: 'links', exitCode: 143, absent: ['@types/bun'] },
  { fixture: 'nextjs', service: 'storefront', exitCode: 0, absent: ['typescript'] },
  { fixture: 'pnpm-workspace', service: 'api', env: REDIS, exitCode: 0, absent: ['typescript', 'turbo', 'tsx'] },
  { fixture: 'pnpm-workspace', service: 'worker', env: REDIS, exitCode: 0, absent: ['typescript', 'turbo', 'tsx'] },
  {
    fixture: 'worker-only',
    service: 'mailer',
    env: { ...REDIS, SMTP_URL: 'smtp://127.0.0.1:1' },
    exitCode: 143,
    absent: ['typescript', 'jest'],
  },
  {
    fixture: 'yarn-classic-koa-mongo',
    service: 'guestbook',
    env: { MONGO_URL: 'mongodb://127.0.0.1:1/none' },
    exitCode: null,
    absent: ['jest', 'mocha'],
  },
  { fixture: 'nestjs-yarn', service: 'library-api', exitCode: null, absent: ['typescript', '@nestjs/cli'] },
];

describe.each(CASES)('$fixture ($service)', (one) => {
  let project: Emitted;
  let service: Service;
  beforeAll(async () => {
    project = await emit(one.fixture);
    const found = project.system.services.find(({ name }) => name === one.service);
    if (!found) throw new Error(`${one.fixture} has no service ${one.service}`);
    service = found;
  });
  afterAll(() => rmSync(dirname(project.dir), { recursive: true, force: true }));

  it('has no finding of dockerfile-utils', () => {
    expect(validate(readFileSync(join(project.dir, service.files.dockerfile), 'utf8'))).toEqual([]);
  });

  it.skipIf(isWaived('hadolint'))('has no finding of hadolint', async () => {
    const { code, stdout } = await run('hadolint', [join(project.dir, service.files.dockerfile)]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it.skipIf(isWaived('checkov'))('has no finding of checkov', async () => {
    const args = [
      '--framework',
      'dockerfile',
      '--compact',
      '--output',
      'json',
      '--file',
      join(project.dir, service.files.dockerfile),
    ];
    const { stdout } = await run('checkov', args);
    const answer: { summary?: { passed: number; failed: number; parsing_errors: number } } = JSON.parse(stdout);
    expect(answer.summary).toMatchObject({ failed: 0, parsing_errors: 0 });
    expect(answer.summary?.passed).toBeGreaterThan(40);
  });

  it.skipIf(isWaived('docker'))('has no finding of BuildKit', async () => {
    expect(await check({ contextDir: project.dir, dockerfile: service.files.dockerfile })).toEqual([]);
  });

  it.skipIf(isWaived('docker'))('builds, answers on a read-only file system as nobody, and stops in time', async () => {
    const tag = `emitted/${one.fixture}-${service.name}:test`;
    await buildImage({ contextDir: project.dir, dockerfile: service.files.dockerfile, tag, target: 'runtime' });
    if (one.exitCode === null) return;
    const port = await freePort();
    const env = { ...one.env, ...(service.portVariable === null ? {} : { [service.portVariable]: String(port) }) };
    const container = await runHardened(tag, { env });
    let stopped: Awaited<ReturnType<typeof stopAndInspect>> | undefined;
    try {
      if (service.health.kind === 'http') await waitForHttp(`http://127.0.0.1:${port}${service.health.path}`);
      if (service.health.kind === 'tcp') await waitForHttp(`http://127.0.0.1:${port}/`);
      const state = await healthOf(container.name);
      expect(state).toBe('healthy');
      const facts = await processFacts(container);
      expect(facts).toMatchObject({ CapEff: '0000000000000000', NoNewPrivs: '1' });
      expect(facts.Uid?.split(/\s+/)).toEqual(['65532', '65532', '65532', '65532']);
      const found = await dockerOrThrow([
        ...['exec', container.name, 'sh', '-c', 'find /app -type d -path "*/node_modules/*"'],
      ]);
      for (const name of one.absent)
        expect(found.split('\n').filter((path) => path.endsWith(`/node_modules/${name}`))).toEqual([]);
      const writable = await dockerOrThrow([
        'exec',
        container.name,
        'sh',
        '-c',
        'find /app -xdev -writable ! -type l | head',
      ]);
      expect(writable).toBe('');
      const lockFiles = await dockerOrThrow([
        'exec',
        container.name,
        'sh',
        '-c',
        'ls /app | grep -E "lock|Dockerfile|\\.git" || true',
      ]);
      expect(lockFiles).toBe('');
    } finally {
      stopped = await stopAndInspect(container);
    }
    expect(stopped.exitCode, stopped.logs).toBe(one.exitCode);
    // Services that reach for a datastore which is not there may take their own grace period.
    if (one.env === undefined) expect(stopped.ms).toBeLessThan(2_000);
  });
});

async function healthOf(name: string): Promise<string> {
  for (let turn = 0; turn < 40; turn++) {
    const state = await dockerOrThrow(['inspect', '--format', '{{.State.Health.Status}}', name]);
    if (state !== 'starting') return state;
    await new Promise((done) => setTimeout(done, 500));
  }
  return 'starting';
}
