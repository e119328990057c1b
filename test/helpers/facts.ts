/** Facts for tests: one Express service in the root, changed by what a test needs. */
import { houseQuestions } from '../../src/core/questions/index.ts';
import { type RawInput, type Resolution, resolve } from '../../src/core/resolve/index.ts';
import type {
  DatastoreFact,
  DatastoreKind,
  EnvironmentVariableFact,
  Fact,
  Facts,
  PlainRecord,
  Preset,
  Question,
  ScriptRole,
  ServiceFacts,
} from '../../src/model.ts';

export function fact<T>(value: T, file = 'package.json', line?: number): Fact<T> {
  return { value, evidence: line === undefined ? { file } : { file, line } };
}

/** Scripts by role: `{ test: ['test:unit', 'vitest run'] }`. */
export function scripts(
  given: Readonly<Partial<Record<ScriptRole, readonly [string, string]>>>,
): ServiceFacts['scripts'] {
  return Object.fromEntries(Object.entries(given).map(([role, [name, command]]) => [role, fact({ name, command })]));
}

export function datastore(kind: DatastoreKind, change: Partial<DatastoreFact> = {}): DatastoreFact {
  return {
    kind,
    version: null,
    connection: { url: null, host: null, port: null, user: null, password: null, database: null },
    evidence: { file: 'package.json' },
    ...change,
  };
}

export function variable(name: string, change: Partial<EnvironmentVariableFact> = {}): EnvironmentVariableFact {
  return {
    name,
    required: true,
    default: null,
    secret: false,
    evidence: { file: 'src/config.ts', line: 3 },
    ...change,
  };
}

export function serviceFacts(change: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    path: '.',
    name: fact('@acme/orders', 'package.json', 2),
    description: 'Takes orders',
    kind: fact('web', 'src/server.ts', 12),
    language: fact('typescript', 'tsconfig.json'),
    typescriptVersion: fact('5.9.2'),
    runtime: { name: 'node', version: fact('22', '.nvmrc', 1), versionFile: '.nvmrc' },
    packageManager: {
      name: 'npm',
      version: null,
      flavour: 'npm',
      lockFile: fact('package-lock.json', 'package-lock.json'),
      installRoot: '.',
    },
    framework: fact('express'),
    frameworkVersion: '5.1.0',
    entry: fact('dist/server.js'),
    start: fact(['node', 'dist/server.js'], 'package.json', 8),
    buildOutput: fact('dist', 'tsconfig.json'),
    scripts: scripts({ lint: ['lint', 'eslint .'], test: ['test', 'vitest run'], build: ['build', 'tsc'] }),
    testRunner: fact('vitest'),
    coverage: fact('@vitest/coverage-v8'),
    port: fact(3000, 'src/server.ts', 12),
    portVariable: 'PORT',
    host: null,
    endpoints: { health: fact('/healthz', 'src/server.ts', 27), ready: null, metrics: null },
    handlesSigterm: fact(true, 'src/server.ts', 40),
    metricsLibrary: null,
    logger: fact('pino'),
    environment: [variable('PORT', { required: false, default: '3000' })],
    datastores: [],
    migrations: null,
    nextStandalone: null,
    workspaceDependencies: [],
    sources: ['src', 'tsconfig.json'],
    traps: {
      prepareScript: null,
      installScripts: [],
      prismaSchema: null,
      nativeModules: [],
      privateRegistry: null,
      installInputs: [],
    },
    ...change,
  };
}

export function facts(change: Partial<Facts> = {}): Facts {
  return {
    stack: 'node',
    git: true,
    projectName: null,
    repository: fact(
      { host: 'github.com', owner: 'acme', name: 'orders', url: 'https://github.com/acme/orders' },
      '.git/config',
      7,
    ),
    defaultBranch: fact('main', '.git/refs/remotes/origin/HEAD', 1),
    license: null,
    workspace: null,
    services: [serviceFacts()],
    existing: [],
    tools: { prettier: null, biome: null, eslint: null },
    notes: [],
    ...change,
  };
}

/** Facts of a workspace with one service for each folder; `name` null for a package without one. */
export function workspaceFacts(members: Readonly<Record<string, string | null>>, change: Partial<Facts> = {}): Facts {
  const services = Object.entries(members).map(([path, name]) =>
    serviceFacts({ path, name: name === null ? null : fact(name, `${path}/package.json`, 2) }),
  );
  return facts({
    workspace: {
      tool: 'npm',
      runner: null,
      evidence: { file: 'package.json' },
      members: Object.entries(members).map(([path, name]) => ({
        path,
        name: name ?? path,
        deployable: true,
        reason: 'it listens',
      })),
    },
    services,
    ...change,
  });
}

/** Stand-ins for the registry: the ids of the first issues. */
export const GENERATORS = [
  'ci-github',
  'security-scan',
  'docker',
  'compose',
  'cdktf-aws',
  'prometheus',
  'alertmanager',
  'runbooks',
].map((id) => ({ id, title: id, summary: id }));

export const QUESTIONS = houseQuestions(GENERATORS);

type Given = Readonly<{
  flags?: Readonly<Record<string, unknown>>;
  prompted?: Readonly<Record<string, unknown>>;
  answersFile?: PlainRecord;
  config?: PlainRecord;
  /** The strongest first. */
  presets?: readonly Preset[];
  lineOf?: (id: string) => number;
}>;

export function rawInput({ flags = {}, prompted = {}, answersFile, config, presets = [], lineOf }: Given): RawInput {
  return {
    flags: new Map(Object.entries(flags)),
    prompted: new Map(Object.entries(prompted)),
    answersFile: answersFile ?? null,
    config: config ?? null,
    presets,
    lineOf: lineOf ?? null,
  };
}

/** Resolves the questions of the house (or others) against facts and raw input. */
export function resolved(
  seen: Facts = facts(),
  given: Given = {},
  questions: readonly Question[] = QUESTIONS,
): Resolution {
  return resolve(seen, questions, rawInput(given));
}
