/** Templates at run time, by the compiler that makes ours at build time: the same rules, the same marks, the same errors. */
import type { Templates } from '../core/render/render.ts';
import { type Problem, SetupError } from '../errors.ts';

const MARKED = /\b[A-Z][A-Z0-9]*-\d{3}\b/g;
const MARK = /<%#\s*([^%]*?)\s*[-_]?%>/g;

/**
 * `sources` are EJS texts by name, as a generator asks for them (`my-thing/docs/x.md.ejs`); `folder` is where they stand, for messages.
 * `standards` are the ids that a mark (`<%# CI-003 %>`) may name.
 * @throws SetupError GENERATOR with every template that cannot be compiled: file, line and why
 */
export async function linkTemplates(
  sources: ReadonlyMap<string, string>,
  folder: string,
  standards: ReadonlySet<string>,
): Promise<Templates> {
  const { linkTemplate, CompileError } = await import('../core/render/run-time.ts');
  const problems: Problem[] = [];
  const say = (name: string, line: number, message: string, hint: string) =>
    problems.push({ code: 'GENERATOR', place: `${folder}/${name}:${line}`, message, hint });
  const compiled = [...sources].flatMap(([name, source]) => {
    for (const [line, id] of marksOf(source))
      if (!standards.has(id))
        say(
          name,
          line,
          `there is no standard ${id}.`,
          'See `create-devops-setup explain <id>`; a remark stands in <% /* … */ %>.',
        );
    try {
      return [[name, linkTemplate(name, source)] as const];
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      say(
        name,
        error.line,
        `the template does not compile: ${error.reason}.`,
        'Mend the line; generators of ours and of a project follow the same rules (docs/generators.md of create-devops-setup).',
      );
      return [];
    }
  });
  if (problems.length > 0) throw new SetupError(problems);
  return Object.fromEntries(compiled);
}

/** Line (from 1) and id of every standard that a template names. */
function marksOf(source: string): readonly (readonly [line: number, id: string])[] {
  return [...source.matchAll(MARK)].flatMap((mark) => {
    const line = source.slice(0, mark.index).split('\n').length;
    return [...(mark[1] ?? '').matchAll(MARKED)].map(([id]) => [line, id] as const);
  });
}
