/**
 * The seven steps, in order: detect, resolve, model, generate and render, check, plan; the seventh, apply, is the writer's. Takes ports,
 * prints nothing. Every command is these steps; there is no second code path.
 */

import { readOurs } from './core/config/own-file.ts';
import { CONFIG_PATH, SCHEMA_PATH } from './core/config-file.ts';
import { detect } from './core/detect/index.ts';
import { type Generated, generate } from './core/generate.ts';
import { entryIn, hashText, LOCK_PATH, matches, placeOf } from './core/lock.ts';
import { parseLock } from './core/lock-reader.ts';
import { requireSameLock, withoutFound, withoutOurs } from './core/ours.ts';
import { locate } from './core/plan/moved.ts';
import { removal } from './core/plan/removal.ts';
import { plan } from './core/plan.ts';
import { type Choices, choiceFiles, choicesHash, type PresetChange, readChoices } from './core/presets/project.ts';
import { houseQuestions } from './core/questions/index.ts';
import type { Templates } from './core/render/render.ts';
import { configOf } from './core/resolve/choices.ts';
import { type Resolution, resolve } from './core/resolve/index.ts';
import { servicesIn, setUpFlags } from './core/resolve/services.ts';
import { buildSystem, pinnedFacts } from './core/system/index.ts';
import { toLf } from './core/text-style.ts';
import type { Generator, Pins } from './define.ts';
import { type Problem, SetupError } from './errors.ts';
import type {
  ConflictPolicy,
  Facts,
  FileAnswer,
  Finding,
  GitFiles,
  Intent,
  Lock,
  Origin,
  PlainRecord,
  Plan,
  ProjectFiles,
  Question,
  System,
} from './model.ts';
import { standardBroken } from './standards/broken.ts';
import { type Artifact, checkAll, openParser, type Parser, type Report } from './standards/index.ts';
import type { Standard } from './standards/standard.ts';

export { forgetSection, leaveTo } from './core/presets/project.ts';

/** Everything that the steps need from outside. */
export type Ports = Readonly<{
  files: ProjectFiles;
  git: GitFiles;
  templates: Templates;
  pins: Pins;
  catalog: readonly Standard[];
  generators: readonly Generator[];
  tool: Readonly<{ name: string; version: string }>;
}>;

/** What the person (or the script) asked for. */
export type Request = Readonly<{
  flags: ReadonlyMap<string, unknown>;
  prompted: ReadonlyMap<string, unknown>;
  answersFile: PlainRecord | null;
  /** Where an answer of that file stands, for messages. */
  answersPlace?: (id: string) => string;
  /** A subfolder that selects services, relative to the root; null: all of them. */
  only: string | null;
}>;

export const EMPTY_REQUEST: Request = { flags: new Map(), prompted: new Map(), answersFile: null, only: null };

/** Step 1 and what earlier runs left: facts, configuration, lock. */
export type Inspection = Choices &
  Readonly<{
    facts: Facts;
    lock: Lock | null;
    /** As it was read, before anything else. */
    lockText: string | null;
    questions: readonly Question[];
  }>;

/** Steps 3 to 5. `parser` knows what step 5 has parsed, for a look at the same texts on the disk. */
export type Setup = Readonly<{ system: System; generated: Generated; config: PlainRecord; parser: Parser }>;

/**
 * Reads the project; with `change`, as it will be once that preset is extended.
 * @throws SetupError for what cannot be read or parsed, all of it at once.
 */
export function inspect(ports: Ports, change: PresetChange | null = null): Inspection {
  const problems: SetupError[] = [];
  const attempt = <T>(action: () => T): T | null => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      problems.push(error);
      return null;
    }
  };
  const lockText = attempt(() => readOurs(ports.files, LOCK_PATH));
  const facts = attempt(() => detect(ports.files, ports.git));
  const configText = attempt(() => readOurs(ports.files, CONFIG_PATH));
  const lock = attempt(() => (lockText === null ? null : parseLock(lockText)));
  const questions = allQuestions(ports.generators);
  const choices = attempt(() => readChoices(configText, { files: ports.files, lock, questions }, change));
  if (problems.length > 0 || facts === null || choices === null)
    throw new SetupError(problems.flatMap((error) => error.problems));
  const located = lock === null ? null : locate(lock, ports.files, choices.unmanaged);
  return {
    ...choices,
    facts: withoutOurs(facts, located, ports.files, choices.unmanaged),
    lock: located,
    lockText,
    questions,
  };
}

/** The questions of the house, then those that generators declare; those are read by their generator unless they say more. */
export function allQuestions(generators: readonly Generator[]): readonly Question[] {
  const declared = generators.flatMap(({ id, questions }) =>
    questions.map((question) => (question.readBy.length > 0 ? question : { ...question, readBy: [id] })),
  );
  return [...houseQuestions(generators), ...declared];
}

