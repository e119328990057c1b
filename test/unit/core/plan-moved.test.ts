/** Files that a person moved or renamed: found, followed, recorded; never guessed. */
import { describe, expect, it } from 'vitest';
import { toWrites } from '../../../src/core/plan.ts';
import { changeOf, file, type MemoryProject, written } from '../../helpers/plan.ts';

const PATH = 'monitoring/rules.yml';
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `key${from + index}: value ${from + index}\n`).join('');
const BASE = lines(0, 20);
const NEWS = BASE.replace('value 3\n', 'value three\n');
const v1 = [file(PATH, BASE)];
const v2 = [file(PATH, NEWS)];

function moved(to: string, text = BASE): MemoryProject {
  return written(v1).put(to, text).put(PATH, null);
}

const at = (project: MemoryProject) => project.lock()?.files[PATH]?.at;

describe('a file that was moved', () => {
  it.each([
    ['to another folder', 'ops/rules.yml', BASE],
    ['to another name', 'monitoring/alerts.yml', BASE],
    ['to another folder and name', 'ops/alerts.yml', BASE],
    ['to a name that differs in case only', 'monitoring/Rules.yml', BASE],
    ['with other line ends', 'ops/rules.yml', BASE.replaceAll('\n', '\r\n')],
    ['and edited', 'ops/alerts.yml', `${BASE}mine: 1\n`.replace('value 7', 'my value 7')],
    ['and edited a lot', 'ops/rules.yml', lines(0, 12)],
  ])('%s is followed and recorded', (_, to, text) => {
    const project = moved(to, text);
    const made = project.run(v1);
    expect(changeOf(made, to)).toMatchObject({ from: PATH });
    expect(made.lock.files[PATH]?.at).toBe(to);
    expect(project.text(PATH)).toBeNull();
    expect(toWrites(project.plan(v1))).toEqual([]);
    const next = project.run(v2);
    expect(changeOf(next, to)).toMatchObject({ kind: 'update', from: PATH });
    expect([project.text(to)?.includes('value three'), project.text(PATH)]).toEqual([true, null]);
    expect(toWrites(project.plan(v2))).toEqual([]);
  });

  it('is followed again when it moves on, and has no record when it comes back', () => {
    const project = moved('ops/rules.yml');
    project.run(v1);
    project.put('infra/rules.yml', BASE).put('ops/rules.yml', null);
    project.run(v1);
    expect(at(project)).toBe('infra/rules.yml');
    project.put(PATH, BASE).put('infra/rules.yml', null);
    project.run(v1);
    expect(at(project)).toBeUndefined();
    expect(project.text('.devops/lock.json')).toBe(written(v1).text('.devops/lock.json'));
  });

  it('is deleted where it is when it is no longer generated, and stays when it was edited', () => {
    expect(changeOf(moved('ops/rules.yml').run([]), 'ops/rules.yml')?.kind).toBe('delete');
    const edited = moved('ops/rules.yml', `${BASE}mine\n`);
    expect(changeOf(edited.run([]), 'ops/rules.yml')?.kind).toBe('orphan');
    expect(edited.text('ops/rules.yml')).toBe(`${BASE}mine\n`);
  });

  it('is deleted by the user when it is gone from there as well', () => {
    const project = moved('ops/rules.yml');
    project.run(v1);
    project.put('ops/rules.yml', null);
    expect(changeOf(project.plan(v2), 'ops/rules.yml')).toMatchObject({
      kind: 'keep',
      before: null,
      from: PATH,
      reason: 'deleted by you; there is a newer text (restore ops/rules.yml writes it)',
    });
  });
});

