/** Services that are not at their own port on a workstation, because somebody else is: said with both ports, and how to choose. */
import type { NextStep } from '../../src/define.ts';
import type { System } from '../../src/model.ts';
import { hasStack } from './local-stack.ts';
import { hostPorts, portVariableOf } from './network.ts';
import { serversOf } from './observability-stack.ts';

/** One step a service that was moved. */
export function movedPorts(system: System): readonly NextStep[] {
  if (!hasStack(system)) return [];
  const ports = hostPorts(system);
  const holders = [...serversOf(system).map(({ name, port }) => [name, port] as const), ...ports];
  return system.services.flatMap((service) => {
    const { name, port } = service;
    const published = ports.get(name);
    const holder = holders.find(([other, held]) => held === port && other !== name)?.[0];
    if (port === null || published === undefined || published === port || holder === undefined) return [];
    const text = `On a workstation ${name} answers at 127.0.0.1:${published}, not at ${port}: ${holder} has that port there. ${portVariableOf(service)} moves it; in its container it keeps ${port}.`;
    return [{ text }];
  });
}
