/**
 * A project that random people and random commands work on, on a real disk. What has to hold whatever they do: no word that a person typed is
 * lost, `plan` says exactly what is written, each write can be taken back byte for byte and done again, a second run changes nothing, exit
 * codes mean what the help says, and after `remove --all` nothing is left but what people wrote.
 */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseArguments } from '../../src/cli/args.ts';
import { run } from '../../src/cli/run.ts';
import { basePath, entryIn, hashText, LOCK_PATH, matches, placeOf, serializeLock } from '../../src/core/lock.ts';
import { parseLock } from '../../src/core/lock-reader.ts';
import { openTerminal } from '../../src/io/terminal.ts';
import type { Lock } from '../../src/model.ts';
import { ACTS, act, textAt } from './command-acts.ts';
import { snapshot } from './tree.ts';

export type Ran = Readonly<{ code: number; out: string; err: string }>;

/** Runs a command in this process, without a terminal. */
export async function command(cwd: string, words: readonly string[]): Promise<Ran> {
  const told = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY: false as const,
    write: (text: string): void => {
      told[name] += text;
    },
  });
  const streams = { stdin: { isTTY: false }, stdout: stream('out'), stderr: stream('err'), env: {} };
  const terminal = openTerminal(streams as unknown as Parameters<typeof openTerminal>[0]);
  return { code: await run(parseArguments(words), { terminal, cwd, env: process.env }), ...told };
}

const COMMANDS = [
  'update',
  'update',
  'update',
  'update',
  'apply',
  'apply',
  'restore',
  'unmanage',
  'adopt',
  'remove',
  'add',
  'init',
  'all',
] as const;
const POLICIES = [null, null, null, 'keep', 'theirs', 'markers', 'fail'] as const;

type Tree = Readonly<Record<string, string>>;
type Planned = Readonly<{
  changes: readonly Readonly<{ path: string; kind: string; hashAfter: string | null }>[];
  conflicts: readonly unknown[];
}>;

export class Life {
  readonly folder: string;
  readonly #random: () => number;
  readonly #log: string[] = [];
  /** Paths that a person put a hand on. */
  readonly #touched = new Set<string>();
  readonly #original: Tree;
  readonly #ids: readonly string[];
  readonly #seed: number;

  constructor(seed: number, folder: string, original: string, ids: readonly string[]) {
    this.#seed = seed;
    this.#random = mulberry(seed);
    this.folder = folder;
    this.#original = snapshot(original);
    this.#ids = ids;
  }

  async live(): Promise<void> {
    for (let step = 0; step < 6; step += 1) {
      if (this.#below(2) === 0) this.#age();
      for (let acts = this.#below(4); acts > 0; acts -= 1) this.#act(`TOK${step}x${acts}END`);
      await this.#check(this.#words());
    }
    await this.#check(['remove', '--all', '--yes']);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #abs(path: string): string {
    return join(this.folder, path);
  }

  #text(path: string): string | null {
    return textAt(this.#abs(path));
  }

  #lock(): Lock | null {
    const text = this.#text(LOCK_PATH);
    return text === null ? null : parseLock(text);
  }

  #path(): string {
    const known = Object.entries(this.#lock()?.files ?? {}).map(([path, entry]) => placeOf(path, entry));
    return this.#pick(
      known.length > 0 ? known.filter((path) => path !== 'package.json') : ['Dockerfile', '.gitignore'],
    );
  }

