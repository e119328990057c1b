/**
 * The presets of a project: every word of `extends`, and what those extend, read from the disk and nowhere else. Everything that is wrong
 * is reported together.
 */
import { type Problem, SetupError } from '../../errors.ts';
import type { Lock, Preset, ProjectFiles, Question } from '../../model.ts';
import type { ExtendsWord } from '../config/own-keys.ts';
import { hashText } from '../lock.ts';
import { type Found, findPreset } from './find.ts';
import { parsePreset } from './parse.ts';
import { isProblem, parseWord } from './words.ts';

/** From the configuration to the deepest preset. */
export const DEEPEST = 5;
export const MOST_PRESETS = 20;

export type PresetSurroundings = Readonly<{
  files: Pick<ProjectFiles, 'read' | 'exists' | 'list'>;
  /** What the lock says of those that were fetched. */
  entries: NonNullable<Lock['presets']>;
  questions: readonly Question[];
}>;

/** `chain`: the strongest first. `files`: the hash of every text that took part, by its place, for who has to know whether one changed. */
export type LoadedPresets = Readonly<{ chain: readonly Preset[]; files: Readonly<Record<string, string>> }>;

export const NO_PRESETS: LoadedPresets = { chain: [], files: {} };

/** @throws SetupError with every problem of every preset. */
export function loadPresets(words: readonly ExtendsWord[], around: PresetSurroundings): LoadedPresets {
  if (words.length === 0) return NO_PRESETS;
  const loader = new Loader(around);
  loader.extend(words, null, []);
  if (loader.problems.length > 0) throw new SetupError(loader.problems);
  return { chain: loader.chain, files: Object.fromEntries([...loader.hashes].sort()) };
}

type Step = Readonly<{ word: string; place: string }>;

class Loader {
  readonly chain: Preset[] = [];
  readonly hashes = new Map<string, string>();
  readonly problems: Problem[] = [];
  readonly #around: PresetSurroundings;

  constructor(around: PresetSurroundings) {
    this.#around = around;
  }

  /** Own answers are stronger than those of what is extended, and of those the one named last is the strongest. */
  extend(words: readonly ExtendsWord[], from: Found | null, trail: readonly Step[]): void {
    for (const { word, place } of words.toReversed()) this.#attempt(() => this.#visit(word, place, from, trail));
  }

  #visit(text: string, place: string, from: Found | null, trail: readonly Step[]): void {
    const word = parseWord(text, place);
    if (isProblem(word)) throw new SetupError(word);
    const found = findPreset(word, place, from, this.#around);
    const start = trail.findIndex((step) => step.place === found.place);
    if (start >= 0) {
      const circle = [...trail.slice(start), { word: text }].map((step) => step.word).join(' → ');
      throw refused(place, `presets extend each other in a circle: ${circle}.`, 'Take one of these steps out.');
    }
    // Met before at a stronger place, with all that it extends.
    if (this.hashes.has(found.place)) return;
    if (trail.length >= DEEPEST) {
      const path = [...trail.map((step) => step.word), text].join(' → ');
      throw refused(place, `presets extend each other more than ${DEEPEST} deep: ${path}.`, 'Put some into one.');
    }
    if (this.hashes.size >= MOST_PRESETS) {
      if (this.hashes.size > MOST_PRESETS) return; // said once
      this.hashes.set('', '');
      throw refused(place, `there are more than ${MOST_PRESETS} presets.`, 'Put some into one.');
    }
    this.hashes.set(found.place, hashText(found.text));
    const { preset, extends: words } = parsePreset(found.text, {
      name: text,
      place: found.place,
      questions: this.#around.questions,
    });
    this.chain.push(preset);
    this.extend(words, found, [...trail, { word: text, place: found.place }]);
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      this.problems.push(...error.problems);
    }
  }
}

function refused(place: string, message: string, hint: string): SetupError {
  return new SetupError({ code: 'PRESET', place, message, hint });
}
