/** A merge of git's in progress: found in git's own files, with the real git, also in a worktree. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLock } from '../../../src/core/lock-reader.ts';
import { mergeInProgress } from '../../../src/core/plan/merge-in-progress.ts';
import { openProject } from '../../../src/io/project-files.ts';
import { file, MemoryProject } from '../../helpers/plan.ts';
import { seed, tempFolder } from '../../helpers/tree.ts';

let root: string;
beforeEach(() => {
  root = tempFolder();
  const project = new MemoryProject();
  project.run([file('ci.yml', 'a: 1\n')]);
  git('init', '-q', '-b', 'main');
  seed(root, Object.fromEntries([...project.entries].map(([path, { text }]) => [path, text])));
  writeFileSync(join(root, 'theirs.txt'), 'x\n');
  commit('one');
  git('checkout', '-q', '-b', 'topic');
  change('topic');
  git('checkout', '-q', 'main');
  change('main');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: string[]): void {
  const name = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false', '-c', 'core.editor=true'];
  execFileSync('git', [...name, ...args], {
    cwd: root,
    stdio: 'pipe',
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
  });
}

function commit(message: string): void {
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

function change(by: string, paths: readonly string[] = ['ci.yml', 'theirs.txt']): void {
  for (const path of paths) writeFileSync(join(root, path), `${by}: 1\n`);
  commit(by);
}

function conflicting(...args: string[]): void {
  expect(() => git(...args)).toThrow();
}

function found(folder = root) {
  const { git: port, files } = openProject(folder);
  return mergeInProgress(port, files, parseLock(files.read('.devops/lock.json') as string));
}

describe('a merge in progress', () => {
  it.each([
    ['merge', ['merge', 'topic'], 'git merge --continue'],
    ['rebase', ['rebase', 'topic'], 'git rebase --continue'],
    ['cherry-pick', ['cherry-pick', 'topic'], 'git cherry-pick --continue'],
    ['revert', ['revert', 'HEAD~1'], 'git revert --continue'],
  ])('is told: %s', (what, args, hint) => {
    expect(found()).toBeNull();
    if (what === 'revert') change('main again');
    conflicting(...args);
    expect(found()).toMatchObject({
      code: 'CHANGED',
      place: 'ci.yml',
      message: expect.stringMatching(`^a ${what} of git is in progress, .* ci\\.yml;`),
      hint: expect.stringContaining(hint),
    });
  });

  it('is told until its marks are settled in our files', () => {
    conflicting('merge', 'topic');
    writeFileSync(join(root, 'ci.yml'), 'both: 1\n');
    expect(found()).toBeNull();
    writeFileSync(join(root, '.devops/config.yaml'), '<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> topic\n');
    expect(found()).toMatchObject({ place: '.devops/config.yaml' });
    git('merge', '--abort');
  });

  it('is none of our business when it does not touch us', () => {
    git('checkout', '-q', '-B', 'topic', 'main');
    change('topic two', ['theirs.txt']);
    git('checkout', '-q', 'main');
    change('main two', ['theirs.txt']);
    conflicting('merge', 'topic');
    expect(found()).toBeNull();
  });

  it('is found in a worktree, whose state is not in the common folder', () => {
    const other = join(root, '..', `${root.split('/').at(-1)}-tree`);
    git('worktree', 'add', '-q', '-b', 'third', other, 'main');
    try {
      expect(() => execFileSync('git', ['merge', 'topic'], { cwd: other, stdio: 'pipe' })).toThrow();
      expect(found(other)).toMatchObject({ place: 'ci.yml' });
      expect(found()).toBeNull();
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('is none without git', () => {
    const { files } = openProject(root);
    expect(mergeInProgress(null, files, null)).toBeNull();
  });
});
