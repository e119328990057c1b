/** Conflict marks: written by one run, settled by a person, understood by the next. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../src/core/lock.ts';
import { hasConflict, toWrites } from '../../../src/core/plan.ts';
import type { RenderedFile } from '../../../src/model.ts';
import { changeOf, file, type MemoryProject, written } from '../../helpers/plan.ts';

const PATH = 'deploy.sh';
const NEXT = `.devops/base/${PATH}.next.base`;
const BASE = '#!/bin/sh\nset -e\none\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const NEWS = BASE.replace('two', 'TWO');
const LATER = NEWS.replace('six', 'SIX');
const MINE = BASE.replace('two', 'my two');
const SETTLED = BASE.replace('two', 'my two and TWO');
const v = (text: string): readonly RenderedFile[] => [file(PATH, text)];

function withMarks(mine = MINE, news = NEWS): MemoryProject {
  const project = written(v(BASE)).put(PATH, mine);
  const made = project.run(v(news), { policy: 'markers' });
  expect(changeOf(made, PATH)).toMatchObject({
    kind: 'update',
    conflicts: [{}],
    reason: 'marks written in 1 place: settle them and run it again',
  });
  expect(project.text(PATH)).toContain('<<<<<<< ');
  return project;
}

function entry(project: MemoryProject) {
  return project.lock()?.files[PATH];
}

describe('marks that we wrote', () => {
  it('are remembered with both sides; the base stays and our text waits', () => {
    const project = withMarks();
    expect(entry(project)).toMatchObject({
      hash: hashText(BASE),
      open: { yours: hashText(MINE), theirs: hashText(NEWS) },
    });
    expect(project.text(`.devops/base/${PATH}.base`)).toBe(BASE);
    expect(project.text(NEXT)).toBe(NEWS);
  });

  it.each(['leave', 'keep', 'theirs', 'markers', 'fail'] as const)(
    'are a conflict while they are left, with %s',
    (policy) => {
      const project = withMarks();
      const made = project.plan(v(LATER), { policy });
      expect(changeOf(made, PATH)).toMatchObject({
        kind: 'conflict',
        reason: expect.stringContaining('marks of an earlier run'),
      });
      expect(hasConflict(made)).toBe(true);
      expect(toWrites(made).map(({ path }) => path)).toEqual([]);
    },
  );

  it('are left as long as one of them is', () => {
    const project = withMarks();
    project.put(PATH, (project.text(PATH) as string).replace(/^<<<<<<<.*\n/m, '').replace(/^=======\n/m, ''));
    expect(changeOf(project.plan(v(NEWS)), PATH)?.kind).toBe('conflict');
  });

  it('settle into an edit of the user\u2019s: base and lock speak of the text that waited', () => {
    const project = withMarks().put(PATH, SETTLED);
    expect(changeOf(project.run(v(NEWS)), PATH)).toMatchObject({ kind: 'keep', reason: 'edited by you' });
    expect(entry(project)).toEqual({ generator: 'docker', ownership: 'own', hash: hashText(NEWS), mode: 0o644 });
    expect(project.text(`.devops/base/${PATH}.base`)).toBe(NEWS);
    expect(project.text(NEXT)).toBeNull();
    expect(toWrites(project.plan(v(NEWS)))).toEqual([]);
  });

  it('settle, and the news of the same run are merged on top', () => {
    const project = withMarks().put(PATH, SETTLED);
    expect(changeOf(project.run(v(LATER)), PATH)).toMatchObject({
      kind: 'update',
      after: SETTLED.replace('six', 'SIX'),
    });
    expect(project.text(NEXT)).toBeNull();
    expect(toWrites(project.plan(v(LATER)))).toEqual([]);
  });

  it('settle, and a conflict with later news keeps the base that was settled', () => {
    const project = withMarks().put(PATH, SETTLED);
    const later = v(NEWS.replace('TWO', 'TWO AGAIN'));
    expect(changeOf(project.run(later), PATH)).toMatchObject({ kind: 'conflict', base: NEWS });
    expect(project.text(`.devops/base/${PATH}.base`)).toBe(NEWS);
    expect(entry(project)).toMatchObject({ hash: hashText(NEWS) });
    expect(entry(project)?.open).toBeUndefined();
    expect(toWrites(project.plan(later))).toEqual([]);
  });

  it('count as settled by our side where the user took it', () => {
    const project = withMarks().put(PATH, NEWS);
    expect(changeOf(project.run(v(NEWS)), PATH)?.kind).toBe('unchanged');
    expect(entry(project)?.open).toBeUndefined();
    expect(toWrites(project.plan(v(NEWS)))).toEqual([]);
  });

  it.each(['leave', 'markers'] as const)('settle where the user keeps exactly what they had, with %s', (policy) => {
    for (const again of [NEWS, LATER]) {
      const project = withMarks().put(PATH, MINE);
      const made = project.run(v(again), { policy });
      expect([hasConflict(made), project.text(PATH)]).toEqual([
        false,
        MINE.replace('six', again === NEWS ? 'six' : 'SIX'),
      ]);
      expect(entry(project)).toMatchObject({ hash: hashText(again) });
      expect(entry(project)?.open).toBeUndefined();
      expect(project.text(NEXT)).toBeNull();
      expect(toWrites(project.plan(v(again), { policy }))).toEqual([]);
    }
  });

  it('are as if they had never been written when the text from before is back, without what was merged', () => {
    const project = withMarks(MINE, LATER);
    expect(project.text(PATH)).toContain('SIX');
    const made = project.put(PATH, MINE).run(v(LATER));
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'conflict', base: BASE, conflicts: [{}] });
    expect(changeOf(made, PATH)?.reason).toContain('as before the marks');
    expect(entry(project)).toMatchObject({ hash: hashText(BASE) });
    expect(entry(project)?.open).toBeUndefined();
    expect(project.text(NEXT)).toBeNull();
    expect(toWrites(project.plan(v(LATER)))).toEqual([]);
  });

  it('are as if they had never been written where the text that waited is gone', () => {
    const project = withMarks().put(NEXT, null).put(PATH, MINE);
    expect(changeOf(project.run(v(NEWS)), PATH)).toMatchObject({ kind: 'conflict', base: BASE });
  });

  it('are forgotten with the file', () => {
    const project = withMarks().put(PATH, null);
    expect(changeOf(project.plan(v(NEWS)), PATH)).toMatchObject({ kind: 'keep', before: null });
    const gone = withMarks();
    expect(changeOf(gone.run([]), PATH)).toMatchObject({
      kind: 'orphan',
      reason: expect.stringContaining('conflict marks'),
    });
    expect([gone.text(NEXT), gone.text(`.devops/base/${PATH}.base`)]).toEqual([null, null]);
  });

  it('are settled by a text that a person gives, and by restore', () => {
    const answered = withMarks();
    const answers = new Map([[PATH, { text: SETTLED }]]);
    expect(changeOf(answered.run(v(NEWS), { answers }), PATH)).toMatchObject({ kind: 'update', after: SETTLED });
    expect([answered.text(NEXT), entry(answered)?.open]).toEqual([null, undefined]);
    expect(toWrites(answered.plan(v(NEWS)))).toEqual([]);
    const restored = withMarks();
    restored.run(v(NEWS), { intents: new Map([[PATH, 'restore']]) });
    expect([restored.text(PATH), restored.text(NEXT), entry(restored)?.open]).toEqual([NEWS, null, undefined]);
  });

  it('are not settled by a text that still holds them', () => {
    const project = withMarks();
    const text = project.text(PATH) as string;
    const made = project.plan(v(NEWS), { answers: new Map([[PATH, { text: `${text}more\n` }]]) });
    expect(changeOf(made, PATH)?.kind).toBe('conflict');
    expect(toWrites(made)).toEqual([]);
  });

  it('leave no base that can be trusted when the text that waited was tampered with', () => {
    for (const tampered of ['evil\n', null]) {
      const project = withMarks().put(NEXT, tampered).put(PATH, SETTLED);
      expect(changeOf(project.plan(v(LATER)), PATH)).toMatchObject({ kind: 'conflict', base: null });
      expect(changeOf(project.run(v(NEWS)), PATH)).toMatchObject({ kind: 'keep' });
      expect([project.text(NEXT), project.text(`.devops/base/${PATH}.base`)]).toEqual([null, NEWS]);
    }
  });

  it('keep the line ends of the user', () => {
    const project = withMarks(MINE.replaceAll('\n', '\r\n'));
    expect(project.text(PATH)?.replaceAll('\r\n', '')).not.toContain('\n');
    expect(project.text(PATH)).toContain('<<<<<<< yours\r\nmy two\r\n');
  });

  it('do not count where our own text has lines that look like them', () => {
    const manual = `${BASE}<<<<<<< yours\nyours\n=======\nours\n>>>>>>> theirs\n`;
    const project = written(v(manual)).put(PATH, manual.replace('two', 'my two'));
    const made = project.run(v(manual.replace('six', 'SIX')));
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'update', reason: 'your edits and ours merged' });
  });
});
