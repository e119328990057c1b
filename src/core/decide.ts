/** What becomes of one path: disk, lock and rendered text compared. Pure; `plan.ts` puts the decisions together. */
import type { Change, ConflictPolicy, LockEntry, RenderedFile } from '../model.ts';
import { hashText } from './lock.ts';
import { mergers } from './merge/index.ts';
import { restyle, sameText, toLf } from './text-style.ts';

/** Merges two edits of one text; null: a conflict. All texts have LF ends. */
export type Merge = (base: string, ours: string, theirs: string, path: string) => { readonly text: string } | null;

/** `before`: what is on disk (null: absent). `entry`: what the lock says. `base`: what we last wrote, when it is what the lock says. */
export type Situation = Readonly<{
  before: string | null;
  entry: LockEntry | undefined;
  base: string | null;
  modeBefore: number | null;
  linked: boolean;
  /** A path of the disk that is this one where case is ignored, and its text. */
  twin: Readonly<{ path: string; text: string }> | null;
  policy: ConflictPolicy;
  merge: Merge;
}>;

/** `entry` and `base` are what is to be remembered (null: nothing; `leave`: the base that is there). `change` null: nothing to tell. */
export type Decision = Readonly<{
  change: Change | null;
  entry: LockEntry | null;
  base: { text: string | null } | 'leave';
}>;

const NO_BASE = { text: null };

/** Decides about a file that is rendered in this run. */
export function decideRendered(file: RenderedFile, now: Situation): Decision {
  const about = { path: file.path, generator: file.generator, ownership: file.ownership };
  const remembered = { entry: now.entry ?? null, base: now.entry === undefined ? NO_BASE : ('leave' as const) };
  const keep = (reason: string, before: string | null, foreign: boolean): Decision => ({
    change: { ...about, kind: 'keep', reason, before, after: file.text, foreign },
    ...remembered,
  });
  if (now.linked) return keep('reached by a symbolic link, which is not followed', now.before, now.entry === undefined);
  if (now.before === null) {
    if (now.twin !== null) return keep(`${now.twin.path} differs in case only`, now.twin.text, true);
    if (now.entry !== undefined)
      return keep(isNews(file, now.entry) ? 'deleted by you; there is a newer text' : 'deleted by you', null, false);
  }
  // A replacement character stands for bytes that are not UTF-8: writing the text back would lose them.
  if (now.before?.includes('\ufffd') && !file.text.includes('\ufffd'))
    return keep('it is not UTF-8 text', now.before, now.entry === undefined);
  if (file.ownership === 'own') return decideOwn(file, now, keep);
  if (file.ownership === 'once') return decideOnce(file, now, keep);
  return decideMerge(file, now, keep);
}

type Keep = (reason: string, before: string | null, foreign: boolean) => Decision;

function decideOwn(file: RenderedFile, now: Situation, keep: Keep): Decision {
  const { before, entry, base } = now;
  const about = { path: file.path, generator: file.generator, ownership: file.ownership };
  const settled = { entry: entryOf(file), base: { text: toLf(file.text) } };
  if (before === null)
    return {
      change: { ...about, kind: 'create', reason: 'new', before, after: file.text, mode: file.mode },
      ...settled,
    };
  const modeBefore = now.modeBefore ?? entry?.mode ?? file.mode;
  const mode = nextMode(file, entry, now.modeBefore);
  const write = (after: string, reason: string): Decision => ({
    change:
      after === before && mode === modeBefore
        ? { ...about, kind: 'unchanged', reason, before, after, mode }
        : { ...about, kind: 'update', reason, before, after, mode, modeBefore },
    ...settled,
  });
  if (sameText(before, file.text)) return write(before, mode === modeBefore ? 'as generated' : 'its mode changes');
  if (entry === undefined) return keep('not written by us', before, true);
  const news = isNews(file, entry);
  if (matches(before, entry.hash)) return write(restyle(file.text, before), 'untouched since it was written');
  if (!news) {
    if (mode === modeBefore) return { ...keep('edited by you', before, false), ...settled };
    return write(before, 'its mode changes; your edits stay');
  }
  const merged = base === null ? null : now.merge(toLf(base), toLf(before), toLf(file.text), file.path);
  if (merged !== null) return write(restyle(merged.text, before), 'your edits and ours merged');
  const theirs = restyle(file.text, before);
  if (now.policy === 'theirs') return write(theirs, 'edited by you; ours was asked for');
  const reason = 'edited by you, and there is a newer text';
  return { change: { ...about, kind: 'conflict', reason, before, after: theirs, base, mode }, entry, base: 'leave' };
}

