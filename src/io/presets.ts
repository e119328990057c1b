/**
 * Fetches a preset, once, for `preset add`. The only place where anything comes over the network, and only after a person said so. What
 * arrives is text that is looked at as data; nothing of it is run: no install scripts, no hooks, no checkout.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { namedFile, USUAL } from '../core/presets/find.ts';
import { MOST_BYTES } from '../core/presets/parse.ts';
import type { FetchWord } from '../core/presets/words.ts';
import { SetupError } from '../errors.ts';
import { entryAt } from './local-code.ts';
import { type Environment, type Run, runProgram } from './presets-run.ts';

/** `resolved`: the exact version or commit. `integrity`: what npm knows of the package; of git, of the file. */
export type Fetched = Readonly<{ text: string; resolved: string; integrity: string }>;

/** @throws SetupError PRESET: what could not be fetched, and why */
export type Fetcher = (word: FetchWord) => Promise<Fetched>;

export type FetcherOptions = Readonly<{
  env: Environment;
  /** The project's `.npmrc`: where a scope's packages are. */
  npmrc: string | null;
  run?: Run;
  /** What git may speak; anything but https is for tests. */
  protocol?: string;
}>;

export function openFetcher({ env, npmrc, run = runProgram, protocol = 'https' }: FetcherOptions): Fetcher {
  return (word) =>
    inTemporaryFolder((folder) => {
      if (word.kind === 'npm') return fromNpm(word, folder, { env, npmrc, run });
      return fromGit(word, folder, { env, run, protocol });
    });
}

async function inTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'devops-preset-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function refused(word: FetchWord, message: string, hint: string): SetupError {
  return new SetupError({ code: 'PRESET', place: word.word, message, hint });
}

const NPM = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--no-update-notifier'];
/** Whatever the user's settings say, it is one plain folder with a record of what was installed. */
const PLAIN = [
  '--omit=dev',
  '--omit=optional',
  '--omit=peer',
  '--install-strategy=hoisted',
  '--no-global',
  '--no-dry-run',
];

async function fromNpm(
  word: FetchWord & { kind: 'npm' },
  folder: string,
  { env, npmrc, run }: Readonly<{ env: Environment; npmrc: string | null; run: Run }>,
): Promise<Fetched> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  writeFileSync(join(folder, '.npmrc'), registriesOf(npmrc));
  const args = [...NPM, ...PLAIN, '--prefix', folder, '--', `${word.name}@${word.range}`];
  await run('npm', args, { cwd: folder, env, word: word.word });
  const { version, integrity } = installedAs(word, folder);
  const inside = join(folder, 'node_modules', ...word.name.split('/'));
  const manifest = textOf(word, inside, 'package.json');
  if (manifest === null)
    throw refused(word, 'npm installed nothing that has a package.json.', 'Ask who made the package.');
  const named = namedFile(manifest, `package.json of ${word.name}`, word.word);
  const candidates = named === undefined ? USUAL : [named];
  for (const candidate of candidates) {
    const text = textOf(word, inside, candidate);
    if (text !== null) return { text, resolved: version, integrity };
  }
  throw nothingIn(word, `${word.name} ${version}`, candidates);
}

/** Which registry has which scope, and how it is reached; nothing that could name a program or a script. */
function registriesOf(npmrc: string | null): string {
  const lines = (npmrc ?? '')
    .split(/\r?\n/)
    .filter((line) => /^\s*(@[\w.~-]+:registry|registry|\/\/[^\s=]+:[\w-]+)\s*=/.test(line));
  return lines.map((line) => `${line}\n`).join('');
}

function installedAs(
  word: FetchWord & { kind: 'npm' },
  folder: string,
): Readonly<{ version: string; integrity: string }> {
  const record = join(folder, 'node_modules', '.package-lock.json');
  type Entry = { version?: unknown; integrity?: unknown };
  let entry: Entry | undefined;
  try {
    const lock = JSON.parse(readFileSync(record, 'utf8')) as { packages?: Record<string, Entry> };
    entry = lock.packages?.[`node_modules/${word.name}`];
  } catch {}
  const { version, integrity } = entry ?? {};
  if (typeof version !== 'string' || typeof integrity !== 'string' || !/^sha(256|384|512)-[\w+/=]+$/.test(integrity)) {
    const hint = 'Use an npm of version 8 or newer, and a registry that gives sha-512 of its packages.';
    throw refused(word, 'npm does not say what it installed, with its integrity.', hint);
  }
  return { version, integrity };
}

