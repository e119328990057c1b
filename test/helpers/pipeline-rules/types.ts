import type { Workflow } from './workflow.ts';

/** What is true of the project beside its workflows. */
export type Project = Readonly<{
  /** Paths that exist in the repository, or are generated in the same run. */
  files: readonly string[];
  scripts: readonly string[];
  /** False: nothing can be installed exactly, nor cached. */
  locked: boolean;
  branches: readonly string[];
  defaultBranch: string;
  codeScanning: boolean;
  images: boolean;
  /** Another bot than Dependabot is at work. */
  otherBot: boolean;
  registryTokens: readonly string[];
}>;

export type Input = Readonly<{
  workflows: readonly Workflow[];
  dependabot: string | null;
  project: Project;
}>;

/** Findings, or why the rule does not apply. */
export type Verdict = readonly string[] | Readonly<{ notApplicable: string }>;
export type Rule = Readonly<{ id: string; check: (input: Input) => Verdict }>;

/** A rule that looks at each workflow alone. */
export function each(id: string, check: (workflow: Workflow, input: Input) => readonly string[]): Rule {
  return {
    id,
    check: (input) =>
      input.workflows.flatMap((workflow) => check(workflow, input).map((text) => `${workflow.path}: ${text}`)),
  };
}
