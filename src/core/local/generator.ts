/** What a module of the project exports → a generator like any of ours. Nothing that it returns is taken on trust. */
import { type Generator, type GeneratorInput, type NextStep, nearest } from '../../define.ts';
import { type Problem, SetupError } from '../../errors.ts';
import type { FileSpec, MergerName, System, View } from '../../model.ts';
import { isBelow } from '../jail.ts';
import { isPromise, LOCAL_FOLDER, type Source, shown, thrown, wrong } from './failure.ts';
import { deepFreeze, plainCopy } from './plain.ts';
import { isLine, localQuestions } from './questions.ts';

const KEYS = ['id', 'title', 'summary', 'questions', 'needs', 'applies', 'files', 'nextSteps', 'source'];
const SPEC_KEYS = ['path', 'template', 'view', 'mode', 'ownership'];
const MERGERS: readonly MergerName[] = [
  'ignore-lines',
  'package-scripts',
  'markdown-section',
  'biome-excludes',
  'tsconfig-excludes',
  'makefile-targets',
  'pre-commit-hooks',
  'editor-settings',
];
const OWNERSHIPS = ['own', 'once', ...MERGERS.map((merger) => `merge:${merger}`)];
/** A generator that asks for more files than this is in a loop. */
const MOST_FILES = 5_000;
const SYNCHRONOUS =
  'A generator only computes: it reads the system that it is given and returns at once. Make it a plain function.';

/**
 * `exported` is the default export: a generator, or a function that makes one of `kit`.
 * @throws SetupError GENERATOR with everything that is wrong with it
 */
export function localGenerator(source: Source, exported: unknown, kit: Readonly<Record<string, unknown>>): Generator {
  const declared = typeof exported === 'function' ? made(source, exported as (kit: unknown) => unknown, kit) : exported;
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared) || isPromise(declared)) {
    const returned = typeof exported === 'function' ? 'its default export returns' : 'its default export is';
    const hint = isPromise(declared)
      ? SYNCHRONOUS
      : 'Write `export default ({ defineGenerator }) => defineGenerator({ … })`; `new-generator` shows a whole one.';
    const what =
      exported === undefined ? 'it exports nothing as default' : `${returned} ${shown(declared)}, not a generator`;
    throw new SetupError(wrong(source, `${what}.`, hint));
  }
  const raw = declared as Readonly<Record<string, unknown>>;
  const problems: Problem[] = [];
  const fault = (key: string, expected: string) =>
    problems.push(
      wrong(
        source,
        `\`${key}\` is ${shown(raw[key])}, not ${expected}.`,
        'See docs/generators.md of create-devops-setup for what a generator has.',
      ),
    );
  for (const key of Object.keys(raw))
    if (!KEYS.includes(key)) problems.push(unknownKey(source, 'a generator', key, KEYS));
  if (raw.id !== source.id)
    problems.push(
      wrong(
        source,
        `\`id\` is ${shown(raw.id)}, and the file is called after ${source.id}.`,
        'Give both the same name: the id is known by the name of the file.',
      ),
    );
  for (const key of ['title', 'summary']) if (!isLine(raw[key])) fault(key, 'one line of text');
  if (typeof raw.files !== 'function') fault('files', 'a function that returns files');
  for (const key of ['applies', 'nextSteps'])
    if (raw[key] !== undefined && typeof raw[key] !== 'function') fault(key, 'a function');
  const needs: unknown = raw.needs ?? [];
  if (!Array.isArray(needs) || !needs.every((need) => typeof need === 'string'))
    fault('needs', 'a list of generator ids');
  const questions = localQuestions(source, raw.questions ?? [], problems);
  if (problems.length > 0) throw new SetupError(problems);
  return wrapped(source, raw as unknown as Generator, [...(needs as readonly string[])], questions);
}

function made(source: Source, exported: (kit: unknown) => unknown, kit: Readonly<Record<string, unknown>>): unknown {
  try {
    return exported(kit);
  } catch (error) {
    throw new SetupError(thrown(source, 'its default export throws', error), { cause: error });
  }
}

function wrapped(
  source: Source,
  raw: Generator,
  needs: readonly string[],
  questions: Generator['questions'],
): Generator {
  const call = <T>(name: string, action: () => T): T => {
    let result: T;
    try {
      result = action();
    } catch (error) {
      if (error instanceof SetupError) throw error;
      throw new SetupError(thrown(source, `\`${name}\` throws`, error), { cause: error });
    }
    if (isPromise(result)) throw new SetupError(wrong(source, `\`${name}\` returns a promise.`, SYNCHRONOUS));
    return result;
  };
  return {
    id: source.id,
    title: raw.title,
    summary: raw.summary,
    questions,
    needs,
    source: source.file,
    applies: (system: System) => {
      if (!raw.applies) return true;
      const result: unknown = call('applies', () => raw.applies(deepFreeze(system)));
      if (result === true || isLine(result)) return result;
      throw new SetupError(
        wrong(
          source,
          `\`applies\` returns ${shown(result)}.`,
          'Return true, or one line that says why it does not apply here.',
        ),
      );
    },
    files: (input: GeneratorInput) => call('files', () => specsOf(source, raw.files(deepFreeze(input)))),
    nextSteps: (input: GeneratorInput) => {
      if (!raw.nextSteps) return [];
      return call('nextSteps', () => stepsOf(source, raw.nextSteps(deepFreeze(input))));
    },
  };
}

