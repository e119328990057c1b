/** Generators of the project, known by the names of their files: nothing is run to learn which there are. */
import { GENERATOR_ID, type Generator } from '../../define.ts';
import { type Problem, SetupError } from '../../errors.ts';
import type { PlainRecord, Question } from '../../model.ts';
import { LOCAL_FOLDER } from './failure.ts';

/** One of them. `file` is relative to the root. */
export type LocalName = Readonly<{ id: string; file: string }>;

/**
 * `found`: sorted by id. `clashes`: names that are taken; no project runs with one, as nobody could tell whose generator runs. `others`: files
 * that look like generators and are called otherwise; they are never run.
 */
export type LocalNames = Readonly<{
  found: readonly LocalName[];
  clashes: readonly Problem[];
  others: readonly Problem[];
}>;

/** Keys of `.devops/config.yaml` that are no questions. */
const KEYS_OF_THE_FILE = ['version', 'toConfirm', 'extends', 'unmanaged', 'locked', 'title'];
const PROGRAM = /\.(mjs|ts|js|cjs|mts|cts)$/;

/**
 * `names` are the files that stand right in `devops/generators`. Files whose name starts with `_` or has another dot (`x.test.mjs`, `x.d.ts`)
 * are helpers. `house` are the questions of ours: a generator has a section of the configuration to itself, and theirs are taken.
 */
export function localNames(
  names: readonly string[],
  ours: readonly string[],
  house: readonly Pick<Question, 'id'>[],
): LocalNames {
  const sections = new Set([...KEYS_OF_THE_FILE, ...house.map(({ id }) => id.split('.')[0] ?? id)]);
  const found = new Map<string, LocalName>();
  const clashes: Problem[] = [];
  const others: Problem[] = [];
  const say = (list: Problem[], file: string, message: string, hint: string) =>
    list.push({ code: 'GENERATOR', place: file, message, hint });
  for (const name of [...names].sort()) {
    const [, extension = ''] = PROGRAM.exec(name) ?? [];
    const id = name.slice(0, -extension.length - 1);
    if (extension === '' || name.startsWith('_') || id.includes('.')) continue;
    const file = `${LOCAL_FOLDER}/${name}`;
    const twin = found.get(id);
    if (extension !== 'mjs' && extension !== 'ts')
      say(
        others,
        file,
        'a generator is a module that ends in .mjs or .ts.',
        `Call it ${id}.mjs; a helper of generators starts with _.`,
      );
    else if (!GENERATOR_ID.test(id))
      say(
        others,
        file,
        `"${id}" is no id of a generator: lower-case words with dashes between them.`,
        'Give it such a name; a helper of generators starts with _.',
      );
    else if (twin)
      say(
        clashes,
        file,
        `there is ${twin.file} as well: nobody can tell which one is ${id}.`,
        'Remove one of the two.',
      );
    else if (ours.includes(id))
      say(
        clashes,
        file,
        `${id} is a generator of ours.`,
        'Give yours another name; its folder of templates and its `id` go with it.',
      );
    else if (sections.has(id))
      say(
        clashes,
        file,
        `${id} is a section of .devops/config.yaml that has another meaning.`,
        'Give the generator another name.',
      );
    else found.set(id, { id, file });
  }
  return { found: [...found.values()], clashes, others };
}

/**
 * A generator that is known and not run: it can be listed and chosen. Its section of the configuration is accepted as it stands, since what
 * may be in it is known by running it.
 */
export function unopened({ id, file }: LocalName): Generator {
  const schema: PlainRecord = { type: 'object' };
  const section: Question = {
    id,
    kind: 'text',
    message: `${id}?`,
    help: `Answers of ${file}, which is not run yet.`,
    choices: null,
    ask: 'never',
    readBy: [id],
    required: false,
    toConfirm: false,
    suggest: () => undefined,
    parse: (raw) => raw as never,
    schema,
  };
  const notRun = () => {
    throw new SetupError({
      code: 'GENERATOR',
      place: file,
      message: 'it is chosen, and was not loaded.',
      hint: `Choose it with \`create-devops-setup add ${id}\`.`,
    });
  };
  return {
    id,
    title: `${id}, of this project`,
    summary: `${file}; not run yet`,
    questions: [section],
    needs: [],
    source: file,
    applies: notRun,
    files: notRun,
    nextSteps: notRun,
  };
}
