/** Errors of the disk in words, with what to do about them. */
import type { Problem } from '../errors.ts';
import { codeOf } from './disk-io.ts';

const WORDS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Make room, then run it again.'],
  EDQUOT: ['your quota is used up', 'Make room, then run it again.'],
  EACCES: ['it may not be written', 'Give yourself the right to write there, or run it as the owner.'],
  EPERM: ['the system does not allow it', 'Check the owner of the file, and whether a program holds it open.'],
  EROFS: ['the file system is read-only', 'Run it where the project can be written.'],
  EBUSY: ['another program holds it', 'Close the program, then run it again.'],
  EXDEV: [
    'it is on another file system than the project',
    'A mount inside the project cannot be written in one step; unmount it.',
  ],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n), then run it again.'],
  ENAMETOOLONG: ['the name is too long for this file system', 'Move the project to a shorter path.'],
  EIO: ['the disk reports an error', 'Check the disk.'],
};

/** A WRITE problem for an error of node:fs. */
export function diskProblem(error: unknown, place: string): Problem {
  const code = codeOf(error);
  const [words, hint] = WORDS[code] ?? [
    error instanceof Error ? error.message : String(error),
    'Mend that, then run it again.',
  ];
  return { code: 'WRITE', place, message: `${words}${code === '' ? '' : ` (${code})`}.`, hint };
}
