/** What a person said may be run, kept outside of every project: a project cannot agree for its reader. */
import { SetupError } from '../errors.ts';
import type { LocalCode } from './local-code.ts';
import type { State } from './state.ts';

const NAME = 'local-code.json';
/** The oldest are forgotten; they are asked again. */
const MOST = 500;

/** `what` names the code in words of the project (`devops/generators`, `plopfile.mjs`). */
export type Agreed = Readonly<{ root: string; what: string; code: LocalCode }>;

export type Consents = Readonly<{
  /** True when exactly this code was agreed to. */
  given: (agreed: Agreed) => boolean;
  /** What is new or different since it was last agreed to; null where nobody ever agreed. */
  changed: (agreed: Agreed) => readonly string[] | null;
  /** @throws SetupError WRITE */
  give: (agreed: Agreed) => void;
}>;

type Entry = Readonly<{ root: string; what: string; hash: string; files: Readonly<Record<string, string>> }>;

/** A record that is damaged says nothing, so that it is asked again and written anew. */
export function openConsents(state: State): Consents {
  const find = ({ root, what }: Agreed): Entry | undefined =>
    read(state).find((entry) => entry.root === root && entry.what === what);
  return {
    given: (agreed) => find(agreed)?.hash === agreed.code.hash,
    changed: (agreed) => {
      const before = find(agreed)?.files;
      if (before === undefined) return null;
      const paths = new Set([...Object.keys(before), ...agreed.code.hashes.keys()]);
      return [...paths].filter((path) => before[path] !== agreed.code.hashes.get(path)).sort();
    },
    give: ({ root, what, code }) => {
      const others = read(state).filter((entry) => entry.root !== root || entry.what !== what);
      const entry: Entry = { root, what, hash: code.hash, files: Object.fromEntries(code.hashes) };
      state.write(NAME, `${JSON.stringify({ version: 1, agreed: [...others, entry].slice(-MOST) }, null, 1)}\n`);
    },
  };
}

function read(state: State): readonly Entry[] {
  try {
    const { version, agreed } = JSON.parse(state.read(NAME) ?? '{}') as { version?: unknown; agreed?: unknown };
    return version === 1 && Array.isArray(agreed) ? agreed.filter(isEntry) : [];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SetupError) return [];
    throw error;
  }
}

function isEntry(entry: unknown): entry is Entry {
  if (typeof entry !== 'object' || entry === null) return false;
  const { root, what, hash, files } = entry as Readonly<Record<string, unknown>>;
  const isText = [root, what, hash].every((value) => typeof value === 'string');
  return isText && typeof files === 'object' && files !== null && !Array.isArray(files);
}
