/** The emitted Alertmanager: judged, its routes asked, its messages rendered, and a drill with the real one at the shipped timings. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertmanager } from '../../generators/alertmanager.ts';
import { alertSecrets, channelsOf, SMARTHOST } from '../../generators/shared/alert-channels.ts';
import { type PrometheusAlert, prometheusAlerts } from '../../generators/shared/alerts/index.ts';
import { pinsFrom } from '../../src/core/pins.ts';
import { renderFile } from '../../src/core/render/render.ts';
import * as pinData from '../../src/generated/pins.ts';
import { templates } from '../../src/generated/templates.ts';
import type { System } from '../../src/model.ts';
import { baseSystem, service, system } from '../helpers/system.ts';
import { datastore, link } from '../helpers/system-matrix.ts';
import { lint } from './alertmanager-lint.ts';
import { deliveries, type Server, scratch, startAlertmanager, startReceiver, stop } from './drill.ts';
import { isWaived, run } from './judges.ts';

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);
const { dir, remove } = scratch();
afterAll(remove);

type Observability = System['observability'];

function routed(pager: Observability['pager'], kind: Observability['chat']['kind']): System {
  const channel = kind === 'email' ? 'ops@acme.io' : '#orders-alerts';
  return system({
    generators: [...baseSystem.generators, 'prometheus', 'alertmanager'],
    observability: { ...baseSystem.observability, pager, chat: { kind, channel } },
    options: { alertmanager: { [SMARTHOST]: 'mail.acme.io:587' } },
  });
}

/** Writes what the generator makes; returns the path of alertmanager.yml. */
function write(sys: System, name: string): string {
  for (const spec of alertmanager.files({ system: sys, answers: {}, outputs: {}, pins })) {
    const path = join(dir, name, spec.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, renderFile(templates, alertmanager.id, spec).text);
  }
  return join(dir, name, sys.layout.alertmanager.config);
}

const COMBINATIONS = (['pagerduty', 'none'] as const).flatMap((pager) =>
  (['slack', 'teams', 'email', 'none'] as const).map((kind) => ({ pager, kind })),
);

/** Different texts that a chat is sent. */
const TEXTS = { slack: 3, teams: 2, email: 2, none: 0 } as const;

describe.each(COMBINATIONS)('pager $pager, chat $kind', ({ pager, kind }) => {
  const sys = routed(pager, kind);
  const file = write(sys, `${pager}-${kind}`);
  const text = readFileSync(file, 'utf8');

  it.skipIf(isWaived('amtool'))('is accepted by amtool', async () => {
    const { code, stdout, stderr } = await run('amtool', ['check-config', file]);
    expect(stdout + stderr).toContain('SUCCESS');
    expect(stdout).toContain('1 templates');
    expect(code).toBe(0);
  });

  it('keeps what amtool does not look at', () => {
    const secrets = alertSecrets(sys).map((secret) => secret.file);
    expect(lint(text, file, secrets)).toEqual([]);
  });

  it.skipIf(isWaived('amtool'))('sends each severity to its receiver', async () => {
    const fallback = kind === 'none' && pager === 'pagerduty' ? 'critical' : 'warning';
    const wanted: readonly (readonly [string, readonly string[]])[] = [
      ['critical', ['severity=critical', 'alertname=HighErrorRate', 'service=orders']],
      ['warning', ['severity=warning', 'alertname=HighResponseTime']],
      ['info', ['severity=info', 'alertname=HighCpu']],
      ['heartbeat', ['severity=none', 'alertname=Watchdog']],
      [fallback, ['alertname=SomebodyElses']],
      [fallback, ['severity=page', 'alertname=SomebodyElses']],
    ];
    for (const [receiver, labels] of wanted) {
      const { code, stdout } = await run('amtool', [
        ...['config', 'routes', 'test', `--config.file=${file}`, `--verify.receivers=${receiver}`],
        ...labels,
      ]);
      expect(`${labels[0]} ${stdout.trim()}`).toBe(`${labels[0]} ${receiver}`);
      expect(code).toBe(0);
    }
    const wrong = ['config', 'routes', 'test', `--config.file=${file}`, '--verify.receivers=info', 'severity=critical'];
    expect((await run('amtool', wrong)).code).toBe(1);
  });

  it('says who is told, and what is missing', () => {
    const steps = alertmanager.nextSteps({ system: sys, answers: {}, outputs: {}, pins });
    const unmet = steps.map(({ standard }) => standard);
    expect(unmet[0]).toBe(kind === 'none' && pager === 'pagerduty' ? 'ALERT-008' : 'ALERT-007');
    expect(steps.length).toBeLessThanOrEqual(2);
    expect(steps.some(({ text: step }) => step.startsWith('Nobody is told of any alert'))).toBe(
      pager === 'none' && kind === 'none',
    );
    for (const { secret } of channelsOf(sys)) if (secret) expect(text).toContain(`/run/secrets/${secret}`);
  });

  it.skipIf(isWaived('amtool'))('renders every text it sends, hostile labels included', async () => {
    const data = join(dir, `${pager}-${kind}.json`);
    writeFileSync(data, JSON.stringify(hostile()));
    const glob = join(dirname(file), 'templates/*.tmpl');
    const texts = new Set([...text.matchAll(/'(\{\{ template .+ \}\})'/g)].map(([, template = '']) => template));
    expect(texts.size).toBe(pager === 'pagerduty' ? (kind === 'none' ? 4 : 5) : TEXTS[kind]);
    for (const template of texts) {
      const args = ['template', 'render', `--template.glob=${glob}`, `--template.data=${data}`];
      const { code, stdout, stderr } = await run('amtool', [...args, `--template.text=${template}`]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout.trim()).not.toBe('');
      expect(stdout).not.toMatch(/<!channel>|<https:\/\/evil|\[click\]|<script|<no value>/);
    }
  });
});

