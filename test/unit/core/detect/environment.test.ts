import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { looksSecret } from '../../../../src/core/detect/secrets.ts';
import { type Content, only, project } from '../../../helpers/project.ts';

/** `NAME required secret =default` for every variable. */
function variables(source: string, files: Record<string, Content> = {}): string[] {
  const facts = detect(
    project({
      'package.json': { name: 'x', dependencies: { express: '^5.0.0', zod: '^4.0.0' } },
      'src/index.ts': source,
      ...files,
    }),
    null,
  );
  return only(facts).environment.map((e) =>
    [e.name, e.required ? 'required' : '', e.secret ? 'secret' : '', e.default === null ? '' : `=${e.default}`]
      .filter((x) => x !== '')
      .join(' '),
  );
}

describe('reads', () => {
  test.each([
    ['a property', 'f(process.env.A);', ['A required']],
    ['an index', "f(process.env['A']);", ['A required']],
    ['optional chaining', 'f(process.env?.A);', ['A required']],
    ['non-null', 'f(process.env.A!);', ['A required']],
    ['a default', "const a = process.env.A || 'x';", ['A =x']],
    ['??', 'const a = process.env.A ?? 5;', ['A =5']],
    ['a default inside a conversion', "const a = parseInt(process.env.A ?? '5', 10);", ['A =5']],
    ['a default behind a conversion', 'const a = Number(process.env.A) || 5;', ['A =5']],
    ['a default behind a cast', "const a = (process.env.A as Level['x']) || 'info';", ['A =info']],
    ['undefined as default', 'const a = process.env.A || undefined;', ['A']],
    ['a comparison', "const a = process.env.A === 'true';", ['A']],
    ['a ternary', 'const a = process.env.A ? Number(process.env.A) : 7;', ['A =7']],
    ['a condition, then a read', 'if (process.env.A) {\n  f(process.env.A);\n}', ['A']],
    ['a stop', "if (!process.env.A) throw new Error('A');\nf(process.env.A || '');", ['A required']],
    ['a stop for a name', "const a = process.env.A;\nif (!a) {\n  throw new Error('A');\n}", ['A required']],
    ['an exit', 'const a = process.env.A;\nif (!a) process.exit(1);', ['A required']],
    ['a fallback for a name', "const a = process.env.A;\nf(a || 'x');", ['A']],
    ['destructuring', "const { A, B = '2', C: c } = process.env;\nif (c) f(c);", ['A required', 'B =2', 'C']],
    ['Bun', 'f(Bun.env.A);', ['A required']],
    ['an alias', 'const env = process.env;\nf(env.A);', ['A required']],
    ['a helper', "const a = requireEnv('A');\nconst b = getEnv('B', '3');", ['A required', 'B =3']],
    [
      "Nest's ConfigService",
      "this.configService.get<string>('A');\nthis.config.getOrThrow('B');\nconfig.get('C', 4);\nconfig.get('lower.case');",
      ['A required', 'B required', 'C =4'],
    ],
    ['an assignment', "process.env.A = '1';", []],
    ['a comment and a string', "// process.env.A\nf('process.env.B');", []],
    ['import.meta.env', 'f(import.meta.env.A);', []],
    ['NODE_ENV is never required', 'f(process.env.NODE_ENV);', ['NODE_ENV']],
    [
      'variables of the pipeline and the platform',
      'f(process.env.CI, process.env.HOME, process.env.GITHUB_SHA, process.env.npm_package_version, process.env.VITEST);',
      [],
    ],
  ])('%s', (_, source, expected) => {
    expect(variables(source)).toEqual(expected);
  });

  test('X or X_FILE', () => {
    expect(variables('const { DB_USER, DB_USER_FILE } = process.env;\nf(DB_USER, DB_USER_FILE);')).toEqual([
      'DB_USER',
      'DB_USER_FILE',
    ]);
  });

  test('tests, scripts and tool configuration do not count', () => {
    const code = 'f(process.env.A);\n';
    expect(
      variables('', {
        'test/a.ts': code,
        'src/a.test.ts': code,
        'src/__tests__/b.ts': code,
        'scripts/seed.ts': code,
        'vitest.config.ts': code,
        'e2e/a.ts': code,
      }),
    ).toEqual([]);
  });
});

