/** The named inner escapers, for one language inside another. Text in the output's own language comes back as `Verbatim`. */
import { commentText } from './comment.ts';
import { dockerfileObstacle } from './dockerfile.ts';
import { escaperFor } from './escapers.ts';
import { expressionScalar, expressionText, neutraliseExpressions } from './github.ts';
import { neutraliseActions } from './go-template.ts';
import { execForm, jsonValue } from './json.ts';
import type { Language } from './language.ts';
import { makefileObstacle, makefileRecipe } from './makefile.ts';
import { markdownText } from './markdown.ts';
import { code, tableCell } from './markdown-parts.ts';
import { promqlRegex, promqlString } from './promql.ts';
import { type ShellOptions, shellText } from './shell-template.ts';
import { neutraliseTemplates } from './terraform.ts';
import { cannot, textOf, unicodeOf, Verbatim } from './verbatim.ts';
import { blockScalar } from './yaml-block.ts';

/** A string is still escaped by `<%= %>`; a `Verbatim` is printed. */
export type Escaped = string | Verbatim;

/** What templates call by bare name; the same names in every language. */
export type Helpers = Readonly<{
  /** Shell text, each interpolation one quoted word: sh`npm run ${script}`. */
  sh: (strings: TemplateStringsArray, ...values: readonly unknown[]) => Escaped;
  /** JSON on one line; in a Dockerfile the exec form. */
  json: (value: unknown) => Escaped;
  /** A YAML literal block at column `indent`, two deeper than its key. */
  block: (text: unknown, indent: number) => Verbatim;
  /** A GitHub expression, on purpose: `${{ text }}`. */
  expression: (text: string) => Escaped;
  /** A PromQL string literal. */
  promql: (value: unknown) => Escaped;
  /** A PromQL string literal for `=~` that matches exactly the value, or one of the values. */
  promRegex: (value: unknown) => Escaped;
  /** Text in which Go templates find no action. */
  goTemplate: (value: unknown) => Escaped;
  /** Text in which Terraform finds no template. */
  tf: (value: unknown) => Escaped;
  /** Inline Markdown text. */
  markdown: (value: unknown) => Escaped;
  /** A Markdown code span. */
  code: (value: unknown) => Escaped;
  /** A cell of a Markdown table; takes text, or `code(…)`. */
  tableCell: (value: unknown) => Escaped;
  /** One line within a comment of the output language. */
  comment: (value: unknown) => Verbatim;
  /** The marked exception: `text` as it is. `reason` is a literal that a lint test lists. */
  raw: (reason: string, text: string) => Verbatim;
}>;

/** What the surroundings of shell ask of it. */
const SHELL_IN: Partial<Record<Language, ShellOptions>> = {
  dockerfile: { refuse: dockerfileObstacle, flagsFirst: true },
  makefile: { refuse: makefileObstacle },
};

export function helpersFor(language: Language): Helpers {
  const own = (languages: readonly Language[], text: string, helper: string): Escaped =>
    languages.includes(language) ? new Verbatim(text, `${helper} made it`) : text;
  return {
    sh: (strings, ...values) => {
      const text = shellText(strings, values, SHELL_IN[language]);
      if (language === 'makefile') return new Verbatim(makefileRecipe(text), 'sh made it');
      return own(['shell', 'dockerfile'], text, 'sh');
    },
    json: (value) => {
      if (language === 'dockerfile') return new Verbatim(execForm(value), 'json made it');
      return own(
        ['json', 'typescript'],
        language === 'typescript' ? escaperFor('typescript')(value) : jsonValue(value),
        'json',
      );
    },
    block: (value, indent) => {
      const text = textOf(value, language);
      if (language !== 'yaml' && language !== 'github-workflow')
        throw cannot(language, text, 'only YAML has block scalars');
      return new Verbatim(
        blockScalar(language === 'yaml' ? text : neutraliseExpressions(text), indent),
        'block made it',
      );
    },
    expression: (text) =>
      language === 'github-workflow'
        ? new Verbatim(expressionScalar(text), 'expression made it')
        : expressionText(text),
    promql: (value) => own(['promql'], promqlString(value), 'promql'),
    promRegex: (value) => own(['promql'], promqlRegex(value), 'promRegex'),
    goTemplate: (value) => own(['go-template'], neutraliseActions(unicodeOf(value, 'go-template')), 'goTemplate'),
    tf: (value) =>
      // The escaper of .tf.json neutralises every string itself; twice would show the escapes.
      language === 'terraform-json'
        ? new Verbatim(escaperFor(language)(value), 'tf made it')
        : neutraliseTemplates(textOf(value, language)),
    markdown: (value) => own(['markdown'], markdownText(value), 'markdown'),
    code: (value) => (language === 'markdown' ? code(value) : code(value).text),
    tableCell: (value) => own(['markdown'], tableCell(value), 'tableCell'),
    comment: (value) => new Verbatim(commentText(value, language), 'comment made it'),
    raw: (reason, text) => {
      if (typeof reason !== 'string' || reason.trim() === '') throw new Error('raw(reason, text): say why');
      if (typeof text !== 'string') throw new Error('raw(reason, text): text is a string');
      return new Verbatim(text, reason);
    },
  };
}
