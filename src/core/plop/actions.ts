/**
 * The actions of a generator, in their order, with the writes caught. What cannot be caught (functions, action types of the plopfile) is not
 * run here: it is handed back, to be told and run when everything else is written.
 */
import { type Problem, SetupError } from '../../errors.ts';
import type { ProjectFiles } from '../../model.ts';
import { BUILT_IN, type Workplace } from './built-in.ts';
import { lostExpressions } from './expressions.ts';
import { ActionFailure } from './failure.ts';
import { openOverlay, type Written } from './overlay.ts';
import type { ActionConfig, PlopData, PlopGenerator, TemplateFolder } from './types.ts';

/** What is told of an action, in plop's words. */
export type Row = Readonly<{ type: string; text: string }>;

/** An action that may write by itself. `name`: the action type, or the name of the function. */
export type OwnAction = Readonly<{ index: number; name: string; stops: boolean; run: () => Promise<Row> }>;

export type Outcome = Readonly<{
  written: ReadonlyMap<string, Written>;
  rows: readonly Row[];
  own: readonly OwnAction[];
  /** Failures of actions that say `abortOnFail: false`: the rest goes on. */
  tolerated: readonly Problem[];
  warnings: readonly Problem[];
}>;

export type Task = Readonly<{
  generator: PlopGenerator;
  /** `plopfile.mjs` */
  plopfile: string;
  answers: PlopData;
  files: ProjectFiles;
  templates: TemplateFolder;
  existing: Workplace['existing'];
}>;

type Action = Readonly<{ index: number; config: ActionConfig; own: ((...args: never) => unknown) | null }>;

/** @throws SetupError GENERATOR, JAIL or READ for the first action that fails: those behind it build on it. Nothing is written. */
export async function runActions(task: Task): Promise<Outcome> {
  const { generator, answers } = task;
  const overlay = openOverlay(task.files);
  const rows: Row[] = [];
  const own: OwnAction[] = [];
  const tolerated: Problem[] = [];
  const warnings: Problem[] = [];
  const suspects: Readonly<{ path: string; failure: ActionFailure; where: string }>[] = [];
  for (const action of listed(task)) {
    if (typeof action === 'string') {
      rows.push({ type: 'comment', text: action });
      continue;
    }
    const { config, index } = action;
    const where = placeOf(task, action);
    const rendering: Workplace['rendering'] = (template, file) =>
      warnings.push(
        ...warningsOf(
          template,
          (line) => (file === null ? `${where}, line ${line} of its template` : `${file}:${line}`),
          task,
        ),
      );
    try {
      const ready = await prepared(action, answers);
      if (typeof ready === 'string') {
        rows.push({ type: 'skip', text: ready });
        continue;
      }
      if (action.own !== null) {
        own.push(ownAction(action, task));
        continue;
      }
      const { existing, templates } = task;
      const suspected: Workplace['suspected'] = (path, failure) => suspects.push({ path, failure, where });
      const at: Workplace = { plop: generator.plop, data: answers, overlay, templates, existing, rendering, suspected };
      const type = BUILT_IN[config.type];
      const text = await lent(answers, ready, () => type?.(config, at) ?? Promise.resolve(''));
      rows.push({ type: config.type, text });
    } catch (error) {
      const problems = problemsOf(error, where, task);
      if (config.abortOnFail !== false) throw new SetupError(problems, { cause: error });
      tolerated.push(...problems);
      rows.push({ type: 'failed', text: `action ${index}: ${problems[0]?.message ?? ''}` });
    }
  }
  const there = suspects.filter(({ path }) => overlay.read(path) !== task.files.read(path));
  if (there.length > 0) throw new SetupError(there.flatMap(({ failure, where }) => problemsOf(failure, where, task)));
  return { written: overlay.written(), rows, own, tolerated, warnings };
}