describe('what is not followed', () => {
  const deleted = (project: MemoryProject) => {
    expect(changeOf(project.plan(v1), PATH)).toMatchObject({ kind: 'keep', before: null });
    expect(at(project)).toBeUndefined();
  };

  it.each([
    ['another kind of file', 'ops/rules.txt', BASE],
    ['a file that is hardly alike', 'ops/rules.yml', lines(10, 30)],
    ['a file of our own folder', '.devops/rules.yml', BASE],
  ])('%s', (_, to, text) => deleted(moved(to, text)));

  it('one of two that are as good', () => {
    deleted(moved('a/x.yml').put('b/x.yml', BASE));
    deleted(moved('a/x.yml', `${BASE}1\n`).put('b/x.yml', `${BASE}2\n`));
  });

  it('a file behind a link, a file that is left to the user, and one that is managed already', () => {
    const linked = moved('ops/rules.yml');
    linked.links.add('ops/rules.yml');
    deleted(linked);
    const unmanaged = new Set(['ops/rules.yml']);
    expect(changeOf(moved('ops/rules.yml').plan(v1, { unmanaged }), PATH)).toMatchObject({
      kind: 'keep',
      before: null,
    });
    const two = [file(PATH, BASE), file('other/rules.yml', BASE)];
    const project = written(two).put(PATH, null);
    expect(changeOf(project.plan(two), PATH)).toMatchObject({ kind: 'keep', before: null });
    expect(changeOf(project.plan(two), 'other/rules.yml')?.kind).toBe('unchanged');
  });

  it('a file that began as a copy of another one of ours, however like they all are', () => {
    const [down, slow] = [`${BASE}down: 1\n`, `${BASE}slow: 1\nvery: 1\n`];
    const runbooks = [file('docs/down.md', down), file('docs/slow.md', slow)];
    const own = `${slow}mine: 1\n`;
    const project = written(runbooks).put('docs/down.md', null).put('docs/stuck.md', own);
    const news = [file('docs/down.md', down.replace('value 3\n', 'value three\n')), file('docs/slow.md', slow)];
    expect(changeOf(project.run(news), 'docs/down.md')).toMatchObject({ kind: 'keep', before: null });
    expect(project.text('docs/stuck.md')).toBe(own);
    // Moved and edited, it is still its own.
    const moved = written(runbooks).put('docs/down.md', null).put('docs/stopped.md', `${down}mine: 1\n`);
    expect(changeOf(moved.plan(news), 'docs/stopped.md')).toMatchObject({ kind: 'update', from: 'docs/down.md' });
  });

  it('a text that is too common to be known again', () => {
    const small = [file('a/.npmrc', 'engine-strict=true\n'), file('a/empty.json', '{}\n')];
    const project = written(small).put('a/empty.json', null).put('package/fixture.json', '{}\n');
    expect(changeOf(project.plan(small), 'a/empty.json')).toMatchObject({ kind: 'keep', before: null });
    project.put('a/.npmrc', null).put('b/.npmrc', 'engine-strict=true\n');
    expect(changeOf(project.plan(small), 'b/.npmrc')).toMatchObject({ kind: 'unchanged', from: 'a/.npmrc' });
  });

  it('a file that is only written once, and an additive edit: they are the user\u2019s', () => {
    const theirs = [
      file(PATH, BASE, { ownership: 'once' }),
      file('.gitignore', BASE, { ownership: 'merge:ignore-lines' }),
    ];
    const project = written(theirs);
    for (const path of [PATH, '.gitignore']) project.put(`x/${path}`, project.text(path)).put(path, null);
    expect(project.plan(theirs).changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'keep .gitignore',
      `keep ${PATH}`,
    ]);
  });
});

describe('several at once', () => {
  const services = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const rendered = services.flatMap((name) => [
    file(`services/${name}/Dockerfile`, `${BASE}# ${name}\n`),
    file(`services/${name}/.dockerignore`, BASE),
  ]);

  it('a folder that was moved takes its files along, also those that are all the same', () => {
    const project = written(rendered);
    for (const { path } of rendered)
      project.put(path.replace('services/', 'apps/'), project.text(path)).put(path, null);
    const made = project.run(rendered);
    expect(made.changes.every(({ path, from }) => path === from?.replace('services/', 'apps/'))).toBe(true);
    expect(made.changes).toHaveLength(80);
    expect(toWrites(project.plan(rendered))).toEqual([]);
  });

  it('two that changed places are told apart by what is in them', () => {
    const two = [file('a/x.yml', BASE), file('b/y.yml', lines(100, 120))];
    const project = written(two).put('a/x.yml', null).put('b/y.yml', null);
    project.put('c/y.yml', BASE).put('c/x.yml', lines(100, 120));
    const made = project.run(two);
    expect(made.lock.files).toMatchObject({ 'a/x.yml': { at: 'c/y.yml' }, 'b/y.yml': { at: 'c/x.yml' } });
  });

  it('one file cannot be two: where two are missing that were the same, nobody knows which it is', () => {
    const two = [file('a/one/x.yml', BASE), file('a/two/x.yml', BASE)];
    const project = written(two).put('a/one/x.yml', null).put('a/two/x.yml', null).put('b/x.yml', BASE);
    expect(project.plan(two).changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'keep a/one/x.yml',
      'keep a/two/x.yml',
    ]);
    project.put('b/x.yml', null).put('b/two/x.yml', BASE);
    expect(project.plan(two).lock.files['a/two/x.yml']?.at).toBe('b/two/x.yml');
  });

  it('a new file of ours keeps off the place to which another was moved', () => {
    const project = moved('monitoring/alerts.yml');
    const rendered2 = [...v1, file('monitoring/alerts.yml', lines(50, 70))];
    const made = project.run(rendered2);
    expect(made.changes.map(({ kind, path, from, reason }) => [kind, path, from, reason])).toEqual([
      ['keep', 'monitoring/alerts.yml', undefined, `${PATH} is here: you moved it`],
      ['unchanged', 'monitoring/alerts.yml', PATH, 'as generated'],
    ]);
    expect(project.text('monitoring/alerts.yml')).toBe(BASE);
    expect(toWrites(project.plan(rendered2))).toEqual([]);
  });

  it('reads a few hundred files at most, however many there are', () => {
    const project = written([...v1, ...rendered]);
    for (let index = 0; index < 5000; index += 1) project.put(`data/${index}.yml`, lines(index, index + 20));
    project.put(PATH, null);
    project.reads.length = 0;
    project.lock();
    expect(project.reads.length).toBeLessThan(310);
    project.put(PATH, BASE);
    project.reads.length = 0;
    project.lock();
    expect(project.reads).toEqual([]);
  });
});
