/** `list`: generators and personas; with `--questions`, every answer that can be set. Nothing of the project is run to list it. */
import { generatorsOf, PERSONAS } from '../../core/personas.ts';
import { allQuestions } from '../../pipeline.ts';
import type { Context } from '../context.ts';
import { jsonText } from '../json.ts';

export function list({ ports, terminal, args, local }: Context): number {
  const questions = allQuestions(ports.generators);
  if (args.json) {
    const data = {
      generators: ports.generators.map(({ id, title, summary, source }) => ({
        id,
        title,
        summary,
        ...(source === undefined ? {} : { file: source, loaded: false }),
      })),
      refused: [...local.clashes, ...local.others],
      personas: PERSONAS.map((persona) => ({
        id: persona.id,
        title: persona.title,
        summary: persona.summary,
        generators: generatorsOf(persona),
        features: persona.features,
      })),
      questions: questions.map(({ id, kind, message, help, schema }) => ({ id, kind, message, help, schema })),
    };
    terminal.out(jsonText('list', data));
    return 0;
  }
  const { bold, dim } = terminal.outStyle;
  const rows = (items: readonly (readonly [string, string])[]) => {
    const width = Math.max(...items.map(([name]) => name.length)) + 2;
    return items.map(([name, text]) => `  ${name.padEnd(width)}${dim(text)}`);
  };
  const ofProject = () => {
    const theirs = local.found.map(({ id, file }) => [id, `${file}, not run yet: add ${id}`] as const);
    const refused = [...local.clashes, ...local.others].map(({ place, message }) => [place, message] as const);
    return theirs.length + refused.length === 0
      ? []
      : [bold('Generators of this project'), ...rows([...theirs, ...refused]), ''];
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
        ...rows(ports.generators.filter(({ source }) => source === undefined).map(({ id, summary }) => [id, summary])),
        '',
        ...ofProject(),
        bold('Personas'),
        ...rows(PERSONAS.map(({ id, summary }) => [id, summary])),
      ];
  terminal.out(`${lines.join('\n')}\n`);
  return 0;
}
