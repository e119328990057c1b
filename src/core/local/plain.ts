/** Data from a generator of the project becomes data of ours: a copy that holds nothing but text, numbers, yes and no, null, lists and records. */
import type { ViewValue } from '../../model.ts';
import { shown } from './failure.ts';

/** One place of the data that is not plain. `path` is how a person writes it (`view.services[0].port`). */
export type Fault = Readonly<{ path: string; why: string }>;

/** More values than this are no view of a file that a person reads. */
const MOST_VALUES = 100_000;
const DEEPEST = 64;
/** One is mended after the other; a list of thousands helps nobody. */
const MOST_FAULTS = 10;

/**
 * A copy, and everything in the value that is no plain data. Getters are called once, here: what a template sees later is what was checked.
 */
export function plainCopy(value: unknown, path: string): Readonly<{ copy: ViewValue; faults: readonly Fault[] }> {
  const faults: Fault[] = [];
  let values = 0;
  const fault = (at: string, why: string): null => {
    if (faults.length < MOST_FAULTS) faults.push({ path: at, why });
    return null;
  };
  const visit = (item: unknown, at: string, around: readonly unknown[]): ViewValue => {
    values += 1;
    if (values > MOST_VALUES)
      return values === MOST_VALUES + 1 ? fault(path, `it holds more than ${MOST_VALUES} values`) : null;
    if (item === null || typeof item === 'string' || typeof item === 'boolean') return item;
    if (typeof item === 'number')
      return Number.isFinite(item) ? item : fault(at, `${item} is no number that a file can say`);
    if (typeof item !== 'object')
      return fault(at, `it is ${shown(item)}, not plain data${item === undefined ? '; say null' : ''}`);
    if (around.includes(item)) return fault(at, 'it holds itself');
    if (around.length >= DEEPEST) return fault(at, `it is deeper than ${DEEPEST} levels`);
    const inner = [...around, item];
    if (Array.isArray(item)) return Array.from(item, (entry, index) => visit(entry, `${at}[${index}]`, inner));
    const prototype: unknown = Object.getPrototypeOf(item);
    // An object of another realm (JSON of a worker, a vm) has a prototype that is not ours, and is plain all the same.
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (!isPlain || Object.prototype.toString.call(item) !== '[object Object]')
      return fault(at, `it is ${shown(item)}, not a plain object`);
    const record: Record<string, ViewValue> = Object.create(null);
    for (const [key, entry] of Object.entries(item)) record[key] = visit(entry, `${at}.${key}`, inner);
    if (Object.getOwnPropertySymbols(item).length > 0) fault(at, 'it has keys that are symbols');
    return { ...record };
  };
  const copy = visit(value, path, []);
  return { copy, faults };
}

/** Nothing below it can be changed any more. What is frozen already is taken to be so to the bottom. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) deepFreeze((value as Record<PropertyKey, unknown>)[key]);
  return value;
}
