/** Text that an escaper lets through, and the errors of values that a language cannot say. */
import { isUnicode } from './characters.ts';
import type { Language } from './language.ts';

/** Text that already is in the output language, and why we believe so. Template literals see the text. */
export class Verbatim {
  readonly text: string;
  readonly reason: string;

  constructor(text: string, reason: string) {
    this.text = text;
    this.reason = reason;
  }

  toString(): string {
    return this.text;
  }
}

/** The error for a value that `language` cannot say. `why` completes the sentence and names the way out if there is one. */
export function cannot(language: Language | 'sh`…`', value: unknown, why: string): Error {
  return new Error(`${language} cannot say ${show(value)}: ${why}`);
}

function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    return text.length > 60 ? `${text.slice(0, 60)}…"` : text;
  }
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}

/**
 * The text of a string, a finite number or a boolean, for languages that know nothing but text.
 * @throws Error for everything else; an absent value must never become the word "undefined" or "null" in somebody's file.
 */
export function textOf(value: unknown, language: Language | 'sh`…`'): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  if (value instanceof Verbatim) throw cannot(language, value.text, 'text of another place is not a value');
  throw cannot(language, value, 'it wants a string, a finite number or a boolean');
}

/** Like `textOf`, and the text can be written to a file: a lone surrogate has no UTF-8. */
export function unicodeOf(value: unknown, language: Language | 'sh`…`'): string {
  const text = textOf(value, language);
  if (!isUnicode(text)) throw cannot(language, text, 'it holds half a surrogate pair, which UTF-8 cannot hold');
  return text;
}
