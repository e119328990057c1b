/** Who may answer a question, the strongest first: flag and prompt, answers file, configuration, presets, persona. */
import type { AnswerSource, PlainRecord, Preset } from '../../model.ts';
import { valueAt, wild } from './ids.ts';

/**
 * Raw input by source. Keys of `flags` and `prompted` are full ids (`services.orders.port`); the files are nested records. `presets`: the
 * strongest first. `lineOf`: the line of an id in the configuration, where its text is known.
 */
export type RawInput = Readonly<{
  flags: ReadonlyMap<string, unknown>;
  prompted: ReadonlyMap<string, unknown>;
  answersFile: PlainRecord | null;
  config: PlainRecord | null;
  presets?: readonly Preset[];
  lineOf?: ((id: string) => number) | null;
  /** Where an id stands in the answers file. */
  answersPlace?: ((id: string) => string) | undefined;
}>;

/** `locked`: the preset says that nobody may answer otherwise, and why. */
export type Given = Readonly<{
  raw: unknown;
  source: AnswerSource;
  place: string;
  locked: string | null;
  preset: Preset | null;
}>;

/** Where an id of the answers file stands. */
export function answersPlace({ answersPlace: placeOf }: Pick<RawInput, 'answersPlace'>, id: string): string {
  return placeOf ? placeOf(id) : 'the answers file';
}

/** Where an id of the configuration stands. */
export function configPlace({ lineOf }: Pick<RawInput, 'lineOf'>, id: string): string {
  return lineOf ? `.devops/config.yaml:${lineOf(id)}` : '.devops/config.yaml';
}

/** Everybody who says something about a question, the strongest first. */
export function givenTo(id: string, input: RawInput, persona: Preset | null): readonly Given[] {
  const { flags, prompted, answersFile, config, presets = [] } = input;
  const given: Given[] = [];
  const add = (raw: unknown, source: AnswerSource, place: string): void => {
    if (raw !== undefined) given.push({ raw, source, place, locked: null, preset: null });
  };
  if (flags.has(id)) add(flags.get(id), 'flag', `--set ${id}`);
  if (prompted.has(id)) add(prompted.get(id), 'prompt', 'your answer');
  add(valueAt(answersFile, id), 'answers-file', answersPlace(input, id));
  add(valueAt(config, id), 'config', configPlace(input, id));
  for (const preset of persona === null ? presets : [...presets, persona]) {
    const found = inPreset(id, preset);
    if (found) given.push(found);
  }
  return given;
}

/** What a preset says of one service is nearer than what it says of every service. */
function inPreset(id: string, preset: Preset): Given | null {
  const { values, locked, lines, place, kind } = preset;
  for (const key of new Set([id, wild(id)])) {
    const raw = valueAt(values, key);
    if (raw === undefined) continue;
    const line = lines?.[key];
    // Locked for every service is locked for this one, whichever of the two keys answers.
    const reason = own(locked, key) ?? own(locked, wild(id));
    return { raw, source: kind, place: line === undefined ? place : `${place}:${line}`, locked: reason, preset };
  }
  return null;
}

function own(record: Readonly<Record<string, string>>, key: string): string | null {
  return Object.hasOwn(record, key) ? (record[key] ?? null) : null;
}
