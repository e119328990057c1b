/** Ids of questions: dotted keys into nested records. */
import type { Plain, PlainRecord } from '../../model.ts';
import { isRecord } from './services.ts';

/** The value under a dotted key; undefined where there is none. */
export function valueAt(record: PlainRecord | null, id: string): Plain | undefined {
  let value: Plain | undefined = record ?? undefined;
  for (const key of id.split('.')) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** `services.orders.port` → `services.*.port`. */
export function wild(id: string): string {
  return id.replace(/^services\.[^.]+/, 'services.*');
}

/** `services.*.port` + `orders` → `services.orders.port`. */
export function fullId(id: string, service: string | null): string {
  return service === null ? id : id.replace('*', service);
}

/** A value as a person wrote it; JSON has no word for numbers without end. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
