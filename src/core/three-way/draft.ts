/** A merge before anybody chose: what is open, and how the text reads for any choice. */
import type { MergeConflict, Merged } from '../../model.ts';

/** `base` is for conflict marks, which show what both sides began with. */
export type Side = 'yours' | 'theirs' | 'base';
export type Choose = (id: string) => Side;

export type Draft = Readonly<{
  method: Merged['method'];
  conflicts: readonly MergeConflict[];
  notes: readonly string[];
  write(choose: Choose): string;
}>;

export const YOURS: Choose = () => 'yours';
export const THEIRS: Choose = () => 'theirs';
export const BASE: Choose = () => 'base';

/** Ids name places, and two conflicts may be in one place: the second one is numbered. */
export function unique<T extends Readonly<{ id: string }>>(conflicts: readonly T[]): T[] {
  const seen = new Map<string, number>();
  return conflicts.map((conflict) => {
    const count = (seen.get(conflict.id) ?? 0) + 1;
    seen.set(conflict.id, count);
    return count === 1 ? conflict : { ...conflict, id: `${conflict.id} (${count})` };
  });
}
