/** Templates that are not known at build time: those of a project's own generators, by the same compiler. Imported only where there are some. */
import { Script } from 'node:vm';
import { CompileError, compileTemplate } from './compile.ts';

export { CompileError };

import type { TemplateFunction } from './render.ts';

/** @throws CompileError with the line of the template: what the compiler refuses, and JavaScript that does not parse. */
export function linkTemplate(name: string, source: string): TemplateFunction {
  const code = `(${compileTemplate(name, source)})`;
  try {
    return new Script(code, { filename: FILE }).runInThisContext() as TemplateFunction;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CompileError(name, lineOf(error, code), reasonOf(error), { cause: error });
  }
}

/** The compiled code stands in a `try` of ours, which the person who wrote the template knows nothing of. */
function reasonOf({ message }: SyntaxError): string {
  if (message === "Unexpected token 'catch'") return 'a block that is opened is never closed';
  if (message === 'Missing catch or finally after try') return 'a block is closed that was never opened';
  return `its JavaScript does not parse: ${message}`;
}

const FILE = 'template';

/** The compiled code says before each piece which line of the template it comes from. A place behind the last piece is the last line. */
function lineOf(error: SyntaxError, code: string): number {
  const at = Number(new RegExp(`^${FILE}:(\\d+)`, 'm').exec(error.stack ?? '')?.[1] ?? 0);
  const before = code.split('\n').slice(0, at).join('\n');
  return Number([...before.matchAll(/__line = (\d+)/g)].at(-1)?.[1] ?? 1);
}
