/** `config explain <key>`: who set a value, and what would hold without it. Writes nothing. */
import { type Explanation, explainAnswer } from '../../core/resolve/explain.ts';
import { SetupError } from '../../errors.ts';
import { answer, inspect, rawInput } from '../../pipeline.ts';
import type { Context } from '../context.ts';
import { jsonText } from '../json.ts';
import { explanationText } from '../text/config.ts';
import { problemsText } from '../text/errors.ts';

/** Exit 0 explained; 2 no such key, or what is said about it is wrong (it is explained all the same). */
export function config({ args, ports, request, terminal }: Context): number {
  const [verb = '', id = ''] = args.words;
  if (verb !== 'explain') {
    throw new SetupError({
      code: 'USAGE',
      place: `config ${verb}`,
      message: 'there is only `config explain <key>`.',
      hint: 'Choices are changed in .devops/config.yaml, or by --set key=value.',
    });
  }
  const inspection = inspect(ports);
  const { facts, questions } = inspection;
  const resolution = answer(inspection, request);
  const explained = explainAnswer(id, { facts, questions, resolution, input: rawInput(inspection, request) });
  terminal.out(
    args.json
      ? jsonText('config', { ...explained, key: explained.id, id: undefined })
      : explanationText(explained, terminal.outStyle, terminal.columns),
  );
  return toldWrong(explained, terminal);
}

function toldWrong({ problems }: Explanation, terminal: Context['terminal']): number {
  if (problems.length === 0) return 0;
  terminal.say(problemsText(problems, terminal.style));
  return 2;
}
