/** What a check is, and what it may look at. Checks find an artifact by its role in the System, never by a fixed path. */
import type { Origin, Ownership, Severity, System } from '../model.ts';
import type { ComposeFile } from './parse/compose.ts';
import type { Dockerfile } from './parse/dockerfile.ts';
import type { Workflow } from './parse/workflow.ts';
import type { SyntaxProblem, YamlFile } from './parse/yaml.ts';

export type Role =
  | 'ci'
  | 'security-scan'
  | 'dependabot'
  | 'compose'
  | 'configuration'
  | 'dockerfile'
  | 'dockerignore'
  | 'gitignore'
  | 'env-sample'
  | 'scan-ignore'
  | 'other';

/** A text that is judged: rendered by us, edited by the user, or the user's own. */
export type Artifact = Readonly<{ path: string; text: string; origin: Origin; ownership: Ownership }>;

/** A file that parses, or null; and what does not. */
export type Parsed<T> = Readonly<{ file: T | null; problems: readonly SyntaxProblem[] }>;

/** Text → file, by path. One that is given to two calls of `checkAll` parses the same text once. */
export type Parser = Readonly<{
  yaml: (path: string, text: string) => Parsed<YamlFile>;
  dockerfile: (path: string, text: string) => Parsed<Dockerfile>;
}>;

/** What `checkAll` is given. `exists` also knows the project's own files (lock files, manifests), which are no artifacts. */
export type CheckRequest = Readonly<{
  system: System;
  artifacts: readonly Artifact[];
  exists: (path: string) => boolean;
  /** Paths that the chosen generators write, for a look at the disk: one that is gone is told (X-FILES). */
  expected?: readonly string[];
  /** Where a file stands that a person moved; the others stand where the System says. */
  place?: (path: string) => string;
  parser?: Parser;
}>;

/** An artifact with the role that the System gives its path. */
export type RoledArtifact = Artifact & Readonly<{ role: Role }>;

export type CheckInput = Readonly<{
  system: System;
  /** Sorted by path. */
  artifacts: readonly RoledArtifact[];
  artifact: (path: string) => RoledArtifact | null;
  /** All artifacts of one role, sorted by path. */
  byRole: (role: Role) => readonly RoledArtifact[];
  exists: (path: string) => boolean;
  /** Paths that have to be there; empty before anything is written. */
  expected: readonly string[];
  /** Where a file of the System stands on the disk; artifacts are known by what the System calls them. */
  place: (path: string) => string;
  /** Parsed once and kept. Null: the file is absent, or does not parse (X-SYNTAX says so). */
  yaml: (path: string) => YamlFile | null;
  dockerfile: (path: string) => Dockerfile | null;
  workflow: (path: string) => Workflow | null;
  compose: (path: string) => ComposeFile | null;
  /** What did not parse, and where. */
  syntax: () => readonly Readonly<{ file: string; line: number; message: string }>[];
}>;

/** One thing that is wrong. `checkAll` adds standard, severity (from the catalogue's level) and origin (from the artifact). */
export type Defect = Readonly<{
  file: string;
  line?: number;
  message: string;
  /** How to mend it; `<file>` stands for the file. */
  hint: string;
  /** Where one part of a standard weighs less than its level says. */
  severity?: Severity;
  /** Another file that has its part in it: where that one is the user's own, this is told for information only. */
  with?: string;
}>;

/** True, why the standard does not apply to this system, or why it cannot be decided here. */
export type Applies = true | string | Readonly<{ notChecked: string }>;

export type Check = Readonly<{
  /** A standard's id, or `X-NAME` for what no single standard says: agreement between files. */
  id: string;
  applies: (input: CheckInput) => Applies;
  run: (input: CheckInput) => readonly Defect[];
  /** What stays open although the part that is checked here holds; turns `held` into `not-checked`. */
  open?: (input: CheckInput) => string | null;
}>;

/** Severity of the `X-` checks: files that contradict each other do not work. */
export const AGREEMENT_SEVERITY: Severity = 'error';
