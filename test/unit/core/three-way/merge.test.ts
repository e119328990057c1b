/** The merge as a whole: what is a conflict, how answers and marks work, and that lines are not believed blindly. */
import { describe, expect, it } from 'vitest';
import { mergeTexts, problemOf, withMarkers } from '../../../../src/core/three-way/index.ts';
import type { ConflictChoice, MergeTexts } from '../../../../src/model.ts';

const three = (path: string, base: string | null, yours: string, theirs: string): MergeTexts => ({
  path,
  base,
  yours,
  theirs,
});
const choose = (texts: MergeTexts, side: ConflictChoice): ReadonlyMap<string, ConflictChoice> =>
  new Map(mergeTexts(texts).conflicts.map(({ id }) => [id, side]));

describe('lines are not believed where the structure says otherwise', () => {
  it('finds a key that both added in different places', () => {
    const body = 'name: ci\non: push\n\njobs:\n  a:\n    runs-on: x\n';
    const merged = mergeTexts(
      three(
        'ci.yml',
        body,
        body.replace('\njobs', 'permissions: {}\n\njobs'),
        `permissions:\n  contents: read\n${body}`,
      ),
    );
    expect(merged.conflicts).toMatchObject([{ pointer: '/permissions', line: 3, base: null }]);
    expect(merged.text).toBe(body.replace('\njobs', 'permissions: {}\n\njobs'));
  });

  it('finds an item that both added in different places, and has it once', () => {
    const steps = '- run: a\n- run: b\n- run: c\n';
    const merged = mergeTexts(three('s.yml', steps, `- run: new\n${steps}`, `${steps}- run: new\n`));
    expect(merged.text).toBe(`- run: new\n${steps}`);
    expect(merged.conflicts).toEqual([]);
  });

  it('reads all texts alike, though the last comment went with what the user took away', () => {
    const base = '{\n  // how\n  "a": { "b": 1 },\n  "c": 1,\n  "d": 1\n}\n';
    const merged = mergeTexts(
      three('tsconfig.json', base, '{\n  "c": 2,\n  "d": 1\n}\n', base.replace('"d": 1', '"d": 2')),
    );
    expect(merged).toMatchObject({ text: '{\n  "c": 2,\n  "d": 2\n}\n', conflicts: [] });
  });

  it('says the new name of what the user deleted', () => {
    const other = 'a: 1\n';
    const old = 'old:\n  run: one two three four\n';
    const merged = mergeTexts(three('a.yml', old + other, 'a: 2\n', old.replace('old', 'new') + other));
    expect(merged).toMatchObject({ text: 'a: 2\n', conflicts: [] });
    expect(merged.notes).toEqual(['/old: you deleted it; the new version calls it new']);
  });

  it('leaves a text of yours that was broken before as it was, and merges its lines', () => {
    const merged = mergeTexts(
      three('a.yml', 'a: 1\nb: 2\nc: 3\nd: 4\n', 'a: [\nb: 2\nc: 3\nd: 4\n', 'a: 1\nb: 2\nc: 3\nd: 5\n'),
    );
    expect(merged).toMatchObject({ text: 'a: [\nb: 2\nc: 3\nd: 5\n', conflicts: [], method: 'lines' });
  });
});