/** Step 2. Problems and open questions are data; the caller decides whether to ask, list or stop. */
export function answer(inspection: Inspection, request: Request): Resolution {
  const first = resolve(inspection.facts, inspection.questions, rawInput(inspection, request));
  const { only } = request;
  if (only === null || first.services.length === 0) return first;
  const chosen = servicesIn(first.services, only);
  if (chosen.length === 0) {
    const found = first.services.map(({ name, facts }) => `${name} in ${facts.path}`).join(', ');
    const problem: Problem = {
      code: 'PROJECT',
      place: only,
      message: `no service lives here (found: ${found}).`,
      hint: 'Run it in the root for all services, or give the folder of one.',
    };
    return { ...first, problems: [...first.problems, problem] };
  }
  const flags = setUpFlags(first, chosen, { flags: request.flags, known: inspection.config?.services ?? null });
  return resolve(inspection.facts, inspection.questions, rawInput(inspection, { ...request, flags }));
}

/** Everything that was said, by who said it. */
export function rawInput({ config, presets, lineOf }: Inspection, request: Request) {
  const { flags, prompted, answersFile, answersPlace } = request;
  return { flags, prompted, answersFile, answersPlace, config, presets: presets.chain, lineOf };
}

/** @throws SetupError with every problem, or PROJECT when there is nothing that can be set up. */
export function requireAnswers(inspection: Inspection, resolution: Resolution): void {
  const { facts } = inspection;
  const nothing =
    facts.services.length === 0
      ? [
          {
            code: 'PROJECT' as const,
            place: facts.notes[0]?.file ?? '.',
            message: facts.notes[0]?.message ?? 'no application code was found here',
            hint: 'Run it in the root of a Node.js or TypeScript project (a folder with a package.json).',
          },
        ]
      : [];
  const missing = resolution.open.map(({ id, message, question }) => ({
    code: 'ANSWERS_MISSING' as const,
    place: id,
    message,
    hint: `Answer it with --set ${id}=${question.choices?.map(({ value }) => value).join('|') ?? `<${question.kind}>`}`,
  }));
  const problems = [...resolution.problems, ...nothing, ...(nothing.length > 0 ? [] : missing)];
  if (problems.length > 0) throw new SetupError(problems);
}

/** Steps 3 to 5. @throws SetupError STANDARDS when our own output breaks a standard: nothing is written then. */
export function makeSetup(ports: Ports, inspection: Inspection, resolution: Resolution): Setup {
  const { lock, config } = inspection;
  const { wanted, generated } = renderAll(ports, inspection, resolution);
  // What does not apply here writes nothing, so nothing is expected of it; the choice stays written down all the same.
  const left = new Set(generated.left.map(({ generator }) => generator));
  const system = { ...wanted, generators: wanted.generators.filter((id) => !left.has(id)) };
  const parser = openParser();
  if (!isKnown(generated, lock, ports.tool.version)) requireStandards(ports, system, generated, parser);
  return { system, generated, config: configOf(resolution, wanted.generators, config), parser };
}

/** Steps 3 and 4; once more where files of ours are found that no record knows, as what is written beside them depends on whose they are. */
function renderAll(ports: Ports, { facts, lock }: Inspection, resolution: Resolution) {
  const render = (known: Facts) => {
    const pinned = pinnedFacts(known, lock?.pinned ?? {});
    const wanted = buildSystem({ ...ports, facts: known, resolution, pinned });
    return { wanted, generated: generate(wanted, ports.generators, ports.templates, ports.pins) };
  };
  const first = render(facts);
  const ours = withoutFound(facts, first.generated.files, ports.files);
  if (ours === facts) return first;
  const again = render(ours);
  // Beside them they may have another text than beside files of theirs: then they are theirs.
  const still = withoutFound(facts, again.generated.files, ports.files);
  return still.existing.length === ours.existing.length ? again : first;
}

/** This version has rendered and judged exactly these texts before: judging them again would say the same. */
function isKnown({ files }: Generated, lock: Lock | null, version: string): boolean {
  if (lock?.tool !== version) return false;
  return files.every(({ path, text, ownership }) => ownership !== 'own' || lock.files[path]?.hash === hashText(text));
}

