/** The project as it would be after the actions so far: a later action sees what an earlier one did, and the disk stays as it is. */
import { type Problem, SetupError } from '../../errors.ts';
import type { ProjectFiles } from '../../model.ts';
import { checkPath, twinKey } from '../jail.ts';

export type Written = Readonly<{ text: string; executable: number }>;

export type Overlay = Readonly<{
  /** Null when it is absent. @throws SetupError READ for what is no text */
  read: (path: string) => string | null;
  /** @throws SetupError JAIL when the path, or what stands there, may not be written */
  write: (path: string, written: Written) => void;
  /** What was written, by path, in the order of the first write. */
  written: () => ReadonlyMap<string, Written>;
}>;

export function openOverlay(files: ProjectFiles): Overlay {
  const written = new Map<string, Written>();
  const read = (path: string): string | null => written.get(path)?.text ?? files.read(path);
  return {
    read,
    write: (path, content) => {
      const fault = faultOf(path, files, written);
      if (fault !== null) throw new SetupError(fault);
      const before = written.get(path)?.executable ?? 0;
      written.set(path, { text: content.text, executable: before | content.executable });
    },
    written: () => written,
  };
}

/** Why a path may not be written, or null: the same rules that hold for our own files, and our own folder is nobody's. */
function faultOf(path: string, files: ProjectFiles, written: ReadonlyMap<string, Written>): Problem | null {
  const lexical = checkPath(path);
  if (lexical !== null) return lexical;
  const refused = (message: string, hint: string): Problem => ({ code: 'JAIL', place: path, message, hint });
  if (/^\.devops(\/|$)/i.test(path))
    return refused('no generator writes into our own folder.', 'Choose another path in the plopfile.');
  const parts = path.split('/');
  const folders = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  const blocking = folders.find(
    (folder) => written.has(folder) || (files.exists(folder) && files.read(folder) !== null),
  );
  if (blocking !== undefined)
    return refused(
      `${blocking} is a file here, and a folder is needed.`,
      'Move the file away, or choose another path.',
    );
  if (files.linked?.(path))
    return refused('it is reached by a symbolic link, and none is followed.', 'Replace the link by what it leads to.');
  if (written.has(path)) return null;
  if (files.exists(path) && files.read(path) === null)
    return refused('a folder stands where the file belongs.', 'Move the folder away, or choose another path.');
  const below = [...written.keys()].find((other) => other.startsWith(`${path}/`));
  if (below !== undefined) return refused(`${below} needs a folder here.`, 'Choose another path in the plopfile.');
  const twin = [...written.keys(), ...(files.exists(path) ? [] : files.list())].find(
    (other) => other !== path && twinKey(other) === twinKey(path),
  );
  return twin === undefined
    ? null
    : refused(`${twin} is the same path where case is ignored (macOS, Windows).`, 'Choose another name.');
}
