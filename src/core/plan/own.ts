/** Files of our own: replaced while nobody edited them, merged when somebody did, decided by a person where both changed one place. */
import type { RenderedFile } from '../../model.ts';
import { matches } from '../lock.ts';
import { restyle, sameText } from '../text-style.ts';
import {
  created,
  type Decision,
  isNews,
  isPresent,
  keep,
  type Present,
  type Situation,
  settled,
  written,
} from './decision.ts';
import { nextMode, withMode } from './mode.ts';
import { afterMarks } from './open-marks.ts';
import { adopt, edited, marksLeft, reconcile } from './reconcile.ts';

export function decideOwn(file: RenderedFile, now: Situation): Decision {
  if (!isPresent(now)) return created(file, now, settled(file, now));
  if (now.intent === 'restore') return restored(file, now);
  const given = now.answer !== undefined && 'text' in now.answer ? now.answer.text : null;
  const yours = given ?? now.before;
  const cleared = afterMarks(now, yours, file.text);
  if (cleared === 'left') return marksLeft(file, now);
  return given !== null && isAsked(cleared) ? edited(file, cleared, given) : decideText(file, cleared);
}

/** A text that a person gave answers a conflict; where nobody edited anything (any more) there is none. */
function isAsked({ before, entry }: Present): boolean {
  return entry !== undefined && !matches(before, entry.hash);
}

/** Ours over whatever is there, because a person said so. */
function restored(file: RenderedFile, now: Present): Decision {
  const mode = withMode(file.mode, now.modeBefore);
  return written(file, now, restyle(file.text, now.before), 'as generated, as you asked', settled(file, now), { mode });
}

function decideText(file: RenderedFile, now: Present): Decision {
  const { before, entry } = now;
  const modeChanges = nextMode(file.mode, entry?.mode, now.modeBefore) !== (now.modeBefore ?? entry?.mode ?? file.mode);
  if (sameText(before, file.text))
    return written(file, now, before, modeChanges ? 'its mode changes' : 'as generated', settled(file, now));
  if (entry === undefined) return now.intent === 'adopt' ? adopt(file, now) : keep(file, now, 'not written by us');
  if (!isNews(file, entry)) {
    return modeChanges
      ? written(file, now, before, 'its mode changes; your edits stay', settled(file, now))
      : keep(file, now, 'edited by you', settled(file, now));
  }
  // Where lock and base disagree one of them lies, and the user's text may be what the lock calls ours.
  if (matches(before, entry.hash) && !now.damaged)
    return written(file, now, restyle(file.text, before), 'untouched since it was written', settled(file, now));
  return reconcile(file, now, before);
}
