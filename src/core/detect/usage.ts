/** Whether the code can go on without a variable that it reads, by what stands around the read. */
import type { Package } from './package.ts';
import { codeMatches, expressionAt, type Source, type Span } from './scan.ts';
import { evaluate } from './values.ts';

/** `must`: the code stops without it. `plain`: read as it is. `tested`: the code asks whether it is there, and goes on. `optional`: it has a fallback. */
export type Need = 'must' | 'plain' | 'tested' | 'optional';

/** What stands around a read: `|| x`, `?? x`, a test, or a stop. */
export function usage(
  pkg: Package,
  source: Source,
  start: number,
  end: number,
): { fallback: string | null; need: Need } {
  const after = source.text.slice(end, end + 300);
  const before = source.text.slice(Math.max(0, start - 80), start);
  const closed = /^(?:!|\s|\)|,\s*10\b|as\s+[\w.]+(?:\[[^\]]*\])?)*?\s*(\|\||\?\?)\s*/.exec(after);
  if (closed !== null) {
    // `if (!process.env.A || !process.env.B) throw`
    if (/!\s*$/.test(before)) return { fallback: null, need: stopsAfter(source, end) ? 'must' : 'tested' };
    const from = end + closed[0].length;
    if (/^(?:fail|throw|die|raise|required|panic|\(\(\)\s*=>\s*\{?\s*throw)/.test(source.text.slice(from, from + 40)))
      return { fallback: null, need: 'must' };
    return { fallback: valueText(pkg, source, expressionAt(source, from)), need: 'optional' };
  }
  if (/^\s*(?:===?|!==?)/.test(after))
    return {
      fallback: null,
      need: /^\s*[!=]==?\s*(?:undefined|null|''|"")/.test(after) && stopsAfter(source, end) ? 'must' : 'optional',
    };
  if (/^\s*\?(?!\.|\?)/.test(after))
    return { fallback: valueText(pkg, source, expressionAt(source, start)), need: 'tested' };
  if (/(?:^|[^!])!\s*$/.test(before)) return { fallback: null, need: stopsAfter(source, end) ? 'must' : 'tested' };
  if (/^\s*&&/.test(after) || (/\bif\s*\(\s*$/.test(before) && /^\s*\)/.test(after)))
    return { fallback: null, need: 'tested' };
  if (/!!\s*$/.test(before) || /\bBoolean\(\s*$/.test(before)) return { fallback: null, need: 'optional' };
  const name = /\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=;]+)?=\s*$/.exec(before)?.[1];
  return {
    fallback: null,
    need: name !== undefined && /^\s*(?:[;\n!]|as\b)/.test(after) ? needOfName(source, name, end) : 'plain',
  };
}

/** How a local name that holds a variable is used: `if (!name) throw`, `name ? … : …`, `name || x`. */
export function needOfName(source: Source, name: string, from: number): Need {
  const id = name.replace(/\$/g, '\\$');
  // `if (production && !name) throw`
  for (const m of codeMatches(source, new RegExp(`&&\\s*!\\s*${id}\\b`), from))
    if (stopsAfter(source, m.index + m[0].length)) return 'must';
  for (const m of codeMatches(source, new RegExp(`(?:if\\s*\\(\\s*|\\|\\|\\s*)!\\s*${id}\\b`), from))
    return stopsAfter(source, m.index + m[0].length) ? 'must' : 'tested';
  for (const m of codeMatches(
    source,
    new RegExp(`(?<![\\w$.])${id}\\s*(?:\\?(?![.:])|\\|\\||&&)|\\bif\\s*\\(\\s*${id}\\s*\\)`),
    from,
  ))
    return m[0] === '' ? 'plain' : 'tested';
  return 'plain';
}

/** True when the condition that holds this place leads to a throw or an exit. */
function stopsAfter(source: Source, offset: number): boolean {
  return /^[^{};]*\)\s*\{?[^}]{0,300}?(?:\bthrow\b|process\.exit|\bassert\b)/.test(
    source.bare.slice(offset, offset + 500),
  );
}

export function valueText(pkg: Package, source: Source, span: Span): string | null {
  const value = evaluate(pkg, source, span);
  if (value?.literal != null) return value.literal;
  const word = source.text.slice(span.start, span.end);
  return /^(?:true|false)$/.test(word) ? word : null;
}

export type Add = (name: string, offset: number, fallback: string | null, need: Need, schema?: boolean) => void;
