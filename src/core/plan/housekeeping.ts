/** Our own records that go with a plan: bases, configuration, schema, ignore file, lock. */
import { createHash } from 'node:crypto';
import type { Lock, ProjectFiles, Write } from '../../model.ts';
import { basePath, HOME, LOCK_PATH, nextBasePath, serializeLock } from '../lock.ts';
import { restyle, sameText, toLf } from '../text-style.ts';
import type { Decision, Stored } from './decision.ts';
import type { Seen } from './look.ts';

export const IGNORE_PATH = `${HOME}/.gitignore`;
const IGNORED = 'tx/';

export type Decided = Readonly<{ path: string; seen: Seen; decision: Decision }>;
/** A file below `.devops/` that goes with the plan; text null: it goes away. */
export type Extra = Readonly<{ path: string; text: string | null }>;

/** sha-256, in hex, over the bytes: what a write expects to find. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Sorted by path, the lock last. Nothing is written that is there already. */
export function housekeeping(
  files: ProjectFiles,
  decided: readonly Decided[],
  extras: readonly Extra[],
  lock: Lock,
): readonly Write[] {
  const writes: Write[] = [];
  for (const { path, seen, decision } of decided) {
    push(writes, basePath(path), decision.base, seen.storedBase);
    if (seen.storedNext !== null || (decision.next !== 'leave' && decision.next.text !== null)) {
      const next = nextBasePath(path);
      push(writes, next, decision.next, seen.storedNext ?? files.read(next));
    }
  }
  for (const { path, text } of extras) push(writes, path, { text }, files.read(path));
  const ignored = files.read(IGNORE_PATH);
  push(writes, IGNORE_PATH, { text: withIgnored(ignored) }, ignored);
  writes.sort((a, b) => (a.path < b.path ? -1 : 1));
  push(writes, LOCK_PATH, { text: serializeLock(lock) }, files.read(LOCK_PATH));
  return writes;
}

function push(writes: Write[], path: string, stored: Stored, before: string | null): void {
  if (stored === 'leave') return;
  const { text } = stored;
  const same = text === null ? before === null : before !== null && sameText(before, text);
  if (same) return;
  const content = text === null || before === null ? text : restyle(text, before);
  writes.push({ path, content, mode: 0o644, expect: before === null ? null : fingerprint(before) });
}

/** Lines that somebody added stay. */
function withIgnored(before: string | null): string {
  const lines = toLf(before ?? '').split('\n');
  if (before !== null && lines.includes(IGNORED)) return before;
  const above = before === null || before === '' ? '' : `${toLf(before).replace(/\n?$/, '\n')}`;
  return `${above}${IGNORED}\n`;
}

/** The ignore file without our line; null when nothing else is in it. */
export function withoutIgnored(before: string): string | null {
  const rest = toLf(before)
    .split('\n')
    .filter((line) => line !== IGNORED)
    .join('\n');
  return rest.trim() === '' ? null : restyle(rest, before);
}
