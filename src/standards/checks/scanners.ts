/** What several checks ask of a step that scans. */
import type { CheckInput, Defect } from '../check.ts';
import { evaluate } from '../parse/condition.ts';
import { text } from '../parse/plain.ts';
import { shellCommands, swallowed } from '../parse/shell.ts';
import type { Step, Workflow } from '../parse/workflow.ts';
import { isScanner } from './places.ts';

/** Whether a step that scans ends its job red. */
export function failsOnFindings(workflow: Workflow, step: Step): boolean {
  if (step.continueOnError || workflow.job(step.job)?.continueOnError) return false;
  if (step.run !== null) return swallowed(step.run).length === 0;
  return text(step.with['exit-code']) === '1';
}

export function runsOn(workflow: Workflow, step: Step, event: string): boolean {
  return (
    workflow.on.has(event) &&
    evaluate(workflow.job(step.job)?.if ?? null, event) !== false &&
    evaluate(step.if, event) !== false
  );
}

export function lacksSeverity(input: CheckInput, step: Step): readonly string[] {
  const listed = new Set(
    String(step.with.severity ?? 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL')
      .split(',')
      .map((one) => one.trim()),
  );
  return input.system.security.failOn.filter((severity) => !listed.has(severity));
}

const AUDIT = /^(npm|pnpm|yarn|bun) (npm )?audit\b|^osv-scanner\b|^trivy (fs|repo|filesystem)\b/;

export function audits(step: Step): boolean {
  if (isScanner(step, 'fs'))
    return /vuln/.test(String(step.with.scanners ?? 'vuln')) && step.with['exit-code'] !== undefined;
  return shellCommands(step.run ?? '').some(({ words }) => AUDIT.test(words.join(' ')));
}

/** One scanner: where it is missing, where it runs on no pull request, where it stays green, and which severities it lets pass. */
export function scanned(
  input: CheckInput,
  what: string,
  workflows: readonly Workflow[],
  is: (step: Step) => boolean,
): readonly Defect[] {
  const found = workflows.flatMap((workflow) => workflow.steps.filter(is).map((step) => ({ workflow, step })));
  const [first] = workflows;
  if (found.length === 0 && first) {
    return [
      {
        file: first.path,
        line: first.yaml.line(['jobs']),
        message: `Nothing scans ${what}.`,
        hint: 'Restore the file: create-devops-setup restore <file>.',
      },
    ];
  }
  const strict = found.filter(({ workflow, step }) => failsOnFindings(workflow, step));
  const [any] = found;
  if (strict.length === 0 && any) {
    const { workflow, step } = any;
    return [
      {
        file: workflow.path,
        line: step.line,
        message: `Findings in ${what} do not fail the job ${step.job}.`,
        hint: 'Let the scan end with exit code 1, without continue-on-error or || true.',
      },
    ];
  }
  const onPull = strict.filter(({ workflow, step }) => runsOn(workflow, step, 'pull_request'));
  const [some] = strict;
  if (onPull.length === 0 && some) {
    const { workflow, step } = some;
    return [
      {
        file: workflow.path,
        line: step.line,
        message: `Pull requests are not scanned for findings in ${what}.`,
        hint: 'Let the scan run on pull_request.',
      },
    ];
  }
  return onPull.flatMap(({ workflow, step }) =>
    (step.uses === null ? [] : lacksSeverity(input, step)).map((severity) => ({
      file: workflow.path,
      line: step.lineOf('with/severity'),
      message: `${severity} findings in ${what} pass; they have to fail the scan.`,
      hint: `Set severity: ${input.system.security.failOn.join(',')}.`,
    })),
  );
}
