/** Asks each chosen generator for its files and renders them. */
import type { Generator, NextStep, Pins } from '../define.ts';
import { type Problem, SetupError } from '../errors.ts';
import type { RenderedFile, System } from '../model.ts';
import { checkPath } from './jail.ts';
import { renderFile, type Templates } from './render/render.ts';

export type Generated = Readonly<{
  /** Sorted by path. */
  files: readonly RenderedFile[];
  /** Chosen generators that do not apply, with the reason. */
  left: readonly Readonly<{ generator: string; reason: string }>[];
  nextSteps: readonly NextStep[];
}>;

/**
 * Renders everything that the System asks for.
 * @throws SetupError OWNER when two generators write one path (both are named), JAIL for a path that leaves the root: all of them at once.
 */
export function generate(
  system: System,
  generators: readonly Generator[],
  templates: Templates,
  pins: Pins,
): Generated {
  const files = new Map<string, RenderedFile>();
  const left: { generator: string; reason: string }[] = [];
  const nextSteps: NextStep[] = [];
  const problems: Problem[] = [];
  for (const generator of generators.filter(({ id }) => system.generators.includes(id))) {
    const applies = generator.applies(system);
    if (applies !== true) {
      left.push({ generator: generator.id, reason: applies });
      continue;
    }
    const input = { system, answers: system.options[generator.id] ?? {}, pins };
    for (const spec of generator.files(input)) {
      const jail = checkPath(spec.path);
      const owner = files.get(spec.path);
      if (jail) problems.push(jail);
      else if (owner) problems.push(twoOwners(spec.path, owner.generator, generator.id));
      else files.set(spec.path, renderFile(templates, generator.id, spec));
    }
    nextSteps.push(...generator.nextSteps(input));
  }
  if (problems.length > 0) throw new SetupError(problems);
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), left, nextSteps };
}

function twoOwners(path: string, first: string, second: string): Problem {
  return {
    code: 'OWNER',
    place: path,
    message: `both ${first} and ${second} write this path.`,
    hint: 'Let one of them own it, or give one another path.',
  };
}
