/**
 * What the functions of the API take and give. Each type names what may be relied upon; the rest of the object is ours, which the mark says:
 * it can be had from the step before only.
 */
import type { Generator, NextStep } from '../define.ts';
import type { Problem } from '../errors.ts';
import type {
  Answer,
  ConflictPolicy,
  Facts,
  FileAnswer,
  Finding,
  GitFiles,
  Intent,
  Lock,
  Plain,
  PlainRecord,
  ProjectFiles,
  Question,
  RenderedFile,
  System,
  Verdict,
} from '../model.ts';

declare const mark: unique symbol;
type Made<By extends string> = { readonly [mark]: By };

/** A project to look at: `openProject` opens one on the disk, `memoryProject` makes one of texts; any object with these two will do. */
export type Project = Readonly<{ files: ProjectFiles; git: GitFiles }>;

/** Everything that the steps need from outside. Made by `openPorts`. */
export type Ports = Project &
  Readonly<{ generators: readonly Generator[]; tool: Readonly<{ name: string; version: string }> }> &
  Made<'openPorts'>;

/** What is known of the project, and what earlier runs left. Made by `detect`. */
export type Inspection = Readonly<{
  facts: Facts;
  config: PlainRecord | null;
  lock: Lock | null;
  questions: readonly Question[];
}> &
  Made<'detect'>;

/** One question with what it is about, and the full id that flags and files use. */
export type Asked = Readonly<{ id: string; message: string; question: Question }>;

/** Every answer, with who gave it and why. Made by `resolve`. `open`: required, and nothing answers it. */
export type Resolution = Readonly<{
  answers: ReadonlyMap<string, Answer<Plain>>;
  asked: readonly Asked[];
  open: readonly Asked[];
  problems: readonly Problem[];
}> &
  Made<'resolve'>;

/** Made by `render`. `left`: generators that are chosen and write nothing here, with the reason. */
export type Setup = Readonly<{
  system: System;
  config: PlainRecord;
  generated: Readonly<{
    /** Sorted by path. */
    files: readonly RenderedFile[];
    left: readonly Readonly<{ generator: string; reason: string }>[];
    nextSteps: readonly NextStep[];
  }>;
}> &
  Made<'render'>;

/** How conflicts are decided (`leave`: they are not), and what was decided about single paths. */
export type Decisions = Readonly<{
  policy: ConflictPolicy;
  /** Answers to conflicts, by path. */
  answers?: ReadonlyMap<string, FileAnswer>;
  /** `restore`: ours over whatever is there; `adopt`: theirs under our care. */
  intents?: ReadonlyMap<string, Intent>;
  /** Nothing but these paths is decided; the rest of the plan stays undone. */
  only?: ReadonlySet<string>;
}>;

/** What became of every standard, and every place where one is broken. */
export type Report = Readonly<{ findings: readonly Finding[]; verdicts: readonly Verdict[] }>;

/** Made by `compileTemplates`. */
export type CompiledTemplates = Made<'compileTemplates'>;
