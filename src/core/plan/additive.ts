/** Small additive edits of files that belong to the user, by a merger. The base is what of our fragment is in the file. */
import type { Change, LockEntry, Ownership, RenderedFile } from '../../model.ts';
import { mergers } from '../merge/index.ts';
import {
  about,
  created,
  type Decision,
  entryOf,
  isPresent,
  keep,
  NONE,
  type Present,
  type Situation,
  written,
} from './decision.ts';

export function decideAdditive(file: RenderedFile, now: Situation): Decision {
  const { before, entry } = now;
  const { merge } = mergerOf(file.ownership);
  const first = merge(before, file.text, entry?.ownership === file.ownership ? now.base : null);
  if (first.kind === 'conflict') return keep(file, now, first.reason);
  // Who asks for our part again gets what they had taken out as well; what is ours was known before.
  const again =
    now.intent === 'restore' ? merge(first.kind === 'applied' ? first.text : before, file.text, null) : first;
  const result = again.kind === 'applied' ? { ...again, owned: first.owned } : first;
  const records = { entry: entryOf(file, now), base: { text: result.owned }, next: NONE };
  const kept = result.kept.length > 0 ? `; your own ${result.kept.join(', ')} stays` : '';
  if (!isPresent(now)) {
    if (result.kind === 'unchanged') return keep(file, now, `nothing to add${kept}`, records);
    return created(file, now, records, result.text);
  }
  const mode = now.modeBefore ?? file.mode;
  return result.kind === 'unchanged'
    ? written(file, now, now.before, `our part is in it${kept}`, records, { mode })
    : written(file, now, result.text, `a small addition to your file${kept}`, records, { mode });
}

/** What becomes of the user's file when our part is no longer wanted: null where our part is not in it any more. */
export function takenOut(now: Present, entry: LockEntry, base: string): Change | null {
  const { before } = now;
  const after = mergerOf(entry.ownership).remove(before, base);
  if (after === before) return null;
  const told = about(entry, now);
  if (after === null) return { ...told, kind: 'delete', reason: 'no longer generated', before, after };
  const mode = now.modeBefore ?? entry.mode;
  return { ...told, kind: 'update', reason: 'our addition is taken out', before, after, mode, modeBefore: mode };
}

function mergerOf(ownership: Ownership) {
  const merger = mergers[ownership.slice('merge:'.length) as keyof typeof mergers];
  if (merger === undefined) throw new Error(`nobody merges for ownership ${ownership}`);
  return merger;
}
