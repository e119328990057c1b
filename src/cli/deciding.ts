/** Steps 2 to 6 for one command: answers, setup, plan; and who is asked for what is still open. */
import type { Resolution } from '../core/resolve/index.ts';
import { type Problem, SetupError } from '../errors.ts';
import type { Prompt } from '../io/prompt.ts';
import type { Plan } from '../model.ts';
import {
  allQuestions,
  answer,
  type Decisions,
  type Inspection,
  makePlan,
  makeSetup,
  type Ports,
  type Request,
  requireAnswers,
  type Setup,
} from '../pipeline.ts';
import type { Context } from './context.ts';
import { ask, questionsToAsk } from './interview.ts';
import { openChosen } from './local.ts';

export type Decided = Readonly<{
  /** With the generators of the project that the answers chose. */
  ports: Ports;
  inspection: Inspection;
  request: Request;
  resolution: Resolution;
  setup: Setup;
  plan: Plan;
  decisions: Decisions;
}>;

/** What a command wants decided. `ask`: what a person is asked at most, the questions of first contact or only those that nothing answers. */
export type Task = Readonly<{
  inspection: Inspection;
  request: Request;
  ask: 'first' | 'open';
  /** Beside the policy, which the flag gives: one path only, ours again, theirs under our care. */
  decisions?: (setup: Setup) => Omit<Decisions, 'policy'>;
  /** `adopt`: what differs is no conflict by itself; with this policy a person is asked about each difference. */
  askingPolicy?: 'fail';
}>;

/** A person is there, and wants to be asked. */
export function mayAsk({ terminal, args }: Context): boolean {
  return terminal.interactive && !args.yes && args.answers === null && !args.json;
}

/** @throws SetupError for open questions, wrong answers, and output of ours that breaks a standard */
export function decide(context: Context, task: Task, request: Request = task.request): Decided {
  const { ports, args } = context;
  const { inspection } = task;
  const resolution = answer(inspection, request);
  requireAnswers(inspection, resolution);
  const setup = makeSetup(ports, inspection, resolution);
  const asking = mayAsk(context) && !args.dryRun ? task.askingPolicy : undefined;
  const decisions = { ...task.decisions?.(setup), policy: args.onConflict ?? asking ?? 'leave' } as const;
  const plan = makePlan(ports, inspection, setup, decisions);
  return { ports, inspection, request, resolution, setup, plan, decisions };
}

/** The same with other decisions about single files. */
export function planAgain(decided: Decided, decisions: Partial<Decisions>): Decided {
  const { ports, inspection, setup } = decided;
  const all = { ...decided.decisions, ...decisions };
  return { ...decided, decisions: all, plan: makePlan(ports, inspection, setup, all) };
}

/** Nobody can be asked: `--yes`, an answers file or an earlier configuration have to answer everything. */
export function decideAlone(context: Context, task: Task): Decided {
  const { args } = context;
  const { inspection, request } = task;
  const resolution = answer(inspection, request);
  const unanswered = !args.yes && args.answers === null && inspection.config === null && !args.dryRun;
  if (unanswered && resolution.problems.length === 0 && inspection.facts.services.length > 0)
    throw new SetupError(openQuestions(resolution));
  return decide(context, task);
}

function openQuestions(resolution: Resolution): readonly Problem[] {
  const open = questionsToAsk(resolution).map(({ id, message, question, present }): Problem => {
    const value =
      present === null
        ? (question.choices?.map((choice) => choice.value).join('|') ?? `<${question.kind}>`)
        : shown(present.value);
    return { code: 'ANSWERS_MISSING', place: id, message, hint: `--set ${id}=${value}` };
  });
  const all: Problem = {
    code: 'ANSWERS_MISSING',
    place: 'no terminal',
    message: 'nobody can be asked here.',
    hint: 'Add --yes to take the defaults, or --answers FILE.',
  };
  return [...open, all];
}

/** Asks a person what is open. What no answer can mend is told before the first question. */
export async function decideWithPerson(
  context: Context,
  task: Task,
  prompt: Prompt,
  request: Request,
): Promise<Decided> {
  const { inspection } = task;
  const first = answer(inspection, request);
  if (first.problems.length > 0 || inspection.facts.services.length === 0) requireAnswers(inspection, first);
  const asked = await ask(prompt, inspection, request, task.ask);
  const opened = await openChosen(context, asked);
  if (opened === context) return decide(context, task, asked);
  // A generator of the project that was chosen just now has questions of its own.
  const known = { ...inspection, questions: allQuestions(opened.ports.generators) };
  return decide(opened, { ...task, inspection: known }, await ask(prompt, known, asked, 'open'));
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
