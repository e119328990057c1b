/** The escaper of each output language. */

import { dockerfileWord } from './dockerfile.ts';
import { neutraliseExpressions } from './github.ts';
import { neutraliseActions } from './go-template.ts';
import { ignoreLine } from './ignore.ts';
import { finite, jsonValue } from './json.ts';
import type { Language } from './language.ts';
import { makefileValue } from './makefile.ts';
import { markdownText } from './markdown.ts';
import { promqlString } from './promql.ts';
import { shellWord } from './shell.ts';
import { neutraliseTemplates } from './terraform.ts';
import { typescriptValue } from './typescript.ts';
import { unicodeOf, Verbatim } from './verbatim.ts';
import { yamlValue } from './yaml.ts';

const ESCAPERS: Readonly<Record<Language, (value: unknown) => string>> = {
  yaml: (value) => yamlValue(value),
  'github-workflow': (value) => yamlValue(value, 'github-workflow', neutraliseExpressions),
  shell: (value) => shellWord(value),
  dockerfile: dockerfileWord,
  typescript: typescriptValue,
  json: (value) => jsonValue(value),
  'terraform-json': (value) => jsonValue(value, 'terraform-json', neutraliseTemplates),
  promql: (value) => (typeof value === 'number' ? finite(value, 'promql') : promqlString(value)),
  'go-template': (value) => neutraliseActions(unicodeOf(value, 'go-template')),
  markdown: (value) => markdownText(value),
  ignore: ignoreLine,
  makefile: makefileValue,
  text: (value) => unicodeOf(value, 'text'),
};

/**
 * What `<%= value %>` prints in a file of `language`. `Verbatim` passes through.
 * @throws Error, from the returned function, for a value that the language cannot say.
 */
export function escaperFor(language: Language): (value: unknown) => string {
  const print = ESCAPERS[language];
  return (value) => (value instanceof Verbatim ? value.text : print(value));
}
