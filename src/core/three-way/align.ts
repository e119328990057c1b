/** Which entry of one text is which of the others: by key, then by likeness (renamed), and in what order the result has them. */
import { alikeness, likeness, sameBuild } from './alike.ts';
import { type Container, type Entry, meaning } from './format.ts';

/** One entry as the three texts have it; null where it is not. */
export type Item = { base: Entry | null; yours: Entry | null; theirs: Entry | null };
/** Base entries that both sides took away and put others in their place. */
export type Clash = Readonly<{ base: readonly Item[]; yours: readonly Item[]; theirs: readonly Item[] }>;
export type Alignment = Readonly<{
  /** All entries, in the order of the result; those that nobody keeps are there as well. */
  items: readonly Item[];
  clashes: readonly Clash[];
  /** Both sides put what they share into an order of their own. */
  reordered: boolean;
}>;

/** Above it, an entry that went and one that came are the same one renamed. Where it stands in the same place, less is enough. */
const LIKE = 0.75;
const LIKE_IN_PLACE = 0.6;
/** Comparing all with all; beyond, entries with other keys are other entries. */
const MOST = 60;

export function align(base: Container | null, yours: Container, theirs: Container): Alignment {
  const old = base?.entries ?? [];
  const mine = match(old, yours.entries, theirs.entries, yours.kind);
  const news = match(old, theirs.entries, yours.entries, theirs.kind);
  const items: Item[] = old.map((entry) => ({
    base: entry,
    yours: mine.get(entry) ?? null,
    theirs: news.get(entry) ?? null,
  }));
  followRenames(items, yours, theirs);
  const known = new Set(items.flatMap(({ yours: a, theirs: b }) => [a, b]));
  const added = new Map<string, Item>();
  for (const entry of yours.entries)
    if (!known.has(entry)) added.set(entry.key, { base: null, yours: entry, theirs: null });
  for (const entry of theirs.entries) {
    if (known.has(entry)) continue;
    const twin = added.get(entry.key);
    if (twin !== undefined) twin.theirs = entry;
    else added.set(`theirs ${entry.key}`, { base: null, yours: null, theirs: entry });
  }
  for (const item of added.values()) items.push(item);
  return ordered(items, old, yours, theirs);
}

/** Known again by likeness on one side, an entry is on the other side what has the same key now. */
function followRenames(items: readonly Item[], yours: Container, theirs: Container): void {
  const free = (side: 'yours' | 'theirs', { entries }: Container): Map<string, Entry> => {
    const taken = new Set(items.map((item) => item[side]));
    return new Map(entries.filter((entry) => !taken.has(entry)).map((entry) => [entry.key, entry]));
  };
  const [mine, news] = [free('yours', yours), free('theirs', theirs)];
  for (const item of items) {
    if (item.yours === null && item.theirs !== null) item.yours = mine.get(item.theirs.key) ?? null;
    else if (item.theirs === null && item.yours !== null) item.theirs = news.get(item.yours.key) ?? null;
  }
}

/** From an entry of the base to the one that it is now. `third`: what the other side has, which nothing is renamed to. */
function match(
  base: readonly Entry[],
  other: readonly Entry[],
  third: readonly Entry[],
  kind: Container['kind'],
): Map<Entry, Entry> {
  const found = namesakes(base, other, kind);
  const taken = new Set(found.values());
  const keys = new Set([...base, ...third].map(({ key }) => key));
  const gone = base.filter((entry) => !found.has(entry));
  const come = other.filter((entry) => !taken.has(entry) && !(kind === 'map' && keys.has(entry.key)));
  if (gone.length === 0 || come.length === 0 || gone.length > MOST || come.length > MOST) return found;
  const gapOf = gaps(base, other, found);
  const candidates = gone
    .flatMap((from) =>
      come.map((to) => {
        const score = from.plain || to.plain ? 0 : alikeness(from, to, kind);
        return { from, to, score, close: gapOf(from) === gapOf(to) };
      }),
    )
    .filter(({ score, close }) => score >= (close ? LIKE_IN_PLACE : LIKE))
    .sort((a, b) => Number(b.close) - Number(a.close) || b.score - a.score);
  for (const { from, to } of candidates) {
    if (found.has(from) || taken.has(to)) continue;
    found.set(from, to);
    taken.add(to);
  }
  if (kind === 'list') pairSingles(gone, come, found, gaps(base, other, found));
  return found;
}

