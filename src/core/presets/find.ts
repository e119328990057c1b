/** Where the text of a preset is: a file of the project, an installed package, or the copy of what was fetched, held against the lock. */
import { nearest } from '../../define.ts';
import { SetupError } from '../../errors.ts';
import type { Lock, ProjectFiles } from '../../model.ts';
import { checkPath } from '../jail.ts';
import { hashText, LOCK_PATH } from '../lock.ts';
import { PRESET_FILE, type PresetWord } from './words.ts';

/** Copies of what was fetched; committed like the lock. */
export const PRESETS_FOLDER = '.devops/presets';

/** `folder`: where `./` leads from here; null where nothing else was fetched with it. */
export type Found = Readonly<{ text: string; place: string; folder: string | null }>;

type Around = Readonly<{
  files: Pick<ProjectFiles, 'read' | 'exists' | 'list'>;
  entries: NonNullable<Lock['presets']>;
}>;

/**
 * Finds what a word means. `place` is where the word stands, `from` the preset that it stands in.
 * @throws SetupError PRESET or READ: what is missing, and how it comes back.
 */
export function findPreset(word: PresetWord, place: string, from: Found | null, around: Around): Found {
  switch (word.kind) {
    case 'file':
      return file(word.path, word.word, place, from, around);
    case 'package':
      return installed(word.name, place, around);
    default:
      return fetched(word, place, around);
  }
}

function refused(place: string, message: string, hint: string): SetupError {
  return new SetupError({ code: 'PRESET', place, message, hint });
}

function file(path: string, word: string, place: string, from: Found | null, { files }: Around): Found {
  const folder = from === null ? '' : from.folder;
  if (folder === null) {
    const message = `it extends ${word}, and only the preset itself was fetched.`;
    throw refused(place, message, 'The preset has to hold everything, or be installed as a package.');
  }
  const whole = `${folder}${path}`;
  const text = files.read(whole);
  if (text !== null) return { text, place: whole, folder };
  if (files.exists(whole)) throw refused(place, `${word} is no file.`, 'Name the file of the preset.');
  const close = nearest(
    whole,
    files.list().filter((other) => PRESET_FILE.test(other)),
  );
  const where = folder === '' ? 'in the root of the project' : `in ${folder.slice(0, -1)}`;
  throw refused(
    place,
    `${word} is not there (looked ${where}).`,
    close ? `Did you mean ./${close}?` : 'Name a file that is there, or take it back from git.',
  );
}

export const USUAL: readonly string[] = ['devops-preset.yaml', 'devops-preset.yml', 'devops-preset.json'];

/** A package names its file in its `package.json`: `"devopsSetup": "preset.yaml"`. Nothing of it is run. */
function installed(name: string, place: string, { files }: Around): Found {
  const folder = `node_modules/${name}/`;
  const manifest = files.read(`${folder}package.json`);
  if (manifest === null) {
    const how = `npm install --save-dev ${name}; or keep a copy in this repository: create-devops-setup preset add npm:${name}@<range>`;
    throw refused(place, `the package ${name} is not installed (no ${folder}package.json).`, `Install it: ${how}.`);
  }
  const named = namedFile(manifest, `${folder}package.json`, place);
  const path = named ?? USUAL.find((usual) => files.exists(`${folder}${usual}`));
  if (path === undefined) {
    const hint = `Its package.json has to name one: "devopsSetup": "preset.yaml". Without that, ${USUAL[0]} is looked for.`;
    throw refused(place, `the package ${name} holds no preset.`, hint);
  }
  const text = files.read(`${folder}${path}`);
  if (text === null)
    throw refused(place, `${folder}${path} is not there, and the package says so.`, `Install ${name} again.`);
  return { text, place: `${folder}${path}`, folder };
}

/** What the manifest names; undefined where it names nothing. @throws SetupError PRESET where it names no file of the package. */
export function namedFile(manifest: string, path: string, place: string): string | undefined {
  let named: unknown;
  try {
    named = (JSON.parse(manifest) as { devopsSetup?: unknown } | null)?.devopsSetup;
  } catch (error) {
    throw refused(place, `${path} is not JSON (${(error as Error).message}).`, 'Install the package again.');
  }
  if (named === undefined) return undefined;
  const clean = typeof named === 'string' ? named.replace(/^\.\//, '') : '';
  if (checkPath(clean) === null && PRESET_FILE.test(clean)) return clean;
  const message = `"devopsSetup" in ${path} is ${JSON.stringify(named)}, and no YAML or JSON file of the package.`;
  throw refused(place, message, 'Ask who made the package.');
}

function fetched({ word, kind }: PresetWord, place: string, { files, entries }: Around): Found {
  const entry = Object.hasOwn(entries, word) ? entries[word] : undefined;
  const again = `create-devops-setup preset add '${word}'`;
  if (entry === undefined) throw refused(place, `${word} has not been fetched.`, `Fetch it once: ${again}`);
  const { file: path, hash } = entry;
  // The lock is committed and merged by git: what it says of paths is not believed.
  if (checkPath(path) !== null || !path.startsWith(`${PRESETS_FOLDER}/`))
    throw refused(LOCK_PATH, `${path} is no place of a preset.`, `Fetch it again: ${again}`);
  const text = files.read(path);
  if (text === null)
    throw refused(
      place,
      `the copy of ${word}, ${path}, is gone.`,
      `Take it back from git, or fetch it again: ${again}`,
    );
  if (hashText(text) !== hash) {
    const from = kind === 'npm' ? 'the package' : 'the repository';
    throw refused(
      path,
      `it is not what was fetched for ${word}: its sha-256 begins with ${hashText(text).slice(0, 12)}, the lock says ${hash.slice(0, 12)}.`,
      `Somebody edited the copy; change ${from} instead. Take it back from git (git checkout -- ${path}), or fetch it again: ${again}`,
    );
  }
  return { text, place: path, folder: null };
}
