/** Alert routing: who is told of which alert, when, and in which words. */
import { posix } from 'node:path';
import { defineGenerator, type NextStep, text } from '../src/define.ts';
import type { System, View } from '../src/model.ts';
import {
  alertSecrets,
  alertSecretsFolder,
  type Channel,
  channelsOf,
  emailObstacle,
  SECRETS_FOLDER,
  SMARTHOST,
  smarthostOf,
  TIMINGS,
} from './shared/alert-channels.ts';
import { compareStep, keepsItsOwn } from './shared/ci-next-steps.ts';
import { cloudServices } from './shared/cloud.ts';
import { serversOf } from './shared/observability-stack.ts';

const smarthost = text(SMARTHOST, {
  message: 'Which mail server takes the alerts?',
  help: 'Host and port of the mail server, where alerts go by e-mail: smtp.example.org:587.',
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?:[0-9]{1,5}$/,
  expected: 'a host and a port like "mail.acme.io:587"',
  required: false,
});

export const alertmanager = defineGenerator({
  id: 'alertmanager',
  title: 'Alert routing',
  summary: 'Alertmanager routes by severity, inhibition within a family, message templates',
  questions: [smarthost],
  applies: (system) =>
    cloudServices(system).length > 0 || 'no service runs for long, so there is nothing to be alerted of',
  files: ({ system }) => [
    {
      path: system.layout.alertmanager.config,
      template: 'alertmanager/alertmanager.yml.ejs',
      view: configView(system),
    },
    {
      path: messagesPath(system),
      template: 'alertmanager/messages.tmpl.ejs',
      view: {},
    },
  ],
  nextSteps: ({ system }) => nextSteps(system),
});

function messagesPath(system: System): string {
  return posix.join(system.layout.alertmanager.templates, 'messages.tmpl');
}

function configView(system: System): View {
  const { config } = system.layout.alertmanager;
  const channels = channelsOf(system);
  return {
    project: system.project.slug,
    secrets: SECRETS_FOLDER,
    templates: posix.relative(posix.dirname(config), messagesPath(system)),
    timings: TIMINGS,
    warningMinutes: 15,
    fallback: fallbackOf(channels),
    channel: system.observability.chat.channel,
    smarthost: channels.some(({ kind }) => kind === 'email') ? smarthostOf(system) : null,
    channels: channels.map(({ role, kind, place, secret }) => ({
      role,
      kind,
      place: `${place[0]?.toUpperCase()}${place.slice(1)}.`,
      secret,
      // A digest tells what was; nobody waits for its end.
      resolved: role !== 'info',
    })),
  };
}

/** Who hears of an alert without a severity: the warnings' channel, and where it has none, whoever is told of anything. */
function fallbackOf(channels: readonly Channel[]): Channel['role'] {
  const told = (['warning', 'critical'] as const).find((role) =>
    channels.some((channel) => channel.role === role && channel.kind !== 'none'),
  );
  return told ?? 'warning';
}

function nextSteps(system: System): readonly NextStep[] {
  const { config } = system.layout.alertmanager;
  if (keepsItsOwn(system, config)) return [compareStep(config)];
  return [...unheard(system), ...secretSteps(system)];
}

/** What nobody is told of. ALERT-007 ALERT-008 */
function unheard(system: System): readonly NextStep[] {
  const channels = channelsOf(system);
  const kinds = new Map(channels.map(({ role, kind }) => [role, kind]));
  const place = channels.find(({ role }) => role === 'critical')?.place;
  const obstacle = emailObstacle(system);
  const remedy =
    obstacle === null
      ? 'choose observability.pager or observability.chat.kind'
      : `e-mail cannot be sent, as ${obstacle}: say observability.chat.channel and alertmanager.smarthost`;
  if (kinds.get('critical') === 'none')
    return [
      {
        text: `Nobody is told of any alert; they stand on the page of Alertmanager only. To change that, ${remedy}.`,
        standard: 'ALERT-007',
      },
    ];
  const paged: readonly NextStep[] =
    kinds.get('critical') === 'pagerduty'
      ? []
      : [
          {
            text: `Critical alerts go where warnings go (${place}), and wake nobody: choose observability.pager once somebody is on call.`,
            standard: 'ALERT-007',
          },
        ];
  const warned: readonly NextStep[] =
    kinds.get('warning') === 'none'
      ? [
          {
            text: `Nobody is told of warnings; they stand on the page of Alertmanager only. To change that, ${remedy}.`,
            standard: 'ALERT-008',
          },
        ]
      : [];
  return [...paged, ...warned];
}

/** One step for all of them: the first one's standard is the gravest. */
function secretSteps(system: System): readonly NextStep[] {
  const local = serversOf(system).some(({ job }) => job === 'alertmanager');
  const secrets = alertSecrets(system);
  const list = secrets.map(({ file, what }) => `${file} (${what}; until then ${lostWithout(file, system)})`);
  const where = local ? `${alertSecretsFolder(system)} (git-ignored)` : `${SECRETS_FOLDER} where Alertmanager runs`;
  const [first] = secrets;
  if (!first) return [];
  return [
    { text: `Fill in the secrets of the alert channels in ${where}: ${list.join(', ')}.`, standard: first.standard },
  ];
}

const MESSAGES: Readonly<Record<Exclude<Channel['role'], 'heartbeat'>, string>> = {
  critical: 'critical alerts',
  warning: 'warnings',
  info: 'digests',
};

/** What does not arrive as long as the secret is not there. */
function lostWithout(file: string, system: System): string {
  const lost = channelsOf(system).flatMap(({ role, secret }) =>
    secret === file && role !== 'heartbeat' ? [MESSAGES[role]] : [],
  );
  if (lost.length === 0) return 'nobody notices when the monitoring itself stops';
  const last = lost.at(-1);
  return `${[lost.slice(0, -1).join(', '), last].filter(Boolean).join(' and ')} reach nobody`;
}
