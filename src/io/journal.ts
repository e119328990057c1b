/**
 * What a transaction is about to do, written before it does anything. With the `<n>.old` files beside it, it says how everything was:
 * enough to roll back after a crash, and for `undo` to keep. Untrusted when read back: paths are jailed again, old bytes are hashed.
 */
import { createHash } from 'node:crypto';
import { type Problem, SetupError } from '../errors.ts';
import { checkPath, listProblems } from './jail.ts';

/** A file as it is: hash over its bytes, permission bits. */
export type FileState = Readonly<{ hash: string; mode: number }>;
/** One write. Null: absent. The bytes are in `<index>.old` and `<index>.new`. */
export type Operation = Readonly<{ path: string; old: FileState | null; new: FileState | null }>;
export type FolderState = Readonly<{ path: string; mode: number }>;

/**
 * What becomes of the hold once the marker stands: it is kept as a record for `undo`, beside the project's journal or outside of it
 * (`pending` is the copy that was made there), or it took a record back, which goes then.
 */
export type Sequel =
  | Readonly<{ keep: 'inside' }>
  | Readonly<{ keep: 'outside'; pending: string }>
  | Readonly<{ take: 'inside' | 'outside'; record: number }>;

/**
 * `folders`: those that have to be made, outermost first. `emptied`: those that go after the marker when nothing is left in them,
 * outermost first, as they were. `bytes`: how many the old texts have.
 */
export type Journal = Readonly<{
  version: 1;
  label: string;
  folders: readonly string[];
  emptied: readonly FolderState[];
  operations: readonly Operation[];
  bytes: number;
  sequel: Sequel;
}>;

export const JOURNAL = 'journal.json';
/** The marker; `bytes` is in it, so that a record's size is known without reading its journal. */
export const COMMITTED = 'committed';
const MAX_LABEL = 200;

/** sha-256, in hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function serializeJournal(journal: Journal): string {
  return `${JSON.stringify(journal)}\n`;
}

/** Whose journal it is: where it is, what it is called, and what to do about it. */
export type Reading = Readonly<{ place: string; what: string; hint: string }>;

const INTERRUPTED: Reading = {
  place: `.devops/tx/held/${JOURNAL}`,
  what: 'the journal of an interrupted run',
  hint: 'Nothing was changed by it. Look at git status, take back what you do not want, then delete .devops/tx by hand.',
};

/** @throws SetupError WRITE or JAIL, when it is not what we write: nothing is rolled back by it then. */
export function parseJournal(text: string, reading: Reading = INTERRUPTED): Journal {
  const damaged = (reason: string): SetupError => {
    const message = `${reading.what} is damaged: ${reason}.`;
    return new SetupError({ code: 'WRITE', place: reading.place, message, hint: reading.hint });
  };
  const list = (value: unknown, name: string): readonly Record<string, unknown>[] => {
    if (!Array.isArray(value)) throw damaged(`"${name}" is no list`);
    return value.map((entry: unknown) => (entry ?? {}) as Record<string, unknown>);
  };
  const pathOf = (value: unknown): string => {
    if (typeof value !== 'string') throw damaged('a path is no text');
    return value;
  };
  const modeOf = (mode: unknown): number => {
    if (typeof mode !== 'number' || !Number.isInteger(mode) || mode < 0 || mode > 0o7777)
      throw damaged('a mode is none');
    return mode;
  };
  const stateOf = (value: unknown): FileState | null => {
    if (value === null) return null;
    const { hash, mode } = (value ?? {}) as Record<string, unknown>;
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw damaged('a hash is none');
    return { hash, mode: modeOf(mode) };
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  const raw = (value ?? {}) as Record<string, unknown>;
  const { version, label = '', folders, emptied = [], operations, bytes = 0 } = raw;
  if (version !== 1) throw damaged('its version is not 1');
  if (typeof label !== 'string' || label.length > MAX_LABEL || /\p{Cc}/u.test(label)) throw damaged('"label" is none');
  if (!Array.isArray(folders)) throw damaged('"folders" is no list');
  if (typeof bytes !== 'number') throw damaged('"bytes" is no number');
  const sequel = sequelOf(raw.sequel);
  if (sequel === null) throw damaged('"sequel" is none');
  const journal: Journal = {
    version,
    label,
    folders: folders.map(pathOf),
    emptied: list(emptied, 'emptied').map(({ path, mode }) => ({ path: pathOf(path), mode: modeOf(mode) })),
    operations: list(operations, 'operations').map((entry) => ({
      path: pathOf(entry.path),
      old: stateOf(entry.old),
      new: stateOf(entry.new),
    })),
    bytes,
    sequel,
  };
  const problems = pathProblems(journal);
  if (problems.length > 0) throw new SetupError(problems.map((problem) => ({ ...problem, hint: reading.hint })));
  return journal;
}

function sequelOf(value: unknown): Sequel | null {
  if (value === undefined) return { keep: 'inside' };
  const { keep, take, pending, record } = (value ?? {}) as Record<string, unknown>;
  if (keep === 'inside') return { keep };
  if (keep === 'outside' && typeof pending === 'string' && /^[0-9a-f]{16}$/.test(pending)) return { keep, pending };
  const isNumber = typeof record === 'number' && Number.isSafeInteger(record) && record > 0;
  return (take === 'inside' || take === 'outside') && isNumber ? { take, record } : null;
}

function pathProblems({ folders, emptied, operations }: Journal): readonly Problem[] {
  const faults = [...folders, ...emptied.map(({ path }) => path)].map(checkPath);
  return [
    ...faults.filter((fault): fault is Problem => fault !== null),
    ...listProblems(operations.map(({ path }) => path)),
  ];
}
