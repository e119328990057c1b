/** Where each variable that a service reads gets its value on AWS. */
import type { DatastoreKind, Service, System } from '../../src/model.ts';
import { localEnvironment, setByImage } from './environment.ts';
import { isLoopback } from './network.ts';

/** Datastores that the stacks make; the others are somebody else's, and only a person knows their addresses. */
const MADE: ReadonlySet<DatastoreKind> = new Set(['postgresql', 'mysql', 'redis']);

/** Where it runs is decided here, not by a person. */
const REGION: ReadonlySet<string> = new Set(['AWS_REGION', 'AWS_DEFAULT_REGION']);

export function isMade(kind: DatastoreKind): boolean {
  return MADE.has(kind);
}

/**
 * `image`: the image sets it. `setting`: a plain value. `address`: the stacks know it once the datastore is there. `password`: a secret that the data
 * stack fills, with a password or an address with one in it. `generated`: a secret that the data stack makes up. `given`: a secret that a person fills.
 */
export type CloudVariable = Readonly<{ name: string }> &
  (
    | Readonly<{ from: 'image' }>
    | Readonly<{ from: 'setting'; value: string }>
    | Readonly<{ from: 'address' | 'password'; datastore: string }>
    | Readonly<{ from: 'generated' }>
    | Readonly<{ from: 'given'; seenAt: string }>
  );

/** Sorted by name. An optional variable that nobody has a value for is left to the code's own default. SECRETS-004 */
export function cloudEnvironment(service: Service, system: System): readonly CloudVariable[] {
  const found = new Map<string, CloudVariable>();
  for (const variable of linked(service)) found.set(variable.name, variable);
  const { settings, secrets } = localEnvironment(service, system);
  const foreign = service.files.dockerfileOwner === 'user';
  // Nobody knows whether an image of the user's says so itself.
  if (foreign) found.set('NODE_ENV', { name: 'NODE_ENV', from: 'setting', value: 'production' });
  for (const { name } of service.environment)
    if (REGION.has(name)) found.set(name, { name, from: 'setting', value: system.infrastructure.region });
  for (const { name, value } of settings) if (!found.has(name)) set(found, plain(service, name, value));
  for (const { name, kind } of secrets) {
    if (found.has(name)) continue;
    found.set(name, kind === 'random' ? { name, from: 'generated' } : given(service, name));
  }
  for (const { name } of service.environment)
    if (!found.has(name) && setByImage(service, name)) found.set(name, { name, from: 'image' });
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function set(found: Map<string, CloudVariable>, variable: CloudVariable | null): void {
  if (variable !== null) found.set(variable.name, variable);
}

/** Variables of the links to datastores. A cache of the stacks has no password, so its address is no secret. */
function linked(service: Service): readonly CloudVariable[] {
  return service.datastores.flatMap(({ kind, datastore, variables }) => {
    const { url, password, host, port, user, database } = variables;
    const named = (names: readonly (string | null)[]) => names.filter((name) => name !== null);
    if (!isMade(kind)) return named([url, host, port, user, password, database]).map((name) => given(service, name));
    const secret = kind === 'redis' ? [] : named([url, password]);
    const open = named(kind === 'redis' ? [url, host, port, user, password, database] : [host, port, user, database]);
    return [
      ...secret.map((name): CloudVariable => ({ name, from: 'password', datastore })),
      ...open.map((name): CloudVariable => ({ name, from: 'address', datastore })),
    ];
  });
}

/** A value that names this very machine is for a workstation only: somebody has to say another one, or the code has its own. */
function plain(service: Service, name: string, value: string): CloudVariable | null {
  if (!namesThisMachine(value)) return { name, from: 'setting', value };
  const required = service.environment.some((variable) => variable.name === name && variable.required);
  return required ? given(service, name) : null;
}

function namesThisMachine(value: string): boolean {
  return value.split(/[/@,;\s]+/).some((part) => isLoopback(part.replace(/:\d+$/, '')));
}

function given(service: Service, name: string): CloudVariable {
  const seenAt = service.environment.find((variable) => variable.name === name)?.seenAt ?? service.path;
  return { name, from: 'given', seenAt };
}
