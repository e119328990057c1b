/** How services are reached: the address they bind to, and the ports that a workstation publishes. */
import type { Service } from '../../src/model.ts';
import { serversOf } from './observability-stack.ts';
import { ofSystem } from './of-system.ts';

/** Variables by which a server is told the address to bind to. */
const HOST_VARIABLE =
  /^(?:(?:APP|SERVER|HTTP|API)_)?(?:HOST|HOSTNAME|BIND_ADDRESS|LISTEN_ADDRESS|LISTEN_HOST|ADDRESS)$/;

/** True for the variable that says where the service itself listens; never for a datastore's host. */
export function isHostVariable(service: Service, name: string): boolean {
  const linked = service.datastores.some(({ variables }) => Object.values(variables).includes(name));
  return HOST_VARIABLE.test(name) && !linked;
}

/** True for an address that cannot be reached from outside a container. */
export function isLoopback(host: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|localhost|::1|\[::1\])$/.test(host);
}

/** `ORDERS_PORT`: the variable that moves a service's port on the workstation. */
export function portVariableOf(service: Readonly<{ name: string }>): string {
  return `${service.name.toUpperCase().replaceAll('-', '_')}_PORT`;
}

/** The port of each service on the workstation: its own, or the next one that neither another service nor what watches them has. */
export const hostPorts = ofSystem((system): ReadonlyMap<string, number> => {
  const taken = new Set(serversOf(system).map(({ port }) => port));
  const ports = new Map<string, number>();
  for (const { name, port, start } of system.services) {
    if (port === null || start === null) continue;
    let wanted = port < 1024 ? port + 8000 : port;
    while (taken.has(wanted)) wanted++;
    taken.add(wanted);
    ports.set(name, wanted);
  }
  return ports;
});
