/** Drafts that know nothing but lines: the three-way merge of any text, and the comparison of two texts without an ancestor. */
import type { MergeConflict } from '../../model.ts';
import { type Draft, type Side, unique } from './draft.ts';
import { type Region, regionsOf, type Span, sideOf, splitLines, textOf } from './lines.ts';
import { mergePins } from './pins.ts';

type Lines = Readonly<{ base: readonly string[]; yours: readonly string[]; theirs: readonly string[] }>;
/** A stretch of the result: settled text, or a place that somebody has to decide. */
type Piece = Readonly<{ text: string }> | Readonly<{ conflict: MergeConflict }>;

/**
 * Three-way. A conflict in which both sides only moved the same pins is none. `wary`: lines alone are known to go wrong here, so that
 * everything the new version changes is a place to decide.
 */
export function byLines(base: string, yours: string, theirs: string, wary = false): Draft {
  const lines = { base: splitLines(base), yours: splitLines(yours), theirs: splitLines(theirs) };
  const notes: string[] = [];
  const pieces = regionsOf(lines.base, lines.yours, lines.theirs).map((region): Piece => {
    if (wary && region.kind === 'theirs')
      return {
        conflict: {
          ...conflictOf(region, lines),
          reason: 'the new version changes it, which does not go together with your text',
        },
      };
    if (region.kind !== 'conflict') return { text: sideOf(region, lines) };
    const pins = mergePins(
      textOf(lines.base, region.base),
      textOf(lines.yours, region.yours),
      textOf(lines.theirs, region.theirs),
    );
    if (pins === null) return { conflict: conflictOf(region, lines) };
    notes.push(...pins.notes);
    return { text: pins.text };
  });
  return draftOf(pieces, notes);
}

/** Two-way: every difference is a place to decide; nothing is taken over or dropped by itself. */
export function withoutBase(yours: string, theirs: string): Draft {
  const lines = { base: splitLines(yours), yours: splitLines(yours), theirs: splitLines(theirs) };
  const pieces = regionsOf(lines.base, lines.yours, lines.theirs).map((region): Piece => {
    if (region.kind === 'same') return { text: textOf(lines.yours, region.yours) };
    const [mine, news] = [textOf(lines.yours, region.yours), textOf(lines.theirs, region.theirs)];
    return {
      conflict: {
        ...placeOf(region.yours),
        yours: mine === '' ? null : mine,
        base: null,
        theirs: news === '' ? null : news,
        reason:
          mine === ''
            ? 'only the new version has it'
            : news === ''
              ? 'only you have it'
              : 'you and the new version say it differently',
      },
    };
  });
  return draftOf(pieces, []);
}

function draftOf(found: readonly Piece[], notes: readonly string[]): Draft {
  const conflicts = unique(found.flatMap((piece) => ('conflict' in piece ? [piece.conflict] : [])));
  return {
    method: 'lines',
    conflicts,
    notes,
    write: (choose) => {
      let index = 0;
      return found
        .map((piece) => {
          if ('text' in piece) return piece.text;
          const conflict = conflicts[index++] as MergeConflict;
          return conflict[choose(conflict.id) satisfies Side] ?? '';
        })
        .join('');
    },
  };
}

function conflictOf(region: Region, lines: Lines): MergeConflict {
  const said = (side: keyof Lines): string | null => textOf(lines[side], region[side]) || null;
  const [yours, base, theirs] = [said('yours'), said('base'), said('theirs')];
  return { ...placeOf(region.yours), yours, base, theirs, reason: reasonOf(yours, base, theirs) };
}

/** In the words that every kind of conflict uses. */
export function reasonOf(yours: string | null, base: string | null, theirs: string | null): string {
  if (base === null) return 'you and the new version add something here';
  if (yours === null) return 'you deleted it, the new version changes it';
  if (theirs === null) return 'you changed it, the new version removes it';
  return 'you and the new version changed it';
}

function placeOf({ start, end }: Span): Readonly<{ id: string; pointer: null; line: number }> {
  const id = end > start ? `lines ${start + 1}-${end}` : `before line ${start + 1}`;
  return { id, pointer: null, line: start + 1 };
}
