/** The routes that the code declares with a literal path, with the prefixes under which their routers are mounted. */
import type { Evidence, Framework } from '../../model.ts';
import { propertyLiteral } from './build.ts';
import { importsOf, resolveModule } from './modules.ts';
import { controllerRoutes } from './nest.ts';
import type { Package } from './package.ts';
import { at } from './repo.ts';
import { closing, codeMatches, literal, parts, type Source, type Span, trim } from './scan.ts';
import { evaluate } from './values.ts';

export type Route = Readonly<{ path: string; evidence: Evidence }>;

const join = (...segments: readonly string[]): string =>
  `/${segments
    .flatMap((s) => s.split('/'))
    .filter((s) => s !== '')
    .join('/')}`;

/** Only paths with these words are of interest; everything else is not looked at. */
const INTERESTING =
  /\/_?(?:health(?:z|check|[-_]check)?|livez?|liveness|alive|ready|readyz|readiness|metrics|prometheus|heartbeat|ping|status|up)['"`/]/i;
const NAMED = /^(?:health|live|alive|read(?:y|iness)|metrics|status|ping)/i;

/** All routes with interesting paths. */
export function declaredRoutes(pkg: Package, framework: Framework | null): Route[] {
  if (framework === 'nextjs') return nextRoutes(pkg);
  const nest = framework === 'nestjs' ? controllerRoutes(pkg) : [];
  const mounts = collectMounts(pkg);
  const named = pkg.sources(INTERESTING);
  // A router mounted under such a name may itself only say `/`.
  const mounted = mounts
    .filter((m) => INTERESTING.test(`'${m.prefix}'`) || NAMED.test(fileName(m.target)))
    .map((m) => pkg.repo.source(m.target));
  const sources = [...named, ...new Set(mounted.filter((s) => s !== null && !named.includes(s)))] as Source[];
  return [...nest, ...sources.flatMap((source) => fileRoutes(source, mounts))];
}

/** A router mounted: in `file`, on the variable `parent`, under `prefix`. */
type Mount = Readonly<{ file: string; parent: string; prefix: string; target: string; child: string | null }>;

const MOUNT = /\b([\w$]+(?:\(\))?)\s*\.\s*(use|route|register|group|mount)\s*(?:<[^()]*>)?\(/;

function collectMounts(pkg: Package): Mount[] {
  const mounts: Mount[] = [];
  for (const source of pkg.sources(/\.\s*(?:use|route|register|mount)\s*\(/)) {
    const imports = importsOf(source);
    for (const m of codeMatches(source, MOUNT)) {
      const args = parts(source, m.index + m[0].length - 1);
      const prefix = mountPrefix(pkg, source, args);
      for (const arg of args) {
        const name = /^(?:await\s+)?(?:new\s+)?([\w$]+)(?:\.[\w$]+)*(?:\s*\(|\s*$)/.exec(
          source.text.slice(arg.start, arg.end),
        )?.[1];
        const dynamic = /^(?:await\s+)?(?:import|require)\s*\(\s*['"]([^'"\n]+)['"]/.exec(
          source.text.slice(arg.start, arg.end),
        )?.[1];
        const from = dynamic ?? (name === undefined ? undefined : imports.get(name)?.specifier);
        const target = from === undefined ? null : resolveModule(pkg, source.file, from);
        if (target !== null) mounts.push({ file: source.file, parent: m[1] as string, prefix, target, child: null });
        else if (name !== undefined && from === undefined && prefix !== '' && name !== m[1])
          mounts.push({ file: source.file, parent: m[1] as string, prefix, target: source.file, child: name });
      }
      mounts.push(...autoload(pkg, source, m[1] as string, args));
    }
  }
  return mounts;
}

function mountPrefix(pkg: Package, source: Source, args: readonly Span[]): string {
  const [first] = args;
  if (first === undefined) return '';
  const direct = /^['"`]/.test(source.text[first.start] ?? '') ? literal(source, first) : null;
  if (direct !== null) return direct;
  for (const arg of args) {
    if (source.text[arg.start] !== '{') continue;
    const option = parts(source, arg.start).find((s) =>
      /^['"]?prefix['"]?\s*:/.test(source.text.slice(s.start, s.end)),
    );
    const colon = option === undefined ? -1 : source.bare.indexOf(':', option.start);
    const value = option === undefined ? null : evaluate(pkg, source, trim(source, colon + 1, option.end));
    if (value?.literal != null) return value.literal;
  }
  if (args.length < 2 || source.text[first.start] === '{') return '';
  const value = evaluate(pkg, source, first)?.literal;
  return value?.startsWith('/') ? value : '';
}

/** @fastify/autoload: the folders below `dir` are the prefixes. */
function autoload(pkg: Package, source: Source, parent: string, args: readonly Span[]): Mount[] {
  const [first, options] = args;
  if (first === undefined || options === undefined || !/autoload/i.test(source.text.slice(first.start, first.end)))
    return [];
  const inside = source.text.slice(options.start, options.end);
  const dir = [...inside.matchAll(/['"]\.?\/?([\w./-]+)['"]/g)].map((d) => d[1] as string).find((d) => /rout/i.test(d));
  if (dir === undefined) return [];
  const prefix = /\bprefix\s*:\s*['"]([^'"\n]*)['"]/.exec(inside)?.[1] ?? '';
  const folder = `${source.file.replace(/[^/]*$/, '')}${dir.replace(/^\.?\//, '')}/`;
  return pkg.codeFiles
    .map((f) => pkg.at(f) as string)
    .filter((f) => f.startsWith(folder))
    .map((target) => ({
      file: source.file,
      parent,
      prefix: join(prefix, target.slice(folder.length).replace(/[^/]*$/, '')),
      target,
      child: null,
    }));
}

/** The prefixes under which a router of a file is reached; `['']` when nothing mounts it. */
function prefixesOf(file: string, variable: string, mounts: readonly Mount[], depth = 0): string[] {
  if (depth > 5) return [''];
  const own = mounts.filter((m) => m.target === file && m.file === file && m.child === variable);
  const outer = own.length > 0 ? own : mounts.filter((m) => m.target === file && m.file !== file);
  const found = outer.flatMap((m) => prefixesOf(m.file, m.parent, mounts, depth + 1).map((p) => join(p, m.prefix)));
  return found.length > 0 ? [...new Set(found)] : [''];
}

const ROUTE =
  /\b([\w$]+(?:\(\))?)\s*(?:<[^()]*>)?\s*\.\s*(get|all|use|head|route)\s*(?:<[^()]*>)?\(\s*(?=['"`])|\)\s*\.\s*(get|all|use)\s*\(\s*(?=['"`])/;
const OBJECT_ROUTE = /\b(?:url|path)\s*:\s*(?=['"`])/;
const BY_HAND =
  /\b(?:url|pathname|path|originalUrl)\s*===?\s*(?=['"`])|\bcase\s+(?=['"`])|(?:\burl|\bpathname|\bpath)\s*\??\.\s*startsWith\s*\(\s*(?=['"`])/;

function fileRoutes(source: Source, mounts: readonly Mount[]): Route[] {
  const routes: Route[] = [];
  const add = (variable: string, offset: number, path: string | null): void => {
    if (path === null || (path !== '/' && path !== '' && !INTERESTING.test(`'${path}'`))) return;
    const base = ownPrefix(source, variable);
    for (const prefix of prefixesOf(source.file, variable, mounts)) {
      const full = join(prefix, base, path);
      const health = full === '/' && /^health/i.test(fileName(source.file));
      if (health || INTERESTING.test(`'${full}'`))
        routes.push({
          path: full,
          evidence: at(
            source.file,
            source.lineAt(offset),
            health ? 'answers at / in a file that is called health' : undefined,
          ),
        });
    }
  };
  for (const m of codeMatches(source, ROUTE)) {
    const path = literalAt(source, m.index + m[0].length);
    if (path === null || (m[2] === 'use' || m[3] === 'use' ? isMountOnly(source, m.index + m[0].length) : false))
      continue;
    // Chained calls (`new Hono().get(…)`, `new Elysia().get(…)`) belong to the variable that the chain is assigned to.
    add(m[1] === undefined || m[1].endsWith('()') ? chainOwner(source, m.index) : m[1], m.index, path);
  }
  for (const m of codeMatches(source, OBJECT_ROUTE)) {
    // Only as part of a route: `{ method: 'GET', url: '/health' }` or `createRoute({ method, path })`.
    const around = source.text.slice(Math.max(0, m.index - 160), m.index + 200);
    if (
      /\bmethod\s*:/.test(around) &&
      /\bhandler\s*:|\.route\s*\(|\bcreateRoute\s*\(|\broutes\b/.test(around) &&
      !/registerPath\s*\(|setGlobalPrefix|forRoutes|\bexclude\b/.test(around)
    )
      add(routeOwner(source, m.index), m.index, literalAt(source, m.index + m[0].length));
  }
  for (const m of codeMatches(source, BY_HAND)) {
    const path = literalAt(source, m.index + m[0].length);
    if (path?.startsWith('/')) add('', m.index, path);
  }
  for (const m of codeMatches(source, /\[\s*['"](\/[\w/-]+)['"](?:\s*,\s*['"]\/[\w/-]+['"])*\s*\]\s*\.includes\(/)) {
    for (const p of m[0].matchAll(/['"](\/[\w/-]+)['"]/g)) add('', m.index, p[1] as string);
  }
  return routes;
}

function fileName(file: string): string {
  return (file.split('/').at(-1) ?? '').replace(/\..*$/, '');
}

function literalAt(source: Source, start: number): string | null {
  const quote = source.text[start] ?? '';
  const end = source.bare.indexOf(quote, start + 1);
  return end < 0 ? null : literal(source, { start, end: end + 1 });
}

/** `app.use('/health', healthRouter)` only mounts; with a function written there it answers. */
function isMountOnly(source: Source, start: number): boolean {
  const end = source.bare.indexOf(')', start);
  return !/=>|\bfunction\b/.test(source.bare.slice(start, Math.max(end, start) + 40));
}

function chainOwner(source: Source, offset: number): string {
  const before = source.bare.slice(Math.max(0, offset - 4000), offset);
  const all = [...before.matchAll(/\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=;]+)?=/g)];
  return all.at(-1)?.[1] ?? '';
}

function routeOwner(source: Source, offset: number): string {
  const before = source.bare.slice(Math.max(0, offset - 400), offset);
  return [...before.matchAll(/\b([\w$]+)\s*\.\s*route\s*(?:<[^()]*>)?\(/g)].at(-1)?.[1] ?? '';
}

/** `new Router({ prefix: '/api' })`, `new Elysia({ prefix })`, `new Hono().basePath('/api')`, `router.prefix('/api')`. */
function ownPrefix(source: Source, variable: string): string {
  if (variable === '') return '';
  const id = variable.replace(/[$()]/g, '\\$&');
  for (const m of codeMatches(
    source,
    new RegExp(`\\b(?:const|let|var)\\s+${id}\\s*(?::[^=;]+)?=\\s*(?:new\\s+)?[\\w$.]+\\s*(?:<[^()]*>)?\\(`),
  )) {
    const open = m.index + m[0].length - 1;
    const close = closing(source, open);
    const option = /\bprefix\s*:\s*['"`]([^'"`\n]+)['"`]/.exec(source.text.slice(open, close))?.[1];
    const chained = /^\)\s*\.\s*basePath\s*\(\s*['"`]([^'"`\n]+)['"`]/.exec(source.text.slice(close, close + 120))?.[1];
    if (option !== undefined || chained !== undefined) return option ?? (chained as string);
  }
  for (const m of codeMatches(source, new RegExp(`\\b${id}\\s*\\.\\s*prefix\\s*\\(\\s*['"\`]([^'"\`\\n]+)['"\`]`)))
    return m[1] as string;
  return '';
}

/** Next.js: the file's path is the route. */
function nextRoutes(pkg: Package): Route[] {
  const base = nextBasePath(pkg);
  return pkg.files.flatMap((file) => {
    const app = /^(?:src\/)?app\/(.*\/)?route\.[jt]sx?$/.exec(file);
    const pages = /^(?:src\/)?pages\/(api\/.*?)(?:\/index)?\.[jt]sx?$/.exec(file);
    if (app === null && pages === null) return [];
    const segments = (app?.[1] ?? pages?.[1] ?? '').split('/').filter((s) => s !== '' && !/^\(.*\)$|^@/.test(s));
    return [{ path: join(base, ...segments), evidence: at(pkg.at(file) as string, 1) }];
  });
}

/** Next.js: `basePath` stands before every route. */
function nextBasePath(pkg: Package): string {
  const config = ['next.config.ts', 'next.config.mjs', 'next.config.js', 'next.config.cjs'].find((f) => pkg.has(f));
  return config === undefined ? '' : (propertyLiteral(pkg, config, 'basePath') ?? '');
}
