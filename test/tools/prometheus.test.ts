/**
 * promtool on what is emitted: configurations, rules with the strictest lint, and every test of every alert. Each judge has a bad file that
 * it must find, and what promtool is known to let pass is our own lint's to find.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { System } from '../../src/model.ts';
import { CASES } from '../cases.ts';
import { SNAPSHOTS, treeOf } from '../helpers/snapshot.ts';
import { isWaived, run } from './judges.ts';
import { rendered, SYSTEMS } from './prometheus-systems.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cds-prometheus-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Files of the generator by the tree that they stand in: systems of our own, and the committed snapshots that have any. */
const trees = new Map<string, string>();
for (const [name, system] of Object.entries(SYSTEMS)) trees.set(name, written(name, rendered(system)));
for (const { name } of CASES) {
  const folder = join(SNAPSHOTS, name);
  if (existsSync(join(folder, 'monitoring/prometheus/config.yml'))) trees.set(`snapshot ${name}`, folder);
}

describe.skipIf(isWaived('promtool')).each([...trees])('%s', (_, folder) => {
  const paths = [...treeOf(folder).keys()].filter((path) => path.startsWith('monitoring/') && path.endsWith('.yml'));
  const configs = paths.filter((path) => /prometheus\/config(\.ecs)?\.yml$/.test(path));
  const tests = paths.filter((path) => path.endsWith('.test.yml'));
  const rules = paths.filter((path) => /rules(\/\w+)?\.yml$/.test(path));

  it('has configurations that load every rule file', async () => {
    expect(configs.length).toBeGreaterThan(0);
    for (const config of configs) {
      const { code, stdout, stderr } = await run('promtool', ['check', 'config', config], { cwd: folder });
      expect(code, stdout + stderr).toBe(0);
      // What stands beside the services on the local stack alone is not watched from ECS.
      const local = rules.filter((path) => /\/(host|exporters|postgresql|mysql|redis)\.yml$/.test(path)).length;
      const loaded = rules.length - (config.endsWith('.ecs.yml') ? local : 0);
      expect(`${stdout}${stderr}`).toMatch(new RegExp(`SUCCESS: ${loaded} rule files found`));
    }
  });

  it('has rules that the strictest lint finds nothing in', async () => {
    const { code, stdout, stderr } = await run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...rules], {
      cwd: folder,
    });
    expect(code, stdout + stderr).toBe(0);
    const counted = [...`${stdout}${stderr}`.matchAll(/SUCCESS: (\d+) rules found/g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    const written_ = rules
      .flatMap((path) => (parse(readFileSync(join(folder, path), 'utf8')) as { groups: { rules: object[] }[] }).groups)
      .reduce((sum, group) => sum + group.rules.length, 0);
    expect(counted).toBe(written_);
  });

  it('has alerts that fire when they should, and stay quiet otherwise', async () => {
    expect(tests.length).toBeGreaterThan(0);
    const waiting = [...tests];
    const failed: string[] = [];
    const worker = async () => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        const { code, stdout, stderr } = await run('promtool', ['test', 'rules', path], {
          cwd: folder,
          timeoutMs: 600_000,
        });
        if (code !== 0) failed.push(`${path}: ${stdout}${stderr}`);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
    expect(failed).toEqual([]);
  }, 900_000);
});

describe.skipIf(isWaived('promtool'))('promtool finds', () => {
  const narrow = rendered(SYSTEMS.narrow as System);
  const broken = (name: string, path: string, change: (text: string) => string) => {
    const text = narrow.get(path) ?? '';
    expect(change(text), 'a change that changes nothing').not.toBe(text);
    return written(name, new Map([...narrow, [path, change(text)]]));
  };
  const RULES = 'monitoring/prometheus/rules/http.yml';

  it('a rule file that is not there', async () => {
    const folder = broken('bad-config', 'monitoring/prometheus/config.yml', (text) =>
      text.replace('rules/http.yml', 'rules/htpp.yml'),
    );
    expect(
      (await run('promtool', ['check', 'config', 'monitoring/prometheus/config.yml'], { cwd: folder })).code,
    ).not.toBe(0);
  });

  it('an expression that is none', async () => {
    const folder = broken('bad-rule', RULES, (text) => text.replace('and on (service)', 'and on service'));
    expect(
      (await run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', RULES], { cwd: folder })).code,
    ).not.toBe(0);
  });

  it('a rule that is there twice', async () => {
    const folder = broken('twice', RULES, (text) => {
      const [head = '', rules = ''] = text.split('    rules:\n');
      return `${head}    rules:\n${rules}${rules}`;
    });
    expect((await run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', RULES], { cwd: folder })).code).toBe(
      3,
    );
  });

  it('a threshold that somebody moved', async () => {
    const folder = broken('moved', RULES, (text) => text.replace('> 0.05', '> 0.5'));
    const { code } = await run('promtool', ['test', 'rules', 'monitoring/prometheus/tests/http.test.yml'], {
      cwd: folder,
    });
    expect(code).not.toBe(0);
  });
});

function written(name: string, files: ReadonlyMap<string, string>): string {
  const folder = join(scratch, name);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
