/** How much two entries have in common: whether one may be the other, renamed. */
import { type Container, type Entry, meaning, type Node } from './format.ts';

/** Fields that hardly anything else shares: an item with the same one is likely the same item under another name. */
const TELLING = ['uses', 'run', 'image', 'expr', 'command'];
const TELLING_SCORE = 0.8;
/** A map's entry is only known under another key when it says enough. */
const ENOUGH_WORDS = 4;
/** The part of the fields that two items of one kind share. */
const SAME_BUILD = 0.75;
/** The part of their words that they share as well, where no field says the same. */
const SAME_WORDS = 0.25;
/** The part of its characters that a word keeps when it is changed rather than replaced. */
const SHARED = 0.5;

/** 0 (nothing) to 1 (every word). */
export function alikeness(a: Entry, b: Entry, kind: Container['kind']): number {
  const [left, right] = [wordsOf(a.node), wordsOf(b.node)];
  if (kind === 'map' && Math.min(left.length, right.length) < ENOUGH_WORDS) return 0;
  if (a.node.kind !== b.node.kind) return 0;
  return Math.max(dice(left, right), sharesTelling(a.node, b.node) ? TELLING_SCORE : 0);
}

/** The part of their words that two entries share. */
export function likeness(a: Entry, b: Entry): number {
  return dice(wordsOf(a.node), wordsOf(b.node));
}

/**
 * Whether two items, one in the place of the other, are the same one: words that begin and end alike; nearly the same fields, and one of
 * several says the same or much does.
 */
export function sameBuild({ node: a, plain }: Entry, { node: b }: Entry): boolean {
  if (a.kind === 'leaf' && b.kind === 'leaf')
    return (
      a.type === b.type && (!plain || shared(a.value, b.value) >= SHARED * Math.max(a.value.length, b.value.length))
    );
  if (a.kind !== 'map' || b.kind !== 'map') return false;
  const fields = ({ entries }: Container): string[] => entries.map(({ key }) => key);
  const says = ({ key, node }: Entry): string => `${key} ${meaning(node)}`;
  const said = new Set(a.entries.map(says));
  const same = a.entries.length < 2 || b.entries.some((entry) => said.has(says(entry)));
  return dice(fields(a), fields(b)) >= SAME_BUILD && (same || dice(wordsOf(a), wordsOf(b)) >= SAME_WORDS);
}

/** How many characters two words have in common at their ends. */
function shared(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return head + tail;
}

/** The words that a node's values are made of; a small number or a boolean may stand anywhere. */
export function wordsOf(node: Node): string[] {
  if (node.kind === 'leaf')
    return (node.value.match(/[^\s"',;()[\]{}]+/g) ?? []).filter((word) => !/^(?:\D?\d{0,2}|true|false)$/.test(word));
  return node.entries.flatMap((entry) => wordsOf(entry.node));
}

function dice(left: readonly string[], right: readonly string[]): number {
  if (left.length + right.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count > 0) common += 1;
    counts.set(word, count - 1);
  }
  return (2 * common) / (left.length + right.length);
}

function sharesTelling(a: Node, b: Node): boolean {
  if (a.kind !== 'map' || b.kind !== 'map') return false;
  return TELLING.some((field) => {
    const [left, right] = [valueAt(a, field), valueAt(b, field)];
    return left !== null && left === right;
  });
}

function valueAt(node: Container, field: string): string | null {
  const found = node.entries.find(({ key }) => key === field)?.node;
  if (found?.kind !== 'leaf') return null;
  return field === 'uses' ? (found.value.split('@')[0] as string) : found.value;
}
