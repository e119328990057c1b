/** `.devops/config.yaml`: read with line numbers, written with the smallest change so that people's comments stay. */
import { SetupError } from '../errors.ts';
import type { PlainRecord } from '../model.ts';
import { type ExtendsWord, extendsOf, unmanagedOf } from './config/own-keys.ts';
import { readData } from './config/read.ts';
import { MIGRATIONS, migrated } from './migrations/index.ts';

export { dropKey } from './config/drop.ts';
export { withExtends, withUnmanaged } from './config/own-keys.ts';
export { configSchema, presetSchema } from './config/schema.ts';
export { writeConfig } from './config/write.ts';

export const CONFIG_PATH = '.devops/config.yaml';
export const SCHEMA_PATH = '.devops/config.schema.json';

/** The file as it was read: the choices, the file's own keys, and the line of each id (`services.orders.port`). */
export type ConfigFile = Readonly<{
  text: string;
  /** What was done to bring an earlier version here, in words; empty where nothing was. */
  migrated: readonly string[];
  config: PlainRecord;
  lineOf: (id: string) => number;
  extends: readonly ExtendsWord[];
  unmanaged: ReadonlySet<string>;
}>;

/**
 * Parses an answers file, which is written like a configuration (`place` names it in problems), with the place of each answer
 * (`answers.yaml:3`). @throws SetupError CONFIG_SYNTAX with every problem of the file, each with its line.
 */
export function readAnswers(
  text: string,
  place: string,
): Readonly<{ answers: PlainRecord; placeOf: (id: string) => string }> {
  const { value, lineOf } = readData(migrated(text, place).text, place);
  return { answers: value, placeOf: (id) => `${place}:${lineOf(id.split('.'))}` };
}

/**
 * The configuration of a project, with its own keys; of an earlier release, as this one would have written it.
 * @throws SetupError CONFIG_SYNTAX, CONFIG_VALUE or JAIL with every problem of the file, each with its line.
 */
export function readConfig(before: string, place: string = CONFIG_PATH, migrations = MIGRATIONS): ConfigFile {
  const { text, done } = migrated(before, place, migrations);
  const file = readData(text, place);
  const errors: SetupError[] = [];
  const attempt = <T>(action: () => T, otherwise: T): T => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      errors.push(error);
      return otherwise;
    }
  };
  const words = attempt(() => extendsOf(file, place), []);
  const unmanaged = attempt(() => unmanagedOf(file, place), new Set<string>());
  if (errors.length > 0) throw new SetupError(errors.flatMap(({ problems }) => problems));
  const lineOf = (id: string): number => file.lineOf(id.split('.'));
  return { text, migrated: done, config: file.value, lineOf, extends: words, unmanaged };
}
