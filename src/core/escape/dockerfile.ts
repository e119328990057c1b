/** Words of Dockerfile instructions, read by BuildKit's own lexer (frontend/dockerfile/shell/lex.go), which is not a shell. */
import { cannot, unicodeOf } from './verbatim.ts';

const SAFE = /^(?!--)[A-Za-z0-9_./:@%+,=*?^~-]+$/;

/**
 * `value` as one word of ENV, LABEL, ARG, COPY, WORKDIR …: plain, or in double quotes with `\`, `"` and `$` escaped.
 * The backtick is no special character there; a backslash before it would stay.
 * COPY, FROM and EXPOSE split at white space before they look at quotes: for such paths write the exec form with `json([…])`.
 * @throws Error for line breaks and NUL, which no word can hold.
 */
export function dockerfileWord(value: unknown): string {
  const text = unicodeOf(value, 'dockerfile');
  const why = dockerfileObstacle(text);
  if (why) throw cannot('dockerfile', text, why);
  return SAFE.test(text) ? text : `"${text.replace(/[\\"$]/g, '\\$&')}"`;
}

/** Why `text` cannot stand on one line of a Dockerfile, or null. */
export function dockerfileObstacle(text: string): string | null {
  if (/[\n\r]/.test(text)) return 'a line break ends the instruction';
  return text.includes('\0') ? 'NUL cannot stand in a Dockerfile' : null;
}
