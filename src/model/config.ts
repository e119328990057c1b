/** The choices, as they stand in `.devops/config.yaml`. Only what a person may decide; facts are never among them. */
import type { Facts } from './facts.ts';

export type PersonaId = 'devops-engineer' | 'automator' | 'buddy-specialist' | 'workflow' | 'battra-contributor';
export type GeneratorId = string;
export type Platform = 'github-actions' | 'gitlab-ci' | 'jenkins' | 'azure-pipelines';
export type Strategy = 'rolling' | 'blue-green' | 'canary' | 'recreate';

/** A plain value of YAML or JSON. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };
export type PlainRecord = { readonly [key: string]: Plain };

/** `.devops/config.yaml` parsed: nested plain data whose keys are the dotted ids of the questions. */
export type Config = PlainRecord;

/** Who answered a question, strongest first. `locked`: a preset whose answer a project may not change. */
export type AnswerSource =
  | 'locked'
  | 'flag'
  | 'prompt'
  | 'answers-file'
  | 'config'
  | 'preset'
  | 'persona'
  | 'detected'
  | 'default';

/** A value with who gave it and why, in words a person can read (`src/server.ts:12`, `persona devops-engineer`). */
export type Answer<V> = Readonly<{ value: V; source: AnswerSource; why: string }>;

export type Choice<V> = Readonly<{ value: V; title: string; hint?: string }>;

/**
 * What a default may look at. `service` is the folder of the service, for questions about one; `project` the project's name as answered, null
 * while nobody has.
 */
export type QuestionContext = Readonly<{
  facts: Facts;
  persona: PersonaId;
  project: string | null;
  service: string | null;
}>;

/** A default with its reason; undefined when there is none, so that the question stays open. */
export type Suggestion<V> = Readonly<{ value: V; source: 'persona' | 'detected' | 'default'; why: string }> | undefined;

/**
 * One declaration of one question. It feeds the prompt, the flag (`--set id=value`), `.devops/config.yaml`, the JSON Schema, `--help`
 * and the documentation. Made by the builders of `define.ts`, never by hand.
 */
export type Question<V = Plain> = Readonly<{
  /** Dotted key. `services.*.port` is asked once per service; `*` stands for the service's name. */
  id: string;
  kind: 'text' | 'integer' | 'number' | 'select' | 'multiselect' | 'confirm';
  /** The prompt's line, ending in `?`. */
  message: string;
  /** One sentence for the schema, `--help` and the documentation. */
  help: string;
  choices: readonly Choice<V extends readonly (infer E)[] ? E : V>[] | null;
  /** `first`: part of the first contact. `open`: asked only while nothing answers it. `never`: by flag or file only. */
  ask: 'first' | 'open' | 'never';
  /** Generators that read the answer; empty means all of them. An answer that no chosen generator reads is not written down. */
  readBy: readonly GeneratorId[];
  /** False where nothing at all may answer (an optional override of detection). */
  required: boolean;
  /** True for numbers that only a person can know: our default is listed under `toConfirm` until a person takes it off. */
  toConfirm: boolean;
  suggest: (context: QuestionContext) => Suggestion<V>;
  /** Our default, where there is one: what `suggest` falls back to. */
  fallback?: Suggestion<V>;
  /** Raw input (flag text, YAML, prompt) → value. Throws InvalidAnswer; the only place where this value is parsed. */
  parse: (raw: unknown) => V;
  /** JSON Schema of the value. */
  schema: PlainRecord;
}>;
