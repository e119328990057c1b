/** Both sides changed the text: it is merged, and what cannot be merged is answered by a person, by the policy, or not at all. */
import type { ConflictChoice, ConflictChoices, Merged, MergeTexts, RenderedFile } from '../../model.ts';
import { basePath, hashText, nextBasePath } from '../lock.ts';
import { plainText, restyle } from '../text-style.ts';
import { about, type Decision, entryOf, type Present, type Records, settled, written } from './decision.ts';
import { hasMarks, mayHaveMarks } from './open-marks.ts';

/** `yours` is the user's text: what is on disk, or what they made of it in an editor. */
export function reconcile(file: RenderedFile, now: Present, yours: string): Decision {
  if (hasMarks(yours, now.base ?? file.text))
    return conflict(file, now, `it holds the marks of a git merge; settle them first, or restore ${now.place}`, null);
  const texts = textsOf(file, now, yours);
  const given: ConflictChoices = now.answer !== undefined && 'choices' in now.answer ? now.answer.choices : new Map();
  const merged = now.threeWay.merge(texts, given);
  const done = (result: Merged, reason: string): Decision =>
    written(file, now, restyle(result.text, now.before), reason, settled(file, now), { merged: result });
  if (merged.open.length === 0)
    return done(merged, merged.conflicts.length === 0 ? 'your edits and ours merged' : 'merged as you answered');
  if (now.policy === 'keep' || now.policy === 'theirs') {
    const side = now.policy === 'keep' ? 'yours' : 'theirs';
    const decided = answerRest(now, texts, merged, given, side);
    if (decided !== null) return done(decided, `merged; ${side === 'yours' ? 'yours' : 'ours'} in ${places(merged)}`);
  }
  const open = now.policy === 'markers' ? marked(file, now, texts, merged) : null;
  return open ?? conflict(file, now, reasonOf(now), merged);
}

/**
 * A file of somebody else comes into our care as it stands: what differs from ours counts as the user's edit from now on. Nobody knows what
 * both began with, so every difference can be decided.
 */
export function adopt(file: RenderedFile, now: Present): Decision {
  const { policy, answer } = now;
  const taken: Decision = written(file, now, now.before, 'yours, and in our care from now on', settled(file, now), {
    mode: now.modeBefore ?? file.mode,
  });
  if (answer !== undefined && 'text' in answer) return edited(file, now, answer.text);
  if (answer === undefined && (policy === 'leave' || policy === 'keep')) return taken;
  const texts = textsOf(file, now, now.before);
  const given = answer?.choices ?? new Map<string, ConflictChoice>();
  const merged = now.threeWay.merge(texts, given);
  const done = (result: Merged, reason: string): Decision =>
    written(file, now, restyle(result.text, now.before), reason, settled(file, now), { merged: result });
  if (merged.open.length === 0) return done(merged, 'in our care from now on, as you answered');
  if (policy === 'fail') return conflict(file, now, 'not written by us; what differs can be decided', merged);
  if (policy === 'markers') return marked(file, now, texts, merged) ?? conflict(file, now, reasonOf(now), merged);
  const side = policy === 'theirs' ? 'theirs' : 'yours';
  const decided = answerRest(now, texts, merged, given, side);
  return decided === null ? conflict(file, now, reasonOf(now), merged) : done(decided, 'in our care from now on');
}

/** A text that a person made in an editor is the answer to everything in it, unless marks are left. */
export function edited(file: RenderedFile, now: Present, text: string): Decision {
  if (hasMarks(text, file.text)) return conflict(file, now, 'marks are left in the text that you gave', null);
  return written(file, now, restyle(text, now.before), 'as you edited it', settled(file, now));
}

export function conflict(file: RenderedFile, now: Present, reason: string, merged: Merged | null): Decision {
  const { before, base } = now;
  return {
    change: {
      ...about(file, now),
      kind: 'conflict',
      reason,
      before,
      after: merged === null ? before : restyle(merged.text, before),
      theirs: restyle(file.text, before),
      base,
      mode: now.modeBefore ?? file.mode,
      conflicts: merged?.open ?? [],
    },
    ...now.undecided,
  };
}

/** Null where the merge does not take the answers: then a person decides. */
function answerRest(
  now: Present,
  texts: MergeTexts,
  merged: Merged,
  given: ConflictChoices,
  side: ConflictChoice,
): Merged | null {
  const choices = new Map([...given, ...merged.open.map(({ id }): [string, ConflictChoice] => [id, side])]);
  const decided = now.threeWay.merge(texts, choices);
  return decided.open.length === 0 ? decided : null;
}

/** The text with marks, and what is to be remembered until they are settled. Null where none may or can be written. */
function marked(file: RenderedFile, now: Present, texts: MergeTexts, merged: Merged): Decision | null {
  if (!mayHaveMarks(now)) return null;
  const text = now.threeWay.mark(texts);
  if (!hasMarks(text, texts.yours)) return null;
  const open = { yours: hashText(texts.yours), theirs: hashText(texts.theirs) };
  const records: Records = {
    entry: { ...(now.undecided.entry ?? entryOf(file, now)), open },
    base: now.undecided.entry === null ? { text: texts.theirs } : now.undecided.base,
    next: { text: texts.theirs },
  };
  const reason = `marks written in ${places(merged)}: settle them and run it again`;
  const mode = now.modeBefore ?? file.mode;
  return written(file, now, restyle(text, now.before), reason, records, {
    mode,
    merged: { ...merged, conflicts: merged.open },
  });
}

function textsOf(file: RenderedFile, now: Present, yours: string): MergeTexts {
  const base = now.base === null ? null : plainText(now.base);
  return { path: file.path, base, yours: plainText(yours), theirs: plainText(file.text) };
}

function reasonOf(now: Present): string {
  if (now.entry === undefined) return 'not written by us';
  const edited = now.takenBack
    ? 'it is again as before the marks, so it is asked again'
    : 'edited by you, and there is a newer text';
  if (now.damaged) return `${edited}; ${basePath(now.path)} is not what the lock says, so nothing is merged by itself`;
  if (now.base === null) return `${edited}; what we last wrote is not known, so nothing is merged by itself`;
  if (now.policy === 'markers' && !mayHaveMarks(now)) return `${edited}; no marks are written into a workflow`;
  return edited;
}

function places({ open }: Merged): string {
  return open.length === 1 ? '1 place' : `${open.length} places`;
}

/** Where the marks of an earlier run are still in a file. */
export function marksLeft(file: RenderedFile, now: Present): Decision {
  const reason = `marks of an earlier run are left in it; settle them and run it again (ours is in ${nextBasePath(now.path)})`;
  return conflict(file, now, reason, null);
}
