/** Which reasons a scanner is given: those that have something to do with this project. */
import type { System, View } from '../../../src/model.ts';
import { cloudServices } from '../cloud.ts';
import { managedDatastores } from './datastores.ts';

export function scannerView(system: System): View {
  const services = cloudServices(system);
  const stores = managedDatastores(system);
  return {
    web: services.some(({ kind }) => kind === 'web'),
    database: stores.some(({ kind }) => kind !== 'redis'),
    mysql: stores.some(({ kind }) => kind === 'mysql'),
    cache: stores.some(({ kind }) => kind === 'redis'),
    looseTls: stores.some(({ kind, tlsOnly }) => kind !== 'redis' && !tlsOnly),
    foreignImage: services.some(({ files }) => files.dockerfileOwner === 'user'),
  };
}
