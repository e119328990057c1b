/**
 * EJS source → the source of a plain function. Run at build time; nothing else in the house knows EJS.
 *
 * Two things are ours: standards marks (`<%# CI-003 CI-014 %>` prints nothing and records the line), and partials that keep the marks of
 * what they print. `<%-` does not exist here: text that already is in the output language says so with `raw(reason, text)`.
 */
import ejs from 'ejs';

const MARK = /<%#\s*((?:[A-Z][A-Z0-9]*-\d{3}\s+)*[A-Z][A-Z0-9]*-\d{3})\s*([-_]?)%>/g;
const PARTIAL = /\bpartial\(/g;

/** Names that a template can use besides `it`: the helpers of its output language and `partial(name, view)`. */
export const HELPER_NAMES = [
  'sh',
  'json',
  'block',
  'expression',
  'promql',
  'promRegex',
  'goTemplate',
  'tf',
  'markdown',
  'code',
  'tableCell',
  'comment',
  'raw',
] as const;

/**
 * Compiles one template. Returns the source of a function expression
 * `(it, __escape, __mark, __partial, __helpers) => string` that throws `{ line, cause }` where the template fails.
 * @throws Error when the template uses `<%-` or `include`, or when EJS cannot parse it; the message names the template and the line.
 */
export function compileTemplate(name: string, source: string): string {
  refuse(name, source, /<%-/, '`<%-` prints unescaped text; use `<%= %>`, or `raw(reason, text)`');
  refuse(name, source, /\binclude\s*\(/, '`include` reads files; use `partial(name, view)`');
  const marked = source
    .replace(MARK, (_, ids: string, trim: string) => `<% __mark(${JSON.stringify(ids)}, __output) ${trim}%>`)
    .replace(PARTIAL, '__partial(__output, ');
  const template = new (ejs as unknown as EjsModule).Template(marked, {
    strict: true,
    _with: false,
    localsName: 'it',
    compileDebug: true,
    filename: name,
  });
  template.generateSource();
  const used = HELPER_NAMES.filter((helper) => new RegExp(`\\b${helper}\\b`).test(template.source));
  return [
    'function (it, escapeFn, __mark, __partial, __helpers) {',
    ...(used.length > 0 ? [`  const { ${used.join(', ')} } = __helpers;`] : []),
    '  const __output = []; let __line = 1;',
    '  const __append = (text) => { __output.push(text); };',
    '  try {',
    template.source.trimEnd(),
    '  } catch (cause) { throw { line: __line, cause }; }',
    '  return __output.join("");',
    '}',
  ].join('\n');
}

function refuse(name: string, source: string, pattern: RegExp, why: string): void {
  const found = pattern.exec(source);
  if (!found) return;
  const line = source.slice(0, found.index).split('\n').length;
  throw new Error(`templates/${name}:${line}: ${why}`);
}

/** The part of EJS 7 that we use; its own types leave the Template class out. */
type EjsModule = {
  Template: new (
    source: string,
    options: Readonly<Record<string, unknown>>,
  ) => { generateSource: () => void; source: string };
};
