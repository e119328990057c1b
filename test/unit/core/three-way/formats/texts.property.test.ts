/** Any text of a format: read without throwing, printed back byte for byte, merged into a text that is as valid as the three. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Container, printNode } from '../../../../../src/core/three-way/format.ts';
import { formats } from '../../../../../src/core/three-way/formats/index.ts';
import { mergeTexts } from '../../../../../src/core/three-way/index.ts';
import { RUNS } from './edits.ts';
import { GRAMMARS, triples } from './texts.ts';

describe.each(GRAMMARS)('$path', (grammar) => {
  const { path } = grammar;
  const parse = (text: string) =>
    formats.find((format) => format.matches(path, text))?.parse(text) ?? { error: 'nobody reads it' };

  it('is read without throwing and printed back', () => {
    fc.assert(
      fc.property(triples(grammar), ({ yours }) => {
        const parsed = parse(yours);
        if ('error' in parsed) return;
        expect(printNode(parsed.root)).toBe(yours);
        expect(twice(parsed.root)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('merges valid texts to a valid text, whatever is chosen', () => {
    fc.assert(
      fc.property(triples(grammar), (sides) => {
        fc.pre(Object.values(sides).every((text) => text !== '' && 'root' in parse(text)));
        const merged = mergeTexts({ path, ...sides });
        const report = `${JSON.stringify(sides, null, 1)}\n${JSON.stringify(merged, null, 1)}`;
        expect('root' in parse(merged.text), report).toBe(true);
        const theirs = mergeTexts({ path, ...sides }, new Map(merged.conflicts.map(({ id }) => [id, 'theirs'])));
        expect('root' in parse(theirs.text), report).toBe(true);
        // ConflictChoices that would make an invalid text together are refused, and said.
        if (theirs.notes.every((note) => note !== 'these choices do not go together'))
          expect(theirs.open, report).toEqual([]);
        if (merged.conflicts.length > 0) return;
        expect(mergeTexts({ path, ...sides, base: sides.theirs, yours: merged.text }).text, report).toBe(merged.text);
      }),
      RUNS,
    );
  });
});

/** Keys that stand twice in one container. */
function twice(node: Container): readonly string[] {
  const keys = node.entries.map(({ key }) => key);
  return [
    ...keys.filter((key, index) => keys.indexOf(key) !== index),
    ...node.entries.flatMap((entry) => (entry.node.kind === 'leaf' ? [] : twice(entry.node))),
  ];
}
