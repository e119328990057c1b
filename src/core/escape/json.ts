/** JSON on one line, with everything that a reader of the file could not see as an escape. */
import { escapeHidden, isUnicode, pairEscape } from './characters.ts';
import { inline } from './data.ts';
import type { Language } from './language.ts';
import { cannot } from './verbatim.ts';

export function jsonString(text: string): string {
  return `"${escapeHidden(text.replace(/["\\]/g, '\\$&'), pairEscape)}"`;
}

/** Any plain data as JSON; strings and keys first go through `prepare`. */
export function jsonValue(value: unknown, language: Language = 'json', prepare = (text: string) => text): string {
  const string = (text: string) => jsonString(prepare(text));
  return inline(value, { language, string, number: (n) => finite(n, language), key: string });
}

/**
 * The exec form of CMD, ENTRYPOINT, RUN, HEALTHCHECK: a JSON array of strings.
 * Docker falls back to the shell form, without a word, for any other JSON: refused here.
 */
export function execForm(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string')) {
    throw cannot('dockerfile', value, 'the exec form is an array of strings');
  }
  const odd = (value as string[]).find((item) => !isUnicode(item) || item.includes('\0'));
  if (odd !== undefined)
    throw cannot('dockerfile', odd, 'no argument of a process can hold NUL or half a surrogate pair');
  return jsonValue(value);
}

/** @throws Error for NaN and infinities, which JSON does not have. */
export function finite(value: number, language: Language): string {
  if (!Number.isFinite(value)) throw cannot(language, value, 'there is no such number in it');
  return Object.is(value, -0) ? '-0' : String(value);
}
