/**
 * The keys of `.devops/config.yaml` that are no answers: `version`, `toConfirm`, `extends` (presets, the strongest last) and `unmanaged`
 * (files that are left to the user).
 */
import { type Problem, SetupError } from '../../errors.ts';
import type { Plain, PlainRecord } from '../../model.ts';
import { checkPath } from '../jail.ts';
import type { DataFile } from './read.ts';

export const OWN_KEYS = ['version', 'toConfirm', 'extends', 'unmanaged'] as const;

/** A word of `extends` with where it stands. */
export type ExtendsWord = Readonly<{ word: string; place: string }>;

const WORDS = './presets/acme.yaml, @acme/devops-preset, npm:@acme/devops-preset@^2 or git+https://…#<commit>';

/**
 * The presets that a file extends, as it lists them.
 * @throws SetupError CONFIG_VALUE with every entry that is no word, each with its line.
 */
export function extendsOf({ value, lineOf }: DataFile, file: string): readonly ExtendsWord[] {
  const given = value.extends;
  if (given === undefined || given === null) return [];
  const words = Array.isArray(given) ? (given as readonly Plain[]) : [given];
  const placeOf = (index: number): string =>
    `${file}:${lineOf(Array.isArray(given) ? ['extends', index] : ['extends'])}`;
  const seen = new Set<Plain>();
  const problems = words.flatMap((word, index): Problem[] => {
    const wrong = (message: string, hint: string): Problem[] => [
      { code: 'CONFIG_VALUE', place: `${placeOf(index)}, extends`, message, hint },
    ];
    if (typeof word !== 'string' || word.trim() === '')
      return wrong(`${JSON.stringify(word)} is no preset.`, `Name presets by words like ${WORDS}.`);
    if (seen.has(word)) return wrong(`${word} stands there twice.`, 'Keep one of them: the last one is the strongest.');
    seen.add(word);
    return [];
  });
  if (problems.length > 0) throw new SetupError(problems);
  return words.map((word, index) => ({ word: String(word).trim(), place: placeOf(index) }));
}

/**
 * The files that are left to the user.
 * @throws SetupError CONFIG_VALUE or JAIL with every path that is none, each with its line.
 */
export function unmanagedOf({ value, lineOf }: DataFile, file: string): ReadonlySet<string> {
  const given = value.unmanaged;
  if (given === undefined || given === null) return new Set();
  if (!Array.isArray(given)) {
    throw new SetupError({
      code: 'CONFIG_VALUE',
      place: `${file}:${lineOf(['unmanaged'])}, unmanaged`,
      message: `${JSON.stringify(given)} is not a list of paths.`,
      hint: 'Write it like [Dockerfile, docs/runbooks/deployment.md].',
    });
  }
  const problems = given.flatMap((path: Plain, index): Problem[] => {
    const place = `${file}:${lineOf(['unmanaged', index])}, unmanaged`;
    if (typeof path !== 'string') {
      const message = `${JSON.stringify(path)} is not a path.`;
      return [{ code: 'CONFIG_VALUE', place, message, hint: 'Give the path of a file, relative to the root.' }];
    }
    const fault = checkPath(path);
    if (fault !== null) return [{ ...fault, place, message: `${fault.place}: ${fault.message}` }];
    if (!isOurs(path)) return [];
    const message = `${path} belongs to our own bookkeeping.`;
    return [{ code: 'CONFIG_VALUE', place, message, hint: 'Take it off the list.' }];
  });
  if (problems.length > 0) throw new SetupError(problems);
  return new Set(given as readonly string[]);
}

function isOurs(path: string): boolean {
  return /^\.devops(\/|$)/i.test(path);
}

/**
 * The configuration with a path on the list of `unmanaged`, or off it. What is taken off last takes the list with it.
 * @throws SetupError JAIL or CONFIG_VALUE for a path that cannot be left to anybody.
 */
export function withUnmanaged(config: PlainRecord | null, path: string, on: boolean): PlainRecord {
  const fault = checkPath(path);
  if (fault !== null) throw new SetupError(fault);
  if (isOurs(path)) {
    const message = 'it belongs to our own bookkeeping.';
    throw new SetupError({ code: 'CONFIG_VALUE', place: path, message, hint: 'Name a file that a generator writes.' });
  }
  const listed = Array.isArray(config?.unmanaged) ? (config.unmanaged as readonly string[]) : [];
  if (listed.includes(path) === on) return config ?? {};
  return { ...config, unmanaged: on ? [...listed, path] : listed.filter((other) => other !== path) };
}

/** The configuration that extends one preset more; the one named last is the strongest. */
export function withExtends(config: PlainRecord | null, word: string): PlainRecord {
  const given = config?.extends;
  const words = Array.isArray(given) ? (given as readonly string[]) : typeof given === 'string' ? [given] : [];
  if (words.includes(word)) return config ?? {};
  return { ...config, extends: words.length === 0 ? word : [...words, word] };
}
