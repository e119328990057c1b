/** How a datastore is named in one line, in two halves with the password between them. */
import type { Datastore } from '../config/services.js';

const SCHEME: Readonly<Record<Datastore['kind'], string>> = { postgresql: 'postgresql', mysql: 'mysql', redis: 'rediss' };

export function addressParts(
  { kind, user, port, database }: Datastore,
  host: string,
  suffix: string,
): { readonly before: string; readonly after: string } {
  return { before: `${SCHEME[kind]}://${user}:`, after: `@${host}:${port}/${database}${suffix}` };
}

/** A cache asks for no password, so its address is no secret. The two letters say TLS. */
export function cacheAddress({ kind, port, tlsOnly }: Datastore, host: string): string {
  return `${tlsOnly ? SCHEME[kind] : 'redis'}://${host}:${port}`;
}
