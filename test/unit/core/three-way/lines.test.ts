/** The merge by lines, beside git's own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mergedLines, regionsOf, sideOf, splitLines, textOf } from '../../../../src/core/three-way/lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'merge-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Three = Readonly<{ base: string; yours: string; theirs: string }>;

function git(texts: Three): string {
  for (const name of ['base', 'yours', 'theirs'] as const) writeFileSync(join(folder, name), texts[name]);
  const files = ['yours', 'base', 'theirs'].map((name) => join(folder, name));
  return spawnSync('git', [
    'merge-file',
    '-p',
    '--diff3',
    '-L',
    'yours',
    '-L',
    'base',
    '-L',
    'theirs',
    ...files,
  ]).stdout.toString();
}

function ours({ base, yours, theirs }: Three): string {
  const lines = { base: splitLines(base), yours: splitLines(yours), theirs: splitLines(theirs) };
  return regionsOf(lines.base, lines.yours, lines.theirs)
    .map((region) => {
      if (region.kind !== 'conflict') return sideOf(region, lines);
      const said = (side: keyof Three): string => textOf(lines[side], region[side]);
      return `<<<<<<< yours\n${said('yours')}||||||| base\n${said('base')}=======\n${said('theirs')}>>>>>>> theirs\n`;
    })
    .join('');
}

/** One to four edits of lines; `words` words, so that equal lines are rare or many. */
function texts(words: number): fc.Arbitrary<Three> {
  const line = fc.nat(words - 1).map((n) => `line ${n}\n`);
  const edits = fc.array(fc.record({ at: fc.nat(99), what: fc.constantFrom('insert', 'delete', 'change'), line }), {
    minLength: 1,
    maxLength: 4,
  });
  return fc
    .record({ base: fc.array(line, { minLength: 3, maxLength: 30 }), yours: edits, theirs: edits })
    .map(({ base, yours, theirs }) => {
      const side = (list: typeof yours): string => {
        const now = [...base];
        for (const { at, what, line: text } of list) {
          const place = at % (now.length + 1);
          if (what === 'insert') now.splice(place, 0, text);
          else now.splice(place, 1, ...(what === 'change' ? [text] : []));
        }
        return now.join('');
      };
      return { base: base.join(''), yours: side(yours), theirs: side(theirs) };
    });
}

describe('the merge by lines', () => {
  it.each([
    ['hardly any line twice', 5000, 1],
    ['some lines twice', 30, 0.97],
    ['the same few lines all over', 4, 0.9],
  ])('gives the text that git gives: %s', (_, words, share) => {
    const samples = fc.sample(texts(words), { numRuns: 60, seed: 3 });
    const same = samples.filter((sample) => ours(sample) === git(sample)).length;
    expect(same / samples.length).toBeGreaterThanOrEqual(share);
  });

  it('calls edits of neighbouring lines a conflict, as git does, and the same edit on both sides none', () => {
    expect(mergedLines('a\nb\nc\n', 'A\nb\nc\n', 'a\nB\nc\n')).toBeNull();
    expect(mergedLines('a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n')).toBe('A\nb\nC\n');
    expect(mergedLines('a\nb\nc\n', 'a\nX\nc\n', 'a\nX\nc\nd\n')).toBe('a\nX\nc\nd\n');
  });

  it('loses no line and makes none up', () => {
    fc.assert(
      fc.property(texts(50), (sample) => {
        const lines = {
          base: splitLines(sample.base),
          yours: splitLines(sample.yours),
          theirs: splitLines(sample.theirs),
        };
        const regions = regionsOf(lines.base, lines.yours, lines.theirs);
        for (const side of ['base', 'yours', 'theirs'] as const)
          expect(regions.map((region) => textOf(lines[side], region[side])).join('')).toBe(sample[side]);
      }),
    );
  });

  it('merges 20,000 lines with 800 edits in half a second', () => {
    const base = Array.from({ length: 20_000 }, (_, index) =>
      index % 5 === 0 ? '      - run: x\n' : `line ${index}\n`,
    );
    const side = (at: number, who: string): string =>
      base.map((line, index) => (index % 50 === at ? line.replace('\n', ` ${who}\n`) : line)).join('');
    const three = { base: base.join(''), yours: side(3, 'yours'), theirs: side(30, 'theirs') };
    // Time of the processor, the best of three: another test may have the machine.
    const times = [0, 1, 2].map(() => {
      const start = process.cpuUsage();
      mergedLines(three.base, three.yours, three.theirs);
      return process.cpuUsage(start).user / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(500);
    expect(mergedLines(three.base, three.yours, three.theirs)).toBe(git(three));
  });

  it('gives up in time where the texts have nothing in common: one conflict over all', () => {
    const all = (who: string): string[] => Array.from({ length: 20_000 }, (_, index) => `${who} ${index}\n`);
    const start = performance.now();
    const regions = regionsOf(all('base'), all('yours'), all('theirs'));
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(regions.map(({ kind }) => kind)).toEqual(['conflict']);
    expect(regions[0]?.yours).toEqual({ start: 0, end: 20_000 });
  });
});
