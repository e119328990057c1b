/** TypeScript and JavaScript literals, quoted as Prettier does. */
import { escapeHidden, pairEscape } from './characters.ts';
import { inline } from './data.ts';
import { finite } from './json.ts';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

export function typescriptString(text: string): string {
  const quote = text.split('"').length > text.split("'").length ? "'" : '"';
  const escaped = escapeHidden(text.replace(quote === '"' ? /["\\]/g : /['\\]/g, '\\$&'), pairEscape);
  // A bundle may end up in a page.
  return quote + escaped.replace(/<(?=\/script|!--)/gi, '\\u003c') + quote;
}

/** Any plain data as a literal on one line. */
export function typescriptValue(value: unknown): string {
  return inline(value, {
    language: 'typescript',
    string: typescriptString,
    number: (n) => finite(n, 'typescript'),
    key: typescriptKey,
  });
}

function typescriptKey(name: string): string {
  // `{ __proto__: x }` sets the prototype, quoted or not; only the computed form makes a key.
  if (name === '__proto__') return '["__proto__"]';
  return IDENTIFIER.test(name) ? name : typescriptString(name);
}
