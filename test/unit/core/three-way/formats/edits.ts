/** Random edits of both sides of a list of items, and what has to become of each item. Every value is a word that stands nowhere else. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { mergeTexts } from '../../../../../src/core/three-way/index.ts';
import type { Merged } from '../../../../../src/model.ts';

/** `id` names it for good; `value` is what sides change; `comment` a word that stands above it. */
export type Piece = Readonly<{ id: string; value: string; comment: string | null }>;
export type Shape = Readonly<{
  name: string;
  path: string;
  render(pieces: readonly Piece[]): string;
  /** What sides do beside adding and deleting. */
  changes: boolean;
  comments: boolean;
  /** Fewer make no valid text. */
  least?: number;
}>;

const OPERATIONS = ['keep', 'keep', 'keep', 'keep', 'change', 'same', 'delete', 'insert', 'comment'] as const;
type Operation = (typeof OPERATIONS)[number];

export const RUNS = { numRuns: Number(process.env.MERGE_RUNS ?? 200), seed: 20_261_121 };

export function plans(): fc.Arbitrary<readonly Readonly<{ yours: Operation; theirs: Operation }>[]> {
  const operation = fc.constantFrom(...OPERATIONS);
  return fc.array(fc.record({ yours: operation, theirs: operation }), { minLength: 1, maxLength: 7 });
}

type Plan = readonly Readonly<{ yours: Operation; theirs: Operation }>[];

/** Builds the three texts, merges them, and holds every item against what was done to it. */
export function holds(shape: Shape, plan: Plan): void {
  const allowed = (operation: Operation): Operation => {
    if (operation === 'comment') return shape.comments ? operation : 'keep';
    if (operation === 'change' || operation === 'same') return shape.changes ? operation : 'delete';
    return operation;
  };
  const steps = plan.map(({ yours, theirs }) => ({ yours: allowed(yours), theirs: allowed(theirs) }));
  const base = steps.map((_, index): Piece => ({ id: `id${index}x`, value: `base${index}x`, comment: null }));
  const side = (name: 'yours' | 'theirs'): Piece[] =>
    base.flatMap((piece, index) => edited(piece, index, (steps[index] as Plan[number])[name], name));
  const pieces = { base, yours: side('yours'), theirs: side('theirs') };
  const least = shape.least ?? 1;
  fc.pre(Object.values(pieces).every((list) => list.length >= least));
  const texts = {
    path: shape.path,
    base: shape.render(pieces.base),
    yours: shape.render(pieces.yours),
    theirs: shape.render(pieces.theirs),
  };
  const merged = mergeTexts(texts);
  const report = `${JSON.stringify(merged, null, 1)}\n--- base\n${texts.base}--- yours\n${texts.yours}--- theirs\n${texts.theirs}--- merged\n${merged.text}`;
  check(steps, merged, report);
  // Merged again with what came out, nothing changes; and the base may have moved meanwhile.
  if (merged.conflicts.length === 0) {
    const again = mergeTexts({ ...texts, base: texts.theirs, yours: merged.text });
    expect([again.text, again.conflicts], report).toEqual([merged.text, []]);
  }
  expect(mergeTexts({ ...texts, yours: texts.base }).text).toBe(texts.theirs);
  expect(mergeTexts({ ...texts, theirs: texts.base }).text).toBe(texts.yours);
  const all = new Map(merged.conflicts.map(({ id }) => [id, 'theirs'] as const));
  expect(mergeTexts(texts, all).open, report).toEqual([]);
}

function edited(piece: Piece, index: number, operation: Operation, side: 'yours' | 'theirs'): Piece[] {
  switch (operation) {
    case 'change':
      return [{ ...piece, value: `${side}${index}x` }];
    case 'same':
      return [{ ...piece, value: `both${index}x` }];
    case 'delete':
      return [];
    case 'insert':
      return [piece, { id: `${side}new${index}x`, value: `${side}value${index}x`, comment: null }];
    case 'comment':
      return [{ ...piece, comment: `${side}note${index}x` }];
    default:
      return [piece];
  }
}

function check(steps: Plan, merged: Merged, report: string): void {
  const count = (word: string): number => merged.text.split(new RegExp(`\\b${word}\\b`)).length - 1;
  const saidBy = (side: 'yours' | 'theirs', word: string): boolean =>
    merged.conflicts.some((conflict) => conflict[side]?.includes(word));
  let mayConflict = false;
  for (const [index, { yours, theirs }] of steps.entries()) {
    const [y, t] = [valueAfter(yours, index, 'yours'), valueAfter(theirs, index, 'theirs')];
    const base = `base${index}x`;
    const words = new Set([base, y, t].filter((word) => word !== null));
    const conflict = y !== base && t !== base && y !== t;
    const lost = yours === 'comment' && t === null;
    if (conflict || (y === null && t === null)) mayConflict = true;
    if (lost) {
      // Either the place is in conflict and stands as it was, or what the new version put there instead is the same one renamed.
      expect(count(`yoursnote${index}x`), `your comment is there\n${report}`).toBe(1);
      mayConflict = true;
    } else if (conflict) {
      if (y !== null) expect(count(y), `${y} in the open place\n${report}`).toBe(1);
      if (t !== null) expect(saidBy('theirs', t), `${t} stands in a conflict\n${report}`).toBe(true);
      expect(merged.conflicts.length, report).toBeGreaterThan(0);
    } else {
      const result = y === base ? t : y;
      for (const word of words) {
        // The two sides may have put something in its place both: then your side stands, and the rest is in the conflict.
        if (word === result) expect(count(word), `${word} is there\n${report}`).toBe(1);
        else if (!saidBy('yours', word)) expect(count(word), `${word} is gone\n${report}`).toBe(0);
      }
    }
    for (const side of ['yours', 'theirs'] as const) {
      const operation = side === 'yours' ? yours : theirs;
      if (operation === 'insert') {
        const word = `${side}value${index}x`;
        if (!saidBy(side, word)) expect(count(word), `${word} is there\n${report}`).toBe(1);
      }
      if (operation === 'comment' && side === 'yours' && t !== null) {
        const word = `yoursnote${index}x`;
        expect(count(word), `${word} is there\n${report}`).toBe(1);
      }
    }
  }
  if (!mayConflict) expect(merged.conflicts, report).toEqual([]);
}

/** The value after an operation; null: deleted. */
function valueAfter(operation: Operation, index: number, side: 'yours' | 'theirs'): string | null {
  if (operation === 'delete') return null;
  if (operation === 'change') return `${side}${index}x`;
  return operation === 'same' ? `both${index}x` : `base${index}x`;
}
