/**
 * Step 6: compares what was rendered with the disk, the lock and the bases, and says what will happen. Writes nothing. It is the only place
 * that decides what becomes of a file; each kind of file has its own file in `plan/`.
 */
import { type Problem, SetupError } from '../errors.ts';
import type { Change, Lock, LockEntry, Plan, ProjectFiles, RenderedFile, Write } from '../model.ts';
import { entryIn, LOCK_PATH, placeOf } from './lock.ts';
import type { Decision, ThreeWay } from './plan/decision.ts';
import { decideGone } from './plan/gone.ts';
import { type Decided, type Extra, fingerprint, housekeeping } from './plan/housekeeping.ts';
import { type Asked, lookAround, type Seen } from './plan/look.ts';
import { pathProblems } from './plan/paths.ts';
import { decideRendered } from './plan/rendered.ts';
import { mergeTexts, withMarkers } from './three-way/index.ts';

export type { ThreeWay } from './plan/decision.ts';
export type { Extra } from './plan/housekeeping.ts';

export type PlanInput = Asked &
  Readonly<{
    rendered: readonly RenderedFile[];
    /** What `parseLock` read and `locate` brought up to date; null when there is none. */
    lock: Lock | null;
    files: ProjectFiles;
    /** Version of the tool. */
    tool: string;
    configHash: string;
    pinned: Readonly<Record<string, string>>;
    /** Presets that the lock is to record. */
    presets?: Lock['presets'] | undefined;
    /** More files below `.devops/` that go with the plan (configuration, schema, presets). */
    extras?: readonly Extra[] | undefined;
    /** Nothing but these paths, by either spelling, is decided; everything else stays as it is, also in the lock. */
    only?: ReadonlySet<string> | undefined;
    /** The three-way merge, when a test hands in another one. */
    threeWay?: ThreeWay | undefined;
  }>;

const THREE_WAY: ThreeWay = { merge: mergeTexts, mark: withMarkers };

/**
 * Makes the plan. Texts that both sides changed are merged; where that leaves something open the policy says what becomes of it (see
 * `ConflictPolicy`). With `fail` the plan is that of `leave`, and the caller writes nothing while `hasConflict` holds.
 * @throws SetupError with every problem: JAIL (a path that may not be written), OWNER (one path twice), READ (a file that is no text)
 */
export function plan(input: PlanInput): Plan {
  const { files } = input;
  const rendered = [...input.rendered].sort((a, b) => order(a.path, b.path));
  const problems = pathProblems(rendered, input);
  if (problems.length > 0) throw new SetupError(problems);
  const decided = decide({ ...input, rendered }, problems);
  if (problems.length > 0) throw new SetupError(problems);
  const changes = decided.flatMap(({ decision: { change } }) => (change === null ? [] : [change]));
  const next = nextLock(input, decided);
  return {
    changes: changes.sort((a, b) => order(a.path, b.path)),
    lock: next,
    housekeeping: housekeeping(files, decided, input.extras ?? [], next),
  };
}

/** Every path that is rendered or known, sorted by it. */
function decide(input: PlanInput, problems: Problem[]): readonly Decided[] {
  const known: Lock['files'] = input.lock?.files ?? {};
  const look = lookAround(input.files, input.lock, input, input.threeWay ?? THREE_WAY);
  const decided: Decided[] = [];
  const attempt = (path: string, entry: LockEntry | undefined, action: (seen: Seen) => Decision): void => {
    if (!isChosen(input, path, entry)) return;
    try {
      const seen = look(path, entry);
      decided.push({ path, seen, decision: action(seen) });
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      problems.push(...error.problems);
    }
  };
  const wanted = new Set<string>();
  for (const file of input.rendered) {
    wanted.add(file.path);
    attempt(file.path, entryIn(input.lock, file.path), ({ now }) => decideRendered(file, now));
  }
  for (const [path, entry] of Object.entries(known))
    if (!wanted.has(path)) attempt(path, entry, ({ now }) => decideGone(now, entry));
  return decided.sort((a, b) => order(a.path, b.path));
}

function isChosen({ only }: PlanInput, path: string, entry: LockEntry | undefined): boolean {
  return only === undefined || only.has(path) || only.has(placeOf(path, entry));
}

/** The lock after the write. Where only some paths were decided, it still speaks of the run that wrote the others. */
function nextLock(input: PlanInput, decided: readonly Decided[]): Lock {
  const entries = decided.flatMap(({ path, decision: { entry } }): [string, LockEntry][] =>
    entry === null ? [] : [[path, entry]],
  );
  const before = input.lock;
  const { presets } = input;
  const partial = input.only !== undefined && before !== null;
  const left = partial ? Object.entries(before.files).filter(([path, entry]) => !isChosen(input, path, entry)) : [];
  return {
    version: 1,
    tool: partial ? before.tool : input.tool,
    config: partial ? before.config : input.configHash,
    pinned: partial ? before.pinned : input.pinned,
    files: Object.fromEntries([...entries, ...left].sort(([a], [b]) => order(a, b))),
    ...(presets === undefined || Object.keys(presets).length === 0 ? {} : { presets }),
  };
}

/** Whether a person has to decide something: a conflict, or marks that this plan writes and somebody has to settle. */
export function hasConflict(made: Plan): boolean {
  return made.changes.some((change) => isOpen(made, change));
}

/** Whether this change leaves something to decide. */
export function isOpen({ lock }: Plan, change: Change): boolean {
  if (change.kind === 'conflict') return true;
  const path = change.from ?? change.path;
  return change.kind === 'update' && entryIn(lock, path)?.open !== undefined;
}

/** The writes of a plan in the order in which they are to happen, the lock last. Empty when there is nothing to do. */
export function toWrites({ changes, housekeeping: records }: Plan): readonly Write[] {
  const last = records.filter(({ path }) => path === LOCK_PATH);
  return [...changes.flatMap(writeOf), ...records.filter(({ path }) => path !== LOCK_PATH), ...last];
}

function writeOf(change: Change): readonly Write[] {
  const { path } = change;
  if (change.kind === 'create') return [{ path, content: change.after, mode: change.mode, expect: null }];
  if (change.kind === 'update')
    return [{ path, content: change.after, mode: change.mode, expect: fingerprint(change.before) }];
  if (change.kind === 'delete') return [{ path, content: null, mode: 0o644, expect: fingerprint(change.before) }];
  return [];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
