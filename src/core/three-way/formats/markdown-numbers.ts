/** The numbers of a list: what one side puts in between moves on those behind it. */
import { type Entry, printNode } from '../format.ts';

const NUMBER = /^( {0,3})(\d{1,9})([.)][ \t]+)/;

/**
 * The items numbered one after the other where the user's text does so; `like` is what it has in this place. Lists that begin anew further
 * down, or that say `1.` everywhere, are left alone.
 */
export function counted(entries: readonly Entry[], like: readonly Entry[]): readonly Entry[] {
  const before = like.flatMap((entry) => numberOf(entry) ?? []);
  const first = before[0];
  if (first === undefined || before.some((number, index) => number !== first + index)) return entries;
  let next = first;
  return entries.map((entry) => {
    const number = numberOf(entry);
    if (number === null) return entry;
    const now = next;
    next += 1;
    return number === now ? entry : renumbered(entry, number, now);
  });
}

function numberOf({ open }: Entry): number | null {
  const number = NUMBER.exec(open)?.[2];
  return number === undefined ? null : Number(number);
}

/** A longer number would need more indentation in the lines below it: such an item keeps its own. */
function renumbered(entry: Entry, from: number, to: number): Entry {
  const fits = String(from).length === String(to).length || !printNode(entry.node).includes('\n');
  return fits ? { ...entry, open: entry.open.replace(NUMBER, `$1${to}$3`) } : entry;
}
