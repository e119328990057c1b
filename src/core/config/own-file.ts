/** Our own files in a project: configuration and lock. */
import { SetupError } from '../../errors.ts';
import type { ProjectFiles } from '../../model.ts';

/** A file of our own bookkeeping, or null when it is absent. Something else in its place is an error, not an absence. */
export function readOurs(files: ProjectFiles, path: string): string | null {
  const text = files.read(path);
  if (text === null && files.exists(path)) {
    throw new SetupError({
      code: 'READ',
      place: path,
      message: 'it is there and is no file.',
      hint: 'Move it away, and run it again.',
    });
  }
  return text;
}
