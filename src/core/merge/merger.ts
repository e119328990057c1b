/** What a merger is. */

/**
 * `owned` is what is to be kept as the base: what of the fragment is ours in the file, in a form that `merge` (as `previous`) and
 * `remove` understand. `kept` names what the user already had under the same name and keeps.
 */
export type MergeResult =
  | Readonly<{ kind: 'applied'; text: string; owned: string; kept: readonly string[] }>
  | Readonly<{ kind: 'unchanged'; owned: string; kept: readonly string[] }>
  | Readonly<{ kind: 'conflict'; reason: string }>;

/**
 * A small additive edit of a user's file that keeps order, comments, indentation, line ends, byte order mark, final newline and
 * everything it does not know. Merging twice changes nothing; what the user deleted or changed of ours is not put back.
 */
export type Merger = Readonly<{
  /** Adds `fragment` to `existing` (null: there is no file). `previous`: the `owned` of the last merge (or the fragment itself), null: none. */
  merge: (existing: string | null, fragment: string, previous: string | null) => MergeResult;
  /** Takes out what was added, as `owned` (or a fragment) says. Null: nothing else was in the file. What was edited stays. */
  remove: (existing: string, owned: string) => string | null;
}>;

/** Null when nothing is left, so that a file that we began goes away again. */
export function orAbsent(text: string): string | null {
  return text === '' ? null : text;
}
