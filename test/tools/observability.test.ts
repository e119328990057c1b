/**
 * What watches the local stack, seen working: the emitted Compose profile on the real engine, each rule against what is really exposed, and a
 * failure that pages through the real Alertmanager with the shipped rules and timings, and resolves.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportersOf, serversOf } from '../../generators/shared/observability-stack.ts';
import { deliveries, firing, waitForDelivery } from './drill.ts';
import { everythingUp, expectSelectors } from './drill-rules.ts';
import { openWatchedStack, type WatchedStack } from './drill-stack.ts';
import { isWaived, run } from './judges.ts';

describe.skipIf(isWaived('docker'))('the watched stack of fastify-redis', () => {
  let watched: WatchedStack;
  const began = Date.now();
  beforeAll(async () => {
    watched = await openWatchedStack();
    console.log(`built and up after ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }, 300_000);
  afterAll(async () => {
    if (watched) expect(await watched.close()).toEqual([]);
  }, 120_000);

  it('runs what watches as nobody, without a capability, and shows two ports on loopback only', async () => {
    const { system } = watched.project;
    const parts = [...serversOf(system), ...exportersOf(system)].map(({ name }) => name);
    expect(parts).toEqual(['prometheus', 'alertmanager', 'node-exporter', 'blackbox-exporter', 'redis-exporter']);
    for (const name of parts) {
      const { stdout } = await watched.stack.compose(['ps', '--format', 'json', name]);
      const { ID, Publishers } = JSON.parse(stdout) as {
        ID: string;
        Publishers: { URL: string; PublishedPort: number }[];
      };
      const published = (Publishers ?? []).filter(({ PublishedPort }) => PublishedPort > 0);
      expect(
        published.every(({ URL }) => URL === '127.0.0.1'),
        name,
      ).toBe(true);
      expect(published.length, name).toBe(name === 'prometheus' || name === 'alertmanager' ? 1 : 0);
      expect(ID).not.toBe('');
    }
  });

  it('has no finding of yamllint, gitleaks and shellcheck', async () => {
    const { dir } = watched.project;
    // PromQL is not broken into lines.
    const rules = '{extends: default, rules: {document-start: disable, line-length: disable}}';
    const yaml = await run('yamllint', ['--strict', '-d', rules, 'compose.yaml', 'monitoring'], { cwd: dir });
    expect(yaml).toMatchObject({ code: 0, stdout: '' });
    const leaks = await run('gitleaks', ['dir', '--no-banner', join(dir, 'monitoring')]);
    expect(leaks.stderr).toContain('no leaks found');
    const script = await run('shellcheck', [join(dir, 'scripts/local-secrets.sh')]);
    expect(script).toMatchObject({ code: 0, stdout: '' });
  });

  it('scrapes everything that it names, and all of it is up', () => everythingUp(watched));

  it('pages for the failure with the shipped rules and timings, and says when it is over', async () => {
    const failed = await watched.fail();
    const page = await waitForDelivery(watched.receiver, (one) => speaksOf(one, 'HighErrorRate', 'trigger'), 270_000);
    const seconds = (page.at - failed) / 1000;
    expect(seconds).toBeLessThan(300);
    expect(await firing(watched.prometheus)).toContain('RedisDown');
    const beats = (await deliveries(watched.receiver)).filter(({ channel }) => channel === 'heartbeat');
    expect(beats.length).toBeGreaterThanOrEqual(2);
    await expectSelectors(watched);
    const recovered = await watched.recover();
    const end = await waitForDelivery(watched.receiver, (one) => speaksOf(one, 'HighErrorRate', 'resolve'), 240_000);
    console.log(
      `HighErrorRate: page ${seconds.toFixed(1)} s after Redis stopped, resolved ${((end.at - recovered) / 1000).toFixed(1)} s after it was back; ${beats.length} heartbeats; whole test ${((Date.now() - began) / 1000).toFixed(0)} s`,
    );
  }, 540_000);
});

/** True for a message of PagerDuty about that alert. */
function speaksOf({ channel, body }: { channel: string; body: unknown }, alert: string, action: string): boolean {
  const { event_action } = body as { event_action?: string };
  return channel === 'pagerduty' && event_action === action && new RegExp(`\\b${alert}\\b`).test(JSON.stringify(body));
}
