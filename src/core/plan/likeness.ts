/** How much two texts have in common, by their lines wherever they stand. */
import { toLf } from '../text-style.ts';

export type Lines = Readonly<{ counts: ReadonlyMap<string, number>; total: number; distinct: number }>;

/** Lines that say something, how often each. */
export function linesOf(text: string): Lines {
  const counts = new Map<string, number>();
  let total = 0;
  for (const line of toLf(text).split('\n')) {
    const said = line.trim();
    if (said === '') continue;
    counts.set(said, (counts.get(said) ?? 0) + 1);
    total += 1;
  }
  return { counts, total, distinct: counts.size };
}

/** 0 (nothing) to 1 (the same lines). */
export function likeness(a: Lines, b: Lines): number {
  let shared = 0;
  for (const [line, times] of a.counts) shared += Math.min(times, b.counts.get(line) ?? 0);
  return shared / Math.max(a.total, b.total, 1);
}
