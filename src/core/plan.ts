/** Step 6: compares what was rendered with the disk, the lock and the bases, and says what will happen. Writes nothing. */
import { createHash } from 'node:crypto';
import { type Problem, SetupError } from '../errors.ts';
import type { Change, ConflictPolicy, Lock, LockEntry, Plan, ProjectFiles, RenderedFile, Write } from '../model.ts';
import { type Decision, decideGone, decideRendered, type Merge, matches, type Situation } from './decide.ts';
import { checkPath, collisions, twinKey } from './jail.ts';
import { basePath, HOME, LOCK_PATH, serializeLock } from './lock.ts';
import { restyle, sameText, toLf } from './text-style.ts';

export type { Merge } from './decide.ts';

export type PlanInput = Readonly<{
  rendered: readonly RenderedFile[];
  /** What `parseLock` read; null when there is none. */
  lock: Lock | null;
  files: ProjectFiles;
  /** The text that we last wrote to a path, or null; `.devops/base` unless given. */
  bases?: (path: string) => string | null;
  policy: ConflictPolicy;
  /** Version of the tool. */
  tool: string;
  configHash: string;
  pinned: Readonly<Record<string, string>>;
  /** More files below `.devops/` that go with the plan (configuration, schema). */
  extras?: readonly Readonly<{ path: string; text: string }>[];
  /** The three-way merge; without one, an edited file that has news is a conflict. */
  merge?: Merge;
}>;

const IGNORE_PATH = `${HOME}/.gitignore`;
const IGNORED = 'tx/';

/**
 * Makes the plan. With policy `keep` a conflict leaves file, base and lock entry as they are, so that it stays known as edited; with
 * `theirs` it becomes an update; with `fail` the caller writes nothing while `hasConflict` holds.
 * @throws SetupError with every problem: JAIL (a path that may not be written), OWNER (one path twice), READ (a file that is no text)
 */
export function plan(input: PlanInput): Plan {
  const { files } = input;
  const rendered = [...input.rendered].sort((a, b) => order(a.path, b.path));
  const known: Lock['files'] = input.lock?.files ?? {};
  const bases = input.bases ?? ((path: string) => files.read(basePath(path)));
  const look = lookAround(files, input.policy, input.merge ?? (() => null));
  const problems = pathProblems(rendered, files);
  if (problems.length > 0) throw new SetupError(problems);

  const decisions = new Map<string, Decision>();
  const attempt = (path: string, action: () => Decision): void => {
    try {
      decisions.set(path, action());
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      problems.push(...error.problems);
    }
  };
  const wanted = new Set(rendered.map(({ path }) => path));
  for (const file of rendered) {
    const entry = Object.hasOwn(known, file.path) ? known[file.path] : undefined;
    attempt(file.path, () => decideRendered(file, look(file.path, entry, bases(file.path))));
  }
  for (const [path, entry] of Object.entries(known)) {
    if (wanted.has(path)) continue;
    attempt(path, () => decideGone(path, { ...look(path, entry, bases(path)), entry }));
  }
  if (problems.length > 0) throw new SetupError(problems);

  const decided = [...decisions].sort(([a], [b]) => order(a, b));
  const changes = decided.flatMap(([, { change }]) => (change === null ? [] : [change]));
  const entries = decided.flatMap(([path, { entry }]): [string, LockEntry][] =>
    entry === null ? [] : [[path, entry]],
  );
  const lock: Lock = {
    version: 1,
    tool: input.tool,
    config: input.configHash,
    pinned: input.pinned,
    files: Object.fromEntries(entries),
  };
  return { changes, lock, housekeeping: housekeeping(input, decided, lock, bases) };
}

/** Whether a person has to decide something. */
export function hasConflict({ changes }: Plan): boolean {
  return changes.some(({ kind }) => kind === 'conflict');
}

/** The writes of a plan in the order in which they are to happen, the lock last. Empty when there is nothing to do. */
export function toWrites({ changes, housekeeping }: Plan): readonly Write[] {
  const last = housekeeping.filter(({ path }) => path === LOCK_PATH);
  return [...changes.flatMap(writeOf), ...housekeeping.filter(({ path }) => path !== LOCK_PATH), ...last];
}

function writeOf(change: Change): readonly Write[] {
  const { path } = change;
  if (change.kind === 'create') return [{ path, content: change.after, mode: change.mode, expect: null }];
  if (change.kind === 'update')
    return [{ path, content: change.after, mode: change.mode, expect: fingerprint(change.before) }];
  if (change.kind === 'delete') return [{ path, content: null, mode: 0o644, expect: fingerprint(change.before) }];
  return [];
}

