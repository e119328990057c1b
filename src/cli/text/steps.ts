/** What the person does next, in this project's real names. */
import type { Resolution } from '../../core/resolve/index.ts';
import { printable, type Style } from '../../io/terminal.ts';
import type { Inspection, Setup } from '../../pipeline.ts';
import { wrap } from './plan.ts';

export type NextStepsInput = Readonly<{
  setup: Setup;
  resolution: Resolution;
  inspection: Inspection;
  style: Style;
  columns: number;
}>;

/** A numbered list; the commit first, then what the generators ask for, then what only a person can confirm. */
export function nextStepsText({ setup, inspection, style, columns }: NextStepsInput): string {
  const steps: { text: string; command: string | null }[] = [];
  if (inspection.facts.git) {
    steps.push({
      text: 'Look at it and commit it:',
      command: 'git add -A && git commit -m "Add delivery and operations setup"',
    });
  } else steps.push({ text: 'This folder is not a git repository; CI starts once it is one:', command: 'git init' });
  for (const { text, command, standard } of setup.generated.nextSteps) {
    steps.push({ text: standard ? `${text} (${standard})` : text, command: command ?? null });
  }
  const toConfirm = setup.config.toConfirm;
  if (Array.isArray(toConfirm) && toConfirm.length > 0) {
    steps.push({ text: `Confirm our defaults in .devops/config.yaml: ${toConfirm.join(', ')}`, command: null });
  }
  const lines = steps.map(({ text, command }, index) => {
    const head = `    ${`${index + 1}.`.padEnd(4)}${wrap(printable(text), columns - 8, 8)}`;
    return command === null ? head : `${head}\n        ${style.cyan(command)}`;
  });
  return `\n  ${style.bold('Next')}\n${lines.join('\n')}\n`;
}
