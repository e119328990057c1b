import type { System } from '../../src/model.ts';

/**
 * What follows from a System alone, worked out once for each: many ask for it about one service after the other. A System never changes, so
 * what was worked out stays true, and it is forgotten with its System.
 */
export function ofSystem<T>(workOut: (system: System) => T): (system: System) => T {
  const known = new WeakMap<System, Readonly<{ value: T }>>();
  return (system) => {
    const found = known.get(system) ?? { value: workOut(system) };
    known.set(system, found);
    return found.value;
  };
}
