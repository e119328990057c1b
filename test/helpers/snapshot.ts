/** Runs the built command line on copies of fixtures and reads the trees that come out. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const SNAPSHOTS = join(ROOT, 'snapshots');
const BIN = join(ROOT, 'bin/create-devops-setup.js');

const made: string[] = [];

/** A fresh copy of a fixture with a remote and a default branch, as a clone would have them. */
export function prepare(fixture: string, overlay: Readonly<Record<string, string>> = {}): string {
  const name = fixture.split('/').at(-1);
  const folder = mkdtempSync(join(tmpdir(), `cds-${name}-`));
  made.push(folder);
  cpSync(join(ROOT, 'test/fixtures', fixture), folder, { recursive: true });
  writeTree(folder, new Map(Object.entries(overlay)));
  const git = join(folder, '.git');
  mkdirSync(join(git, 'refs/remotes/origin'), { recursive: true });
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(git, 'refs/remotes/origin/HEAD'), 'ref: refs/remotes/origin/main\n');
  writeFileSync(join(git, 'config'), `[remote "origin"]\n\turl = https://github.com/acme/${name}.git\n`);
  return folder;
}

/** Removes what `prepare` made. */
export function cleanUp(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Runs the built command line without a terminal. */
export function run(
  cwd: string,
  args: readonly string[],
): Readonly<{ code: number | null; stdout: string; stderr: string }> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1' },
  });
  return { code: status, stdout, stderr };
}

/**
 * All files below a folder, path → text. Left out unless `everything`: bases (they repeat the files), the lock (hashes change with every
 * line), the schema (the same for every case), and npm's lock files of our own packages (`templates/_pins` holds them, 2,700 lines each).
 */
export function treeOf(folder: string, { everything = false } = {}): Map<string, string> {
  const tree = new Map<string, string>();
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      const name = relative(folder, path).replaceAll('\\', '/');
      // What undo needs is there after each write, with a process id in it.
      if (name === '.git' || name === 'node_modules' || name === '.devops/tx') continue;
      if (entry.isDirectory()) walk(path);
      else if (
        everything ||
        !/^\.devops\/(base\/|lock\.json$|config\.schema\.json$)|^(infrastructure\/cdktf|telemetry)\/package-lock\.json$/.test(
          name,
        )
      )
        tree.set(name, readFileSync(path, 'utf8'));
    }
  };
  walk(folder);
  return tree;
}

/** What a run added or changed. */
export function emittedTree(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Map<string, string> {
  return new Map([...after].filter(([path, text]) => before.get(path) !== text));
}

/** Writes texts below a folder. */
export function writeTree(folder: string, tree: ReadonlyMap<string, string>): void {
  for (const [path, text] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
