/** `list`: generators and personas; with `--questions`, every answer that can be set. */
import { PERSONAS } from '../../core/personas.ts';
import { allQuestions } from '../../pipeline.ts';
import type { Context } from '../context.ts';

export function list({ ports, terminal, args }: Context): number {
  const questions = allQuestions(ports.generators);
  if (args.json) {
    const data = {
      schema: 1,
      generators: ports.generators.map(({ id, title, summary }) => ({ id, title, summary })),
      personas: PERSONAS.map(({ id, title, summary, generators, features }) => ({
        id,
        title,
        summary,
        generators,
        features,
      })),
      questions: questions.map(({ id, kind, message, help, schema }) => ({ id, kind, message, help, schema })),
    };
    terminal.out(`${JSON.stringify(data, null, 2)}\n`);
    return 0;
  }
  const { bold, dim } = terminal.outStyle;
  const rows = (items: readonly (readonly [string, string])[]) => {
    const width = Math.max(...items.map(([name]) => name.length)) + 2;
    return items.map(([name, text]) => `  ${name.padEnd(width)}${dim(text)}`);
  };
  const lines = args.questions
    ? rows(
        questions.map(({ id, help, choices }) => [
          id,
          choices ? `${help} ${choices.map(({ value }) => value).join(' | ')}` : help,
        ]),
      )
    : [
        bold('Generators'),
        ...rows(ports.generators.map(({ id, summary }) => [id, summary])),
        '',
        bold('Personas'),
        ...rows(PERSONAS.map(({ id, summary }) => [id, summary])),
      ];
  terminal.out(`${lines.join('\n')}\n`);
  return 0;
}
