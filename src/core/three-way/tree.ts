/**
 * The structural three-way merge of two trees against a third one. It decides what can be decided and hands each other place to a person;
 * a place that cannot be written as it has to be becomes a part of a larger place around it.
 */
import { align, type Clash, type Item } from './align.ts';
import { byLines } from './by-lines.ts';
import { conflictAt, type Places, type Work } from './conflict.ts';
import { type Container, type Entry, type Leaf, printEntry, printNode } from './format.ts';
import { isHashPin, newerPin } from './pins.ts';
import { alike, mergeComments, mergeRemark, newComments } from './remarks.ts';

/** What a place became: at most a few entries. Null: it cannot be written, so what is around it has to be decided as a whole. */
type Result = readonly Entry[] | null;

/** Null where nothing but the whole text would be the place. */
export function mergeContainers(work: Work, places: Places, pointer: string): Container | null {
  const { base, yours, theirs } = places;
  const { items, clashes, reordered } = align(base, yours, theirs);
  if (reordered && !items.every(({ yours: entry }) => entry === null || entry.plain)) return null;
  if (reordered) work.notes.push(`${pointer || '/'}: both changed the order, yours kept`);
  const clashing = new Map(
    clashes.flatMap((clash) => clash.yours.concat(clash.theirs, clash.base).map((item) => [item, clash])),
  );
  const done = new Set<Clash>();
  const entries: Entry[] = [];
  for (const item of items) {
    const clash = clashing.get(item);
    if (clash !== undefined && done.has(clash)) continue;
    if (clash !== undefined) done.add(clash);
    const result =
      clash !== undefined ? mergeClash(work, places, clash, pointer) : mergeItem(work, places, item, pointer);
    if (result === null) return null;
    for (const entry of result) entries.push(entry);
  }
  return assemble(work, places, entries, pointer);
}

