/** What has to be remembered outside of any project: consents, and how `remove --all` is taken back. Only the user may read it. */

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { SetupError } from '../errors.ts';
import { codeOf, createFile, type DiskIo, nodeIo, readFile } from './disk-io.ts';
import { checkPath } from './jail.ts';
import { diskProblem } from './problems.ts';

const NAME = 'create-devops-setup';

/** A folder of the user's own. Names are relative, with `/`. Nothing is made before something is written. */
export type State = Readonly<{
  folder: string;
  /** Null when it is not there. @throws SetupError READ, JAIL */
  read: (name: string) => string | null;
  /** All or nothing, readable by the user only. @throws SetupError WRITE, JAIL */
  write: (name: string, text: string) => void;
}>;

/** Where the system keeps such things: `XDG_STATE_HOME`, `~/Library/Application Support`, `%LOCALAPPDATA%`. @throws SetupError WRITE */
export function openState(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  io: DiskIo = nodeIo,
): State {
  const { join, dirname } = platform === 'win32' ? win32 : posix;
  const folder = stateFolder(env, platform);
  const place = (name: string): string => {
    const fault = checkPath(name);
    if (fault !== null) throw new SetupError(fault);
    return join(folder, ...name.split('/'));
  };
  return {
    folder,
    read: (name) => {
      const path = place(name);
      try {
        return readFile(io, path).bytes.toString('utf8');
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
        const message = `it cannot be read (${codeOf(error) || 'it is no regular file'}).`;
        const hint = 'Check its permissions, or delete it: you are asked again then.';
        throw new SetupError({ code: 'READ', place: path, message, hint }, { cause: error });
      }
    },
    write: (name, text) => {
      const path = place(name);
      const draft = `${path}.${randomBytes(8).toString('hex')}`;
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        try {
          createFile(io, draft, Buffer.from(text), 0o600);
          io.rename(draft, path);
        } catch (error) {
          if (io.lstat(draft) !== null) io.unlink(draft);
          throw error;
        }
      } catch (error) {
        if (codeOf(error) === '') throw error;
        throw new SetupError(diskProblem(error, path), { cause: error });
      }
    },
  };
}

function stateFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA;
    if (local !== undefined && win32.isAbsolute(local)) return win32.join(local, NAME);
    return win32.join(home(env.USERPROFILE, win32.isAbsolute), 'AppData', 'Local', NAME);
  }
  if (platform === 'darwin')
    return posix.join(home(env.HOME, posix.isAbsolute), 'Library', 'Application Support', NAME);
  // A relative one has to be ignored, says the specification.
  const state = env.XDG_STATE_HOME;
  if (state !== undefined && posix.isAbsolute(state)) return posix.join(state, NAME);
  return posix.join(home(env.HOME, posix.isAbsolute), '.local', 'state', NAME);
}

function home(named: string | undefined, isAbsolute: (path: string) => boolean): string {
  if (named !== undefined && isAbsolute(named)) return named;
  try {
    const known = homedir();
    if (isAbsolute(known)) return known;
  } catch {} // no entry for this user
  throw new SetupError({
    code: 'WRITE',
    place: 'the state folder',
    message: 'you have no home folder, so nothing can be remembered outside of the project.',
    hint: 'Set HOME or XDG_STATE_HOME to a folder of yours (on Windows: LOCALAPPDATA).',
  });
}