describe('schemas', () => {
  test.each([
    [
      'zod',
      "import { z } from 'zod';\nexport default z.object({\n  A: z.string(),\n  B: z.coerce.number().default(2),\n  C: z.string().optional(),\n  D: z.enum(['x', 'y']).default('x'),\n  E: z.boolean().default(true),\n}).parse(process.env);",
      ['A required', 'B =2', 'C', 'D =x', 'E =true'],
    ],
    [
      'envalid',
      "import { cleanEnv, str, port, num } from 'envalid';\ncleanEnv(process.env, { A: str(), B: port({ default: 2 }), C: num({ devDefault: 3 }) });",
      ['A required', 'B =2', 'C required =3'],
    ],
    [
      'joi',
      "import Joi from 'joi';\nexport const environmentSchema = Joi.object({ A: Joi.string().required(), B: Joi.number().default(2) }); // process.env",
      ['A required', 'B =2'],
    ],
    [
      'JSON schema',
      "import fastifyEnv from '@fastify/env';\nconst schema = { type: 'object', required: ['A'], properties: { A: { type: 'string' }, B: { type: 'number', default: 2 }, C: { type: 'string' } } };",
      ['A required', 'B =2', 'C'],
    ],
    [
      'class-validator',
      "import { IsOptional, IsString } from 'class-validator';\nclass EnvironmentVariables {\n  @IsString()\n  A: string;\n\n  @IsOptional()\n  @IsString()\n  B: string;\n}",
      ['A required', 'B'],
    ],
    [
      't3',
      "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\ncreateEnv({ server: { A: z.url() }, runtimeEnv: { A: process.env.A } });",
      ['A required'],
    ],
    [
      'a schema decides over a plain read',
      "import { z } from 'zod';\nz.object({ A: z.string().default('1') }).parse(process.env);\nf(process.env.A);",
      ['A =1'],
    ],
  ])('%s', (_, source, expected) => {
    expect(variables(source)).toEqual(expected);
  });

  test('another schema of the application is none of the environment', () => {
    expect(variables("import { z } from 'zod';\nexport const order = z.object({ SKU: z.string() });")).toEqual([]);
  });

  test('the Prisma schema', () => {
    expect(
      variables('', {
        'prisma/schema.prisma':
          'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n  // url = env("OTHER_URL")\n}\n',
      }),
    ).toEqual(['DATABASE_URL required secret']);
  });
});

