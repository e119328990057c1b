/** What the plugin for plop does: the questions that are open in a project, and a run of `add` or `init` whose talk becomes a text. */
import { findLocal, withNames } from '../api/local.ts';
import { portsOf } from '../api/ports.ts';
import { flagsOf, type PlopAnswers, type PlopPrompt, plopPrompts } from '../core/plop/prompts.ts';
import type { AskedQuestion } from '../core/resolve/index.ts';
import { SetupError } from '../errors.ts';
import { findRoot, openProject } from '../io/project-files.ts';
import { openTerminal } from '../io/terminal.ts';
import type { ConflictPolicy } from '../model.ts';
import { answer, EMPTY_REQUEST, type Inspection, inspect } from '../pipeline.ts';
import { parseArguments } from './args.ts';
import { questionsToAsk } from './interview.ts';
import { run } from './run.ts';

/** `generator`: the id of one of ours; null for the whole setup. `folder`: where plop writes, in or below the root. */
export type Wanted = Readonly<{ generator: string | null; folder: string }>;

export type PlopRun = Wanted &
  Readonly<{ answers: PlopAnswers; onConflict: Exclude<ConflictPolicy, 'leave'> | null; allowLocalCode: boolean }>;

/**
 * The prompts of a generator in this project. Where the project cannot be read there are none: what is wrong is told by the action, in full,
 * while plop has no place for it before.
 */
export function promptsFor(wanted: Wanted): readonly PlopPrompt[] {
  try {
    const { inspection, asked, all } = openQuestions(wanted);
    const which = inspection.config === null ? 'first' : 'open';
    return plopPrompts(asked, all, (answers) => {
      const prompted = flagsOf(answers, idsOf(asked), all);
      const resolution = answer(inspection, { ...EMPTY_REQUEST, flags: flagsFor(wanted, inspection), prompted });
      const open = new Set(questionsToAsk(resolution, which).map(({ id }) => id));
      return { isOpen: (id) => open.has(id), present: (id) => resolution.answers.get(id) ?? null };
    });
  } catch (error) {
    if (error instanceof SetupError) return [];
    throw error;
  }
}

/** The exit code, and everything that was said. Nobody is asked: plop's spinner turns meanwhile. */
export async function runForPlop(wanted: PlopRun): Promise<Readonly<{ code: number; text: string }>> {
  const { generator, folder, answers, onConflict, allowLocalCode } = wanted;
  const said: string[] = [];
  const sink = { write: (text: string) => said.push(text) > 0 };
  const terminal = openTerminal({ stdin: { isTTY: false }, stdout: sink, stderr: sink, env: {} } as never);
  const args = parseArguments([
    ...(generator === null ? ['init'] : ['add', generator]),
    '--yes',
    ...(onConflict === null ? [] : ['--on-conflict', onConflict]),
    ...(allowLocalCode ? ['--allow-local-code'] : []),
    ...settings(wanted, answers).flatMap(([id, value]) => ['--set', `${id}=${value}`]),
  ]);
  const code = await run(args, { terminal, cwd: folder, env: process.env });
  return { code, text: said.join('').trim() };
}

function settings(wanted: Wanted, answers: PlopAnswers): readonly (readonly [string, string])[] {
  if (Object.keys(answers).length === 0) return [];
  const { asked, all } = openQuestions(wanted);
  return [...flagsOf(answers, idsOf(asked), all)];
}

/** What may be asked: the questions of first contact and those that only an answer settles, of what this generator reads. */
function openQuestions(wanted: Wanted) {
  const project = openProject(findRoot(wanted.folder));
  const ports = portsOf(project);
  const inspection = inspect(withNames(ports, findLocal(project.root, ports.generators)));
  const { asked } = answer(inspection, { ...EMPTY_REQUEST, flags: flagsFor(wanted, inspection) });
  const { generator } = wanted;
  const isRead = ({ question: { id, ask, readBy } }: AskedQuestion) =>
    ask !== 'never' &&
    (generator === null || (id !== 'generators' && (readBy.length === 0 || readBy.includes(generator))));
  return { inspection, asked: asked.filter(isRead), all: inspection.questions.map(({ id }) => id) };
}

/** `add` chooses one more than there are. */
function flagsFor({ generator }: Wanted, inspection: Inspection): ReadonlyMap<string, unknown> {
  if (generator === null) return new Map();
  const present = inspection.config === null ? [] : answer(inspection, EMPTY_REQUEST).answers.get('generators')?.value;
  return new Map([['generators', [...new Set([...((present ?? []) as readonly string[]), generator])]]]);
}

function idsOf(asked: readonly AskedQuestion[]): readonly string[] {
  return asked.map(({ id }) => id);
}
