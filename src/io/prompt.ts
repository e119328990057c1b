/** Asks a person, by inquirer; imported only when something has to be asked. */
import { InvalidAnswer } from '../define.ts';
import { SetupError } from '../errors.ts';
import type { Answer, Plain, Question } from '../model.ts';

/** What is asked: the line, and what Enter takes. */
export type Asked = Readonly<{ question: Question; message: string; present: Answer<Plain> | null }>;

/** One of a few actions, asked by the command itself (write it, show the diff, …). */
export type Action<V extends string> = Readonly<{ value: V; name: string }>;

export type Prompt = Readonly<{
  /** The raw answer. @throws SetupError CANCELLED on Ctrl-C. */
  ask: (asked: Asked) => Promise<unknown>;
  choose: <V extends string>(message: string, actions: readonly Action<V>[]) => Promise<V>;
}>;

type Inquirer = typeof import('inquirer').default;

/** Prompts on stderr, so that stdout stays data. */
export async function openPrompt(): Promise<Prompt> {
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule({ output: process.stderr }) as unknown as Inquirer['prompt'];
  const one = async (question: Readonly<Record<string, unknown>>): Promise<unknown> => {
    try {
      const { answer } = (await prompt([{ ...question, name: 'answer' }] as never)) as { answer: unknown };
      return answer;
    } catch (error) {
      if (error instanceof Error && error.name === 'ExitPromptError') throw cancelled();
      throw error;
    }
  };
  return {
    ask: ({ question, message, present }) => one({ message, ...adapt(question, present) }),
    choose: async (message, actions) => (await one({ type: 'select', message, choices: actions })) as never,
  };
}

/** The person stopped before anything was written. */
export function cancelled(): SetupError {
  return new SetupError({
    code: 'CANCELLED',
    place: 'Ctrl-C',
    message: 'stopped by you.',
    hint: 'Run it again when you like.',
  });
}

/** Our declaration → inquirer's. */
function adapt(question: Question, present: Answer<Plain> | null): Readonly<Record<string, unknown>> {
  const chosen = present?.value;
  const why = present && present.source !== 'prompt' ? ` (${present.why})` : '';
  const validate = (raw: unknown) => {
    try {
      question.parse(raw);
      return true;
    } catch (error) {
      if (!(error instanceof InvalidAnswer)) throw error;
      return `That is not ${error.expected}.${error.suggestion ? ` Did you mean ${error.suggestion}?` : ''}`;
    }
  };
  const choices = (question.choices ?? []).map(({ value, title, hint }) => {
    const description = [hint ?? '', value === chosen ? why.trim() : ''].filter(Boolean).join(' ');
    return {
      value,
      name: title,
      // Several titles on one line would not fit it; the ids do, and are what flags and files say.
      short: question.kind === 'multiselect' ? String(value) : title,
      ...(description === '' ? {} : { description: fold(description, (process.stderr.columns ?? 80) - 1) }),
      checked: Array.isArray(chosen) && chosen.includes(value as Plain),
    };
  });
  switch (question.kind) {
    case 'select':
      return { type: 'select', choices, default: chosen };
    case 'multiselect':
      return { type: 'checkbox', choices };
    case 'confirm':
      return { type: 'confirm', default: chosen ?? true };
    default:
      return { type: 'input', validate, ...(chosen === undefined ? {} : { default: String(chosen) }) };
  }
}

/** Line ends between words: inquirer breaks in the middle of them. */
function fold(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