describe('what production demands', () => {
  const zod =
    "import { z } from 'zod';\nconst schema = z.object({ NODE_ENV: z.string(), A: z.string().optional(), B: z.string().optional() })";
  const parsed = '.parse(process.env);';
  test.each([
    [
      'superRefine',
      `${zod}.superRefine((input, ctx) => {\n  if (input.NODE_ENV === 'production' && !input.A) {\n    ctx.addIssue({ code: 'custom', path: ['A'] });\n  }\n})${parsed}`,
      ['A required', 'B', 'NODE_ENV'],
    ],
    [
      'superRefine, nested, the other way round',
      `${zod}.superRefine((e, ctx) => {\n  if ('production' === e.NODE_ENV) {\n    if (!e.A) ctx.addIssue({ path: ['A'] });\n    if (e.B === 'x') ctx.addIssue({ path: ['B'] });\n  }\n})${parsed}`,
      ['A required', 'B', 'NODE_ENV'],
    ],
    [
      'superRefine with an early return',
      `${zod}.superRefine((e, ctx) => {\n  if (e.NODE_ENV !== 'production') return;\n  if (e.A === undefined) ctx.addIssue({ path: ['A'] });\n})${parsed}`,
      ['A required', 'B', 'NODE_ENV'],
    ],
    [
      'refine with ||',
      `${zod}.refine((e) => e.NODE_ENV !== 'production' || !!e.A, { message: 'B' })${parsed}`,
      ['A required', 'B', 'NODE_ENV'],
    ],
    [
      'refine with a negation',
      `${zod}.refine((e) => !(e.NODE_ENV === 'production' && !e.A), 'A')${parsed}`,
      ['A required', 'B', 'NODE_ENV'],
    ],
    [
      'refine with a choice',
      `${zod}.refine((e) => (e.NODE_ENV === 'production' ? Boolean(e.A) : true))${parsed}`,
      ['A required', 'B', 'NODE_ENV'],
    ],
    [
      'a choice between two schemas',
      "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\ncreateEnv({ server: { A: process.env.NODE_ENV === 'production' ? z.string() : z.string().optional(), B: isDev ? z.string() : z.string().optional() } });",
      ['A required', 'B', 'NODE_ENV'],
    ],
    [
      'envalid',
      "import { cleanEnv, str } from 'envalid';\ncleanEnv(process.env, { A: str({ default: undefined, requiredWhen: (e) => e.NODE_ENV === 'production' }), B: str({ default: undefined }), C: str({ devDefault: 'x' }) });",
      ['A required', 'B', 'C required =x'],
    ],
    [
      'joi',
      "import Joi from 'joi';\nexport const envSchema = Joi.object({ A: Joi.string().when('NODE_ENV', { is: 'production', then: Joi.required(), otherwise: Joi.optional() }), B: Joi.string().when('NODE_ENV', { is: 'development', then: Joi.required(), otherwise: Joi.optional() }), C: Joi.string().when('NODE_ENV', { is: Joi.valid('development', 'test'), then: Joi.string().default('x'), otherwise: Joi.string().required() }) });",
      ['A required', 'B', 'C required =x'],
    ],
    [
      'a stop beside the schema',
      `${zod};\nexport const env = schema${parsed}\nif (env.NODE_ENV === 'production' && (!env.A || !env.B)) {\n  throw new Error('A');\n}`,
      ['A required', 'B required', 'NODE_ENV'],
    ],
    [
      'a stop in a block',
      "const secret = process.env.A || 'dev';\nif (process.env.NODE_ENV === 'production') {\n  if (!process.env.A) process.exit(1);\n}\nf(process.env.B || 'x');",
      ['A required =dev', 'B =x', 'NODE_ENV'],
    ],
    [
      'a list',
      "f(process.env.A || 'a', process.env.B || 'b', process.env.C || 'c');\nconst needed = ['A', 'B'];\nif (isProduction) {\n  for (const key of needed) if (!process.env[key]) throw new Error(key);\n}",
      ['A required =a', 'B required =b', 'C =c'],
    ],
    [
      'a stop for a name',
      "const a = process.env.A;\nif (isProd && !a) throw new Error('A');\nf(a || 'x');",
      ['A required'],
    ],
    [
      'everywhere but on the machine of a developer',
      "const a = process.env.A ?? 'x';\nif (process.env.NODE_ENV !== 'development' && !process.env.A) throw new Error('A');",
      ['A required =x', 'NODE_ENV'],
    ],
    [
      'only a warning',
      "const a = process.env.A ?? 'x';\nif (process.env.NODE_ENV === 'production' && !process.env.A) console.warn('A');",
      ['A =x', 'NODE_ENV'],
    ],
    [
      'demanded in development only',
      `${zod}.superRefine((e, ctx) => {\n  if (e.NODE_ENV !== 'production' && !e.A) ctx.addIssue({ path: ['A'] });\n  if (e.NODE_ENV === 'test' && !e.B) ctx.addIssue({ path: ['B'] });\n})${parsed}`,
      ['A', 'B', 'NODE_ENV'],
    ],
    [
      'another use of production',
      `${zod}${parsed}\nconst secure = process.env.NODE_ENV === 'production';\nif (secure) f(process.env.B);\nif (!q) throw new Error('x');`,
      ['A', 'B', 'NODE_ENV'],
    ],
  ])('%s', (_, source, expected) => {
    expect(
      variables(source.replaceAll('NODE_ENV: z.string()', "NODE_ENV: z.string().default('')")).map((v) =>
        v.replace(/^NODE_ENV.*/, 'NODE_ENV'),
      ),
    ).toEqual(expected);
  });
});

