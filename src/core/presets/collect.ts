/** What `preset add` has to fetch: the preset itself, and what it extends that nobody has fetched yet. */
import { createHash } from 'node:crypto';
import { type Problem, SetupError } from '../../errors.ts';
import type { Lock, ProjectFiles, Question } from '../../model.ts';
import { hashText } from '../lock.ts';
import { type Found, findPreset, PRESETS_FOLDER } from './find.ts';
import { DEEPEST, MOST_PRESETS } from './load.ts';
import { parsePreset } from './parse.ts';
import type { FetchedPreset } from './project.ts';
import { type FetchWord, isProblem, type PresetWord, parseWord } from './words.ts';

export type Fetch = (word: FetchWord, because: string | null) => Promise<FetchedFile>;
export type FetchedFile = Readonly<{ text: string; resolved: string; integrity: string }>;

type Around = Readonly<{ files: ProjectFiles; lock: Lock | null; questions: readonly Question[]; fetch: Fetch }>;

/** The word, or why it is none. @throws SetupError PRESET */
export function requireWord(word: string): PresetWord {
  const parsed: PresetWord | Problem = parseWord(word, `preset add ${word}`);
  if (isProblem(parsed)) throw new SetupError(parsed);
  return parsed;
}

/**
 * Fetches a word anew, and of what it extends all that is not here. `because`: the preset that extends it.
 * @throws SetupError with what is wrong with a preset that arrived, or is not there
 */
export async function collect(word: string, around: Around): Promise<ReadonlyMap<string, FetchedPreset>> {
  const fetched = new Map<string, FetchedPreset>();
  const seen = new Set<string>();
  const visit = async (text: string, place: string, from: Found | null, because: string | null, depth: number) => {
    const parsed = parseWord(text, place);
    if (isProblem(parsed)) throw new SetupError(parsed);
    // What is too deep, too many or a circle is told when all of it is loaded.
    const key = from?.folder ? `${from.folder} ${text}` : text;
    if (seen.has(key) || seen.size >= MOST_PRESETS || depth > DEEPEST) return;
    seen.add(key);
    const found = await textOf(parsed, place, from, because);
    const { extends: words } = parsePreset(found.text, { name: text, place: found.place, questions: around.questions });
    for (const next of words) await visit(next.word, next.place, found, text, depth + 1);
  };
  const textOf = async (parsed: PresetWord, place: string, from: Found | null, because: string | null) => {
    const entries = around.lock?.presets ?? {};
    const isFetched = parsed.kind === 'npm' || parsed.kind === 'git';
    if (!isFetched || (because !== null && Object.hasOwn(entries, parsed.word)))
      return findPreset(parsed, place, from, { files: around.files, entries });
    const { text, resolved, integrity } = await around.fetch(parsed, because);
    const file = `${PRESETS_FOLDER}/${slugOf(parsed)}.yaml`;
    fetched.set(parsed.word, { text, entry: { file, hash: hashText(text), resolved, integrity } });
    return { text, place: file, folder: null };
  };
  await visit(word, `preset add ${word}`, null, null, 1);
  return fetched;
}

/** A name that people recognise, and that no other word has. */
function slugOf(word: FetchWord): string {
  const name = word.kind === 'npm' ? word.name : new URL(word.url).pathname.replace(/\.git$/, '');
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${plain || 'preset'}-${createHash('sha256').update(word.word).digest('hex').slice(0, 8)}`;
}
