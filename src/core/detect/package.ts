/** One package of the repository: its manifest, its dependencies and its own source files. */
import type { Evidence, Fact } from '../../model.ts';
import { JsonError, parseJson, record, text } from './json.ts';
import { at, compare, fact, folderOf, join, type Repo } from './repo.ts';
import type { Source } from './scan.ts';

export type Package = Readonly<{
  repo: Repo;
  /** Folder relative to the root, `.` for the root. */
  path: string;
  file: string;
  manifest: Readonly<Record<string, unknown>>;
  name: string | null;
  scripts: Readonly<Record<string, string>>;
  /** Line of a key path in package.json. */
  line: (...path: string[]) => number | undefined;
  /** Evidence for a key path in package.json. */
  evidence: (...path: string[]) => Evidence;
  /** Path of a file of the package, relative to the root; null when it would leave the root. */
  at: (path: string) => string | null;
  has: (path: string) => boolean;
  /** Files of the package, relative to it; those of nested packages left out. */
  files: readonly string[];
  /** The first of these dependencies that the package has, in production dependencies first, with its version as written. */
  dependency: (...names: readonly string[]) => Fact<string> | null;
  version: (name: string) => string | null;
  isProduction: (name: string) => boolean;
  /** Scanned application code (no tests, no tooling, nothing generated or huge) whose raw text contains the pattern; entry-like files first. */
  sources: (pattern: RegExp) => readonly Source[];
  codeFiles: readonly string[];
  /** Members of the workspace that this package is built with; empty unless it was made by `withLinked`. */
  linked: readonly Package[];
}>;

/** Nobody writes a file like that; it is generated, or data. */
const MAX_SOURCE = 200_000;
/** Entry points come first. Reading more would cost seconds, and tell nothing that the first did not. */
const MAX_CODE_FILES = 4000;

const DEPENDENCY_FIELDS = ['dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies'] as const;

/** Reads a package.json. A broken one is a problem of the repository, with its line; null then, and when it is absent. */
export function readPackage(repo: Repo, path: string, nested: readonly string[]): Package | null {
  const file = path === '.' ? 'package.json' : `${path}/package.json`;
  return repo.once(`package ${path}`, () => {
    const raw = repo.text(file);
    if (raw === null) return null;
    try {
      const document = parseJson(raw);
      if (document.value === null || typeof document.value !== 'object' || Array.isArray(document.value)) {
        throw new JsonError('an object is expected', 1);
      }
      return make(repo, path, file, record(document.value), document.lineOf, nested);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      repo.problems.push({
        code: 'PROJECT',
        place: `${file}:${error.line}`,
        message: `is not valid JSON: ${error.message}`,
        hint: 'Mend the file (npm pkg get name reads it again), then run this again.',
      });
      return null;
    }
  });
}

function make(
  repo: Repo,
  path: string,
  file: string,
  manifest: Readonly<Record<string, unknown>>,
  lineOf: (...path: string[]) => number | undefined,
  nested: readonly string[],
): Package {
  const prefix = path === '.' ? '' : `${path}/`;
  const files = filesByOwner(repo, nested).get(path) ?? [];
  const known = new Set(files);
  const scripts: Record<string, string> = {};
  for (const [name, command] of Object.entries(record(manifest.scripts))) {
    if (typeof command === 'string') scripts[name] = command;
  }
  const evidence = (...keys: string[]): Evidence => at(file, lineOf(...keys));
  const dependencies = dependenciesOf(manifest);
  const code = files.filter(isApplicationCode).map((name) => ({ name, rank: rank(name) }));
  code.sort((a, b) => a.rank - b.rank || compare(a.name, b.name));
  if (code.length > MAX_CODE_FILES)
    repo.note(`holds ${code.length} code files; only the ${MAX_CODE_FILES} nearest to its top were read`, path);
  const codeFiles = code.slice(0, MAX_CODE_FILES).map(({ name }) => name);
  const found = new Map<string, readonly Source[]>();
  return {
    repo,
    path,
    file,
    manifest,
    name: text(manifest.name),
    scripts,
    line: lineOf,
    evidence,
    at: (relative) => join(path, relative),
    has: (relative) => known.has(relative) || repo.exists(prefix + relative),
    files,
    dependency: (...names) => {
      let best: Dependency | null = null;
      for (const name of names) {
        const found = dependencies.get(name);
        if (found !== undefined && (best === null || found.rank < best.rank)) best = found;
      }
      return best === null ? null : fact(best.name, evidence(DEPENDENCY_FIELDS[best.rank] as string, best.name));
    },
    version: (name) => dependencies.get(name)?.version ?? null,
    isProduction: (name) => (dependencies.get(name)?.rank ?? 2) < 2,
    codeFiles,
    linked: [],
    sources: (pattern) => {
      const key = String(pattern);
      const cached = found.get(key);
      if (cached !== undefined) return cached;
      const result: Source[] = [];
      for (const relative of codeFiles) {
        const raw = repo.text(prefix + relative);
        if (raw === null || raw.length > MAX_SOURCE || !pattern.test(raw)) continue;
        const source = repo.source(prefix + relative);
        if (source !== null) result.push(source);
      }
      found.set(key, result);
      return result;
    },
  };
}

