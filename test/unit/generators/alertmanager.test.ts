import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertmanager } from '../../../generators/alertmanager.ts';
import { alertSecrets, channelsOf, SMARTHOST, TIMINGS } from '../../../generators/shared/alert-channels.ts';
import { secondsOf } from '../../../generators/shared/alerts/timing.ts';
import { pinsFrom } from '../../../src/core/pins.ts';
import { renderFile } from '../../../src/core/render/render.ts';
import { InvalidAnswer } from '../../../src/define.ts';
import * as pinData from '../../../src/generated/pins.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { System } from '../../../src/model.ts';
import { baseSystem, service, system } from '../../helpers/system.ts';

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);
const generators = [...baseSystem.generators, 'prometheus', 'alertmanager'];

function files(sys: System): Readonly<Record<string, string>> {
  const specs = alertmanager.files({ system: sys, answers: {}, outputs: {}, pins });
  return Object.fromEntries(specs.map((spec) => [spec.path, renderFile(templates, alertmanager.id, spec).text]));
}

type Receiver = { name: string } & Record<string, readonly Record<string, unknown>[]>;
type Config = {
  global?: Record<string, string>;
  route: { receiver: string };
  receivers: Receiver[];
  templates: string[];
};
const config = (sys: System): Config => parse(files(sys)[sys.layout.alertmanager.config] ?? '') as Config;

const observed = (
  pager: System['observability']['pager'],
  kind: System['observability']['chat']['kind'],
  changes: Partial<System> = {},
  channel = kind === 'email' ? 'ops@acme.io' : '#orders-alerts',
) => {
  const observability = { ...baseSystem.observability, pager, chat: { kind, channel } };
  return system({ generators, observability, ...changes });
};

const mail = { options: { alertmanager: { [SMARTHOST]: 'mail.acme.io:587' } } };

it('makes the routes and the messages, where the layout wants them', () => {
  expect(Object.keys(files(observed('pagerduty', 'slack')))).toEqual([
    'monitoring/alertmanager/alertmanager.yml',
    'monitoring/alertmanager/templates/messages.tmpl',
  ]);
  expect(config(observed('pagerduty', 'slack')).templates).toEqual(['templates/messages.tmpl']);
});

it.each([
  ['pagerduty', 'slack', ['pagerduty_configs', 'slack_configs', 'slack_configs', 'webhook_configs'], 'warning'],
  ['pagerduty', 'teams', ['pagerduty_configs', 'msteamsv2_configs', 'msteamsv2_configs', 'webhook_configs'], 'warning'],
  ['pagerduty', 'email', ['pagerduty_configs', 'email_configs', 'email_configs', 'webhook_configs'], 'warning'],
  ['pagerduty', 'none', ['pagerduty_configs', null, null, 'webhook_configs'], 'critical'],
  ['none', 'slack', ['slack_configs', 'slack_configs', 'slack_configs', 'webhook_configs'], 'warning'],
  ['none', 'none', [null, null, null, 'webhook_configs'], 'warning'],
] as const)('pager %s and chat %s', (pager, kind, kinds, fallback) => {
  const made = config(observed(pager, kind, mail));
  const receivers = made.receivers.map((receiver) => Object.keys(receiver).find((key) => key !== 'name') ?? null);
  expect(receivers).toEqual(kinds);
  expect(made.route.receiver).toBe(fallback);
});

it('names each secret as a file that Compose mounts, and writes none down', () => {
  for (const kind of ['slack', 'teams', 'email'] as const) {
    const sys = observed('pagerduty', kind, mail);
    const text = files(sys)[sys.layout.alertmanager.config] ?? '';
    const read = [...text.matchAll(/_file: \/run\/secrets\/(\S+)/g)].map(([, file]) => file);
    expect(new Set(read)).toEqual(new Set(alertSecrets(sys).map(({ file }) => file)));
    expect(text).not.toMatch(/https?:|_key:|password:/);
  }
});

