/** What `explain` says, for people. */
import { printable, type Style } from '../../io/terminal.ts';
import type { Finding } from '../../model.ts';
import type { LineExplained, StandardExplained } from '../../standards/explain.ts';
import type { Standard } from '../../standards/standard.ts';
import { wrap } from './plan.ts';

const HELD: Readonly<Record<Standard['held'], string>> = {
  output: 'decided from the files',
  synth: 'held by the tests that ship with the stacks',
  people: 'decided by people',
  runtime: 'decided by a running system',
};

/** A standard, who asks for it, what became of it here, and every line that serves it. */
export function standardText(explained: StandardExplained, style: Style, columns: number): string {
  const { standard, verdict, served } = explained;
  const state =
    verdict === null ? 'not looked at' : verdict.reason ? `${verdict.state}: ${verdict.reason}` : verdict.state;
  const places = served.map(({ path, line, generator }) => `      ${printable(path)}:${line}  ${style.dim(generator)}`);
  return [
    ...standardLines(standard, style, columns),
    `    here      ${wrap(state, columns - 14, 14)}`,
    ...(places.length > 0 ? ['    served by', ...places] : ['    served by no line of this setup']),
    '',
  ].join('\n');
}

/** A line (or a whole file): the standards that it serves, and what is wrong with it. */
export function lineText(
  explained: LineExplained,
  findings: readonly Finding[],
  style: Style,
  columns: number,
): string {
  const { path, line, generator, serves, exact } = explained;
  const place = line === null ? path : `${path}:${line}`;
  const head = `  ${style.bold(printable(place))}  ${style.dim(`written by ${generator}`)}`;
  const here = findings.filter((finding) => finding.file === path && (line === null || finding.line === line));
  const wrong = here.map((finding) => `    ${style.red(finding.standard)} ${printable(finding.message)}`);
  if (serves.length === 0) return `${[head, '    serves no standard by itself', ...wrong].join('\n')}\n`;
  const body =
    line === null
      ? serves.flatMap((mark) =>
          mark.standards.map(({ id, title }) => `    ${String(mark.line).padStart(4)}  ${id.padEnd(12)} ${title}`),
        )
      : [
          ...(exact ? [] : [`    ${style.dim(`part of what line ${serves[0]?.line} of the generated file serves:`)}`]),
          ...serves.flatMap((mark) => mark.standards.flatMap((standard) => standardLines(standard, style, columns))),
        ];
  return `${[head, ...body, ...wrong].join('\n')}\n`;
}

function standardLines(standard: Standard, style: Style, columns: number): readonly string[] {
  const text = (label: string, value: string) => `    ${label.padEnd(10)}${wrap(value, columns - 14, 14)}`;
  return [
    `  ${style.bold(standard.id)}  ${standard.title}  ${style.dim(standard.level)}`,
    text('asks', standard.requirement),
    text('asked by', standard.personas.join(', ')),
    text('checked', `${standard.check} (${HELD[standard.held]})`),
  ];
}
