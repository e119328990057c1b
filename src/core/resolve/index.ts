/**
 * Answers every question once: flags and prompt > answers file > configuration > persona > detection > default. Raw input is parsed here
 * and nowhere else, and everything that is wrong is reported together.
 */
import { InvalidAnswer } from '../../define.ts';
import type { Problem } from '../../errors.ts';
import type { Answer, Facts, PersonaId, Plain, Question } from '../../model.ts';
import { personaOf } from '../personas.ts';
import * as house from '../questions/index.ts';
import { contradictions, whereIs } from './contradictions.ts';
import { firstGiven, mergedServices, type RawInput, unknownKeys } from './keys.ts';
import { type NamedService, nameServices } from './services.ts';

export type { RawInput } from './keys.ts';

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

/** The value of a question; throws where nothing answered it, which `open` would have said. */
export function answerOf<V>(resolution: Resolution, question: Question<V>, service?: string): V {
  const found = resolution.answers.get(fullId(question.id, service ?? null));
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
  const answer = (question: Question, persona: PersonaId, service: NamedService | null): void => {
    const id = fullId(question.id, service?.name ?? null);
    const given = firstGiven(id, input);
    if (given) {
      try {
        answers.set(id, { value: question.parse(given.raw), source: given.source, why: given.place });
        return;
      } catch (error) {
        if (!(error instanceof InvalidAnswer)) throw error;
        problems.push(invalid(given.place, id, given.raw, error));
        refused.add(id);
        return;
      }
    }
    const project = (answers.get(house.projectName.id)?.value as string | undefined) ?? null;
    const suggested =
      personaDefault(question, persona) ??
      question.suggest({ facts, persona, project, service: service?.facts.path ?? null });
    if (suggested !== undefined) answers.set(id, suggested as Answer<Plain>);
  };

  const [personaQuestion, ...rest] = questions;
  if (personaQuestion) answer(personaQuestion, house.persona.parse('devops-engineer'), null);
  const persona = (answers.get('persona')?.value ?? 'devops-engineer') as PersonaId;
  const general = rest.filter((question) => !question.id.startsWith('services.*.'));
  for (const question of general) answer(question, persona, null);

  problems.push(...contradictions(answers));

  const projectName = (answers.get(house.projectName.id)?.value as string | undefined) ?? null;
  const services = nameServices(facts, mergedServices(input), projectName);
  const perService = rest.filter((question) => question.id.startsWith('services.*.'));
  for (const service of services) for (const question of perService) answer(question, persona, service);

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

/** `services.*.port` + `orders` → `services.orders.port`. */
export function fullId(id: string, service: string | null): string {
  return service === null ? id : id.replace('*', service);
}

function personaDefault(question: Question, persona: PersonaId): Answer<Plain> | undefined {
  const value = personaOf(persona).defaults[question.id];
  return value === undefined ? undefined : { value, source: 'persona', why: `persona ${persona}` };
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

function invalid(place: string, id: string, raw: unknown, error: InvalidAnswer): Problem {
  const shown = typeof raw === 'string' ? `"${raw}"` : JSON.stringify(raw);
  return {
    code: 'CONFIG_VALUE',
    place: whereIs(place, id),
    message: `${shown} is not ${error.expected}.`,
    hint: error.suggestion ? `Did you mean ${error.suggestion}?` : '',
  };
}
