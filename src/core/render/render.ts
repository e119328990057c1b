/** Compiled templates + file specs → rendered files. Pure. */
import type { FileSpec, RenderedFile, View } from '../../model.ts';
import { escaperFor, helpersFor, languageOf, Verbatim } from '../escape/index.ts';
import { strictView } from './view.ts';

/** What has been printed so far, in pieces: a look at it must not make one text of it each time. */
type Output = readonly string[];

/** What `compileTemplate` makes. */
export type TemplateFunction = (
  it: View,
  escapeFn: (value: unknown) => string,
  mark: (ids: string, output: Output) => void,
  partial: (output: Output, name: string, view: View) => Verbatim,
  helpers: ReturnType<typeof helpersFor>,
) => string;

/** Compiled templates by name (`ci-github/.github/workflows/ci.yml.ejs`). */
export type Templates = Readonly<Record<string, TemplateFunction>>;

/** A template failed. Not the user's fault: a bug of ours, or of who wrote the template. */
export class TemplateError extends Error {
  readonly template: string;
  /** From 1; 0 where there is no such template. */
  readonly line: number;
  readonly reason: string;

  constructor(template: string, line: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`templates/${template}:${line}: ${reason}`, { cause });
    this.name = 'TemplateError';
    this.template = template;
    this.line = line;
    this.reason = reason;
  }
}

/**
 * Renders one file of a generator. The escaper is the one of the output's language, chosen by `spec.path`.
 * @throws TemplateError with template and line: unknown view key, a value that the language cannot say, no such template.
 */
export function renderFile(templates: Templates, generator: string, spec: FileSpec): RenderedFile {
  const template = spec.template ?? `${generator}/${spec.path}.ejs`;
  const marks = new Map<number, Set<string>>();
  const text = run(templates, template, spec.path, spec.view, (line, ids) => {
    const known = marks.get(line) ?? new Set<string>();
    for (const id of ids) known.add(id);
    marks.set(line, known);
  });
  return {
    path: spec.path,
    text,
    mode: spec.mode ?? 0o644,
    ownership: spec.ownership ?? 'own',
    generator,
    template,
    marks: Object.fromEntries([...marks].sort(([a], [b]) => a - b).map(([line, ids]) => [line, [...ids].sort()])),
  };
}

function run(
  templates: Templates,
  name: string,
  path: string,
  view: View,
  record: (line: number, ids: readonly string[]) => void,
): string {
  const template = templates[name];
  if (!template) throw new TemplateError(name, 0, 'there is no such template');
  const language = languageOf(path);
  const lineOf = lineCounter();
  const mark = (ids: string, output: Output) => record(lineOf(output), ids.split(/\s+/));
  const partial = (output: Output, partialName: string, partialView: View): Verbatim => {
    const offset = lineOf(output) - 1;
    const text = run(templates, `_partials/${partialName}.ejs`, path, partialView, (line, ids) =>
      record(line + offset, ids),
    );
    return new Verbatim(text, 'a partial is in the language of the file that uses it');
  };
  try {
    return template(strictView(view), escaperFor(language), mark, partial, helpersFor(language));
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    const { line, cause } = error as { line?: number; cause?: unknown };
    if (cause instanceof TemplateError) throw cause;
    throw new TemplateError(name, line ?? 0, cause ?? error);
  }
}

/** Tells the line (from 1) that the next character of a growing output stands on; what was counted before is not counted again. */
function lineCounter(): (output: Output) => number {
  let lines = 1;
  let from = 0;
  return (output) => {
    for (; from < output.length; from++) {
      const piece = output[from] as string;
      for (let at = piece.indexOf('\n'); at !== -1; at = piece.indexOf('\n', at + 1)) lines++;
    }
    return lines;
  };
}
