/** What `verify` says of metrics, alerts, runbooks and stacks: with the arithmetic, and never more than it looked at. */
import { describe, expect, it } from 'vitest';
import { canExceed } from '../../../generators/shared/alerts/http.ts';
import { prometheusAlerts } from '../../../generators/shared/alerts/index.ts';
import { contractOf, contractsOf, seriesOf } from '../../../generators/shared/metrics.ts';
import { catalog } from '../../../src/generated/catalog.ts';
import type { DeclaredMetric, MetricsEndpoint, System } from '../../../src/model.ts';
import { seriesOfService } from '../../../src/standards/checks/metric-names.ts';
import { tellsLate, whyUntimed } from '../../../src/standards/checks/request-times.ts';
import { type Artifact, checkAll } from '../../../src/standards/index.ts';
import { checkInput } from '../../../src/standards/input.ts';
import { service } from '../../helpers/system.ts';
import { ENDPOINTS, SYSTEMS } from '../../tools/prometheus-systems.ts';
import { operationsMatrix } from './operations.ts';
import { rendered, requestOf, treeOf } from './rendered.ts';

const measured = operationsMatrix['operations-measured'] as System;
const ALERTMANAGER = 'monitoring/alertmanager/alertmanager.yml';
const RULES = 'monitoring/prometheus/rules';
const TESTS = 'infrastructure/cdktf/tests';

type Edits = Readonly<Record<string, ((text: string) => string) | null>>;

/** `null`: the file is gone. Whatever is edited is known to be. */
function report(edits: Edits = {}, origin: Artifact['origin'] = 'edited') {
  const tree = new Map(treeOf(rendered(measured)));
  const origins: Record<string, Artifact['origin']> = {};
  for (const [path, edit] of Object.entries(edits)) {
    if (edit === null) tree.delete(path);
    else tree.set(path, edit(tree.get(path) ?? ''));
    origins[path] = origin;
  }
  return checkAll(requestOf(measured, tree, origins), catalog);
}

const verdict = (id: string, { verdicts }: ReturnType<typeof report>) =>
  verdicts.find(({ standard }) => standard === id);
const of = (id: string, { findings }: ReturnType<typeof report>) => findings.filter(({ standard }) => standard === id);

describe('time to page', () => {
  it('is told as a sum', () => {
    const found = of(
      'OBS-016',
      report({ [`${RULES}/availability.yml`]: (text) => text.replace('for: 1m', 'for: 10m') }),
    );
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^\w+ pages after 10 min 35 s; the standard asks for less than 5 minutes \(5 s scrape \+ 30 s evaluation \+ 10 min 0 s for \+ 0 s wait\)\.$/,
      ),
    ]);
  });

  it('counts what the route waits', () => {
    const found = of('OBS-016', report({ [ALERTMANAGER]: (text) => text.replace('group_wait: 0s', 'group_wait: 3m') }));
    expect(found).toEqual([]);
    const late = (text: string) => text.replace(/(receiver: critical[\s\S]*?group_wait:) 0s/, '$1 4m');
    const messages = of('OBS-016', report({ [ALERTMANAGER]: late })).map(({ message }) => message);
    expect(messages.length).toBeGreaterThan(2);
    for (const message of messages) expect(message).toContain('+ 4 min 0 s wait).');
  });
});

