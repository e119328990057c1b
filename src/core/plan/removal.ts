/** The plan of `remove --all`: as if we had never been there, save what people edited. */
import { type Problem, SetupError } from '../../errors.ts';
import type { Change, Lock, Plan, ProjectFiles, Write } from '../../model.ts';
import { HOME, hashText, LOCK_PATH } from '../lock.ts';
import { plan } from '../plan.ts';
import { fingerprint, IGNORE_PATH, withoutIgnored } from './housekeeping.ts';

/** Where a run leaves its journal; the writer takes it away by itself. */
const JOURNAL = `${HOME}/tx/`;
const BASES = `${HOME}/base/`;

export type RemovalInput = Readonly<{
  lock: Lock | null;
  files: ProjectFiles;
  tool: string;
  /** Our own files below `.devops/` whatever stands in them: configuration and schema. */
  ours: readonly string[];
  unmanaged?: ReadonlySet<string>;
}>;

/**
 * Untouched files go, additive edits are taken out, edited files stay and are told as orphans; so is what a person put into `.devops/`.
 * @throws SetupError PROJECT when there is no lock that says what is ours, and whatever `plan` throws.
 */
export function removal({ lock, files, tool, ours, unmanaged }: RemovalInput): Plan {
  if (lock === null) throw new SetupError(noLock(files, ours));
  const made = plan({
    rendered: [],
    lock,
    files,
    policy: 'leave',
    tool,
    configHash: lock.config,
    pinned: {},
    unmanaged,
  });
  const deleted = new Set(made.housekeeping.filter(({ content }) => content === null).map(({ path }) => path));
  const records = made.housekeeping.filter(({ path }) => deleted.has(path));
  const orphans: Change[] = [];
  const presets = new Map(Object.values(lock.presets ?? {}).map(({ file, hash }) => [file, hash]));
  for (const path of recordsOf(files)) {
    if (deleted.has(path) || path === LOCK_PATH) continue;
    const before = files.read(path);
    if (before === null) continue;
    const isOurs =
      ours.includes(path) ||
      (path.startsWith(BASES) && path.endsWith('.base')) ||
      presets.get(path) === hashText(before);
    const after = path === IGNORE_PATH ? withoutIgnored(before) : isOurs ? null : before;
    if (after !== before) records.push(write(path, before, after));
    if (after !== null) orphans.push(orphan(path, before));
  }
  const before = files.read(LOCK_PATH);
  return {
    changes: [...made.changes, ...orphans].sort((a, b) => (a.path < b.path ? -1 : 1)),
    lock: { ...made.lock, files: {} },
    housekeeping: [
      ...records.sort((a, b) => (a.path < b.path ? -1 : 1)),
      ...(before === null ? [] : [write(LOCK_PATH, before, null)]),
    ],
  };
}

/** Everything below our folder; the copies of what was last written are not listed with the project's files. */
function recordsOf(files: ProjectFiles): readonly string[] {
  const listed = files.list().filter((path) => path.startsWith(`${HOME}/`) && !path.startsWith(JOURNAL));
  return [...new Set([...listed, ...(files.below?.(`${HOME}/base`) ?? [])])].sort();
}

function write(path: string, before: string, content: string | null): Write {
  return { path, content, mode: 0o644, expect: fingerprint(before) };
}

function orphan(path: string, before: string): Change {
  const reason = path === IGNORE_PATH ? 'lines of yours are in it' : 'not ours: somebody put it there';
  return { path, generator: '', ownership: 'own', kind: 'orphan', reason, before, after: null };
}

function noLock(files: ProjectFiles, ours: readonly string[]): Problem {
  const there = ours.some((path) => files.exists(path));
  return {
    code: 'PROJECT',
    place: LOCK_PATH,
    message: there ? 'it is not there, so nobody knows what is ours.' : 'nothing was set up here.',
    hint: there
      ? 'Take it back from git (git checkout -- .devops/lock.json), or run update first: files that are as generated are recognised.'
      : 'There is nothing to remove.',
  };
}
