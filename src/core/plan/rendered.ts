/** What becomes of a file that is rendered in this run: disk, lock and rendered text compared. Pure. */
import type { RenderedFile } from '../../model.ts';
import { decideAdditive } from './additive.ts';
import { type Decision, isNews, keep, NOTHING, type Situation } from './decision.ts';
import { decideOnce } from './once.ts';
import { decideOwn } from './own.ts';

export function decideRendered(file: RenderedFile, now: Situation): Decision {
  const { before, entry, intent } = now;
  if (now.unmanaged && intent === undefined) return keep(file, now, 'left to you', NOTHING);
  if (now.taken !== null) return keep(file, now, `${now.taken} is here: you moved it`, NOTHING);
  if (now.linked) return keep(file, now, 'reached by a symbolic link, which is not followed');
  if (before === null) {
    if (now.twin !== null)
      return keep(file, now, `${now.twin.path} differs in case only`, now.undecided, now.twin.text);
    if (entry !== undefined && intent !== 'restore') return keep(file, now, deleted(file, now));
  }
  // A replacement character stands for bytes that are not UTF-8: writing the text back would lose them.
  if (before?.includes('\ufffd') && !file.text.includes('\ufffd')) return keep(file, now, 'it is not UTF-8 text');
  if (file.ownership === 'own') return decideOwn(file, now);
  if (file.ownership === 'once') return decideOnce(file, now);
  return decideAdditive(file, now);
}

/** It stays deleted; who wants it again is told how, and whether it would be another text. */
function deleted(file: RenderedFile, { entry, place }: Situation): string {
  const news = entry !== undefined && isNews(file, entry);
  return `deleted by you${news ? '; there is a newer text' : ''} (restore ${place} writes it)`;
}
