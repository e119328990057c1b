/** A merge of git's that is not finished: writing between its conflicts would mix two merges. Git is never run; its own files are read. */
import { type Problem, SetupError } from '../../errors.ts';
import type { GitFiles, Lock, ProjectFiles } from '../../model.ts';
import { basePath, HOME, placeOf } from '../lock.ts';
import { hasMarks } from './open-marks.ts';

const SIGNS: readonly (readonly [file: string, what: string, command: string])[] = [
  ['MERGE_HEAD', 'merge', 'git merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick', 'git cherry-pick'],
  ['REVERT_HEAD', 'revert', 'git revert'],
  ['rebase-merge/head-name', 'rebase', 'git rebase'],
  ['rebase-merge/onto', 'rebase', 'git rebase'],
  ['rebase-apply/onto', 'rebase', 'git rebase'],
  ['rebase-apply/next', 'patch series', 'git am'],
];

/**
 * What stops a command that writes: git is in the middle of a merge, and files of ours hold its conflict marks. Null when there is none, or
 * when it does not touch us.
 */
export function mergeInProgress(git: GitFiles, files: ProjectFiles, lock: Lock | null): Problem | null {
  const sign = git === null ? undefined : SIGNS.find(([file]) => git.read(file) !== null);
  if (sign === undefined) return null;
  const [, what, command] = sign;
  const ours = Object.entries(lock?.files ?? {}).flatMap(([path, entry]) => [placeOf(path, entry), basePath(path)]);
  const conflicted = [...files.list().filter((path) => path.startsWith(`${HOME}/`)), ...ours]
    .filter((path) => hasMarks(textOf(files, path), ''))
    .sort();
  const [first] = conflicted;
  if (first === undefined) return null;
  const named = conflicted.length > 5 ? [...conflicted.slice(0, 5), `${conflicted.length - 5} more`] : conflicted;
  return {
    code: 'CHANGED',
    place: first,
    message: `a ${what} of git is in progress, and its conflict marks are in ${named.join(', ')}; nothing is written between them.`,
    hint: `Settle the marks, then git add and ${command} --continue; or give it up with ${command} --abort. Then run it again.`,
  };
}

/** What cannot be read is told by who needs it. */
function textOf(files: ProjectFiles, path: string): string {
  try {
    return files.read(path, true) ?? '';
  } catch (error) {
    if (error instanceof SetupError) return '';
    throw error;
  }
}
