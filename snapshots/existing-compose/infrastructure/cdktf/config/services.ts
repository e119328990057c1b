/** The facts of the application, read from services.json: what the code asks for, not what an environment decides. */
import file from './services.json' with { type: 'json' };

/** The variables by which a service asks where a datastore is; null: its code reads no such variable. */
export interface DatastoreVariables {
  readonly url: string | null;
  readonly host: string | null;
  readonly port: string | null;
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
}

export interface Service {
  readonly name: string;
  /** Name of the image in CI, without registry and tag. */
  readonly image: string;
  readonly kind: 'web' | 'worker';
  readonly port: number | null;
  readonly healthPath: string | null;
  /** The container's own probe. */
  readonly healthCommand: readonly string[];
  readonly metrics: { readonly port: number; readonly path: string } | null;
  readonly environment: Readonly<Record<string, string>>;
  /** `urlSuffix`: what stands behind the database's name in an address. */
  readonly datastores: readonly { readonly datastore: string; readonly urlSuffix: string; readonly variables: DatastoreVariables }[];
  /** Ports of datastores that are not ours to make, and that tasks reach wherever they are. */
  readonly externalPorts: readonly number[];
  /** `generated`: made by the data stack. `given`: only a person knows it. */
  readonly secrets: readonly { readonly name: string; readonly source: 'generated' | 'given' }[];
  /** The command that migrates the database, in an image of its own. */
  readonly migrations: readonly string[] | null;
  /** The image needs a first process that passes signals on. */
  readonly initProcess: boolean;
  /** Folders that the process writes to; everything else is read-only. null: nobody knows, so nothing is read-only. */
  readonly writable: readonly string[] | null;
  readonly runtime: 'node' | 'bun';
}

export interface Datastore {
  readonly kind: 'postgresql' | 'mysql' | 'redis';
  readonly name: string;
  readonly engine: 'postgres' | 'mysql' | 'redis' | 'valkey';
  readonly version: string;
  readonly family: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Every service can be told to speak TLS, so nothing else is let in. */
  readonly tlsOnly: boolean;
}

export interface Facts {
  readonly project: string;
  readonly repository: string | null;
  /** `owner/name` where the repository is on GitHub: its workflows may take the roles of `bootstrap`. */
  readonly github: string | null;
  readonly region: string;
  readonly services: readonly Service[];
  readonly datastores: readonly Datastore[];
  /** Connections that a database allows. */
  readonly databaseConnections: number;
}

/** JSON knows no narrower type than string; `validate.ts` looks at what a type cannot say. */
export const facts = file as unknown as Facts;

export const webServices = facts.services.filter(({ kind, port }) => kind === 'web' && port !== null);

export const databases = facts.datastores.filter(({ kind }) => kind !== 'redis');

/** A database or a cache, or a secret: only then is there a data stack. */
export const hasData = facts.datastores.length > 0 || facts.services.some(({ secrets }) => secrets.length > 0);

export function datastoreOf(name: string): Datastore {
  const found = facts.datastores.find((datastore) => datastore.name === name);
  if (!found) throw new Error(`services.json: a service is linked to ${name}, which is no datastore of it`);
  return found;
}
