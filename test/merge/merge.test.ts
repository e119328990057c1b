/** Every directory with a `theirs` file is one merge: what stood there (`base`; without one the file is adopted), what the person made of it, what the new version says, and what a careful engineer makes of both. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formats } from '../../src/core/three-way/formats/index.ts';
import { mergeTexts, withMarkers } from '../../src/core/three-way/index.ts';
import { restyle, toLf } from '../../src/core/text-style.ts';
import type { ConflictChoices, Merged } from '../../src/model.ts';

type Expected = Readonly<{ pointer?: string; lines?: string; reason: string }>;
type Case = Readonly<{
  name: string;
  path: string;
  base: string | null;
  ours: string;
  theirs: string;
  expected: string;
  conflicts: readonly Expected[];
}>;

const root = fileURLToPath(new URL('.', import.meta.url));
const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, files: readdirSync(join(root, name)) }))
  .filter(({ files }) => files.some((file) => file.startsWith('theirs.')))
  .map(({ name, files }) => read(name, files));

function read(name: string, files: readonly string[]): Case {
  const text = (side: string): string | null => {
    const file = files.find((other) => other.startsWith(`${side}.`));
    return file === undefined ? null : readFileSync(join(root, name, file), 'utf8');
  };
  const ending = (files.find((file) => file.startsWith('theirs.')) as string).slice('theirs.'.length);
  const [ours, theirs, expected] = [text('ours'), text('theirs'), text('expected')];
  if (ours === null || theirs === null || expected === null) throw new Error(`${name} lacks a file`);
  const conflicts = JSON.parse(text('conflicts') ?? '[]') as Expected[];
  return { name, path: pathOf(ending), base: text('base'), ours, theirs, expected, conflicts };
}

/**
 * The path that a case stands for: `theirs.package.json` is a package.json, `theirs.yml` any YAML file. A `.txt` behind another ending keeps
 * our own tools from reading the file.
 */
function pathOf(written: string): string {
  const ending = written.replace(/(?<=\.\w+)\.txt$/, '');
  if (ending.includes('.') || /^[A-Z]/.test(ending)) return ending;
  return /ignore$|^env$/.test(ending) ? `.${ending}` : `file.${ending}`;
}

/** As `decide.ts` does it: merged without line ends and marks of a system, written in the user's. */
function merge(sides: Pick<Case, 'path' | 'base' | 'ours' | 'theirs'>, choices: ConflictChoices = new Map()): Merged {
  const { path, base, ours, theirs } = sides;
  const texts = { path, base: base === null ? null : toLf(base), yours: toLf(ours), theirs: toLf(theirs) };
  const merged = mergeTexts(texts, choices);
  return { ...merged, text: restyle(merged.text, ours) };
}

function found(merged: Merged): readonly Expected[] {
  return merged.conflicts.map(({ pointer, id, reason }) =>
    pointer === null ? { lines: id, reason } : { pointer, reason },
  );
}

it('has the hand-made cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

describe.each(cases)('$name', (one) => {
  it('merges as a careful engineer would', () => {
    const merged = merge(one);
    expect(merged.text).toBe(one.expected);
    expect(found(merged)).toEqual(one.conflicts);
    expect(merged.open).toEqual(merged.conflicts);
  });

  it('gives the other side where only one of them changed', () => {
    if (one.base === null) return;
    const { path, base, ours, theirs } = one;
    expect(merge({ path, base, ours: base, theirs })).toMatchObject({ text: restyle(theirs, base), conflicts: [] });
    expect(merge({ path, base, ours, theirs: base })).toMatchObject({ text: ours, conflicts: [] });
    expect(merge({ path, base, ours, theirs: ours })).toMatchObject({ text: ours, conflicts: [] });
  });

  it('is settled when it is done again', () => {
    if (one.base === null || one.conflicts.length > 0) return;
    const { path, base, theirs } = one;
    const { text } = merge(one);
    expect(merge({ path, base: theirs, ours: text, theirs })).toMatchObject({ text, conflicts: [] });
    expect(merge({ path, base, ours: text, theirs })).toMatchObject({ text, conflicts: [] });
  });

  it('takes an answer for each conflict, and leaves none open', () => {
    const { conflicts } = merge(one);
    const all = (side: 'yours' | 'theirs'): ConflictChoices => new Map(conflicts.map(({ id }) => [id, side]));
    expect(merge(one, all('yours'))).toMatchObject({ text: one.expected, open: [] });
    const theirs = merge(one, all('theirs'));
    expect(theirs.open).toEqual([]);
    if (conflicts.length > 0) expect(theirs.text).not.toBe(one.expected);
    // What the person broke stays broken.
    if (valid(one.path, one.ours) === null) expect(valid(one.path, theirs.text)).toBeNull();
  });

  it('marks exactly what is open', () => {
    const { path, base, ours, theirs } = one;
    const marked = withMarkers({ path, base: base === null ? null : toLf(base), yours: toLf(ours), theirs: toLf(theirs) });
    const count = (mark: string): number => marked.split('\n').filter((line) => line === mark).length;
    const marks = count('<<<<<<< yours');
    expect(marks > 0).toBe(one.conflicts.length > 0);
    expect(count('>>>>>>> create-devops-setup')).toBe(marks);
  });
});

/** Why a text is not valid in its format; null where it is, or where nothing but its lines is known. */
function valid(path: string, text: string): string | null {
  const format = formats.find((one) => one.matches(path, toLf(text)));
  const parsed = format?.parse(toLf(restyle(text, 'a\n')));
  return parsed !== undefined && 'error' in parsed ? parsed.error : null;
}