describe('e-mail', () => {
  it('comes from the address that was given, by the server that was named', () => {
    expect(config(observed('none', 'email', mail)).global).toEqual({
      smtp_smarthost: 'mail.acme.io:587',
      smtp_from: 'ops@acme.io',
      smtp_auth_username: 'ops@acme.io',
      smtp_auth_password_file: '/run/secrets/smtp-password',
    });
  });

  it.each([
    ['nobody named a server', observed('none', 'email')],
    ['the channel is no address', observed('none', 'email', mail, '#orders-alerts')],
  ])('reaches nobody where %s, which a step tells', (_, sys) => {
    expect(channelsOf(sys).map(({ kind }) => kind)).toEqual(['none', 'none', 'none', 'webhook']);
    expect(config(sys)).not.toHaveProperty('global');
    const [step] = alertmanager.nextSteps({ system: sys, answers: {}, outputs: {}, pins });
    expect(step).toMatchObject({ standard: 'ALERT-007' });
    expect(step?.text).toContain('alertmanager.smarthost');
  });

  it('takes a host with a port for a server, and nothing else', () => {
    const [question] = alertmanager.questions;
    expect(question?.parse('mail.acme.io:587')).toBe('mail.acme.io:587');
    for (const wrong of ['mail.acme.io', 'https://mail.acme.io:25', 'a b:25', 'host:25\nsmtp_from: x', '-x:25'])
      expect(() => question?.parse(wrong), wrong).toThrow(InvalidAnswer);
  });
});

describe('next steps', () => {
  const steps = (sys: System) =>
    alertmanager.nextSteps({ system: sys, answers: {}, outputs: {}, pins }).map(({ text }) => text);

  it('list the secrets in one, with what is lost without each', () => {
    const made = steps(observed('pagerduty', 'slack'));
    expect(made).toHaveLength(1);
    expect(made[0]).toContain('in .secrets/alertmanager (git-ignored): pagerduty-routing-key (');
    expect([...(made[0] ?? '').matchAll(/until then ([^)]+)\)/g)].map(([, lost]) => lost)).toEqual([
      'critical alerts reach nobody',
      'warnings and digests reach nobody',
      'nobody notices when the monitoring itself stops',
    ]);
    expect(steps(observed('none', 'teams'))[1]).toContain('critical alerts, warnings and digests reach nobody');
  });

  it('name the folder in the container where no stack of ours runs', () => {
    const sys = observed('pagerduty', 'slack', { generators: ['alertmanager'] });
    expect(steps(sys)[0]).toContain('in /run/secrets where Alertmanager runs');
  });

  it('compare with a configuration that is the owner’s', () => {
    const path = baseSystem.layout.alertmanager.config;
    const existing = [{ role: 'monitoring' as const, path, system: 'alertmanager' }];
    const sys = observed('pagerduty', 'slack', { project: { ...baseSystem.project, existing } });
    expect(alertmanager.nextSteps({ system: sys, answers: {}, outputs: {}, pins })).toMatchObject([
      { command: `npx create-devops-setup diff ${path}` },
    ]);
  });
});

it('keeps the promised times', () => {
  expect(secondsOf(TIMINGS.critical.wait)).toBe(0);
  expect(secondsOf(TIMINGS.warning.wait) + secondsOf(TIMINGS.warning.interval)).toBeLessThanOrEqual(15 * 60);
  const { interval, repeat } = TIMINGS.heartbeat;
  // The first look after `repeat` is the second one, a minute after the last beat.
  expect(Math.ceil(secondsOf(repeat) / secondsOf(interval)) * secondsOf(interval)).toBe(60);
  expect(secondsOf(repeat) % secondsOf(interval)).not.toBe(0);
});

it('applies where something runs for long', () => {
  expect(alertmanager.applies(system())).toBe(true);
  expect(alertmanager.applies(system({ services: [service({ kind: 'library', start: null })] }))).toMatch(/nothing/);
});
