/** Where an address or a path comes from: a variable, a literal, or neither that could be followed. */
import type { Package } from './package.ts';
import { closing, codeMatches, expressionAt, literal, parts, type Source, type Span } from './scan.ts';
import { evaluate } from './values.ts';

export type Located = Readonly<{ variable: string | null; literal: string | null }>;

const ENV = /\b(?:process|Bun)\s*\.\s*env\s*(?:\??\.\s*([A-Za-z_]\w*)|\[\s*['"`]([A-Za-z_]\w*)['"`]\s*\])/;

/** Follows an expression, also through `path.join` and templates. A part that only the running program knows leaves no literal. */
export function locate(pkg: Package, source: Source, span: Span, depth = 0): Located {
  const value = evaluate(pkg, source, span);
  if (value !== null) return { variable: value.variable, literal: value.literal };
  const text = source.text.slice(span.start, span.end);
  const path = /^(?:[\w$]+\.)?(?:join|resolve)\s*\(/.exec(text);
  if (path !== null) {
    const segments = parts(source, span.start + path[0].length - 1);
    const known = segments.map((s) =>
      /^process\s*\.\s*cwd\s*\(\s*\)$/.test(source.text.slice(s.start, s.end)) ? '' : literal(source, s),
    );
    if (known.every((k) => k !== null)) return { variable: null, literal: known.filter((k) => k !== '').join('/') };
    const read = segments.map((s) => locate(pkg, source, s, depth + 1)).find((l) => l.variable !== null);
    return { variable: read?.variable ?? null, literal: segments.length === 1 ? (read?.literal ?? null) : null };
  }
  if (/^[\w$]+$/.test(text) && depth < 4) {
    const id = text.replace(/\$/g, '\\$');
    for (const m of codeMatches(source, new RegExp(`\\b(?:const|let|var)\\s+${id}\\s*(?::[^=;\\n]+)?=(?!=)\\s*`))) {
      const found = locate(pkg, source, expressionAt(source, m.index + m[0].length), depth + 1);
      if (found.variable !== null || found.literal !== null) return found;
    }
  }
  const read = ENV.exec(text);
  return { variable: read?.[1] ?? read?.[2] ?? null, literal: null };
}

/** The object literal around a place, from its brace to the closing one; null at the top of a file. */
export function enclosing(source: Source, offset: number): Span | null {
  let depth = 0;
  for (let i = offset; i >= 0; i -= 1) {
    const c = source.bare[i];
    if (c === '}' || c === ')' || c === ']') depth += 1;
    else if (c === '{' || c === '(' || c === '[') {
      if (depth > 0) depth -= 1;
      else return c === '{' ? { start: i, end: closing(source, i) } : null;
    }
  }
  return null;
}

/** Configuration files of ORMs and query builders, which stand beside the application's own code. */
export function ormConfigs(pkg: Package): readonly Source[] {
  return [pkg, ...pkg.linked].flatMap((p) =>
    p.files
      .filter((f) =>
        /^(?:drizzle|mikro-orm|knexfile|ormconfig|config\/(?:config|database))[\w.-]*\.(?:[cm]?[jt]s|json)$/.test(f),
      )
      .map((f) => pkg.repo.source(p.at(f) as string))
      .filter((s) => s !== null),
  );
}
