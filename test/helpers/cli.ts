/** Runs the built command line as a process of its own, and tells whether a folder is still byte for byte what it was. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanUp, prepare } from './snapshot.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const BIN = join(ROOT, 'bin/create-devops-setup.js');

export type Ran = Readonly<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;

export type RunOptions = Readonly<{
  env?: Readonly<Record<string, string>>;
  /** Standard input; nothing (an empty one) unless given. */
  input?: string;
  /** A program and its arguments that start the command line. */
  under?: readonly string[];
}>;

/** Runs it without a terminal. */
export function cli(cwd: string, args: readonly string[], { env = {}, input = '', under = [] }: RunOptions = {}): Ran {
  const [program = '', ...rest] = [...under, process.execPath, BIN, ...args];
  const { status, signal, stdout, stderr } = spawnSync(program, rest, {
    cwd,
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
  });
  return { code: status, signal, stdout, stderr };
}

/**
 * A program that runs another one without root's power to read and write everything; empty for who is not root anyway, null where that
 * power cannot be put down.
 */
export function powerless(): readonly string[] | null {
  if (process.getuid?.() !== 0) return process.getuid ? [] : null;
  const less = '-dac_override,-dac_read_search,-fowner';
  const command = ['setpriv', `--bounding-set=${less}`, `--inh-caps=${less}`];
  const [program = '', ...rest] = [...command, 'true'];
  return spawnSync(program, rest).status === 0 ? command : null;
}

const made: string[] = [];

/** An empty folder of its own, outside every repository. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cds-e2e-'));
  made.push(folder);
  return folder;
}

/** Removes every folder that this file handed out. */
export function removeFolders(): void {
  cleanUp();
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  template = null;
}

let template: string | null = null;

/** The Express and PostgreSQL fixture as a fresh clone; set up already when asked for (once, then copied). */
export function project({ setUp = false } = {}): string {
  const folder = prepare('express-postgres');
  if (!setUp) return folder;
  if (template === null) {
    template = join(emptyFolder(), 'project');
    cpSync(folder, template, { recursive: true });
    const { code, stderr } = cli(template, ['--yes']);
    if (code !== 0) throw new Error(stderr);
  }
  rmSync(folder, { recursive: true });
  cpSync(template, folder, { recursive: true });
  return folder;
}

/** Everything below a folder, `.git` too: path → kind, mode and content. Two equal maps are two trees equal byte for byte. */
export function bytesOf(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string): void => {
    const stat = lstatSync(path);
    const name = relative(folder, path) || '.';
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) found.set(name, `link to ${readlinkSync(path)}`);
    else if (stat.isDirectory()) {
      found.set(name, `folder ${mode}`);
      for (const entry of readdirSync(path)) walk(join(path, entry));
    } else found.set(name, `file ${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
  };
  walk(folder);
  return found;
}
