/**
 * Which of several equal edits is meant: "a line was added" between equal lines can be said in several places. Git slides every edit as far
 * down as it goes, or to where the other text has an edit as well (xdl_change_compact); doing the same puts conflicts where people know them.
 */

/** One text of a comparison: its lines, and which of them the other text does not have. */
export type Marked = Readonly<{ lines: readonly string[]; changed: boolean[] }>;
/** A run of changed lines, half open; empty between two unchanged ones. */
type Group = { start: number; end: number };

/** Slides the marks of both texts; the edits stay as many and as large. */
export function compact(a: Marked, b: Marked): void {
  slideAll(a, b);
  slideAll(b, a);
}

function slideAll(text: Marked, other: Marked): void {
  const group = first(text);
  const partner = first(other);
  do {
    if (group.end > group.start) slide(text, group, other, partner);
  } while (next(text, group) && next(other, partner));
}

/** The unchanged lines of both texts are the same in number, so each step past one is a step past its twin. */
function slide(text: Marked, group: Group, other: Marked, partner: Group): void {
  let size: number;
  let earliest: number;
  let meets: boolean;
  do {
    size = group.end - group.start;
    while (up(text, group)) previous(other, partner);
    earliest = group.end;
    meets = partner.end > partner.start;
    while (down(text, group)) {
      next(other, partner);
      if (partner.end > partner.start) meets = true;
    }
  } while (size !== group.end - group.start);
  if (group.end === earliest || !meets) return;
  while (partner.end === partner.start && up(text, group)) previous(other, partner);
}

function first({ changed }: Marked): Group {
  const group = { start: 0, end: 0 };
  while (changed[group.end]) group.end += 1;
  return group;
}

function next({ lines, changed }: Marked, group: Group): boolean {
  if (group.end === lines.length) return false;
  group.start = group.end + 1;
  group.end = group.start;
  while (changed[group.end]) group.end += 1;
  return true;
}

function previous({ changed }: Marked, group: Group): void {
  if (group.start === 0) return;
  group.end = group.start - 1;
  group.start = group.end;
  while (changed[group.start - 1]) group.start -= 1;
}

function up({ lines, changed }: Marked, group: Group): boolean {
  if (group.start === 0 || lines[group.start - 1] !== lines[group.end - 1]) return false;
  group.start -= 1;
  group.end -= 1;
  changed[group.start] = true;
  changed[group.end] = false;
  while (changed[group.start - 1]) group.start -= 1;
  return true;
}

function down({ lines, changed }: Marked, group: Group): boolean {
  if (group.end === lines.length || lines[group.start] !== lines[group.end]) return false;
  changed[group.start] = false;
  changed[group.end] = true;
  group.start += 1;
  group.end += 1;
  while (changed[group.end]) group.end += 1;
  return true;
}
