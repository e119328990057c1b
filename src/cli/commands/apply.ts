/** `apply --plan FILE`: writes exactly the plan that was looked at, or nothing. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Problem, SetupError } from '../../errors.ts';
import { begin } from '../begin.ts';
import type { Context, Surroundings } from '../context.ts';
import { changeData, idOf, writtenJson } from '../data.ts';
import { type Decided, decide } from '../deciding.ts';
import { carryOut } from '../flow.ts';
import { openChosen } from '../local.ts';
import { type KeptPlan, parsePlan } from '../request.ts';
import { wrap } from '../text/plan.ts';
import { UNDO, verifiedText, writtenText } from '../text/written.ts';
import { planBlock } from './init.ts';

/** Exit 0 written; 1 conflicts left; 2 something has changed since the plan was made, and nothing was written. */
export async function apply(context: Context, { cwd }: Surroundings): Promise<number> {
  const file = context.args.plan ?? '-';
  requireNothingElse(context);
  return applyText(context, await readPlan(file, cwd), file);
}

/** The same for the text of a plan that is at hand; `file` names it in problems. */
export async function applyText(context: Context, text: string, file: string): Promise<number> {
  const { args, terminal } = context;
  const { style, columns, say } = terminal;
  const kept = parsePlan(text, `--plan ${file}`);
  const opened = await openChosen(context, kept.request);
  const again: Context = { ...opened, request: kept.request, args: { ...args, onConflict: kept.onConflict } };
  const inspection = begin(again);
  const decided = decide(again, { inspection, request: kept.request, ask: 'open' });
  requireSame(kept, decided, again, file);
  say(planBlock(again, decided));
  const { ports, plan, setup } = decided;
  return carryOut(again, {
    plan,
    label: 'apply',
    done: (seconds) => {
      const done = `${writtenText(plan)} in ${seconds.toFixed(2)} s · ${verifiedText(ports, plan, setup)}`;
      return `  ${style.green('✓')} ${wrap(done, columns - 4, 4)}\n  ${UNDO}\n`;
    },
    data: (written) => writtenJson(again, decided, written),
  });
}

/** What the plan was made from is in the plan. */
function requireNothingElse({ args }: Context): void {
  const given = [
    ...[...args.set.keys()].map((key) => `--set ${key}`),
    ...(args.answers === null ? [] : ['--answers']),
    ...(args.onConflict === null ? [] : ['--on-conflict']),
  ];
  if (given.length === 0) return;
  throw new SetupError(
    given.map((place) => ({
      code: 'USAGE' as const,
      place,
      message: 'was decided when the plan was made.',
      hint: 'Make a new plan with it: create-devops-setup plan --json.',
    })),
  );
}

async function readPlan(file: string, cwd: string): Promise<string> {
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : readFileSync(resolve(cwd, file));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SetupError(
      {
        code: 'READ',
        place: `--plan ${file}`,
        message: `cannot be read (${code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not text in UTF-8' : (code ?? 'unknown reason')}).`,
        hint: 'Give the file that create-devops-setup plan --json wrote, or - for standard input.',
      },
      { cause: error },
    );
  }
}

/** @throws SetupError CHANGED naming every file that would become another one than was looked at */
function requireSame(kept: KeptPlan, decided: Decided, { ports }: Context, file: string): void {
  if (kept.planId === idOf(ports, decided)) return;
  const hint = 'Look at the new plan: create-devops-setup plan --json.';
  const problem = (place: string, message: string): Problem => ({ code: 'CHANGED', place, message, hint });
  const problems: Problem[] = [];
  if (kept.tool !== ports.tool.version)
    problems.push(problem(`--plan ${file}`, `release ${kept.tool} made the plan, and this is ${ports.tool.version}.`));
  const now = new Map(decided.plan.changes.map((change) => [change.path, changeData(decided.plan, change)]));
  for (const { path, kind, hashBefore, hashAfter } of kept.changes) {
    const change = now.get(path);
    now.delete(path);
    if (change === undefined) problems.push(problem(path, 'it was in the plan, and is in none now.'));
    else if (change.hashBefore !== hashBefore) problems.push(problem(path, 'it was edited since the plan was made.'));
    else if (change.hashAfter !== hashAfter) problems.push(problem(path, 'what would be written has changed since.'));
    else if (change.kind !== kind) problems.push(problem(path, `the plan says ${kind}, and now it is ${change.kind}.`));
  }
  for (const path of now.keys()) problems.push(problem(path, 'it is new since the plan was made.'));
  if (problems.length === 0)
    problems.push(problem(`--plan ${file}`, 'what the plan was made from has changed (answers, presets or records).'));
  throw new SetupError(problems);
}
