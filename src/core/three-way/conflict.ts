/** The work of one structural merge: what it found so far, and how a place that nobody can decide is written. */
import type { MergeConflict } from '../../model.ts';
import type { Item } from './align.ts';
import { reasonOf } from './by-lines.ts';
import type { Choose } from './draft.ts';
import { type Container, type Entry, type Format, meaning, printEntry } from './format.ts';
import { normal } from './remarks.ts';

/** The containers that the entries in question are in. */
export type Places = Readonly<{ base: Container | null; yours: Container; theirs: Container }>;
/** What stands in a place. */
export type Found = Readonly<{ base: readonly Entry[]; yours: readonly Entry[]; theirs: readonly Entry[] }>;
type Mark = readonly [number, number, number];

export class Work {
  readonly format: Format;
  readonly choose: Choose;
  readonly conflicts: MergeConflict[] = [];
  readonly notes: string[] = [];
  /** Texts of yours that a newer pin took the place of. */
  readonly dropped: string[] = [];
  private readonly meanings = new Map<Entry, string>();
  private readonly lines = new Map<Entry | Container, number>();

  constructor(format: Format, choose: Choose, yours: Container) {
    this.format = format;
    this.choose = choose;
    this.number(yours, 1);
  }

  /** What an entry's value means. */
  says(entry: Entry): string {
    const known = this.meanings.get(entry) ?? meaning(entry.node);
    this.meanings.set(entry, known);
    return known;
  }

  mark(): Mark {
    return [this.conflicts.length, this.notes.length, this.dropped.length];
  }

  forget([conflicts, notes, dropped]: Mark): void {
    this.conflicts.length = conflicts;
    this.notes.length = notes;
    this.dropped.length = dropped;
  }

  /** The pointer of an entry: by its number where it stands in a list. */
  pointer(parent: string, places: Places, { base, yours, theirs }: Readonly<Item>): string {
    const entry = yours ?? base ?? theirs;
    if (entry === null) return parent;
    if (entry.name === '') return parent;
    const list = yours !== null ? places.yours : base !== null ? places.base : places.theirs;
    const part = entry.name ?? String(list?.entries.indexOf(entry) ?? 0);
    // A document of several is the front of a pointer, not a part of it.
    if (parent === '' && part.startsWith('#')) return part;
    return `${parent}/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }

  lineOf(part: Entry | Container): number {
    return this.lines.get(part) ?? 1;
  }

  private number(node: Entry['node'], from: number): number {
    if (node.kind === 'leaf') return from + breaks(node.text);
    this.lines.set(node, from);
    let line = from + breaks(node.head);
    for (const entry of node.entries) {
      this.lines.set(entry, line + breaks(entry.lead));
      line = this.number(entry.node, line + breaks(entry.lead + entry.open)) + breaks(entry.comma + entry.remark);
    }
    return line + breaks(node.tail);
  }
}

/**
 * Registers a conflict and says what stands there for the choice made. Null when the new version's side could not be written there: the
 * place is too small then, whatever was chosen.
 */
export function conflictAt(work: Work, places: Places, found: Found, parent: string): readonly Entry[] | null {
  const instead = found.yours[0] ?? null;
  const news = allOrNone(found.theirs, (entry) => work.format.fit(entry, places.theirs, places.yours, instead));
  const from = places.base;
  const old = allOrNone(found.base, (entry) => from && work.format.fit(entry, from, places.yours, instead));
  if (news === null) return null;
  const item = { base: found.base[0] ?? null, yours: found.yours[0] ?? null, theirs: found.theirs[0] ?? null };
  // The comments above belong to what one side takes away; where all have the same ones they are beside the point.
  const lead = new Set([...found.yours, ...found.base, ...found.theirs].map((entry) => normal(entry.lead).trim()));
  const all = found.yours.length * found.theirs.length > 0 && lead.size === 1;
  const [yours, base, theirs] = [said(found.yours, !all), said(found.base, !all), said(news, !all)];
  const pointer = work.pointer(parent, places, item);
  const taken = work.conflicts.filter((conflict) => conflict.pointer === pointer).length;
  const name = pointer === '' ? 'whole document' : pointer;
  const id = taken === 0 ? name : `${name} (${taken + 1})`;
  work.conflicts.push({
    id,
    pointer,
    line: work.lineOf(item.yours ?? places.yours),
    yours,
    base,
    theirs,
    reason: sameParts(item.yours, item.theirs)
      ? 'you and the new version put it in another order'
      : reasonOf(yours, base, theirs),
  });
  const side = work.choose(id);
  return side === 'yours' ? found.yours : side === 'theirs' ? news : (old ?? []);
}

/** Two lists of the same items. */
function sameParts(a: Entry | null, b: Entry | null): boolean {
  if (a?.node.kind !== 'list' || b?.node.kind !== 'list') return false;
  const says = ({ entries }: Container): string =>
    entries
      .map(({ node }) => meaning(node))
      .sort()
      .join();
  return says(a.node) === says(b.node);
}

function allOrNone(entries: readonly Entry[], fit: (entry: Entry) => Entry | null): Entry[] | null {
  const fitted = entries.map(fit);
  return fitted.every((entry) => entry !== null) ? (fitted as Entry[]) : null;
}

function said(entries: readonly Entry[], comments: boolean): string | null {
  return (
    entries.map((entry) => printEntry({ ...entry, lead: comments ? entry.lead.replace(/^\s*\n/, '') : '' })).join('') ||
    null
  );
}

function breaks(text: string): number {
  return text.split('\n').length - 1;
}
