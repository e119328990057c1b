/** In which order generators run: each behind those that it needs, otherwise as they are registered. */
import { type Generator, nearest } from '../define.ts';
import type { Problem } from '../errors.ts';

type Needing = Pick<Generator, 'id' | 'needs' | 'source'>;

/** `problems`: needs that nobody can meet. The order is whole only when there are none. */
export type Order<G> = Readonly<{ order: readonly G[]; problems: readonly Problem[] }>;

/**
 * The same list gives the same order, and generators that need nothing of each other stay as they are. Every unknown id and every circle is
 * a problem; a circle is told once, from the generator in it that is registered first.
 */
export function inOrder<G extends Needing>(generators: readonly G[]): Order<G> {
  const byId = new Map(generators.map((generator) => [generator.id, generator]));
  const unknown = generators.flatMap((generator) =>
    generator.needs.filter((id) => !byId.has(id)).map((id) => unknownNeed(generator, id, [...byId.keys()])),
  );
  const order: G[] = [];
  const placed = new Set<string>();
  const circles: Problem[] = [];
  const visit = (generator: G, way: readonly string[]): void => {
    if (placed.has(generator.id)) return;
    const at = way.indexOf(generator.id);
    if (at >= 0) {
      circles.push(circle(generator, [...way.slice(at), generator.id]));
      return;
    }
    for (const id of generator.needs) {
      const needed = byId.get(id);
      if (needed) visit(needed, [...way, generator.id]);
    }
    if (placed.has(generator.id)) return;
    placed.add(generator.id);
    order.push(generator);
  };
  for (const generator of generators) visit(generator, []);
  return { order, problems: [...unknown, ...circles] };
}

/**
 * Why a generator cannot run although it is chosen: something that it needs is not chosen, or was left out itself. Null where nothing is
 * missing.
 */
export function missingNeed(
  { needs }: Needing,
  chosen: readonly string[],
  left: ReadonlyMap<string, string>,
): string | null {
  const reasons = needs.flatMap((id) => {
    if (!chosen.includes(id)) return [`it needs ${id}, which is not chosen`];
    const why = left.get(id);
    return why === undefined ? [] : [`it needs ${id}, which is left out (${why})`];
  });
  return reasons.length === 0 ? null : reasons.join('; ');
}

/** Where a generator says what it needs. */
function place({ id, source }: Needing): string {
  return source ?? `generator ${id}`;
}

function unknownNeed(generator: Needing, id: string, known: readonly string[]): Problem {
  const close = nearest(
    id,
    known.filter((one) => one !== generator.id),
  );
  return {
    code: 'GENERATOR',
    place: place(generator),
    message: `it needs "${id}", and there is no such generator (there are ${known.join(', ')}).`,
    hint: close ? `Did you mean ${close}?` : 'Take it out of `needs`, or write that generator.',
  };
}

function circle(generator: Needing, way: readonly string[]): Problem {
  const message =
    way.length === 2
      ? 'it needs itself.'
      : `generators need each other in a circle: ${way.join(' → ')}. None of them can be the first.`;
  return { code: 'GENERATOR', place: place(generator), message, hint: 'Take one of them out of `needs`.' };
}
