/** One pattern on one line of .gitignore, .dockerignore, .prettierignore. Globs stay globs: the value is a pattern. */
import { cannot, unicodeOf } from './verbatim.ts';

/**
 * `value` as a line that is this pattern and nothing else: a first `#` or `!` and trailing spaces are escaped.
 * @throws Error for line breaks, NUL, nothing at all, and a last backslash that escapes nothing.
 */
export function ignoreLine(value: unknown): string {
  const text = unicodeOf(value, 'ignore');
  if (/[\n\r\0]/.test(text)) throw cannot('ignore', text, 'a pattern is one line');
  if (text.trim() === '') throw cannot('ignore', text, 'an empty pattern matches nothing');
  if (endsInBackslash(text)) throw cannot('ignore', text, 'its last backslash escapes nothing');
  const [spaces = ''] = / *$/.exec(text) ?? [];
  const kept = text.slice(0, text.length - spaces.length).replace(/^[#!\ufeff]/, '\\$&');
  // The pattern may have escaped the first of them already.
  return (endsInBackslash(kept) ? `${kept} ` : kept) + '\\ '.repeat(spaces.length - (endsInBackslash(kept) ? 1 : 0));
}

/** Whether the last backslash escapes what follows. */
function endsInBackslash(text: string): boolean {
  return /(^|[^\\])(\\\\)*\\$/.test(text);
}