it('sends no mail without a server or an address, and says so', () => {
  const named = routed('none', 'email');
  const silent = [
    { ...named, options: {} },
    {
      ...named,
      observability: { ...named.observability, chat: { kind: 'email' as const, channel: '#orders-alerts' } },
    },
  ];
  for (const sys of silent) {
    expect(channelsOf(sys).map(({ kind }) => kind)).toEqual(['none', 'none', 'none', 'webhook']);
    const [step] = alertmanager.nextSteps({ system: sys, answers: {}, outputs: {}, pins });
    expect(step?.text).toMatch(/e-mail cannot be sent, as .*alertmanager\.smarthost/);
  }
});

/** A digest of three: one carries what somebody outside sent, one nothing at all, and one is over. */
function hostile() {
  const alert = (labels: Record<string, string>, annotations: Record<string, string>, status = 'firing') => ({
    status,
    labels,
    annotations,
    startsAt: '2026-11-21T10:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://127.0.0.1:9090/graph',
    fingerprint: 'a',
  });
  const evil =
    '<!channel> <https://evil.example|click> [click](https://evil.example) <script>\n*bold* {{ .Status }} `x`';
  const annotations = {
    summary: 'Users see errors.',
    description: `7 % of the requests to ${evil} failed.`,
    action: 'Look at the last deployment.',
    runbook_url: 'javascript:alert(1)',
  };
  const labels = { alertname: 'HighErrorRate', service: evil, severity: 'critical', instance: evil };
  return {
    receiver: 'critical',
    status: 'firing',
    alerts: [alert(labels, annotations), alert({}, {}), alert(labels, annotations, 'resolved')],
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: { summary: annotations.summary },
    externalURL: 'http://127.0.0.1:9093',
  };
}

