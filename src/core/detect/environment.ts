/** The environment variables that the application reads. */
import type { EnvironmentVariableFact, Evidence } from '../../model.ts';
import type { Package } from './package.ts';
import { demandedInProduction } from './production.ts';
import { at, compare } from './repo.ts';
import { sampleFiles, sampleValue } from './samples.ts';
import { codeMatches, literal, parts, type Source, trim } from './scan.ts';
import { isSchemaFile, schemaReads } from './schemas.ts';
import { looksSecret } from './secrets.ts';
import { type Add, type Need, needOfName, usage, valueText } from './usage.ts';

/** One place that reads a variable. */
type Read = Readonly<{ name: string; default: string | null; need: Need; evidence: Evidence; schema: boolean }>;

/** Set by the platform, the shell, the package manager, a test runner or a pipeline: not the application's own configuration. */
const FOREIGN =
  /^(?:CI|HOME|PATH|PWD|USER|SHELL|TERM|LANG|LC_ALL|TZ|TMPDIR|TEMP|TMP|EDITOR|DISPLAY|FORCE_COLOR|NO_COLOR|COLORTERM|DEBUG_COLORS|INIT_CWD|NODE_OPTIONS|NODE_PATH|NODE_DEBUG|NODE_V8_COVERAGE|UV_THREADPOOL_SIZE|APPDATA|USERPROFILE|LOCALAPPDATA|HOMEPATH|ProgramFiles|COMSPEC|OSTYPE|JEST_WORKER_ID|VITEST\w*|TEST|NEXT_RUNTIME|NEXT_PHASE|ANALYZE|STORYBOOK|CYPRESS\w*|PLAYWRIGHT\w*|npm_\w+|NPM_\w+|GITHUB_\w+|GITLAB_\w+|CI_\w+|RUNNER_\w+|VERCEL(?:_\w+)?|NETLIFY(?:_\w+)?|RENDER(?:_\w+)?|RAILWAY_\w+|HEROKU_\w+|TURBO_\w+|NX_\w+|CODECOV_\w+|HUSKY\w*|DYNO|KUBERNETES_\w+|AWS_LAMBDA_\w+|AWS_EXECUTION_ENV|ECS_\w+|NODE_APP_INSTANCE|pm_id)$/;

const ALIAS = /\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=;]+)?=\s*(?:process|Bun)\.env\s*(?:as\s+[^;\n]+)?[;\n]/;