  /** One act of a person. Every text that they type holds a token that is in no other. */
  #act(token: string): void {
    const path = this.#path();
    const what = this.#pick(ACTS);
    this.#log.push(`${what} ${path} ${token}`);
    for (const touched of act(this.folder, { what, path, token, below: (limit) => this.#below(limit) }))
      this.#touched.add(touched);
  }

  /** An older release wrote other texts; the files that nobody edited say so too. */
  #age(): void {
    const lock = this.#lock();
    if (lock === null) return;
    const files = { ...lock.files };
    for (let tries = 0; tries < 4; tries += 1) {
      const [path = '', entry] = this.#pick(Object.entries(files)) ?? [];
      const base = this.#text(basePath(path));
      if (entry?.ownership !== 'own' || entry.open !== undefined || base === null || !matches(base, entry.hash))
        continue;
      const lines = base.split('\n');
      const line = this.#below(lines.length - 1);
      const older = [
        lines.toSpliced(line, 1),
        lines.with(line, `${lines[line]} # older`),
        lines.toSpliced(line, 0, '# older'),
      ];
      const past = this.#pick(older).join('\n');
      this.#log.push(`an older ${path}, line ${line}`);
      if (this.#text(placeOf(path, entry)) === base) writeFileSync(this.#abs(placeOf(path, entry)), past);
      writeFileSync(this.#abs(basePath(path)), past);
      files[path] = { ...entry, hash: hashText(past) };
    }
    writeFileSync(this.#abs(LOCK_PATH), serializeLock({ ...lock, tool: '0.0.1', files }));
  }

  #words(): readonly string[] {
    const policy = this.#pick(POLICIES);
    const flags = policy === null ? [] : ['--on-conflict', policy];
    const name = this.#pick(COMMANDS);
    if (name === 'all') return ['remove', '--all', '--yes'];
    if (name === 'restore' || name === 'unmanage') return [name, this.#path()];
    if (name === 'adopt') return [name, this.#path(), ...flags];
    if (name === 'remove' || name === 'add') return [name, this.#pick(this.#ids), '--yes', ...flags];
    if (name !== 'init') return [name, ...flags];
    const first = this.#lock() === null ? ['--set', `generators=${this.#ids.join(',')}`] : [];
    return [name, '--yes', ...first, ...flags];
  }

  async #check(asked: readonly string[]): Promise<void> {
    const [name = '', path = ''] = asked;
    const policy = asked.includes('--on-conflict') ? (asked.at(-1) ?? null) : null;
    const before = snapshot(this.folder);
    const lock = this.#lock();
    const plan = await command(this.folder, ['plan', '--json', ...(policy === null ? [] : ['--on-conflict', policy])]);
    this.#same(before, 'plan writes nothing', true);
    const planned = plan.code < 2 ? (JSON.parse(plan.out) as Planned) : null;
    const file = `${this.folder}.json`;
    if (name === 'apply' && planned === null) return;
    if (name === 'apply') writeFileSync(file, plan.out);
    const words = name === 'apply' ? ['apply', '--plan', file] : asked;
    const ran = await command(this.folder, words);
    this.#log.push(`$ ${words.join(' ')} → ${ran.code}`);
    const told = `${this.#told()}\n${ran.err}`;
    expect([0, 1, 2], told).toContain(ran.code);
    if (ran.code === 2) {
      expect(ran.err, told).toMatch(/Nothing was written\.\n$/);
      this.#same(before, 'exit 2 writes nothing', true);
      this.#clear(ran.err);
      return;
    }
    const after = snapshot(this.folder);
    const changed = visible(before, after);
    const mayLose = policy === 'theirs' || name === 'restore';
    if (!mayLose)
      expect(
        [...tokens(before)].filter((token) => !tokens(after).has(token)),
        told,
      ).toEqual([]);
    if (planned !== null && (name === 'update' || name === 'apply')) {
      expect(ran.code, told).toBe(planned.conflicts.length > 0 ? 1 : 0);
      const writes =
        policy === 'fail' && ran.code === 1
          ? []
          : planned.changes.filter(({ kind }) => /create|update|delete/.test(kind));
      expect(changed, told).toEqual(writes.map((change) => change.path).sort());
      for (const change of writes) expect(this.#hash(change.path), `${change.path} ${told}`).toBe(change.hashAfter);
      const back = changed.filter((one) => before[one] === undefined && entryIn(lock, one) !== undefined);
      expect(
        back.filter((one) => entryIn(lock, one)?.at === undefined),
        `deleted by a person, and back: ${told}`,
      ).toEqual([]);
    }
    if (name === 'unmanage') expect(changed, told).toEqual([]);
    if (['unmanage', 'adopt', 'restore'].includes(name)) this.#touched.add(path);
    await this.#undone(words, before, after, ran.code);
    if (asked.includes('--all')) this.#isGone(after, told);
    else if (name !== 'remove' && name !== 'add' && name !== 'apply') {
      const again = await command(this.folder, words);
      expect(again.code, `again: ${told}\n${again.err}`).toBe(ran.code);
      this.#same(after, `${words.join(' ')} again`);
    }
    const next = name === 'update' && policy !== 'fail' ? await command(this.folder, ['plan']) : ran;
    expect(next.code, `plan after ${told}\n${next.out}`).toBe(ran.code);
  }

  /** Takes it back, looks, and does it again. */
  async #undone(words: readonly string[], before: Tree, after: Tree, code: number): Promise<void> {
    if (same(before) === same(after)) return;
    const undone = await command(this.folder, ['undo', '--yes']);
    expect(undone.code, `${this.#told()}\n${undone.err}`).toBe(0);
    this.#same(before, `undo of ${words.join(' ')}`);
    const again = await command(this.folder, words);
    expect(again.code, `${this.#told()}\n${again.err}`).toBe(code);
    this.#same(after, `${words.join(' ')} after its undo`);
  }

  #isGone(after: Tree, told: string): void {
    const mine = (path: string): boolean =>
      [...this.#touched].some((one) => path === one || path.startsWith(`${one}/`)) || /TOK\d/.test(path + after[path]);
    const left = Object.keys(after).filter(
      (path) => !path.endsWith('/') && after[path] !== this.#original[path] && !mine(path),
    );
    expect(left, told).toEqual([]);
    const lost = Object.keys(this.#original).filter((path) => after[path] === undefined && !this.#touched.has(path));
    expect(lost, told).toEqual([]);
  }

  /** What stands in the way, says the error, is taken out of it, or the rest of this life would be the same error. */
  #clear(err: string): void {
    for (const [, path = ''] of err.matchAll(/^error (?:JAIL|READ) +(\S+?): /gm)) {
      const by = / (\S+) is a file here/.exec(err)?.[1] ?? path;
      rmSync(this.#abs(by), { recursive: true, force: true });
      this.#touched.add(by);
    }
  }

  #hash(path: string): string | null {
    const text = this.#text(path);
    return text === null ? null : hashText(text);
  }

  #same(expected: Tree, what: string, all = false): void {
    const now = snapshot(this.folder);
    const differ = [...new Set([...Object.keys(expected), ...Object.keys(now)])].filter(
      (path) => expected[path] !== now[path],
    );
    const counted = differ.filter((path) => all || !/^\.devops\/tx\//.test(path));
    expect(counted, `${what}: ${this.#told()}`).toEqual([]);
  }

  #told(): string {
    return `seed ${this.#seed}\n${this.#log.join('\n')}`;
  }
}

/** Files of the project, without our records, that differ. */
function visible(before: Tree, after: Tree): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path] && !path.endsWith('/') && !path.startsWith('.devops/'))
    .sort();
}

function same(tree: Tree): string {
  return JSON.stringify(Object.entries(tree).filter(([path]) => !/^\.devops\/tx\//.test(path)));
}

function tokens(tree: Tree): ReadonlySet<string> {
  const theirs = Object.entries(tree).filter(([path]) => !path.startsWith('.devops/'));
  return new Set(theirs.flatMap(([, content]) => content.match(/TOK\d+x\d+END/g) ?? []));
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A copy for one life. */
export function copyOf(template: string, to: string): string {
  cpSync(template, to, { recursive: true, verbatimSymlinks: true });
  return to;
}
