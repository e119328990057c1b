/** What a generator of the project did wrong, in the same four parts as any problem: what, where, why, how to mend it. */
import type { Problem } from '../../errors.ts';

/** Where a generator stands, and how texts of this machine become texts of the project (absolute paths taken out). */
export type Source = Readonly<{
  id: string;
  /** `devops/generators/my-thing.mjs` */
  file: string;
  relative: (text: string) => string;
}>;

export const LOCAL_FOLDER = 'devops/generators';

export function wrong({ file }: Pick<Source, 'file'>, message: string, hint: string): Problem {
  return { code: 'GENERATOR', place: file, message, hint };
}

/** Something threw. The place is the line of the project's own code that did it, where the stack tells; `at` where somebody knows it. */
export function thrown(source: Source, what: string, error: unknown, at: number | null = null): Problem {
  const { text, stack } = described(error);
  const known = at === null ? source.relative(stack) : `${source.file}:${at}`;
  const [, file = source.file, line] = /(devops\/generators\/[^\s:?)]+):(\d+)/.exec(known) ?? [];
  return {
    code: 'GENERATOR',
    place: line === undefined ? source.file : `${file}:${line}`,
    message: `${what}: ${oneLine(source.relative(text))}.`,
    hint: `Mend the generator, or take ${source.id} off \`generators\` in .devops/config.yaml.`,
  };
}

/** Anything can be thrown, also what cannot be made a text. */
function described(error: unknown): Readonly<{ text: string; stack: string }> {
  try {
    if (!(error instanceof Error)) return { text: `it threw ${JSON.stringify(error) ?? String(error)}`, stack: '' };
    const name = error.name === 'Error' ? '' : `${error.name}: `;
    return { text: `${name}${error.message || '(it does not say why)'}`, stack: error.stack ?? '' };
  } catch {
    return { text: 'it threw something that cannot be shown', stack: '' };
  }
}

/** The first line, without control characters, no longer than a person reads. */
function oneLine(text: string): string {
  const line = (text.split('\n').find((part) => part.trim() !== '') ?? '').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '·');
  return (line.length > 300 ? `${line.slice(0, 300)}…` : line).trim().replace(/\.$/, '');
}

/** A value in words, for "… is not …". */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing (undefined)';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  if (isPromise(value)) return 'a promise';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) {
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : 'an object';
  }
  return oneLine(JSON.stringify(value) ?? String(value));
}

/** Nobody waits for a promise of a generator's; that it fails as well is no second error. */
export function isPromise(value: unknown): boolean {
  if (value instanceof Promise) value.catch(() => undefined);
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