describe('conflicts', () => {
  const texts = three(
    'ci.yml',
    'jobs:\n  a:\n    t: 1\n    steps:\n      - name: A\n        run: a\n      - name: B\n        run: b\n',
    'jobs:\n  a:\n    t: 2\n    steps:\n      - name: A\n        run: a\n',
    'jobs:\n  a:\n    t: 3\n    n: 1\n    steps:\n      - name: A\n        run: a\n      - name: B\n        run: bb\n',
  );

  it('say where, what and why, and leave your side', () => {
    const merged = mergeTexts(texts);
    expect(merged.conflicts).toEqual([
      {
        id: '/jobs/a/t',
        pointer: '/jobs/a/t',
        line: 3,
        yours: '    t: 2\n',
        base: '    t: 1\n',
        theirs: '    t: 3\n',
        reason: 'you and the new version changed it',
      },
      {
        id: '/jobs/a/steps/1',
        pointer: '/jobs/a/steps/1',
        line: 4,
        yours: null,
        base: '      - name: B\n        run: b\n',
        theirs: '      - name: B\n        run: bb\n',
        reason: 'you deleted it, the new version changes it',
      },
    ]);
    expect(merged.open).toEqual(merged.conflicts);
    expect(merged.text).toBe('jobs:\n  a:\n    t: 2\n    n: 1\n    steps:\n      - name: A\n        run: a\n');
  });

  it('are answered one by one', () => {
    const one = mergeTexts(texts, new Map([['/jobs/a/steps/1', 'theirs']]));
    expect(one.open.map(({ id }) => id)).toEqual(['/jobs/a/t']);
    expect(one.conflicts).toHaveLength(2);
    expect(one.text).toBe(
      'jobs:\n  a:\n    t: 2\n    n: 1\n    steps:\n      - name: A\n        run: a\n      - name: B\n        run: bb\n',
    );
    expect(mergeTexts(texts, choose(texts, 'theirs')).text).toBe(texts.theirs);
    expect(mergeTexts(texts, choose(texts, 'yours'))).toMatchObject({ text: mergeTexts(texts).text, open: [] });
  });

  it('are marked as git marks them', () => {
    expect(withMarkers(texts)).toBe(
      [
        'jobs:\n  a:\n',
        '<<<<<<< yours\n    t: 2\n||||||| base\n    t: 1\n=======\n    t: 3\n>>>>>>> create-devops-setup\n',
        '    n: 1\n    steps:\n      - name: A\n        run: a\n',
        '<<<<<<< yours\n||||||| base\n      - name: B\n        run: b\n=======\n      - name: B\n        run: bb\n>>>>>>> create-devops-setup\n',
      ].join(''),
    );
  });

  it('are marked by whole lines where they are inside one', () => {
    const inline = three('a.yml', 'a: {b: 1, c: 1}\n', 'a: {b: 2, c: 1}\n', 'a: {b: 3, c: 4}\n');
    expect(mergeTexts(inline)).toMatchObject({ text: 'a: {b: 2, c: 4}\n', conflicts: [{ id: '/a/b' }] });
    expect(withMarkers(inline)).toBe(
      '<<<<<<< yours\na: {b: 2, c: 4}\n||||||| base\na: {b: 1, c: 4}\n=======\na: {b: 3, c: 4}\n>>>>>>> create-devops-setup\n',
    );
  });

  it('of a whole document have a name, too', () => {
    const merged = mergeTexts(three('a.yml', '- a\n- b\n- c\n', 'a: 1\nb: 2\n', '- a\n- b\n- d\n'));
    expect(merged.conflicts).toMatchObject([{ id: 'whole document', pointer: '', theirs: '- a\n- b\n- d\n' }]);
    expect(merged.text).toBe('a: 1\nb: 2\n');
  });

  it('name an order that both changed', () => {
    const list = (...names: string[]): string =>
      `s:\n${names.map((name) => `  - name: ${name}\n    run: do ${name}\n`).join('')}`;
    const merged = mergeTexts(three('a.yml', list('a', 'b', 'c'), list('c', 'a', 'b'), list('b', 'a', 'c')));
    expect(merged.conflicts).toMatchObject([{ id: '/s', reason: 'you and the new version put it in another order' }]);
    expect(merged.text).toBe(list('c', 'a', 'b'));
  });

  it('of a text without structure are named by its lines', () => {
    const merged = mergeTexts(three('notes.txt', 'a\nb\nc\nd\n', 'a\nB\nc\nd\n', 'a\nbb\nc\nd\ne\n'));
    expect(merged.conflicts).toEqual([
      {
        id: 'lines 2-2',
        pointer: null,
        line: 2,
        yours: 'B\n',
        base: 'b\n',
        theirs: 'bb\n',
        reason: 'you and the new version changed it',
      },
    ]);
    expect(merged.text).toBe('a\nB\nc\nd\ne\n');
  });

  it('that do not go together are all open again', () => {
    // The alias needs the anchor: one cannot be chosen without the other.
    const both = three('a.yml', null, 'x: 1\ny: 2\nz: 3\n', 'x: &a 1\ny: 2\nz: *a\n');
    const ids = mergeTexts(both).conflicts.map(({ id }) => id);
    expect(ids).toHaveLength(2);
    const half = mergeTexts(both, new Map([[ids[1] as string, 'theirs']]));
    expect(half.open).toHaveLength(2);
    expect(half.text).toBe(both.yours);
    expect(half.notes).toContain('these choices do not go together');
  });
});

describe('without a base', () => {
  const yours = '# mine\nname: ci\njobs:\n  a: 1\n  b: 2\n';
  const theirs = 'name: ci\non: push\njobs:\n  a: 1\n  c: 2';

  it.each(['a.yml', 'a.txt'])('every difference is a conflict, and nothing is joined by itself: %s', (path) => {
    const texts = three(path, null, yours, theirs);
    const merged = mergeTexts(texts);
    expect(merged.text).toBe(yours);
    expect(merged.conflicts.every(({ base }) => base === null)).toBe(true);
    expect(merged.conflicts.map(({ reason }) => reason)).toEqual([
      'only you have it',
      'only the new version has it',
      'you and the new version say it differently',
    ]);
    expect(mergeTexts(texts, choose(texts, 'theirs')).text).toBe(theirs);
    expect(mergeTexts(texts, choose(texts, 'yours')).text).toBe(yours);
  });

  it('equal texts are no conflict', () => {
    expect(mergeTexts(three('a.yml', null, yours, yours))).toMatchObject({ text: yours, conflicts: [] });
  });
});

describe('the end of the file', () => {
  it.each([
    ['without a line end stays so', 'a: 1\nb: 1\n', 'a: 1\nb: 2', 'a: 1\nb: 1\nc: 3\n', 'a: 1\nb: 2\nc: 3'],
    ['gets one when the new version has one', 'a: 1\nb: 1', 'a: 1\nb: 2', 'a: 3\nb: 1\n', 'a: 3\nb: 2\n'],
  ])('%s', (_, base, yours, theirs, text) => {
    expect(mergeTexts(three('a.yml', base, yours, theirs)).text).toBe(text);
  });

  it('is that of the new version where the file was emptied and is to be filled again', () => {
    const texts = three('a.yml', 'a: 1\n', '', 'a: 2\n');
    expect(mergeTexts(texts)).toMatchObject({ text: '' });
    expect(mergeTexts(texts, choose(texts, 'theirs'))).toMatchObject({ text: 'a: 2\n', open: [] });
  });

  it('is that of yours where the new version is empty', () => {
    expect(mergeTexts(three('a.yml', 'a: 1\n', 'a: 2\n', ''))).toMatchObject({ text: 'a: 2\n' });
  });
});

describe('a problem of a text', () => {
  it('is named, where a format is known', () => {
    expect(problemOf('a.yml', 'a: 1\na: 2\n')).toMatch(/unique|twice|duplicate/i);
    expect(problemOf('a.yml', 'a: 1\n')).toBeNull();
    expect(problemOf('a.json', '{')).toMatch(/\w/);
    expect(problemOf('notes.txt', '{')).toBeNull();
  });
});
