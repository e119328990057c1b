/** The datastores that the stacks make, as RDS and ElastiCache call them. */
import type { Datastore, DatastoreLink, Service, System } from '../../../src/model.ts';
import { cloudServices } from '../cloud.ts';
import { isMade } from '../cloud-environment.ts';

export type ManagedDatastore = Readonly<{
  kind: 'postgresql' | 'mysql' | 'redis';
  name: string;
  engine: 'postgres' | 'mysql' | 'redis' | 'valkey';
  version: string;
  /** Family of the parameter group. */
  family: string;
  port: number;
  database: string;
  user: string;
  /** Nothing but TLS is let in. */
  tlsOnly: boolean;
}>;

export type Link = Readonly<{ service: Service; link: DatastoreLink }>;

/** Links of the services that run, to one datastore. */
export function linksTo(store: Datastore, system: System): readonly Link[] {
  return cloudServices(system).flatMap((service) =>
    service.datastores.filter(({ datastore }) => datastore === store.name).map((link) => ({ service, link })),
  );
}

export function managedDatastores(system: System): readonly ManagedDatastore[] {
  return system.datastores
    .filter((store) => isMade(store.kind) && linksTo(store, system).length > 0)
    .map((store) => ({
      ...engineOf(store),
      kind: store.kind as ManagedDatastore['kind'],
      name: store.name,
      port: store.port,
      database: store.database,
      user: store.user,
      tlsOnly: speaksTls(store, system),
    }));
}

function engineOf({ kind, major }: Datastore): Pick<ManagedDatastore, 'engine' | 'version' | 'family'> {
  if (kind === 'postgresql') return { engine: 'postgres', version: major, family: `postgres${major}` };
  // The image of the local stack is 8.4, which is the release of 8 that still gets updates.
  if (kind === 'mysql') return { engine: 'mysql', version: '8.4', family: 'mysql8.4' };
  // ElastiCache has no Redis above 7.1: what it calls Valkey goes on from there and speaks the same protocol.
  return Number(major) >= 8
    ? { engine: 'valkey', version: '8.0', family: 'valkey8' }
    : { engine: 'redis', version: '7.1', family: 'redis7' };
}

/** An address can say TLS. Where the code puts one together out of host and port, only its own lines can. MySQL's addresses have no common word for it. */
function speaksTls(store: Datastore, system: System): boolean {
  return store.kind !== 'mysql' && linksTo(store, system).every(({ link }) => isByAddress(link));
}

export function isByAddress({ variables }: DatastoreLink): boolean {
  return variables.url !== null;
}

/**
 * What stands behind the database's name. Both words ask for TLS and take the certificate as it is: RDS signs with an authority of Amazon's own, which
 * Node does not know. Prisma has the first word for it, node-postgres the second.
 */
export function addressSuffix({ service, link }: Link): string {
  if (link.kind !== 'postgresql') return '';
  return service.migrations?.tool === 'prisma' ? '?sslmode=require' : '?sslmode=no-verify';
}
