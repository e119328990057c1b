/** Views that refuse a key which is not there, at any depth: a misspelt key in a template is an error, never an empty string. */

/** Symbols and the few names that the language itself asks every object for. */
const PROBED = new Set<PropertyKey>(['toJSON', 'then', 'constructor']);

/**
 * Wraps plain data. Reading an absent key throws an Error naming the full key (`it.services.0.prot`) and what there is instead.
 * Optional keys do not exist: a view says `null`.
 */
export function strictView<T>(value: T, path = 'it'): T {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value as object, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || Reflect.has(target, key)) {
        const found: unknown = Reflect.get(target, key, receiver);
        return typeof found === 'object' ? strictView(found, `${path}.${String(key)}`) : found;
      }
      if (PROBED.has(key)) return undefined;
      const known = Array.isArray(target) ? `0 to ${target.length - 1}` : Object.keys(target).join(', ');
      throw new Error(`${path}.${key} is not in the view (there is: ${known || 'nothing'})`);
    },
    set(_target, key) {
      throw new Error(`a template cannot change the view (${path}.${String(key)})`);
    },
  }) as T;
}
