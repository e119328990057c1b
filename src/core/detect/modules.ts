/** Which file an import means: relative paths, tsconfig's `paths` and `baseUrl`, and the package's own `imports`. */
import { record, text } from './json.ts';
import type { Package } from './package.ts';
import { folderOf, join } from './repo.ts';
import { codeMatches, type Source } from './scan.ts';
import { readTsconfig } from './tsconfig.ts';

/** What a local name was imported as. `imported` is `default`, `*` or the exported name. */
export type Import = Readonly<{ specifier: string; imported: string }>;

const IMPORT = /\bimport\s+(?:type\s+)?([^'"`;]+?)\s+from\s*(['"])([^'"\n]+)\2/g;
const REQUIRE =
  /\b(?:const|let|var)\s+(\{[^}]*\}|[\w$]+)\s*=\s*(?:await\s+import|require)\s*\(\s*(['"])([^'"\n]+)\2\s*\)(?:\.(\w+))?/g;

const cache = new WeakMap<Source, ReadonlyMap<string, Import>>();

/** Local name → where it comes from, for ES imports and require. */
export function importsOf(source: Source): ReadonlyMap<string, Import> {
  const cached = cache.get(source);
  if (cached !== undefined) return cached;
  const result = new Map<string, Import>();
  const named = (list: string, specifier: string): void => {
    for (const item of list.split(',')) {
      const m = /^\s*(?:type\s+)?([\w$]+)(?:\s*(?:as|:)\s*([\w$]+))?\s*$/.exec(item);
      if (m !== null) result.set(m[2] ?? (m[1] as string), { specifier, imported: m[1] as string });
    }
  };
  for (const m of codeMatches(source, IMPORT)) {
    const [, clause = '', , specifier = ''] = m;
    const braces = /\{([^}]*)\}/.exec(clause);
    if (braces !== null) named(braces[1] ?? '', specifier);
    const rest = clause.replace(/\{[^}]*\}/, '');
    const star = /\*\s*as\s+([\w$]+)/.exec(rest);
    if (star !== null) result.set(star[1] as string, { specifier, imported: '*' });
    const first = /^\s*([\w$]+)/.exec(rest);
    if (first !== null) result.set(first[1] as string, { specifier, imported: 'default' });
  }
  for (const m of codeMatches(source, REQUIRE)) {
    const [, target = '', , specifier = '', member] = m;
    if (target.startsWith('{')) named(target.slice(1, -1), specifier);
    else result.set(target, { specifier, imported: member ?? 'default' });
  }
  cache.set(source, result);
  return result;
}

const ENDINGS = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.mjs',
  '/index.cjs',
  '.json',
];

/** The file that a specifier means, relative to the root, or null for packages from the registry. */
export function resolveModule(pkg: Package, from: string, specifier: string): string | null {
  const base = specifier.startsWith('.') ? folderOf(from) : (ownerOf(pkg, from)?.path ?? pkg.path);
  return pkg.repo.once(`module ${pkg.path} ${base} ${specifier}`, () => resolve(pkg, from, specifier));
}

/** The workspace member that a file belongs to, when it is not the service itself. */
function ownerOf(pkg: Package, from: string): Package | undefined {
  return pkg.linked.find((member) => from.startsWith(`${member.path}/`));
}

function resolve(pkg: Package, from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return existing(pkg, join(folderOf(from), specifier));
  const owner = ownerOf(pkg, from) ?? pkg;
  for (const candidate of aliases(owner, specifier)) {
    const found = existing(pkg, join(owner.path, candidate));
    if (found !== null) return found;
  }
  for (const member of pkg.linked) {
    if (member.name === null || (specifier !== member.name && !specifier.startsWith(`${member.name}/`))) continue;
    for (const candidate of memberEntries(member, specifier.slice(member.name.length + 1))) {
      const found = existing(pkg, join(member.path, candidate));
      if (found !== null) return found;
    }
  }
  return null;
}

/** The source behind a built entry: a workspace member is read before it is built. */
function memberEntries(member: Package, rest: string): string[] {
  if (rest !== '') return [`src/${rest}`, rest, `src/${rest.replace(/^(?:dist|lib|build)\//, '')}`];
  const exported = record(member.manifest.exports)['.'] ?? member.manifest.exports;
  const named = [
    exported,
    record(exported).import,
    record(exported).default,
    record(exported).types,
    member.manifest.main,
    member.manifest.module,
    member.manifest.types,
  ];
  const paths = named.map(text).filter((p) => p !== null);
  return [
    ...paths,
    ...paths.map((p) => p.replace(/^(\.\/)?(?:dist|lib|build|out)\//, 'src/').replace(/\.d\.ts$/, '.ts')),
    'src/index',
    'index',
  ];
}

function existing(pkg: Package, path: string | null): string | null {
  if (path === null) return null;
  // TypeScript writes `./x.js` for `./x.ts`.
  const bases = [
    path,
    ...(/\.[cm]?jsx?$/.test(path)
      ? [path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'), path.replace(/\.[cm]?jsx?$/, '')]
      : []),
  ];
  for (const base of bases) {
    for (const ending of ENDINGS) if (pkg.repo.lists(base + ending)) return base + ending;
  }
  return null;
}

function aliases(pkg: Package, specifier: string): string[] {
  const result: string[] = [];
  const tsconfig = readTsconfig(pkg, 'tsconfig.json');
  const fill = (pattern: string, target: string): void => {
    const [head = '', tail] = pattern.split('*');
    if (tail === undefined ? specifier === pattern : specifier.startsWith(head) && specifier.endsWith(tail)) {
      const middle = tail === undefined ? '' : specifier.slice(head.length, specifier.length - tail.length);
      result.push(target.replace('*', middle));
    }
  };
  for (const [pattern, targets] of Object.entries(tsconfig?.paths ?? {}))
    for (const target of targets) fill(pattern, target);
  for (const [pattern, target] of Object.entries(record(pkg.manifest.imports))) {
    for (const value of typeof target === 'string' ? [target] : Object.values(record(target))) {
      const path = text(value);
      if (path !== null) fill(pattern, path.replace(/^\.\/(?:dist|build|out)\//, './src/'));
    }
  }
  result.push(...(tsconfig?.baseUrl === null || tsconfig === null ? [] : [`${tsconfig.baseUrl}/${specifier}`]));
  // Without a readable tsconfig the two customs that everybody has.
  const custom = /^[@~]\/(.+)$/.exec(specifier);
  if (custom !== null) result.push(`src/${custom[1]}`, custom[1] as string);
  return result;
}
