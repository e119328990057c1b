/**
 * The one way from a decision to the disk: decide, show, ask, write, tell. Every command that writes from a configuration goes through
 * `run`; what has its plan already (`remove --all`, `apply`) enters at `carryOut`.
 */
import { unifiedDiff } from '../core/diff.ts';
import { hasConflict, toWrites } from '../core/plan.ts';
import { SetupError } from '../errors.ts';
import type { Prompt } from '../io/prompt.ts';
import type { Plan, WriteOptions } from '../model.ts';
import { settleConflicts } from './conflicts.ts';
import type { Context } from './context.ts';
import { type Decided, decideAlone, decideWithPerson, mayAsk, type Task } from './deciding.ts';
import { leftText } from './text/conflicts.ts';
import { hasChanges } from './text/plan.ts';

/** Texts of a command: what is shown before the question, what after the write, and what programs read. */
export type Job = Task &
  Readonly<{
    /** What the write is called when it can be taken back. */
    label: string;
    show: (decided: Decided) => string;
    /** Shown instead where there is nothing to do. */
    idle?: (decided: Decided) => string;
    /** Looks at what the write will change, while it is still there. */
    before?: (decided: Decided) => void;
    done: (decided: Decided, seconds: number) => string;
    /** Standard output with `--json`. */
    data: (decided: Decided, written: boolean) => string;
  }>;

/** The exit code: 0 written or nothing to do; 1 conflicts left, changes in a dry run, or the person said no. */
export async function run(context: Context, job: Job): Promise<number> {
  const decided = mayAsk(context) ? await converse(context, job) : alone(context, job);
  if (decided === null) return 1;
  job.before?.(decided);
  return carryOut(context, {
    plan: decided.plan,
    label: job.label,
    done: (seconds) => job.done(decided, seconds),
    data: (written) => job.data(decided, written),
  });
}

function alone(context: Context, job: Job): Decided {
  const decided = decideAlone(context, job);
  context.terminal.say(hasSomething(decided.plan) ? job.show(decided) : (job.idle?.(decided) ?? ''));
  return decided;
}

/** Questions, the plan, its conflicts, and what to do with it; null when the person says no. */
async function converse(context: Context, job: Job): Promise<Decided | null> {
  const { terminal, args } = context;
  const prompt = await context.prompt();
  let task: Task = job;
  for (;;) {
    const asked = await decideWithPerson(context, task, prompt, task.request);
    if (!hasSomething(asked.plan)) {
      terminal.say(job.idle?.(asked) ?? '');
      return asked;
    }
    terminal.say(`\n${job.show(asked)}`);
    if (args.dryRun) return asked;
    const decided = args.onConflict === null ? await settleConflicts(context, asked, prompt) : asked;
    if (toWrites(decided.plan).length === 0) return decided;
    const action = await confirm(context, decided.plan, prompt, job.ask === 'first');
    if (action === 'write') return decided;
    if (action === 'no') {
      terminal.say('  Nothing was written.\n');
      return null;
    }
    task = { ...task, request: decided.request, ask: 'first' };
  }
}

function hasSomething(plan: Plan): boolean {
  return hasChanges(plan) || toWrites(plan).length > 0;
}

/** `Write it?`, as often as the diff is looked at. */
export async function confirm(
  { terminal }: Context,
  { changes }: Plan,
  prompt: Prompt,
  mayChange: boolean,
): Promise<'write' | 'change' | 'no'> {
  for (;;) {
    const action = await prompt.choose('Write it?', [
      { value: 'write', name: 'Yes' },
      { value: 'diff', name: 'Show the diff' },
      ...(mayChange ? [{ value: 'change' as const, name: 'Change an answer' }] : []),
      { value: 'no', name: 'No' },
    ]);
    if (action !== 'diff') return action;
    const shown = changes.filter(({ kind }) => kind !== 'keep' && kind !== 'unchanged');
    terminal.say(shown.map((change) => unifiedDiff(change)).join(''));
  }
}

/** A plan that is ready, what its write is called, and what is told afterwards. */
export type Finished = Readonly<{
  plan: Plan;
  label: string;
  record?: WriteOptions['record'];
  done: (seconds: number) => string;
  data: (written: boolean) => string;
}>;

/** Step 7, and the exit code. */
export function carryOut(context: Context, { plan, label, record, done, data }: Finished): number {
  const { terminal, args } = context;
  const { style, columns } = terminal;
  const writes = toWrites(plan);
  const stopped = args.onConflict === 'fail' && hasConflict(plan);
  const writing = !stopped && !args.dryRun && writes.length > 0;
  let seconds = 0;
  if (writing) {
    const started = performance.now();
    const progress = (n: number, total: number) => terminal.progress(`  writing ${n} of ${total}`);
    stoppable(() => context.writer().apply(writes, { label, progress, ...(record === undefined ? {} : { record }) }));
    terminal.progress(null);
    seconds = (performance.now() - started) / 1000;
  }
  if (args.json) terminal.out(data(writing));
  if (stopped) {
    terminal.say(`${leftText(plan, style, columns)}Nothing was written.\n`);
    return 1;
  }
  if (args.dryRun) {
    terminal.say(`${leftText(plan, style, columns)}  Dry run: nothing was written.\n`);
    return hasChanges(plan) ? 1 : 0;
  }
  if (writing) terminal.say(`\n${done(seconds)}`);
  else if (!hasConflict(plan)) terminal.say(`  ${style.green('✓')} Nothing to do: everything is as it should be.\n`);
  terminal.say(leftText(plan, style, columns));
  return hasConflict(plan) ? 1 : 0;
}

/** What takes something away asks first; who cannot be asked has to say so beforehand. @throws SetupError ANSWERS_MISSING */
export async function agree(context: Context, question: string, what: string): Promise<boolean> {
  const { args, terminal } = context;
  if (args.yes || args.dryRun) return true;
  if (!terminal.interactive || args.json) {
    throw new SetupError({
      code: 'ANSWERS_MISSING',
      place: args.json ? '--json' : 'no terminal',
      message: `nobody can be asked here whether to ${what}.`,
      hint: 'Add --yes.',
    });
  }
  const prompt = await context.prompt();
  const answer = await prompt.choose(question, [
    { value: 'yes', name: 'Yes' },
    { value: 'no', name: 'No' },
  ] as const);
  if (answer === 'no') terminal.say('  Nothing was written.\n');
  return answer === 'yes';
}

/** The write itself is synchronous and short; a signal in the middle waits until it is whole. */
export function stoppable<T>(action: () => T): T {
  const hold = () => undefined;
  process.on('SIGINT', hold);
  process.on('SIGTERM', hold);
  try {
    return action();
  } finally {
    process.off('SIGINT', hold);
    process.off('SIGTERM', hold);
  }
}
