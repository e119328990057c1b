/** Short names of data: the same inputs give the same one, on every machine. */
import { createHash } from 'node:crypto';
import type { Plain, PlainRecord, Plan } from '../model.ts';
import { hashText } from './lock.ts';

/** Plain data as JSON with sorted keys: equal data, equal text. */
export function canonical(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const record = value as PlainRecord;
  return `{${Object.keys(record)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(record[key] ?? null)}`)
    .join(',')}}`;
}

/** A short fingerprint of a plan, for JSON output: the same inputs give the same id. */
export function planId(made: Plan): string {
  const parts = made.changes.map(
    ({ path, kind, after }) => `${kind} ${path} ${after === null ? '-' : hashText(after)}`,
  );
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
