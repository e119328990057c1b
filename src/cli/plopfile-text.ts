/** What is told about a generator of a plopfile. */
import type { Outcome, Row } from '../core/plop/actions.ts';
import type { PlopGenerator } from '../core/plop/types.ts';
import type { Problem } from '../errors.ts';
import { printable, type Terminal } from '../io/terminal.ts';
import type { Plan } from '../model.ts';
import type { Finish } from './plopfile-own.ts';
import { planSummary, planText, rowsText, wrap } from './text/plan.ts';

/** Templates that lose something, before anything is written. */
export function warningsBlock(warnings: readonly Problem[], { style, columns }: Terminal): string {
  return warnings
    .map(({ place, message, hint }) => {
      const text = `${style.yellow('warning')} ${style.bold(printable(place))}: ${printable(`${message} ${hint}`)}`;
      return `  ${wrap(text, columns - 4, 4)}\n`;
    })
    .join('');
}

/** The plan, and what is no file of it. */
export function planBlock(
  plan: Plan,
  { rows, own }: Outcome,
  generator: PlopGenerator,
  { style, columns }: Terminal,
): string {
  const { name, description } = generator;
  const told = rows.filter(({ type }) => type === 'skip' || type === 'comment' || type === 'failed');
  const later: Row[] = own.map(({ name: what, index }) => ({
    type: 'own',
    text: `action ${index}, ${what}: code of the plopfile`,
  }));
  const about = description === '' ? '' : ` ${style.dim(printable(description))}`;
  return `  ${style.bold(printable(name))}${about}\n  Plan: ${planSummary(plan)}\n${planText(plan, style, columns)}${rowsBlock([...told, ...later], { style, columns })}`;
}

const SIGNS: Readonly<Record<string, string>> = { skip: '=', comment: '·', failed: '!', own: '»' };

export function rowsBlock(rows: readonly Row[], { style, columns }: Pick<Terminal, 'style' | 'columns'>): string {
  return rowsText(
    rows.map(({ type, text }) => [SIGNS[type] ?? '✓', SIGNS[type] === undefined ? type : '', text] as const).map(flat),
    style,
    columns,
  );
}

/** A row without a name has its text in the first column. */
function flat([sign, left, right]: readonly [string, string, string]): readonly [string, string, string] {
  return left === '' ? [sign, right, ''] : [sign, left, right];
}

/** An action of its own failed: what became of the files. */
export function failedText({ takenBack, kept }: Finish, wrote: boolean): string {
  if (takenBack) return 'What had been written was taken back; what the code of the plopfile did by itself was not.\n';
  if (kept !== null) return `What had been written stays, because it could not be taken back: ${kept}\n`;
  return wrote ? '' : 'No file was written by us; what the code of the plopfile did by itself is not known.\n';
}
