/** Which characters a person reading a file cannot see, and how to show them. Ranges, not \p{…}: those change with the Unicode of Node. */

/** Controls, exotic spaces, line and paragraph separators, zero-width and bidi marks, halves of pairs, BOM, non-characters, tags. */
const HIDDEN_RANGES =
  '\\u0000-\\u001f\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u1680\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f' +
  '\\ud800-\\udfff\\ufdd0-\\ufdef\\ufeff\\ufff0-\\ufffb\\ufffe\\uffff\\u{e0000}-\\u{e0fff}' +
  Array.from({ length: 16 }, (_, i) => `\\u{${(i + 1).toString(16)}fffe}-\\u{${(i + 1).toString(16)}ffff}`).join('');

const HIDDEN = new RegExp(`[${HIDDEN_RANGES}]`, 'u');
const EVERY_HIDDEN = new RegExp(`[${HIDDEN_RANGES}]`, 'gu');

/** Everything that some language takes for the end of a line: LF, CR, CRLF, VT, FF, NEL, LS, PS. */
const LINE_BREAKS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/** Whether UTF-8 can hold the text: half a surrogate pair has no UTF-8. (`isWellFormed` is younger than our TypeScript target.) */
export function isUnicode(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}

export function hasHidden(text: string): boolean {
  return HIDDEN.test(text);
}

/** Replaces every hidden character by `\uXXXX` (and `\n`, `\r`, `\t`); astral ones by what `astral` makes of the code point. */
export function escapeHidden(text: string, astral: (codePoint: number) => string): string {
  return text.replace(EVERY_HIDDEN, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    const code = char.codePointAt(0) ?? 0;
    return code > 0xffff ? astral(code) : unit(code);
  });
}

/** `\UXXXXXXXX`, as YAML, Go and PromQL write a code point beyond the first plane. */
export const longEscape = (code: number): string => `\\U${code.toString(16).padStart(8, '0')}`;

/** Two `\uXXXX`, as JSON and JavaScript write one. */
export const pairEscape = (code: number): string =>
  [...String.fromCodePoint(code)]
    .flatMap((c) => [c.charCodeAt(0), c.charCodeAt(1)])
    .map(unit)
    .join('');

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

const SPACES = /[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g;

/**
 * One line of visible text: line breaks and runs of white space become one space, other hidden characters U+FFFD.
 * Joiners stay: emoji and some scripts are written with them.
 */
export function oneLine(text: string): string {
  const line = text.replace(LINE_BREAKS, ' ').replace(SPACES, ' ');
  return line.replace(EVERY_HIDDEN, (char) => (/[\u200c\u200d]/.test(char) ? char : '\ufffd'));
}