describe('the sample file', () => {
  test('gives defaults, never makes a variable optional, and never a secret a value', () => {
    expect(
      variables('f(process.env.A, process.env.API_KEY);', {
        '.env.example': '# A=0\nA="1 2" # why\nexport API_KEY=abc\n',
      }),
    ).toEqual(['A required =1 2', 'API_KEY required secret']);
  });
  test('what only the sample names is a variable when the code or a library knows the name', () => {
    const files = {
      '.env.example': 'A=1\nB=2\nOTEL_SERVICE_NAME=x\n',
      'src/names.ts': "export const names = ['A'];\n",
    };
    expect(variables('', files)).toEqual(['A =1', 'OTEL_SERVICE_NAME =x']);
    const facts = detect(project({ 'package.json': { name: 'x' }, ...files }), null);
    expect(facts.notes).toContainEqual({ file: '.env.example', line: 2, message: 'no code of the service reads B' });
  });
  test('several samples: what they do not agree on is no default, and variants are never mixed', () => {
    const code = 'f(process.env.DB_TYPE, process.env.DB_HOST, process.env.DB_PORT, process.env.NAME);';
    const document = 'DB_TYPE=mongodb\nDB_PORT=27017\nNAME=api\n';
    const relational = 'DB_TYPE=postgres\nDB_HOST=postgres\nDB_PORT=5432\nNAME=api\n';
    expect(variables(code, { 'env-example-document': document, 'env-example-relational': relational })).toEqual([
      'DB_HOST required',
      'DB_PORT required',
      'DB_TYPE required',
      'NAME required =api',
    ]);
    // Beside a plain sample, a variant only takes away what it says otherwise.
    expect(variables(code, { '.env.example': relational, '.env.production.example': 'DB_HOST=\n' })).toEqual([
      'DB_HOST required',
      'DB_PORT required =5432',
      'DB_TYPE required =postgres',
      'NAME required =api',
    ]);
    // Samples that agree where they meet are parts of one.
    expect(variables(code, { '.env.example': 'NAME=api\n', 'docker/.env.example': 'DB_TYPE=postgres\n' })).toEqual([
      'DB_HOST required',
      'DB_PORT required',
      'DB_TYPE required =postgres',
      'NAME required =api',
    ]);
  });
  test('samples that do not agree give no port', () => {
    const files = (port: string) => ({
      'package.json': { name: 'x', dependencies: { express: '5' }, scripts: { start: 'node index.js' } },
      'index.js': "require('express')().listen(process.env.PORT);\n",
      '.env.example': 'PORT=3000\n',
      '.env.docker.example': `PORT=${port}\n`,
      'env-example-docker': `PORT=${port}\n`,
    });
    expect(only(detect(project(files('3000')), null)).port?.value).toBe(3000);
    expect(only(detect(project(files('4000')), null)).port).toBeNull();
  });
  test('a real .env is never read', () => {
    expect(variables('f(process.env.A);', { '.env': 'A=secret\nB=1\n', '.env.local': 'A=secret\n' })).toEqual([
      'A required',
    ]);
  });
});

describe('secrets', () => {
  test.each([
    ['DB_PASSWORD', null, null, true],
    ['JWT_SECRET', 'changeme', 'changeme', true],
    ['STRIPE_API_KEY', null, null, true],
    ['GITHUB_TOKEN', null, null, true],
    ['AWS_SECRET_ACCESS_KEY', null, null, true],
    ['DATABASE_URL', null, null, true],
    ['DATABASE_URL', 'file:./dev.db', null, false],
    ['MONGO_URI', 'mongodb://localhost/x', null, true],
    ['REDIS_URL', 'redis://localhost:6379', null, false],
    ['REDIS_URL', 'redis://:pass@localhost', null, true],
    ['REDIS_URL', null, null, true],
    ['ANYTHING', 'amqp://user:pass@host', null, true],
    ['SUPABASE_KEY', 'placeholder', null, true],
    ['CACHE_KEY', 'prefix:', 'prefix:', false],
    ['JWT_PUBLIC_KEY', null, null, false],
    ['TOKEN_EXPIRES_IN', '1d', null, false],
    ['PASSWORD_MIN_LENGTH', '8', null, false],
    ['PORT', '3000', null, false],
    ['API_URL', 'https://api.example', null, false],
  ])('%s with %s', (name, value, inCode, secret) => {
    expect(looksSecret(name, value, inCode)).toBe(secret);
  });
});