const READ =
  /\b(?:process|Bun)\s*\.\s*env\s*(?:(?:\?\.|!?\.)\s*([A-Za-z_]\w*)|(?:\?\.)?\[\s*['"`]([A-Za-z_]\w*)['"`]\s*\])/;

const QUICK =
  /process\s*\.\s*env|\bBun\.env|(?:get|getOrThrow|required|[eE]nv\w*)\s*(?:<[^()]*>)?\(\s*['"`][A-Z]|['"](?:zod|joi|@hapi\/joi|envalid|envsafe|@t3-oss\/env|@fastify\/env|env-schema|valibot|@sinclair\/typebox|typebox|convict|znv|arktype|yup|class-validator)\b/;

/** Every variable, sorted by name. `start` are assignments in the start script: they have a value there. */
export function detectEnvironment(pkg: Package): EnvironmentVariableFact[] {
  const reads = [...pkg.sources(QUICK).flatMap((s) => fileReads(pkg, s)), ...prismaReads(pkg)];
  const byName = new Map<string, Read[]>();
  for (const read of reads) {
    // What the application's own schema declares is its own, whoever sets it.
    if (FOREIGN.test(read.name) && !(read.schema && !/^(?:CI|npm_|GITHUB_)/.test(read.name))) continue;
    byName.set(read.name, [...(byName.get(read.name) ?? []), read]);
  }
  const samples = sampleFiles(pkg);
  for (const sample of samples) {
    const unread = sample.entries.filter((e) => !byName.has(e.name) && !FOREIGN.test(e.name));
    const named = namesInCode(
      pkg,
      unread.map((e) => e.name),
    );
    const left: string[] = [];
    for (const entry of unread) {
      if (named.has(entry.name) || READ_BY_LIBRARIES.test(entry.name)) {
        byName.set(entry.name, [
          { name: entry.name, default: null, need: 'optional', schema: false, evidence: at(sample.file, entry.line) },
        ]);
      } else left.push(entry.name);
    }
    if (left.length > 0)
      pkg.repo.note(
        `no code of the service reads ${left.join(', ')}`,
        sample.file,
        unread.find((e) => e.name === left[0])?.line,
      );
  }
  withSecretFiles(byName);
  const demanded = demandedInProduction(pkg);
  return [...byName.entries()]
    .sort(([a], [b]) => compare(a, b))
    .map(([name, all]) => combine(name, all, sampleValue(pkg, name)?.value ?? null, demanded.has(name)));
}

/** Docker's custom: `X` or `X_FILE` gives the value, so neither is needed by itself. */
function withSecretFiles(byName: Map<string, Read[]>): void {
  for (const name of byName.keys()) {
    const base = name.replace(/_FILE$/, '');
    if (base === name || !byName.has(base)) continue;
    for (const either of [name, base])
      byName.set(
        either,
        (byName.get(either) ?? []).map((r) => ({ ...r, need: r.need === 'must' ? r.need : 'tested' })),
      );
  }
}

/** Variables that SDKs read by themselves. */
const READ_BY_LIBRARIES =
  /^(?:AWS_(?:REGION|DEFAULT_REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|ENDPOINT_URL\w*)|PG(?:HOST|PORT|USER|PASSWORD|DATABASE|SSLMODE)|OTEL_\w+|SENTRY_\w+|DD_\w+|NEW_RELIC_\w+|NEXTAUTH_\w+|AUTH_(?:SECRET|URL|TRUST_HOST)|CLERK_\w+|NEXT_PUBLIC_CLERK_\w+|GOOGLE_APPLICATION_CREDENTIALS|(?:AI_GATEWAY|OPENAI|ANTHROPIC|GROQ|MISTRAL|COHERE)_\w+|STRIPE_API_KEY|LANGCHAIN_\w+|LANGSMITH_\w+|NODE_ENV|NODE_EXTRA_CA_CERTS)$/;

/** Names that stand as a whole word in the code, for reads that go through a helper of the project's own. */
function namesInCode(pkg: Package, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const escaped = names.filter((n) => /^\w+$/.test(n));
  if (escaped.length === 0) return found;
  const pattern = new RegExp(`\\b(?:${escaped.join('|')})\\b`);
  for (const source of pkg.sources(pattern)) {
    for (const m of source.text.matchAll(new RegExp(pattern.source, 'g'))) found.add(m[0]);
  }
  return found;
}

function combine(
  name: string,
  reads: readonly Read[],
  sample: string | null,
  demanded: boolean,
): EnvironmentVariableFact {
  // A schema decides; otherwise a place that stops without it, or one that reads it as it is while no other goes on without it.
  const deciding = reads.filter((r) => r.schema);
  const judged = deciding.length > 0 ? deciding : reads;
  const inCode = reads.find((r) => r.default !== null)?.default ?? null;
  // An empty default is none that could be shown.
  const value = (inCode === '' ? null : inCode) ?? sample;
  const secret = looksSecret(name, value, inCode);
  const plain =
    judged.some((r) => r.need === 'plain') && !judged.some((r) => r.need === 'tested' || r.default !== null);
  const needed = judged.some((r) => r.need === 'must') || plain;
  const first = deciding[0] ?? reads[0];
  return {
    name,
    required: name !== 'NODE_ENV' && (needed || demanded),
    default: secret ? null : value,
    secret,
    evidence: (first as Read).evidence,
  };
}

function fileReads(pkg: Package, source: Source): Read[] {
  const reads: Read[] = [];
  const add: Add = (name, offset, fallback, need, schema = false) => {
    reads.push({ name, default: fallback, need, schema, evidence: at(source.file, source.lineAt(offset)) });
  };
  const direct = (m: RegExpExecArray, name: string): void => {
    if (isWrite(source, m.index + m[0].length)) return;
    const use = usage(pkg, source, m.index, m.index + m[0].length);
    add(name, m.index, use.fallback, use.need);
  };
  for (const m of codeMatches(source, READ)) direct(m, (m[1] ?? m[2]) as string);
  for (const alias of codeMatches(source, ALIAS)) {
    for (const m of codeMatches(
      source,
      new RegExp(`(?<![\\w$.])${(alias[1] as string).replace(/\$/g, '\\$')}\\s*(?:\\?\\.|\\.)\\s*([A-Z][A-Z0-9_]*)\\b`),
    ))
      direct(m, m[1] as string);
  }
  for (const m of codeMatches(source, /\b(?:const|let|var)\s*\{/)) {
    const open = m.index + m[0].length - 1;
    const spans = parts(source, open);
    const close = source.bare.indexOf('}', spans.at(-1)?.end ?? open);
    if (!/^\}\s*(?::[^=;]+)?=\s*(?:process|Bun)\.env\b(?!\s*[.[])/.test(source.text.slice(close, close + 160)))
      continue;
    for (const span of spans) {
      const key = /^([A-Za-z_]\w*)/.exec(source.text.slice(span.start, span.end))?.[1];
      const equals = source.bare.slice(span.start, span.end).indexOf('=');
      if (key === undefined) continue;
      const alias = /^\w+\s*:\s*([\w$]+)/.exec(source.text.slice(span.start, span.end))?.[1] ?? key;
      const fallback = equals < 0 ? null : valueText(pkg, source, trim(source, span.start + equals + 1, span.end));
      add(key, span.start, fallback, equals >= 0 ? 'optional' : needOfName(source, alias, close));
    }
  }
  for (const m of codeMatches(
    source,
    /\b[\w$.]*(?:[cC]onfig\w*|env|ENV|[eE]nvironment\w*)\s*(?:\([^()]*\))?\s*\.\s*(get|getOrThrow|required)\s*(?:<[^()]*>)?\(/,
  ))
    getterRead(pkg, source, m, m[1] === 'getOrThrow' || m[1] === 'required', add);
  // Helpers such as env('PORT', 3000), getEnv('PORT'), requireEnv('DATABASE_URL').
  for (const m of codeMatches(
    source,
    /(?<![\w$.])(?:env|getEnv|requireEnv|getOsEnv|requiredEnv|mustGetEnv|getEnvVar|getEnvOrThrow|readEnv|envVar|required)\s*(?:<[^()]*>)?\(/,
  ))
    getterRead(pkg, source, m, /require|must|Throw/.test(m[0]), add);
  if (isSchemaFile(source)) schemaReads(pkg, source, add);
  return reads;
}

function getterRead(pkg: Package, source: Source, m: RegExpExecArray, must: boolean, add: Add): void {
  const [first, second] = parts(source, m.index + m[0].length - 1);
  const name = first === undefined ? null : literal(source, first);
  if (name === null || !/^[A-Z][A-Z0-9_]*$/.test(name)) return;
  const hasFallback = second !== undefined && source.text[second.start] !== '{';
  const use = usage(pkg, source, m.index, source.bare.indexOf(')', first?.end ?? m.index) + 1);
  add(
    name,
    m.index,
    hasFallback ? valueText(pkg, source, second) : use.fallback,
    must ? 'must' : hasFallback ? 'optional' : use.need,
  );
}

/** `process.env.X = …` sets it; comparisons are reads. */
function isWrite(source: Source, end: number): boolean {
  return /^\s*(?:\?\?|\|\|)?=(?![=>])/.test(source.text.slice(end, end + 12));
}

/** `url = env("DATABASE_URL")` in the Prisma schema. */
function prismaReads(pkg: Package): Read[] {
  return [pkg, ...pkg.linked]
    .flatMap((p) => p.files.filter((f) => f.endsWith('.prisma')).map((f) => p.at(f) as string))
    .flatMap((path) => {
      const rows = pkg.repo.text(path)?.split('\n') ?? [];
      return rows.flatMap((row, i) => {
        const m = /^\s*\w*[uU]rl\s*=\s*env\("(\w+)"\)/.exec(row.replace(/\/\/.*$/, ''));
        return m === null
          ? []
          : [
              {
                name: m[1] as string,
                default: null,
                need: /shadow/i.test(row) ? ('optional' as const) : ('must' as const),
                schema: false,
                evidence: at(path, i + 1),
              },
            ];
      });
    });
}
