/**
 * `${{ github.sha }}` in a template of plop: Handlebars takes `{{ github.sha }}` for its own, finds nothing, and prints nothing. What would
 * be lost so is found before it is rendered.
 */

export type LostExpression = Readonly<{ line: number; text: string; mend: string }>;

/** `${{ … }}` of workflows, and `{{ $labels.x }}` of alerts. Blocks, comments, partials and `{{{ … }}}` are meant for Handlebars. */
const WORKFLOW = /\$\{\{(?![{!#/>^&])\s*~?([^}]*)\}\}/g;
const VARIABLE = /(?<![\\${])\{\{(?!\{)\s*-?\s*(\$[^}]*)\}\}/g;
/** `{{{{raw}}}} … {{{{/raw}}}}`: Handlebars leaves what is inside as it is. */
const RAW_BLOCK = /\{\{\{\{(?!\/)[^}]*\}\}\}\}[\s\S]*?\{\{\{\{\/[^}]*\}\}\}\}/g;

/** `isKnown`: an answer or a helper of that name is there, so the expression is meant for it. */
export function lostExpressions(template: string, isKnown: (name: string) => boolean): readonly LostExpression[] {
  const text = template.replace(RAW_BLOCK, (block) => block.replace(/[^\n]/g, ' '));
  const found = (pattern: RegExp, mend: (whole: string) => string) =>
    [...text.matchAll(pattern)].flatMap(({ 0: whole, 1: inside = '', index }): (LostExpression & { at: number })[] => {
      const head = /^\s*([\w@-]+)/.exec(inside)?.[1];
      if (head !== undefined && (head === 'else' || head === 'this' || isKnown(head))) return [];
      const line = text.slice(0, index).split('\n').length;
      return [{ at: index, line, text: oneLine(whole), mend: oneLine(mend(whole)) }];
    });
  return [
    ...found(WORKFLOW, (whole) => whole.replace('${{', '$\\{{')),
    ...found(VARIABLE, (whole) => whole.replace('{{', '\\{{')),
  ]
    .sort((a, b) => a.at - b.at)
    .map(({ line, text: shown, mend }) => ({ line, text: shown, mend }));
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
