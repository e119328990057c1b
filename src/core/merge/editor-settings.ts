/**
 * `.vscode/settings.json`, `.vscode/extensions.json` and other JSON with comments: what is missing is added, objects key by key, lists entry
 * by entry. `fragment` is a JSON object. A value that the user has differently stays; one of ours that nobody touched follows the fragment.
 */
import { addItems, closeContainer, NoRoom, nodeAt, type Opened, removeItem, replace } from './json-edit.ts';
import { type JsonNode, JsonSyntaxError, lineAt, memberOf, readJson } from './jsonc.ts';
import type { MergeResult, Merger } from './merger.ts';
import { openedFrom } from './package-scripts.ts';

/** Where the notes about what had to be opened stand in what is owned; a key that begins with `//` is no setting. */
const NOTE = '//opened';

type Path = readonly string[];
/** One value below a key, or one entry of a list (`key` is null then). Lists and objects are leaves only where they are empty. */
type Leaf = Readonly<{ at: Path; key: string | null; value: JsonNode }>;
/** `opened` is null in a plain fragment, which says nothing about it. */
type Owned = Readonly<{ leaves: readonly Leaf[]; opened: readonly Opened[] | null }>;

export const editorSettings: Merger = { merge, remove };

function merge(existing: string | null, fragment: string, previous: string | null): MergeResult {
  const wanted = read(fragment);
  if (wanted === null) return { kind: 'conflict', reason: 'the addition is not a JSON object' };
  const mine = read(previous ?? '') ?? { leaves: [], opened: [] };
  const before = existing ?? '';
  const isEmpty = before === '' || before === '\ufeff';
  try {
    return isEmpty ? begin(before, wanted, mine) : mergeLeaves(before, before, wanted, mine);
  } catch (error) {
    if (error instanceof NoRoom) return { kind: 'conflict', reason: error.message };
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { kind: 'conflict', reason: `line ${lineAt(before, error.offset)} is not JSON: ${error.message}` };
  }
}

/** A file that is begun is an empty object that we opened. */
function begin(before: string, wanted: Owned, mine: Owned): MergeResult {
  const result = mergeLeaves(`${before}{}\n`, null, wanted, mine);
  if (result.kind !== 'applied') return result;
  const note = { at: [], was: null };
  const { leaves } = read(result.owned) as Owned;
  return leaves.length === 0
    ? { kind: 'unchanged', owned: result.owned, kept: result.kept }
    : { ...result, owned: write({ leaves, opened: [note] }) };
}

function mergeLeaves(start: string, before: string | null, wanted: Owned, mine: Owned): MergeResult {
  if (readJson(start, true).type !== 'object') throw new NoRoom('the document is not an object');
  const same = (a: Leaf, b: Leaf): boolean =>
    placeOf(a) === placeOf(b) && (a.key !== null || canonical(a.value) === canonical(b.value));
  const stale = mine.leaves.filter((leaf) => !wanted.leaves.some((other) => same(leaf, other)));
  const opened: Opened[] = [...(mine.opened ?? [])];
  const cleaned = close(takeOut(start, stale), stale, mine.opened, wanted.leaves);
  let text = cleaned;
  const owned: Leaf[] = [];
  const kept = new Set<string>();
  for (const leaf of wanted.leaves) {
    const old = mine.leaves.find((other) => same(other, leaf));
    const blocked = obstacle(text, leaf);
    const found = blocked === null ? find(text, leaf) : undefined;
    if (blocked === null && found === undefined && old === undefined) {
      const item = (leaf.key === null ? '' : `${JSON.stringify(leaf.key)}: `) + spell(leaf.value);
      const room = addItems(text, leaf.at, leaf.key === null ? 'array' : 'object', [item]);
      text = room.text;
      const { opened: note } = room;
      if (note !== null && !opened.some(({ at }) => isWithin(note.at, at))) opened.push(note);
      owned.push(leaf);
    } else if (found === undefined && blocked === null) owned.push(old as Leaf);
    else if (found !== undefined && isSettled(found, leaf.value)) owned.push(...(old === undefined ? [] : [leaf]));
    else if (found !== undefined && old !== undefined && canonical(found) === canonical(old.value)) {
      text = replace(text, found, spell(leaf.value));
      owned.push(leaf);
    } else {
      kept.add(blocked ?? nameOf(leaf.at, leaf.key));
      if (old !== undefined) owned.push(old);
    }
  }
  text = close(text, stale, mine.opened, []);
  const notes = opened.filter(({ at }) => owned.some((leaf) => isWithin(placed(leaf), at)) || at.length === 0);
  const base = write({ leaves: owned, opened: notes });
  if (text !== before) return { kind: 'applied', text, owned: base, kept: [...kept] };
  if (kept.size > 0 && owned.length === 0)
    return { kind: 'conflict', reason: `the file has its own ${[...kept].join(', ')}` };
  return { kind: 'unchanged', owned: base, kept: [...kept] };
}

