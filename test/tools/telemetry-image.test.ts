/** The image of a service that is shown by our module: built as it stands, run as production should run it, asked, and stopped. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli } from '../helpers/cli.ts';
import { cleanUp, prepare } from '../helpers/snapshot.ts';
import { buildImage, check, dockerOrThrow, freePort, runHardened, stopAndInspect, waitForHttp } from './docker.ts';
import { isWaived, run } from './judges.ts';

afterAll(cleanUp);

function emitted(fixture: string): string {
  const folder = prepare(fixture);
  // A registry may lack what the lock file names for other platforms; what is tried here is not the project's own install.
  rmSync(join(folder, 'package-lock.json'));
  const { code, stderr } = cli(folder, ['--yes', '--set', 'observability.instrument=true']);
  if (code !== 0) throw new Error(stderr);
  return folder;
}

const metricsAt = async (port: number) => (await waitForHttp(`http://127.0.0.1:${port}/metrics`)).text();

describe.skipIf(isWaived('docker'))('an image with metrics of ours', () => {
  it('has no finding of a judge', async () => {
    for (const fixture of ['worker-only', 'plain-http-js']) {
      const folder = emitted(fixture);
      expect(await check({ contextDir: folder }), fixture).toEqual([]);
      const { code, stdout } = await run('hadolint', [join(folder, 'Dockerfile')]);
      expect({ code, stdout }, fixture).toEqual({ code: 0, stdout: '' });
    }
  });

  it('shows a worker that nobody could ask before, and is healthy by it', async () => {
    const folder = emitted('worker-only');
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toContain('EXPOSE 9464');
    const tag = 'emitted/telemetry-worker:test';
    await buildImage({ contextDir: folder, tag, target: 'runtime' });
    const container = await runHardened(tag, {
      env: { REDIS_URL: 'redis://127.0.0.1:1', SMTP_URL: 'smtp://127.0.0.1:1' },
    });
    let stopped: Awaited<ReturnType<typeof stopAndInspect>> | undefined;
    try {
      expect(await metricsAt(9464)).toContain('nodejs_heap_size_limit_bytes');
      await expect
        .poll(() => dockerOrThrow(['inspect', '--format', '{{.State.Health.Status}}', container.name]), {
          timeout: 30_000,
        })
        .toBe('healthy');
      const writable = ['exec', container.name, 'sh', '-c', 'find /app/telemetry -writable ! -type l | head'];
      expect(await dockerOrThrow(writable)).toBe('');
    } finally {
      stopped = await stopAndInspect(container);
    }
    expect(stopped.exitCode, stopped.logs).toBe(143);
  });

  it('counts the requests of a service whose code knows nothing of it', async () => {
    const folder = emitted('plain-http-js');
    const tag = 'emitted/telemetry-web:test';
    await buildImage({ contextDir: folder, tag, target: 'runtime' });
    const [port, management] = [await freePort(), await freePort()];
    const env = { PORT: String(port), TELEMETRY_PORT: String(management) };
    const container = await runHardened(tag, { env });
    try {
      for (let turn = 0; turn < 3; turn++) await waitForHttp(`http://127.0.0.1:${port}/`);
      expect(await metricsAt(management)).toContain(
        'http_request_duration_seconds_count{method="GET",status_code="200"} 3',
      );
    } finally {
      await stopAndInspect(container);
    }
  });
});
