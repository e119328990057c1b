/** A project that is nowhere on a disk: what tests of generators run on. */
import type { ProjectFiles } from '../model.ts';
import type { Project } from './types.ts';

/** Path → text, or data that is written as JSON. */
export type MemoryFiles = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

/** The reading port over a record of files. There is no git. */
export function memoryProject(content: MemoryFiles): Project {
  const texts = new Map(
    Object.entries(content).map(([path, value]) => [
      path,
      typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`,
    ]),
  );
  const paths = [...texts.keys()].sort();
  const files: ProjectFiles = {
    list: () => paths,
    read: (path) => texts.get(path) ?? null,
    exists: (path) => texts.has(path) || paths.some((other) => other.startsWith(`${path}/`)),
    mode: (path) => (texts.has(path) ? 0o644 : null),
  };
  return { files, git: null };
}
