/**
 * The jail on a real disk: a path is looked at segment by segment, and no symbolic link is followed, wherever it points. Lexical rules
 * come from `core/jail`; this file is the only one of `io` that looks into `core`.
 */
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { checkPath, collisions, isBelow } from '../core/jail.ts';
import { type Problem, SetupError } from '../errors.ts';
import type { DiskIo } from './disk-io.ts';

export { checkPath, collisions };

/** A path below the root that is a regular file, or absent. `missing`: the folders on the way that are not there, outermost first. */
export type Target = Readonly<{ absolute: string; stat: Stats | null; missing: readonly string[] }>;

/**
 * Finds the place of a relative path. `root` is real already.
 * @throws SetupError JAIL when the path, or anything on the way, is not what it has to be.
 */
export function locate(io: DiskIo, root: string, path: string, as: 'file' | 'folder' = 'file'): Target {
  const fault = checkPath(path);
  if (fault !== null) throw new SetupError(fault);
  const parts = path.split('/');
  const missing: string[] = [];
  let stat: Stats | null = null;
  for (const [index] of parts.entries()) {
    const here = parts.slice(0, index + 1).join('/');
    const last = index === parts.length - 1;
    stat = missing.length > 0 ? null : io.lstat(join(root, here));
    if (stat === null) {
      if (!last || as === 'folder') missing.push(here);
    } else if (stat.isSymbolicLink()) throw refuse(path, `${here} is a symbolic link, and none is followed`);
    else if (last && as === 'file') {
      if (!stat.isFile()) throw refuse(path, stat.isDirectory() ? 'a folder stands there' : 'it is not a regular file');
    } else if (!stat.isDirectory()) throw refuse(path, `${here} is not a folder`);
  }
  return { absolute: join(root, path), stat, missing };
}

function refuse(path: string, reason: string): SetupError {
  const hint = 'Move it out of the way, or replace the link by a real file or folder.';
  return new SetupError({ code: 'JAIL', place: path, message: `this path is refused: ${reason}.`, hint });
}

/** Lexical problems of a list of paths: each for itself, and among each other. The folder of the transaction is nobody's target. */
export function listProblems(paths: readonly string[]): Problem[] {
  const problems = paths.flatMap((path) => {
    const fault = checkPath(path);
    return fault === null ? [] : [fault];
  });
  const problem = (place: string, message: string): Problem => ({
    code: 'JAIL',
    place,
    message,
    hint: 'This is a bug of the caller; please report it.',
  });
  for (const path of paths)
    if (isBelow(path, '.devops/tx')) problems.push(problem(path, 'this folder belongs to the writer.'));
  for (const { first, second, why } of collisions(paths)) {
    const how = why === 'twin' ? 'is the same path where case is ignored' : 'is a file, and a folder is needed';
    problems.push(problem(second, `${first} ${how}.`));
  }
  return problems;
}
