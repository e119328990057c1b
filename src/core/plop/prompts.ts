/** Our questions in the form that plop's prompts have (inquirer 9): the same declaration, another adapter. */
import { InvalidAnswer } from '../../define.ts';
import type { Answer, Plain, Question } from '../../model.ts';
import type { AskedQuestion } from '../resolve/index.ts';

export type PlopAnswers = Readonly<Record<string, unknown>>;

/** `name` is also the name of the flag behind `--`; `help` is what `plop` prints of it. */
export type PlopPrompt = Readonly<{
  type: 'list' | 'checkbox' | 'confirm' | 'input';
  name: string;
  message: string;
  help: string;
  choices?: readonly Readonly<{ name: string; value: unknown }>[];
  /**
   * Whether it is asked. Plop refuses a bypass argument for a prompt whose `when` is a function, so it is one only where answers before it
   * decide; what is settled in this project already is not asked, and can be given.
   */
  when: boolean | ((answers: PlopAnswers) => boolean);
  default: (answers: PlopAnswers) => unknown;
  validate: (raw: unknown) => true | string;
}>;

/** What a question looks like after some answers: whether it is to be asked, and what Enter takes. */
export type Outlook = (answers: PlopAnswers) => Readonly<{
  isOpen: (id: string) => boolean;
  present: (id: string) => Answer<Plain> | null;
}>;

/**
 * Names without dots, because inquirer makes a tree of `a.b`: the last part of the id where no other question ends so, else the whole id
 * with dashes; those of a service begin with its name (`orders-port`). `all` are the ids of every question there is, so that a name does
 * not depend on the generator.
 */
export function promptName(id: string, all: readonly string[]): string {
  if (id.startsWith('services.')) return id.slice('services.'.length).replaceAll('.', '-');
  const last = id.slice(id.lastIndexOf('.') + 1);
  const alike = all.filter((other) => other === last || other.endsWith(`.${last}`));
  return alike.length === 1 ? last : id.replaceAll('.', '-');
}

export function plopPrompts(
  asked: readonly AskedQuestion[],
  all: readonly string[],
  outlook: Outlook,
): readonly PlopPrompt[] {
  const now = outlook({});
  return asked.map(({ id, question, message }) => ({
    ...formOf(question),
    name: promptName(id, all),
    message,
    help: question.help,
    when: now.isOpen(id) || (now.present(id) === null ? (answers) => outlook(answers).isOpen(id) : false),
    default: (answers) => defaultOf(question, outlook(answers).present(id)),
    validate: (raw) => validate(question, raw),
  }));
}

function formOf({ kind, choices }: Question): Pick<PlopPrompt, 'type' | 'choices'> {
  const listed = (choices ?? []).map(({ value, title }) => ({ name: title, value }));
  if (kind === 'select') return { type: 'list', choices: listed };
  if (kind === 'multiselect') return { type: 'checkbox', choices: listed };
  return { type: kind === 'confirm' ? 'confirm' : 'input' };
}

function defaultOf({ kind }: Question, present: Answer<Plain> | null): unknown {
  if (present === null) return kind === 'confirm' ? true : undefined;
  return kind === 'text' || kind === 'integer' || kind === 'number' ? String(present.value) : present.value;
}

function validate(question: Question, raw: unknown): true | string {
  try {
    question.parse(raw);
    return true;
  } catch (error) {
    if (!(error instanceof InvalidAnswer)) throw error;
    return `That is not ${error.expected}.${error.suggestion ? ` Did you mean ${error.suggestion}?` : ''}`;
  }
}

/** Answers of plop, by the name of the prompt → what flags would have said, by id. */
export function flagsOf(answers: PlopAnswers, ids: readonly string[], all: readonly string[]): Map<string, string> {
  return new Map(
    ids.flatMap((id): [string, string][] => {
      const value = answers[promptName(id, all)];
      if (value === undefined) return [];
      return [[id, Array.isArray(value) ? value.join(',') : String(value)]];
    }),
  );
}
