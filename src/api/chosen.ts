/** Which generators of the project are chosen, before any of them is loaded and without a look at the code. */
import { CONFIG_PATH } from '../core/config-file.ts';
import type { LocalName } from '../core/local/names.ts';
import { LOCK_PATH } from '../core/lock.ts';
import { parseLock } from '../core/lock-reader.ts';
import { readChoices } from '../core/presets/project.ts';
import { generatorsQuestion } from '../core/questions/index.ts';
import { givenTo } from '../core/resolve/layers.ts';
import { lockOf } from '../core/resolve/locked.ts';
import { InvalidAnswer } from '../define.ts';
import { SetupError } from '../errors.ts';
import { allQuestions, type Ports, type Request } from '../pipeline.ts';

/**
 * Those of `names` that flags, answers, the configuration or a preset choose; a persona never chooses one. What is wrong in those files is told
 * by the step that reads them for everything, so it is passed over here.
 */
export function chosenNames(ports: Ports, request: Request, names: readonly LocalName[]): readonly LocalName[] {
  if (names.length === 0) return [];
  try {
    const chosen = chosenIds(ports, request);
    return names.filter(({ id }) => chosen.includes(id));
  } catch (error) {
    if (error instanceof SetupError || error instanceof InvalidAnswer) return [];
    throw error;
  }
}

function chosenIds({ files, generators }: Ports, request: Request): readonly string[] {
  const lockText = files.read(LOCK_PATH);
  const lock = lockText === null ? null : parseLock(lockText);
  const { config, presets } = readChoices(files.read(CONFIG_PATH), {
    files,
    lock,
    questions: allQuestions(generators),
  });
  const question = generatorsQuestion(generators);
  const given = givenTo(question.id, { ...request, config, presets: presets.chain }, null);
  const strongest = lockOf(given) ?? given[0];
  return strongest === undefined ? [] : question.parse(strongest.raw);
}