/** The container with its new entries. Untouched, it stays as it is, whatever its commas look like. */
function assemble(
  work: Work,
  { base, yours, theirs }: Places,
  entries: readonly Entry[],
  pointer: string,
): Container | null {
  const touched =
    entries.length !== yours.entries.length || entries.some((entry, index) => entry !== yours.entries[index]);
  const joined = touched ? work.format.join(entries, yours) : yours;
  if (joined === null || base === null || base.style !== yours.style || theirs.style !== yours.style) return joined;
  const comment = (side: 'head' | 'tail'): string => {
    // Brackets on one line or on several are your way of writing it.
    if (squeezed(base[side]) === squeezed(theirs[side])) return joined[side];
    const merged = mergeComments(base[side], joined[side], theirs[side], joined.indent);
    // A head that holds a bracket or a property is more than a comment; only its comment may follow.
    const safe = merged !== null && bare(merged) === bare(joined[side]);
    if (!safe) work.notes.push(commentKept(pointer || '/', theirs[side]));
    return safe ? endAs(merged, joined[side]) : joined[side];
  };
  return { ...joined, head: comment('head'), tail: comment('tail') };
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

function bare(text: string): string {
  return squeezed(text.replace(/(#|\/\/).*$/gm, ''));
}

function commentKept(pointer: string, theirs: string): string {
  const says = theirs.trim() === '' ? 'has none there' : `says ${theirs.trim()}`;
  return `${pointer}: both changed a comment, yours kept; the new version ${says}`;
}

function endAs(text: string, like: string): string {
  return text.endsWith('\n') || !like.endsWith('\n') || text === '' ? text : `${text}\n`;
}

/** Both sides put something else in the place of the same entries: one of the two is meant. */
function mergeClash(work: Work, places: Places, clash: Clash, pointer: string): Result {
  const side = (name: 'base' | 'yours' | 'theirs'): Entry[] => clash[name].flatMap((item) => item[name] ?? []);
  return conflictAt(work, places, { base: side('base'), yours: side('yours'), theirs: side('theirs') }, pointer);
}

function mergeItem(work: Work, places: Places, item: Item, pointer: string): Result {
  const mark = work.mark();
  const result = decide(work, places, item, pointer);
  if (result !== null) return result;
  work.forget(mark);
  const one = (entry: Entry | null): Entry[] => (entry === null ? [] : [entry]);
  return conflictAt(work, places, { base: one(item.base), yours: one(item.yours), theirs: one(item.theirs) }, pointer);
}

/** Null: this is a conflict. */
function decide(work: Work, places: Places, item: Item, pointer: string): Result {
  const { base, yours, theirs } = item;
  if (yours === null) {
    if (theirs === null) return [];
    if (base === null) return fitted(work, places, theirs, null);
    if (work.says(base) !== work.says(theirs)) return null;
    const comments = newComments(theirs, base);
    const name = theirs.name === base.name ? '' : `the new version calls it ${theirs.name}`;
    const news = [name, comments.length > 0 ? `new comments of it: ${comments.join(' ')}` : '']
      .filter(Boolean)
      .join('; ');
    if (news !== '') work.notes.push(`${work.pointer(pointer, places, item)}: you deleted it; ${news}`);
    return [];
  }
  if (theirs === null) {
    if (base === null) return [yours];
    const renamed = places.yours.kind === 'map' && base.key !== yours.key;
    return work.says(base) === work.says(yours) && !renamed && newComments(yours, base).length === 0 ? [] : null;
  }
  if (alike(yours, theirs)) return [yours];
  if (base !== null && alike(base, theirs)) return [yours];
  // Untouched, it is replaced as it stands; in a layout of yours, part by part, so that your layout stays.
  const untouched = base !== null && alike(base, yours);
  if (untouched && keepsLayout(work, places, base, yours)) {
    const result = fitted(work, places, theirs, yours);
    if (result !== null) return result;
  }
  const merged = mergeEntry(work, places, { base, yours, theirs }, work.pointer(pointer, places, item));
  if (merged !== null) return [merged];
  return untouched ? fitted(work, places, theirs, yours) : null;
}

function keepsLayout(work: Work, { base, yours }: Places, old: Entry, mine: Entry): boolean {
  const moved = base === null ? null : work.format.fit(old, base, yours, mine);
  return moved !== null && printEntry({ ...moved, comma: '' }).trim() === printEntry({ ...mine, comma: '' }).trim();
}

function fitted({ format }: Work, { yours, theirs }: Places, entry: Entry, instead: Entry | null): Result {
  const result = format.fit(entry, theirs, yours, instead);
  return result === null ? null : [result];
}

type Sides = Readonly<{ base: Entry | null; yours: Entry; theirs: Entry }>;

/** An entry that all have, or that both sides added, and that at least one changed. */
function mergeEntry(work: Work, places: Places, { base, yours, theirs }: Sides, pointer: string): Entry | null {
  const news = work.format.fit(theirs, places.theirs, places.yours, yours);
  const renamed = base !== null && theirs.key !== base.key && places.yours.kind === 'map';
  if (renamed && yours.key !== base.key && yours.key !== theirs.key) return null;
  const value = mergeValue(work, places, { base, yours, theirs }, news, pointer);
  if (value === null) return null;
  if (renamed && yours.key === base.key)
    work.notes.push(`${pointer}: the new version calls it ${theirs.key}; your edits are in it`);
  const key =
    renamed && yours.key === base.key && news !== null ? { key: news.key, name: news.name, open: news.open } : {};
  if (base === null || value.whole) return { ...value.entry, ...key };
  const lead = mergeComments(base.lead, yours.lead, news?.lead ?? yours.lead, places.yours.indent);
  const remark = mergeRemark(base.remark, yours.remark, news?.remark ?? yours.remark);
  const lost = lead === null ? theirs.lead : remark === null ? theirs.remark : null;
  if (lost !== null) work.notes.push(commentKept(pointer, lost));
  // The end of the line is the value's: a block that took a word's place ends differently.
  const end = remark === null || value.entry.node.kind !== yours.node.kind ? value.entry.remark : remark;
  return { ...value.entry, ...key, lead: lead ?? yours.lead, remark: end };
}

/** `whole`: the comments are decided with the value. */
type Value = Readonly<{ entry: Entry; whole: boolean }>;

function mergeValue(work: Work, places: Places, sides: Sides, news: Entry | null, pointer: string): Value | null {
  const { base, yours, theirs } = sides;
  const [y, t, b] = [yours.node, theirs.node, base?.node ?? null];
  if (y.kind !== 'leaf' && t.kind !== 'leaf') {
    const node = mergeDeep(work, { base: b, yours: y, theirs: t }, pointer);
    if (node !== null) return { entry: { ...yours, node }, whole: false };
  }
  const [mine, now, old] = [work.says(yours), work.says(theirs), base === null ? null : work.says(base)];
  const pinned = base !== null && [base, yours, theirs].some((entry) => isHashPin(lineOf(entry)));
  if (pinned && base !== null) return mergePin(work, { base, yours, theirs }, news, pointer);
  if (now === old || now === mine) return { entry: yours, whole: false };
  if (
    mine === old &&
    base !== null &&
    news !== null &&
    newComments({ ...yours, lead: '', remark: '' }, base).length === 0
  )
    return { entry: replaced(yours, news), whole: false };
  if (base === null || y.kind !== 'leaf' || t.kind !== 'leaf' || b?.kind !== 'leaf') return null;
  return mergeText(work, places, sides, [b, y, t], news) ?? mergePin(work, { base, yours, theirs }, news, pointer);
}

/** Container in container; null where they are not of one kind, or where a part of them would be the whole. */
function mergeDeep(
  work: Work,
  sides: Readonly<{ base: Entry['node'] | null; yours: Container; theirs: Container }>,
  pointer: string,
): Container | null {
  const { base, yours, theirs } = sides;
  if (yours.kind !== theirs.kind || yours.entries.length === 0) return null;
  if (base === null)
    return yours.kind === 'map' && yours.props === theirs.props
      ? attempt(work, { base: null, yours, theirs }, pointer)
      : null;
  // An anchor or a tag that you gave it stays on it; one of the new version comes with the whole.
  if (base.kind !== yours.kind || base.props !== theirs.props) return null;
  return attempt(work, { base, yours, theirs }, pointer);
}

function attempt(work: Work, places: Places, pointer: string): Container | null {
  const mark = work.mark();
  const result = mergeContainers(work, places, pointer);
  if (result === null) work.forget(mark);
  return result;
}

/** Your spelling of the key with the new value; where a block is involved, the new line as a whole. */
function replaced(yours: Entry, news: Entry): Entry {
  if (yours.node.kind !== 'leaf' || news.node.kind !== 'leaf' || news.node.lines || yours.node.lines)
    return { ...news, lead: yours.lead, comma: yours.comma };
  return { ...yours, node: news.node };
}

/** Texts of several lines are merged by lines. */
function mergeText(
  work: Work,
  places: Places,
  sides: Sides,
  [b, y, t]: readonly [Leaf, Leaf, Leaf],
  news: Entry | null,
): Value | null {
  if (
    !(b.lines && y.lines && t.lines) ||
    b.type !== y.type ||
    t.type !== y.type ||
    sides.base === null ||
    news === null
  )
    return null;
  const old = places.base === null ? null : work.format.fit(sides.base, places.base, places.yours, sides.yours);
  if (old === null) return null;
  const text = byLines(printNode(old.node), y.text, printNode(news.node));
  const value = byLines(b.value, y.value, t.value);
  if (text.conflicts.length + value.conflicts.length > 0) return null;
  work.notes.push(...text.notes);
  const node = { ...y, text: text.write(() => 'yours'), value: value.write(() => 'yours') };
  return { entry: { ...sides.yours, node }, whole: false };
}

/** A pin and the comment that says what it is are one thing. */
function mergePin(
  work: Work,
  { base, yours, theirs }: Sides & { base: Entry },
  news: Entry | null,
  pointer: string,
): Value | null {
  const [b, y, t] = [lineOf(base), lineOf(yours), lineOf(theirs)];
  if (b === t || y === t) return { entry: yours, whole: true };
  const moved = news === null ? null : { ...yours, node: news.node, remark: news.remark };
  if (b === y) return moved === null ? null : { entry: moved, whole: true };
  const newer = newerPin(b, y, t);
  if (newer === null) return null;
  work.notes.push(newer.note.startsWith(newer.name) ? newer.note : `${pointer}: ${newer.note}`);
  if (newer.side === 'yours') return { entry: yours, whole: true };
  if (moved === null) return null;
  work.dropped.push(y);
  return { entry: moved, whole: true };
}

function lineOf(entry: Entry): string {
  return (entry.open + printNode(entry.node) + entry.remark).trim();
}
