/** What TypeScript's configuration says about where code goes. */
import { record, text } from './json.ts';
import type { Package } from './package.ts';
import { compare, folderOf, join } from './repo.ts';

/** Paths are relative to the package. */
export type Tsconfig = Readonly<{
  file: string;
  outDir: string | null;
  outDirEvidence: Readonly<{ file: string; line?: number }> | null;
  rootDir: string | null;
  baseUrl: string | null;
  paths: Readonly<Record<string, readonly string[]>>;
  noEmit: boolean;
  include: readonly string[] | null;
  exclude: readonly string[] | null;
  files: readonly string[] | null;
  references: readonly string[];
}>;

/** Reads a tsconfig of the package with what it extends inside the repository. Null when there is none. */
export function readTsconfig(pkg: Package, file: string): Tsconfig | null {
  return pkg.repo.once(`tsconfig ${pkg.path} ${file}`, () => read(pkg, file, 0));
}

function read(pkg: Package, file: string, depth: number): Tsconfig | null {
  const path = pkg.at(file);
  const document = path === null || depth > 5 ? null : pkg.repo.json(path);
  if (document === null || path === null) return null;
  const json = record(document.value);
  const options = record(json.compilerOptions);
  const folder = folderOf(file);
  const parents = [json.extends]
    .flat()
    .map(text)
    .filter((e) => e !== null);
  let base: Tsconfig | null = null;
  for (const parent of parents) {
    if (!parent.startsWith('.')) continue;
    const target = relativeJoin(folder, parent);
    const found = read(pkg, target.endsWith('.json') ? target : `${target}.json`, depth + 1);
    if (found !== null) base = found;
  }
  const local = (value: unknown): string | null => {
    const t = text(value);
    return t === null ? null : relativeJoin(folder, t.replace(/^\$\{configDir\}\/?/, './'));
  };
  const strings = (value: unknown): string[] | null =>
    Array.isArray(value) ? value.map(local).filter((v) => v !== null) : null;
  const outDir = local(options.outDir);
  const line = document.lineOf('compilerOptions', 'outDir');
  const baseUrl = local(options.baseUrl);
  const paths: Record<string, string[]> = {};
  for (const [pattern, targets] of Object.entries(record(options.paths))) {
    paths[pattern] = (strings(targets) ?? []).map((t) => (baseUrl === null ? t : relativeJoin(baseUrl, t)));
  }
  return {
    file,
    outDir: outDir ?? base?.outDir ?? null,
    outDirEvidence:
      outDir === null ? (base?.outDirEvidence ?? null) : { file: path, ...(line === undefined ? {} : { line }) },
    rootDir: local(options.rootDir) ?? base?.rootDir ?? null,
    baseUrl: baseUrl ?? base?.baseUrl ?? null,
    paths: Object.keys(paths).length > 0 ? paths : (base?.paths ?? {}),
    noEmit: typeof options.noEmit === 'boolean' ? options.noEmit : (base?.noEmit ?? false),
    include: strings(json.include) ?? base?.include ?? null,
    exclude: strings(json.exclude) ?? base?.exclude ?? null,
    files: strings(json.files) ?? base?.files ?? null,
    references: (Array.isArray(json.references) ? json.references : [])
      .map((r) => local(record(r).path))
      .filter((r) => r !== null),
  };
}

/** Like `join`, but a path that leaves the package keeps its `..`. */
function relativeJoin(folder: string, path: string): string {
  const joined = join(folder, path);
  return joined ?? path;
}

/** The folder that `outDir` mirrors: `rootDir`, or what the compiler would compute, the common folder of its input files. */
export function sourceRoot(pkg: Package, config: Tsconfig): string {
  if (config.rootDir !== null) return config.rootDir;
  const inputs = inputFiles(pkg, config);
  let common: string[] | null = null;
  for (const input of inputs) {
    const segments = input.split('/').slice(0, -1);
    if (common === null) common = segments;
    else {
      const other: readonly string[] = common;
      const end = other.findIndex((segment, i) => segment !== segments[i]);
      common = end < 0 ? [...other] : other.slice(0, end);
    }
  }
  return common === null || common.length === 0 ? '.' : common.join('/');
}

/**
 * The top-level folders and files whose presence decides where the output lands: with `rootDir` unsaid, a build without `test` puts
 * `src/main.ts` into `dist/main.js`, and one with it into `dist/src/main.js`. Empty where the layout does not depend on them.
 */
export function layoutInputs(pkg: Package, config: Tsconfig): readonly string[] {
  if (config.rootDir !== null || sourceRoot(pkg, config) !== '.') return [];
  return [...new Set(inputFiles(pkg, config).map((file) => file.split('/')[0] as string))];
}

function inputFiles(pkg: Package, config: Tsconfig): string[] {
  const include = (config.include ?? (config.files === null ? ['**/*'] : [])).map(glob);
  const exclude = (config.exclude ?? []).map(glob);
  const outDir = config.outDir;
  const listed = new Set(config.files ?? []);
  return pkg.files
    .filter((f) => /\.[cm]?tsx?$/.test(f) && !/\.d\.[cm]?ts$/.test(f))
    .filter((f) => listed.has(f) || (include.some((g) => g.test(f)) && !exclude.some((g) => g.test(f))))
    .filter((f) => outDir === null || outDir === '.' || !f.startsWith(`${outDir}/`))
    .sort(compare);
}

/** A tsconfig pattern as a regular expression; a folder means everything below it. */
export function glob(pattern: string): RegExp {
  const body = pattern
    .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (w) =>
      w === '**/' ? '(?:.*/)?' : w === '**' ? '.*' : w === '*' ? '[^/]*' : '[^/]',
    );
  return new RegExp(pattern === '.' ? '^' : `^${body}(?:/.*)?$`);
}
