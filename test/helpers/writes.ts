/** Short hands for tests of the writer: writes, folders that are removed again, and what went wrong. */
import { SetupError } from '../../src/errors.ts';
import type { Write } from '../../src/model.ts';
import { removeFolder, type Seed, seed, sha, snapshot, tempFolder } from './tree.ts';

const folders: string[] = [];

/** A new folder with files, removed by `removeFresh`. */
export function fresh(files: Seed = {}): string {
  const root = tempFolder();
  folders.push(root);
  seed(root, files);
  return root;
}

export function removeFresh(): void {
  for (const folder of folders.splice(0)) removeFolder(folder);
}

export function create(path: string, content = 'new\n', mode = 0o644): Write {
  return { path, content, mode, expect: null };
}

export function update(path: string, before: string, content: string | null, mode = 0o644): Write {
  return { path, content, mode, expect: sha(before) };
}

/** The problems of an action that has to fail, as `CODE place`. */
export function failure(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ code, place }) => `${code} ${place}`);
    throw error;
  }
  return ['nothing was thrown'];
}

/** A tree without the records of undo, as git sees it. Anything else of the writer's own stays in. */
export function withoutRecords(tree: Readonly<Record<string, string>>): Record<string, string> {
  let left = Object.entries(tree).filter(([path]) => !path.startsWith('.devops/tx/undo/'));
  if (left.length === Object.keys(tree).length) return tree;
  for (const folder of ['.devops/tx/', '.devops/'])
    if (!left.some(([path]) => path !== folder && path.startsWith(folder)))
      left = left.filter(([path]) => path !== folder);
  return Object.fromEntries(left);
}

/** The project as git sees it. */
export function visible(root: string): Record<string, string> {
  return withoutRecords(snapshot(root));
}
