/** The emitted compose.yaml, judged and really started: healthy within `up --wait`, and nothing left of it afterwards. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, waitForHttp } from './docker.ts';
import { openCompose } from './docker-compose.ts';
import { type Emitted, emit } from './emit.ts';
import { isWaived, run, runFile } from './judges.ts';

const YAMLLINT = '{extends: default, rules: {document-start: disable, line-length: {max: 160}}}';

describe.each(['express-postgres', 'pnpm-workspace'])('%s', (fixture) => {
  let project: Emitted;
  beforeAll(async () => {
    project = await emit(fixture);
  }, 120_000);
  afterAll(() => rmSync(dirname(project.dir), { recursive: true, force: true }));
  const file = () => join(project.dir, 'compose.yaml');

  it.skipIf(isWaived('yamllint'))('has no finding of yamllint', async () => {
    const { code, stdout } = await run('yamllint', ['--strict', '-d', YAMLLINT, file()]);
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it.skipIf(isWaived('gitleaks'))('holds no secret, nor do the files beside it', async () => {
    const { code, stderr } = await run('gitleaks', ['dir', '--no-banner', project.dir]);
    expect(stderr).toContain('no leaks found');
    expect(code).toBe(0);
  });

  it.skipIf(isWaived('docker'))('starts with one command, answers, and goes without a trace', async () => {
    const [web] = project.system.services;
    if (web?.health.kind !== 'http') throw new Error('the fixture has no health endpoint');
    if (project.paths.includes('scripts/local-secrets.sh')) {
      const before = await runFile('sh', ['scripts/local-secrets.sh'], { cwd: project.dir });
      expect(before).toMatchObject({ code: 0, stderr: '' });
      const values = readFileSync(join(project.dir, '.secrets/orders.env'), 'utf8');
      await runFile('sh', ['scripts/local-secrets.sh'], { cwd: project.dir });
      expect(readFileSync(join(project.dir, '.secrets/orders.env'), 'utf8')).toBe(values);
    }
    const port = await freePort();
    const stack = await openCompose({ dir: project.dir, env: { [`${web.name.toUpperCase()}_PORT`]: String(port) } });
    try {
      await stack.up();
      const response = await waitForHttp(`http://127.0.0.1:${port}${web.health.path}`);
      expect(response.status).toBe(200);
      const states = await stack.compose([
        'ps',
        '--all',
        '--format',
        '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}',
      ]);
      for (const line of states.stdout.trim().split('\n')) {
        const [service = '', state] = line.split(' ');
        expect(line, states.stdout).toMatch(service.endsWith('-migrations') ? / exited +0$/ : / running /);
        if (state === 'running' && service !== 'worker') expect(line).toContain('healthy');
      }
    } finally {
      expect(await stack.down()).toEqual([]);
    }
  });
});

describe('a worker whose Redis has a password, and a value that only a person knows', () => {
  let project: Emitted;
  beforeAll(async () => {
    project = await emit('worker-only', { without: ['docker-compose.yml'] });
  }, 120_000);
  afterAll(() => rmSync(dirname(project.dir), { recursive: true, force: true }));
  const secrets = () => runFile('sh', ['scripts/local-secrets.sh'], { cwd: project.dir });

  it('stops the script, with the variable and the place that reads it', async () => {
    const first = await secrets();
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/SMTP_URL in \.secrets\/mailer\.env \(read at src\/worker\.ts:\d+\)/);
  });

  it.skipIf(isWaived('docker'))(
    'runs once it is filled in, and Redis answers nobody without the password',
    async () => {
      const file = join(project.dir, '.secrets/mailer.env');
      writeFileSync(file, readFileSync(file, 'utf8').replace('SMTP_URL=', 'SMTP_URL=smtp://127.0.0.1:1'));
      expect(await secrets()).toMatchObject({ code: 0, stderr: '' });
      const stack = await openCompose({ dir: project.dir });
      try {
        await stack.up();
        const inRedis = async (line: string) => (await stack.compose(['exec', '-T', 'redis', 'sh', '-c', line])).stdout;
        expect(await inRedis('redis-cli ping')).toContain('NOAUTH');
        expect(await inRedis('REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli ping')).toBe('PONG\n');
        expect(await inRedis('grep ^Uid: /proc/1/status')).toMatch(/^Uid:\t999\t/);
        expect(await inRedis('REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli client list')).toMatch(
          /user=default .*lib-name=/,
        );
      } finally {
        expect(await stack.down()).toEqual([]);
      }
    },
  );
});
