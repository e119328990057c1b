/** Which steps of a workflow run which of the project's own commands. */
import type { Service } from '../../model.ts';
import type { CheckInput } from '../check.ts';
import { callOf, shellCommands } from '../parse/shell.ts';
import type { Step, Workflow } from '../parse/workflow.ts';

export type Kind = 'lint' | 'format' | 'typecheck' | 'test' | 'integration' | 'contract' | 'e2e';

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  lint: 'linting',
  format: 'format check',
  typecheck: 'type check',
  test: 'unit tests',
  integration: 'integration tests',
  contract: 'contract tests',
  e2e: 'end-to-end tests',
};

/** Spellings that count in a workflow that somebody edited. */
const FAMILIAR: Readonly<Record<Kind, RegExp>> = {
  lint: /\b(eslint|oxlint|biome (ci|check|lint)|lint)\b/,
  format: /\b(prettier|biome (ci|check|format)|format|fmt)\b/,
  typecheck: /\b(tsc|type-?check|types)\b/,
  test: /\b(vitest|jest|mocha|ava|tap|--test|test|coverage)\b(?!:(integration|e2e|contract))/,
  integration: /\bintegration\b/,
  contract: /\b(contracts?|pact)\b/,
  e2e: /\b(e2e|end-to-end|playwright|cypress)\b/,
};

/** The lines that count as this kind for this service, with the folder that they run in. Empty: the project has no such command. */
export function linesOf(service: Service, kind: Kind): readonly Readonly<{ line: string; cwd: string }>[] {
  const command = service.commands[kind];
  if (!command) return [];
  const lines = [command.line];
  if (kind === 'test') {
    if (service.coverage) lines.push(service.coverage.line);
    if (service.commands.coverage) lines.push(service.commands.coverage.line);
  }
  return lines.map((line) => ({ line, cwd: command.cwd }));
}

/** Steps that run this kind for this service; in a workflow that somebody edited also under another spelling, in its folder or in the root. */
export function stepsOf(input: CheckInput, workflow: Workflow, service: Service, kind: Kind): readonly Step[] {
  const lines = linesOf(service, kind);
  const exact = [...new Set(lines.flatMap(({ line, cwd }) => stepsCalling(workflow, line, cwd)))];
  if (lines.length === 0 || exact.length > 0 || input.artifact(workflow.path)?.origin === 'generated') return exact;
  const folders = new Set(['.', service.path, ...lines.map(({ cwd }) => cwd)]);
  return workflow.steps.filter(
    (step) => step.run !== null && folders.has(step.folder) && FAMILIAR[kind].test(step.run),
  );
}

/** Steps that call a line in a folder. */
export function stepsCalling(workflow: Workflow, line: string, cwd: string): readonly Step[] {
  const [first] = shellCommands(line);
  const candidates = indexOf(workflow).get(keyOf(cwd, first?.words.slice(0, 2) ?? [])) ?? [];
  return candidates.filter((step) => callOf(step.run ?? '', line) !== null);
}

/** Steps by folder and first words, worked out once: a repository of a thousand services has ten thousand steps. */
const indices = new WeakMap<Workflow, ReadonlyMap<string, readonly Step[]>>();

function indexOf(workflow: Workflow): ReadonlyMap<string, readonly Step[]> {
  const known = indices.get(workflow);
  if (known) return known;
  const made = new Map<string, Step[]>();
  for (const step of workflow.steps) {
    const commands = shellCommands(step.run ?? '');
    const keys = new Set(
      commands.flatMap(({ words }) => [1, 2].map((length) => keyOf(step.folder, words.slice(0, length)))),
    );
    for (const key of keys) {
      const steps = made.get(key);
      if (steps) steps.push(step);
      else made.set(key, [step]);
    }
  }
  indices.set(workflow, made);
  return made;
}

function keyOf(folder: string, words: readonly string[]): string {
  return [folder, ...words].join('\0');
}

/** Services that have a command of this kind. */
export function servicesWith(input: CheckInput, kind: Kind): readonly Service[] {
  return input.system.services.filter((service) => linesOf(service, kind).length > 0);
}

/** `orders`, or nothing where there is one service only. */
export function ofService(input: CheckInput, service: Service): string {
  return input.system.services.length === 1 ? '' : ` of ${service.name}`;
}
