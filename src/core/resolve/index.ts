/**
 * Answers every question once: locked > flags and prompt > answers file > configuration > presets > persona > detection > default. Raw
 * input is parsed here and nowhere else, and everything that is wrong is reported together.
 */
import { InvalidAnswer } from '../../define.ts';
import { type Problem, SetupError } from '../../errors.ts';
import type { Answer, Facts, PersonaId, Plain, Preset, Question } from '../../model.ts';
import { personaPreset } from '../personas.ts';
import * as house from '../questions/index.ts';
import { contradictions, whereIs } from './contradictions.ts';
import { fullId, shown } from './ids.ts';
import { mergedServices, unknownKeys } from './keys.ts';
import { type Given, givenTo, type RawInput } from './layers.ts';
import { lockOf, lockProblems } from './locked.ts';
import { type NamedService, nameServices } from './services.ts';

export { fullId } from './ids.ts';
export type { RawInput } from './layers.ts';

/** A question with the service that it is about, and the full id that flags and files use. */
export type AskedQuestion = Readonly<{ id: string; question: Question; service: NamedService | null; message: string }>;

export type Resolution = Readonly<{
  persona: PersonaId;
  services: readonly NamedService[];
  /** Full id → answer. */
  answers: ReadonlyMap<string, Answer<Plain>>;
  /** Everything that can be asked, in order; with the present answer where there is one. */
  asked: readonly AskedQuestion[];
  /** Required questions that nothing answers; one that was answered wrongly is a problem instead. */
  open: readonly AskedQuestion[];
  problems: readonly Problem[];
}>;

/**
 * The value of a question; throws where nothing answered it, which `open` would have said.
 * @throws SetupError with the problems, where one of them is why
 */
export function answerOf<V>(resolution: Resolution, question: Question<V>, service?: string): V {
  const found = resolution.answers.get(fullId(question.id, service ?? null));
  if (!found && resolution.problems.length > 0) throw new SetupError(resolution.problems);
  if (!found) throw new Error(`${question.id} is not answered`);
  return found.value as V;
}

/** The value of an optional question, or null. */
export function answerOrNull<V>(resolution: Resolution, question: Question<V>, service?: string): V | null {
  return (resolution.answers.get(fullId(question.id, service ?? null))?.value as V | undefined) ?? null;
}

/** Resolves every question against what is known. Never throws for bad input: problems are data. */
export function resolve(facts: Facts, questions: readonly Question[], input: RawInput): Resolution {
  const problems: Problem[] = [];
  const refused = new Set<string>();
  const answers = new Map<string, Answer<Plain>>();
  const answer = (question: Question, persona: PersonaId, layer: Preset | null, service: NamedService | null): void => {
    const id = fullId(question.id, service?.name ?? null);
    const all = givenTo(id, input, layer);
    const lock = lockOf(all);
    const given = lock ?? all[0];
    if (given) {
      try {
        const value = question.parse(given.raw);
        answers.set(id, { value, source: lock ? 'locked' : given.source, why: whyOf(given) });
        if (lock) problems.push(...lockProblems(id, question, value, lock, all));
        return;
      } catch (error) {
        if (!(error instanceof InvalidAnswer)) throw error;
        problems.push(invalid(given, id, error));
        refused.add(id);
        return;
      }
    }
    const project = (answers.get(house.projectName.id)?.value as string | undefined) ?? null;
    const suggested = question.suggest({ facts, persona, project, service: service?.facts.path ?? null });
    if (suggested !== undefined) answers.set(id, suggested as Answer<Plain>);
  };

  const [personaQuestion, ...rest] = questions;
  if (personaQuestion) answer(personaQuestion, house.persona.parse('devops-engineer'), null, null);
  const persona = (answers.get('persona')?.value ?? 'devops-engineer') as PersonaId;
  const layer = personaPreset(persona, questions);
  const general = rest.filter((question) => !question.id.startsWith('services.*.'));
  for (const question of general) answer(question, persona, layer, null);

  problems.push(...contradictions(answers));

  const projectName = (answers.get(house.projectName.id)?.value as string | undefined) ?? null;
  const services = nameServices(facts, mergedServices(input), projectName);
  const perService = rest.filter((question) => question.id.startsWith('services.*.'));
  for (const service of services) for (const question of perService) answer(question, persona, layer, service);

  problems.push(...unknownKeys(questions, services, input));
  const asked = listAsked(questions, services);
  return {
    persona,
    services,
    answers,
    asked,
    open: asked.filter((one) => !refused.has(one.id) && isOpen(one, answers)),
    problems,
  };
}

/** The place, and for a lock the words of who made it. */
function whyOf({ place, locked }: Given): string {
  return locked === null ? place : `${place}, locked: ${locked}`;
}

/**
 * A worker has no port, a library no start command, a service that is left alone nothing at all, and what no chosen generator reads concerns
 * nobody: what needs no answer is not asked.
 */
function isOpen({ id, question, service }: AskedQuestion, answers: ReadonlyMap<string, Answer<Plain>>): boolean {
  if (!question.required || answers.has(id)) return false;
  const chosen = answers.get('generators')?.value;
  const isRead = (generator: string) => Array.isArray(chosen) && chosen.includes(generator);
  if (question.readBy.length > 0 && chosen !== undefined && !question.readBy.some(isRead)) return false;
  if (question.id === house.chatChannel.id) return answers.get(house.chatKind.id)?.value !== 'none';
  if (!service) return true;
  if (answers.get(fullId(house.serviceSetUp.id, service.name))?.value === false) return false;
  const kind = answers.get(fullId(house.serviceKind.id, service.name))?.value ?? service.facts.kind.value;
  if (question.id === house.servicePort.id) return kind === 'web';
  if (question.id === house.serviceStart.id) return kind === 'web' || kind === 'worker' || kind === 'cron';
  return true;
}

function listAsked(questions: readonly Question[], services: readonly NamedService[]): readonly AskedQuestion[] {
  return questions.flatMap((question): AskedQuestion[] =>
    question.id.startsWith('services.*.')
      ? services.map((service) => ({
          id: fullId(question.id, service.name),
          question,
          service,
          message: question.message.replace('{service}', service.name),
        }))
      : [{ id: question.id, question, service: null, message: question.message }],
  );
}

function invalid({ place, raw, source }: Given, id: string, error: InvalidAnswer): Problem {
  const close = error.suggestion ? `Did you mean ${error.suggestion}?` : '';
  return {
    code: 'CONFIG_VALUE',
    place: whereIs(place, id),
    message: `${shown(raw)} is not ${error.expected}.`,
    hint: id === 'generators' && source === 'config' ? `${close} ${GONE}`.trim() : close,
  };
}

/** What was chosen once was there once. */
const GONE =
  'Is the file of a generator of this project gone from devops/generators? Take it back from git, or what it wrote away: create-devops-setup remove <id>.';
