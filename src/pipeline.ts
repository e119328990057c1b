/**
 * The seven steps, in order: detect, resolve, model, generate and render, check, plan; the seventh, apply, is the writer's. Takes ports,
 * prints nothing. Every command is these steps; there is no second code path.
 */
import { CONFIG_PATH, configSchema, parseConfig, SCHEMA_PATH, writeConfig } from './core/config-file.ts';
import { matches } from './core/decide.ts';
import { detect } from './core/detect/index.ts';
import { canonical } from './core/fingerprint.ts';
import { type Generated, generate } from './core/generate.ts';
import { basePath, hashText, LOCK_PATH, parseLock } from './core/lock.ts';
import { plan } from './core/plan.ts';
import { houseQuestions } from './core/questions/index.ts';
import type { Templates } from './core/render/render.ts';
import { configOf } from './core/resolve/choices.ts';
import { fullId, type Resolution, resolve } from './core/resolve/index.ts';
import { buildSystem, pinnedFacts } from './core/system/index.ts';
import type { Generator, Pins } from './define.ts';
import { type Problem, SetupError } from './errors.ts';
import type {
  ConflictPolicy,
  Facts,
  Finding,
  GitFiles,
  Lock,
  Origin,
  PlainRecord,
  Plan,
  ProjectFiles,
  Question,
  System,
} from './model.ts';
import { type Artifact, checkAll, openParser, type Parser, type Report } from './standards/index.ts';
import type { Standard } from './standards/standard.ts';

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
  /** A subfolder that selects services, relative to the root; null: all of them. */
  only: string | null;
}>;

export const EMPTY_REQUEST: Request = { flags: new Map(), prompted: new Map(), answersFile: null, only: null };

/** Step 1 and what earlier runs left: facts, configuration, lock. */
export type Inspection = Readonly<{
  facts: Facts;
  configText: string | null;
  config: PlainRecord | null;
  lock: Lock | null;
  questions: readonly Question[];
}>;

/** Steps 3 to 5. `parser` knows what step 5 has parsed, for a look at the same texts on the disk. */
export type Setup = Readonly<{ system: System; generated: Generated; config: PlainRecord; parser: Parser }>;

/** Reads the project. @throws SetupError for what cannot be read or parsed, all of it at once. */
export function inspect(ports: Ports): Inspection {
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
  const facts = attempt(() => detect(ports.files, ports.git));
  const configText = attempt(() => readOurs(ports.files, CONFIG_PATH));
  const config = attempt(() => (configText === null ? null : parseConfig(configText, CONFIG_PATH)));
  const lockText = attempt(() => readOurs(ports.files, LOCK_PATH));
  const lock = attempt(() => (lockText === null ? null : parseLock(lockText)));
  if (problems.length > 0 || facts === null) throw new SetupError(problems.flatMap((error) => error.problems));
  return {
    facts: withoutOurs(facts, lock, ports.files),
    configText,
    config,
    lock,
    questions: allQuestions(ports.generators),
  };
}

/** A file of our own bookkeeping, or null when it is absent. Something else in its place is an error, not an absence. */
function readOurs(files: ProjectFiles, path: string): string | null {
  const text = files.read(path);
  if (text === null && files.exists(path)) {
    throw new SetupError({
      code: 'READ',
      place: path,
      message: 'it is there and is no file.',
      hint: 'Move it away, and run it again.',
    });
  }
  return text;
}

/**
 * What we wrote is not the user's: of the files that play a role of ours, those of the lock do not count. Where the lock is lost, the copies
 * of what was last written still tell.
 */
function withoutOurs(facts: Facts, lock: Lock | null, files: ProjectFiles): Facts {
  const isOurs = (path: string): boolean => {
    if (lock !== null) return lock.files[path]?.ownership === 'own';
    const base = files.read(basePath(path));
    return base !== null && base === files.read(path);
  };
  return { ...facts, existing: facts.existing.filter(({ path }) => !isOurs(path)) };
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
  const first = resolve(inspection.facts, inspection.questions, request2raw(inspection, request));
  const { only } = request;
  if (only === null || first.services.length === 0) return first;
  const chosen = selected(first, only);
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
  const flags = new Map(request.flags);
  const known = inspection.config?.services ?? null;
  for (const { name } of first.services) {
    const id = fullId('services.*.setUp', name);
    const isChosen = chosen.includes(name);
    // What is set up already stays, wherever the command is run; what was left alone is taken up when its folder is named.
    const isKnown = typeof known === 'object' && known !== null && Object.hasOwn(known, name);
    const isWrong = isChosen ? first.answers.get(id)?.value === false : !isKnown;
    if (isWrong && !flags.has(id)) flags.set(id, isChosen);
  }
  return resolve(inspection.facts, inspection.questions, request2raw(inspection, { ...request, flags }));
}

