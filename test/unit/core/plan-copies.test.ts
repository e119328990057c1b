/** Files that are gone, among many that look like them: a user's own page is never taken for one of ours, and ours is still found. */
import { describe, expect, it } from 'vitest';
import { toWrites } from '../../../src/core/plan.ts';
import { changeOf, file, type MemoryProject, written } from '../../helpers/plan.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `key${from + index}: value ${from + index}\n`).join('');
const SAME = lines(0, 20);
const text = (name: string, extra = 1) =>
  `${SAME}${Array.from({ length: extra }, (_, n) => `${name} ${n}\n`).join('')}`;
const DOWN = 'docs/down.md';
const news = text('down').replace('value 3\n', 'value three\n');

/** Runbooks that differ in a few lines; the first one is gone, and a person's page stands at `place`. */
function without(others: readonly string[], place: string, page: string): MemoryProject {
  const project = written([file(DOWN, text('down')), ...others.map((path) => file(path, text(path, 3)))]);
  return project.put(DOWN, null).put(place, page);
}

const rendered = (others: readonly string[]) => [file(DOWN, news), ...others.map((path) => file(path, text(path, 3)))];

function expectDeleted(project: MemoryProject, others: readonly string[], page: string): void {
  const before = project.text(page);
  expect(changeOf(project.run(rendered(others)), DOWN)).toMatchObject({ kind: 'keep', before: null });
  expect(project.text(page)).toBe(before);
}

describe('a page that a person wrote after one of ours', () => {
  const mine = (path: string) => `${text(path, 3)}mine\n`;

  it.each(['docs/a.md', 'docs/b.md', 'docs/c.md'])('is theirs also where ours, %s, is one of several', (path) => {
    const others = ['docs/a.md', 'docs/b.md', 'docs/c.md'];
    expectDeleted(without(others, 'docs/stuck.md', mine(path)), others, 'docs/stuck.md');
  });

  it('is theirs in another folder, where ours is beside the one that is gone', () => {
    expectDeleted(without(['docs/a.md'], 'pages/stuck.md', mine('docs/a.md')), ['docs/a.md'], 'pages/stuck.md');
  });

  it('is theirs where ours is in the root, or beside the page only', () => {
    for (const other of ['README.md', 'pages/a.md'])
      for (const page of ['STUCK.md', 'pages/stuck.md'])
        if (other.includes('/') === page.includes('/'))
          expectDeleted(without([other], page, mine(other)), [other], page);
  });

  it('is theirs where ours was moved beside it', () => {
    const others = ['docs/deep/a.md'];
    const project = written(rendered(others));
    project.put('pages/a.md', project.text('docs/deep/a.md')).put('docs/deep/a.md', null).run(rendered(others));
    project.put(DOWN, null).put('pages/stuck.md', mine('docs/deep/a.md'));
    expectDeleted(project, others, 'pages/stuck.md');
  });
});

describe('a file of ours that moved', () => {
  const moved = 'docs/stopped.md';
  const found = (project: MemoryProject, others: readonly string[]): void => {
    expect(changeOf(project.plan(rendered(others)), moved)).toMatchObject({ kind: 'update', from: DOWN });
  };

  it('is followed where what we last wrote beside it is gone, or is not what the lock says', () => {
    for (const base of [null, `${text('down')}edited\n`]) {
      const others = ['docs/a.md'];
      const project = without(others, moved, `${text('down')}edited\n`);
      project.put('.devops/base/docs/a.md.base', base);
      found(project, others);
    }
  });

  it('is followed where another one that is gone as well is no less like it', () => {
    const project = written([file(DOWN, text('down')), file('docs/a.md', SAME)])
      .put(DOWN, null)
      .put('docs/a.md', null);
    project.put(moved, `${text('down')}edited\n`);
    const made = project.plan([file(DOWN, news), file('docs/a.md', SAME)]);
    expect(changeOf(made, moved)).toMatchObject({ kind: 'update', from: DOWN });
    expect(changeOf(made, 'docs/a.md')).toMatchObject({ kind: 'keep', before: null });
  });

  it('is the one of two that it is more like to, wherever both were', () => {
    const two = [file('a/x.yml', SAME), file('a/y.yml', SAME.replaceAll(/value [0-3]\n/g, 'other\n'))];
    for (const path of ['a/x.yml', 'a/y.yml']) {
      const project = written(two);
      const mine = `${project.text(path)}mine: 1\n`;
      for (const one of two) project.put(one.path, null);
      const { files } = project.put('c/z.yml', mine).plan(two).lock;
      expect(Object.entries(files).map(([name, { at }]) => [name, at])).toEqual(
        two.map((one) => [one.path, one.path === path ? 'c/z.yml' : undefined]),
      );
    }
  });
});

