/** Files that the lock knows and that no generator writes any more. They are forgotten, whatever becomes of them. */
import type { Change, LockEntry } from '../../model.ts';
import { matches } from '../lock.ts';
import { takenOut } from './additive.ts';
import { about, type Decision, isPresent, NOTHING, type Situation } from './decision.ts';

export function decideGone(now: Situation, entry: LockEntry): Decision {
  if (!isPresent(now)) return { ...NOTHING, change: null };
  const { before, base } = now;
  const told = about(entry, now);
  const forget = (change: Change): Decision => ({ ...NOTHING, change });
  const orphan = (reason: string): Decision => forget({ ...told, kind: 'orphan', reason, before, after: null });
  if (now.unmanaged) return orphan('left to you');
  if (now.linked) return orphan('reached by a symbolic link, which is not followed');
  if (entry.ownership === 'own' || entry.ownership === 'once') {
    // Lock and base disagree: the user's text may be what the lock calls ours, and nothing of theirs is deleted.
    if (now.damaged) return orphan('no longer generated; what we last wrote is not known for sure, so it is yours');
    if (matches(before, entry.hash))
      return forget({ ...told, kind: 'delete', reason: 'no longer generated', before, after: null });
    if (entry.ownership === 'once') return orphan('written once, yours since');
    return orphan(
      entry.open === undefined
        ? 'no longer generated; you edited it, so it is yours'
        : 'no longer generated; it holds conflict marks and your edits, so it is yours',
    );
  }
  if (base === null || before.includes('\ufffd')) return orphan('what we added to it is not known any more');
  const change = takenOut(now, entry, base);
  return change === null ? orphan('what we added to it is gone or edited') : forget(change);
}