/** The services in a folder; in a folder inside a service (`src`), that service. */
function selected({ services }: Resolution, folder: string): readonly string[] {
  const isIn = (inner: string, outer: string) => outer === '.' || inner === outer || inner.startsWith(`${outer}/`);
  const inside = services.filter(({ facts }) => isIn(facts.path, folder));
  if (inside.length > 0) return inside.map(({ name }) => name);
  const around = services.filter(({ facts }) => isIn(folder, facts.path));
  const nearest = around.sort((a, b) => b.facts.path.length - a.facts.path.length)[0];
  return nearest ? [nearest.name] : [];
}

function request2raw({ config }: Inspection, { flags, prompted, answersFile }: Request) {
  return { flags, prompted, answersFile, config };
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
            message: facts.notes[0]?.message ?? 'no application code was found here.',
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
  const { facts, lock, config } = inspection;
  const wanted = buildSystem({
    facts,
    resolution,
    generators: ports.generators,
    pins: ports.pins,
    tool: ports.tool,
    pinned: pinnedFacts(facts, lock?.pinned ?? {}),
  });
  const generated = generate(wanted, ports.generators, ports.templates, ports.pins);
  // What does not apply here writes nothing, so nothing is expected of it; the choice stays written down all the same.
  const left = new Set(generated.left.map(({ generator }) => generator));
  const system = { ...wanted, generators: wanted.generators.filter((id) => !left.has(id)) };
  const parser = openParser();
  if (!isKnown(generated, lock, ports.tool.version)) requireStandards(ports, system, generated, parser);
  return { system, generated, config: configOf(resolution, wanted.generators, config), parser };
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
  if (broken.length > 0) throw new SetupError(broken.map(standardBroken));
}

function standardBroken(finding: Finding) {
  return {
    code: 'STANDARDS' as const,
    place: finding.line === undefined ? finding.file : `${finding.file}:${finding.line}`,
    message: `${finding.standard}: ${finding.message}`,
    hint: `${finding.hint} (Our own output breaks our own standard: please report it; without that generator the rest can be written.)`,
  };
}

/** Step 6. */
export function makePlan(ports: Ports, inspection: Inspection, setup: Setup, policy: ConflictPolicy): Plan {
  const config = writeConfig(inspection.configText, setup.config);
  return plan({
    rendered: setup.generated.files,
    lock: inspection.lock,
    files: ports.files,
    policy,
    tool: ports.tool.version,
    configHash: hashText(canonical(setup.config)),
    pinned: pinnedFacts(inspection.facts, inspection.lock?.pinned ?? {}),
    extras: [
      { path: CONFIG_PATH, text: config },
      { path: SCHEMA_PATH, text: configSchema(inspection.questions) },
    ],
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

/** The standards on the files as they stand, told from the user's own by the lock. */
export function checkDisk(ports: Ports, lock: Lock | null, { system, generated, parser }: Setup): Report {
  const artifacts = generated.files.flatMap((file): Artifact[] => {
    // A link of the user's was left alone; what it leads to is not read either.
    const text = ports.files.linked?.(file.path) ? null : ports.files.read(file.path);
    if (text === null) return [];
    const entry = lock?.files[file.path];
    // A file that we only added to stays the user's: what else stands in it is theirs to answer for.
    const ours = entry !== undefined && !entry.ownership.startsWith('merge:');
    const origin: Origin = !ours ? 'foreign' : matches(text, entry.hash) ? 'generated' : 'edited';
    return [{ path: file.path, text, origin, ownership: file.ownership }];
  });
  const expected = generated.files
    .filter(({ path, ownership }) => ownership === 'own' && !ports.files.linked?.(path))
    .map(({ path }) => path);
  return checkAll({ system, artifacts, exists: ports.files.exists, expected, parser }, ports.catalog);
}
