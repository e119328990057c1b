/** Options that code hands to a library, read from the object that is written down: nothing is executed. */
import { objectAt, optionSpan } from './listen.ts';
import type { Package } from './package.ts';
import { codeMatches, operatorIn, parts, type Source, type Span, trim } from './scan.ts';
import { evaluate } from './values.ts';

/** An object of options, read key by key; everything is absent where there is none. */
export type Options = Readonly<{
  start: number;
  span: (name: string) => Span | null;
  text: (name: string) => string | null;
  flag: (name: string) => boolean | null;
  object: (name: string) => Options | null;
  /** The keys of an object. */
  inside: (name: string) => readonly string[] | null;
}>;

export function optionsOf(pkg: Package, source: Source, span: Span | undefined): Options {
  const open = span === undefined ? null : objectAt(pkg, source, span);
  const find = (name: string): Span | null => (open === null ? null : optionSpan(source, open.at, name));
  const said = (name: string): string => {
    const found = find(name);
    return found === null ? '' : source.text.slice(found.start, found.end);
  };
  return {
    start: open?.at ?? 0,
    span: find,
    text: (name) => {
      const found = find(name);
      return found === null ? null : (evaluate(pkg, source, found)?.literal ?? null);
    },
    flag: (name) => (said(name) === 'true' ? true : said(name) === 'false' ? false : null),
    object: (name) => {
      const found = find(name);
      return found !== null && objectAt(pkg, source, found) !== null ? optionsOf(pkg, source, found) : null;
    },
    inside: (name) => {
      const found = find(name);
      const at = found === null ? null : objectAt(pkg, source, found);
      if (at === null) return null;
      return parts(source, at.at).flatMap(
        (key) => /^['"]?(\w+)['"]?\s*(?::|$)/.exec(source.text.slice(key.start, key.end))?.[1] ?? [],
      );
    },
  };
}

/** The elements of a list that is written down here or under a name of the same file. */
function elements(source: Source, span: Span): Span[] | null {
  const cast = operatorIn(source, span, [' as ', ' satisfies ']);
  if (cast !== null) return elements(source, trim(source, span.start, cast.at));
  if (source.text[span.start] === '[') return parts(source, span.start);
  const name = /^[\w$]+$/.exec(source.text.slice(span.start, span.end))?.[0]?.replace(/\$/g, '\\$');
  if (name === undefined) return null;
  for (const m of codeMatches(source, new RegExp(`\\b(?:const|let|var)\\s+${name}\\s*(?::[^=;]+)?=\\s*\\[`)))
    return parts(source, m.index + m[0].length - 1);
  return null;
}

export function strings(pkg: Package, source: Source, span: Span): readonly string[] | null {
  const values = elements(source, span)?.map((one) => evaluate(pkg, source, one)?.literal ?? null) ?? [null];
  return values.every((value) => value !== null) ? values : null;
}

/** Numbers as written, and those that prom-client's own two functions make; empty where nobody can tell. */
export function numbers(source: Source, span: Span): readonly number[] {
  const made = /\b(linear|exponential)Buckets\s*\(/.exec(source.text.slice(span.start, span.end));
  const list = made ? parts(source, span.start + made.index + made[0].length - 1) : elements(source, span);
  const values = list?.map((one) => Number(source.text.slice(one.start, one.end).replaceAll('_', ''))) ?? [];
  if (values.length === 0 || !values.every(Number.isFinite)) return [];
  if (!made) return values;
  const [start = 0, step = 0, count = 0] = values;
  if (count < 1 || count > 100) return [];
  if (made[1] === 'linear') return Array.from({ length: count }, (_, index) => start + index * step);
  return Array.from({ length: count - 1 }).reduce<number[]>((made) => [...made, (made.at(-1) ?? 0) * step], [start]);
}
