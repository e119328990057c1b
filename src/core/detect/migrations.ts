/** The migrations tool and the command that brings a database up to date. */
import type { Fact, Script, ScriptRole, ServiceFacts } from '../../model.ts';
import type { Build } from './build.ts';
import { expand } from './build.ts';
import type { Package } from './package.ts';
import { fact } from './repo.ts';

type Scripts = Readonly<Partial<Record<ScriptRole, Fact<Script>>>>;

/** Tool, packages, a sign in the repository that it is used for migrations, and its command. */
const TOOLS: readonly Readonly<{
  tool: string;
  packages: readonly string[];
  sign: RegExp | null;
  command: readonly string[];
}>[] = [
  {
    tool: 'prisma',
    packages: ['prisma', '@prisma/client'],
    sign: /(?:^|\/)prisma\/(?:\w+\/)?migrations\//,
    command: ['prisma', 'migrate', 'deploy'],
  },
  {
    tool: 'drizzle-kit',
    packages: ['drizzle-kit', 'drizzle-orm'],
    sign: /(?:^|\/)(?:drizzle|migrations?)\/(?:.*\/)?(?:\d{4}_\w+\.sql|migration\.sql|meta\/_journal\.json)$/,
    command: ['drizzle-kit', 'migrate'],
  },
  { tool: 'node-pg-migrate', packages: ['node-pg-migrate'], sign: null, command: ['node-pg-migrate', 'up'] },
  { tool: 'db-migrate', packages: ['db-migrate'], sign: null, command: ['db-migrate', 'up'] },
  { tool: 'umzug', packages: ['umzug'], sign: null, command: [] },
  { tool: 'postgrator', packages: ['postgrator', 'postgrator-cli'], sign: null, command: [] },
  { tool: 'migrate-mongo', packages: ['migrate-mongo'], sign: null, command: ['migrate-mongo', 'up'] },
  {
    tool: 'mikro-orm',
    packages: ['@mikro-orm/migrations', '@mikro-orm/migrations-mongodb'],
    sign: null,
    command: ['mikro-orm', 'migration:up'],
  },
  {
    tool: 'typeorm',
    packages: ['typeorm'],
    sign: /migrations?\/[^/]+\.[cm]?[jt]s$/i,
    command: ['typeorm', 'migration:run'],
  },
  { tool: 'sequelize-cli', packages: ['sequelize-cli'], sign: null, command: ['sequelize-cli', 'db:migrate'] },
  {
    tool: 'knex',
    packages: ['knex'],
    sign: /(?:^|\/)knexfile\.\w+$|migrations\//,
    command: ['knex', 'migrate:latest'],
  },
];

/** The tool by dependency and use. With a `migrate` script that calls the tool, its own words are taken. */
export function detectMigrations(pkg: Package, scripts: Scripts, build: Build | null): ServiceFacts['migrations'] {
  const script = scripts.migrate ?? null;
  const steps = script === null ? [] : expand(pkg, script.value.name);
  for (const { tool, packages, sign, command } of TOOLS) {
    const dependency = pkg.dependency(...packages);
    if (dependency === null) continue;
    const evidence = sign === null ? dependency.evidence : signEvidence(pkg, sign);
    const called = steps.find((s) => tool === toolOf(s.words, tool));
    if (called === undefined && evidence === null) continue;
    // A script that calls another tool is that tool's.
    const other = steps.some((s) => TOOLS.some((t) => t.tool !== tool && toolOf(s.words, t.tool) === t.tool));
    if (called === undefined && other) continue;
    const own =
      called !== undefined
        ? compiled(build, called.words)
        : script !== null && steps[0] !== undefined
          ? compiled(build, steps[0].words)
          : withDataSource(pkg, tool, command, build);
    if (own.length === 0) continue;
    const complete =
      tool === 'node-pg-migrate' && !own.some((w) => /^(?:up|down|redo|create)$/.test(w)) ? [...own, 'up'] : own;
    return fact(
      { tool, script: script?.value.name ?? null, command: [...complete] },
      script?.evidence ?? evidence ?? dependency.evidence,
    );
  }
  if (script === null || steps[0] === undefined) return null;
  return fact({ tool: 'script', script: script.value.name, command: compiled(build, steps[0].words) }, script.evidence);
}

function toolOf(words: readonly string[], tool: string): string | null {
  const line = words.join(' ');
  const names: Readonly<Record<string, RegExp>> = {
    typeorm: /\btypeorm(?:-ts-node-\w+)?\b/,
    'sequelize-cli': /\bsequelize(?:-cli)?\b/,
    'mikro-orm': /\bmikro-orm\b/,
  };
  const pattern = names[tool] ?? new RegExp(`(?:^|[\\s/])${tool}(?:\\s|$)`);
  return pattern.test(line) ? tool : null;
}

function signEvidence(pkg: Package, sign: RegExp): { file: string } | null {
  const file = pkg.files.find(
    (f) => /drizzle|migration|knexfile/i.test(f) && sign.test(f) && !/(?:^|\/)node_modules\//.test(f),
  );
  return file === undefined ? null : { file: pkg.at(file) as string };
}

/** TypeScript that the build compiles is run compiled: an image has no ts-node. What it does not compile stays as it is. */
function compiled(build: Build | null, words: readonly string[]): string[] {
  const [program = '', ...args] = words.map((w) => w.replace(/^\.\//, ''));
  const wrapper = /^typeorm-ts-node-/.test(program);
  if (build === null || (!wrapper && !/^(?:ts-node|tsx|node)$/.test(program))) return [...words];
  let changed = false;
  const mapped = args.map((arg) => {
    const [, flag = '', file = ''] = /^(-[\w-]+=)?(.*\.ts)$/.exec(arg) ?? [];
    const output = file === '' ? null : build.outputOf(file);
    if (output === null) return arg;
    changed = true;
    return flag + output;
  });
  if (!changed || mapped.some((a) => /\.ts$/.test(a))) return [...words];
  const kept = mapped.filter(
    (a, i) =>
      !/^--env-file/.test(a) &&
      !/^(?:-r|--require|--import)$/.test(a) &&
      !(/^(?:-r|--require|--import)$/.test(mapped[i - 1] ?? '') && /ts-node|tsconfig-paths|tsx/.test(a)),
  );
  return wrapper ? ['typeorm', ...kept] : ['node', ...kept];
}

/** TypeORM needs its data source, compiled. */
function withDataSource(
  pkg: Package,
  tool: string,
  command: readonly string[],
  build: Build | null,
): readonly string[] {
  if (tool !== 'typeorm') return command;
  const file = pkg.files.find(
    (f) =>
      /(?:^|\/)[\w-]*(?:data-?source|ormconfig|typeorm\.config)[\w-]*\.[jt]s$/i.test(f) && !/\.(?:test|spec)\./.test(f),
  );
  const target = file === undefined ? null : file.endsWith('.ts') ? (build?.outputOf(file) ?? file) : file;
  return target === null ? command : [...command, '-d', target];
}
