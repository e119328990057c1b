/**
 * `.devops/lock.json`: what we wrote last, and from which configuration. It is committed, merged by git and edited by strangers, so it
 * is untrusted when read back: no path in it may leave the root, no field is believed.
 */
import { createHash } from 'node:crypto';
import { type Problem, SetupError } from '../errors.ts';
import type { Lock, LockEntry, Ownership } from '../model.ts';
import { checkPath, collisions } from './jail.ts';
import { type JsonMember, type JsonNode, JsonSyntaxError, lineAt, memberOf, readJson } from './merge/jsonc.ts';
import { toLf } from './text-style.ts';

/** Everything of ours in a project. */
export const HOME = '.devops';
export const LOCK_PATH = `${HOME}/lock.json`;

/** Where the text that we last wrote to `path` is kept. The suffix keeps bots and scanners away from the copies. */
export function basePath(path: string): string {
  return `${HOME}/base/${path}.base`;
}

/** sha-256, in hex, over the text with LF ends and without byte order mark: a checkout with CRLF has the same hash. */
export function hashText(text: string): string {
  return createHash('sha256').update(toLf(text)).digest('hex');
}

const OWNERSHIP = /^(own|once|merge:(ignore-lines|package-scripts|markdown-section|biome-excludes|tsconfig-excludes))$/;
const HASH = /^[0-9a-f]{64}$/;
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MODE = /^[0-7]{3}$/;
const MEND =
  'Take it back from git (git checkout -- .devops/lock.json), or delete it: files that are still as generated are recognised.';

/**
 * Reads a lock. Its shape: `{ "config": hash, "files": { path: { "generator", "hash", "mode": "644", "ownership" } }, "pinned": {…},
 * "tool": version, "version": 1 }`.
 * @throws SetupError LOCK_SYNTAX with every problem, each with its line and how to mend it.
 */
export function parseLock(text: string): Lock {
  const reader = new LockReader(text);
  const lock = reader.read();
  if (lock === null || reader.problems.length > 0) throw new SetupError(reader.problems);
  return lock;
}