/** A list, or a function of the answers that returns one. @throws SetupError GENERATOR for what is no action */
function listed(task: Task): readonly (string | Action)[] {
  const { generator, answers, plopfile } = task;
  const { name, plop } = generator;
  const wrong = (message: string, hint: string): Problem => ({ code: 'GENERATOR', place: plopfile, message, hint });
  let actions: unknown;
  try {
    actions = typeof generator.actions === 'function' ? generator.actions(answers) : generator.actions;
  } catch (error) {
    const message = `the actions of ${name} cannot be told: ${messageOf(error)}.`;
    throw new SetupError(wrong(message, 'Mend the function `actions` of this generator.'), { cause: error });
  }
  if (!Array.isArray(actions))
    throw new SetupError(
      wrong(`the actions of ${name} are no list.`, 'Give a list, or a function that returns one (not a promise).'),
    );
  const problems: Problem[] = [];
  const list = actions.map((action: unknown, at): string | Action => {
    const index = at + 1;
    if (typeof action === 'string') return action;
    if (typeof action === 'function') return { index, config: { type: 'function' }, own: action as Action['own'] };
    const config = (typeof action === 'object' ? action : null) as ActionConfig | null;
    const type = typeof config?.type === 'string' ? config.type : '';
    const custom = Object.hasOwn(BUILT_IN, type) ? null : plop.getActionType(type);
    if (config === null || (custom !== null && typeof custom !== 'function'))
      problems.push(
        wrong(
          `action ${index} of ${name} has the type "${type}", which is neither add, addMany, modify, append nor one that the plopfile sets.`,
          'Mend the type, or declare it with plop.setActionType.',
        ),
      );
    return { index, config: config ?? { type }, own: custom as Action['own'] };
  });
  if (problems.length > 0) throw new SetupError(problems);
  return list;
}

/** The data of the action; or why it is skipped. */
async function prepared({ config }: Action, answers: PlopData): Promise<PlopData | string> {
  const data = (typeof config.data === 'function' ? await config.data() : config.data) ?? {};
  if ('skip' in config && typeof config.skip !== 'function')
    throw new ActionFailure('its `skip` is no function', 'Give a function that returns why it is skipped.');
  if (typeof config.skip !== 'function') return data as PlopData;
  const reason: unknown = await config.skip({ ...answers, ...(data as PlopData) });
  return typeof reason === 'string' ? reason : (data as PlopData);
}

/** While an action runs, its data stands beside the answers, where there is none of that name. */
async function lent<T>(answers: PlopData, data: PlopData, action: () => Promise<T>): Promise<T> {
  const keys = Object.keys(data).filter((key) => answers[key] === undefined);
  for (const key of keys) answers[key] = data[key];
  try {
    return await action();
  } finally {
    for (const key of keys) delete answers[key];
  }
}

function ownAction(action: Action, task: Task): OwnAction {
  const { config, index, own } = action;
  const { answers, generator } = task;
  const named = (own as { name?: string } | null)?.name;
  const name = config.type === 'function' ? named || 'a function without a name' : config.type;
  const run = async (): Promise<Row> => {
    try {
      const ready = await prepared(action, answers);
      if (typeof ready === 'string') return { type: 'skip', text: ready };
      const call = own as (...args: unknown[]) => unknown;
      const result = await lent(answers, ready, async () => call(answers, config, generator.plop));
      return { type: name, text: typeof result === 'string' ? result : (JSON.stringify(result) ?? '') };
    } catch (error) {
      throw new SetupError(problemsOf(error, placeOf(task, action), task), { cause: error });
    }
  };
  return { index, name, stops: config.abortOnFail !== false, run };
}

function placeOf({ plopfile, generator }: Task, { index, config, own }: Action): string {
  const { type, path, destination } = config;
  const named = type === 'function' ? (own as { name?: string } | null)?.name : undefined;
  const target = [named, path, destination].find((value) => typeof value === 'string' && value !== '');
  return `${plopfile}: ${generator.name}, action ${index} (${type}${target === undefined ? '' : ` ${target}`})`;
}

function problemsOf(error: unknown, place: string, { plopfile, generator }: Task): readonly Problem[] {
  if (error instanceof SetupError)
    return error.problems.map((problem) => ({ ...problem, message: `${problem.message} (${place})` }));
  if (error instanceof ActionFailure)
    return [{ code: 'GENERATOR', place, message: `${error.message}.`, hint: error.hint }];
  const here = messageOf(error).replaceAll(`${generator.plop.getDestBasePath()}/`, '');
  const hint = `Mend it in ${plopfile}, or give the action abortOnFail: false.`;
  return [{ code: 'GENERATOR', place, message: `it fails: ${here}.`, hint }];
}

/** Anything can be thrown; plop's own actions throw texts. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === 'string' ? error : JSON.stringify(error);
  const [line = ''] = (text ?? 'nothing').split('\n').filter((part) => part.trim() !== '');
  return line
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, '·')
    .trim()
    .replace(/\.$/, '');
}

function warningsOf(
  template: string,
  place: (line: number) => string,
  { generator, answers }: Task,
): readonly Problem[] {
  const isKnown = (name: string) => Object.hasOwn(answers, name) || generator.plop.getHelper(name) !== undefined;
  return lostExpressions(template, isKnown).map(({ line, text, mend }) => ({
    code: 'GENERATOR',
    place: place(line),
    message: `Handlebars takes ${text} for its own and prints nothing in its place.`,
    hint: `Write ${mend}`,
  }));
}
