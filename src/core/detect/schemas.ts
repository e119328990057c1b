/** The environment as a schema declares it: zod, Joi, envalid, JSON schema, class-validator, convict and their kin. */
import type { Package } from './package.ts';
import { inProduction, requiredWhen } from './production.ts';
import { codeMatches, expressionAt, literal, type Source, type Span } from './scan.ts';
import type { Add } from './usage.ts';
import { isSchema, schemaDefault } from './values.ts';

const SCHEMA_LIBRARY =
  /['"](?:zod(?:\/v?\d?(?:-mini)?)?|joi|@hapi\/joi|envalid|envsafe|@t3-oss\/env-\w+|@fastify\/env|env-schema|valibot|@sinclair\/typebox|typebox|@fastify\/type-provider-typebox|convict|znv|arktype|yup|@hono\/zod-openapi|class-validator|@julr\/vite-plugin-validate-env|@adonisjs\/\w+)['"]/;

/** A file that declares the schema of the environment, not just any schema: it names the environment, or is named after it. */
export function isSchemaFile(source: Source): boolean {
  if (!SCHEMA_LIBRARY.test(source.text)) return false;
  return (
    /process\.env|Bun\.env|cleanEnv|envsafe\s*\(|createEnv|@fastify\/env|fastify-env|env-schema|EnvironmentVariables|parseEnv|validationSchema|[eE]nv(?:ironment)?(?:Vars|Variables)?Schema/.test(
      source.text,
    ) || /(?:^|\/)(?:[\w.-]*env[\w.-]*|config[\w.-]*|configuration)\.\w+$|\/config\//i.test(source.file)
  );
}

export function schemaReads(pkg: Package, source: Source, add: Add): void {
  for (const m of codeMatches(source, /(?<=[{,;\s])['"]?([A-Z][A-Z0-9_]*)['"]?\s*[?!]?\s*:\s*/)) {
    const span = inProduction(source, expressionAt(source, m.index + m[0].length));
    const text = source.text.slice(span.start, span.end);
    const name = m[1] as string;
    if (isSchema(source, span)) {
      const conditional = requiredWhen(source, span);
      const fallback = schemaDefault(pkg, source, span, 0)?.literal ?? booleanDefault(text);
      // `devDefault` holds outside production only.
      const settled =
        (fallback !== null && !/\bdevDefault\s*:/.test(text)) ||
        /\.(?:optional|nullish|default|catch)\s*\(|\bOptional\(|allowEmpty|\bundefined\b|(?<!\w)default\s*:/.test(text);
      const optional = conditional === null ? settled || omittedFromRequired(source, span, name) : !conditional;
      add(name, m.index, fallback, optional ? 'optional' : 'must', true);
    } else if (/class-validator/.test(source.text) && /^(?:string|number|boolean|[A-Z]\w*)\b/.test(text)) {
      const before = source.text.slice(Math.max(0, m.index - 300), m.index);
      const field = before.slice(Math.max(before.lastIndexOf(';'), before.lastIndexOf('{')) + 1);
      const equals = /=\s*(.+)$/s.exec(text);
      const unless = new RegExp(`@ValidateIf\\([^)]*=>\\s*\\w+\\.${name}\\b`).test(field);
      add(
        name,
        m.index,
        equals === null ? null : (equals[1] as string).replace(/^['"]|['"]$/g, ''),
        unless || /@IsOptional/.test(field) || m[0].includes('?') || equals !== null ? 'optional' : 'must',
        true,
      );
    }
  }
  for (const m of codeMatches(source, /\benv\s*:\s*(?=['"][A-Z])/)) {
    // convict: { format: …, default: …, env: 'PORT' }
    const open = source.bare.lastIndexOf('{', m.index);
    const name = literal(source, expressionAt(source, m.index + m[0].length));
    if (name === null || open < 0) continue;
    const body = { start: open, end: source.bare.indexOf('}', m.index) + 1 };
    add(
      name,
      m.index,
      schemaDefault(pkg, source, body, 0)?.literal ?? null,
      /\bdefault\s*:/.test(source.text.slice(body.start, body.end)) ? 'optional' : 'must',
      true,
    );
  }
}

function booleanDefault(text: string): string | null {
  return /(?:\.default\(\s*|\bdefault\s*:\s*)(true|false)\b/.exec(text)?.[1] ?? null;
}

/** JSON schema: `required: [...]` lists what is needed; a property that is not in it may be left out. */
function omittedFromRequired(source: Source, span: Span, name: string): boolean {
  if (source.text[span.start] !== '{') return false;
  const list = /\brequired\s*:\s*\[([^\]]*)\]/.exec(source.text);
  return list === null ? !/convict/.test(source.text) : !new RegExp(`['"]${name}['"]`).test(list[1] as string);
}
