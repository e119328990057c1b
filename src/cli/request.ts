/** What was asked for, as data: `plan --json` carries it, so that `apply --plan` can make the same plan again. */
import { type Problem, SetupError } from '../errors.ts';
import type { ConflictPolicy, PlainRecord } from '../model.ts';
import type { Request } from '../pipeline.ts';
import type { Context } from './context.ts';

/** Flags by question id, the content of an answers file, a selected subfolder, and the policy for conflicts. */
export function requestData({ request, args }: Context): Readonly<Record<string, unknown>> {
  return {
    flags: Object.fromEntries(request.flags),
    answers: request.answersFile,
    only: request.only,
    onConflict: args.onConflict,
  };
}

/** One file of a plan that was kept: enough to say what has changed since. */
export type KeptChange = Readonly<{ path: string; kind: string; hashBefore: string | null; hashAfter: string | null }>;

export type KeptPlan = Readonly<{
  planId: string;
  tool: string;
  request: Request;
  onConflict: Exclude<ConflictPolicy, 'leave'> | null;
  changes: readonly KeptChange[];
}>;

/** Reads what `plan --json` printed. It may come from anywhere, so nothing in it is believed. @throws SetupError READ with every problem */
export function parsePlan(text: string, place: string): KeptPlan {
  const problems: Problem[] = [];
  const wrong = (message: string): void => {
    problems.push({ code: 'READ', place, message, hint: 'Give the file that create-devops-setup plan --json wrote.' });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    wrong(`it is not JSON: ${(error as Error).message}.`);
    throw new SetupError(problems);
  }
  const plan = record(value);
  if (plan === null || plan.schema !== 1 || plan.command !== 'plan') wrong('it is not what plan --json prints.');
  const { planId, request, changes } = plan ?? {};
  const tool = record(plan?.tool)?.version;
  if (typeof planId !== 'string' || !/^[0-9a-f]{16}$/.test(planId)) wrong('planId is not an id of a plan.');
  if (typeof tool !== 'string') wrong('tool.version is not a version.');
  const asked = readRequest(request, wrong);
  const kept = Array.isArray(changes) ? changes.map(readChange) : [null];
  if (kept.includes(null)) wrong('changes is not a list of changes.');
  if (problems.length > 0 || asked === null) throw new SetupError(problems);
  return {
    planId: planId as string,
    tool: tool as string,
    ...asked,
    changes: kept.filter((change) => change !== null),
  };
}

const POLICIES = ['keep', 'theirs', 'markers', 'fail'] as const;

function readRequest(
  value: unknown,
  wrong: (message: string) => void,
): Pick<KeptPlan, 'request' | 'onConflict'> | null {
  const asked = record(value);
  const flags = record(asked?.flags);
  const { answers = null, only = null, onConflict = null } = asked ?? {};
  const policy = POLICIES.find((known) => known === onConflict) ?? null;
  const sound =
    flags !== null &&
    (answers === null || record(answers) !== null) &&
    (only === null || (typeof only === 'string' && !/^\/|(^|\/)\.\.(\/|$)/.test(only))) &&
    (onConflict === null || policy !== null);
  if (!sound) {
    wrong('request is not one.');
    return null;
  }
  return {
    request: {
      flags: new Map(Object.entries(flags)),
      prompted: new Map(),
      answersFile: answers as PlainRecord | null,
      only: only as string | null,
    },
    onConflict: policy,
  };
}

function readChange(value: unknown): KeptChange | null {
  const change = record(value);
  if (change === null) return null;
  const { path, kind, hashBefore = null, hashAfter = null } = change;
  const isHash = (hash: unknown): hash is string | null => hash === null || typeof hash === 'string';
  if (typeof path !== 'string' || typeof kind !== 'string' || !isHash(hashBefore) || !isHash(hashAfter)) return null;
  return { path, kind, hashBefore, hashAfter };
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
