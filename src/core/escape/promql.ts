/** PromQL strings follow Go's rules. */
import { escapeHidden, longEscape } from './characters.ts';
import { unicodeOf } from './verbatim.ts';

/** `value` as a string literal: `up{service=<here>}`. */
export function promqlString(value: unknown): string {
  return `"${escapeHidden(unicodeOf(value, 'promql').replace(/["\\]/g, '\\$&'), longEscape)}"`;
}

/** A string literal for `=~`, matching exactly `value`, or any one of an array of values. */
export function promqlRegex(value: unknown): string {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return promqlString(values.map((item) => quoteMeta(unicodeOf(item, 'promql'))).join('|'));
}

/** As Go's regexp.QuoteMeta: RE2 knows these and no others. */
function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