/** sha-256, in hex, over the bytes: what a write expects to find. */
function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function housekeeping(
  { files, extras = [] }: PlanInput,
  decided: readonly (readonly [string, Decision])[],
  lock: Lock,
  bases: (path: string) => string | null,
): readonly Write[] {
  const writes: Write[] = [];
  const settle = (path: string, text: string | null, before: string | null): void => {
    const same = text === null ? before === null : before !== null && sameText(before, text);
    if (same) return;
    const content = text === null || before === null ? text : restyle(text, before);
    writes.push({ path, content, mode: 0o644, expect: before === null ? null : fingerprint(before) });
  };
  for (const [path, { base }] of decided) if (base !== 'leave') settle(basePath(path), base.text, bases(path));
  for (const { path, text } of extras) settle(path, text, files.read(path));
  const ignored = files.read(IGNORE_PATH);
  if (
    !toLf(ignored ?? '')
      .split('\n')
      .includes(IGNORED)
  )
    settle(
      IGNORE_PATH,
      `${ignored === null || ignored === '' ? '' : `${toLf(ignored).replace(/\n?$/, '\n')}`}${IGNORED}\n`,
      ignored,
    );
  writes.sort((a, b) => order(a.path, b.path));
  settle(LOCK_PATH, serializeLock(lock), files.read(LOCK_PATH));
  return writes;
}

/** What the decisions look at, gathered per path. */
function lookAround(files: ProjectFiles, policy: ConflictPolicy, merge: Merge) {
  let twins: ReadonlyMap<string, string> | null = null;
  const twinOf = (path: string): Situation['twin'] => {
    twins ??= new Map(files.list().map((other) => [twinKey(other), other]));
    const other = twins.get(twinKey(path));
    return other === undefined || other === path ? null : { path: other, text: files.read(other) ?? '' };
  };
  return (path: string, entry: LockEntry | undefined, stored: string | null): Situation => {
    const linked = files.linked?.(path) ?? false;
    const before = linked && !files.exists(path) ? null : files.read(path);
    // A base that is not what the lock says was tampered with or half merged: it proves nothing.
    const valid = stored !== null && entry !== undefined && (entry.ownership !== 'own' || matches(stored, entry.hash));
    return {
      before,
      entry,
      base: valid ? stored : null,
      modeBefore: before === null ? null : files.mode(path),
      linked,
      twin: before === null ? twinOf(path) : null,
      policy,
      merge,
    };
  };
}

/** Every path that may not be written, before anything is compared. */
function pathProblems(rendered: readonly RenderedFile[], files: ProjectFiles): Problem[] {
  const generators = new Map(rendered.map(({ path, generator }) => [path, generator]));
  const problems: Problem[] = [];
  const jail = (path: string, message: string, hint: string): void => {
    problems.push({ code: 'JAIL', place: path, message: `${message} (generator ${generators.get(path)}).`, hint });
  };
  const sound = rendered.filter(({ path, generator }) => {
    const fault = checkPath(path);
    if (fault !== null) problems.push({ ...fault, message: `${fault.message} (generator ${generator})` });
    else if (/^\.devops(\/|$)/i.test(path))
      jail(path, 'no generator writes into our own folder', 'Choose another path.');
    return fault === null;
  });
  for (const { first, second, why } of collisions(sound.map(({ path }) => path))) {
    if (first === second) {
      const owners = sound.filter(({ path }) => path === first).map(({ generator }) => generator);
      const message = `the generators ${owners.join(' and ')} both write it.`;
      problems.push({
        code: 'OWNER',
        place: first,
        message,
        hint: 'Leave one of them out; it is a bug of the second.',
      });
    } else
      jail(
        second,
        why === 'twin' ? `${first} is the same where case is ignored` : `${first} is a file, not a folder`,
        'Rename one.',
      );
  }
  const there = new Set(files.list());
  for (const { path } of sound) {
    const parts = path.split('/');
    const file = parts.map((_, index) => parts.slice(0, index).join('/')).find((folder) => there.has(folder));
    if (file !== undefined) jail(path, `${file} is a file here, a folder is needed`, 'Move the file away.');
    else if (!there.has(path) && isFolder(path, files))
      jail(path, 'a folder stands where the file belongs', 'Move the folder away.');
  }
  return problems;
}

function isFolder(path: string, files: ProjectFiles): boolean {
  if ((files.linked?.(path) ?? false) || !files.exists(path)) return false;
  try {
    return files.read(path) === null;
  } catch (error) {
    if (error instanceof SetupError) return false; // told together with the others when it is compared
    throw error;
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
