/**
 * How generators and questions are declared. `defineGenerator` returns a plain object: System in, file specs out.
 * A generator cannot touch the disk, the clock, the network or the machine.
 */
import type { FileSpec, PlainRecord, Question, RenderedFile, System } from './model.ts';

export * from './define/build-argument.ts';
export * from './define/near.ts';
export * from './define/questions.ts';

/** Pins that update bots keep current (`templates/_pins`). `action('actions/checkout')` → `actions/checkout@<sha> # v7.0.1` in parts. */
export type Pins = Readonly<{
  action: (name: string) => Readonly<{ uses: string; tag: string }>;
  /** `node:22-bookworm-slim` → `node:22-bookworm-slim@sha256:…`. Throws on an image that is not pinned. */
  image: (tag: string) => string;
  hasImage: (tag: string) => boolean;
  /** The one pinned image of a repository (`aquasec/trivy`), for who does not choose the tag. Throws unless exactly one is pinned. */
  imageOf: (repository: string) => Readonly<{ reference: string; tag: string }>;
  /** Version of a tool that is installed by name (`trivy`, `gitleaks`, `pnpm`). */
  tool: (name: string) => string;
  /**
   * `package.json` and `package-lock.json` of an npm project of its own that we emit (`templates/_pins/cdktf`), as they have to stand in the file.
   * `name` is the project's, in both.
   */
  npmProject: (folder: string, name: string) => Readonly<{ manifest: string; lock: string }>;
}>;

/** A thing the user has to do, shown in the summary and never pretended to be done. `standard` when a standard stays unmet until then. */
export type NextStep = Readonly<{ text: string; command?: string; standard?: string }>;

/** What other generators wrote in this run, by their id: those that `needs` names, and no others. Texts as they will be written. */
export type Outputs = Readonly<Record<string, readonly RenderedFile[]>>;

/** What a generator sees. `answers` has its own questions, by their full id. */
export type GeneratorInput = Readonly<{ system: System; answers: PlainRecord; outputs: Outputs; pins: Pins }>;

export type Generator = Readonly<{
  /** Persisted in configuration and lock; never renamed. */
  id: string;
  title: string;
  /** One line for `list` and the prompt. */
  summary: string;
  questions: readonly Question[];
  /**
   * Ids of generators that have to run before this one, and whose files it gets as `outputs`. Where one of them is not chosen or does not
   * apply, this one is left out as well, with that reason.
   */
  needs: readonly string[];
  /** True, or why it does not apply to this system (shown by `plan` and `list`). */
  applies: (system: System) => true | string;
  files: (input: GeneratorInput) => readonly FileSpec[];
  nextSteps: (input: GeneratorInput) => readonly NextStep[];
  /** The file of the project that declares it (`devops/generators/my-thing.mjs`); absent: it is one of ours. */
  source?: string;
}>;

/** What has to be said; the rest has defaults: no questions, needs nothing, always applies, no next steps. */
export type GeneratorDeclaration = Pick<Generator, 'id' | 'title' | 'summary' | 'files'> &
  Partial<Omit<Generator, 'id' | 'title' | 'summary' | 'files' | 'source'>>;

/** Lower-case words with dashes between them; a file name on every system, and a key that needs no quotes. */
export const GENERATOR_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Declares a generator. Throws at start-up (a bug) when the id does not follow the rules. */
export function defineGenerator(declaration: GeneratorDeclaration): Generator {
  if (!GENERATOR_ID.test(declaration.id)) throw new Error(`generator id "${declaration.id}" is not kebab-case`);
  return {
    questions: [],
    needs: [],
    applies: () => true,
    nextSteps: () => [],
    ...declaration,
  };
}