function remove(existing: string, owned: string): string | null {
  const mine = read(owned);
  if (mine === null) return existing;
  try {
    const text = takeOut(existing, mine.leaves);
    const closed = text === existing ? text : close(text, mine.leaves, mine.opened, []);
    const begun = mine.opened === null || mine.opened.some(({ at, was }) => at.length === 0 && was === null);
    const root = readJson(closed, true);
    if (!begun || !isBare(closed, root) || closed.replace(/^\ufeff/, '').trim() !== closed.slice(root.start, root.end))
      return closed;
    return existing.startsWith('\ufeff') ? '\ufeff' : null;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return existing; // the user's to mend; nothing is taken out of it meanwhile
    throw error;
  }
}

/** Takes out each leaf that still is what we wrote, the last one first. */
function takeOut(text: string, leaves: readonly Leaf[]): string {
  let next = text;
  for (const { at, key, value } of [...leaves].reverse()) {
    const node = nodeAt(next, at);
    const alike = (other: JsonNode): boolean => canonical(other) === canonical(value);
    let index = -1;
    if (node?.type === 'array' && key === null) index = node.items.findLastIndex(alike);
    if (node?.type === 'object' && key !== null)
      index = node.members.findLastIndex((member) => member.key === key && alike(member.value));
    if (index >= 0) next = removeItem(next, at, index);
  }
  return next;
}

/** Closes what was opened for the leaves and is empty now, the innermost first, but nothing that is `needed` again. */
function close(text: string, leaves: readonly Leaf[], opened: Owned['opened'], needed: readonly Leaf[]): string {
  const prefixes = leaves.flatMap(({ at }) => [at, ...at.map((_, length) => at.slice(0, length))]);
  const places = new Map(prefixes.map((path) => [JSON.stringify(path), path]));
  let next = text;
  for (const path of [...places.values()].sort((a, b) => b.length - a.length)) {
    if (needed.some((leaf) => isRoomFor(nodeAt(next, path), path, leaf))) continue;
    const note = opened?.find(({ at }) => JSON.stringify(at) === JSON.stringify(path));
    const ours = path.length > 0 && (opened === null || opened.some(({ at }) => isWithin(path, at)));
    if ((note?.was ?? null) === null && !ours) continue;
    next = closeContainer(next, path, { at: path, was: note?.was ?? null });
  }
  return next;
}

/** The name of the place on the way to a leaf, or of the leaf, that holds another kind of value than ours. Null: the way is free. */
function obstacle(text: string, { at, key }: Leaf): string | null {
  for (let length = 1; length <= at.length; length += 1) {
    const node = nodeAt(text, at.slice(0, length));
    if (node === undefined) return null;
    const kind = length === at.length && key === null ? 'array' : 'object';
    if (node.type !== kind) return nameOf(at.slice(0, length), null);
  }
  return null;
}

