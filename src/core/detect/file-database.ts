/** A database that is a file: SQLite, or libSQL with a `file:` URL. Where the path or the URL comes from. */
import type { EnvironmentVariableFact, Fact, FileDatabaseFact } from '../../model.ts';
import { enclosing, locate, ormConfigs } from './located.ts';
import { importsOf } from './modules.ts';
import type { Package } from './package.ts';
import { at, fact, lineWhere } from './repo.ts';
import { sampleValue } from './samples.ts';
import { codeMatches, parts, type Source, type Span } from './scan.ts';

const DRIVERS = [
  'better-sqlite3',
  'sqlite3',
  'sqlite',
  '@mikro-orm/sqlite',
  '@mikro-orm/better-sqlite',
  '@prisma/adapter-better-sqlite3',
];
/** These speak to a server as well: only an address that begins with `file:` is a file. */
const REMOTE_TOO = ['@libsql/client', 'libsql', '@libsql/sqlite3', '@prisma/adapter-libsql', '@mikro-orm/libsql'];
const BUILT_IN = /:sqlite['"]/;
/** Cheap to look for in every file. */
const WORD = /sqlite|libsql|turso/;
const USE =
  /['"](?:better-sqlite3|sqlite3?|(?:node|bun):sqlite|@libsql\/[\w/]+|libsql|drizzle-orm\/(?:better-sqlite3|bun-sqlite|libsql)[\w/]*|@prisma\/adapter-(?:better-sqlite3|libsql)|@mikro-orm\/(?:sqlite|better-sqlite|libsql))['"]|\b(?:type|dialect|client)['"]?\s*:\s*['"](?:(?:better-)?sqlite3?|libsql|turso)['"]/;
/** An object that describes such a database, by what stands in it or right before it. */
const DESCRIBES = /sqlite|libsql|turso|\bcreateClient\b|\bdrizzle\b/i;
const OPTION =
  /(?<=[{,\s])['"]?(?:url|filename|storage|database|dbName|source|connection)['"]?\s*(?::\s*(?![{\s])|(?=[,}]))/;
const CONSTRUCTOR =
  /\bnew\s+(?:[\w$]+\s*\.\s*)?(?:Database|DatabaseSync)\s*(?:<[^()]*>)?\(|\bdrizzle\s*\(\s*(?=process|env|[\w$.]*[cC]onfig|['"`])/;

type Candidate = Readonly<{ value: FileDatabaseFact; evidence: Fact<FileDatabaseFact>['evidence'] }>;

/** The database file of a service; the place with a path or a variable comes before one that says neither. */
export function detectFileDatabase(
  pkg: Package,
  environment: readonly EnvironmentVariableFact[],
): Fact<FileDatabaseFact> | null {
  const installed = (names: readonly string[]): boolean =>
    names.some((n) => pkg.isProduction(n) || (isBundled(pkg) && pkg.dependency(n) !== null));
  const local = installed(DRIVERS);
  const candidates = prismaFiles(pkg, environment);
  if (local || installed(REMOTE_TOO) || pkg.sources(BUILT_IN).length > 0) {
    for (const source of [...pkg.sources(WORD), ...ormConfigs(pkg)].filter((s) => USE.test(s.text)))
      candidates.push(...inSource(pkg, source, environment));
  }
  const best = candidates.find((c) => c.value.variable !== null || c.value.default !== null) ?? candidates[0];
  return best === undefined ? null : fact(best.value, best.evidence);
}

const isBundled = (pkg: Package): boolean => Object.keys((pkg.manifest.dependencies ?? {}) as object).length === 0;

function inSource(pkg: Package, source: Source, environment: readonly EnvironmentVariableFact[]): Candidate[] {
  // Only what the file imports counts as its driver; a configuration file without imports names its dialect.
  const remote =
    !/['"](?:better-sqlite3|sqlite3?|(?:node|bun):sqlite|drizzle-orm\/(?:better-sqlite3|bun-sqlite)|@prisma\/adapter-better-sqlite3|@mikro-orm\/(?:sqlite|better-sqlite))['"]|['"](?:better-)?sqlite3?['"]/.test(
      source.text,
    );
  const found: Candidate[] = [];
  const add = (span: Span | undefined): void => {
    if (span === undefined) return;
    const place = locate(pkg, source, span);
    const said =
      place.variable === null
        ? null
        : (environment.find((e) => e.name === place.variable)?.default ??
          sampleValue(pkg, place.variable)?.value ??
          null);
    const path = said ?? place.literal;
    if (path !== null && !isFile(path)) return;
    if (remote && path === null) return;
    if (remote && !/^file:/i.test(path as string)) return;
    found.push({
      value: { variable: place.variable, default: path },
      evidence: at(source.file, source.lineAt(span.start)),
    });
  };
  for (const m of codeMatches(source, CONSTRUCTOR)) add(parts(source, source.text.indexOf('(', m.index))[0]);
  for (const [name, { specifier, imported }] of importsOf(source)) {
    if (specifier !== 'better-sqlite3' || imported !== 'default' || name === 'Database') continue;
    for (const m of codeMatches(source, new RegExp(`(?<![\\w$.])${name.replace(/\$/g, '\\$')}\\s*\\(`)))
      add(parts(source, m.index + m[0].length - 1)[0]);
  }
  for (const m of codeMatches(source, OPTION)) {
    const around = enclosing(source, m.index);
    if (around === null || !DESCRIBES.test(source.text.slice(Math.max(0, around.start - 120), around.end))) continue;
    const name = /\w+/.exec(m[0])?.[0] as string;
    const property = parts(source, around.start).find((s) => s.start <= m.index + 1 && m.index < s.end);
    const start = m[0].includes(':') ? m.index + m[0].length : (property?.start ?? m.index);
    if (property === undefined || !isPath(name, source.text.slice(start, property.end))) continue;
    add({ start, end: property.end });
  }
  return found;
}

/** `database` and `connection` also name databases on a server: a literal there has to look like a path. */
function isPath(option: string, expression: string): boolean {
  const literal = /^['"`]([^'"`]*)['"`]$/.exec(expression)?.[1];
  return literal === undefined
    ? !/^(?:true|false|null|\d)/.test(expression)
    : option === 'filename' || option === 'storage' || /[./:]/.test(literal);
}

/** False for a database in memory, and for one behind a server. */
function isFile(path: string): boolean {
  return path !== '' && !/:memory:|mode=memory/.test(path) && !/^(?!file:|sqlite:)[a-z][a-z0-9+.-]+:\/\//i.test(path);
}

/** `provider = "sqlite"`; a relative path there begins at the folder of the schema. */
function prismaFiles(pkg: Package, environment: readonly EnvironmentVariableFact[]): Candidate[] {
  return [pkg, ...pkg.linked]
    .flatMap((p) => p.files.filter((f) => f.endsWith('.prisma')).map((f) => p.at(f) as string))
    .flatMap((path) => {
      const text = pkg.repo.text(path) ?? '';
      const block = /^\s*datasource\s+\w+\s*\{[^}]*\}/m.exec(text)?.[0] ?? '';
      if (!/^\s*provider\s*=\s*"sqlite"/m.test(block)) return [];
      const url = /^\s*url\s*=\s*(?:env\(\s*"(\w+)"\s*\)|"([^"]+)")/m.exec(block);
      const variable = url?.[1] ?? prismaConfigVariable(pkg);
      const said =
        variable === null
          ? null
          : (environment.find((e) => e.name === variable)?.default ?? sampleValue(pkg, variable)?.value ?? null);
      const value = { variable, default: url?.[2] ?? said };
      if (value.default !== null && !isFile(value.default)) return [];
      return [{ value, evidence: at(path, lineWhere(text, /^[ \t]*provider\s*=\s*"sqlite"/m)) }];
    });
}

/** Prisma 7 keeps the URL in prisma.config.ts. */
function prismaConfigVariable(pkg: Package): string | null {
  const file = ['prisma.config.ts', 'prisma.config.mjs', 'prisma.config.js'].find((f) => pkg.has(f));
  const text = file === undefined ? null : pkg.repo.text(pkg.at(file) as string);
  const m = /\burl\s*:\s*(?:env\(\s*['"](\w+)['"]|process\.env\.(\w+)|process\.env\[\s*['"](\w+)['"])/.exec(text ?? '');
  return m?.[1] ?? m?.[2] ?? m?.[3] ?? null;
}
