/** Who set a value, and who else would have: every candidate of one question, the strongest first. */
import { isDeepStrictEqual } from 'node:util';
import { InvalidAnswer } from '../../define.ts';
import { type Problem, SetupError } from '../../errors.ts';
import type { Answer, AnswerSource, Facts, Plain, Question } from '../../model.ts';
import { OWN_KEYS } from '../config/own-keys.ts';
import { personaPreset } from '../personas.ts';
import * as house from '../questions/index.ts';
import { fullId, wild } from './ids.ts';
import type { AskedQuestion, Resolution } from './index.ts';
import { noQuestion, noService } from './keys.ts';
import { type Given, givenTo, type RawInput } from './layers.ts';
import { lockOf } from './locked.ts';

/** `why` is the place: `.devops/config.yaml:12`, `--set …`, `src/server.ts:12`. `preset`: the word in `extends`, or the persona. */
export type Candidate = Readonly<{
  value: Plain;
  source: AnswerSource;
  why: string;
  preset: string | null;
  /** Who decided and why, where a project may not answer otherwise. */
  locked: string | null;
}>;

/** `winner` null: nobody has answered. `required`: somebody has to. `weaker`: what would hold without the winner, in order. */
export type Explanation = Readonly<{
  id: string;
  help: string;
  required: boolean;
  winner: Candidate | null;
  weaker: readonly Candidate[];
  /** What is wrong with the answers to this question. */
  problems: readonly Problem[];
}>;

type Known = Readonly<{ facts: Facts; questions: readonly Question[]; resolution: Resolution; input: RawInput }>;

/** @throws SetupError CONFIG_KEY for an id that is no question, with the nearest one. */
export function explainAnswer(id: string, known: Known): Explanation {
  const { resolution, input } = known;
  const asked = resolution.asked.find((one) => one.id === id);
  if (!asked) throw new SetupError(unknownId(id, known));
  const { question } = asked;
  const layer = question.id === house.persona.id ? null : personaPreset(resolution.persona, known.questions);
  const given = givenTo(id, input, layer);
  const lock = lockOf(given);
  const candidates = [...given.map((one) => candidateOf(one, question)), ...suggested(asked, known)];
  const answer = resolution.answers.get(id);
  const index = lock ? given.indexOf(lock) : 0;
  const first = candidates[index];
  // An answer of ours that gave way to another question's stands nowhere else.
  const isAsIs = first !== undefined && answer !== undefined && isDeepStrictEqual(first.value, answer.value);
  const winner = isAsIs ? first : answer === undefined ? null : fromAnswer(answer);
  return {
    id,
    help: question.help,
    required: question.required,
    winner: winner && lock && isAsIs ? { ...winner, source: 'locked' } : winner,
    weaker: isAsIs ? candidates.filter((_, at) => at !== index) : candidates,
    problems: resolution.problems.filter(({ place }) => place === `--set ${id}` || place.endsWith(`, ${id}`)),
  };
}

function candidateOf({ raw, source, place, preset, locked }: Given, question: Question): Candidate {
  return { value: parsed(raw, question), source, why: place, preset: preset?.name ?? null, locked };
}

/** The value, or what was written where it is none. */
function parsed(raw: unknown, question: Question): Plain {
  try {
    return question.parse(raw);
  } catch (error) {
    if (error instanceof InvalidAnswer) return raw as Plain;
    throw error;
  }
}

/** Detection, then our default; one of them, or both. */
function suggested({ question, service }: AskedQuestion, { facts, resolution }: Known): readonly Candidate[] {
  const { persona, answers } = resolution;
  const project = (answers.get(house.projectName.id)?.value as string | undefined) ?? null;
  const found = question.suggest({ facts, persona, project, service: service?.facts.path ?? null });
  const all = [found, question.fallback].filter((one) => one !== undefined);
  const own = all.filter((one, index) => index === 0 || one.source !== all[0]?.source);
  return own.map((one) => fromAnswer(one as Answer<Plain>));
}

function fromAnswer({ value, source, why }: Answer<Plain>): Candidate {
  return { value, source, why, preset: null, locked: null };
}

const OWN: Readonly<Record<(typeof OWN_KEYS)[number], string>> = {
  version: 'the version of the file',
  toConfirm: 'the list of our defaults that nobody has confirmed',
  extends: 'the list of presets',
  unmanaged: 'the list of files that are left to you',
};

function unknownId(id: string, { questions, resolution }: Known): Problem {
  const place = `config explain ${id}`;
  const own = OWN_KEYS.find((key) => key === id);
  if (own) {
    const hint = 'It stands in .devops/config.yaml, or is not said.';
    return { code: 'CONFIG_KEY', place, message: `"${id}" is no question: it is ${OWN[own]}.`, hint };
  }
  const ids = new Set(questions.map((question) => question.id));
  const { services } = resolution;
  const name = /^services\.([^.]+)/.exec(id)?.[1];
  if (name === '*' && ids.has(id)) {
    const each = services.map((service) => fullId(id, service.name)).join(', ');
    const message = 'it is asked once for each service.';
    return { code: 'CONFIG_KEY', place, message, hint: `Name one: ${each || 'there is none here'}.` };
  }
  const isThere = name === undefined || services.some((service) => service.name === name);
  if (!isThere && ids.has(wild(id))) return noService(place, name, null, services);
  return noQuestion(place, id, ids, services);
}