/** A regular file of the package; null when there is none. A link is none: it could lead anywhere. */
function textOf(word: FetchWord, folder: string, path: string): string | null {
  const whole = join(folder, ...path.split('/'));
  const stat = entryAt(whole);
  if (!stat?.isFile() || !realpathSync(whole).startsWith(realpathSync(folder) + sep)) return null;
  if (stat.size > MOST_BYTES) throw tooLarge(word, path);
  return decoded(word, path, readFileSync(whole));
}

async function fromGit(
  word: FetchWord & { kind: 'git' },
  folder: string,
  { env, run, protocol }: Readonly<{ env: Environment; run: Run; protocol: string }>,
): Promise<Fetched> {
  const options = { cwd: folder, env: gitEnvironment(env, protocol), word: word.word };
  const git = (...args: string[]) => run('git', [...hardened(protocol), ...args], options);
  await git('init', '--quiet', '--template=', '.');
  const fetching = [
    'fetch',
    '--quiet',
    '--depth',
    '1',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
  ];
  await git(...fetching, '--', word.url, word.commit);
  // Nothing is checked out: no filter, no hook and no submodule has a say.
  const read = async (path: string): Promise<string | null> => {
    const listed = (await git('ls-tree', '-z', '--full-tree', '-l', word.commit, '--', path)).toString('utf8');
    const [, mode = '', type, object = '', size = ''] = /^(\d+) (\w+) ([0-9a-f]+)\s+(\d+|-)\t/.exec(listed) ?? [];
    if (type !== 'blob' || !mode.startsWith('100')) return null;
    if (Number(size) > MOST_BYTES) throw tooLarge(word, path);
    return decoded(word, path, await git('cat-file', 'blob', object));
  };
  const manifest = await read('package.json');
  const named = manifest === null ? undefined : namedFile(manifest, 'its package.json', word.word);
  const candidates = named === undefined ? USUAL : [named];
  for (const candidate of candidates) {
    const text = await read(candidate);
    if (text === null) continue;
    const integrity = `sha512-${createHash('sha512').update(text).digest('base64')}`;
    return { text, resolved: word.commit, integrity };
  }
  throw nothingIn(word, word.commit.slice(0, 12), candidates);
}

function hardened(protocol: string): readonly string[] {
  const settings = [
    `core.hooksPath=${devNull}`,
    'core.fsmonitor=false',
    'protocol.allow=never',
    `protocol.${protocol}.allow=always`,
    'submodule.recurse=false',
    'fetch.recurseSubmodules=false',
    'transfer.fsckObjects=true',
    'gc.auto=0',
    'maintenance.auto=false',
    'core.askPass=',
  ];
  return settings.flatMap((setting) => ['-c', setting]);
}

/** The repository that we happen to be in is not the one that is fetched into; and nobody is asked for a password. */
function gitEnvironment(env: Environment, protocol: string): Environment {
  const left = Object.entries(env).filter(
    ([name]) =>
      !/^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_|COMMON_DIR|NAMESPACE|CONFIG_(COUNT|KEY_|VALUE_|PARAMETERS)|EXTERNAL_DIFF|TRACE|SSH|PROXY_COMMAND|ASKPASS)/.test(
        name,
      ),
  );
  return {
    ...Object.fromEntries(left),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: protocol,
    GIT_LFS_SKIP_SMUDGE: '1',
  };
}

function decoded(word: FetchWord, path: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text.replaceAll('\r\n', '\n');
  } catch {}
  throw refused(word, `${path} is not text in UTF-8.`, 'A preset is YAML or JSON.');
}

function tooLarge(word: FetchWord, path: string): SetupError {
  return refused(word, `${path} is larger than ${MOST_BYTES / 1024} KiB.`, 'A preset holds answers only.');
}

function nothingIn(word: FetchWord, what: string, looked: readonly string[]): SetupError {
  const hint = 'Its package.json names the file: "devopsSetup": "preset.yaml".';
  return refused(word, `there is no preset in ${what} (looked for ${looked.join(', ')}).`, hint);
}
