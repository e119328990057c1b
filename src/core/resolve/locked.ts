/** Locked answers: an organisation's choice that a project may not change. */
import { isDeepStrictEqual } from 'node:util';
import { InvalidAnswer } from '../../define.ts';
import type { Problem } from '../../errors.ts';
import type { Plain, Question } from '../../model.ts';
import { whereIs } from './contradictions.ts';
import { shown } from './ids.ts';
import type { Given } from './layers.ts';

/** The lock that holds: of several, the weakest preset's, which all the others extend or follow. */
export function lockOf(all: readonly Given[]): Given | undefined {
  return all.findLast(({ locked }) => locked !== null);
}

/** Everybody stronger who says something else than the lock. To say the same is no contradiction. */
export function lockProblems(
  id: string,
  question: Question,
  value: Plain,
  lock: Given,
  all: readonly Given[],
): readonly Problem[] {
  return all.slice(0, all.indexOf(lock)).flatMap((given): Problem[] => {
    if (says(question, given.raw, value)) return [];
    const who = lock.preset?.name ?? '';
    return [
      {
        code: 'CONFIG_LOCKED',
        place: whereIs(given.place, id),
        message: `${shown(given.raw)} contradicts ${shown(value)}, which ${who} has locked (${lock.place}): ${lock.locked?.replace(/\.$/, '')}.`,
        hint: `${remedies[given.source] ?? 'Take it out'}, or ask who locked it.`,
      },
    ];
  });
}

const remedies: Readonly<Partial<Record<Given['source'], string>>> = {
  flag: 'Leave the flag out',
  prompt: 'Answer it so',
  config: 'Take the line out',
  preset: 'Take the answer out of that preset',
};

function says(question: Question, raw: unknown, value: Plain): boolean {
  try {
    return isDeepStrictEqual(question.parse(raw), value);
  } catch (error) {
    if (error instanceof InvalidAnswer) return false;
    throw error;
  }
}
