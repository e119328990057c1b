/** Values of Makefile variables, and shell in recipes. */
import { cannot, unicodeOf } from './verbatim.ts';

/**
 * `value` as what stands after `NAME :=`.
 * @throws Error for what make cannot keep: line breaks, NUL, white space at the ends, a last backslash.
 */
export function makefileValue(value: unknown): string {
  const text = unicodeOf(value, 'makefile');
  const why = makefileObstacle(text);
  if (why) throw cannot('makefile', text, why);
  if (text !== text.trim()) throw cannot('makefile', text, 'make drops white space at the ends of a value');
  if (text.endsWith('\\')) throw cannot('makefile', text, 'a last backslash joins the next line');
  return text.replaceAll('$', '$$$$').replace(/(\\*)#/g, (_, slashes: string) => `${slashes}${slashes}\\#`);
}

/** Shell text as a recipe line. */
export function makefileRecipe(shell: string): string {
  return shell.replaceAll('$', '$$$$');
}

/** Why `text` cannot stand on one line of a Makefile, or null. */
export function makefileObstacle(text: string): string | null {
  return /[\n\r\0]/.test(text) ? 'a line of a Makefile holds no line breaks and no NUL' : null;
}
