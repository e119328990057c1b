/** A datastore that the code, or its configuration, looks for on its own machine and nowhere else. */
import type { DatastoreKind, Evidence } from '../../model.ts';
import { record } from './json.ts';
import { enclosing, ormConfigs } from './located.ts';
import { importsOf } from './modules.ts';
import type { Package } from './package.ts';
import { at } from './repo.ts';
import { codeMatches, expressionAt, type Source, type Span } from './scan.ts';
import { evaluate } from './values.ts';

const HERE = '(?:localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0|\\[?::1\\]?)';
const LOCAL = new RegExp(`^${HERE}$`);
const SCHEMES: Readonly<Record<DatastoreKind, string>> = {
  postgresql: 'postgres(?:ql)?',
  mysql: '(?:mysql|mariadb)',
  mongodb: 'mongodb',
  redis: '(?:rediss?|valkey)',
  rabbitmq: 'amqps?',
  kafka: 'kafka',
};
/** What the objects that describe a connection of the kind, or the calls around them, are called. */
const WORDS: Readonly<Record<DatastoreKind, RegExp>> = {
  postgresql: /postgres|\bpg\b|\bPool\b|\bClient\b|sequelize|knex|DataSource|typeorm|createConnection|slonik|kysely/i,
  mysql: /mysql|maria|createPool|createConnection|sequelize|knex|DataSource|typeorm|kysely/i,
  mongodb: /mongo/i,
  redis: /redis|valkey|bull|queue|worker|connection/i,
  rabbitmq: /amqp|rabbit/i,
  kafka: /kafka|brokers/i,
};

/** The first place that says so; null when there is none, or when a variable stands before it. `dialects` is what ORMs call the kind. */
export function localhostOf(
  pkg: Package,
  kind: DatastoreKind,
  drivers: readonly string[],
  dialects: RegExp | null,
): Evidence | null {
  const names = drivers.filter((d) => pkg.dependency(d) !== null).map((d) => d.replace(/[.*+?^$()[\]{}|\\/]/g, '\\$&'));
  const imports = names.length === 0 ? null : new RegExp(`['"](?:${names.join('|')})(?:/[^'"\\n]*)?['"]`);
  const speaks = (source: Source): boolean =>
    imports?.test(source.text) === true ||
    (dialects !== null && [...codeMatches(source, DIALECT)].some((m) => dialects.test(m[1] as string)));
  const sources = [...pkg.sources(CANDIDATE), ...ormConfigs(pkg)];
  for (const source of sources) {
    if (!speaks(source)) continue;
    const place =
      urlIn(source, kind) ?? hostIn(pkg, source, kind) ?? brokersIn(source, kind) ?? nothingGiven(source, kind);
    if (place !== null) return place;
  }
  return sequelizeConfig(pkg, dialects);
}

