/** What a person reads about metrics before any question. */
import { expect, it } from 'vitest';
import { factsText } from '../../../src/cli/text/facts.ts';
import type { DeclaredMetric, MetricsFacts, ServiceFacts } from '../../../src/model.ts';
import { fact, facts, serviceFacts } from '../../helpers/facts.ts';

const plain = (text: string) => text;
const style = { bold: plain, dim: plain, green: plain, yellow: plain, red: plain, cyan: plain };

function row(change: Partial<ServiceFacts>): string | undefined {
  const seen = facts({ services: [serviceFacts(change)] });
  const text = factsText(seen, { names: new Map(), ours: new Set(), style, columns: 120 });
  return text
    .split('\n')
    .find((line) => line.includes('metrics'))
    ?.replace(/\s+/g, ' ')
    .trim();
}

const endpoints = { health: null, ready: null, metrics: fact('/metrics', 'src/app.ts', 9) };
const declared = (name: string) => fact<DeclaredMetric>({ name, kind: 'counter', labels: [], buckets: null });
const metrics = (change: Partial<MetricsFacts>): MetricsFacts => ({
  defaults: null,
  declared: [],
  port: null,
  ...change,
});

it.each<[string, Partial<ServiceFacts>, string]>([
  ['nothing', {}, 'metrics none found (prom-client can be added for you)'],
  ['nothing, on bun', { runtime: { name: 'bun', version: null, versionFile: null } }, 'metrics none found'],
  [
    'a library that serves nothing',
    { metricsLibrary: fact('prom-client', 'package.json', 5) },
    'metrics prom-client, no endpoint found package.json:5',
  ],
  ['an endpoint of nobody knows what', { endpoints }, 'metrics GET /metrics src/app.ts:9'],
  [
    'everything',
    {
      endpoints,
      metricsLibrary: fact('prom-client'),
      metrics: metrics({
        defaults: fact(true),
        declared: [declared('http_requests_total'), declared('sales_total'), declared('returns_total')],
        port: fact(9464),
      }),
    },
    'metrics GET /metrics on 9464 (prom-client: process, requests, 2 more) src/app.ts:9',
  ],
  [
    'a worker that shows itself',
    { kind: fact('worker'), port: null, endpoints, metricsLibrary: fact('prom-client'), metrics: metrics({}) },
    'metrics GET /metrics (prom-client) src/app.ts:9',
  ],
  ['a worker that does not', { kind: fact('worker'), port: null }, undefined as unknown as string],
])('%s', (_, change, expected) => {
  expect(row(change)).toBe(expected);
});

it('stays within the columns with its notes, and counts one service as one', () => {
  const seen = facts({
    services: [serviceFacts({})],
    workspace: {
      tool: 'pnpm',
      runner: null,
      members: [{ path: 'a', name: 'a', deployable: true }],
      evidence: { file: 'pnpm-workspace.yaml', line: 1 },
    } as never,
    notes: [{ file: 'package.json', line: 7, message: `several ${'lock files '.repeat(12)}` }],
  });
  const text = factsText(seen, { names: new Map(), ours: new Set(), style, columns: 80 });
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).toContain(', 1 of them a service');
});
