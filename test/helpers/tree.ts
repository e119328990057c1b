/** Real folders for tests: made, looked at, and removed again. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export function sha(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A new folder below the system's temporary one; `at` gives another parent. */
export function tempFolder(at: string = tmpdir()): string {
  return realpathSync(mkdtempSync(join(at, 'devops-setup-test-')));
}

/** Files by path; `[text, mode]` where the mode matters. */
export type Seed = Readonly<Record<string, string | readonly [text: string, mode: number]>>;

export function seed(root: string, files: Seed): void {
  for (const [path, value] of Object.entries(files)) {
    const [text, mode] = typeof value === 'string' ? [value, 0o644] : value;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  }
}

/** Everything below a folder: bytes and mode of files, folders (`x/`), targets of links. */
export function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: string, prefix: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      const stat = lstatSync(path);
      if (stat.isDirectory()) {
        found[`${prefix}${name}/`] = 'folder';
        visit(path, `${prefix}${name}/`);
      } else if (stat.isSymbolicLink()) found[prefix + name] = `-> ${readlinkSync(path)}`;
      else if (stat.isFile())
        found[prefix + name] = `${(stat.mode & 0o7777).toString(8)} ${JSON.stringify(readFileSync(path, 'latin1'))}`;
      else found[prefix + name] = 'special';
    }
  };
  visit(root, '');
  return found;
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