/** Only files with one of these words can say so. */
const CANDIDATE = /localhost|127\.0\.0\.1|\bhost\b|hostname|\bconfig\b|[rR]edis\(\s*\)|createClient\(\s*\)/;
const DIALECT = /['"]?\b(?:dialect|type|client)\b['"]?\s*:\s*['"](\w+)['"]/;

/** A URL that is no fallback: behind `||`, `??`, a comma or `default(`, something else comes first. */
function urlIn(source: Source, kind: DatastoreKind): Evidence | null {
  const pattern = new RegExp(`['"\`]${SCHEMES[kind]}(?:\\+\\w+)?://(?:[^@/'"\`\\s]*@)?${HERE}(?![\\w.-])`);
  for (const m of codeMatches(source, pattern))
    if (!isFallback(source, m.index)) return at(source.file, source.lineAt(m.index));
  return null;
}

function isFallback(source: Source, offset: number): boolean {
  return /(?:\|\||\?\?|,|\?|\bdefault\s*\(|\bcatch\s*\(|\bdefault\s*:)\s*$/.test(
    source.text.slice(Math.max(0, offset - 40), offset),
  );
}

function hostIn(pkg: Package, source: Source, kind: DatastoreKind): Evidence | null {
  for (const m of codeMatches(source, /(?<=[{,\s])['"]?(?:host|hostname|server)['"]?\s*:\s*/)) {
    const around = enclosing(source, m.index);
    if (around === null) continue;
    const before = source.text.slice(Math.max(0, around.start - 150), around.start);
    // The address that a server binds to is another one.
    if (
      /\b(?:listen|serve)\s*\(\s*$/.test(before) ||
      !WORDS[kind].test(before + source.text.slice(around.start, around.end))
    )
      continue;
    const span = expressionAt(source, m.index + m[0].length);
    const configured = configGet(pkg, source, span);
    if (configured !== undefined) {
      if (configured !== null) return configured;
      continue;
    }
    const value = evaluate(pkg, source, span);
    if (value?.literal != null && value.variable === null && LOCAL.test(value.literal))
      return at(value.file, value.line);
  }
  for (const m of codeMatches(
    source,
    /\b(?:Pool|Client|Redis|IORedis|connect|createPool|createConnection|createClient|Sequelize|knex|DataSource)\s*\(\s*(?=[\w$]+\s*\.\s*get)/,
  )) {
    const configured = configGet(pkg, source, expressionAt(source, m.index + m[0].length));
    if (configured) return configured;
  }
  return null;
}

function brokersIn(source: Source, kind: DatastoreKind): Evidence | null {
  if (kind !== 'kafka') return null;
  const pattern = new RegExp(`\\bbrokers\\s*:\\s*\\[\\s*['"\`]${HERE}(?::\\d+)?['"\`]`);
  for (const m of codeMatches(source, pattern)) return at(source.file, source.lineAt(m.index));
  return null;
}

/** A client that is given no address looks on its own machine. */
function nothingGiven(source: Source, kind: DatastoreKind): Evidence | null {
  if (kind !== 'redis') return null;
  for (const [name, { specifier }] of importsOf(source)) {
    const call =
      specifier === 'ioredis' || specifier === 'iovalkey'
        ? `\\bnew\\s+${name.replace(/\$/g, '\\$')}\\s*\\(\\s*\\)`
        : specifier === 'redis' && name === 'createClient'
          ? '\\bcreateClient\\s*\\(\\s*\\)'
          : null;
    if (call === null) continue;
    for (const m of codeMatches(source, new RegExp(call)))
      return at(source.file, source.lineAt(m.index), 'no address is given: the library looks on its own machine');
  }
  return null;
}

/**
 * node-config: `config.get('db.host')`, or the object with `host` in it. The place in `config/*.json` when it is localhost there, null when it is
 * not, or a variable moves it; undefined when the expression is no such call.
 */
function configGet(pkg: Package, source: Source, span: Span): Evidence | null | undefined {
  const m = /^([\w$]+)\s*\.\s*get\s*(?:<[^()]*>)?\(\s*['"`]([\w.-]+)['"`]\s*\)$/.exec(
    source.text.slice(span.start, span.end),
  );
  if (m === null || importsOf(source).get(m[1] as string)?.specifier !== 'config') return undefined;
  const path = (m[2] as string).split('.');
  const find = (file: string): { value: unknown; path: string[]; line: number | undefined } | null => {
    const full = pkg.at(file);
    const document = full === null ? null : pkg.repo.json(full);
    if (document === null) return null;
    const given = path.reduce<unknown>((v, key) => record(v)[key], document.value);
    const whole = typeof given === 'object' ? [...path, 'host'] : path;
    const value = whole.reduce<unknown>((v, key) => record(v)[key], document.value);
    return value === undefined ? null : { value, path: whole, line: document.lineOf(...whole) };
  };
  if (find('config/custom-environment-variables.json') !== null) return null;
  for (const file of ['config/production.json', 'config/default.json']) {
    const found = find(file);
    if (found === null) continue;
    const url = new RegExp(`^[\\w+]+://(?:[^@/]*@)?${HERE}(?![\\w.-])`);
    const local = typeof found.value === 'string' && (LOCAL.test(found.value) || url.test(found.value));
    return local ? at(pkg.at(file) as string, found.line) : null;
  }
  return null;
}

/** `config/config.json` of the Sequelize command line, with a section for each environment. */
function sequelizeConfig(pkg: Package, dialects: RegExp | null): Evidence | null {
  const file = pkg.dependency('sequelize') === null ? null : pkg.at('config/config.json');
  const document = file === null ? null : pkg.repo.json(file);
  const production = record(record(document?.value).production);
  if (document === null || file === null || dialects === null || !dialects.test(String(production.dialect)))
    return null;
  if (production.use_env_variable !== undefined || typeof production.host !== 'string' || !LOCAL.test(production.host))
    return null;
  return at(file, document.lineOf('production', 'host'));
}
