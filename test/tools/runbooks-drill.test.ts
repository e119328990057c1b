/**
 * A page is answered: Redis goes away under the running stack, the real Alertmanager pages, and a program that knows nothing but the runbook
 * that the page links to does what it says, from top to bottom, in a terminal, until the alert is over.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../generators/compose.ts';
import { docker } from '../../generators/docker.ts';
import { runbooks } from '../../generators/runbooks.ts';
import { openCompose } from './docker-compose.ts';
import { waitForDelivery } from './drill.ts';
import { openWatchedStack, type WatchedStack } from './drill-stack.ts';
import { emit } from './emit.ts';
import { isWaived, judgesDir, runFile } from './judges.ts';
import { fencesOf, pageOf, type Step, stepsOf, tableCommands } from './runbooks-read.ts';
import { openTerminal, type Terminal } from './runbooks-terminal.ts';

describe.skipIf(isWaived('docker'))('the runbook of HighErrorRate, followed by somebody who knows nothing else', () => {
  let watched: WatchedStack;
  let terminal: Terminal;
  beforeAll(async () => {
    watched = await openWatchedStack();
    const { dir } = watched.project;
    // A person's clone has a history.
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=drill', '-c', 'user.email=drill@localhost', ...args], { cwd: dir });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Add delivery and operations setup');
    terminal = await openTerminal(dir, {
      ...watched.env,
      ...reach(),
      PROMETHEUS_URL: watched.prometheus,
      ALERTMANAGER_URL: watched.alertmanager,
    });
  }, 300_000);
  afterAll(async () => {
    terminal?.close();
    if (watched) expect(await watched.close()).toEqual([]);
  }, 120_000);

  it('leads from the page to the end of the alert', async () => {
    await watched.fail();
    const page = await waitForDelivery(watched.receiver, ({ body }) => isPage(body), 270_000);
    const path = /docs\/runbooks\/alerts\/\w+\.md/.exec(JSON.stringify(page.body))?.[0] ?? '';
    expect(path).toBe('docs/runbooks/alerts/HighErrorRate.md');
    const { sections } = pageOf(readFileSync(join(watched.project.dir, path), 'utf8'));
    const section = (name: string) => sections.get(name) ?? '';
    const [verify] = fencesOf(section('Verification'));
    const over = /Expected: `(.*)`/.exec(section('Verification'))?.[1] ?? '';
    const began = Date.now();

    const before = await terminal.type(verify?.text ?? '');
    expect(before).toMatchObject({ code: 0, screen: expect.stringContaining('"result":[{') });

    const answers: { title: string; seen: boolean }[] = [];
    const steps = stepsOf(section('First 5 minutes'));
    for (const step of steps) answers.push({ title: step.title, seen: await look(step) });
    // All is as the page expects but the one part that was taken away, and there the page says what to do.
    expect(answers.map(({ seen }) => seen)).toEqual([...answers.slice(1).map(() => true), false]);
    const broken = steps.at(-1);
    expect(broken?.text).toMatch(/If not: .*go to Mitigation/);
    expect((Date.now() - began) / 1000).toBeLessThan(300);

    for (const command of tableCommands(section('Diagnosis')))
      expect(await terminal.type(command), command).toMatchObject({ code: 0 });

    const [first] = stepsOf(section('Mitigation'));
    for (const { command } of first?.runs ?? [])
      expect(await terminal.type(command), command).toMatchObject({ code: 0 });
    const mended = await within(60_000, () => look(broken as Step));
    expect(mended, broken?.title).toBe(true);

    // Users come back. Without them the errors of the last five minutes would weigh for five minutes.
    await watched.recover();
    const quiet = await within(300_000, async () => (await terminal.type(verify?.text ?? '')).screen.includes(over));
    expect(quiet).toBe(true);
    console.log(
      `${first?.title}: alert over ${((Date.now() - began) / 1000).toFixed(0)} s after the runbook was opened; looks: ${JSON.stringify(answers)}`,
    );
  }, 900_000);

  /** True where each command of a step ran and shows what is expected. A command that fails is an error of the page. */
  async function look({ runs }: Step): Promise<boolean> {
    let seen = true;
    for (const { command, expected } of runs) {
      const { code, screen } = await terminal.type(command);
      expect(code, `${command}\n${screen}`).toBe(0);
      if (expected !== null && !screen.includes(expected)) seen = false;
    }
    return seen;
  }
});

describe.skipIf(isWaived('docker'))('the restore drill, on the PostgreSQL of the local stack', () => {
  it('backs up, restores beside the original, compares and cleans up, as the page says', async () => {
    const { dir, system } = await emit('express-postgres', { generators: [docker, compose, runbooks] });
    await runFile('sh', ['scripts/local-secrets.sh'], { cwd: dir });
    const stack = await openCompose({ dir });
    try {
      await stack.up([system.datastores[0]?.name ?? '']);
      const terminal = await openTerminal(dir, { ...reach(), COMPOSE_PROJECT_NAME: stack.name });
      const section =
        pageOf(readFileSync(join(dir, 'docs/runbooks/disaster-recovery.md'), 'utf8')).sections.get('Restore drill') ??
        '';
      const [back, restore, compare, drop] = fencesOf(section).map(({ text }) => text);
      const start = `${/docker compose exec -T \S+/.exec(back ?? '')?.[0]} psql ${/--username=\S+ --dbname=\S+/.exec(back ?? '')?.[0]}`;
      await terminal.type(`${start} --command='create table kept as select generate_series(1, 1000) as number'`);
      for (const [command, said] of [
        [back, 'drill.dump'],
        [restore, 'real'],
        [compare, 'the copy is complete'],
      ] as const)
        expect(await terminal.type(command ?? ''), command).toMatchObject({
          code: 0,
          screen: expect.stringContaining(said),
        });
      // A copy that lacks a row is no copy.
      await terminal.type(
        `${start.replace(/--dbname=(\S+)/, '--dbname=$1_drill')} --command='delete from kept where number = 7'`,
      );
      expect((await terminal.type(compare ?? '')).code).toBe(1);
      expect(await terminal.type(drop ?? '')).toMatchObject({ code: 0, screen: expect.stringContaining('_drill') });
      terminal.close();
    } finally {
      expect(await stack.down()).toEqual([]);
    }
  }, 600_000);
});

/** Programs as a person has them: `docker` is the private engine's. */
function reach(): Record<string, string> {
  return { PATH: `${join(judgesDir(), 'bin')}${delimiter}${process.env.PATH ?? ''}` };
}

async function within(timeoutMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(2_000)) if (await holds()) return true;
  return false;
}

/** PagerDuty was told of it. */
function isPage(body: unknown): boolean {
  const { event_action } = (body ?? {}) as { event_action?: string };
  return event_action === 'trigger' && /\bHighErrorRate\b/.test(JSON.stringify(body));
}