/** By key. Of several with one name in a list, what they say tells which is which, then how alike they are, their number last. */
function namesakes(base: readonly Entry[], other: readonly Entry[], kind: Container['kind']): Map<Entry, Entry> {
  const nameOf = ({ key }: Entry): string => (kind === 'list' ? key.replace(/#\d+$/, '') : key);
  const named = grouped(other, nameOf);
  const found = new Map<Entry, Entry>();
  for (const [name, old] of grouped(base, nameOf)) {
    let come = named.get(name) ?? [];
    let gone = old;
    const pair = (pairs: readonly (readonly [Entry, Entry | undefined])[]): void => {
      const taken = new Set<Entry>();
      for (const [from, to] of pairs) {
        if (to === undefined || found.has(from) || taken.has(to)) continue;
        found.set(from, to);
        taken.add(to);
      }
      gone = gone.filter((entry) => !found.has(entry));
      come = come.filter((entry) => !taken.has(entry));
    };
    if (gone.length + come.length > 2) {
      const says = grouped(come, ({ node }) => meaning(node));
      pair(gone.map((from) => [from, says.get(meaning(from.node))?.shift()]));
    }
    if (gone.length !== come.length && gone.length <= MOST && come.length <= MOST) {
      const scored = gone.flatMap((from) => come.map((to) => ({ from, to, score: likeness(from, to) })));
      pair(scored.sort((x, y) => y.score - x.score).map(({ from, to }) => [from, to]));
    }
    pair(gone.map((from, index) => [from, come[index]]));
  }
  return found;
}

function grouped(entries: readonly Entry[], by: (entry: Entry) => string): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(by(entry));
    if (group === undefined) groups.set(by(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}

/** Where one went and one of the same build came, it is the same one. */
function pairSingles(
  gone: readonly Entry[],
  come: readonly Entry[],
  found: Map<Entry, Entry>,
  gapOf: (entry: Entry) => Entry | null,
): void {
  const taken = new Set(found.values());
  const by = (entries: readonly Entry[]): Map<Entry | null, Entry[]> => {
    const places = new Map<Entry | null, Entry[]>();
    for (const entry of entries) places.set(gapOf(entry), [...(places.get(gapOf(entry)) ?? []), entry]);
    return places;
  };
  const came = by(come.filter((entry) => !taken.has(entry)));
  for (const [gap, [from, ...more]] of by(gone.filter((entry) => !found.has(entry)))) {
    const [to, ...others] = came.get(gap) ?? [];
    if (from && to && more.length + others.length === 0 && sameBuild(from, to)) found.set(from, to);
  }
}

/** The matched entry before one: entries of both lists with the same one stand in the same place. */
function gaps(
  base: readonly Entry[],
  other: readonly Entry[],
  found: ReadonlyMap<Entry, Entry>,
): (entry: Entry) => Entry | null {
  const before = new Map<Entry, Entry | null>();
  let last: Entry | null = null;
  for (const entry of base) {
    before.set(entry, last);
    if (found.has(entry)) last = entry;
  }
  const back = new Map([...found].map(([from, to]) => [to, from]));
  last = null;
  for (const entry of other) {
    before.set(entry, last);
    last = back.get(entry) ?? last;
  }
  return (entry) => before.get(entry) ?? null;
}

function ordered(all: readonly Item[], base: readonly Entry[], yours: Container, theirs: Container): Alignment {
  const by = (side: keyof Item, entries: readonly Entry[]): Item[] => {
    const index = new Map(all.map((item) => [item[side], item]));
    return entries.map((entry) => index.get(entry) as Item);
  };
  const [old, mine, news] = [by('base', base), by('yours', yours.entries), by('theirs', theirs.entries)];
  const shared = (items: readonly Item[]): Item[] => items.filter((item) => item.base && item.yours && item.theirs);
  const same = (a: readonly Item[], b: readonly Item[]): boolean => {
    const [left, right] = [shared(a), shared(b)];
    return left.every((item, index) => item === right[index]);
  };
  const theyMoved = yours.kind === 'list' && !same(old, news);
  const youMoved = !same(old, mine);
  const [first, second] = theyMoved && !youMoved ? [news, mine] : [mine, news];
  const items = weave(weave(first, second), old);
  return { items, clashes: clashesOf(old, mine, news), reordered: theyMoved && youMoved && !same(mine, news) };
}

/** Puts what only `second` has behind the one that it stands behind there; at the front, before the one that follows. */
function weave(first: readonly Item[], second: readonly Item[]): Item[] {
  const result = [...first];
  const there = new Set(first);
  const shared = new Set(second);
  let last: Item | null = null;
  for (const [index, item] of second.entries()) {
    if (!there.has(item)) {
      const next = second.slice(index + 1).find((other) => there.has(other));
      const behind = last !== null || next === undefined;
      let at = last !== null ? result.indexOf(last) + 1 : next !== undefined ? result.indexOf(next) : result.length;
      // Behind what the other side put in the same place.
      while (behind && last !== null && at < result.length && !shared.has(result[at] as Item)) at += 1;
      result.splice(at, 0, item);
      there.add(item);
    }
    last = item;
  }
  return result;
}

function clashesOf(old: readonly Item[], mine: readonly Item[], news: readonly Item[]): Clash[] {
  const clashes: Clash[] = [];
  const yourPlaces = placesOf('yours', old, mine);
  const theirPlaces = placesOf('theirs', old, news);
  const groups = new Map<string, Item[]>();
  for (const item of old) {
    const [yours, theirs] = [yourPlaces.get(item), theirPlaces.get(item)];
    if (item.yours === null && item.theirs === null && yours && theirs) {
      const id = `${yours.number} ${theirs.number}`;
      const group = groups.get(id);
      if (group !== undefined) group.push(item);
      else {
        const base = [item];
        groups.set(id, base);
        clashes.push({ base, yours: yours.come, theirs: theirs.come });
      }
    } else if (isSingle(yours) && item.theirs !== null && changed(item, item.theirs))
      clashes.push({ base: [item], yours: yours.come, theirs: [item] });
    else if (isSingle(theirs) && item.yours !== null && changed(item, item.yours))
      clashes.push({ base: [item], yours: [item], theirs: theirs.come });
  }
  return clashes.reduce(joined, []);
}

/** Clashes that share an entry are one: it can stand in one place only. */
function joined(known: readonly Clash[], clash: Clash): Clash[] {
  const parts = ({ base, yours, theirs }: Clash): Item[] => [...base, ...yours, ...theirs];
  const mine = new Set(parts(clash));
  const touching = known.filter((other) => parts(other).some((item) => mine.has(item)));
  const side = (name: keyof Clash): Item[] => [...new Set([...touching, clash].flatMap((one) => one[name]))];
  const whole = { base: side('base'), yours: side('yours'), theirs: side('theirs') };
  return [...known.filter((other) => !touching.includes(other)), whole];
}

/** Between two entries that stayed: what went and what came instead. */
type Place = Readonly<{ number: number; gone: Item[]; come: Item[] }>;

/** By the base entry that one side took away, where it put something else instead. */
function placesOf(side: 'yours' | 'theirs', old: readonly Item[], now: readonly Item[]): ReadonlyMap<Item, Place> {
  const places = new Map<Item | null, Place>();
  const placeAt = (last: Item | null): Place => {
    const place = places.get(last) ?? { number: places.size, gone: [], come: [] };
    places.set(last, place);
    return place;
  };
  let last: Item | null = null;
  for (const item of old) {
    if (item[side] !== null) last = item;
    else placeAt(last).gone.push(item);
  }
  last = null;
  for (const item of now) {
    if (item.base !== null) last = item;
    else if (item.yours === null || item.theirs === null) placeAt(last).come.push(item);
  }
  const found = [...places.values()].filter(({ gone, come }) => gone.length > 0 && come.length > 0);
  return new Map(found.flatMap((place) => place.gone.map((item) => [item, place])));
}

/** One for one: then what came is what went, and a change of that on the other side is about the same thing. */
function isSingle(place: Place | undefined): place is Place {
  const [gone, come] = [place?.gone[0], place?.come[0]];
  return place?.gone.length === 1 && place.come.length === 1 && !gone?.base?.plain && come !== undefined;
}

function changed({ base }: Item, now: Entry): boolean {
  return base === null || meaning(base.node) !== meaning(now.node);
}
