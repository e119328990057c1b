/** What the person does next, in this project's real names. */
import type { Resolution } from '../../core/resolve/index.ts';
import type { NextStep } from '../../define.ts';
import { printable, type Style } from '../../io/terminal.ts';
import type { Inspection, Setup } from '../../pipeline.ts';
import { wrap } from './plan.ts';

export type NextStepsInput = Readonly<{
  setup: Setup;
  resolution: Resolution;
  inspection: Inspection;
  /** Paths of ours that .gitignore keeps out of commits. */
  ignored: readonly string[];
  style: Style;
  columns: number;
}>;

/** A numbered list; the commit first, then what the generators ask for, then what only a person can confirm. */
export function nextStepsText({ setup, inspection, ignored, style, columns }: NextStepsInput): string {
  const steps: { text: string; command: string | null }[] = [];
  if (inspection.facts.git) {
    steps.push({
      text: 'Look at it and commit it:',
      command: 'git add -A && git commit -m "Add delivery and operations setup"',
    });
  } else steps.push({ text: 'This folder is not a git repository; CI starts once it is one:', command: 'git init' });
  if (ignored.length > 0) {
    steps.push({
      text: 'Your .gitignore leaves out files that belong in the repository:',
      command: `git add --force ${ignored.join(' ')}`,
    });
  }
  const names = setup.system.services.map(({ name }) => name);
  for (const { text, command, standard } of groupSteps(setup.generated.nextSteps, names)) {
    steps.push({ text: standard ? `${text} (${standard})` : text, command: command ?? null });
  }
  const toConfirm = setup.config.toConfirm;
  if (Array.isArray(toConfirm) && toConfirm.length > 0) {
    steps.push({ text: `Confirm our defaults in .devops/config.yaml: ${toConfirm.join(', ')}`, command: null });
  }
  const lines = steps.map(({ text, command }, index) => {
    const head = `    ${`${index + 1}.`.padEnd(4)}${wrap(printable(text), columns - 8, 8)}`;
    if (command === null) return head;
    const folded = foldCommand(printable(command), columns - 8).map((line) => `        ${style.cyan(line)}`);
    return [head, ...folded].join('\n');
  });
  return `\n  ${style.bold('Next')}\n${lines.join('\n')}\n`;
}

/** Steps that say the same of several services become one, with the names of the others. */
export function groupSteps(steps: readonly NextStep[], services: readonly string[]): readonly NextStep[] {
  const known = new Set(services);
  const groups = new Map<string, { step: NextStep; others: string[] }>();
  for (const step of steps) {
    let service = '';
    const whole = [step.text, step.command ?? '', step.standard ?? ''].join('\n');
    const key = whole.replace(/[a-z][a-z0-9-]*/g, (word) => {
      if (!known.has(word)) return word;
      service = word;
      return '*';
    });
    const group = groups.get(key);
    if (group) group.others.push(service);
    else groups.set(key, { step, others: [] });
  }
  return [...groups.values()].map(({ step, others }) => {
    const named = others.length > 4 ? [...others.slice(0, 3), `${others.length - 3} more`] : others;
    const all = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named[0];
    return all === undefined ? step : { ...step, text: `${step.text} The same for ${all}.` };
  });
}

/** A long command on several lines that a shell still reads as one: it breaks after `&&`. */
export function foldCommand(command: string, width: number): readonly string[] {
  if (command.length <= width) return [command];
  const [first = '', ...rest] = command.split(' && ');
  return [first, ...rest.map((part) => `  ${part}`)].map((line, index) => (index < rest.length ? `${line} &&` : line));
}
