/**
 * How a configuration of an earlier release becomes one of this release: versioned migrations, in order, on the text, so that comments
 * stay. A preset is written like a configuration and migrates like one, in memory.
 *
 * There is one version so far. The next one is a line here, a frozen project in `test/fixtures/frozen`, and nothing else.
 */
import { type Problem, SetupError } from '../../errors.ts';
import type { PlainRecord } from '../../model.ts';
import { type ReadOptions, readData } from '../config/read.ts';
import { applyStep, type Step } from './steps.ts';

export type { Step } from './steps.ts';

/** From one version to the next. Every step may be done twice: what it looks for is gone then. */
export type Migration = Readonly<{ from: number; to: number; title: string; steps: readonly Step[] }>;

export const MIGRATIONS: readonly Migration[] = [];

/** The version that a list of migrations leads to. */
export function versionOf(migrations: readonly Migration[] = MIGRATIONS): number {
  return migrations.at(-1)?.to ?? 1;
}

/** `done`: what was done, in words for the plan; empty where the text is of this version, and is returned as it is. */
export type Migrated = Readonly<{ text: string; from: number; to: number; done: readonly string[] }>;

/**
 * The text in this release's version. A file without a version is of the first one, as people write it.
 * @throws SetupError CONFIG_SYNTAX for what does not parse, CONFIG_VALUE for a version that is none, or of a newer release.
 */
export function migrated(
  text: string,
  place: string,
  migrations: readonly Migration[] = MIGRATIONS,
  options: ReadOptions = {},
): Migrated {
  const { value, lineOf } = readData(text, place, options);
  const to = versionOf(migrations);
  const from = versionIn(value, `${place}:${lineOf(['version'])}, version`, to);
  const due = migrations.filter((migration) => migration.from >= from);
  const changed = due.reduce(
    (now, migration) => applyStep(migration.steps.reduce(applyStep, now), { set: 'version', value: migration.to }),
    text,
  );
  const done = due.map((migration) => `version ${migration.from} to ${migration.to}: ${migration.title}`);
  return { text: due.length === 0 ? text : changed, from, to, done };
}

function versionIn({ version }: PlainRecord, place: string, newest: number): number {
  if (version === undefined) return 1;
  const wrong = (message: string, hint: string): Problem => ({ code: 'CONFIG_VALUE', place, message, hint });
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw new SetupError(wrong(`${JSON.stringify(version)} is no version.`, `Write version: ${newest}.`));
  if (version <= newest) return version;
  const hint = 'Use the release that wrote the file, or a newer one: npx create-devops-setup@latest update';
  throw new SetupError(wrong(`this release reads versions up to ${newest}, the file says ${version}.`, hint));
}
