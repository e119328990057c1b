/**
 * EJS source → the source of a plain function. Run at build time for our own templates, and at run time for those of a project's generators;
 * nothing else in the house knows EJS.
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

/** A template that cannot be compiled: the line and why. */
export class CompileError extends Error {
  readonly line: number;
  readonly reason: string;

  constructor(name: string, line: number, reason: string, options?: ErrorOptions) {
    super(`templates/${name}:${line}: ${reason}`, options);
    this.name = 'CompileError';
    this.line = line;
    this.reason = reason;
  }
}

/**
 * Compiles one template. Returns the source of a function expression
 * `(it, __escape, __mark, __partial, __helpers) => string` that throws `{ line, cause }` where the template fails.
 * @throws CompileError when the template uses `<%-` or `include`, or leaves a tag open.
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
  try {
    template.generateSource();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CompileError(name, openTag(source), reason.replace(/\.$/, ''), { cause: error });
  }
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
  throw new CompileError(name, lineAt(source, found.index), why);
}

/** The line of the first tag that is not closed before the next one opens. */
function openTag(source: string): number {
  const tag = /<%(?!%)(?:(?!<%(?!%))[\s\S])*?%>|<%(?!%)/g;
  for (const found of source.matchAll(tag)) if (!found[0].endsWith('%>')) return lineAt(source, found.index);
  return 1;
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}

/** The part of EJS 7 that we use; its own types leave the Template class out. */
type EjsModule = {
  Template: new (
    source: string,
    options: Readonly<Record<string, unknown>>,
  ) => { generateSource: () => void; source: string };
};
