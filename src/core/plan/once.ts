/** Files that are written when they are absent and the user's from then on. */
import type { RenderedFile } from '../../model.ts';
import { restyle, sameText } from '../text-style.ts';
import { created, type Decision, entryOf, isPresent, keep, NONE, type Situation, written } from './decision.ts';
import { withMode } from './mode.ts';

export function decideOnce(file: RenderedFile, now: Situation): Decision {
  const records = { entry: now.entry ?? entryOf(file, now), base: NONE, next: NONE };
  if (!isPresent(now)) return created(file, now, { ...records, entry: entryOf(file, now) });
  const mode = now.modeBefore ?? file.mode;
  if (sameText(now.before, file.text)) return written(file, now, now.before, 'as generated', records, { mode });
  if (now.intent === 'restore') {
    const ours = { ...records, entry: entryOf(file, now) };
    const more = { mode: withMode(file.mode, now.modeBefore) };
    return written(file, now, restyle(file.text, now.before), 'as generated, as you asked', ours, more);
  }
  if (now.entry === undefined && now.intent !== 'adopt') return keep(file, now, 'not written by us');
  return keep(file, now, 'written once, yours since', records);
}