describe.skipIf(isWaived('amtool'))('a message', () => {
  const file = write(routed('pagerduty', 'slack'), 'message');
  const render = async (text: string, data: object) => {
    const path = join(dir, 'message.json');
    writeFileSync(path, JSON.stringify(data));
    const args = ['template', 'render', `--template.glob=${join(dirname(file), 'templates/*.tmpl')}`];
    const { stdout } = await run('amtool', [...args, `--template.data=${path}`, `--template.text=${text}`]);
    return stdout.trim();
  };
  const data = hostile();
  const [one] = data.alerts;
  const plain = {
    ...data,
    alerts: [
      {
        ...one,
        labels: { alertname: 'HighErrorRate', service: 'orders', severity: 'critical' },
        annotations: {
          summary: 'Users see errors.',
          description: '7 % of the requests failed.',
          action: 'Look at the last deployment.',
          runbook_url: 'https://github.com/acme/orders/blob/main/docs/runbooks/alerts/HighErrorRate.md',
        },
      },
    ],
    commonLabels: { alertname: 'HighErrorRate', service: 'orders', severity: 'critical' },
  };

  it('says what users feel, what was measured, what to do first and where it is written', async () => {
    expect(await render('{{ template "message.title" . }}', plain)).toBe(
      '[CRITICAL] HighErrorRate orders: Users see errors.',
    );
    expect(await render('{{ template "message.list" .Alerts }}', plain)).toBe(
      [
        'HighErrorRate of orders',
        '- Impact: Users see errors.',
        '- Measured: 7 % of the requests failed.',
        '- First step: Look at the last deployment.',
        '- Runbook: https://github.com/acme/orders/blob/main/docs/runbooks/alerts/HighErrorRate.md',
      ].join('\n'),
    );
    expect(await render('{{ template "message.link" . }}', plain)).toMatch(/HighErrorRate\.md$/);
  });

  it('links nothing but an https address, and tells the end from the beginning', async () => {
    expect(await render('{{ template "message.link" . }}', data)).toBe('http://127.0.0.1:9093');
    expect(await render('{{ template "message.title" . }}', { ...plain, status: 'resolved' })).toMatch(
      /^\[RESOLVED\] /,
    );
    expect(await render('{{ template "message.title" . }}', { ...data, commonLabels: {} })).toMatch(
      /^\[NO SEVERITY\] 3 alerts/,
    );
  });
});

/** Each line of the table of what amtool passes: one change that has to be found. */
describe('the lint finds', () => {
  const sys = routed('pagerduty', 'slack');
  const file = write(sys, 'lint');
  const text = readFileSync(file, 'utf8');
  const secrets = alertSecrets(sys).map((secret) => secret.file);
  it.each([
    [
      'critical alerts that wait',
      'group_wait: 0s\n      group_interval: 1m\n      repeat_interval: 4h',
      'group_wait: 30s\n      group_interval: 1m\n      repeat_interval: 4h',
    ],
    ['grouping without the name', 'group_by: [alertname, service]', 'group_by: [service]'],
    ['warnings after 15 minutes', 'group_interval: 10m', 'group_interval: 15m'],
    ['info one by one', 'group_wait: 1h', 'group_wait: 1m'],
    ['a watchdog that sleeps', 'repeat_interval: 50s', 'repeat_interval: 1h'],
    ['an unreachable route', `      matchers: ['severity="critical"']\n`, ''],
    ['a matcher of old', `matchers: ['severity="info"']`, 'match: {severity: info}'],
    ['inhibition of strangers', `'family!=""'`, `'team!=""'`],
    ['a key in the text', 'routing_key_file: /run/secrets/pagerduty-routing-key', 'routing_key: R0123456789ABCDEF'],
    [
      'an address in the text',
      'api_url_file: /run/secrets/slack-webhook-url',
      'api_url: https://hooks.slack.com/services/x',
    ],
    ['a variable', 'api_url_file: /run/secrets/slack-webhook-url', 'api_url: ${SLACK_URL}'],
    ['a file that nobody makes', '/run/secrets/heartbeat-url', '/run/secrets/heartbeat'],
    ['a template that is not there', 'templates/messages.tmpl', 'templates/text.tmpl'],
    ['nobody for what has no severity', '  receiver: warning\n  group_by', '  receiver: heartbeats\n  group_by'],
  ])('%s', (_, from, to) => {
    expect(text).toContain(from);
    expect(lint(text.replaceAll(from, to), file, secrets)).not.toEqual([]);
  });
});

/** A system whose table has every group. */
function watched(): System {
  const kinds = ['postgresql', 'mysql', 'redis'] as const;
  const stores = kinds.map((kind) => datastore(kind, ['orders']));
  const metrics = {
    source: 'application' as const,
    port: 3000,
    path: '/metrics',
    library: 'fastify-metrics',
    defaults: true,
    declared: [],
  };
  return {
    ...routed('pagerduty', 'slack'),
    services: [
      service({ metrics, metricsLibrary: 'fastify-metrics', datastores: kinds.map((kind) => link(kind, {})) }),
    ],
    datastores: stores,
  };
}

/** The labels that an alert fires with in its own test. */
function labelsOf(alert: PrometheusAlert): Record<string, string> {
  const { name, severity, type, family, category, prometheus } = alert;
  const shown = prometheus.tests.flatMap(({ checks }) => checks).find(({ fires }) => fires.length > 0);
  const own = { alertname: name, severity, team: 'orders', alert_type: type, family, category };
  return { service: 'orders', ...prometheus.labels, ...shown?.fires[0]?.labels, ...own };
}

