/** What CI and the security scan agree on: how an image is built and scanned, and who hears of a red default branch. */
import type { Pins } from '../../src/define.ts';
import type { Service, System } from '../../src/model.ts';
import { registryToken } from './package-manager.ts';
import type { Action } from './workflow-toolchain.ts';

export type ImageBuild = Readonly<{
  checkout: Action;
  buildx: Action;
  build: Action & Readonly<{ revision: boolean }>;
  trivy: Trivy;
  upload: Action;
  image: string;
  dockerfile: string;
  token: string | null;
}>;

export type Trivy = Action & Readonly<{ version: string; severity: string }>;

/** Version and severities of every Trivy step. */
export function trivyOf(system: System, pins: Pins): Trivy {
  return {
    ...pins.action('aquasecurity/trivy-action'),
    version: `v${pins.imageOf('aquasec/trivy').tag}`,
    severity: [...system.security.failOn].sort().reverse().join(','),
  };
}

export function imageOf(system: System, service: Service, pins: Pins): ImageBuild {
  return {
    checkout: pins.action('actions/checkout'),
    buildx: pins.action('docker/setup-buildx-action'),
    // An argument of our own Dockerfile.
    build: { ...pins.action('docker/build-push-action'), revision: service.files.dockerfileOwner === 'us' },
    trivy: trivyOf(system, pins),
    upload: pins.action('actions/upload-artifact'),
    image: service.image,
    dockerfile: service.files.dockerfile,
    token: registryToken(service.traps),
  };
}

export type Notify = Readonly<{
  /** `issue` where the team has no chat: an issue reaches everybody who watches the repository. */
  by: 'slack' | 'teams' | 'issue';
  secret: string | null;
  where: string;
  workflow: string;
  project: string;
}>;

/** The environment that holds the webhook; only runs on the default branch need it. */
export const NOTIFY_ENVIRONMENT = 'notifications';

export function notifyOf(system: System, workflow: string): Notify {
  const { kind, channel } = system.observability.chat;
  const by = kind === 'slack' || kind === 'teams' ? kind : 'issue';
  return {
    by,
    secret: by === 'issue' ? null : `${by.toUpperCase()}_WEBHOOK_URL`,
    where: by === 'issue' ? 'an issue' : channel,
    workflow,
    project: system.project.name,
  };
}
