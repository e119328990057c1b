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
    if (command === null) return head;
    const folded = foldCommand(printable(command), columns - 8).map((line) => `        ${style.cyan(line)}`);
    return [head, ...folded].join('\n');
  });
  return `\n  ${style.bold('Next')}\n${lines.join('\n')}\n`;
}

/**
 * A long command on several lines that a shell still reads as the same command: it breaks after `&&`, at spaces outside quotes, and in quoted
 * JSON after commas, where JSON takes a line end for nothing.
 */
export function foldCommand(command: string, width: number): readonly string[] {
  if (command.length <= width) return [command];
  const lines: string[] = [];
  for (const { text, joint } of pieces(command)) {
    const last = lines.at(-1);
    if (last !== undefined && joint !== '&&' && last.length + text.length + 2 <= width)
      lines[lines.length - 1] = last + text;
    else {
      if (last !== undefined) lines[lines.length - 1] = last.replace(/ $/, '') + (joint === ' ' ? ' \\' : '');
      lines.push(last === undefined ? text : `  ${text.trimStart()}`);
    }
  }
  return lines;
}

type Piece = Readonly<{ text: string; joint: ' ' | '&&' | ',' }>;

/** Where the command may break; `joint` is what stands before the piece. */
function pieces(command: string): readonly Piece[] {
  const found: Piece[] = [];
  let quote = '';
  let text = '';
  let joint: Piece['joint'] = ' ';
  const cut = (next: Piece['joint']): void => {
    found.push({ text, joint });
    text = '';
    joint = next;
  };
  for (const character of command) {
    text += character;
    if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = '';
    else if (quote === '' && character === ' ') cut(text === '&& ' ? '&&' : ' ');
    else if (quote === "'" && character === ',' && /'[{[]/.test(command)) cut(',');
  }
  if (text !== '') cut(' ');
  return found;
}
