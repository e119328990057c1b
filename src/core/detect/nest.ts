/** NestJS: controllers, the global prefix and versioning. */
import type { Package } from './package.ts';
import { at } from './repo.ts';
import type { Route } from './routes.ts';
import { closing, codeMatches, literal, parts, type Source, type Span, trim } from './scan.ts';
import { evaluate } from './values.ts';

export type Prefix = Readonly<{ prefix: string; apply: (path: string) => string }>;

const join = (...segments: readonly string[]): string =>
  `/${segments
    .flatMap((s) => s.split('/'))
    .filter((s) => s !== '')
    .join('/')}`;

/** `app.setGlobalPrefix('api', { exclude: [...] })`. */
export function globalPrefix(pkg: Package): Prefix {
  return pkg.repo.once(`nest prefix ${pkg.path}`, () => {
    for (const source of pkg.sources(/setGlobalPrefix/)) {
      for (const m of codeMatches(source, /\.setGlobalPrefix\s*\(/)) {
        const open = m.index + m[0].length - 1;
        const first = parts(source, open)[0];
        const value = first === undefined ? null : evaluate(pkg, source, first)?.literal;
        if (value === null || value === undefined) continue;
        const rest = source.text.slice(first?.end ?? open, closing(source, open));
        const excluded = new Set([...rest.matchAll(/['"`]([^'"`\n]*)['"`]/g)].map((e) => join(e[1] as string)));
        const wild = [...excluded]
          .filter((e) => /\/(?:\(\.\*\)|\*\w*|\{\*\w+\})$/.test(e))
          .map((e) => e.replace(/\/[^/]*$/, '/'));
        return {
          prefix: value,
          apply: (path) =>
            excluded.has(join(path)) || wild.some((w) => join(path).startsWith(w)) ? join(path) : join(value, path),
        };
      }
    }
    return { prefix: '', apply: (path) => join(path) };
  });
}

function usesUriVersions(pkg: Package): { on: boolean; fallback: string | null } {
  for (const source of pkg.sources(/enableVersioning/)) {
    for (const m of codeMatches(source, /\.enableVersioning\s*\(/)) {
      const inside = source.text.slice(m.index, closing(source, m.index + m[0].length - 1));
      const uri = !/\btype\s*:/.test(inside) || /VersioningType\.URI/.test(inside);
      return { on: uri, fallback: /defaultVersion\s*:\s*['"]([^'"]+)['"]/.exec(inside)?.[1] ?? null };
    }
  }
  return { on: false, fallback: null };
}

/** Every `@Get()` and `@All()` of every controller. */
export function controllerRoutes(pkg: Package): Route[] {
  const prefix = globalPrefix(pkg);
  const versions = usesUriVersions(pkg);
  return pkg.sources(/@Controller\b/).flatMap((source) => {
    const controllers = [...codeMatches(source, /@Controller\s*\(/)];
    return controllers.flatMap((controller, index) => {
      const open = controller.index + controller[0].length - 1;
      const head = controllerHead(source, open);
      const end = controllers[index + 1]?.index ?? source.text.length;
      const version = !versions.on || head.neutral ? null : (head.version ?? versions.fallback);
      return [...codeMatches(source, /@(?:Get|All|HealthCheck)\s*\(/, controller.index, end)].flatMap((m) => {
        if (m[0].startsWith('@HealthCheck')) return [];
        const args = parts(source, m.index + m[0].length - 1);
        return head.paths.flatMap((base) =>
          strings(source, args[0]).map((path) => ({
            path: version === null ? prefix.apply(join(base, path)) : join(prefix.prefix, `v${version}`, base, path),
            evidence: at(source.file, source.lineAt(m.index)),
          })),
        );
      });
    });
  });
}

function controllerHead(source: Source, open: number): { paths: string[]; version: string | null; neutral: boolean } {
  const first = parts(source, open)[0];
  const inside = source.text.slice(open, closing(source, open));
  const neutral = /VERSION_NEUTRAL/.test(inside);
  if (first === undefined || source.text[first.start] !== '{')
    return { paths: strings(source, first), version: null, neutral };
  const path = parts(source, first.start).find((s) => /^path\s*:/.test(source.text.slice(s.start, s.end)));
  const version = /\bversion\s*:\s*['"]([^'"]+)['"]/.exec(inside)?.[1] ?? null;
  const value =
    path === undefined
      ? undefined
      : trim(
          source,
          path.start + (/^path\s*:/.exec(source.text.slice(path.start, path.end))?.[0].length ?? 0),
          path.end,
        );
  return { paths: strings(source, value), version, neutral };
}

function strings(source: Source, span: Span | undefined): string[] {
  if (span === undefined) return [''];
  if (source.text[span.start] === '[')
    return parts(source, span.start)
      .map((s) => literal(source, s))
      .filter((s) => s !== null);
  const value = literal(source, span);
  return value === null ? [] : [value];
}
