/** sh`…`: shell written in a template, each interpolation one quoted word. */
import { shellWord } from './shell.ts';
import { ShellPlace } from './shell-place.ts';
import { cannot, Verbatim } from './verbatim.ts';

/** What differs where shell stands inside another language. */
export type ShellOptions = Readonly<{
  /** Refuses a word, with a reason, or returns null. */
  refuse?: (word: string) => string | null;
  /** The first word is read as a flag of the surrounding instruction when it starts with `--`: quotes prevent that. */
  flagsFirst?: boolean;
}>;

/**
 * The shell text of a tagged template. Backslashes are the shell's own (`\n` stays two characters), only `\`` and `\${` are undone.
 * An array becomes one word per item; a `Verbatim` is shell text and passes.
 * @throws Error where a quoted word would not be a word: inside quotes, backticks, `${…}`, arithmetic, comments, here-documents.
 */
export function shellText(
  strings: TemplateStringsArray,
  values: readonly unknown[],
  options: ShellOptions = {},
): string {
  const pieces = strings.raw.map((piece) => piece.replace(/\\(`|\$\{)/g, '$1'));
  const place = new ShellPlace();
  let text = '';
  for (const [index, piece] of pieces.entries()) {
    place.read(piece, index === 0);
    text += piece;
    if (index >= values.length) continue;
    const obstacle = place.obstacle;
    if (obstacle) throw cannot('sh`…`', values[index], `${obstacle}, where quoting it changes its meaning`);
    const first = options.flagsFirst === true && text.trim() === '';
    text += words(values[index], first, /^[<>]/.test(pieces[index + 1] ?? ''), options);
  }
  if (place.unfinished) throw new Error(`sh\`${text}\`: ${place.unfinished} left open`);
  return text;
}

function words(value: unknown, first: boolean, redirected: boolean, options: ShellOptions): string {
  if (value instanceof Verbatim) return value.text;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .map((item, index) => {
      const why = options.refuse?.(String(item)) ?? null;
      if (why) throw cannot('sh`…`', item, why);
      // A bare number before `>` would name a file descriptor.
      return shellWord(item, redirected || (first && index === 0 && String(item).startsWith('--')));
    })
    .join(' ');
}