function find(text: string, { at, key, value }: Leaf): JsonNode | undefined {
  const node = nodeAt(text, at);
  if (key !== null) return memberOf(node, key)?.value;
  return node?.type === 'array' ? node.items.find((item) => canonical(item) === canonical(value)) : undefined;
}

/** An empty object or list of ours is content with whatever is in the user's. */
function isSettled(found: JsonNode, value: JsonNode): boolean {
  if (canonical(found) === canonical(value)) return true;
  return found.type === value.type && value.type !== 'scalar';
}

function isBare(text: string, node: JsonNode): boolean {
  return node.type === 'object' && node.members.length === 0 && text.slice(node.start + 1, node.end - 1).trim() === '';
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((key, index) => path[index] === key);
}

/** Whether a container at `path` holds the leaf, or what is on the way to it. */
function isRoomFor(node: JsonNode | undefined, path: Path, { at, key }: Leaf): boolean {
  const kind = at.length === path.length && key === null ? 'array' : 'object';
  return node?.type === kind && isWithin(at, path);
}

function placed({ at, key }: Leaf): Path {
  return key === null ? at : [...at, key];
}

function placeOf(leaf: Leaf): string {
  return JSON.stringify([leaf.at, leaf.key]);
}

function nameOf(at: Path, key: string | null): string {
  return [...at, ...(key === null ? [] : [key])].join(' > ');
}

/** One text for one value, whatever the order of keys and the white space. */
function canonical(node: JsonNode): string {
  if (node.type === 'scalar') return JSON.stringify(node.value);
  if (node.type === 'array') return `[${node.items.map(canonical).join(',')}]`;
  const last = new Map(node.members.map(({ key, value }) => [key, canonical(value)]));
  return `{${[...last].map(([key, value]) => `${JSON.stringify(key)}:${value}`).sort()}}`;
}

/** A value on one line. */
function spell(node: JsonNode): string {
  if (node.type === 'scalar') return JSON.stringify(node.value);
  if (node.type === 'array') return `[${node.items.map(spell).join(', ')}]`;
  const members = node.members.map(({ key, value }) => `${JSON.stringify(key)}: ${spell(value)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Reads a fragment or what an earlier merge noted; null where it is no object. */
function read(text: string): Owned | null {
  let root: JsonNode;
  try {
    root = readJson(text, true);
  } catch {
    return null;
  }
  if (root.type !== 'object') return null;
  const leaves = new Map<string, Leaf>();
  for (const leaf of leavesOf([], root))
    leaves.set(placeOf(leaf) + (leaf.key === null ? canonical(leaf.value) : ''), leaf);
  const note = memberOf(root, NOTE)?.value;
  const opened = note === undefined ? null : (JSON.parse(spell(note)) as unknown);
  return {
    leaves: [...leaves.values()],
    opened: Array.isArray(opened) ? opened.map(openedFrom).filter((one) => one !== null) : null,
  };
}

function leavesOf(at: Path, node: JsonNode): Leaf[] {
  if (node.type === 'array') return node.items.map((value) => ({ at, key: null, value }));
  if (node.type === 'scalar') return [];
  const last = new Map(node.members.map(({ key, value }) => [key, value]));
  return [...last].flatMap(([key, value]): Leaf[] => {
    if (at.length === 0 && key.startsWith('//')) return [];
    const inner = leavesOf([...at, key], value);
    return inner.length > 0 ? inner : [{ at, key, value }];
  });
}

/** What is owned, as a fragment with the notes behind it. */
function write({ leaves, opened }: Owned): string {
  const text = leaves.reduce((all, { at, key, value }) => {
    const item = (key === null ? '' : `${JSON.stringify(key)}: `) + spell(value);
    return addItems(all, at, key === null ? 'array' : 'object', [item]).text;
  }, '{}');
  return `${addItems(text, [], 'object', [`${JSON.stringify(NOTE)}: ${JSON.stringify(opened ?? [])}`]).text}\n`;
}
