/** Where each variable that a service reads gets its value on a workstation: written in Compose, or in a git-ignored file of secrets. */
import type { Datastore, Service, System } from '../../src/model.ts';
import { address, datastoreManual } from './datastores.ts';
import { runsLocally } from './local-stack.ts';
import { isHostVariable } from './network.ts';

/** A line of a secrets file. `random`: made once. `derived`: follows another line. `given`: only a person knows it. */
export type SecretLine = Readonly<{ file: string; name: string }> &
  (
    | Readonly<{ kind: 'random' }>
    | Readonly<{ kind: 'derived'; before: string; of: Readonly<{ file: string; name: string }>; after: string }>
    | Readonly<{ kind: 'given'; seenAt: string }>
  );

export type LocalEnvironment = Readonly<{
  /** Plain values, sorted by name. */
  settings: readonly Readonly<{ name: string; value: string }>[];
  secrets: readonly SecretLine[];
}>;

/** Name of a container's file of secrets, in the folder `layout.localSecrets`. */
export function secretsFile(name: string): string {
  return `${name}.env`;
}

/** Passwords of a datastore. */
export function datastoreSecrets(store: Datastore): readonly SecretLine[] {
  const file = secretsFile(store.name);
  return datastoreManual(store.kind).passwords.map((name) => ({ file, name, kind: 'random' }));
}

/** What one service gets. Variables that the image sets itself are left out. */
export function localEnvironment(service: Service, system: System): LocalEnvironment {
  const file = secretsFile(service.name);
  const settings = new Map<string, string>();
  const secrets: SecretLine[] = [];
  for (const [name, part] of linkedVariables(service, system)) {
    if (part.kind === 'plain') settings.set(name, part.value);
    else secrets.push({ file, name, kind: 'derived', before: part.before, of: part.of, after: part.after });
  }
  for (const variable of service.environment) {
    const { name, required, local, from, seenAt } = variable;
    if (settings.has(name) || secrets.some((line) => line.name === name) || setByImage(service, name)) continue;
    if (bindsTo(service, name)) settings.set(name, '0.0.0.0');
    else if (local !== null && from === 'setting') settings.set(name, local);
    else if (!required) continue;
    else if (from === 'secret' && !NOT_RANDOM.test(name)) secrets.push({ file, name, kind: 'random' });
    else secrets.push({ file, name, kind: 'given', seenAt });
  }
  const byName = <T extends { name: string }>(a: T, b: T) => (a.name < b.name ? -1 : 1);
  return {
    settings: [...settings].map(([name, value]) => ({ name, value })).sort(byName),
    secrets: secrets.sort(byName),
  };
}

/** A random word in these would be no address and no identity. */
const NOT_RANDOM = /(?:^|_)(?:URL|URI|DSN|ENDPOINT|HOST|USER|USERNAME|EMAIL|ACCESS_KEY_ID)$/;

/** NODE_ENV, the port, and the address to bind to are our image's own. */
export function setByImage(service: Service, name: string): boolean {
  if (service.files.dockerfileOwner === 'user') return false;
  return name === 'NODE_ENV' || name === service.portVariable || bindsTo(service, name);
}

function bindsTo(service: Service, name: string): boolean {
  return service.port !== null && isHostVariable(service, name);
}

type Part =
  | Readonly<{ kind: 'plain'; value: string }>
  | Readonly<{ kind: 'secret'; before: string; of: Readonly<{ file: string; name: string }>; after: string }>;

/** The variables by which the service is told where its datastores are. */
function linkedVariables(service: Service, system: System): ReadonlyMap<string, Part> {
  const found = new Map<string, Part>();
  for (const link of service.datastores) {
    const store = system.datastores.find(({ name }) => name === link.datastore);
    if (!store) continue;
    const { url, host, port, user, password, database } = link.variables;
    const [own] = datastoreManual(store.kind).passwords;
    const of = own ? { file: secretsFile(store.name), name: own } : null;
    const whole = address(store);
    if (url) {
      if (of && whole.after !== null) found.set(url, { kind: 'secret', before: whole.before, of, after: whole.after });
      else found.set(url, { kind: 'plain', value: whole.before });
    }
    if (host) found.set(host, { kind: 'plain', value: store.name });
    if (port) found.set(port, { kind: 'plain', value: String(store.port) });
    if (user && of) found.set(user, { kind: 'plain', value: store.user });
    if (password && of) found.set(password, { kind: 'secret', before: '', of, after: '' });
    if (database) found.set(database, { kind: 'plain', value: store.database });
  }
  return found;
}

/** Every line of every file of secrets, datastores first: services are told what they say. */
export function stackSecrets(system: System): readonly SecretLine[] {
  const used = system.datastores.filter(({ name }) =>
    runsLocally(system).some((service) => service.datastores.some(({ datastore }) => datastore === name)),
  );
  return [
    ...used.flatMap(datastoreSecrets),
    ...runsLocally(system).flatMap((service) => localEnvironment(service, system).secrets),
  ];
}
