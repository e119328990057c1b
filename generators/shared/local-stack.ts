/** The commands of the local stack, spelt once: package.json, README and comments say the same. */
import { posix } from 'node:path';
import type { Service, System } from '../../src/model.ts';
import { keepsItsOwn } from './ci-next-steps.ts';

/** Makes the files of secrets that Compose reads. */
export const LOCAL_SECRETS_SCRIPT = 'scripts/local-secrets.sh';

/** Services that run as a container on a workstation. A cron job is started by hand: `docker compose run`. */
export function runsLocally(system: System): readonly Service[] {
  return system.services.filter(({ start, kind }) => start !== null && (kind === 'web' || kind === 'worker'));
}

/** Names that Compose looks for by itself, the one it prefers first. */
const DEFAULT_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** The user's own Compose file at another place than ours, where both would be in each other's way. */
export function otherCompose(system: System): string | null {
  const { layout, project } = system;
  const folders = ['.', posix.dirname(layout.compose)];
  const found = project.existing.find(
    ({ role, path }) =>
      role === 'compose' &&
      path !== layout.compose &&
      folders.includes(posix.dirname(path)) &&
      DEFAULT_NAMES.includes(posix.basename(path)),
  );
  return found?.path ?? null;
}

/** True where the stack of this machine is ours, so that scripts, README and documents can speak of it. */
export function hasStack(system: System): boolean {
  return (
    system.generators.includes('compose') &&
    runsLocally(system).length > 0 &&
    otherCompose(system) === null &&
    !keepsItsOwn(system, system.layout.compose)
  );
}

/** The variable that names a file as the database of a service, which no container beside it can see; null where there is none. */
export function fileDatabase(service: Service): string | null {
  const linked = service.datastores.some(({ variables }) => Object.values(variables).some((name) => name !== null));
  if (linked || service.migrations === null) return null;
  return service.environment.find(({ local }) => local?.startsWith('file:'))?.name ?? null;
}

/** `up` makes the secrets first, where there are any. `run` is how a person calls it. */
export function localCommands(system: System, secrets: boolean): Readonly<{ up: string; down: string; run: string }> {
  const { compose } = system.layout;
  const docker = compose === 'compose.yaml' ? 'docker compose' : `docker compose --file ${compose}`;
  const start = `${docker} up --build --wait`;
  const manager = system.services[0]?.packageManager.name ?? 'npm';
  return {
    up: secrets ? `sh ${LOCAL_SECRETS_SCRIPT} && ${start}` : start,
    down: `${docker} down`,
    run: `${manager} run devops:up`,
  };
}