describe.skipIf(isWaived('alertmanager'))('a drill: every alert of the table at once', () => {
  const sys = watched();
  const alerts = prometheusAlerts(sys);
  let receiver: Server | undefined;
  let server: Server | undefined;
  beforeAll(async () => {
    receiver = await startReceiver();
    server = await startAlertmanager(write(sys, 'drill'), receiver.url);
  });
  afterAll(() => stop(server, receiver));

  it('pages at once, warns within minutes, collects the rest, and the watchdog beats', async () => {
    expect(new Set(alerts.map(({ severity }) => severity))).toEqual(new Set(['critical', 'warning', 'info', 'none']));
    const began = Date.now();
    const startsAt = new Date(began).toISOString();
    const endsAt = new Date(began + 3_600_000).toISOString();
    // One more: a critical alert of no family and no service, which must silence nobody.
    const stranger = { alertname: 'SomebodyElses', severity: 'critical' };
    const body = [...alerts.map(labelsOf), stranger].map((labels) => ({
      labels,
      annotations: { summary: `${labels.alertname} is.`, runbook_url: `https://runbooks.invalid/${labels.alertname}` },
      startsAt,
      endsAt,
    }));
    const posted = await fetch(`${server?.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(posted.status).toBe(200);
    await sleep(125_000);

    const arrived = await deliveries(receiver?.url ?? '');
    const told = (name: string) =>
      arrived
        .filter(({ body: message }) => new RegExp(`\\b${name}\\b`).test(JSON.stringify(message)))
        .map(({ channel, at }) => ({ channel, seconds: (at - began) / 1000 }));
    const standing = (await (await fetch(`${server?.url}/api/v2/alerts`)).json()) as {
      labels: Record<string, string>;
      status: { state: string };
    }[];
    const suppressed = standing
      .filter(({ status }) => status.state === 'suppressed')
      .map(({ labels }) => labels.alertname);
    const silenced = alerts.filter((alert) => isSilenced(alert, alerts)).map(({ name }) => name);
    expect(suppressed.sort()).toEqual(silenced.sort());

    const slowest: Record<string, number> = {};
    for (const { name, severity } of [...alerts, { name: 'SomebodyElses', severity: 'critical' as const }]) {
      const messages = told(name);
      if (severity === 'info' || silenced.includes(name)) {
        expect(messages, name).toEqual([]);
        continue;
      }
      const channel = { critical: 'pagerduty', warning: 'slack', none: 'heartbeat' }[severity];
      expect(new Set(messages.map((message) => message.channel)), name).toEqual(new Set([channel]));
      const first = messages[0]?.seconds ?? Number.POSITIVE_INFINITY;
      slowest[severity] = Math.max(slowest[severity] ?? 0, first);
      expect(first, name).toBeLessThan(severity === 'warning' ? 75 : 5);
      if (severity === 'warning') expect(first, name).toBeGreaterThan(55);
    }
    const beats = told('Watchdog').map(({ seconds }) => seconds);
    console.log(
      `drill: ${alerts.length} alerts, slowest first message ${JSON.stringify(slowest)} s, ${silenced.length} silenced within their family, heartbeats at ${beats.join(', ')} s`,
    );
    expect(beats.length).toBe(3);
    for (const [i, beat] of beats.entries()) expect(Math.abs(beat - 60 * i)).toBeLessThan(5);
    const waiting = standing.filter(({ labels, status }) => labels.severity === 'info' && status.state === 'active');
    expect(waiting.length + silenced.length).toBeGreaterThan(0);
  }, 180_000);
});

/** Another one of its family on the same service is graver. */
function isSilenced(alert: PrometheusAlert, all: readonly PrometheusAlert[]): boolean {
  const graver: Readonly<Record<string, readonly string[]>> = { warning: ['critical'], info: ['critical', 'warning'] };
  const own = labelsOf(alert);
  return all.some((other) => {
    const labels = labelsOf(other);
    const related = labels.family === own.family && labels.service === own.service;
    return related && (graver[alert.severity] ?? []).includes(other.severity);
  });
}

it('writes a configuration that parses into four receivers', () => {
  const text = readFileSync(write(watched(), 'parsed'), 'utf8');
  expect((parse(text) as { receivers: { name: string }[] }).receivers.map(({ name }) => name)).toEqual([
    'critical',
    'warning',
    'info',
    'heartbeat',
  ]);
});
