/**
 * The 48 rules for GitHub workflows (`GH-*`), on parsed YAML and its comments. A rule answers with findings, or says why it does not apply.
 * What needs a program of its own (zizmor, actionlint, GitHub's parser) is judged by `npm run test:tools`.
 */
import { hasImage } from '../../generators/shared/ci-jobs.ts';
import { registryToken, underRoot } from '../../generators/shared/package-manager.ts';
import type { RenderedFile, System } from '../../src/model.ts';
import { COVERAGE } from './pipeline-rules/coverage.ts';
import { FLOW } from './pipeline-rules/flow.ts';
import { SAFETY } from './pipeline-rules/safety.ts';
import type { Input, Project, Rule } from './pipeline-rules/types.ts';
import { readWorkflow } from './pipeline-rules/workflow.ts';

export const PIPELINE_RULES: readonly Rule[] = [...SAFETY, ...FLOW, ...COVERAGE];

export type Judgement = Readonly<{ id: string; findings: readonly string[]; notApplicable: string | null }>;

/** Judges the workflows among `files`, all rules, in order of their ids. */
export function judgePipeline(
  files: readonly Pick<RenderedFile, 'path' | 'text'>[],
  system: System,
): readonly Judgement[] {
  const input: Input = {
    workflows: files
      .filter(({ path }) => path.startsWith('.github/workflows/'))
      .map(({ path, text }) => readWorkflow(path, text)),
    dependabot: files.find(({ path }) => path === system.layout.dependabot)?.text ?? null,
    project: projectOf(system),
  };
  return PIPELINE_RULES.map(({ id, check }) => {
    const verdict = check(input);
    return 'notApplicable' in verdict
      ? { id, findings: [], notApplicable: verdict.notApplicable }
      : { id, findings: verdict, notApplicable: null };
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function projectOf(system: System): Project {
  const { services, delivery, project, security } = system;
  const present = <T>(values: readonly (T | null)[]) => values.filter((value) => value !== null);
  return {
    files: [
      ...present(services.map(({ packageManager }) => packageManager.lockFile)),
      ...present(services.map(({ runtime }) => runtime.versionFile)),
      ...services.map(({ packageManager }) => underRoot(packageManager.installRoot, 'package.json')),
      ...services.filter((service) => hasImage(system, service)).map(({ files }) => files.dockerfile),
    ],
    scripts: services.flatMap(({ commands, coverage }) =>
      [...Object.values(commands).map(({ line }) => line), coverage?.line ?? ''].map(
        (line) => /^(?:npm|pnpm|yarn|bun) run ([\w:.-]+)/.exec(line)?.[1] ?? '',
      ),
    ),
    locked: services.every(({ packageManager }) => packageManager.lockFile !== null),
    branches: delivery.branches,
    defaultBranch: project.defaultBranch,
    codeScanning: security.codeScanning,
    images: services.some((service) => hasImage(system, service)),
    otherBot: project.existing.some(({ role, system: bot }) => role === 'update-bot' && bot !== 'dependabot'),
    registryTokens: present(services.map(({ traps }) => registryToken(traps))),
  };
}
