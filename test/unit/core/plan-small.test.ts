/** Files that are the user's from the beginning: written once, or with a small addition of ours. And what is left of marks. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../src/core/lock.ts';
import { hasConflict, toWrites } from '../../../src/core/plan.ts';
import type { Intent, RenderedFile } from '../../../src/model.ts';
import { changeOf, file, MemoryProject, written } from '../../helpers/plan.ts';

const intend = (path: string, intent: Intent) => ({ intents: new Map([[path, intent]]) });

describe('a file that is written once', () => {
  const PATH = 'contacts.yaml';
  const once = (text: string): readonly RenderedFile[] => [file(PATH, text, { ownership: 'once' })];

  it('is ours where the same text is there already, and goes with us while nobody writes into it', () => {
    const project = new MemoryProject({ [PATH]: 'team: ?\n' });
    const made = project.run(once('team: ?\n'));
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'unchanged', reason: 'as generated' });
    expect(made.lock.files[PATH]).toMatchObject({ ownership: 'once', hash: hashText('team: ?\n') });
    expect(toWrites(made).map(({ path }) => path)).not.toContain(PATH);
    expect(changeOf(project.run([]), PATH)?.kind).toBe('delete');
  });

  it('of somebody else has no line in the lock until it is adopted, and keeps its text then', () => {
    const project = new MemoryProject({ [PATH]: 'mine\n' });
    expect(changeOf(project.run(once('team: ?\n')), PATH)).toMatchObject({ kind: 'keep', reason: 'not written by us' });
    expect(project.lock()?.files[PATH]).toBeUndefined();
    const adopted = project.run(once('team: ?\n'), intend(PATH, 'adopt'));
    expect(changeOf(adopted, PATH)).toMatchObject({
      kind: 'keep',
      reason: 'written once, yours since',
      foreign: false,
    });
    expect(project.lock()?.files[PATH]).toMatchObject({ hash: hashText('team: ?\n') });
    expect(project.text(PATH)).toBe('mine\n');
    expect(changeOf(project.run(once('team: !\n')), PATH)).toMatchObject({ kind: 'keep', foreign: false });
    expect(changeOf(project.run([]), PATH)?.kind).toBe('orphan');
  });

  it('is written anew by restore, which says so, and is known by that text', () => {
    const project = new MemoryProject();
    project.run(once('team: ?\n'));
    project.put(PATH, 'mine\r\n');
    const made = project.run(once('team: !\n'), intend(PATH, 'restore'));
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'update', reason: 'as generated, as you asked' });
    expect(project.text(PATH)).toBe('team: !\r\n');
    expect(project.lock()?.files[PATH]?.hash).toBe(hashText('team: !\n'));
  });
});

describe('a small addition of ours', () => {
  const ignore = (text: string) => [file('.gitignore', text, { ownership: 'merge:ignore-lines' })];
  const scripts = (text: string) => [file('package.json', text, { ownership: 'merge:package-scripts' })];

  it('of nothing makes no file', () => {
    const project = new MemoryProject();
    const made = project.run(ignore(''));
    expect(changeOf(made, '.gitignore')).toMatchObject({ kind: 'keep', reason: 'nothing to add' });
    expect(project.text('.gitignore')).toBeNull();
  });

  it('that the user took out is not taken out again: the file is theirs, and no byte of it is written', () => {
    const project = new MemoryProject({ '.gitignore': 'mine/\n' });
    project.run(ignore('dist/\n'));
    const made = project.put('.gitignore', 'mine/\n').run([]);
    expect(changeOf(made, '.gitignore')).toMatchObject({
      kind: 'orphan',
      reason: 'what we added to it is gone or edited',
    });
    expect(toWrites(made).map(({ path }) => path)).not.toContain('.gitignore');
    expect(project.text('.gitignore')).toBe('mine/\n');
  });

  it('names what of the user\u2019s own stays beside it', () => {
    const ours = '{"lint": "ours", "infra": "x"}';
    const project = new MemoryProject({ 'package.json': '{\n  "scripts": {\n    "lint": "mine"\n  }\n}\n' });
    const made = project.run(scripts(ours));
    expect(changeOf(made, 'package.json')?.reason).toMatch(/; your own .*lint.* stays$/);
    expect(project.text('package.json')).toContain('"lint": "mine"');
  });
});

describe('our ignore file', () => {
  it.each([
    [null, 'tx/\n'],
    ['', 'tx/\n'],
    ['mine/', 'mine/\ntx/'],
    ['mine/\r\n', 'mine/\r\ntx/\r\n'],
    ['mine/\ntx/\nother/\n', 'mine/\ntx/\nother/\n'],
  ])('%j becomes %j', (before, after) => {
    const project = new MemoryProject(before === null ? {} : { '.devops/.gitignore': before });
    project.run([file('a', 'a\n')]);
    expect(project.text('.devops/.gitignore')).toBe(after);
    expect(toWrites(project.plan([file('a', 'a\n')]))).toEqual([]);
  });
});

describe('what is left of marks', () => {
  const PATH = 'deploy.sh';
  const BASE = '#!/bin/sh\none\ntwo\nthree\nfour\nfive\n';
  const NEWS = [file(PATH, BASE.replace('two', 'TWO'))];

  it.each(['<<<<<<<', '|||||||', '>>>>>>>'])('%s alone is not settled: the file would be broken for good', (mark) => {
    const project = written([file(PATH, BASE)]).put(PATH, BASE.replace('two', 'my two'));
    project.run(NEWS, { policy: 'markers' });
    const left = (project.text(PATH) as string)
      .split('\n')
      .filter((line) => line.startsWith(mark) || !/^(<{7}|\|{7}|={7}|>{7})( |$)/.test(line));
    expect(left.filter((line) => line.startsWith(mark))).toHaveLength(1);
    const made = project.put(PATH, left.join('\n')).plan(NEWS);
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'conflict', reason: expect.stringContaining('marks of an') });
    expect([hasConflict(made), toWrites(made)]).toEqual([true, []]);
  });

  it.each(['<<<<<<< HEAD', '>>>>>>> topic'])('of git, %s stops the merge of our news into it', (mark) => {
    const text = BASE.replace('five', `five\n${mark}`);
    const project = written([file(PATH, BASE)]).put(PATH, text);
    expect(changeOf(project.plan(NEWS), PATH)).toMatchObject({
      kind: 'conflict',
      reason: expect.stringContaining('marks of a git merge'),
    });
  });
});

describe('a new file with the name of something that every object has', () => {
  it.each(['constructor', '__proto__', 'toString'])('%s is new in a project that has a lock', (name) => {
    const project = written([file('a', 'a\n')]);
    const made = project.run([file('a', 'a\n'), file(name, 'b\n')]);
    expect(changeOf(made, name)).toMatchObject({ kind: 'create', after: 'b\n' });
    expect(toWrites(project.plan([file('a', 'a\n'), file(name, 'b\n')]))).toEqual([]);
  });
});
