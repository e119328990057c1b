/** Every path that may not be written is found before anything is compared. */
import { type Problem, SetupError } from '../../errors.ts';
import type { Lock, ProjectFiles, RenderedFile } from '../../model.ts';
import { checkPath, collisions } from '../jail.ts';
import { entryIn, placeOf } from '../lock.ts';

export function pathProblems(
  rendered: readonly RenderedFile[],
  found: Readonly<{ lock: Lock | null; files: ProjectFiles; unmanaged?: ReadonlySet<string> | undefined }>,
): Problem[] {
  const { lock, files, unmanaged } = found;
  const generators = new Map(rendered.map(({ path, generator }) => [path, generator]));
  const problems: Problem[] = [];
  const jail = (path: string, place: string, message: string, hint: string): void => {
    problems.push({ code: 'JAIL', place, message: `${message} (generator ${generators.get(path)}).`, hint });
  };
  const sound = rendered.filter(({ path, generator }) => {
    const fault = checkPath(path);
    if (fault !== null) problems.push({ ...fault, message: `${fault.message} (generator ${generator})` });
    else if (/^\.devops(\/|$)/i.test(path))
      jail(path, path, 'no generator writes into our own folder', 'Choose another path.');
    return fault === null;
  });
  for (const { first, second, why } of collisions(sound.map(({ path }) => path))) {
    if (first === second) problems.push(twoOwners(first, sound));
    else if (why === 'twin') jail(second, second, `${first} is the same where case is ignored`, 'Rename one.');
    else jail(second, second, `${first} is a file, not a folder`, 'Rename one.');
  }
  const blocked = blockedBy(files);
  for (const { path } of sound) {
    const place = placeOf(path, entryIn(lock, path));
    if (unmanaged?.has(place)) continue; // whatever stands there: it is left to its owner
    const by = blocked(place);
    if (by === place) jail(path, place, 'a folder stands where the file belongs', 'Move the folder away.');
    else if (by !== null) jail(path, place, `${by} is a file here, a folder is needed`, 'Move the file away.');
  }
  return problems;
}

function twoOwners(path: string, sound: readonly RenderedFile[]): Problem {
  const owners = sound.filter((file) => file.path === path).map(({ generator }) => generator);
  return {
    code: 'OWNER',
    place: path,
    message: `the generators ${owners.join(' and ')} both write it.`,
    hint: 'Leave one of them out; it is a bug of the second.',
  };
}

/** What stands in the way of a file: a file where a folder of its path belongs, or (the path itself) a folder. Null: nothing. */
function blockedBy(files: ProjectFiles): (path: string) => string | null {
  const there = new Set(files.list());
  const folders = new Map<string, string | null>([['', null]]);
  // A folder is looked at once, however many files are in it.
  const fileAbove = (folder: string): string | null => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const found =
      fileAbove(folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) ?? (there.has(folder) ? folder : null);
    folders.set(folder, found);
    return found;
  };
  return (path) => {
    if (there.has(path)) return null;
    return fileAbove(path.slice(0, Math.max(path.lastIndexOf('/'), 0))) ?? (isFolder(path, files) ? path : null);
  };
}

function isFolder(path: string, files: ProjectFiles): boolean {
  if ((files.linked?.(path) ?? false) || !files.exists(path)) return false;
  try {
    return files.read(path, true) === null;
  } catch (error) {
    if (error instanceof SetupError) return false; // told together with the others when it is compared
    throw error;
  }
}
