/** `add <generator>`: the same seven steps with one more generator chosen. */
import * as questions from '../../core/questions/index.ts';
import { answerOf } from '../../core/resolve/index.ts';
import { nearest } from '../../define.ts';
import { SetupError } from '../../errors.ts';
import { answer } from '../../pipeline.ts';
import { begin } from '../begin.ts';
import type { Context } from '../context.ts';
import { whyNot } from '../local.ts';
import { setUp } from './init.ts';

/** @throws SetupError USAGE for a generator that does not exist: neither here, nor in the project, nor in its plopfile. */
export async function add(context: Context): Promise<number> {
  const { ports, args, request } = context;
  const [wanted = '', ...more] = args.words;
  const ids = ports.generators.map(({ id }) => id);
  if (!ids.includes(wanted)) {
    const { addFromPlopfile } = await import('../plopfile.ts');
    const code = await addFromPlopfile(context, wanted, more);
    if (code !== null) return code;
    const close = nearest(wanted, ids);
    const why = whyNot(context.local, wanted);
    throw new SetupError({
      code: 'USAGE',
      place: `add ${wanted}`,
      message: why ?? `there is no such generator (there are ${ids.join(', ')}).`,
      hint: close ? `Did you mean ${close}?` : 'See `create-devops-setup list`.',
    });
  }
  if (more.length > 0) {
    const hint = `Answer its questions by --set KEY=VALUE (create-devops-setup list --questions).`;
    const message = `is one word too many: add ${wanted} takes no more.`;
    throw new SetupError({ code: 'USAGE', place: more.join(' '), message, hint });
  }
  const inspection = begin(context);
  const resolution = answer(inspection, request);
  // Without a configuration only this one generator is set up: nobody asked for the others.
  const present =
    inspection.config === null ? [] : answerOf(resolution, questions.generatorsQuestion(ports.generators));
  const chosen = ids.filter((id) => id === wanted || (present as readonly string[]).includes(id));
  const flags = new Map<string, unknown>([...request.flags, ['generators', chosen]]);
  return setUp({ ...context, request: { ...request, flags } }, inspection);
}
