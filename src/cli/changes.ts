/** What a plan tells beside the kinds of its changes. */
import { isOpen } from '../core/plan.ts';
import type { Change, MergeConflict, Plan } from '../model.ts';

export type Conflicting = Extract<Change, { kind: 'conflict' }>;

/** A place in conflict, with the file that it is in. */
export type Entry = MergeConflict & Readonly<{ path: string }>;

/** Every file that stays as it is because nobody has decided. */
export function conflictsOf({ changes }: Plan): readonly Conflicting[] {
  return changes.filter((change) => change.kind === 'conflict');
}

/** Every file that is written with marks, for somebody to settle. */
export function markedIn(plan: Plan): readonly Change[] {
  return plan.changes.filter((change) => change.kind !== 'conflict' && isOpen(plan, change));
}

/** Every place that waits for somebody. */
export function entriesOf(plan: Plan): readonly Entry[] {
  return plan.changes.flatMap((change) => {
    if (!isOpen(plan, change)) return [];
    const places = 'conflicts' in change ? (change.conflicts ?? []) : [];
    return places.length > 0 ? places.map((place) => ({ ...place, path: change.path })) : [wholeFile(change)];
  });
}

/** Marks of a merge are in the file: the first of them is the place. */
function wholeFile({ path, reason, before }: Change): Entry {
  const line = (before ?? '').split('\n').findIndex((text) => /^<{7}( |\r?$)/.test(text)) + 1 || 1;
  return { id: 'file', path, pointer: null, line, yours: null, base: null, theirs: null, reason };
}

/** Places of a file that were in conflict and are answered. */
export function answeredIn(plan: Plan, change: Change): readonly MergeConflict[] {
  return !isOpen(plan, change) && 'conflicts' in change ? (change.conflicts ?? []) : [];
}

/** What a merge decided by itself and is worth telling. */
export function notesOf(change: Change): readonly string[] {
  return 'notes' in change ? (change.notes ?? []) : [];
}
