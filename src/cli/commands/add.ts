/** `add <generator>`: the same seven steps with one more generator chosen. */
import * as questions from '../../core/questions/index.ts';
import { answerOf } from '../../core/resolve/index.ts';
import { nearest } from '../../define.ts';
import { SetupError } from '../../errors.ts';
import { answer, inspect } from '../../pipeline.ts';
import type { Context } from '../context.ts';
import { init } from './init.ts';

/** @throws SetupError USAGE for a generator that does not exist. */
export async function add(context: Context): Promise<number> {
  const { ports, args, request } = context;
  const wanted = args.words[0] ?? '';
  const ids = ports.generators.map(({ id }) => id);
  if (!ids.includes(wanted)) {
    const close = nearest(wanted, ids);
    throw new SetupError({
      code: 'USAGE',
      place: `add ${wanted}`,
      message: `there is no such generator (there are ${ids.join(', ')}).`,
      hint: close ? `Did you mean ${close}?` : 'See `create-devops-setup list`.',
    });
  }
  const inspection = inspect(ports);
  const resolution = answer(inspection, request);
  // Without a configuration only this one generator is set up: nobody asked for the others.
  const present =
    inspection.config === null ? [] : answerOf(resolution, questions.generatorsQuestion(ports.generators));
  const chosen = ids.filter((id) => id === wanted || (present as readonly string[]).includes(id));
  const flags = new Map<string, unknown>([...request.flags, ['generators', chosen]]);
  return init({ ...context, args: { ...args, command: 'init', words: [] }, request: { ...request, flags } });
}
