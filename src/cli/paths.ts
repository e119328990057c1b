/** A path that a person typed → one that the setup knows. */
import { nearest } from '../define.ts';
import { SetupError } from '../errors.ts';

/** Where a file is, and the path that the generator gives it when a person moved it. */
export type Known = Readonly<{ path: string; from?: string }>;

/**
 * The path where the file is. Relative to the root, or to the subfolder that the command was run in; the generator's path finds a moved
 * file too.
 * @throws SetupError USAGE with what may have been meant
 */
export function knownPath(word: string, known: Iterable<Known>, folder: string | null): string {
  const typed = word.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const tried = folder === null ? [typed] : [`${folder}/${typed}`, typed];
  const paths = new Map<string, string>();
  for (const { path, from } of known) {
    paths.set(path, path);
    if (from !== undefined && !paths.has(from)) paths.set(from, path);
  }
  const found = tried.find((path) => paths.has(path));
  if (found !== undefined) return paths.get(found) ?? found;
  const close = nearest(typed, [...paths.keys()]) ?? [...paths.keys()].find((path) => path.endsWith(`/${typed}`));
  throw new SetupError({
    code: 'USAGE',
    place: word,
    message: 'none of the chosen generators writes this file.',
    hint: close ? `Did you mean ${close}?` : 'See `create-devops-setup plan` for the files.',
  });
}
