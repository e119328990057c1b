/** Escaping by output language: `<%= value %>` calls `escaperFor(languageOf(path))`, templates call the helpers by name. */
export { escaperFor } from './escapers.ts';
export { type Escaped, type Helpers, helpersFor } from './helpers.ts';
export { type Language, languageOf } from './language.ts';
export { Verbatim } from './verbatim.ts';
