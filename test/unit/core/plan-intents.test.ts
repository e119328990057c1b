/** What people ask for single paths: answers, restore, adopt, unmanage, and that nothing else is touched. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../src/core/lock.ts';
import { hasConflict, toWrites } from '../../../src/core/plan.ts';
import type { ConflictPolicy, Intent, RenderedFile } from '../../../src/model.ts';
import { changeOf, file, MemoryProject, written } from '../../helpers/plan.ts';

const PATH = 'deploy.sh';
const BASE = '#!/bin/sh\nset -e\none\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const NEWS = BASE.replace('two', 'TWO').replace('six', 'SIX');
const MINE = BASE.replace('two', 'my two').replace('six', 'my six');
const v1 = [file(PATH, BASE)];
const v2 = [file(PATH, NEWS)];

const asked = (intent: Intent, path = PATH) => ({ intents: new Map([[path, intent]]), only: new Set([path]) });

describe('answers', () => {
  it('decide place by place; what is not answered leaves the file as it is', () => {
    const project = written(v1).put(PATH, MINE);
    const first = changeOf(project.plan(v2), PATH);
    if (first?.kind !== 'conflict') throw new Error('there is no conflict');
    const [two, six] = first.conflicts.map(({ id }) => id) as [string, string];
    const half = { answers: new Map([[PATH, { choices: new Map([[two, 'theirs' as const]]) }]]) };
    const made = project.plan(v2, half);
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'conflict', conflicts: [{ id: six }] });
    expect(toWrites(made).filter(({ path }) => path === PATH)).toEqual([]);
    expect(changeOf(project.plan(v2, { ...half, policy: 'keep' }), PATH)).toMatchObject({
      kind: 'update',
      after: MINE.replace('my two', 'TWO'),
    });
    const choices = new Map([
      [two, 'theirs' as const],
      [six, 'yours' as const],
    ]);
    const answered = project.run(v2, { answers: new Map([[PATH, { choices }]]) });
    expect(changeOf(answered, PATH)).toMatchObject({
      kind: 'update',
      after: MINE.replace('my two', 'TWO'),
      reason: 'merged as you answered',
      conflicts: [{ id: two }, { id: six }],
    });
    expect(hasConflict(answered)).toBe(false);
    expect(toWrites(project.plan(v2))).toEqual([]);
  });

  it('may be a text of their own, in the style of the file', () => {
    const project = written(v1).put(PATH, MINE.replaceAll('\n', '\r\n'));
    project.run(v2, { answers: new Map([[PATH, { text: 'by hand\n' }]]) });
    expect(project.text(PATH)).toBe('by hand\r\n');
    expect(toWrites(project.plan(v2))).toEqual([]);
  });

  it('are not asked of a file that nobody edited', () => {
    const project = written(v1);
    const made = project.run(v2, { answers: new Map([[PATH, { text: 'stale\n' }]]) });
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'update', after: NEWS });
  });
});

describe('restore', () => {
  it.each([
    ['an edited file', (p: MemoryProject) => p.put(PATH, MINE)],
    ['a deleted file', (p: MemoryProject) => p.put(PATH, null)],
    [
      'a file of somebody else',
      (p: MemoryProject) => {
        p.run([]);
        p.put(PATH, 'theirs\n');
      },
    ],
    ['a file without a base', (p: MemoryProject) => p.put(PATH, MINE).put(`.devops/base/${PATH}.base`, null)],
  ])('writes ours over %s', (_, make) => {
    const project = written(v1);
    make(project);
    project.run(v2, asked('restore'));
    expect(project.text(PATH)).toBe(NEWS);
    expect(project.lock()?.files[PATH]?.hash).toBe(hashText(NEWS));
    expect(toWrites(project.plan(v2))).toEqual([]);
  });

  it('keeps the style and gives the mode', () => {
    const rendered = [file(PATH, NEWS, { mode: 0o755 })];
    const project = written([file(PATH, BASE, { mode: 0o755 })]).put(PATH, '\ufeffmine\r\n', 0o644);
    expect(changeOf(project.run(rendered, asked('restore')), PATH)).toMatchObject({ mode: 0o755, modeBefore: 0o644 });
    expect(project.text(PATH)).toBe(`\ufeff${NEWS.replaceAll('\n', '\r\n')}`);
  });

  it('brings a moved file back to its place when it is gone from there', () => {
    const project = written(v1).put('ops/deploy.sh', BASE).put(PATH, null);
    project.run(v1);
    expect(project.lock()?.files[PATH]?.at).toBe('ops/deploy.sh');
    project.put('ops/deploy.sh', null);
    project.run(v1, asked('restore'));
    expect([project.text(PATH), project.lock()?.files[PATH]?.at]).toEqual([BASE, undefined]);
  });

  it('writes it where it was moved to when that place is named', () => {
    const project = written(v1).put('ops/deploy.sh', BASE).put(PATH, null);
    project.run(v1);
    project.put('ops/deploy.sh', null);
    project.run(v1, asked('restore', 'ops/deploy.sh'));
    expect([project.text('ops/deploy.sh'), project.text(PATH)]).toEqual([BASE, null]);
    expect(toWrites(project.plan(v1))).toEqual([]);
  });

  it('puts lines back that the user took out of an additive edit', () => {
    const ignore = [file('.gitignore', 'dist/\n', { ownership: 'merge:ignore-lines' })];
    const project = new MemoryProject({ '.gitignore': 'mine\n' });
    project.run(ignore);
    project.put('.gitignore', 'mine\n');
    expect(changeOf(project.plan(ignore), '.gitignore')?.kind).toBe('unchanged');
    project.run(ignore, asked('restore', '.gitignore'));
    expect(project.text('.gitignore')).toContain('dist/');
    project.put('.gitignore', null);
    project.run(ignore, asked('restore', '.gitignore'));
    expect(project.text('.gitignore')).toContain('dist/');
  });

  it('leaves an additive edit ours: news come into it, and it can be taken out again', () => {
    const path = 'package.json';
    const scripts = (command: string) => [
      file(path, JSON.stringify({ 'docker:build': command }), { ownership: 'merge:package-scripts' }),
    ];
    const mine = '{\n  "name": "x",\n  "scripts": {\n    "test": "t"\n  }\n}\n';
    const project = new MemoryProject({ [path]: mine });
    project.run(scripts('one'));
    const added = project.text(path) as string;
    project.run(scripts('one'), asked('restore', path));
    expect(project.text(path)).toBe(added);
    project.run(scripts('two'), asked('restore', path));
    expect(project.text(path)).toBe(added.replace('one', 'two'));
    project.put(path, mine).run(scripts('two'), asked('restore', path));
    expect(project.text(path)).toBe(added.replace('one', 'two'));
    project.run([]);
    expect(project.text(path)).toBe(mine);
  });

  it('writes a file that is written once again, and not through a link', () => {
    const once = (text: string) => [file(PATH, text, { ownership: 'once' as const })];
    const project = written(once(BASE)).put(PATH, MINE);
    project.run(once(NEWS), asked('restore'));
    expect(project.text(PATH)).toBe(NEWS);
    project.links.add(PATH);
    expect(changeOf(project.plan(once(BASE), asked('restore')), PATH)?.kind).toBe('keep');
  });
});

describe('adopt', () => {
  const THEIRS = BASE.replace('two', 'their two').replace('seven\n', '');
  const foreign = () => new MemoryProject({ [PATH]: THEIRS });

  it.each(['leave', 'keep'] as const)('with %s takes their file as it is; what differs counts as an edit', (policy) => {
    const project = foreign();
    const made = project.run(v1, { ...asked('adopt'), policy });
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'unchanged', before: THEIRS });
    expect(hasConflict(made)).toBe(false);
    expect(project.text(PATH)).toBe(THEIRS);
    expect(project.text(`.devops/base/${PATH}.base`)).toBe(BASE);
    expect(changeOf(project.run(v1), PATH)).toMatchObject({ kind: 'keep', foreign: false, reason: 'edited by you' });
    const later = [file(PATH, BASE.replace('five', 'FIVE'))];
    expect(changeOf(project.plan(later), PATH)).toMatchObject({
      kind: 'update',
      after: THEIRS.replace('five', 'FIVE'),
    });
  });

  it('with theirs takes ours in every place', () => {
    const project = foreign();
    project.run(v1, { ...asked('adopt'), policy: 'theirs' });
    expect(project.text(PATH)).toBe(BASE);
    expect(toWrites(project.plan(v1))).toEqual([]);
  });

  it('with fail shows every difference as a conflict; answers decide, the rest stays theirs', () => {
    const project = foreign();
    const made = project.plan(v1, { ...asked('adopt'), policy: 'fail' });
    const change = changeOf(made, PATH);
    if (change?.kind !== 'conflict') throw new Error('no conflict');
    expect(change).toMatchObject({ base: null, before: THEIRS, theirs: BASE });
    expect(change.conflicts).toHaveLength(2);
    const choices = new Map([[change.conflicts[0]?.id ?? '', 'theirs' as const]]);
    project.run(v1, { ...asked('adopt'), answers: new Map([[PATH, { choices }]]) });
    expect(project.text(PATH)).toBe(THEIRS.replace('their two', 'two'));
    expect(toWrites(project.plan(v1))).toEqual([]);
  });

  it('with markers writes marks; the old text back is theirs as it was', () => {
    const project = foreign();
    expect(hasConflict(project.run(v1, { ...asked('adopt'), policy: 'markers' }))).toBe(true);
    expect(project.text(PATH)).toContain('<<<<<<< ');
    expect(changeOf(project.plan(v1), PATH)?.kind).toBe('conflict');
    project.put(PATH, THEIRS);
    expect(changeOf(project.run(v1), PATH)).toMatchObject({ kind: 'keep', reason: 'edited by you' });
    expect(toWrites(project.plan(v1))).toEqual([]);
  });

  it('simply manages what is the same, and what nobody wrote', () => {
    expect(changeOf(new MemoryProject({ [PATH]: BASE }).plan(v1, asked('adopt')), PATH)?.kind).toBe('unchanged');
    expect(changeOf(new MemoryProject().plan(v1, asked('adopt')), PATH)?.kind).toBe('create');
  });

  it('does not bring back what the user deleted', () => {
    const project = written(v1).put(PATH, null);
    expect(changeOf(project.plan(v2, asked('adopt')), PATH)).toMatchObject({ kind: 'keep', before: null });
  });
});

describe('what is left to the user', () => {
  const unmanaged = new Set([PATH]);

  it.each([
    ['as it was', (p: MemoryProject) => p],
    ['edited', (p: MemoryProject) => p.put(PATH, MINE)],
    ['deleted', (p: MemoryProject) => p.put(PATH, null)],
  ])('is out of lock and base, whatever became of it: %s', (_, make) => {
    const project = make(written(v1));
    const before = project.text(PATH);
    const made = project.run(v2, { unmanaged });
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'keep', reason: 'left to you', foreign: true });
    expect(made.lock.files).toEqual({});
    expect([project.text(PATH), project.text(`.devops/base/${PATH}.base`)]).toEqual([before, null]);
    expect(toWrites(project.plan(v2, { unmanaged }))).toEqual([]);
    expect(changeOf(project.run([], { unmanaged }), PATH)).toBeUndefined();
  });

  it('stays with them also in the run in which it is no longer generated', () => {
    const project = written(v1);
    expect(changeOf(project.run([], { unmanaged }), PATH)).toMatchObject({ kind: 'orphan', reason: 'left to you' });
    expect(project.text(PATH)).toBe(BASE);
  });

  it('is taken back by adopt, and ends where it began', () => {
    const project = written(v1);
    const lock = project.text('.devops/lock.json');
    project.run(v1, { unmanaged, only: unmanaged });
    project.run(v1, asked('adopt'));
    expect(project.text('.devops/lock.json')).toBe(lock);
    expect(project.text(`.devops/base/${PATH}.base`)).toBe(BASE);
  });
});

describe('one path only', () => {
  const other = 'other.sh';
  const all = (text: string): readonly RenderedFile[] => [file(PATH, text), file(other, text)];

  it.each([
    ['restore', 'leave'],
    ['adopt', 'theirs'],
  ] as const)('%s, with %s, writes that path and the records', (intent: Intent, policy: ConflictPolicy) => {
    const project = written(all(BASE)).put(PATH, MINE).put('third.sh', 'new\n');
    const before = project.lock();
    const made = project.run([...all(NEWS), file('new.sh', 'x\n')], {
      ...asked(intent),
      policy,
      tool: '2.0.0',
      configHash: 'd'.repeat(64),
      pinned: { branch: 'x' },
      extras: [{ path: '.devops/config.yaml', text: 'version: 1\n' }],
    });
    expect(made.changes.map(({ path }) => path)).toEqual([PATH]);
    expect(toWrites(made).map(({ path }) => path)).toEqual([
      PATH,
      `.devops/base/${PATH}.base`,
      '.devops/config.yaml',
      '.devops/lock.json',
    ]);
    expect(made.lock.files[other]).toEqual(before?.files[other]);
    expect(made.lock.files[PATH]?.hash).toBe(hashText(NEWS));
    expect(made.lock).toMatchObject({ tool: '1.0.0', config: 'c'.repeat(64), pinned: {} });
    expect(project.text('new.sh')).toBeNull();
  });

  it('leaves what is no longer generated where it is', () => {
    const project = written(all(BASE));
    project.run([file(PATH, BASE)], { only: new Set([PATH]) });
    expect(project.text(other)).toBe(BASE);
    expect(Object.keys(project.lock()?.files ?? {})).toEqual([PATH, other]);
  });
});
