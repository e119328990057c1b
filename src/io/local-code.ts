/** Code of the project that may be run: read as bytes, hashed, never run here. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type Problem, SetupError } from '../errors.ts';

/** Everything that was read, by path relative to the root. `hash` is over all of it: another byte anywhere is another hash. */
export type LocalCode = Readonly<{
  files: ReadonlyMap<string, Buffer>;
  hashes: ReadonlyMap<string, string>;
  hash: string;
}>;

/** Beyond these nobody has read what would be run. */
const MOST_FILES = 500;
const MOST_BYTES = 1024 * 1024;
const MOST_BYTES_TOGETHER = 8 * 1024 * 1024;
const DEEPEST = 12;

/** Names of the files right in a folder of the project; none where the folder is not there. A folder that is reached by a link has none. */
export function namesIn(root: string, folder: string): readonly string[] {
  if (linkOnTheWay(root, folder) !== null) return [];
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw unreadable(folder, error);
  }
}

/** What stands at a path, a link as itself; undefined where nothing does, also below what is no folder. */
export function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The first part of a path of the project that is a symbolic link, or null. */
export function linkOnTheWay(root: string, path: string): string | null {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join('/');
    if (entryAt(join(root, part))?.isSymbolicLink()) return part;
  }
  return null;
}

/**
 * Reads files and folders to the last byte. No link is followed: what somebody agreed to must be what is run.
 * @throws SetupError GENERATOR with every link, device, and limit that is passed; READ
 */
export function readLocalCode(root: string, paths: readonly string[]): LocalCode {
  const files = new Map<string, Buffer>();
  const problems: Problem[] = [];
  let bytes = 0;
  const refuse = (place: string, message: string, hint: string) =>
    problems.push({ code: 'GENERATOR', place, message, hint });
  const visit = (path: string, depth: number): void => {
    if (files.size > MOST_FILES) return;
    const stat = entryAt(join(root, path));
    if (stat === undefined) return;
    if (stat.isSymbolicLink())
      refuse(
        path,
        'it is a link; what it leads to can change without notice.',
        'Replace the link by what it leads to.',
      );
    else if (stat.isDirectory()) {
      if (depth > DEEPEST) refuse(path, `it is deeper than ${DEEPEST} folders.`, 'Move it up.');
      else for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`, depth + 1);
    } else if (!stat.isFile()) refuse(path, 'it is no regular file.', 'Take it away.');
    else if (stat.size > MOST_BYTES)
      refuse(
        path,
        `it is larger than ${MOST_BYTES / 1024 / 1024} MiB.`,
        'Nobody reads so large a file before agreeing to run it; make it smaller.',
      );
    else {
      const content = readFileSync(join(root, path));
      bytes += content.length;
      files.set(path, content);
    }
  };
  for (const path of paths) {
    const link = linkOnTheWay(root, path);
    if (link !== null)
      refuse(
        link,
        'it is a link; code of the project is run from the project itself only.',
        'Replace the link by what it leads to.',
      );
    else
      try {
        visit(path, 1);
      } catch (error) {
        throw unreadable(path, error);
      }
  }
  const hint =
    'Only generators, their templates and their helpers belong here; packages are installed in the root (node_modules).';
  if (files.size > MOST_FILES) refuse(paths[0] ?? '.', `there are more than ${MOST_FILES} files.`, hint);
  if (bytes > MOST_BYTES_TOGETHER)
    refuse(paths[0] ?? '.', `the files are larger than ${MOST_BYTES_TOGETHER / 1024 / 1024} MiB together.`, hint);
  if (problems.length > 0) throw new SetupError(problems);
  const hashes = new Map(
    [...files].map(([path, content]) => [path, createHash('sha256').update(content).digest('hex')]),
  );
  const all = createHash('sha256');
  for (const path of [...hashes.keys()].sort()) all.update(`${hashes.get(path)} ${path}\n`);
  return { files, hashes, hash: all.digest('hex') };
}

function unreadable(place: string, error: unknown): SetupError {
  const message = `it cannot be read (${codeOf(error) || String(error)}).`;
  return new SetupError({ code: 'READ', place, message, hint: 'Check its permissions.' }, { cause: error });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
