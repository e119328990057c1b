/**
 * Answers every question once: flags and prompt > answers file > configuration > persona and detection > default. Raw input is parsed here
 * and nowhere else, and everything that is wrong is reported together.
 */
import { InvalidAnswer, nearest } from '../../define.ts';
import type { Problem } from '../../errors.ts';
import type { Answer, AnswerSource, Facts, PersonaId, Plain, PlainRecord, Question } from '../../model.ts';
import { personaOf } from '../personas.ts';
import * as house from '../questions/index.ts';
import { isRecord, type NamedService, nameServices } from './services.ts';

/** Raw input by source. Keys of `flags` and `prompted` are full ids (`services.orders.port`); the files are nested records. */
export type RawInput = Readonly<{
  flags: ReadonlyMap<string, unknown>;
  prompted: ReadonlyMap<string, unknown>;
  answersFile: PlainRecord | null;
  config: PlainRecord | null;
}>;

/** A question with the service that it is about, and the full id that flags and files use. */
export type AskedQuestion = Readonly<{ id: string; question: Question; service: NamedService | null; message: string }>;

export type Resolution = Readonly<{
  persona: PersonaId;
  services: readonly NamedService[];
  /** Full id → answer. */
  answers: ReadonlyMap<string, Answer<Plain>>;
  /** Everything that can be asked, in order; with the present answer where there is one. */
  asked: readonly AskedQuestion[];
  /** Required questions that nothing answers. */
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
        return;
      }
    }
    const suggested =
      personaDefault(question, persona) ?? question.suggest({ facts, persona, service: service?.facts.path ?? null });
    if (suggested !== undefined) answers.set(id, suggested as Answer<Plain>);
  };

  const [personaQuestion, ...rest] = questions;
  if (personaQuestion) answer(personaQuestion, house.persona.parse('devops-engineer'), null);
  const persona = (answers.get('persona')?.value ?? 'devops-engineer') as PersonaId;
  const general = rest.filter((question) => !question.id.startsWith('services.*.'));
  for (const question of general) answer(question, persona, null);

  const configured = mergedServices(input);
  const named = nameServices(facts, configured, (answers.get('project.name')?.value as string | undefined) ?? null);
  problems.push(...named.problems);
  const perService = rest.filter((question) => question.id.startsWith('services.*.'));
  for (const service of named.services) for (const question of perService) answer(question, persona, service);

  problems.push(...unknownKeys(questions, named.services, input));
  const asked = listAsked(questions, named.services);
  return {
    persona,
    services: named.services,
    answers,
    asked,
    open: asked.filter(({ id, question, service }) => isOpen(id, question, service, answers)),
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

/** A worker has no port, a library no start command: what cannot be answered is not asked. */
function isOpen(
  id: string,
  question: Question,
  service: NamedService | null,
  answers: ReadonlyMap<string, Answer<Plain>>,
): boolean {
  if (!question.required || answers.has(id)) return false;
  if (!service) return true;
  const kind = answers.get(`services.${service.name}.kind`)?.value ?? service.facts.kind.value;
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

type Given = Readonly<{ raw: unknown; source: AnswerSource; place: string }>;

function firstGiven(id: string, { flags, prompted, answersFile, config }: RawInput): Given | null {
  if (flags.has(id)) return { raw: flags.get(id), source: 'flag', place: `--set ${id}` };
  if (prompted.has(id)) return { raw: prompted.get(id), source: 'prompt', place: 'your answer' };
  const fromAnswers = at(answersFile, id);
  if (fromAnswers !== undefined) return { raw: fromAnswers, source: 'answers-file', place: 'the answers file' };
  const fromConfig = at(config, id);
  if (fromConfig !== undefined) return { raw: fromConfig, source: 'config', place: '.devops/config.yaml' };
  return null;
}

function at(record: PlainRecord | null, id: string): Plain | undefined {
  let value: Plain | undefined = record ?? undefined;
  for (const key of id.split('.')) value = isRecord(value) ? value[key] : undefined;
  return value;
}

function mergedServices({ flags, answersFile, config }: RawInput): PlainRecord {
  const merged: Record<string, Plain> = {};
  for (const record of [config?.services, answersFile?.services]) {
    if (!isRecord(record)) continue;
    for (const [name, value] of Object.entries(record)) {
      const before = merged[name];
      merged[name] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
    }
  }
  for (const [id, value] of flags) {
    const [, name, key] = /^services\.([^.]+)\.([^.]+)$/.exec(id) ?? [];
    if (!name || !key) continue;
    const before = merged[name];
    merged[name] = { ...(isRecord(before) ? before : {}), [key]: value as Plain };
  }
  return merged;
}

function invalid(place: string, id: string, raw: unknown, error: InvalidAnswer): Problem {
  const shown = typeof raw === 'string' ? `"${raw}"` : JSON.stringify(raw);
  const where = place === `--set ${id}` ? place : `${place}, ${id}`;
  return {
    code: 'CONFIG_VALUE',
    place: where,
    message: `${shown} is not ${error.expected}.`,
    hint: error.suggestion ? `Did you mean ${error.suggestion}?` : '',
  };
}

/** Keys that no question declares, in flags and files. `version` and `toConfirm` are the file's own. */
function unknownKeys(
  questions: readonly Question[],
  services: readonly NamedService[],
  input: RawInput,
): readonly Problem[] {
  const known = new Set(questions.map(({ id }) => id));
  const knownIds = listAsked(questions, services).map(({ id }) => id);
  const isKnown = (id: string) => known.has(id.replace(/^services\.[^.]+\./, 'services.*.'));
  const problem = (place: string, id: string): Problem => {
    const close = nearest(id, knownIds);
    return {
      code: 'CONFIG_KEY',
      place,
      message: `there is no question "${id}".`,
      hint: close ? `Did you mean ${close}?` : 'See `create-devops-setup list --questions`.',
    };
  };
  const ofFiles = (
    [
      ['.devops/config.yaml', input.config],
      ['the answers file', input.answersFile],
    ] as const
  ).flatMap(([name, record]) =>
    leaves(record ?? {}, known)
      .filter((id) => !isKnown(id) && id !== 'version' && id !== 'toConfirm' && !/^services\.[^.]+$/.test(id))
      .map((id) => problem(name, id)),
  );
  const ofFlags = [...input.flags.keys()].filter((id) => !isKnown(id)).map((id) => problem(`--set ${id}`, id));
  return [...ofFlags, ...ofFiles];
}

function leaves(record: PlainRecord, known: ReadonlySet<string>, prefix = ''): readonly string[] {
  return Object.entries(record).flatMap(([key, value]) => {
    const id = `${prefix}${key}`;
    return isRecord(value) && !known.has(id) && Object.keys(value).length > 0 ? leaves(value, known, `${id}.`) : [id];
  });
}