describe('what only synthesized stacks show', () => {
  const [named] = [...treeOf(rendered(measured))].find(
    ([path, text]) => path.startsWith(`${TESTS}/`) && /['"`]SEC-017\b/.test(text),
  ) ?? ['no test names SEC-017'];

  it('is checked by the tests that name it', () => {
    expect(verdict('SEC-017', report())).toMatchObject({
      state: 'not-checked',
      reason: `checked there: npm test in infrastructure/cdktf (${named.replace('infrastructure/cdktf/', '')})`,
    });
  });

  it('is not, where the file is gone', () => {
    const { reason } = verdict('SEC-017', report({ [named]: null })) as { reason: string };
    expect(reason).toContain(`no test in ${TESTS} names it`);
    expect(reason).toContain(`${named} is not there`);
  });

  it('is told to be edited, where it was', () => {
    expect(verdict('SEC-017', report({ [named]: (text) => `${text}\n// mine\n` }))).toMatchObject({
      reason: expect.stringContaining(`${named}: edited since we wrote it`),
    });
  });

  it('is not shown by a comment', () => {
    const edit = (text: string) => text.replace(/^(\s*)(?:it|describe)\((['"`])SEC-017.*$/gm, '$1// SEC-017, one day');
    expect(verdict('SEC-017', report({ [named]: edit }))).toMatchObject({
      reason: expect.stringContaining('no test in'),
    });
  });
});

describe('files of the user', () => {
  it('are told about for information', () => {
    const { findings, verdicts } = report(
      { [ALERTMANAGER]: () => 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n' },
      'foreign',
    );
    const about = findings.filter(({ file }) => file === ALERTMANAGER);
    expect(about.length).toBeGreaterThan(3);
    expect(about.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(verdicts.find(({ standard }) => standard === 'ALERT-007')).toMatchObject({ state: 'not-checked' });
  });
});

describe('names of metrics', () => {
  it.each(Object.entries(operationsMatrix))('%s: what rules are written from is what checks know', (_, system) => {
    for (const contract of contractsOf(system)) {
      expect(seriesOfService(contract.endpoint)).toEqual(expect.arrayContaining([...seriesOf(contract)]));
    }
  });

  it('are suggested, where they are misspelt', () => {
    const edit = (text: string) => text.replaceAll('node_filesystem_avail_bytes', 'node_filesystem_avial_bytes');
    expect(of('X-METRICS', report({ [`${RULES}/host.yml`]: edit }))[0]).toMatchObject({
      severity: 'error',
      message: 'LowDisk reads node_filesystem_avial_bytes, which nobody shows. Is it node_filesystem_avail_bytes?',
    });
  });

  it('of an exporter may be others than those we know', () => {
    const edit = (text: string) => text.replaceAll('node_filesystem_avail_bytes', 'node_zfs_arc_hits');
    expect(of('X-METRICS', report({ [`${RULES}/host.yml`]: edit }))).toEqual([]);
  });
});

describe('how long requests take', () => {
  const objectives = [0.04, 0.1, 0.5, 1.5, 2.5, 10, 60];
  const one = (kind: DeclaredMetric['kind'], name: string, labels: DeclaredMetric['labels'], ...buckets: number[]) =>
    ({ name, kind, labels, buckets: buckets.length === 0 ? null : buckets }) as const;
  const status = ['method', 'status'];
  const declared: readonly (readonly DeclaredMetric[])[] = [
    [],
    [one('histogram', 'http_request_duration_seconds', status)],
    [{ ...one('histogram', 'http_request_duration_seconds', status), buckets: [] }],
    [one('histogram', 'http_request_duration_seconds', status, 0.5)],
    [one('histogram', 'http_request_duration_seconds', status, 2.5, 0.1)],
    [one('histogram', 'http_request_duration_seconds', null, 2.5)],
    [one('histogram', 'http_request_duration_seconds', ['method'], 2.5)],
    [one('histogram', 'job_duration_seconds', status, 2.5)],
    [one('histogram', 'http requests_seconds', status, 2.5)],
    [one('histogram', 'http_request_duration', status, 2.5)],
    [one('histogram', 'http_request_duration_ms', ['code'], 100, 500)],
    [one('histogram', 'http_request_duration_milliseconds', ['http_status'], 100, 501)],
    [one('histogram', 'response_millis', ['response_code'], 100, 2500)],
    [one('summary', 'http_request_duration_seconds', status)],
    [one('counter', 'http_requests_total', status), one('histogram', 'http_response_time_ms', ['method'], 100, 1000)],
    [one('counter', 'http_requests_total', status), one('gauge', 'http_response_time_ms', ['method'])],
    [one('histogram', 'http_size', status, 9000), one('histogram', 'http_request_duration_seconds', status, 0.3)],
    [one('histogram', 'http_server_request_duration', ['http_response_status_code'])],
    [one('histogram', 'http_server_duration', ['http_status_code'])],
  ];
  const libraries = [...new Set([...Object.values(ENDPOINTS).map(({ library }) => library), 'swagger-stats'])];
  const endpoints: readonly MetricsEndpoint[] = libraries.flatMap((library) =>
    (['application', 'preload'] as const).flatMap((source) =>
      declared.map((metrics) => ({ ...ENDPOINTS['prom-client'], source, library, declared: metrics })),
    ),
  );

  it('is known to checks where rules are written about it', () => {
    const said = new Set<boolean>();
    for (const seconds of objectives)
      for (const metrics of endpoints)
        for (const port of [3000, null]) {
          const each = service({ metrics, port });
          const contract = contractOf(each);
          const told = contract !== null && canExceed(contract, seconds);
          expect(tellsLate(each, seconds), JSON.stringify({ seconds, port, metrics })).toBe(told);
          said.add(told);
        }
    expect(said.size).toBe(2);
  });

  const systems = Object.entries({ ...operationsMatrix, ...SYSTEMS }).filter(([, { generators }]) =>
    generators.includes('prometheus'),
  );

  it.each(systems)('%s: what is demanded is what is written', (_, system) => {
    const untimed = whyUntimed(checkInput(requestOf(system, new Map())));
    const slow = prometheusAlerts(system).some(({ name }) => name === 'HighResponseTime');
    expect(untimed === null).toBe(slow);
  });

  it('is told not to be checked where no bucket is above the objective', () => {
    const system = operationsMatrix['operations-short-buckets-local'] as System;
    const { findings, verdicts } = checkAll(requestOf(system, treeOf(rendered(system))), catalog);
    expect(findings).toEqual([]);
    for (const id of ['ALERT-002', 'ALERT-015'])
      expect(
        verdicts.find(({ standard }) => standard === id),
        id,
      ).toMatchObject({
        state: 'not-checked',
        reason: 'no histogram of requests has a bucket above 0.5 s, so Prometheus cannot tell whether they take longer',
      });
  });
});

describe('robustness', () => {
  const tree = treeOf(rendered(measured));
  const judged = [...tree.keys()].filter(
    (path) =>
      /^monitoring\/.*\.yml$/.test(path) ||
      /runbooks\/(\w[\w-]*|alerts\/ServiceDown)\.md$/.test(path) ||
      /config\/services\.json$/.test(path),
  );

  it.each(judged)('%s may be broken anywhere', (path) => {
    const lines = tree.get(path)?.split('\n') ?? [];
    const middle = Math.floor(lines.length / 2);
    const spoilt = [
      lines.slice(0, middle),
      lines.toSpliced(Math.floor(lines.length / 3), 1),
      lines.with(middle, (lines[middle] ?? '').replace(/:\s.*$|:$/, ': [{}]')),
    ];
    for (const text of spoilt) expect(() => report({ [path]: () => text.join('\n') })).not.toThrow();
  });
});
