/** Markdown (CommonMark, and GitHub's additions) in which a value is text and nothing else, and still reads like text. */
import { oneLine } from './characters.ts';
import { unicodeOf } from './verbatim.ts';

/** Each match is escaped, character by character. Nothing else is: a file full of backslashes is not readable. */
const MARKUP: readonly RegExp[] = [
  /\\(?=[!-/:-@[-`{-~]|$)/g, // a backslash that would escape, or break the line
  /[`[\]~]/g, // code, links and images, strikethrough
  /\*(?! )|(?<! )\*|^\*|\*$/g, // emphasis, unless spaces are on both sides
  /(?<![A-Za-z0-9_])_+|_+(?![A-Za-z0-9_])/g, // emphasis, never inside a word
  /<(?! )/g, // tags and autolinks
  /&(?=#?[A-Za-z0-9]+;)/g, // entities
  /\$(?! )/g, // mathematics on GitHub
  /(?<=(?:https?|ftp|mailto|xmpp)):/gi, // bare links
  /(?<=(?:^|[^A-Za-z0-9])www)\./gi,
  /(?<=[^ ])@(?! )/g, // bare e-mail addresses
];

/** Special only where a line, a list item or a table row begins or ends; a value may well stand there. */
const EDGES: readonly RegExp[] = [
  /(?<=^ ?)#(?=#{0,5}(?: |$))/g, // heading
  /(?<= |^)#(?=#* ?$)/g, // the closing #s of a heading
  /(?<=^ ?)[>|]/g, // quotation, table row
  /(?<=^ ?)[-+](?= |$)/g, // list
  /(?<=^ ?)-(?=[-:| ]*$)/g, // rule, underline of a heading, head of a table
  /(?<=^ ?)=(?==* ?$)/g, // underline of a heading
  /(?<=^ ?):(?=-)/g, // head of a table
  /(?<=^ ?\d{1,9})[.)](?= |$)/g, // numbered list
];

/** `value` as inline text on one line. Line breaks become spaces; what cannot be seen becomes U+FFFD. */
export function markdownText(value: unknown, more: readonly RegExp[] = []): string {
  const text = oneLine(unicodeOf(value, 'markdown'));
  const escaped = new Set<number>();
  for (const pattern of [...MARKUP, ...EDGES, ...more]) {
    for (const match of text.matchAll(pattern)) {
      for (let at = match.index; at < match.index + match[0].length; at++) escaped.add(at);
    }
  }
  return Array.from({ length: text.length }, (_, at) => (escaped.has(at) ? '\\' : '') + text.charAt(at)).join('');
}
