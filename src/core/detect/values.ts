/**
 * Follows an expression to its value, as a reader would: literals, `process.env.X || 3000`, conversions, constants of the same file,
 * properties of a config module, and the usual environment schemas. Gives up silently; a value is never guessed.
 */
import { importsOf, resolveModule } from './modules.ts';
import type { Package } from './package.ts';
import { codeMatches, expressionAt, literal, operatorIn, parts, type Source, type Span, trim } from './scan.ts';

/** `literal` is the value or the default; `variable` the environment variable it is read from. One of them is set. */
export type Value = Readonly<{ literal: string | null; variable: string | null; file: string; line: number }>;

const MAX_DEPTH = 9;
const ENV_READ = /^(?:process|Bun)\s*\.\s*env\s*(?:\?\.|\.|(?:\?\.)?\[\s*['"`])\s*([A-Za-z_]\w*)\s*(?:['"`]\s*\])?!?$/;

/** The value of the expression in the span, or null. */
export function evaluate(pkg: Package, source: Source, span: Span, depth = 0): Value | null {
  if (depth > MAX_DEPTH || span.end <= span.start) return null;
  const expression = source.text.slice(span.start, span.end);
  const here = { file: source.file, line: source.lineAt(span.start) };
  const again = (s: Span): Value | null => evaluate(pkg, source, s, depth + 1);

  const number = /^\d[\d_]*$/.exec(expression);
  if (number !== null) return { ...here, literal: expression.replaceAll('_', ''), variable: null };
  const quoted = literal(source, span);
  if (quoted !== null) return { ...here, literal: quoted, variable: null };
  const env = ENV_READ.exec(expression);
  if (env !== null) return { ...here, literal: null, variable: env[1] as string };

  const operator = operatorIn(source, span, ['||', '??']);
  if (operator !== null) {
    const left = again(trim(source, span.start, operator.at));
    const right = again(trim(source, operator.at + operator.text.length, span.end));
    if (left === null || right === null) return left?.variable ? left : right;
    return { ...left, literal: left.literal ?? right.literal, variable: left.variable ?? right.variable };
  }
  const question = operatorIn(source, span, ['?']);
  if (question !== null && source.bare[question.at + 1] !== '.') {
    const colon = operatorIn(source, { start: question.at + 1, end: span.end }, [':']);
    if (colon === null) return null;
    const yes = again(trim(source, question.at + 1, colon.at));
    const no = again(trim(source, colon.at + 1, span.end));
    const both = yes ?? no;
    return both === null
      ? null
      : { ...both, literal: yes?.literal ?? no?.literal ?? null, variable: yes?.variable ?? no?.variable ?? null };
  }
  const cast = operatorIn(source, span, [' as ', ' satisfies ']);
  if (cast !== null) return again(trim(source, span.start, cast.at));
  if (expression.startsWith('+') || expression.startsWith('await ')) {
    return again(trim(source, span.start + (expression.startsWith('+') ? 1 : 6), span.end));
  }
  if (expression.endsWith('!')) return again(trim(source, span.start, span.end - 1));
  if (expression.startsWith('(')) {
    const inside = parts(source, span.start);
    const first = inside[0];
    if (inside.length === 1 && first !== undefined) return again(first);
  }
  return (
    schemaDefault(pkg, source, span, depth) ?? call(pkg, source, span, depth) ?? lookup(pkg, source, expression, depth)
  );
}

/** `z.coerce.number().default(3000)`, `Joi.number().default(3000)`, `num({ default: 3000 })`, `{ type: 'number', default: 3000 }`. */
export function schemaDefault(pkg: Package, source: Source, span: Span, depth: number): Value | null {
  const expression = source.text.slice(span.start, span.end);
  if (!/^(?:[\w$.]+\s*\(|\{|z\b|[jJ]oi\b)/.test(expression)) return null;
  for (const m of codeMatches(
    source,
    /\.(?:default|catch|prefault)\s*\(|\b(?:default|devDefault)\s*:/,
    span.start,
    span.end,
  )) {
    const from = m.index + m[0].length;
    const found = m[0].endsWith('(')
      ? parts(source, from - 1)[0]
      : expressionAt(source, trim(source, from, span.end).start);
    const value = found === undefined ? null : evaluate(pkg, source, found, depth + 1);
    if (value === null) continue;
    const named = /\benv\s*:\s*['"](\w+)['"]|\.get\(\s*['"]([A-Z]\w*)['"]/.exec(expression);
    return { ...value, variable: value.variable ?? named?.[1] ?? named?.[2] ?? null };
  }
  return null;
}

/** Conversions (`Number(x)`, `parseInt(x, 10)`, `normalizePort(x)`), `config.get('port')`, `app.get('port')`. */
function call(pkg: Package, source: Source, span: Span, depth: number): Value | null {
  const expression = source.text.slice(span.start, span.end);
  const head = /^(?:new\s+)?([\w$.?[\]!]+(?:\([^()]*\)\.[\w$.]+)?)\s*(?:<[^()]*?>)?\s*\(/.exec(expression);
  if (head === null || !expression.endsWith(')')) return null;
  const args = parts(source, span.start + head[0].length - 1);
  const [first, second] = args;
  if (first === undefined) return null;
  const callee = (head[1] as string).replace(/[?!]/g, '');
  const key = literal(source, first);
  if (
    key !== null &&
    /(?:^|\.)(?:get|getOrThrow|getNumber|getString|env|required|number|string|getEnv|getEnvVar|getOsEnv|int)$/.test(
      callee,
    )
  ) {
    const fallback = second === undefined ? null : evaluate(pkg, source, second, depth + 1);
    const here = { file: source.file, line: source.lineAt(span.start) };
    if (/^[A-Z][A-Z0-9_]*$/.test(key)) {
      const declared = fallback?.literal ?? propertyAnywhere(pkg, key, depth)?.literal ?? null;
      return { ...here, literal: declared, variable: key };
    }
    const set =
      fallback ??
      settingOf(pkg, source, key, depth) ??
      propertyAnywhere(pkg, key.split(/[.:]/).at(-1) as string, depth);
    return set;
  }
  if (
    /^(?:String|Number|parseInt|parseFloat|Number\.parseInt|normali[sz]ePort|toNumber|toInt|parsePort|getPort|_\.toNumber)$/.test(
      callee,
    ) ||
    /port/i.test(callee)
  ) {
    return evaluate(pkg, source, first, depth + 1);
  }
  return null;
}

/** Express: `app.set('port', …)` for `app.get('port')`. */
function settingOf(pkg: Package, source: Source, key: string, depth: number): Value | null {
  for (const m of codeMatches(source, /\.set\s*\(\s*['"]([\w.]+)['"]\s*,/)) {
    if (m[1] === key)
      return evaluate(
        pkg,
        source,
        expressionAt(source, trim(source, m.index + m[0].length, source.text.length).start),
        depth + 1,
      );
  }
  for (const other of pkg.sources(/\.set\(\s*['"]port['"]/)) {
    if (other.file !== source.file && depth < 3) {
      const found = settingOf(pkg, other, key, MAX_DEPTH - 2);
      if (found !== null) return found;
    }
  }
  return null;
}

/** A name or a path of properties: `port`, `config.port`, `env.PORT`, `this.config.server.port`. */
function lookup(pkg: Package, source: Source, expression: string, depth: number): Value | null {
  if (!/^[\w$]+(?:\s*\??\.\s*[\w$]+|\[\s*['"][\w$]+['"]\s*\]|\(\))*$/.test(expression)) return null;
  const path = expression
    .replace(/\(\)/g, '')
    .replace(/\[\s*['"]([\w$]+)['"]\s*\]/g, '.$1')
    .split(/\s*\??\.\s*/);
  if (path[0] === 'this') path.shift();
  const [head = ''] = path;
  const last = path.at(-1) as string;
  if (path.length === 1) {
    const local = declaration(pkg, source, head, depth);
    if (local !== null) return local;
  }
  const imported = importsOf(source).get(head);
  const target = imported === undefined ? null : resolveModule(pkg, source.file, imported.specifier);
  if (target !== null && imported !== undefined) {
    const module = pkg.repo.source(target);
    if (module === null) return null;
    if (path.length === 1) {
      return (
        declaration(pkg, module, imported.imported === 'default' ? head : imported.imported, depth + 1) ??
        reExported(pkg, module, head, depth)
      );
    }
    return (
      property(pkg, module, last, depth + 1) ??
      reExported(pkg, module, last, depth) ??
      (isEnvName(last) ? propertyAnywhere(pkg, last, depth) : null)
    );
  }
  const local = path.length > 1 ? property(pkg, source, last, depth + 1) : null;
  // `config.PORT` from a function: a name in capitals is that of a schema, wherever it stands.
  return local ?? (path.length > 1 && isEnvName(last) ? propertyAnywhere(pkg, last, depth) : null);
}

const isEnvName = (name: string): boolean => /^[A-Z][A-Z0-9_]+$/.test(name);

/** `export * from './env'` and `export { port } from './env'` in a barrel. */
function reExported(pkg: Package, module: Source, name: string, depth: number): Value | null {
  if (depth >= MAX_DEPTH) return null;
  for (const m of codeMatches(
    module,
    /\bexport\s+(?:\*|\{([^}]*)\})\s*(?:as\s+\w+\s*)?from\s*['"]([^'"\n]+)['"]|\bimport\s+[^'"`;]+?\s+from\s*['"]([^'"\n]+)['"]/,
  )) {
    if (m[1] !== undefined && !new RegExp(`\\b${escapeName(name)}\\b`).test(m[1])) continue;
    const target = resolveModule(pkg, module.file, (m[2] ?? m[3]) as string);
    const next = target === null ? null : pkg.repo.source(target);
    if (next === null) continue;
    const found = declaration(pkg, next, name, depth + 2) ?? property(pkg, next, name, depth + 2);
    if (found !== null) return found;
  }
  return null;
}

/** `const port = …`, `let port: number = …`, `const { PORT = 3000 } = process.env`, `export const …`, a parameter's default. */
export function declaration(pkg: Package, source: Source, name: string, depth: number): Value | null {
  const id = escapeName(name);
  for (const m of codeMatches(source, new RegExp(`\\b(?:const|let|var)\\s+${id}\\s*(?::[^=;\\n]+)?=(?!=)\\s*`))) {
    const start = m.index + m[0].length;
    const span = expressionAt(source, start);
    const value = evaluate(pkg, source, span, depth + 1);
    if (value !== null) return value;
  }
  for (const m of codeMatches(source, /\b(?:const|let|var)\s*\{/)) {
    const open = m.index + m[0].length - 1;
    const found = parts(source, open).find((s) =>
      new RegExp(`^(?:[\\w$]+\\s*:\\s*)?${id}(?:\\s*=|$)`).test(source.text.slice(s.start, s.end)),
    );
    if (found === undefined) continue;
    const item = source.text.slice(found.start, found.end);
    const close = source.bare.indexOf('}', found.end);
    const from = /^\}\s*(?::[^=;]+)?=\s*/.exec(source.text.slice(close, close + 200));
    if (from === null) continue;
    const key = /^[\w$]+/.exec(item)?.[0] as string;
    const origin = expressionAt(source, close + from[0].length);
    const originText = source.text.slice(origin.start, origin.end);
    const equals = item.indexOf('=');
    const fallback =
      equals < 0 ? null : evaluate(pkg, source, trim(source, found.start + equals + 1, found.end), depth + 1);
    const here = { file: source.file, line: source.lineAt(found.start) };
    if (/^(?:process|Bun)\.env$/.test(originText))
      return { ...here, literal: fallback?.literal ?? null, variable: key };
    if (depth < MAX_DEPTH) {
      const value = lookup(pkg, source, `${originText}.${key}`, depth + 1);
      if (value !== null) return { ...value, literal: value.literal ?? fallback?.literal ?? null };
    }
    if (fallback !== null) return fallback;
  }
  return null;
}

/** A property, class field or schema key of that name in the file; a key in capitals is the variable of a schema. */
export function property(pkg: Package, source: Source, name: string, depth: number): Value | null {
  if (depth > MAX_DEPTH) return null;
  const id = escapeName(name);
  for (const m of codeMatches(
    source,
    new RegExp(
      `(?:^|[{,;\\s])(?:readonly\\s+|public\\s+|private\\s+|static\\s+)*['"]?${id}['"]?\\s*(?::|=(?!=))\\s*`,
      'm',
    ),
  )) {
    // The first character of the match is a separator, which is code anyway.
    const span = expressionAt(source, m.index + m[0].length);
    if (source.text.slice(span.start, span.end) === name) continue;
    const value = evaluate(pkg, source, span, depth + 1);
    if (value !== null)
      return { ...value, variable: value.variable ?? (isEnvName(name) && isSchema(source, span) ? name : null) };
    if (isEnvName(name) && isSchema(source, span))
      return { file: source.file, line: source.lineAt(span.start), literal: null, variable: name };
  }
  return declaration(pkg, source, name, depth) ?? getter(pkg, source, id, depth);
}

/** `get port() { return … }`. */
function getter(pkg: Package, source: Source, id: string, depth: number): Value | null {
  for (const m of codeMatches(
    source,
    new RegExp(`\\b(?:get\\s+)?${id}\\s*\\(\\s*\\)\\s*(?::[^{]+)?\\{\\s*return\\s+`),
  )) {
    const value = evaluate(pkg, source, expressionAt(source, m.index + m[0].length), depth + 1);
    if (value !== null) return value;
  }
  return null;
}

const SCHEMA =
  /^(?:z|zod|Joi|joi|yup|v|s|t|Type|S|envalid|envsafe|vine)\b\s*\.|^(?:str|num|port|bool|url|host|email|json|makeValidator|string|number|boolean)\s*\(|^\{\s*(?:type|format|default|doc|env)\s*:|^["'](?:string|number)/;

/** True when the expression declares a value of an environment schema. */
export function isSchema(source: Source, span: Span): boolean {
  return SCHEMA.test(source.text.slice(span.start, span.end));
}

/** A key of a config module or schema anywhere in the package. */
function propertyAnywhere(pkg: Package, name: string, depth: number): Value | null {
  if (depth > MAX_DEPTH - 2) return null;
  for (const source of pkg.sources(
    /process\.env|Bun\.env|\bz\.|\bJoi\.|cleanEnv|envsafe|convict|registerAs|Type\.Object/,
  )) {
    if (!source.text.includes(name)) continue;
    const value = property(pkg, source, name, Math.max(depth + 1, 4));
    if (value !== null) return value;
  }
  return null;
}

function escapeName(name: string): string {
  return name.replace(/[$]/g, '\\$&');
}