function decideOnce(file: RenderedFile, now: Situation, keep: Keep): Decision {
  const { before, entry } = now;
  const about = { path: file.path, generator: file.generator, ownership: file.ownership };
  const settled = { entry: entry ?? entryOf(file), base: NO_BASE };
  if (before === null)
    return {
      change: { ...about, kind: 'create', reason: 'new', before, after: file.text, mode: file.mode },
      ...settled,
    };
  const mode = now.modeBefore ?? file.mode;
  if (sameText(before, file.text))
    return { change: { ...about, kind: 'unchanged', reason: 'as generated', before, after: before, mode }, ...settled };
  if (entry === undefined) return keep('not written by us', before, true);
  return { ...keep('written once, yours since', before, false), base: NO_BASE };
}

function decideMerge(file: RenderedFile, now: Situation, keep: Keep): Decision {
  const { before, entry } = now;
  const about = { path: file.path, generator: file.generator, ownership: file.ownership };
  const previous = entry?.ownership === file.ownership ? now.base : null;
  const result = mergerOf(file.ownership).merge(before, file.text, previous);
  if (result.kind === 'conflict') return keep(result.reason, before, entry === undefined);
  const settled = { entry: entryOf(file), base: { text: result.owned } };
  const kept = result.kept.length > 0 ? `; your own ${result.kept.join(', ')} stays` : '';
  if (result.kind === 'unchanged') {
    if (before === null) return { ...keep(`nothing to add${kept}`, null, false), ...settled };
    const mode = now.modeBefore ?? file.mode;
    const reason = `our part is in it${kept}`;
    return { change: { ...about, kind: 'unchanged', reason, before, after: before, mode }, ...settled };
  }
  const after = result.text;
  if (before === null)
    return { change: { ...about, kind: 'create', reason: 'new', before, after, mode: file.mode }, ...settled };
  const mode = now.modeBefore ?? file.mode;
  const reason = `a small addition to your file${kept}`;
  return { change: { ...about, kind: 'update', reason, before, after, mode, modeBefore: mode }, ...settled };
}

/** Decides about a file that the lock knows and that is not rendered any more. It is forgotten, whatever becomes of it. */
export function decideGone(path: string, now: Situation & { readonly entry: LockEntry }): Decision {
  const { before, entry, base } = now;
  const about = { path, generator: entry.generator, ownership: entry.ownership };
  const forget = (change: Change | null): Decision => ({ change, entry: null, base: NO_BASE });
  if (before === null) return forget(null);
  const orphan = (reason: string): Decision => forget({ ...about, kind: 'orphan', reason, before, after: null });
  if (now.linked) return orphan('reached by a symbolic link, which is not followed');
  const gone: Change = { ...about, kind: 'delete', reason: 'no longer generated', before, after: null };
  if (entry.ownership === 'once') return orphan('written once, yours since');
  if (entry.ownership === 'own') {
    return matches(before, entry.hash) ? forget(gone) : orphan('no longer generated; you edited it, so it is yours');
  }
  if (base === null || before.includes('\ufffd')) return orphan('what we added to it is not known any more');
  const after = mergerOf(entry.ownership).remove(before, base);
  if (after === null) return forget(gone);
  if (after === before) return orphan('what we added to it is gone or edited');
  const mode = now.modeBefore ?? entry.mode;
  return forget({
    ...about,
    kind: 'update',
    reason: 'our addition is taken out',
    before,
    after,
    mode,
    modeBefore: mode,
  });
}

/** Whether a text on disk is what was hashed; an editor that strips or adds the final newline is no edit. */
export function matches(text: string, hash: string): boolean {
  const lf = toLf(text);
  const other = lf.endsWith('\n') ? lf.slice(0, -1) : `${lf}\n`;
  return hashText(lf) === hash || hashText(other) === hash;
}

function entryOf(file: RenderedFile): LockEntry {
  return { generator: file.generator, ownership: file.ownership, hash: hashText(file.text), mode: file.mode };
}

function isNews(file: RenderedFile, entry: LockEntry): boolean {
  return !matches(file.text, entry.hash);
}

/**
 * The mode to write. Only the executable bit is ours, as in git; the rest depends on the machine. Three ways, like the text: our news
 * counts where the user left the bit alone. `modeBefore` null: the disk has no such bit, nothing changes.
 */
function nextMode(file: RenderedFile, entry: LockEntry | undefined, modeBefore: number | null): number {
  if (modeBefore === null) return entry?.mode ?? file.mode;
  const is = isExecutable(modeBefore);
  const wanted = isExecutable(file.mode);
  const was = entry === undefined ? is : isExecutable(entry.mode);
  if (wanted === is || wanted === was || is !== was) return modeBefore;
  return wanted ? modeBefore | ((modeBefore & 0o444) >> 2) : modeBefore & ~0o111;
}

function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

function mergerOf(ownership: string) {
  const merger = mergers[ownership.slice('merge:'.length) as keyof typeof mergers];
  if (merger === undefined) throw new Error(`nobody merges for ownership ${ownership}`);
  return merger;
}