class LockReader {
  readonly problems: Problem[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Lock | null {
    const conflict = /^(<{7}|={7}|>{7})( |\r?$)/m.exec(this.#text);
    if (conflict !== null) {
      this.#report(conflict.index, 'it holds the marks of a git merge', 'Keep one of the two sides and run it again.');
      return null;
    }
    let root: JsonNode;
    try {
      root = readJson(this.#text);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      this.#report(error.offset, `it is not JSON: ${error.message}`);
      return null;
    }
    const version = memberOf(root, 'version')?.value;
    if (version?.type === 'scalar' && typeof version.value === 'number' && version.value > 1) {
      this.#report(
        version.start,
        `its version is ${version.value}; this release reads version 1`,
        'Use a newer release.',
      );
      return null;
    }
    const fields = this.#fields(root, 'the lock', ['config', 'files', 'pinned', 'tool', 'version']);
    if (fields === null) return null;
    if (fields.version !== undefined && !(fields.version.type === 'scalar' && fields.version.value === 1))
      this.#report(fields.version.start, '"version" is not 1');
    return {
      version: 1,
      tool: this.#string(fields.tool, 'tool', /^[\w@/ .+-]{1,100}$/, 'a version'),
      config: this.#string(fields.config, 'config', HASH, 'a sha-256'),
      pinned: this.#pinned(fields.pinned),
      files: this.#files(fields.files),
    };
  }

  #pinned(node: JsonNode | undefined): Lock['pinned'] {
    const values = this.#members(node, '"pinned"').map(({ key, value }) => [
      key,
      this.#string(value, key, /^[^\p{Cc}]{0,1000}$/u, 'a line of text'),
    ]);
    return Object.fromEntries(values);
  }

  #files(node: JsonNode | undefined): Lock['files'] {
    const members = this.#members(node, '"files"');
    const lines = new Map(members.map(({ key, start }) => [key, start]));
    for (const { key, start } of members) {
      const fault = checkPath(key);
      if (fault !== null) this.#report(start, `${fault.place}: ${fault.message.replace(/\.$/, '')}`);
      else if (/^\.devops(\/|$)/i.test(key)) this.#report(start, `${key}: our own folder is not a managed file`);
    }
    for (const { first, second, why } of collisions([...lines.keys()])) {
      const how = why === 'twin' ? 'are one file where case is ignored' : 'cannot be file and folder at once';
      this.#report(lines.get(second) ?? 0, `${first} and ${second} ${how}`);
    }
    return Object.fromEntries(members.map(({ key, value }) => [key, this.#entry(key, value)]));
  }

  #entry(path: string, node: JsonNode): LockEntry {
    const fields = this.#fields(node, path, ['generator', 'hash', 'mode', 'ownership']);
    return {
      generator: this.#string(fields?.generator, `generator of ${path}`, ID, "a generator's id"),
      hash: this.#string(fields?.hash, `hash of ${path}`, HASH, 'a sha-256'),
      mode: Number.parseInt(this.#string(fields?.mode, `mode of ${path}`, MODE, '"644" or "755"') || '644', 8),
      ownership: this.#string(fields?.ownership, `ownership of ${path}`, OWNERSHIP, 'an ownership') as Ownership,
    };
  }

  /** The named members; a missing, an unknown and a doubled one are problems. Null when `node` is no object. */
  #fields<K extends string>(node: JsonNode, what: string, names: readonly K[]): Partial<Record<K, JsonNode>> | null {
    const members = this.#members(node, what);
    if (node.type !== 'object') return null;
    const fields: Partial<Record<K, JsonNode>> = {};
    for (const { key, start, value } of members) {
      if ((names as readonly string[]).includes(key)) fields[key as K] = value;
      else this.#report(start, `${what}: nobody knows "${key}"`);
    }
    for (const name of names) if (!fields[name]) this.#report(node.start, `${what}: "${name}" is missing`);
    return fields;
  }

  #members(node: JsonNode | undefined, what: string): readonly JsonMember[] {
    if (node === undefined) return []; // reported as missing already
    if (node.type !== 'object') {
      this.#report(node.start, `${what} is not an object`);
      return [];
    }
    const seen = new Set<string>();
    for (const { key, start } of node.members) {
      if (seen.has(key)) this.#report(start, `${what}: "${key}" stands there twice`);
      seen.add(key);
    }
    return node.members;
  }

  #string(node: JsonNode | undefined, what: string, shape: RegExp, expected: string): string {
    if (node === undefined) return '';
    if (node.type === 'scalar' && typeof node.value === 'string' && shape.test(node.value)) return node.value;
    this.#report(node.start, `${what} is not ${expected}`);
    return '';
  }

  #report(offset: number, message: string, hint = MEND): void {
    const place = `${LOCK_PATH}:${lineAt(this.#text, offset)}`;
    this.problems.push({ code: 'LOCK_SYNTAX', place, message: `${message}.`, hint });
  }
}

/** The lock as text: keys sorted, one file a line (so that parallel branches rarely meet), LF, final newline. */
export function serializeLock(lock: Lock): string {
  const paths = Object.keys(lock.files).sort();
  const files = paths.map((path) => {
    const { generator, hash, mode, ownership } = lock.files[path] as LockEntry;
    const entry = { generator, hash, mode: (mode & 0o777).toString(8).padStart(3, '0'), ownership };
    return `\n    ${JSON.stringify(path)}: ${JSON.stringify(entry)}`;
  });
  const pinned = Object.keys(lock.pinned)
    .sort()
    .map((key) => `\n    ${JSON.stringify(key)}: ${JSON.stringify(lock.pinned[key])}`);
  const block = (lines: readonly string[]): string => (lines.length === 0 ? '{}' : `{${lines.join(',')}\n  }`);
  return `{
  "config": ${JSON.stringify(lock.config)},
  "files": ${block(files)},
  "pinned": ${block(pinned)},
  "tool": ${JSON.stringify(lock.tool)},
  "version": ${lock.version}
}
`;
}
