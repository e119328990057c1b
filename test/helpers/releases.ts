/** Later releases of the tool: copies of its source with the changes that a maintainer makes in a year, built and run like this one. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './cli.ts';

/** In `file`, every `from` becomes `to`; one that is not there fails, so that a release never changes less than it says. */
export type SourceChange = Readonly<{ file: string; from: string; to: string }>;
/** `changes` come on top of those of the releases before it; `added` are new files. */
export type Release = Readonly<{
  version: string;
  changes: readonly SourceChange[];
  added?: Readonly<Record<string, string>>;
}>;

const SOURCE = ['bin', 'generators', 'templates', 'src', 'scripts', 'package.json', 'LICENSE'];
const made: string[] = [];

/** Builds the last of `releases`, with the changes of all of them. Returns its program. */
export function buildRelease(releases: readonly Release[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cds-release-'));
  made.push(folder);
  for (const part of SOURCE) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  rmSync(join(folder, 'src/generated'), { recursive: true, force: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const version = releases.at(-1)?.version ?? '0.0.0';
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }));
  for (const { changes, added = {} } of releases) {
    for (const change of changes) apply(folder, change);
    for (const [path, text] of Object.entries(added)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`release ${version} does not build: ${stderr}`);
  return join(folder, 'bin/create-devops-setup.js');
}

function apply(folder: string, { file, from, to }: SourceChange): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
  writeFileSync(path, text.replaceAll(from, to));
}

export function removeReleases(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
