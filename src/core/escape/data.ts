/** Arrays and plain objects on one line, for the languages that have them. */
import type { Language } from './language.ts';
import { cannot, Verbatim } from './verbatim.ts';

/** How a language spells the parts. */
export type Spelling = Readonly<{
  language: Language;
  string: (text: string) => string;
  number: (value: number) => string;
  key: (name: string) => string;
}>;

/**
 * The value on one line: `[a, b]`, `{ k: v }`.
 * @throws Error for undefined, functions, symbols, bigints, class instances (a Date has no one spelling) and cycles; names the key.
 */
export function inline(value: unknown, as: Spelling, inside: readonly object[] = []): string {
  if (typeof value === 'string') return as.string(value);
  if (typeof value === 'number') return as.number(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value !== 'object') throw cannot(as.language, value, 'there is no such value in it');
  if (value instanceof Verbatim) throw cannot(as.language, value.text, 'verbatim text cannot stand inside data');
  if (inside.includes(value)) throw cannot(as.language, value, 'it contains itself');
  const within = [...inside, value];
  if (Array.isArray(value)) {
    // Array.from, not map: a hole is an undefined, and must not be skipped.
    return `[${Array.from(value, (item: unknown) => inline(item, as, within)).join(', ')}]`;
  }
  const parent: unknown = Object.getPrototypeOf(value);
  if (parent !== Object.prototype && parent !== null) throw cannot(as.language, value, 'it is not plain data');
  const pairs = Object.entries(value).map(([key, item]) => `${as.key(key)}: ${inline(item, as, within)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
