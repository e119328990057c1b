/** The port and the address that the service listens on. */
import type { EnvironmentVariableFact, Evidence, Fact } from '../../model.ts';
import type { ComposeService } from './compose.ts';
import type { Package } from './package.ts';
import { at, choose, fact } from './repo.ts';
import { sampleValue } from './samples.ts';
import { codeMatches, parts, type Source, type Span, trim } from './scan.ts';
import { evaluate, type Value } from './values.ts';

export type Listening = Readonly<{
  port: Fact<number> | null;
  variable: string | null;
  host: Fact<string> | null;
  server: Evidence | null;
  /** The port of a second server that is there for metrics only. */
  metrics: Fact<number> | null;
}>;

/** `variables` and `argv` are those of the start command; `compose` the services that build this package. */
export type ListeningContext = Readonly<{
  next: boolean;
  variables: Readonly<Record<string, string>>;
  argv: readonly string[];
  compose: readonly ComposeService[];
  /** Asked for only when the port cannot be followed through the code. */
  environment: () => readonly EnvironmentVariableFact[];
}>;

/** One place where a server begins to listen. */
type Call = Readonly<{ source: Source; at: number; port: Value | null; host: Value | null }>;

const LISTEN = /(?:\.\s*listen|\bserve|\bBun\s*\.\s*serve|\bstartStandaloneServer|\bstartServer)\s*(?:<[^()]*>)?\(/;
/** Begins with words, not with boundaries or dots: that is what makes it quick over every file. */
const QUICK = /listen\s*[(<]|serve\s*[(<]|startStandaloneServer\(|export\s+default\s*\{/;

/** Where the code listens. `server` is set as soon as there is such a place, even when the port cannot be followed. */
export function detectListening(pkg: Package, context: ListeningContext): Listening {
  const { variables, argv, compose, environment } = context;
  if (context.next) return nextListening(pkg, variables, argv);
  const calls = pkg.sources(QUICK).flatMap((source) => listenCalls(pkg, source));
  const known = calls.filter((c) => c.port !== null);
  const sorted = [...known.filter((c) => !isSide(c)), ...known.filter(isSide)];
  const best = sorted[0] ?? null;
  const server = calls[0] === undefined ? null : at(calls[0].source.file, calls[0].source.lineAt(calls[0].at));
  const read = best === null && server !== null ? portRead(environment()) : null;
  const variable = best?.port?.variable ?? read?.name ?? null;
  const ports: Fact<number>[] = [];
  const given = variable === null ? undefined : variables[variable];
  if (given !== undefined) ports.push(...numbers(given, pkg.evidence('scripts')));
  for (const call of sorted)
    if (call.port?.literal) ports.push(...numbers(call.port.literal, at(call.port.file, call.port.line)));
  const declared = read?.default == null ? [] : numbers(read.default, read.evidence);
  const codePorts = best?.port?.literal == null ? declared : ports;
  const fallback =
    server === null ? [] : [...samplePorts(pkg, variable ?? 'PORT'), ...exposed(pkg), ...composePorts(compose)];
  const port = choose([...codePorts, ...fallback, ...ports]);
  const host =
    best?.host?.literal == null ? defaultHost(pkg, best) : fact(best.host.literal, at(best.host.file, best.host.line));
  const side = sorted.find((call) => call !== best && servesMetrics(call));
  const metrics = side?.port?.literal == null ? [] : numbers(side.port.literal, at(side.port.file, side.port.line));
  return {
    port,
    variable: best === null && port !== null && fromSample(port) ? 'PORT' : variable,
    host,
    server,
    metrics: choose(metrics),
  };
}

/** Fastify binds to the loopback address unless it is told otherwise; everybody else to all addresses. */
function defaultHost(pkg: Package, call: Call | null): Fact<string> | null {
  if (
    call === null ||
    call.host?.variable != null ||
    pkg.dependency('fastify') === null ||
    pkg.dependency('@nestjs/core') !== null
  )
    return null;
  if (!/fastify/i.test(call.source.text) && pkg.dependency('express', 'koa', 'hono') !== null) return null;
  return fact(
    'localhost',
    at(call.source.file, call.source.lineAt(call.at), "Fastify's default when no host is given"),
  );
}

/** The port went through a function; a variable that is read for it is still its variable. */
function portRead(environment: readonly EnvironmentVariableFact[]): EnvironmentVariableFact | null {
  const names = ['PORT', 'APP_PORT', 'SERVER_PORT', 'HTTP_PORT', 'API_PORT', 'NODE_PORT'];
  return (
    names
      .map((n) => environment.find((e) => e.name === n && !/\.env/.test(e.evidence.file)))
      .find((e) => e !== undefined) ?? null
  );
}

const fromSample = (port: Fact<number>): boolean => /\.env/.test(port.evidence.file);

/** A second server for metrics or administration is not the service's own port. */
function isSide(call: Call): boolean {
  return (
    /metric|prometheus|admin|debug|health|inspector/i.test(lineOf(call)) ||
    /METRIC|PROM|ADMIN/.test(call.port?.variable ?? '')
  );
}

function servesMetrics(call: Call): boolean {
  return /metric|prometheus/i.test(lineOf(call)) || /METRIC|PROM/.test(call.port?.variable ?? '');
}

function lineOf({ source: { text }, at: offset }: Call): string {
  return text.slice(text.lastIndexOf('\n', offset) + 1, Math.max(text.indexOf('\n', offset), offset));
}

/** All listening calls of a file. */
export function listenCalls(pkg: Package, source: Source): Call[] {
  const calls: Call[] = [];
  for (const m of codeMatches(source, LISTEN)) {
    const open = m.index + m[0].length - 1;
    const args = parts(source, open);
    const call = read(pkg, source, m.index, args, /serve/i.test(m[0]));
    if (call !== null) calls.push(call);
  }
  // Bun and some adapters: `export default { port, fetch }`.
  for (const m of codeMatches(source, /\bexport\s+default\s*\{/)) {
    const open = m.index + m[0].length - 1;
    if (!parts(source, open).some((s) => /^(?:async\s+)?fetch\b/.test(source.text.slice(s.start, s.end)))) continue;
    const port = option(pkg, source, open, 'port');
    calls.push({ source, at: m.index, port, host: option(pkg, source, open, 'hostname') });
  }
  return calls;
}

function read(pkg: Package, source: Source, offset: number, args: readonly Span[], objectOnly: boolean): Call | null {
  const plain = args.find((s) => !isFunction(source, s));
  const first = args[0];
  if (first === undefined || plain === undefined)
    return objectOnly ? null : { source, at: offset, port: null, host: null };
  const open =
    objectAt(pkg, source, plain) ??
    (objectOnly ? args.map((a) => objectAt(pkg, source, a)).find((o) => o !== null) : null) ??
    null;
  if (open !== null) {
    const nested = optionSpan(open.source, open.at, 'listen');
    const where = nested === null ? open : (objectAt(pkg, open.source, nested) ?? open);
    const port = option(pkg, where.source, where.at, 'port');
    const host = option(pkg, where.source, where.at, 'host') ?? option(pkg, where.source, where.at, 'hostname');
    return { source, at: offset, port: usable(port), host };
  }
  const port = usable(evaluate(pkg, source, plain));
  if (objectOnly && port === null) return null;
  const second = args[args.indexOf(plain) + 1];
  const host = second === undefined || isFunction(source, second) ? null : evaluate(pkg, source, second);
  return { source, at: offset, port, host: host?.literal == null || /^\d+$/.test(host.literal) ? null : host };
}

function usable(value: Value | null): Value | null {
  if (value === null || value.literal === null) return value;
  const n = Number(value.literal);
  return Number.isInteger(n) && n > 0 && n < 65_536
    ? value
    : value.variable === null
      ? null
      : { ...value, literal: null };
}

function isFunction(source: Source, span: Span): boolean {
  return /^(?:async\s+)?(?:function\b|\([^)]*\)\s*(?::[^=]+)?=>|\w+\s*=>)/.test(
    source.text.slice(span.start, span.end),
  );
}

/** The opening brace of an object literal, given directly, by a name of the same file, or as an argument of a wrapper. */
export function objectAt(pkg: Package, source: Source, span: Span): { source: Source; at: number } | null {
  if (source.text[span.start] === '{') return { source, at: span.start };
  const name = /^[\w$]+$/.exec(source.text.slice(span.start, span.end))?.[0];
  if (name === undefined || pkg.path === null) return null;
  for (const m of codeMatches(
    source,
    new RegExp(`\\b(?:const|let|var)\\s+${name.replace(/\$/g, '\\$')}\\s*(?::[^=;]+)?=\\s*\\{`),
  ))
    return { source, at: m.index + m[0].length - 1 };
  return null;
}

export function optionSpan(source: Source, open: number, name: string): Span | null {
  for (const span of parts(source, open)) {
    const m = new RegExp(`^['"]?${name}['"]?\\s*(?::\\s*|$)`).exec(source.text.slice(span.start, span.end));
    if (m !== null) return m[0].endsWith(name) ? span : trim(source, span.start + m[0].length, span.end);
  }
  return null;
}

function option(pkg: Package, source: Source, open: number, name: string): Value | null {
  const span = optionSpan(source, open, name);
  return span === null ? null : evaluate(pkg, source, span);
}

function nextListening(pkg: Package, variables: Readonly<Record<string, string>>, argv: readonly string[]): Listening {
  const evidence = pkg.evidence('scripts', 'start');
  const own = optionValue(argv, '-p', '--port') ?? variables.PORT ?? null;
  const ports = own === null ? [] : numbers(own.replace(/^\$\{?\w+:-(\d+)\}?$/, '$1'), evidence);
  const rest = [
    ...samplePorts(pkg, 'PORT'),
    fact(3000, { ...pkg.evidence('dependencies', 'next'), note: "Next.js' default" }),
  ];
  const host = optionValue(argv, '-H', '--hostname');
  return {
    port: choose([...ports, ...rest]),
    variable: 'PORT',
    host: host === null ? null : fact(host, evidence),
    server: pkg.evidence('dependencies', 'next'),
    metrics: null,
  };
}

function optionValue(argv: readonly string[], short: string, long: string): string | null {
  const index = argv.findIndex((a) => a === short || a === long);
  const joined = argv.find((a) => a.startsWith(`${long}=`));
  return index >= 0 ? (argv[index + 1] ?? null) : (joined?.slice(long.length + 1) ?? null);
}

function numbers(value: string, evidence: Evidence): Fact<number>[] {
  const n = Number(value);
  return Number.isInteger(n) && n > 0 && n < 65_536 ? [fact(n, evidence)] : [];
}

function samplePorts(pkg: Package, variable: string): Fact<number>[] {
  const sample = sampleValue(pkg, variable);
  return sample === null ? [] : numbers(sample.value, sample.evidence);
}

/** EXPOSE of an existing Dockerfile. */
function exposed(pkg: Package): Fact<number>[] {
  const path = pkg.at('Dockerfile') as string;
  const rows = pkg.repo.text(path)?.split('\n') ?? [];
  return rows.flatMap((row, i) => {
    const m = /^\s*EXPOSE\s+(\d+)/i.exec(row);
    return m === null ? [] : numbers(m[1] as string, at(path, i + 1));
  });
}

/** The container's side of a published port, when Compose builds this package. */
function composePorts(compose: readonly ComposeService[]): Fact<number>[] {
  return compose.flatMap((s) => s.ports.flatMap((p) => numbers(p, s.evidence)));
}
