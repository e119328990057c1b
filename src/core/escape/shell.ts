/** One word of POSIX shell. */
import { cannot, unicodeOf } from './verbatim.ts';

const SAFE = /^[A-Za-z0-9_./:@%+,-]+$/;

/** `--name=value` is safe too: what stands before `=` is no variable name. */
const SAFE_FLAG = /^--?[A-Za-z][A-Za-z0-9-]*=[A-Za-z0-9_./:@%+,=-]*$/;

/** Words that mean something where a command is expected. */
const RESERVED = /^(?:if|then|elif|else|fi|do|done|case|esac|while|until|for|in|select|function|time|coproc)$/;

/**
 * `value` as one word that the shell reads back exactly: plain when nothing in it is special, else in single quotes.
 * A word that starts with `-` is still an option to the command: the template writes `--` before it.
 * @throws Error for NUL, which no argument can hold.
 */
export function shellWord(value: unknown, quote = false): string {
  const text = unicodeOf(value, 'shell');
  if (text.includes('\0')) throw cannot('shell', text, 'NUL ends an argument');
  if (!quote && (SAFE.test(text) || SAFE_FLAG.test(text)) && !RESERVED.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
