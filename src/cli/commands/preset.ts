/** `preset add <word>`: fetch a preset, once, and extend it from now on. Writes our own records only; `update` brings it into the files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_PATH } from '../../core/lock.ts';
import { parseLock } from '../../core/lock-reader.ts';
import { collect, requireWord } from '../../core/presets/collect.ts';
import { type Followed, follow } from '../../core/presets/follow.ts';
import type { PresetChange } from '../../core/presets/project.ts';
import { SetupError } from '../../errors.ts';
import type { Lock, Preset } from '../../model.ts';
import { allQuestions, answer, type Inspection, inspect, planRecords, rawInput } from '../../pipeline.ts';
import { begin, finishEarlierRun } from '../begin.ts';
import type { Context } from '../context.ts';
import { agree, carryOut } from '../flow.ts';
import { jsonText } from '../json.ts';
import { presetText } from '../text/preset.ts';
import { UNDO } from '../text/written.ts';

/** Exit 0 added or nothing to do; 1 the person said no; 2 an error, nothing written. */
export async function preset(context: Context): Promise<number> {
  const { args, terminal } = context;
  const [verb = '', word = ''] = args.words;
  if (verb !== 'add') {
    throw new SetupError({
      code: 'USAGE',
      place: `preset ${verb}`,
      message: 'there is only `preset add <preset>`.',
      hint: 'A preset is taken out by its word in `extends`, in .devops/config.yaml.',
    });
  }
  requireWord(word);
  finishEarlierRun(context);
  const change = await fetchAll(context, word);
  if (change === null) return 1;
  const first = begin(context, change);
  const followed = followedBy(context, first, word);
  const without = followed.given.map(({ id }) => id);
  const inspection = without.length === 0 ? first : inspect(context.ports, { ...change, without });
  const own = presetOf(inspection, word);
  const { style } = terminal;
  if (own) terminal.say(presetText(own, followed, style));
  return carryOut(context, {
    plan: planRecords(context.ports, inspection),
    label: `preset add ${word}`,
    done: () => `  ${style.green('✓')} ${word} is followed from now on. ${next(inspection)}\n  ${UNDO}\n`,
    data: (written) =>
      jsonText('preset', {
        preset: word,
        place: own?.place ?? null,
        locked: own?.locked ?? {},
        fetched: [...change.fetched].map(([name, { entry }]) => ({ word: name, ...entry })),
        given: followed.given,
        kept: followed.kept,
        written,
        dryRun: args.dryRun,
      }),
  });
}

function presetOf({ presets }: Inspection, word: string): Preset | undefined {
  return presets.chain.find(({ name }) => name === word);
}

/** @throws SetupError with what this project says against the preset's locks: it would stop every run from now on */
function followedBy({ request }: Context, inspection: Inspection, word: string): Followed {
  const { facts, questions, configText } = inspection;
  const whole = { ...request, only: null };
  const resolution = answer(inspection, whole);
  const own = presetOf(inspection, word);
  const known = { facts, questions, resolution, input: rawInput(inspection, whole) };
  const followed = own ? follow(own, configText, known) : { given: [], kept: [] };
  const settled = new Set(followed.given.map(({ id, why }) => `${why}, ${id}`));
  const wrong = resolution.problems.filter(({ place, code }) => code !== 'PROJECT' && !settled.has(place));
  if (wrong.length > 0) throw new SetupError(wrong);
  return followed;
}

function next({ lock }: Inspection): string {
  const command =
    lock === null || Object.keys(lock.files).length === 0 ? 'create-devops-setup' : 'create-devops-setup update';
  return `Into the files: ${command}`;
}

/** Asks before anything is fetched; null when the person said no. */
async function fetchAll(context: Context, word: string): Promise<PresetChange | null> {
  const { ports, terminal, root, env } = context;
  const saidNo = new Error('no');
  let fetcher: ReturnType<typeof import('../../io/presets.ts').openFetcher> | null = null;
  try {
    const fetched = await collect(word, {
      files: ports.files,
      lock: lockOf(context),
      questions: allQuestions(ports.generators),
      fetch: async (one, because) => {
        const program = one.kind === 'npm' ? 'npm' : 'git';
        const reason = because === null ? '' : `, which ${because} extends`;
        // A dry run writes nothing; what it fetches, it fetches all the same.
        const asking = { ...context, args: { ...context.args, dryRun: false } };
        if (!(await agree(asking, `Fetch ${one.word}${reason}, by your own ${program}?`, `fetch ${one.word}`)))
          throw saidNo;
        fetcher ??= (await import('../../io/presets.ts')).openFetcher({ env, npmrc: npmrcOf(root) });
        terminal.progress(`  fetching ${one.word} by ${program}`);
        try {
          return await fetcher(one);
        } finally {
          terminal.progress(null);
        }
      },
    });
    return { word, fetched };
  } catch (error) {
    if (error === saidNo) return null;
    throw error;
  }
}

/** Read by itself, since the project may be in need of the very preset that is fetched here. */
function lockOf({ ports }: Context): Lock | null {
  const text = ports.files.read(LOCK_PATH);
  return text === null ? null : parseLock(text);
}

function npmrcOf(root: string): string | null {
  try {
    return readFileSync(join(root, '.npmrc'), 'utf8');
  } catch {
    return null;
  }
}
