/** What a running Prometheus says of its targets and rules: everything is up, and every rule speaks of series that are there. */
import { expect } from 'vitest';
import { exportersOf, serversOf } from '../../generators/shared/observability-stack.ts';
import { query, targets } from './drill.ts';
import type { WatchedStack } from './drill-stack.ts';

export type Rule = { name: string; query: string; health: string; lastError?: string; group: string };

export async function rulesOf({ prometheus }: WatchedStack): Promise<Rule[]> {
  const response = await fetch(`${prometheus}/api/v1/rules`);
  const { data } = (await response.json()) as { data: { groups: { name: string; rules: Rule[] }[] } };
  return data.groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, group: group.name })));
}

/** All targets answer, and there is one of each job. */
export async function everythingUp(watched: WatchedStack): Promise<void> {
  const { system } = watched.project;
  const jobs = new Set<string>([...exportersOf(system), ...serversOf(system)].map(({ job }) => job));
  if (system.services.some(({ metrics }) => metrics !== null)) jobs.add('application');
  await until(60_000, async () => {
    const found = await targets(watched.prometheus);
    const seen = new Set(found.map(({ labels }) => labels.job));
    const allUp = seen.size >= jobs.size && found.every(({ health }) => health === 'up');
    // A probe that came before the service was there is asked again.
    return allUp && (await query(watched.prometheus, 'probe_success == 0')).length === 0 ? found : null;
  });
  const found = await targets(watched.prometheus);
  expect(
    found.filter(({ health }) => health !== 'up').map((target) => `${target.scrapeUrl}: ${target.lastError}`),
  ).toEqual([]);
  expect(new Set(found.map(({ labels }) => labels.job))).toEqual(jobs);
  expect((await query(watched.prometheus, 'up')).filter(({ value }) => value !== 1)).toEqual([]);
  expect(await query(watched.prometheus, 'probe_success == 0')).toEqual([]);
}

/** Every selector of every rule finds a series. Of a regular expression, which picks among values, the label has to be there. */
export async function expectSelectors(watched: WatchedStack): Promise<void> {
  const { prometheus } = watched;
  // Recorded series come with the second evaluation.
  await until(60_000, async () => ((await rulesOf(watched)).every(({ health }) => health === 'ok') ? true : null));
  const rules = await rulesOf(watched);
  expect(rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`)).toEqual(
    [],
  );
  expect(await query(prometheus, selectorText([{ name: '__name__', type: '=', value: 'up_misspelt' }]))).toEqual([]);
  const missing: string[] = [];
  const seen = new Set<string>();
  for (const { name, query: expression } of rules) {
    const parsed = await fetch(`${prometheus}/api/v1/parse_query?query=${encodeURIComponent(expression)}`);
    for (const selector of selectorsOf(((await parsed.json()) as { data: unknown }).data)) {
      if (!seen.has(selector) && (await query(prometheus, selector)).length === 0) missing.push(`${name}: ${selector}`);
      seen.add(selector);
    }
  }
  console.log(`${rules.length} rules, ${seen.size} selectors, ${missing.length} without a series`);
  expect(missing).toEqual([]);
  expect(seen.size).toBeGreaterThan(10);
}

type Matcher = { name: string; type: string; value: string };

/** The selectors of a parsed expression. */
function selectorsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(selectorsOf);
  if (typeof node !== 'object' || node === null) return [];
  const { type, matchers } = node as { type?: string; matchers?: Matcher[] };
  if (type === 'vectorSelector' || type === 'matrixSelector') return [selectorText(matchers ?? [])];
  return Object.values(node).flatMap(selectorsOf);
}

/** Looked back for an hour: what matters is whether there ever was such a series. */
function selectorText(matchers: readonly Matcher[]): string {
  const parts = matchers.map(
    ({ name, type, value }) => `${name}${type === '=' ? `=${JSON.stringify(value)}` : '!=""'}`,
  );
  return `last_over_time({${parts.join(', ')}}[1h])`;
}

async function until<T>(timeoutMs: number, look: () => Promise<T | null>): Promise<T | null> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
