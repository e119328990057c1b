/**
 * `.devops/lock.json`: what we wrote last, and from which configuration. Its words and its text; `lock-reader.ts` reads it back.
 */
import { createHash } from 'node:crypto';
import type { Lock, LockEntry } from '../model.ts';
import { toLf } from './text-style.ts';

/** Everything of ours in a project. */
export const HOME = '.devops';
export const LOCK_PATH = `${HOME}/lock.json`;

/** Where the text that we last wrote to `path` is kept. The suffix keeps bots and scanners away from the copies. */
export function basePath(path: string): string {
  return `${HOME}/base/${path}.base`;
}

/** Where a text of ours waits that was written with conflict marks: it becomes the base when a person has settled them. */
export function nextBasePath(path: string): string {
  return `${HOME}/base/${path}.next.base`;
}

/** Where a managed file is: where its generator puts it, unless a person moved it. */
export function placeOf(path: string, entry: LockEntry | undefined): string {
  return entry?.at ?? path;
}

/** What the lock says of a path; a file may be called `constructor`. */
export function entryIn(lock: Lock | null, path: string): LockEntry | undefined {
  return lock !== null && Object.hasOwn(lock.files, path) ? lock.files[path] : undefined;
}

/** sha-256, in hex, over the text with LF ends and without byte order mark: a checkout with CRLF has the same hash. */
export function hashText(text: string): string {
  return createHash('sha256').update(toLf(text)).digest('hex');
}

/** Whether a text on disk is what was hashed; an editor that strips or adds the final newline is no edit. */
export function matches(text: string, hash: string): boolean {
  return hashText(text) === hash || hashText(withOtherEnd(text)) === hash;
}

/** Every hash that `matches` a text: one for who compares it with many. */
export function hashesOf(text: string): readonly string[] {
  return [hashText(text), hashText(withOtherEnd(text))];
}

function withOtherEnd(text: string): string {
  return text.endsWith('\n') ? text.replace(/\r?\n$/, '') : `${text}\n`;
}

/** The lock as text: keys sorted, one file a line (so that parallel branches rarely meet), LF, final newline. */
export function serializeLock(lock: Lock): string {
  const files = lines(lock.files, ({ at, generator, hash, mode, open, ownership }) => ({
    ...(at === undefined ? {} : { at }),
    generator,
    hash,
    mode: (mode & 0o777).toString(8).padStart(3, '0'),
    ...(open === undefined ? {} : { open: { theirs: open.theirs, yours: open.yours } }),
    ownership,
  }));
  const presets = lines(lock.presets ?? {}, ({ file, hash, integrity, resolved }) => ({
    file,
    hash,
    integrity,
    resolved,
  }));
  return `{
  "config": ${JSON.stringify(lock.config)},
  "files": ${block(files)},
  "pinned": ${block(lines(lock.pinned, (value) => value))},${presets.length === 0 ? '' : `\n  "presets": ${block(presets)},`}
  "tool": ${JSON.stringify(lock.tool)},
  "version": ${lock.version}
}
`;
}

/** One line a member, sorted by key; `shape` gives its value with the keys in order. */
function lines<T>(members: Readonly<Record<string, T>>, shape: (value: T) => unknown): readonly string[] {
  return Object.keys(members)
    .sort()
    .map((key) => `\n    ${JSON.stringify(key)}: ${JSON.stringify(shape(members[key] as T))}`);
}

function block(members: readonly string[]): string {
  return members.length === 0 ? '{}' : `{${members.join(',')}\n  }`;
}