/** Every fault of every file at once. Paths themselves are judged where those of ours are. */
function specsOf(source: Source, returned: unknown): readonly FileSpec[] {
  if (isPromise(returned)) throw new SetupError(wrong(source, '`files` returns a promise.', SYNCHRONOUS));
  const hint =
    'Return a list of { path, view }, for example [{ path: "docs/x.md", view: { project: system.project.name } }].';
  if (!Array.isArray(returned))
    throw new SetupError(wrong(source, `\`files\` returns ${shown(returned)}, not a list.`, hint));
  if (returned.length > MOST_FILES)
    throw new SetupError(
      wrong(
        source,
        `\`files\` returns ${returned.length} files; ${MOST_FILES} are the most.`,
        'Is there a loop that does not end where it should?',
      ),
    );
  const problems: Problem[] = [];
  const specs = returned.map((raw: unknown, index): FileSpec | null => {
    const name = `files()[${index}]`;
    const fault = (message: string, how: string) => {
      problems.push(wrong(source, message, how));
      return null;
    };
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
      return fault(`\`${name}\` is ${shown(raw)}, not a file.`, hint);
    const { path, template, view, mode, ownership } = raw as Readonly<Record<string, unknown>>;
    const before = problems.length;
    for (const key of Object.keys(raw))
      if (!SPEC_KEYS.includes(key)) problems.push(unknownKey(source, `\`${name}\``, key, SPEC_KEYS));
    if (typeof path !== 'string') return fault(`\`${name}.path\` is ${shown(path)}, not a path.`, hint);
    // What would be run by the next run must not come from this one.
    if (isBelow(path, LOCAL_FOLDER))
      fault(
        `\`${name}\` writes ${path}: a generator does not write generators.`,
        'Give it a path outside of devops/generators.',
      );
    if (template !== undefined && typeof template !== 'string')
      fault(
        `\`${name}.template\` is ${shown(template)}, not the name of a template.`,
        'Leave it out, and the template is called like the file.',
      );
    if (mode !== undefined && mode !== 0o644 && mode !== 0o755)
      fault(
        `\`${name}.mode\` is ${shown(mode)}, neither 0o644 nor 0o755.`,
        'In JavaScript octal numbers begin with 0o.',
      );
    if (ownership !== undefined && !OWNERSHIPS.includes(ownership as string)) {
      const close = nearest(String(ownership), OWNERSHIPS);
      fault(
        `\`${name}.ownership\` is ${shown(ownership)}, not one of ${OWNERSHIPS.join(', ')}.`,
        close ? `Did you mean ${close}?` : 'Leave it out for a file that is looked after.',
      );
    }
    const plain = plainCopy(view, `${name}.view`);
    for (const { path: at, why } of plain.faults)
      fault(`\`${at}\`: ${why}.`, 'A view is plain data: text, numbers, true, false, null, lists and records.');
    if (
      plain.faults.length === 0 &&
      (typeof plain.copy !== 'object' || plain.copy === null || Array.isArray(plain.copy))
    )
      fault(
        `\`${name}.view\` is ${shown(view)}, not a record.`,
        'Give `view: {}` to a template that prints nothing of its own.',
      );
    if (problems.length > before) return null;
    return {
      path,
      view: plain.copy as View,
      ...(template === undefined ? {} : { template: template as string }),
      ...(mode === undefined ? {} : { mode: mode as 0o644 }),
      ...(ownership === undefined ? {} : { ownership: ownership as 'own' }),
    };
  });
  if (problems.length > 0) throw new SetupError(problems);
  return specs.filter((spec) => spec !== null);
}

function stepsOf(source: Source, returned: unknown): readonly NextStep[] {
  const hint = 'Return a list of { text } or { text, command }.';
  if (!Array.isArray(returned))
    throw new SetupError(wrong(source, `\`nextSteps\` returns ${shown(returned)}, not a list.`, hint));
  return returned.map((raw: unknown, index): NextStep => {
    const { text, command, standard } = (raw ?? {}) as Readonly<Record<string, unknown>>;
    const isGood = isLine(text) && [command, standard].every((value) => value === undefined || isLine(value));
    if (!isGood)
      throw new SetupError(
        wrong(source, `\`nextSteps()[${index}]\` is ${shown(raw)} that is no { text, command }.`, hint),
      );
    return {
      text,
      ...(command === undefined ? {} : { command: command as string }),
      ...(standard === undefined ? {} : { standard: standard as string }),
    };
  });
}

function unknownKey(source: Source, what: string, key: string, known: readonly string[]): Problem {
  const close = nearest(key, known);
  return wrong(
    source,
    `${what} has no "${key}" (it has ${known.filter((name) => name !== 'source').join(', ')}).`,
    close ? `Did you mean ${close}?` : 'Take it out.',
  );
}