/** `rank` is the place of its field in DEPENDENCY_FIELDS; the first two are production. */
type Dependency = Readonly<{ name: string; rank: number; version: string }>;

function dependenciesOf(manifest: Readonly<Record<string, unknown>>): ReadonlyMap<string, Dependency> {
  const found = new Map<string, Dependency>();
  for (const [rank, field] of DEPENDENCY_FIELDS.entries()) {
    for (const [name, version] of Object.entries(record(manifest[field])))
      if (typeof version === 'string' && !found.has(name)) found.set(name, { name, rank, version });
  }
  return found;
}

/** Every file belongs to the nearest folder with a package.json; paths are relative to that folder. */
function filesByOwner(repo: Repo, nested: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return repo.once('files by package', () => {
    const owners = new Set(nested);
    const known = new Map<string, string>([['.', '.']]);
    const ownerOf = (folder: string): string => {
      const cached = known.get(folder);
      if (cached !== undefined) return cached;
      const owner = owners.has(folder) ? folder : ownerOf(folderOf(folder));
      known.set(folder, owner);
      return owner;
    };
    const result = new Map<string, string[]>();
    for (const file of repo.list) {
      const owner = ownerOf(folderOf(file));
      const relative = owner === '.' ? file : file.slice(owner.length + 1);
      const list = result.get(owner);
      if (list === undefined) result.set(owner, [relative]);
      else list.push(relative);
    }
    return result;
  });
}

const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** Folders whose code is not what runs in production. */
const NOT_APPLICATION =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|__fixtures__|specs?|e2e|fixtures?|mocks?|cypress|playwright|integration-?tests?|loadtests?|benchmarks?|bench|examples?|docs?|documentation|stories|storybook|coverage|testing|test-utils|generated|__generated__|locales|translations|public|static|assets|vendors?|\.[\w-]+)\//;
/** Folders at the top that hold helpers of the developers, not the application. */
const TOP_TOOLING =
  /^(?:scripts|tools|tooling|infra|infrastructure|terraform|cdk|deploy|deployment|k8s|kubernetes|helm|docker|ops|ci|build|dist|out|lib-cov|loadtests|monitoring)\//;
const NOT_APPLICATION_FILE =
  /(?:\.(?:test|tests|spec|e2e-spec|e2e|it|bench|stories|mock|fixture|generated|gen|pb|bundle)\.[cm]?[jt]sx?|_pb\.[jt]s|\.d\.[cm]?ts|\.min\.[cm]?js)$|(?:^|[/-])(?:e2e-|integration-)?tests?\.[cm]?[jt]s$/;
/** Configuration of tools at the top of the package. Next's and the migrations' own are read by name where they matter. */
const TOOL_CONFIG =
  /^(?:[\w.-]+\.config\.[\w.]+|\.[\w.-]+|vitest\.[\w.-]+|jest[\w.-]*|gulpfile\.\w+|Gruntfile\.\w+|knexfile\.\w+|ormconfig\.\w+|setup-?tests?\.\w+|commitlint\.\w+|plopfile\.\w+)$/i;

/** True for code that is part of the running application. */
export function isApplicationCode(file: string): boolean {
  if (!CODE.test(file) || NOT_APPLICATION.test(file) || TOP_TOOLING.test(file) || NOT_APPLICATION_FILE.test(file))
    return false;
  return file.includes('/') || !TOOL_CONFIG.test(file);
}

const ENTRY_NAMES = ['main', 'server', 'index', 'app', 'www', 'worker', 'start', 'bootstrap'];

/** Files that look like the entry come first, then shallow ones. */
function rank(file: string): number {
  const segments = file.split('/');
  const base = (segments.at(-1) ?? '').replace(/\..*$/, '');
  const name = ENTRY_NAMES.indexOf(base);
  const depth = segments.length;
  return name >= 0 && depth <= 3 ? depth * 10 + name : 100 + depth;
}
