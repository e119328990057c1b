/** What `config explain` says, for people. */
import type { Candidate, Explanation } from '../../core/resolve/explain.ts';
import { printable, type Style } from '../../io/terminal.ts';
import type { AnswerSource } from '../../model.ts';
import { wrap } from './plan.ts';

const WHO: Readonly<Record<AnswerSource, string>> = {
  locked: 'preset',
  flag: 'flag',
  prompt: 'you',
  'answers-file': 'answers file',
  config: 'configuration',
  preset: 'preset',
  persona: 'persona',
  detected: 'detected',
  default: 'default',
};

export function explanationText(explanation: Explanation, style: Style, columns: number): string {
  const { id, help, winner, weaker, required } = explanation;
  const shown = winner === null ? style.yellow('not answered') : style.bold(valueText(winner));
  const nobody = required ? 'nobody yet; it is asked where it is needed' : 'nobody, and nobody has to';
  return [
    `  ${style.bold(id)}: ${shown}`,
    `    what     ${wrap(help, columns - 13, 13)}`,
    `    set by   ${winner === null ? nobody : wrap(whoText(winner), columns - 13, 13)}`,
    ...(winner?.locked ? [`    locked   ${wrap(printable(winner.locked), columns - 13, 13)}`] : []),
    ...(weaker.length > 0 ? ['    without it, in this order'] : []),
    ...weaker.map((one) => `      ${valueText(one)}  ${style.dim(whoText(one))}`),
    '',
  ].join('\n');
}

function whoText({ source, why, preset }: Candidate): string {
  if (source === 'persona') return printable(why);
  const who = preset === null ? WHO[source] : `${WHO[source]} ${preset}`;
  return printable(why === 'our default' ? 'our default' : `${who}, ${why}`);
}

function valueText({ value }: Candidate): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : printable(value.join(', '));
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
