/**
 * The judges on what a year leaves: every snapshot case written, edited by people and bots, and updated by two later releases. Where a
 * merge bends a file so that it only looks right, one of them says so.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pinsFrom } from '../../src/core/pins.ts';
import * as pinData from '../../src/generated/pins.ts';
import { CASES } from '../cases.ts';
import { live, type Releases, releases } from '../e2e/year/live.ts';
import { removeReleases } from '../helpers/releases.ts';
import { cleanUp } from '../helpers/snapshot.ts';
import { npm, OWN_MODULES } from '../helpers/stacks.ts';
import { isWaived, type Judge, run } from './judges.ts';
import { validateWorkflow } from './workflow-parser.ts';
import { YAMLLINT } from './yamllint.ts';

const pins = pinsFrom(pinData);
let built: Releases;
beforeAll(() => {
  built = releases();
}, 120_000);
afterAll(() => {
  removeReleases();
  cleanUp();
});

describe.each(CASES)('$name', (one) => {
  let folder = '';
  let files: readonly string[] = [];
  beforeAll(() => {
    const year = live(one, built);
    expect(year.problems).toEqual([]);
    folder = year.folder;
    const { files: managed } = JSON.parse(readFileSync(join(folder, '.devops/lock.json'), 'utf8')) as Lock;
    files = Object.entries(managed).flatMap(([path, { ownership }]) =>
      ownership === 'own' && existsSync(join(folder, path)) ? [path] : [],
    );
  }, 300_000);

  const clean = async (judge: Judge, args: readonly string[], judged: readonly string[]): Promise<void> => {
    if (isWaived(judge) || judged.length === 0) return;
    const { code, stdout, stderr } = await run(judge, [...args, ...judged], { cwd: folder });
    expect(code, `${judge}: ${stdout}${stderr}`).toBe(0);
  };
  const those = (pattern: RegExp) => files.filter((path) => pattern.test(path));

  it('has workflows that run', async () => {
    const workflows = those(/^\.github\/workflows\/.+\.yml$/);
    expect(workflows.length).toBeGreaterThan(0);
    await clean('actionlint', ['-no-color'], workflows);
    await clean('zizmor', ['--offline', '--persona=pedantic', '--no-progress', '--color=never'], workflows);
    // The parser knows the inputs of the versions that this release pins; those that a bot moved to are made up.
    const pinned = (text: string) =>
      text.replaceAll(
        /(actions\/checkout|aquasecurity\/trivy-action)@[0-9a-f]{40}/g,
        (_, name) => pins.action(name).uses,
      );
    for (const path of workflows)
      expect(await validateWorkflow(path, pinned(readFileSync(join(folder, path), 'utf8')))).toEqual([]);
  });

  it('has images, scripts and data that are read', async () => {
    await clean('yamllint', ['--strict', '-f', 'parsable', '-d', YAMLLINT], those(/\.ya?ml$/));
    await clean(
      'hadolint',
      ['--no-color'],
      files.filter((path) => /^(.+\.)?Dockerfile$/.test(basename(path))),
    );
    await clean('shellcheck', ['--severity=style'], those(/\.sh$/));
    await clean('gitleaks', ['dir', '--no-banner', '--no-color', '--redact', '-v'], ['.']);
  });

  it('has alerts that fire and reach somebody', async () => {
    await clean('promtool', ['check', 'config'], those(/^monitoring\/prometheus\/config(\.ecs)?\.yml$/));
    await clean(
      'promtool',
      ['check', 'rules', '--lint=all', '--lint-fatal'],
      those(/^monitoring\/(alerts|prometheus\/rules)\//),
    );
    await clean('promtool', ['test', 'rules'], those(/^monitoring\/prometheus\/tests\//));
    await clean('amtool', ['check-config'], those(/^monitoring\/alertmanager\/alertmanager\.yml$/));
  });

  it.skipIf(one.name !== 'express-metrics')(
    'has stacks that compile and pass their own tests',
    async () => {
      const stacks = join(folder, 'infrastructure/cdktf');
      symlinkSync(OWN_MODULES, join(stacks, 'node_modules'));
      const passes = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
        const { code, stdout, stderr } = await npm({ stacks }, args, env);
        expect(code, `npm ${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
      };
      await passes(['run', 'typecheck']);
      // By the person who looks at the change and commits it; from then on CI holds the stacks to what was committed.
      await passes(['test', '--', '-u']);
      await passes(['test'], { CI: 'true' });
    },
    300_000,
  );
});

type Lock = Readonly<{ files: Readonly<Record<string, Readonly<{ ownership: string }>>> }>;
