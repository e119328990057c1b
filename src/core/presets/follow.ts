/** Which answers of a project give way to a preset that it begins to follow. */
import { isDeepStrictEqual } from 'node:util';
import type { Plain, Preset } from '../../model.ts';
import { type Explanation, explainAnswer } from '../resolve/explain.ts';
import { wild } from '../resolve/ids.ts';

/** An answer of the configuration that the preset gives too. `why`: its place. */
export type OwnAnswer = Readonly<{ id: string; value: Plain; why: string }>;

/**
 * `given`: our own default (or the persona's) that a release wrote down, and nobody has said anything about: the preset answers it from now
 * on. `kept`: what the project itself has chosen.
 */
export type Followed = Readonly<{ given: readonly OwnAnswer[]; kept: readonly OwnAnswer[] }>;

/** `text` is that of the configuration, in which the answers stand. */
export function follow(preset: Preset, text: string | null, known: Parameters<typeof explainAnswer>[1]): Followed {
  const lines = (text ?? '').split(/\r?\n/);
  const own = known.resolution.asked
    .filter(({ id }) => Object.hasOwn(preset.lines ?? {}, id) || Object.hasOwn(preset.lines ?? {}, wild(id)))
    .flatMap(({ id }) => {
      const explained = explainAnswer(id, known);
      const answer = [explained.winner, ...explained.weaker].find((one) => one?.source === 'config');
      return answer ? [{ explained, one: { id, value: answer.value, why: answer.why } }] : [];
    });
  const isGiven = ({ explained, one }: (typeof own)[number]): boolean =>
    isDefault(explained, one.value) && !isRemarked(lines, one);
  return {
    given: own.filter(isGiven).map(({ one }) => one),
    kept: own.filter((each) => !isGiven(each)).map(({ one }) => one),
  };
}

/** Without anybody's word, this is what would hold. */
function isDefault({ weaker }: Explanation, value: Plain): boolean {
  const ours = weaker.find(({ source }) => source === 'persona' || source === 'detected' || source === 'default');
  return ours !== undefined && isDeepStrictEqual(ours.value, value);
}

/** A person has written something beside it. */
function isRemarked(lines: readonly string[], { why }: OwnAnswer): boolean {
  const line = Number(/:(\d+)$/.exec(why)?.[1] ?? 0);
  return /\s#/.test(lines[line - 1] ?? '');
}
