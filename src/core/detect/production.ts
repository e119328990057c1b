/** What the code demands in production only: conditions on NODE_ENV, and the variables without which they stop. */
import type { Package } from './package.ts';
import { closing, codeMatches, operatorIn, parts, type Source, type Span, trim } from './scan.ts';

/** A comparison of NODE_ENV with a literal, or a flag that is called after one. */
const CONDITION =
  /(?:\bNODE_ENV['"`]?\s*\]?\s*([!=]==?)\s*['"`](\w+)['"`])|(?:['"`](\w+)['"`]\s*([!=]==?)\s*(?:[\w$]+\s*\??\.\s*)*NODE_ENV\b)|((?:!\s*)?(?<![\w$])(?:[\w$]+\s*\??\.\s*)*(?:is|in|IS)_?(?:prod(?:uction)?|dev(?:elopment)?|test(?:ing)?)\b(?:\(\))?)(?!\s*[=:](?!=))/i;

/** Whether the condition holds in production. */
function holds(m: RegExpExecArray): boolean {
  const operator = m[1] ?? m[4];
  const value = m[2] ?? m[3];
  if (operator !== undefined && value !== undefined) return /^prod/i.test(value) === operator.startsWith('=');
  const flag = m[5] as string;
  return /(?:is|in)_?prod/i.test(flag) !== flag.startsWith('!');
}

/** The part of `condition ? a : b` that holds in production; the span itself when it is no such choice. */
export function inProduction(source: Source, span: Span): Span {
  const question = operatorIn(source, span, ['?']);
  if (question === null) return span;
  const colon = operatorIn(source, { start: question.at + 1, end: span.end }, [':']);
  const [m] = codeMatches(source, CONDITION, span.start, question.at);
  if (colon === null || m === undefined) return span;
  return holds(m) ? trim(source, question.at + 1, colon.at) : trim(source, colon.at + 1, span.end);
}

/** Joi and yup: `.when('NODE_ENV', { is: 'production', then: Joi.required() })`. Null when the schema says nothing of the kind. */
export function requiredWhen(source: Source, span: Span): boolean | null {
  const text = source.text.slice(span.start, span.end);
  // envalid: a function of the environment.
  const rule = /\brequiredWhen\s*:\s*([^}]*)/.exec(text)?.[1];
  if (rule !== undefined) {
    const m = CONDITION.exec(rule);
    return m === null ? null : holds(m);
  }
  for (const m of codeMatches(
    source,
    /\.?\bwhen\s*\(\s*(?:[\w$.]*ref\(\s*)?(?=['"`]\$?\/?NODE_ENV['"`])/,
    span.start,
    span.end,
  )) {
    const rules = parts(source, source.text.indexOf('(', m.index))[1];
    if (rules === undefined) return null;
    const found = choices(source, rules)
      .map((open) => branch(source, open))
      .find((b) => b !== null);
    if (found !== undefined) return found;
    const inside = source.text.slice(rules.start, rules.end);
    return source.text[rules.start] !== '{' && /['"]production['"][^:]*\brequired\s*\(/.test(inside) ? true : null;
  }
  return null;
}

/** The objects with `is`, `then` and `otherwise`: the argument itself, or those of its `switch`. */
function choices(source: Source, rules: Span): number[] {
  if (source.text[rules.start] !== '{') return [];
  const list = /^\{\s*switch\s*:\s*(?=\[)/.exec(source.text.slice(rules.start, rules.end));
  return list === null ? [rules.start] : parts(source, rules.start + list[0].length).map((s) => s.start);
}

function branch(source: Source, open: number): boolean | null {
  const value = (name: string): string | null => {
    const span = parts(source, open).find((s) =>
      new RegExp(`^['"]?${name}['"]?\\s*:`).test(source.text.slice(s.start, s.end)),
    );
    return span === undefined ? null : source.text.slice(span.start, span.end);
  };
  const [is, not] = [value('is'), value('not')];
  const production = is !== null ? /prod/.test(is) : not !== null ? !/prod/.test(not) : null;
  const chosen = production === null ? null : value(production ? 'then' : 'otherwise');
  if (chosen === null) return null;
  return /\b(?:required|exist)\s*\(/.test(chosen)
    ? true
    : /\b(?:optional|default|allow|forbidden|notRequired)\s*\(/.test(chosen)
      ? false
      : null;
}

/** `!env.X`, `!process.env['X']`, `env.X === undefined`, `!X` of a destructured environment. */
const MISSING =
  /(?<!!)!\s*(?:\(\s*)?(?:[\w$]+\s*\??\.\s*)*([A-Z][A-Z0-9_]*)\b|(?<!!)!\s*[\w$.]+\[\s*['"`]([A-Z][A-Z0-9_]*)['"`]|\b([A-Z][A-Z0-9_]*)['"`]?\s*\]?\s*===?\s*(?:undefined|null|''|"")/;
/** `env.X` where it has to be there. */
const PRESENT = /(?<![!\w$.])(?:!!\s*|Boolean\(\s*)?[\w$]+\s*(?:\??\.\s*[\w$]+\s*)*?\??\.\s*([A-Z][A-Z0-9_]*)\b/;
const STOP =
  /\bthrow\b|\bprocess\s*\.\s*exit\b|\bassert\b|\baddIssue\b|\b(?:issues|errors|missing|problems)\s*\.\s*push\b|\bfail\s*\(/;
const CHECKED =
  /\.\s*(?:refine|superRefine|check|test|custom|transform)\s*\([^;]*$|\b(?:assert|invariant)(?:\.ok)?\s*\([^;]*$/;

/** Names without which the code stops when NODE_ENV is production. */
export function demandedInProduction(pkg: Package): ReadonlySet<string> {
  const names = new Set<string>();
  for (const source of pkg.sources(/NODE_ENV|[iI][sSnN]_?(?:[pP]rod|PROD|[dD]ev|DEV)/)) {
    for (const m of codeMatches(source, CONDITION)) {
      const end = m.index + m[0].length;
      for (const name of holds(m) ? demanded(source, m.index, end) : demandedOtherwise(source, end)) names.add(name);
    }
  }
  return names;
}

/** After a condition that holds in production. */
function demanded(source: Source, start: number, end: number): string[] {
  const after = source.text.slice(end, end + 80);
  const block = /^\s*\)\s*\{/.exec(after);
  if (block !== null) {
    const open = end + block[0].length - 1;
    return inBlock(source, open, closing(source, open));
  }
  // `if (production) assert(env.X)`
  const single = /^\s*\)\s*(?=[\w$])/.exec(after);
  const open = opening(source, start);
  if (single !== null && /\bif\s*$/.test(source.bare.slice(Math.max(0, open - 10), open)))
    return inBlock(source, end, lineEnd(source, end + single[0].length));
  const question = /^\s*\?(?![.?])/.exec(after);
  if (question !== null) {
    const colon = operatorIn(
      source,
      { start: end + question[0].length, end: Math.min(source.bare.length, end + 400) },
      [':'],
    );
    return colon !== null && isChecked(source, start) ? all(source, PRESENT, end, colon.at) : [];
  }
  if (open < 0) return [];
  const close = closing(source, open);
  const inside = { start: open + 1, end: close };
  if (operatorIn(source, inside, ['||']) !== null || !source.bare.slice(open, close).includes('&&')) return [];
  const denied = /!\s*$/.test(source.bare.slice(Math.max(0, open - 3), open)) && isChecked(source, open);
  return denied || stops(source, close) ? all(source, MISSING, open, close) : [];
}

/** After a condition that does not hold in production: `… || env.X` in a check, or an early return before the demands. */
function demandedOtherwise(source: Source, end: number): string[] {
  const after = source.text.slice(end, end + 200);
  const or = /^\s*\)?\s*\|\|/.exec(after);
  if (or !== null) {
    const from = end + or[0].length;
    return isChecked(source, end) ? all(source, PRESENT, from, expressionEnd(source, from)) : [];
  }
  const returned = /^\s*\)\s*\{?\s*return\b[^;}\n]*;?\s*\}?/.exec(after);
  return returned === null ? [] : inBlock(source, end + returned[0].length, blockEnd(source, end + returned[0].length));
}

function inBlock(source: Source, from: number, to: number): string[] {
  if (!STOP.test(source.bare.slice(from, to)))
    return isChecked(source, from)
      ? [...codeMatches(source, /\breturn\b/, from, to)].flatMap((m) =>
          all(source, PRESENT, m.index + 6, expressionEnd(source, m.index + 6)),
        )
      : [];
  const missing = [...codeMatches(source, MISSING, from, to)]
    .filter((m) => stopsWithin(source, m.index + m[0].length, to))
    .map(nameOf);
  const asserted = [
    ...codeMatches(source, /\b(?:assert|invariant)(?:\.ok)?\s*\(\s*(?:[\w$]+\.)*([A-Z][A-Z0-9_]*)\b/, from, to),
  ].map(nameOf);
  return [...missing, ...asserted, ...listed(source, from, to)];
}

/** `for (const key of ['A', 'B']) if (!process.env[key]) throw`, also with the list in a name of the file. */
function listed(source: Source, from: number, to: number): string[] {
  const inside = source.text.slice(from, to);
  if (!/\.env\s*\[|\benv\s*\[|\b(?:input|config|data|values|parsed)\s*\[/.test(inside)) return [];
  const lists = [inside];
  for (const m of inside.matchAll(/\bof\s+([\w$]+)\s*\)|\b([\w$]+)\s*\.\s*(?:filter|forEach|some|every)\s*\(/g)) {
    const name = (m[1] ?? m[2] ?? '').replace(/\$/g, '\\$');
    const list = new RegExp(`\\b(?:const|let|var)\\s+${name}\\s*(?::[^=]+)?=\\s*(\\[[^\\]]*\\])`).exec(
      source.text,
    )?.[1];
    if (list !== undefined) lists.push(list);
  }
  return lists.flatMap((l) =>
    [...l.matchAll(/\[((?:\s*['"][A-Z][A-Z0-9_]*['"]\s*,?)+\s*)\]/g)].flatMap((m) =>
      [...(m[1] as string).matchAll(/\w+/g)].map((n) => n[0]),
    ),
  );
}

const nameOf = (m: RegExpExecArray): string => (m[1] ?? m[2] ?? m[3]) as string;

function all(source: Source, pattern: RegExp, from: number, to: number): string[] {
  return [...codeMatches(source, pattern, from, to)].map(nameOf);
}

/** Inside a function that a schema library or an assertion calls: what it returns decides. */
function isChecked(source: Source, offset: number): boolean {
  return CHECKED.test(source.bare.slice(Math.max(0, offset - 300), offset));
}

/** The condition that ends at `close` leads to a stop. */
function stops(source: Source, close: number): boolean {
  const after = source.bare.slice(close, close + 700);
  const body = /^\)\s*\{/.exec(after);
  if (body === null) return STOP.test(/^\)?[^;{}]*/.exec(after)?.[0] ?? '');
  const open = close + body[0].length - 1;
  return STOP.test(source.bare.slice(open, closing(source, open)));
}

function stopsWithin(source: Source, offset: number, to: number): boolean {
  const open = opening(source, offset);
  const close = open < 0 ? -1 : closing(source, open);
  return close >= offset && close < to && stops(source, close);
}

/** The bracket `(` around this place, or -1 when a brace comes first. */
function opening(source: Source, offset: number): number {
  let depth = 0;
  for (let i = offset - 1; i >= 0 && offset - i < 2000; i -= 1) {
    const c = source.bare[i];
    if (c === ')' || c === ']' || c === '}') depth += 1;
    else if (c === '(' || c === '[' || c === '{') {
      if (depth === 0) return c === '(' ? i : -1;
      depth -= 1;
    }
  }
  return -1;
}

/** Where the block around this place ends. */
function blockEnd(source: Source, offset: number): number {
  let depth = 0;
  for (let i = offset; i < source.bare.length; i += 1) {
    const c = source.bare[i];
    if (c === '{') depth += 1;
    else if (c === '}') {
      depth -= 1;
      if (depth < 0) return i;
    }
  }
  return source.bare.length;
}

function expressionEnd(source: Source, offset: number): number {
  let depth = 0;
  for (let i = offset; i < source.bare.length; i += 1) {
    const c = source.bare[i];
    if (c === '(' || c === '[' || c === '{') depth += 1;
    else if (c === ')' || c === ']' || c === '}') {
      depth -= 1;
      if (depth < 0) return i;
    } else if (depth === 0 && (c === ',' || c === ';')) return i;
  }
  return source.bare.length;
}

function lineEnd(source: Source, offset: number): number {
  const end = source.bare.indexOf('\n', offset);
  return end < 0 ? source.bare.length : end;
}
