/** What a service is told by its environment: which variables are secrets, and what the others say. */
import type { EnvironmentConfig } from '../config/schema.js';
import { datastoreOf, type Service } from '../config/services.js';
import { cacheAddress } from './addresses.js';
import { literal } from './names.js';

/** Variables whose values are in Secrets Manager. */
export function secretVariables(service: Service): readonly string[] {
  const ofDatastores = service.datastores
    .filter(({ datastore }) => datastoreOf(datastore).kind !== 'redis')
    .flatMap(({ variables }) => [variables.password, variables.url])
    .filter((name) => name !== null);
  return [...ofDatastores, ...service.secrets.map(({ name }) => name)];
}

/** Plain settings; `hostOf` says where a datastore is. */
export function settings(
  service: Service,
  env: EnvironmentConfig,
  hostOf: (datastore: string) => string,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...service.environment, ...env.settings[service.name] })) found[name] = literal(value);
  for (const { datastore: name, variables } of service.datastores) {
    const datastore = { ...datastoreOf(name), ...env.datastores[name] };
    const cache = datastore.kind === 'redis';
    const host = hostOf(name);
    if (variables.host !== null) found[variables.host] = host;
    if (variables.port !== null) found[variables.port] = String(datastore.port);
    if (variables.user !== null) found[variables.user] = cache ? '' : datastore.user;
    // It has none: security groups decide who may come in.
    if (variables.password !== null && cache) found[variables.password] = '';
    if (variables.database !== null) found[variables.database] = cache ? '0' : datastore.database;
    if (variables.url !== null && cache) found[variables.url] = cacheAddress(datastore, host);
  }
  return found;
}
