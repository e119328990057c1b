/** Which questions a person is asked, and the asking. At most five at first contact, every one answered by Enter. */
import type { AskedQuestion, Resolution } from '../core/resolve/index.ts';
import type { Prompt } from '../io/prompt.ts';
import type { Answer, AnswerSource, Plain } from '../model.ts';
import { answer, type Inspection, type Request } from '../pipeline.ts';

const MOST_AT_FIRST = 5;

export type OpenQuestion = AskedQuestion & Readonly<{ present: Answer<Plain> | null }>;

/**
 * First contact: the questions marked `first`, then those that nothing answers. Flags and files are answers too, so what they say is not
 * asked. What is required and open is asked in any case, beyond five if it must be.
 */
export function questionsToAsk(resolution: Resolution, which: 'first' | 'open' = 'first'): readonly OpenQuestion[] {
  const withAnswer = (asked: AskedQuestion): OpenQuestion => ({
    ...asked,
    present: resolution.answers.get(asked.id) ?? null,
  });
  const open = resolution.open.map(withAnswer);
  if (which === 'open') return open;
  const first = resolution.asked
    .filter(({ question, id }) => question.ask === 'first' && !isGiven(resolution.answers.get(id)))
    .map(withAnswer);
  return [...first.slice(0, Math.max(MOST_AT_FIRST - open.length, 0)), ...open];
}

/** An organisation's answer is one too: to ask again would only copy it into the project. */
const GIVEN: ReadonlySet<AnswerSource> = new Set(['locked', 'flag', 'answers-file', 'config', 'preset']);

function isGiven(present: Answer<Plain> | undefined): boolean {
  return present !== undefined && GIVEN.has(present.source);
}

/** Asks, one at a time, so that a later question sees what an earlier one changed (the persona its generators). */
export async function ask(
  prompt: Prompt,
  inspection: Inspection,
  request: Request,
  which: 'first' | 'open',
): Promise<Request> {
  let current = request;
  const done = new Set<string>();
  for (;;) {
    const next = questionsToAsk(answer(inspection, current), which).find(({ id }) => !done.has(id));
    if (!next) return current;
    done.add(next.id);
    const raw = await prompt.ask(next);
    current = { ...current, prompted: new Map([...current.prompted, [next.id, raw]]) };
  }
}
