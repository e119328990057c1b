/** SetupError → text: every problem with its code, place and remedy. */
import type { Problem } from '../../errors.ts';
import { printable, type Style } from '../../io/terminal.ts';

export function problemsText(problems: readonly Problem[], style: Style): string {
  return problems.map((problem) => `${problemText(problem, style)}\n`).join('');
}

function problemText({ code, place, message, hint }: Problem, style: Style): string {
  if (code === 'CANCELLED') return message;
  const head = `${style.red('error')} ${code}  ${style.bold(printable(place))}: ${printable(message)}`;
  // Messages that also stand among the findings of detection have no full stop of their own.
  return hint ? `${head}${/[.:?!…]$/.test(message) ? '' : '.'} ${printable(hint)}` : head;
}
