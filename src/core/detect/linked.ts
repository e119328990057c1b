/** Which parts of the workspace's members run inside a service: what its code imports, directly or through others. */
import { importsOf, resolveModule } from './modules.ts';
import type { Package } from './package.ts';
import { codeMatches, type Source } from './scan.ts';

/** Imports without a name and dynamic imports, which `importsOf` does not list. */
const OTHER_IMPORT = /\bimport\s*\(?\s*['"]([^'"\n]+)['"]|\brequire\s*\(\s*['"]([^'"\n]+)['"]/;
const TYPE_ONLY = /\bimport\s+type\b[^'"`;]*?from\s*['"]([^'"\n]+)['"]/;

/**
 * The package together with those workspace members whose code it runs: their reachable files and the dependencies which these use
 * count as its own. Types alone are not run.
 */
export function withLinked(pkg: Package, members: readonly Package[]): Package {
  if (members.length === 0) return pkg;
  const open: Package = { ...pkg, linked: members };
  const reached = reachable(open, members);
  const linked = members.filter(
    (m) =>
      m.files.some((f) => reached.has(`${m.path}/${f}`)) ||
      m.files.some((f) => f.endsWith('.prisma') && reached.has(`${m.path}/package.json`)),
  );
  if (linked.length === 0) return pkg;
  const drives = (member: Package, name: string): boolean => {
    const importing = member.sources(new RegExp(`['"]${name.replace(/[.]/g, '\\.')}(?:/[^'"]*)?['"]`));
    // A driver that no file imports is loaded by its ORM.
    return importing.length === 0 || importing.some((s) => reached.has(s.file));
  };
  const counts = (member: Package, name: string): boolean => member.isProduction(name) && drives(member, name);
  return {
    ...pkg,
    linked,
    dependency: (...names) => {
      const own = pkg.dependency(...names);
      if (own !== null) return own;
      for (const member of linked) {
        const used = names.filter((n) => counts(member, n));
        if (used.length > 0) return member.dependency(...used);
      }
      return null;
    },
    version: (name) =>
      pkg.version(name) ??
      linked.map((m) => (counts(m, name) ? m.version(name) : null)).find((v) => v !== null) ??
      null,
    isProduction: (name) => pkg.isProduction(name) || linked.some((m) => counts(m, name)),
    sources: (pattern) => [
      ...pkg.sources(pattern),
      ...linked.flatMap((m) => m.sources(pattern).filter((s) => reached.has(s.file))),
    ],
  };
}

/** A file to visit, with the names that are wanted from it; null when all of it runs. */
type Visit = Readonly<{ source: Source; names: readonly string[] | null }>;

function reachable(pkg: Package, members: readonly Package[]): ReadonlySet<string> {
  const names = members.flatMap((m) => (m.name === null ? [] : [m.name.replace(/[.*+?^$()[\]{}|\\/]/g, '\\$&')]));
  const reached = new Set<string>();
  if (names.length === 0) return reached;
  const isMember = new RegExp(`^(?:${names.join('|')})(?:/|$)`);
  const visited = new Set<string>();
  const queue: Visit[] = pkg
    .sources(new RegExp(`['"](?:${names.join('|')})(?:/[^'"]*)?['"]`))
    .map((source) => ({ source, names: null }));
  for (let visit = queue.pop(); visit !== undefined; visit = queue.pop()) {
    const outside = !members.some((m) => visit?.source.file.startsWith(`${m.path}/`));
    for (const { specifier, wanted } of uses(visit)) {
      // The service's own files are all its own already; only what they take from members is of interest.
      if (outside && !isMember.test(specifier)) continue;
      const target = resolveModule(pkg, visit.source.file, specifier);
      if (target === null || !members.some((m) => target.startsWith(`${m.path}/`))) continue;
      const source = /\.[cm]?[jt]sx?$/.test(target) ? pkg.repo.source(target) : null;
      // A barrel hands on names; a file of it that does not even hold one of them is not what was meant.
      const barrel = source !== null && isBarrel(source);
      if (
        visit.names !== null &&
        wanted !== null &&
        source !== null &&
        !barrel &&
        !wanted.some((n) => source.text.includes(n))
      )
        continue;
      const key = barrel && wanted !== null ? `${target} ${wanted.join(' ')}` : target;
      if (visited.has(key)) continue;
      visited.add(key);
      reached.add(target);
      if (source !== null) queue.push({ source, names: barrel ? wanted : null });
    }
  }
  return reached;
}

/** What whole files use, once per file: several services share the members. */
const known = new WeakMap<Source, ReturnType<typeof uses>>();

const RE_EXPORT = /\bexport\s+(type\s+)?(\*|\{([^}]*)\})\s*(?:as\s+(\w+)\s*)?from\s*['"]([^'"\n]+)['"]\s*;?/;

function isBarrel(source: Source): boolean {
  return source.text.replace(new RegExp(RE_EXPORT.source, 'g'), '').trim() === '';
}

/** What a file imports or hands on, with the names; null for all of a module. */
function uses(visit: Visit): { specifier: string; wanted: readonly string[] | null }[] {
  if (visit.names !== null) return read(visit);
  const cached = known.get(visit.source) ?? read(visit);
  known.set(visit.source, cached);
  return cached;
}

function read({ source, names }: Visit): { specifier: string; wanted: readonly string[] | null }[] {
  const result: { specifier: string; wanted: readonly string[] | null }[] = [];
  for (const m of codeMatches(source, RE_EXPORT)) {
    if (m[1] !== undefined) continue;
    // `export * as name`: all of that module, or nothing of it.
    if (m[4] !== undefined) {
      if (names === null || names.includes(m[4])) result.push({ specifier: m[5] as string, wanted: null });
      continue;
    }
    const listed = m[3]?.split(',').map((n) => n.trim().split(/\s+as\s+/)[0] as string) ?? null;
    const wanted =
      names === null
        ? listed
        : (listed?.filter((n) => names.some((x) => (m[3] as string).includes(x) && n !== '')) ?? names);
    if (wanted === null || wanted.length > 0) result.push({ specifier: m[5] as string, wanted });
  }
  if (names !== null) return result;
  const types = new Set([...codeMatches(source, TYPE_ONLY)].map((m) => m[1] as string));
  const byModule = new Map<string, string[] | null>();
  for (const { specifier, imported } of importsOf(source).values()) {
    if (types.has(specifier)) continue;
    const known = byModule.get(specifier);
    if (imported === '*' || imported === 'default' || known === null) byModule.set(specifier, null);
    else byModule.set(specifier, [...(known ?? []), imported]);
  }
  for (const [specifier, wanted] of byModule) result.push({ specifier, wanted });
  for (const m of codeMatches(source, OTHER_IMPORT)) result.push({ specifier: (m[1] ?? m[2]) as string, wanted: null });
  return result;
}
