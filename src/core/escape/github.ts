/** GitHub evaluates `${{ }}` in every scalar of a workflow: a literal one is split, one written on purpose is checked. */
import { hasHidden } from './characters.ts';
import { yamlString } from './yaml.ts';

/** Text that GitHub prints as it is: each `${{` becomes an expression whose value is `${{`. */
export function neutraliseExpressions(text: string): string {
  return text.replaceAll('${{', "${{ '${{' }}");
}

/**
 * `${{ text }}`, as the author of a template means it.
 * @throws Error for what would not be one expression: line breaks, `}}`, `${{`, an open string, nothing at all.
 */
export function expressionText(text: unknown): string {
  if (typeof text !== 'string' || text.trim() === '') throw new Error('expression(text): there is no expression in it');
  const why =
    (hasHidden(text) && 'it is not one line of visible text') ||
    (text.includes('}}') && 'it holds `}}`, which ends the expression') ||
    (text.includes('${{') && 'it holds another `${{`') ||
    (text.includes('"') && "strings in expressions are in '…'") ||
    (text.split("'").length % 2 === 0 && "a string in '…' is left open");
  if (why) throw new Error(`expression(${JSON.stringify(text)}): ${why}`);
  return `\${{ ${text.trim()} }}`;
}

/** The expression as a YAML scalar: plain, as everybody writes it, unless `: ` or ` #` would end it there. */
export function expressionScalar(text: unknown): string {
  const expression = expressionText(text);
  return /: | #/.test(expression) ? yamlString(expression) : expression;
}
