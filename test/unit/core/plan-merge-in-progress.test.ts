/** Git in the middle of something, told by its own files: nothing is written between its marks. The real git is in `plan-git.test.ts`. */
import { describe, expect, it } from 'vitest';
import { mergeInProgress } from '../../../src/core/plan/merge-in-progress.ts';
import { SetupError } from '../../../src/errors.ts';
import { file, type MemoryProject, written } from '../../helpers/plan.ts';
import { git } from '../../helpers/project.ts';

const PATHS = Array.from({ length: 6 }, (_, n) => `f${n}.yml`);
const MARKED = '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> topic\n';

function project(...marked: string[]): MemoryProject {
  const made = written(PATHS.map((path) => file(path, `${path}\n`)));
  for (const path of marked) made.put(path, MARKED);
  return made;
}

const told = (made: MemoryProject, sign: string) => mergeInProgress(git({ [sign]: '1\n' }), made.files, made.lock());

describe('git in the middle of something', () => {
  it.each([
    ['MERGE_HEAD', 'a merge of git', 'git merge --abort'],
    ['CHERRY_PICK_HEAD', 'a cherry-pick of git', 'git cherry-pick --abort'],
    ['REVERT_HEAD', 'a revert of git', 'git revert --abort'],
    ['rebase-merge/head-name', 'a rebase of git', 'git rebase --abort'],
    ['rebase-merge/onto', 'a rebase of git', 'git rebase --abort'],
    ['rebase-apply/onto', 'a rebase of git', 'git rebase --abort'],
    ['rebase-apply/next', 'a patch series of git', 'git am --abort'],
  ])('is known by %s, and says how to go on and how to give up', (sign, what, command) => {
    const problem = told(project('f1.yml'), sign);
    expect(problem).toMatchObject({ code: 'CHANGED', place: 'f1.yml' });
    expect(problem?.message).toContain(`${what} is in progress, and its conflict marks are in f1.yml;`);
    expect(problem?.hint).toContain(command);
    expect(problem?.hint).toContain(command.replace('--abort', '--continue'));
  });

  it('names five files, and how many more there are', () => {
    const five = PATHS.slice(0, 5).join(', ');
    expect(told(project(...PATHS.slice(0, 5)), 'MERGE_HEAD')?.message).toContain(`are in ${five};`);
    expect(told(project(...PATHS), 'MERGE_HEAD')?.message).toContain(`are in ${five}, 1 more;`);
  });

  it('is no trouble where the marks are in files of the user\u2019s, or there are none, or git is done', () => {
    expect(told(project().put('src/mine.ts', MARKED), 'MERGE_HEAD')).toBeNull();
    expect(told(project(), 'MERGE_HEAD')).toBeNull();
    expect(told(project('f1.yml'), 'HEAD')).toBeNull();
    const marked = project('f1.yml');
    expect(mergeInProgress(null, marked.files, marked.lock())).toBeNull();
  });

  it('stops also where only our own records hold marks, or a file that was moved', () => {
    for (const path of ['.devops/config.yaml', '.devops/base/f1.yml.base'])
      expect(told(project().put(path, MARKED), 'MERGE_HEAD')?.place).toBe(path);
    const moved = written([file('a/deep.yml', 'one\ntwo\nthree\nfour\nfive\nsix\n')]);
    moved.put('b/deep.yml', moved.text('a/deep.yml')).put('a/deep.yml', null);
    moved.run([file('a/deep.yml', 'one\ntwo\nthree\nfour\nfive\nsix\n')]);
    expect(told(moved.put('b/deep.yml', MARKED), 'MERGE_HEAD')?.place).toBe('b/deep.yml');
  });

  it('leaves what cannot be read to who needs it', () => {
    const { files } = project();
    const lock = project().lock();
    const throwing = (error: Error) => ({
      ...files,
      read: (): never => {
        throw error;
      },
    });
    const unreadable = new SetupError({ code: 'READ', place: 'f1.yml', message: 'no text', hint: '-' });
    expect(mergeInProgress(git({ MERGE_HEAD: '' }), throwing(unreadable), lock)).toBeNull();
    const mistake = new TypeError('ours');
    expect(() => mergeInProgress(git({ MERGE_HEAD: '' }), throwing(mistake), lock)).toThrow(mistake);
  });
});
