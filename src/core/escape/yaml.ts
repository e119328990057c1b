/** YAML scalars and flow collections in the style of a careful writer, right for YAML 1.1 and 1.2, as a value and as a key. */
import { escapeHidden, hasHidden, longEscape } from './characters.ts';
import { inline } from './data.ts';
import type { Language } from './language.ts';

/** A plain scalar that needs no thought in block or flow context: how it may start, and what it may hold. (libyaml ends one at `?` in flow.) */
const PLAIN_START = /^(?:[A-Za-z0-9_./$(^;]|--?[A-Za-z]|[^\0-\x7f])/;
const PLAIN_BODY = /^[^[\]{},?\u3000]*$/;
const PLAIN_BREAKER = /: |:$| #| {2}| $/;

/** Words that YAML 1.1 or 1.2 reads as boolean, null, or a special number, in any case (a person reads `tRue` as one too). */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|[-+]?\.(?:inf|nan))$/i;

/** Numbers of 1.1 and 1.2: decimal, octal, hexadecimal, binary, floats; with `_` as 1.1 has it. */
const NUMBERS = /^[-+]?(?:0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|(?:\d[\d_]*)?\.?[\d_]*e[-+]?\d+)$/i;

/** Digits and punctuation only: sexagesimals (12:30), ports (22:22), versions (1.20), IP addresses. A careful writer quotes them all. */
const FIGURES = /^[-+.]?[\d._:+-]*$/;
const DATES = /^\d{4}-\d\d?-\d\d?(?:[Tt\s]|$)/;

/** `text` as one YAML scalar on one line, however long. (YAML gives up on keys beyond 1,024 characters.) */
export function yamlString(text: string): string {
  if (isPlain(text)) return text;
  // Prettier's rule: single quotes where double ones would need escapes for nothing but themselves.
  const single = text.includes('\\') ? !text.includes("'") : text.includes('"');
  if (single && !hasHidden(text)) return `'${text.replaceAll("'", "''")}'`;
  return `"${escapeHidden(text.replace(/["\\]/g, '\\$&'), longEscape)}"`;
}

/** Whether `text` can stand unquoted without any reader, machine or person, taking it for something else. */
export function isPlain(text: string): boolean {
  return (
    PLAIN_START.test(text) &&
    PLAIN_BODY.test(text) &&
    !PLAIN_BREAKER.test(text) &&
    !hasHidden(text) &&
    ![WORDS, NUMBERS, FIGURES, DATES].some((pattern) => pattern.test(text))
  );
}

/** Any plain data as YAML on one line; strings first go through `prepare`. */
export function yamlValue(value: unknown, language: Language = 'yaml', prepare = (text: string) => text): string {
  const string = (text: string) => yamlString(prepare(text));
  return inline(value, { language, string, number: yamlNumber, key: string });
}

function yamlNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  if (Object.is(value, -0)) return '-0.0';
  // YAML 1.1 wants a point before the exponent: to it, 1e+21 is a string.
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}
