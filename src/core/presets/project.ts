/** What a project has chosen and whose choices it follows: its configuration, and the presets that this one extends. */
import { SetupError } from '../../errors.ts';
import type { Lock, PlainRecord, PresetEntry, ProjectFiles, Question } from '../../model.ts';
import type { ExtendsWord } from '../config/own-keys.ts';
import {
  CONFIG_PATH,
  type ConfigFile,
  configSchema,
  dropKey,
  readConfig,
  SCHEMA_PATH,
  withExtends,
  withUnmanaged,
  writeConfig,
} from '../config-file.ts';
import { canonical } from '../fingerprint.ts';
import { hashText } from '../lock.ts';
import { versionOf } from '../migrations/index.ts';
import { type LoadedPresets, loadPresets } from './load.ts';

/** A preset that was fetched: its text, and what the lock is to say of it. */
export type FetchedPreset = Readonly<{ text: string; entry: PresetEntry }>;

/**
 * What `preset add` is about to write: one word more in `extends`, what was fetched for it, by word, and the configuration without the
 * answers that the preset gives from now on.
 */
export type PresetChange = Readonly<{
  word: string;
  fetched: ReadonlyMap<string, FetchedPreset>;
  without?: readonly string[];
}>;

export type Choices = Readonly<{
  /** The text of the configuration in this release's version; null where there is none. */
  configText: string | null;
  config: PlainRecord | null;
  /** The line of an id in `configText`; null where there is no text. */
  lineOf: ((id: string) => number) | null;
  /** Files that the configuration leaves to the user. */
  unmanaged: ReadonlySet<string>;
  /** What was done to bring the configuration of an earlier release here, in words. */
  migrated: readonly string[];
  presets: LoadedPresets;
  /** What the lock is to say of presets that were fetched; those that nobody extends any more are forgotten. */
  entries: Lock['presets'];
  /** Copies of presets that are to be written, or (text null) that nobody reads any more. */
  copies: readonly Readonly<{ path: string; text: string | null }>[];
}>;

const NOTHING: ConfigFile = {
  text: '',
  migrated: [],
  config: {},
  lineOf: () => 1,
  extends: [],
  unmanaged: new Set(),
};

/** `text` is that of `.devops/config.yaml`. @throws SetupError with everything that is wrong in the file and in the presets. */
export function readChoices(
  text: string | null,
  around: Readonly<{ files: ProjectFiles; lock: Lock | null; questions: readonly Question[] }>,
  change: PresetChange | null = null,
): Choices {
  const file = text === null ? NOTHING : withoutAnswers(readConfig(text), change?.without ?? []);
  const fetched = [...(change?.fetched ?? [])];
  const texts = new Map(fetched.map(([, { text: copy, entry }]) => [entry.file, copy]));
  const entries = { ...around.lock?.presets, ...Object.fromEntries(fetched.map(([word, { entry }]) => [word, entry])) };
  const { files } = around;
  const load = (words: readonly ExtendsWord[]): LoadedPresets =>
    loadPresets(words, {
      files: {
        list: files.list,
        exists: (path) => texts.has(path) || files.exists(path),
        read: (path) => texts.get(path) ?? files.read(path),
      },
      entries,
      questions: around.questions,
    });
  const added: ExtendsWord[] =
    change === null || follows(change.word, file.extends, load)
      ? []
      : [{ word: change.word, place: `preset add ${change.word}` }];
  const presets = load([...file.extends, ...added]);
  return {
    configText: text === null ? null : file.text,
    config: added.reduce<PlainRecord | null>(
      (config, { word }) => withExtends(config ?? { version: versionOf() }, word),
      text === null ? null : file.config,
    ),
    lineOf: text === null ? null : file.lineOf,
    unmanaged: file.unmanaged,
    migrated: file.migrated,
    presets,
    entries: inUse(entries, presets),
    copies: [...[...texts].map(([path, copy]) => ({ path, text: copy })), ...unread(around, presets)],
  };
}

/** An answer that goes takes its mention among the unconfirmed ones with it. */
function withoutAnswers(file: ConfigFile, ids: readonly string[]): ConfigFile {
  if (ids.length === 0) return file;
  const left = readConfig(ids.reduce((text, id) => dropKey(text, id.split('.')), file.text));
  const { toConfirm } = left.config;
  const listed = Array.isArray(toConfirm) ? toConfirm.filter((id) => !ids.includes(String(id))) : toConfirm;
  const config = listed === undefined ? left.config : { ...left.config, toConfirm: listed };
  return { ...left, config, migrated: file.migrated };
}

/** Whether a project follows a preset already, directly or by another one. */
function follows(
  word: string,
  words: readonly ExtendsWord[],
  load: (words: readonly ExtendsWord[]) => LoadedPresets,
): boolean {
  if (words.some((one) => one.word === word)) return true;
  try {
    return load(words).chain.some(({ name }) => name === word);
  } catch (error) {
    // What is wrong with the others is told when all of them are loaded.
    if (error instanceof SetupError) return false;
    throw error;
  }
}

/** The same project with a path left to the user, or not any more; written with the next plan. @throws SetupError JAIL, CONFIG_VALUE */
export function leaveTo<T extends Choices>(choices: T, path: string, on: boolean): T {
  const config = withUnmanaged(choices.config, path, on);
  return { ...choices, config, unmanaged: new Set((config.unmanaged ?? []) as readonly string[]) };
}

/** The same project without the answers of a generator of its own that goes: the section of its id. */
export function forgetSection<T extends Choices>(choices: T, id: string): T {
  const { configText, config } = choices;
  if (configText === null || config === null || !Object.hasOwn(config, id)) return choices;
  const { [id]: _, ...left } = config;
  return { ...choices, config: left, configText: dropKey(configText, [id]) };
}

/** What is written of the choices: `config`, its schema, and the copies of presets. */
export function choiceFiles(
  { configText, questions, copies }: Choices & Readonly<{ questions: readonly Question[] }>,
  config: PlainRecord,
): readonly Readonly<{ path: string; text: string | null }>[] {
  return [
    { path: CONFIG_PATH, text: writeConfig(configText, config) },
    { path: SCHEMA_PATH, text: configSchema(questions) },
    ...copies,
  ];
}

/** The hash of everything that was chosen, here and by the presets. What is left to the user changes no file that is rendered. */
export function choicesHash({ unmanaged: _, ...config }: PlainRecord, { files }: LoadedPresets): string {
  const hasNone = Object.keys(files).length === 0;
  return hashText(canonical(hasNone ? config : { config, presets: files }));
}

function inUse(entries: Readonly<Record<string, PresetEntry>>, { files }: LoadedPresets): Lock['presets'] {
  const used = Object.entries(entries).filter(([, { file }]) => Object.hasOwn(files, file));
  return used.length === 0 ? undefined : Object.fromEntries(used.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Copies that were fetched for a word that is gone, as they were fetched; an edited one is somebody's work, and stays. */
function unread(
  { lock, files }: Readonly<{ lock: Lock | null; files: ProjectFiles }>,
  { files: used }: LoadedPresets,
): readonly Readonly<{ path: string; text: null }>[] {
  return Object.values(lock?.presets ?? {}).flatMap(({ file, hash }) => {
    const text = Object.hasOwn(used, file) ? null : files.read(file);
    return text !== null && hashText(text) === hash ? [{ path: file, text: null }] : [];
  });
}
