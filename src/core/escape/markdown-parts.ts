/** Code spans and table cells. */
import { oneLine } from './characters.ts';
import { markdownText } from './markdown.ts';
import { cannot, unicodeOf, Verbatim } from './verbatim.ts';

/** A code span remembers what it shows: in a table it may have to be written in another way. */
export class CodeSpan extends Verbatim {
  readonly source: string;

  constructor(source: string) {
    super(codeSpan(source), 'code() made it');
    this.source = source;
  }
}

/** `text` in as many backticks as it needs. An empty text has no code span: nothing is written. */
function codeSpan(text: string): string {
  if (text === '') return '';
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  // Markdown takes one space off both ends when both have one.
  const pad = /^`|`$/.test(text) || (/^ .* $/.test(text) && text.trim() !== '') ? ' ' : '';
  return fence + pad + text + pad + fence;
}

export function code(value: unknown): CodeSpan {
  return new CodeSpan(oneLine(unicodeOf(value, 'markdown')));
}

/** One cell of a table: text is escaped, Markdown (`code(…)`) keeps its markup; either way no pipe ends the cell. */
export function tableCell(value: unknown): string {
  if (!(value instanceof Verbatim)) return markdownText(value, [/\|/g]).trim();
  if (/[\n\r]/.test(value.text)) throw cannot('markdown', value.text, 'a table cell is one line');
  // GitHub and markdown-it disagree about `\|` in code, so there the pipe is an entity, which code spans do not know: <code> does.
  if (value instanceof CodeSpan && value.source.includes('\\|')) {
    return `<code>${value.source
      .split('|')
      .map((part) => markdownText(part))
      .join('&#124;')}</code>`;
  }
  return value.text.replace(/(\\.)|\|/g, (match, escaped: string | undefined) => escaped ?? `\\${match}`);
}
