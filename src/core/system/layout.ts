/** Where each artifact stands. Only the automator's document moves files; everybody else has them at their conventional places. */
import type { ExistingFile, Layout, Service } from '../../model.ts';
import type { Persona } from '../personas.ts';

/** Places of the files that belong to the project as a whole. */
export function layoutOf(persona: Persona): Layout {
  const automator = persona.layout === 'automator';
  return {
    ci: '.github/workflows/ci.yml',
    securityScan: '.github/workflows/security-scan.yml',
    dependabot: '.github/dependabot.yml',
    compose: automator ? 'infrastructure/docker/docker-compose.yml' : 'compose.yaml',
    configuration: 'docs/configuration.md',
    localSecrets: '.secrets',
    stacks: 'infrastructure/cdktf',
    prometheus: {
      config: 'monitoring/prometheus/config.yml',
      ecsConfig: 'monitoring/prometheus/config.ecs.yml',
      rules: 'monitoring/prometheus/rules',
      recordingRules: automator ? 'monitoring/prometheus/rules.yml' : null,
      alertRules: automator ? 'monitoring/alerts/rules.yml' : null,
      tests: 'monitoring/prometheus/tests',
    },
    alertmanager: {
      config: 'monitoring/alertmanager/alertmanager.yml',
      templates: 'monitoring/alertmanager/templates',
    },
    blackbox: 'monitoring/blackbox/blackbox.yml',
    runbooks: 'docs/runbooks',
    contacts: 'docs/runbooks/contacts.yml',
    telemetry: 'telemetry',
  };
}

/**
 * Places of a service's own files. In a workspace they stand where the service lives, and BuildKit reads `<Dockerfile>.dockerignore`, because
 * the build context is the root for all of them. `existing` are the user's own files.
 */
export function serviceFiles(persona: Persona, path: string, existing: readonly ExistingFile[]): Service['files'] {
  const places = placesOf(persona, path);
  const theirs = existing.some((file) => file.path === places.dockerfile);
  return { ...places, dockerfileOwner: theirs ? 'user' : 'us' };
}

function placesOf(persona: Persona, path: string): Omit<Service['files'], 'dockerfileOwner'> {
  if (path !== '.') {
    return {
      dockerfile: `${path}/Dockerfile`,
      dockerignore: `${path}/Dockerfile.dockerignore`,
      dockerignoreCopy: null,
    };
  }
  if (persona.layout === 'automator') {
    const folder = 'infrastructure/docker';
    return {
      dockerfile: `${folder}/Dockerfile`,
      dockerignore: '.dockerignore',
      dockerignoreCopy: `${folder}/.dockerignore`,
    };
  }
  return { dockerfile: 'Dockerfile', dockerignore: '.dockerignore', dockerignoreCopy: null };
}
