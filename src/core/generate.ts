/** Asks each chosen generator for its files and renders them, each behind those that it needs. */
import type { Generator, GeneratorInput, NextStep, Pins } from '../define.ts';
import { type Problem, SetupError } from '../errors.ts';
import type { FileSpec, RenderedFile, System } from '../model.ts';
import { inOrder, missingNeed } from './generate-order.ts';
import { checkPath } from './jail.ts';
import { renderFile, TemplateError, type Templates } from './render/render.ts';

export type Generated = Readonly<{
  /** Sorted by path. */
  files: readonly RenderedFile[];
  /** Chosen generators that do not apply, or need one that does not, with the reason. */
  left: readonly Readonly<{ generator: string; reason: string }>[];
  nextSteps: readonly NextStep[];
}>;

/** What one generator asks for. */
type Asked = Readonly<{ specs: readonly FileSpec[]; nextSteps: readonly NextStep[] }>;

/**
 * Renders everything that the System asks for.
 * @throws SetupError all of it at once: GENERATOR for needs that cannot be met and for generators of the project that fail, OWNER when two
 * generators write one path (both are named), JAIL for a path that leaves the root.
 */
export function generate(
  system: System,
  generators: readonly Generator[],
  templates: Templates,
  pins: Pins,
): Generated {
  const { order, problems: unmet } = inOrder(generators);
  if (unmet.length > 0) throw new SetupError(unmet);
  const files = new Map<string, RenderedFile>();
  const left = new Map<string, string>();
  const nextSteps: NextStep[] = [];
  const problems: Problem[] = [];
  /** What each generator that ran to its end has written; one that failed is not here, and who needs it is not asked. */
  const written = new Map<string, readonly RenderedFile[]>();
  for (const generator of order.filter(({ id }) => system.generators.includes(id))) {
    const { id, needs } = generator;
    const attempt = attempting(generator, problems);
    const missing = missingNeed(generator, system.generators, left);
    const applies = missing ?? attempt(() => generator.applies(system));
    if (typeof applies === 'string') left.set(id, applies);
    if (applies !== true || !needs.every((needed) => written.has(needed))) continue;
    const outputs = Object.fromEntries(needs.map((needed) => [needed, written.get(needed) ?? []]));
    const input: GeneratorInput = { system, answers: system.options[id] ?? {}, outputs, pins };
    const asked = attempt((): Asked => ({ specs: generator.files(input), nextSteps: generator.nextSteps(input) }));
    if (asked === null) continue;
    const before = problems.length;
    const rendered = asked.specs.flatMap((spec) => {
      const jail = checkPath(spec.path);
      const owner = files.get(spec.path);
      if (jail) problems.push(named(jail, generator));
      else if (owner) problems.push(twoOwners(spec.path, owner.generator, generator));
      else {
        const file = attempt(() => renderFile(templates, id, spec));
        if (file !== null) files.set(spec.path, file);
        return file ?? [];
      }
      return [];
    });
    if (problems.length === before) written.set(id, rendered);
    nextSteps.push(...asked.nextSteps);
  }
  if (problems.length > 0) throw new SetupError(problems);
  return {
    files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    left: generators.flatMap(({ id }) => (left.has(id) ? [{ generator: id, reason: left.get(id) as string }] : [])),
    nextSteps,
  };
}

/**
 * What a generator of the project does wrong is the project's to mend, and told with everything else; one of ours that fails is a bug, and
 * thrown as it is.
 */
function attempting({ source }: Generator, problems: Problem[]): <T>(action: () => T) => T | null {
  return (action) => {
    try {
      return action();
    } catch (error) {
      if (error instanceof SetupError) problems.push(...error.problems);
      else if (error instanceof TemplateError && source !== undefined) problems.push(badTemplate(error, source));
      else throw error;
      return null;
    }
  };
}

function badTemplate({ template, line, reason }: TemplateError, source: string): Problem {
  const folder = source.slice(0, source.lastIndexOf('/') + 1);
  if (line === 0)
    return {
      code: 'GENERATOR',
      place: source,
      message: `it uses the template ${folder}${template}: ${reason}.`,
      hint: 'A template stands below the folder with the id of its generator, is called like the file that it becomes, and ends in .ejs.',
    };
  return {
    code: 'GENERATOR',
    place: `${folder}${template}:${line}`,
    message: `the template fails: ${reason}.`,
    hint: 'Mend the line, or give the view what it reads.',
  };
}

/** A path that is refused says who wants it. */
function named(problem: Problem, { id, source }: Generator): Problem {
  return { ...problem, message: `${problem.message} ${source ?? `The generator ${id}`} asks for it.` };
}

function twoOwners(path: string, first: string, { id }: Generator): Problem {
  return {
    code: 'OWNER',
    place: path,
    message: first === id ? `${id} writes this path twice.` : `both ${first} and ${id} write this path.`,
    hint: first === id ? 'Ask for it once.' : 'Let one of them own it, or give one another path.',
  };
}
