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
/** `folders`: those that have to be made, outermost first. */
export type Journal = Readonly<{ version: 1; folders: readonly string[]; operations: readonly Operation[] }>;

export const JOURNAL = 'journal.json';
export const COMMITTED = 'committed';

/** sha-256, in hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function serializeJournal(journal: Journal): string {
  return `${JSON.stringify(journal)}\n`;
}

/** @throws SetupError WRITE or JAIL, when it is not what we write: nothing is rolled back by it then. */
export function parseJournal(text: string): Journal {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  const { version, folders, operations } = (value ?? {}) as Record<string, unknown>;
  if (version !== 1) throw damaged('its version is not 1');
  if (!Array.isArray(folders) || !folders.every((path) => typeof path === 'string'))
    throw damaged('"folders" is no list');
  if (!Array.isArray(operations)) throw damaged('"operations" is no list');
  const read = operations.map((entry: unknown): Operation => {
    const { path, old, new: next } = (entry ?? {}) as Record<string, unknown>;
    if (typeof path !== 'string') throw damaged('a path is no text');
    return { path, old: state(old), new: state(next) };
  });
  const faults = folders.map(checkPath).filter((fault): fault is Problem => fault !== null);
  const problems = [...faults, ...listProblems(read.map(({ path }) => path))];
  if (problems.length > 0) throw new SetupError(problems.map((problem) => ({ ...problem, hint: HINT })));
  return { version, folders, operations: read };
}

function state(value: unknown): FileState | null {
  if (value === null) return null;
  const { hash, mode } = (value ?? {}) as Record<string, unknown>;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw damaged('a hash is none');
  if (typeof mode !== 'number' || !Number.isInteger(mode) || mode < 0 || mode > 0o7777) throw damaged('a mode is none');
  return { hash, mode };
}

const HINT =
  'Nothing was changed by it. Look at git status, take back what you do not want, then delete .devops/tx by hand.';

function damaged(reason: string): SetupError {
  const place = `.devops/tx/held/${JOURNAL}`;
  const message = `the journal of an interrupted run is damaged: ${reason}.`;
  return new SetupError({ code: 'WRITE', place, message, hint: HINT });
}
