/** The commands of the local stack, spelt once: package.json, README and comments say the same. */
import type { Service, System } from '../../src/model.ts';

/** Makes the files of secrets that Compose reads. */
export const LOCAL_SECRETS_SCRIPT = 'scripts/local-secrets.sh';

/** Services that run as a container on a workstation. A cron job is started by hand: `docker compose run`. */
export function runsLocally(system: System): readonly Service[] {
  return system.services.filter(({ start, kind }) => start !== null && (kind === 'web' || kind === 'worker'));
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