describe('one that is gone among thousands', () => {
  const HERE = 'z/monitoring/rules.yml';
  const among = (count: number): MemoryProject => {
    const project = written([file(HERE, SAME)]).put(HERE, null);
    for (let n = 0; n < count; n += 1) project.put(`a/${n}.yml`, lines(n + 30, n + 50));
    return project;
  };

  it('is found under another name near the place where it was', () => {
    const project = among(500).put('z/monitoring/alerts.yml', `${SAME}mine: 1\n`);
    expect(project.lock()?.files[HERE]?.at).toBe('z/monitoring/alerts.yml');
  });

  it('is looked for in few of them, and in none that is much larger or much smaller', () => {
    const project = among(500).put('z/monitoring/a.yml', lines(0, 200)).put('z/monitoring/b.yml', 'a: 1\n');
    project.put('z/elsewhere/rules.yml', lines(0, 200));
    project.reads.length = 0;
    project.lock();
    expect(project.reads.length).toBeLessThan(65);
    expect(project.reads.filter((path) => path.startsWith('z/'))).toEqual([]);
  });
});

describe('many that are gone', () => {
  it('are followed with their folder, also where they are too many to compare each with each', () => {
    // More than the square root of the pairs that are compared by name.
    const many = Array.from({ length: 330 }, (_, n) => file(`services/s${n}/rules.yml`, lines(n, n + 20)));
    const project = written(many);
    for (const { path, text: was } of many)
      project.put(path.replace('services/', 'apps/'), `${was}mine: 1\n`).put(path, null);
    const made = project.plan(many);
    expect(made.changes.filter(({ path, from }) => from === path.replace('apps/', 'services/'))).toHaveLength(330);
    expect(made.changes).toHaveLength(330);
  });

  it('are looked for in a few hundred reads, however many files there are', () => {
    const many = Array.from({ length: 40 }, (_, n) => file(`services/s${n}/rules.yml`, lines(100 * n, 100 * n + 20)));
    const project = written(many);
    for (const { path } of many) project.put(path, null);
    for (let n = 0; n < 2000; n += 1) project.put(`data/${n}.yml`, lines(n + 5, n + 25));
    project.reads.length = 0;
    project.lock();
    // Lock, what we last wrote of each, the candidates, and ours that those may be copies of.
    expect(project.reads.length).toBeLessThan(1 + 40 + 300 + 2 * 40 + 1);
    expect(new Set(project.reads).size).toBe(project.reads.length);
  });

  it('are compared with the same texts of ours once', () => {
    const others = Array.from({ length: 10 }, (_, n) => `docs/o${n}.md`);
    const gone = Array.from({ length: 10 }, (_, n) => file(`docs/g${n}.md`, text(`g${n}`)));
    const all = [...gone, ...others.map((path) => file(path, text(path)))];
    const project = written(all);
    for (const { path } of gone) project.put(path, null);
    for (let n = 0; n < 10; n += 1) project.put(`docs/mine${n}.md`, `${text(`docs/o${n}.md`)}${n}\n`);
    project.reads.length = 0;
    project.lock();
    expect(new Set(project.reads).size).toBe(project.reads.length);
    expect(toWrites(project.plan(all)).filter(({ path }) => path.startsWith('docs/'))).toEqual([]);
  });
});
