/**
 * Metrics for services that serve none: a module of ours that `node --import` loads before the application, with a management port of its own.
 * Its files are written once; from then on they are the user's, like the code that they stand beside.
 */
import type { Pins } from '../../src/define.ts';
import type { FileSpec, MetricsEndpoint, Service, System } from '../../src/model.ts';
import { APP } from './image-install.ts';

/** Where the image has the module. */
export const TELEMETRY = `${APP}/telemetry`;

/** Paths of the management port; `templates/prometheus/telemetry/register.mjs.ejs` answers them. */
export const MANAGEMENT_HEALTH = '/health';

/** The port that the module listens on unless it is told another one. */
const USUAL_PORT = 9464;

/** True where the service is shown by our module. */
export function preloads(service: Service): boolean {
  return service.metrics?.source === 'preload';
}

/** The endpoint that our module opens; null where the service shows itself, or nothing. */
export function managementEndpoint(service: Service): MetricsEndpoint | null {
  return preloads(service) ? service.metrics : null;
}

const NAMES = ['package.json', 'package-lock.json', 'register.mjs'] as const;

/** What an image of the service copies of the module, relative to the root. */
export function telemetryPaths(service: Service, system: System): readonly string[] {
  return preloads(service) ? NAMES.map((name) => `${system.layout.telemetry}/${name}`) : [];
}

/** The folder of the module, where any service needs it; written by the generator of the metrics. */
export function telemetryFiles(system: System, pins: Pins): readonly FileSpec[] {
  if (!system.services.some(preloads)) return [];
  const { manifest, lock } = pins.npmProject('telemetry', `${system.project.slug}-telemetry`);
  const views = { 'package.json': { text: manifest }, 'package-lock.json': { text: lock }, 'register.mjs': {} };
  return NAMES.map((name) => ({
    path: `${system.layout.telemetry}/${name}`,
    template: `prometheus/telemetry/${name}.ejs`,
    view: views[name],
    ownership: 'once',
  }));
}

/** What the image tells the module: another port than the usual one, and the paths that only probes ask for. */
export function telemetryEnvironment(service: Service): readonly Readonly<{ name: string; value: string }>[] {
  const endpoint = managementEndpoint(service);
  if (endpoint === null) return [];
  const { health } = service;
  const probed = health.kind === 'http' ? [health.path, health.readyPath].filter((path) => path !== null) : [];
  return [
    ...(endpoint.port === USUAL_PORT ? [] : [{ name: 'TELEMETRY_PORT', value: String(endpoint.port) }]),
    ...(probed.length === 0 ? [] : [{ name: 'TELEMETRY_IGNORE', value: probed.join(',') }]),
  ];
}
