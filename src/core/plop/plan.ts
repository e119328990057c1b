/** What a generator of a plopfile wrote on the overlay → a plan like any other. Its files are the user's: no lock, no bases. */
import type { Change, Lock, Plan, ProjectFiles } from '../../model.ts';
import type { Written } from './overlay.ts';

export type Origin = Readonly<{
  files: ProjectFiles;
  generator: string;
  plopfile: string;
  tool: string;
  /** What we look after: a change to it counts as an edit of the user's. */
  lock: Lock | null;
}>;

export function planOf(written: ReadonlyMap<string, Written>, origin: Origin): Plan {
  const { lock, tool } = origin;
  const ours = new Set(Object.entries(lock?.files ?? {}).map(([path, { at }]) => at ?? path));
  const changes = [...written].map(([path, made]) => changeOf(path, made, origin, ours.has(path)));
  return {
    changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)),
    lock: { version: 1, tool, config: '', pinned: {}, files: {} },
    housekeeping: [],
  };
}

function changeOf(path: string, { text, executable }: Written, origin: Origin, ours: boolean): Change {
  const { files, generator, plopfile } = origin;
  const before = files.read(path);
  const reason = ours ? `by ${plopfile}; it is one of ours, and this is your edit of it` : `by ${plopfile}`;
  const base = { path, generator, ownership: 'once', reason } as const;
  const modeBefore = files.mode(path) ?? 0o644;
  const mode = modeBefore | executable;
  if (before === null) return { ...base, kind: 'create', before, after: text, mode };
  if (before === text && mode === modeBefore) return { ...base, kind: 'unchanged', before, after: text, mode };
  return { ...base, kind: 'update', before, after: text, mode, modeBefore };
}