function requireStandards(ports: Ports, system: System, { files }: Generated, parser: Parser): void {
  // Where a file of the user's stands, ours is shown and never written: it cannot break anything.
  const theirs = new Set(system.project.existing.map(({ path }) => path));
  const artifacts = files.map(
    ({ path, text, ownership }): Artifact => ({
      path,
      text,
      origin: theirs.has(path) ? 'foreign' : 'generated',
      ownership,
    }),
  );
  const { findings } = checkAll({ system, artifacts, exists: ports.files.exists, parser }, ports.catalog);
  const broken = findings.filter(({ severity }) => severity === 'error');
  const sourceOf = ({ file }: Finding) => {
    const owner = files.find(({ path }) => path === file)?.generator;
    return ports.generators.find(({ id }) => id === owner)?.source ?? null;
  };
  if (broken.length > 0) throw new SetupError(broken.map((finding) => standardBroken(finding, sourceOf(finding))));
}

/**
 * What people decided about single files. `answers`: their answers to conflicts, by path. `intents`: `restore` writes ours over whatever
 * is there (or is not), `adopt` takes a file of theirs under management as it stands.
 */
export type Decisions = Readonly<{
  policy: ConflictPolicy;
  answers?: ReadonlyMap<string, FileAnswer>;
  intents?: ReadonlyMap<string, Intent>;
  /** Nothing but these paths is decided; the rest of the plan stays undone. */
  only?: ReadonlySet<string>;
}>;

/** Step 6. */
export function makePlan(ports: Ports, inspection: Inspection, setup: Setup, decisions: Decisions): Plan {
  const made = plan({
    rendered: setup.generated.files,
    lock: inspection.lock,
    files: ports.files,
    ...decisions,
    unmanaged: inspection.unmanaged,
    tool: ports.tool.version,
    configHash: choicesHash(setup.config, inspection.presets),
    pinned: pinnedFacts(inspection.facts, inspection.lock?.pinned ?? {}),
    presets: inspection.entries,
    extras: choiceFiles(inspection, setup.config),
  });
  requireSameLock(ports.files, inspection.lockText);
  return made;
}

/** Step 6 where only what was chosen changes: our own records, and no file of a generator. */
export function planRecords(ports: Ports, inspection: Inspection): Plan {
  const config = inspection.config ?? {};
  return plan({
    rendered: [],
    lock: inspection.lock,
    files: ports.files,
    policy: 'leave',
    only: new Set(),
    tool: ports.tool.version,
    configHash: choicesHash(config, inspection.presets),
    pinned: {},
    presets: inspection.entries,
    extras: choiceFiles(inspection, config),
  });
}

/** Step 5 on what is on the disk now: what `verify` reports. */
export function verifySetup(
  ports: Ports,
  inspection: Inspection,
  resolution: Resolution,
): Readonly<{ setup: Setup; report: Report }> {
  const setup = makeSetup(ports, inspection, resolution);
  return { setup, report: checkDisk(ports, inspection.lock, setup) };
}

/**
 * Step 6 of `remove --all`: the same plan with nothing to render, and our own records go as well.
 * @throws SetupError PROJECT when nobody knows what is ours.
 */
export function makeRemoval({ files, tool }: Ports, { lock, unmanaged }: Inspection): Plan {
  return removal({ lock, files, tool: tool.version, ours: [CONFIG_PATH, SCHEMA_PATH], unmanaged });
}

/** The standards on the files as they stand, where they stand, told from the user's own by the lock. */
export function checkDisk(ports: Ports, lock: Lock | null, { system, generated, parser, config }: Setup): Report {
  const { files } = ports;
  const place = (path: string): string => placeOf(path, entryIn(lock, path));
  const artifacts = generated.files.flatMap((file): Artifact[] => {
    // A link of the user's was left alone; what it leads to is not read either.
    const text = files.linked?.(place(file.path)) ? null : files.read(place(file.path), true);
    if (text === null) return [];
    const entry = entryIn(lock, file.path);
    // A file that we only added to stays the user's: what else stands in it is theirs to answer for.
    const ours = entry !== undefined && !entry.ownership.startsWith('merge:');
    const origin: Origin = !ours ? 'foreign' : matches(text, entry.hash) ? 'generated' : 'edited';
    return [{ path: file.path, text: toLf(text), origin, ownership: file.ownership }]; // also where git ends lines with CRLF
  });
  const left = new Set(Array.isArray(config.unmanaged) ? config.unmanaged : []);
  const expected = generated.files
    .filter(({ path, ownership }) => ownership === 'own' && !left.has(path) && !files.linked?.(place(path)))
    .map(({ path }) => path);
  const exists = (path: string): boolean => files.exists(place(path));
  const { findings, verdicts } = checkAll({ system, artifacts, exists, expected, place, parser }, ports.catalog);
  // The checks know files by what their generator calls them; people are told where they are.
  return { findings: findings.map((finding) => ({ ...finding, file: place(finding.file) })), verdicts };
}
