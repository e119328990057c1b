/** Where alerts go by severity, and which secrets that takes: routes, Compose and runbooks read it here. */
import { posix } from 'node:path';
import type { System } from '../../src/model.ts';
import { CRITICAL_GROUP_WAIT_SECONDS } from './alerts/timing.ts';
import { serversOf } from './observability-stack.ts';

/** What kind of message a channel carries; also the name of its receiver in Alertmanager. */
export type ChannelRole = 'critical' | 'warning' | 'info' | 'heartbeat';

/** `none`: nobody is told, the alerts stand on Alertmanager's own page. */
export type ChannelKind = 'pagerduty' | 'slack' | 'teams' | 'email' | 'webhook' | 'none';

export type Channel = Readonly<{
  role: ChannelRole;
  kind: ChannelKind;
  /** Where it arrives, in words: `PagerDuty`, `Slack #orders-alerts`. */
  place: string;
  /** File name of its secret; null where it takes none. */
  secret: string | null;
}>;

/** A secret of a channel. It is a file of its own: Alertmanager reads no environment variables. */
export type AlertSecret = Readonly<{
  /** Name in `/run/secrets` and in `folder`. */
  file: string;
  /** Relative to the root: `.secrets/alertmanager/pagerduty-routing-key`. */
  path: string;
  /** What a person puts there. */
  what: string;
  /** What the local stack starts with; it reaches nobody. */
  local: string;
  /** The standard that stays unmet until the secret is there. */
  standard: string;
}>;

/** How long each role waits. ALERT-007 ALERT-008 ALERT-009 */
export const TIMINGS: Readonly<Record<ChannelRole, Readonly<{ wait: string; interval: string; repeat: string }>>> = {
  critical: { wait: `${CRITICAL_GROUP_WAIT_SECONDS}s`, interval: '1m', repeat: '4h' },
  warning: { wait: '1m', interval: '10m', repeat: '12h' },
  info: { wait: '1h', interval: '6h', repeat: '24h' },
  // Once a minute: looked at each 30 seconds, and sent when 50 have passed. With a full minute the moment would always come a little too early.
  heartbeat: { wait: '0s', interval: '30s', repeat: '50s' },
};

/** The question by which Alertmanager's generator asks for the mail server. */
export const SMARTHOST = 'alertmanager.smarthost';

/** Where the secrets lie inside Alertmanager's container. */
export const SECRETS_FOLDER = '/run/secrets';

/** All four channels, the gravest first. Without a pager critical alerts go to the chat, at once. */
export function channelsOf(system: System): readonly Channel[] {
  const chat = chatOf(system);
  const pager: Omit<Channel, 'role'> =
    system.observability.pager === 'pagerduty'
      ? { kind: 'pagerduty', place: 'PagerDuty', secret: 'pagerduty-routing-key' }
      : chat;
  return [
    { role: 'critical', ...pager },
    { role: 'warning', ...chat },
    { role: 'info', ...chat },
    { role: 'heartbeat', kind: 'webhook', place: "a dead man's switch", secret: 'heartbeat-url' },
  ];
}

/** Every secret that Alertmanager reads, each once. */
export function alertSecrets(system: System): readonly AlertSecret[] {
  const files = new Set(channelsOf(system).flatMap(({ secret }) => secret ?? []));
  return [...files].map((file) => ({
    file,
    path: posix.join(alertSecretsFolder(system), file),
    ...described(file, system),
  }));
}

/** Folder of the secrets on a workstation, git-ignored. */
export function alertSecretsFolder(system: System): string {
  return posix.join(system.layout.localSecrets, 'alertmanager');
}

/** The mail server that was named, `smtp.acme.io:587`; null: nobody said. */
export function smarthostOf(system: System): string | null {
  const named = system.options.alertmanager?.[SMARTHOST];
  return typeof named === 'string' ? named : null;
}

/** Why e-mail reaches nobody although it was chosen; null where it does, or was not chosen. */
export function emailObstacle(system: System): string | null {
  const { kind, channel } = system.observability.chat;
  if (kind !== 'email') return null;
  if (!isAddress(channel)) return `"${channel}" is no e-mail address`;
  return smarthostOf(system) === null ? 'nobody named the mail server' : null;
}

function chatOf(system: System): Omit<Channel, 'role'> {
  const { kind, channel } = system.observability.chat;
  if (kind === 'slack') return { kind, place: `Slack ${channel}`, secret: 'slack-webhook-url' };
  if (kind === 'teams') return { kind, place: `Microsoft Teams ${channel}`, secret: 'teams-webhook-url' };
  if (kind === 'email' && emailObstacle(system) === null) return { kind, place: channel, secret: 'smtp-password' };
  return { kind: 'none', place: 'the page of Alertmanager only', secret: null };
}

function isAddress(channel: string): boolean {
  return /^[^@#\s]+@[^@\s]+$/.test(channel);
}

/** What the local stack starts with reaches nobody. */
function described(file: string, system: System): Pick<AlertSecret, 'what' | 'local' | 'standard'> {
  const { channel } = system.observability.chat;
  switch (file) {
    case 'pagerduty-routing-key':
      return {
        what: 'the integration key (Events API v2) of your PagerDuty service',
        local: 'nobody',
        standard: 'ALERT-007',
      };
    case 'slack-webhook-url':
      return {
        what: `the address of an incoming webhook of Slack for ${channel}`,
        local: NOWHERE,
        standard: 'ALERT-008',
      };
    case 'teams-webhook-url':
      return {
        what: `the address of a Teams workflow that posts webhook requests to ${channel}`,
        local: NOWHERE,
        standard: 'ALERT-008',
      };
    case 'smtp-password':
      return { what: `the password of ${channel} at ${smarthostOf(system)}`, local: 'nobody', standard: 'ALERT-008' };
    default:
      return { what: "the address that your dead man's switch waits at", local: ownDoor(system), standard: 'OBS-021' };
  }
}

/** The port where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9/';

/** It answers any POST with success, so that a local stack does not report its own heartbeat as failing. */
function ownDoor(system: System): string {
  const prometheus = serversOf(system).find(({ job }) => job === 'prometheus');
  return prometheus ? `http://${prometheus.name}:${prometheus.port}/api/v1/query?query=1` : NOWHERE;
}
