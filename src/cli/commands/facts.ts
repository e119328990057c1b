/** `facts`: what was found, and where. */
import { answer, type Inspection, inspect } from '../../pipeline.ts';
import type { Context } from '../context.ts';
import { jsonText } from '../json.ts';
import { factsText } from '../text/facts.ts';

/** Exit 0 whatever was found: an unknown fact is an answer too. */
export function facts({ ports, request, terminal, args }: Context): number {
  const inspection = inspect(ports);
  if (args.json) {
    terminal.out(jsonText('facts', inspection.facts));
    return 0;
  }
  const { services } = answer(inspection, request);
  const names = new Map(services.map(({ name, facts: found }) => [found.path, name]));
  const { outStyle: style, columns } = terminal;
  terminal.out(factsText(inspection.facts, { names, ours: writtenBefore(inspection), style, columns }));
  return 0;
}

/** The files that are ours; a file of the user's that we only add to stays theirs. */
export function writtenBefore({ lock }: Inspection): ReadonlySet<string> {
  const files = Object.entries(lock?.files ?? {});
  return new Set(files.flatMap(([path, { ownership }]) => (ownership === 'own' || ownership === 'once' ? [path] : [])));
}
