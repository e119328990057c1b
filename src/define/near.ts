/** Which known word a mistyped one was meant to be. */

/** The closest of `values` to a mistyped word, or null when nothing is close (more than a third of the letters differ). */
export function nearest<V extends string>(word: string, values: readonly V[]): V | null {
  return nearestOf(word, values)[0] ?? null;
}

/** All that are close, the closest first; of equals, the first of `values`. */
export function nearestOf<V extends string>(word: string, values: readonly V[]): readonly V[] {
  const plain = (value: string) => value.toLowerCase().replace(/[^a-z0-9]/g, '');
  const limit = Math.max(1, Math.floor(word.length / 3));
  return values
    .map((value) => ({ value, distance: editDistance(plain(word), plain(value)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map(({ value }) => value);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
