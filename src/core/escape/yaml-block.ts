/** Literal block scalars: how people write scripts and long texts in YAML. */
import { hasHidden } from './characters.ts';
import { isPlain, yamlString } from './yaml.ts';

/** How much deeper than its parent the text stands; the indentation indicator is relative to the parent. */
const STEP = 2;

/**
 * `text` as a literal block scalar whose lines stand at column `indent`, two deeper than the key or dash that holds it:
 * `run: <%= block(script, 10) %>` below a `run:` at column 8. The template's own line end follows.
 *
 * One plain line stays one line. Text that no block scalar can hold as it is becomes a double-quoted scalar: hidden characters, white space
 * at line ends (editors remove it), tabs in the indentation, more than one newline at the end (`|+` would swallow what follows).
 * @throws Error when `indent` is not a column that is two deeper than something.
 */
export function blockScalar(text: string, indent: number): string {
  if (!Number.isInteger(indent) || indent < STEP)
    throw new Error(`block(text, indent): indent is a column from 2, not ${indent}`);
  if (isPlain(text) || !fitsBlock(text)) return yamlString(text);
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  // Readers guess the indentation from the first line that is not empty; when that one starts with a space they must be told.
  const indicator = /^\n* /.test(text) ? String(STEP) : '';
  return [`|${indicator}${body === text ? '-' : ''}`, ...lines].join('\n');
}

function fitsBlock(text: string): boolean {
  return (
    !hasHidden(text.replace(/[\n\t]/g, '')) &&
    !/[ \t]$/m.test(text) &&
    !/^ *\t/m.test(text) &&
    !/(^|\n)\n$/.test(text) &&
    text !== ''
  );
}
