/**
 * Reads `.devops/lock.json` back. It is committed, merged by git and edited by strangers, so it is untrusted: no path in it may leave the
 * root, no field is believed.
 */
import { type Problem, SetupError } from '../errors.ts';
import type { Lock, LockEntry, Ownership, PresetEntry } from '../model.ts';
import { checkPath, collisions } from './jail.ts';
import { HOME, LOCK_PATH, placeOf } from './lock.ts';
import { type JsonMember, type JsonNode, JsonSyntaxError, lineAt, memberOf, readJson } from './merge/jsonc.ts';

const OWNERSHIP =
  /^(own|once|merge:(ignore-lines|package-scripts|markdown-section|(biome|tsconfig)-excludes|makefile-targets|pre-commit-hooks|editor-settings))$/;
const HASH = /^[0-9a-f]{64}$/;
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MODE = /^[0-7]{3}$/;
const LINE = /^[^\p{Cc}]{0,1000}$/u;
const PRESETS = `${HOME}/presets/`;
/** A version that may be named in a command line that a person is told to run. */
const RELEASE = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const MEND =
  'Take it back from git (git checkout -- .devops/lock.json), or delete it: files that are still as generated are recognised.';

/**
 * Reads a lock. Its shape: `{ "config": hash, "files": { path: { "generator", "hash", "mode": "644", "ownership" } }, "pinned": {…},
 * "tool": version, "version": 1 }`. A file may also have `"at": path` (a person moved it there) and `"open": { "theirs": hash, "yours":
 * hash }` (conflict marks were written into it); `"presets": { word: { "file", "hash", "integrity", "resolved" } }` is there only when
 * one was fetched. What is not used is not written, so an older release reads the lock as long as none of it is needed.
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
      this.#tooNew(version, memberOf(root, 'tool')?.value);
      return null;
    }
    const fields = this.#fields(root, 'the lock', ['config', 'files', 'pinned', 'tool', 'version'], ['presets']);
    if (fields === null) return null;
    if (fields.version !== undefined && !(fields.version.type === 'scalar' && fields.version.value === 1))
      this.#report(fields.version.start, '"version" is not 1');
    return {
      version: 1,
      tool: this.#string(fields.tool, 'tool', /^[\w@/ .+-]{1,100}$/, 'a version'),
      config: this.#string(fields.config, 'config', HASH, 'a sha-256'),
      pinned: this.#pinned(fields.pinned),
      files: this.#files(fields.files),
      ...(fields.presets === undefined ? {} : { presets: this.#presets(fields.presets) }),
    };
  }

  /** A later release wrote it: the lock says which, and that is the one to use. */
  #tooNew({ start, value }: JsonNode & { type: 'scalar' }, tool: JsonNode | undefined): void {
    const release =
      tool?.type === 'scalar' && typeof tool.value === 'string' && RELEASE.test(tool.value) ? tool.value : null;
    const by = release === null ? '' : `, written by release ${release}`;
    const hint =
      release === null ? 'Use a newer release.' : `Use that release or a newer one: npx create-devops-setup@${release}`;
    this.#report(start, `its version is ${value}${by}; this release reads version 1`, hint);
  }

  #pinned(node: JsonNode | undefined): Lock['pinned'] {
    const values = this.#members(node, '"pinned"').map(({ key, value }) => [
      key,
      this.#string(value, key, LINE, 'a line of text'),
    ]);
    return Object.fromEntries(values);
  }

  #files(node: JsonNode | undefined): Lock['files'] {
    const members = this.#members(node, '"files"');
    for (const { key, start } of members) this.#place(key, start);
    const entries = members.map(({ key, value }): [string, LockEntry] => [key, this.#entry(key, value)]);
    const offsets = members.map(({ start }) => start);
    const keys = members.map(({ key }) => key);
    this.#collisions(keys, offsets);
    // Also where people moved files to, no two may be in one place.
    const places = entries.map(([key, entry]) => placeOf(key, entry));
    if (places.every((place, index) => place === keys[index])) return Object.fromEntries(entries);
    this.#collisions(places, offsets);
    const owners = new Map<string, string>();
    places.forEach((place, index) => {
      const key = keys[index] as string;
      const owner = owners.get(place) ?? key;
      if (owner !== key) this.#report(offsets[index] ?? 0, `${owner} and ${key} are both at ${place}`);
      owners.set(place, owner);
    });
    return Object.fromEntries(entries);
  }

  /** A path that something will be read from and written to. */
  #place(path: string, offset: number): void {
    const fault = checkPath(path);
    if (fault !== null) this.#report(offset, `${fault.place}: ${fault.message.replace(/\.$/, '')}`);
    else if (/^\.devops(\/|$)/i.test(path)) this.#report(offset, `${path}: our own folder is not a managed file`);
  }

  #collisions(paths: readonly string[], offsets: readonly number[]): void {
    for (const { first, second, why } of collisions([...new Set(paths)])) {
      const how = why === 'twin' ? 'are one file where case is ignored' : 'cannot be file and folder at once';
      this.#report(offsets[paths.indexOf(second)] ?? 0, `${first} and ${second} ${how}`);
    }
  }

  #entry(path: string, node: JsonNode): LockEntry {
    const fields = this.#fields(node, path, ['generator', 'hash', 'mode', 'ownership'], ['at', 'open']);
    return {
      generator: this.#string(fields?.generator, `generator of ${path}`, ID, "a generator's id"),
      hash: this.#string(fields?.hash, `hash of ${path}`, HASH, 'a sha-256'),
      mode: Number.parseInt(this.#string(fields?.mode, `mode of ${path}`, MODE, '"644" or "755"') || '644', 8),
      ownership: this.#string(fields?.ownership, `ownership of ${path}`, OWNERSHIP, 'an ownership') as Ownership,
      ...(fields?.at === undefined ? {} : { at: this.#at(path, fields.at) }),
      ...(fields?.open === undefined ? {} : { open: this.#open(path, fields.open) }),
    };
  }

  #at(path: string, node: JsonNode): string {
    const at = this.#string(node, `"at" of ${path}`, /^/, 'a path');
    this.#place(at, node.start);
    if (at === path) this.#report(node.start, `"at" of ${path} says where it is anyway`);
    return at;
  }

  #open(path: string, node: JsonNode): { yours: string; theirs: string } {
    const fields = this.#fields(node, `"open" of ${path}`, ['theirs', 'yours']);
    return {
      yours: this.#string(fields?.yours, `"yours" of ${path}`, HASH, 'a sha-256'),
      theirs: this.#string(fields?.theirs, `"theirs" of ${path}`, HASH, 'a sha-256'),
    };
  }

  #presets(node: JsonNode): Record<string, PresetEntry> {
    const owners = new Map<string, string>();
    const entries = this.#members(node, '"presets"').map(({ key, start, value }): [string, PresetEntry] => {
      const fields = this.#fields(value, key, ['file', 'hash', 'integrity', 'resolved']);
      const file = this.#string(fields?.file, `file of ${key}`, /^/, 'a path');
      const fault = checkPath(file);
      if (fault !== null) this.#report(start, `${fault.place}: ${fault.message.replace(/\.$/, '')}`);
      else if (!file.startsWith(PRESETS)) this.#report(start, `file of ${key} is not below ${PRESETS}`);
      const owner = owners.get(file);
      if (owner !== undefined) this.#report(start, `${owner} and ${key} are kept in one file`);
      owners.set(file, key);
      return [
        key,
        {
          file,
          hash: this.#string(fields?.hash, `hash of ${key}`, HASH, 'a sha-256'),
          integrity: this.#string(fields?.integrity, `integrity of ${key}`, LINE, 'a line of text'),
          resolved: this.#string(fields?.resolved, `resolved of ${key}`, LINE, 'a line of text'),
        },
      ];
    });
    return Object.fromEntries(entries);
  }

  /** The named members; a missing, an unknown and a doubled one are problems. Null when `node` is no object. */
  #fields<K extends string>(
    node: JsonNode,
    what: string,
    names: readonly K[],
    optional: readonly K[] = [],
  ): Partial<Record<K, JsonNode>> | null {
    const members = this.#members(node, what);
    if (node.type !== 'object') return null;
    const fields: Partial<Record<K, JsonNode>> = {};
    const known: readonly string[] = [...names, ...optional];
    for (const { key, start, value } of members) {
      if (known.includes(key)) fields[key as K] = value;
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
