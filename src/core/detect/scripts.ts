/** Which script of package.json plays which role. A script that changes files or never ends is no check. */
import type { Fact, Script, ScriptRole } from '../../model.ts';
import { expand } from './build.ts';
import type { Package } from './package.ts';
import { fact } from './repo.ts';
import { commandsOf } from './shell.ts';

/** Names by role, best first. */
const NAMES: readonly (readonly [ScriptRole, readonly RegExp[]])[] = [
  [
    'lint',
    [
      /^lint$/,
      /^lint:check$/,
      /^check:lint$/,
      /^lint:ci$/,
      /^eslint$/,
      /^lint:(?:all|src|ts|js|code)$/,
      /^biome(?::lint|:check)?$/,
      /^lint:eslint$/,
    ],
  ],
  [
    'format',
    [
      /^format:check$/,
      /^check:format$/,
      /^fmt:check$/,
      /^prettier:check$/,
      /^check:prettier$/,
      /^format-check$/,
      /^check-format$/,
      /^lint:(?:format|prettier)$/,
      /^format:ci$/,
      /^prettier$/,
      /^format$/,
      /^fmt$/,
    ],
  ],
  [
    'typecheck',
    [
      /^type-?check$/,
      /^check-?types?$/,
      /^check:types?$/,
      /^types:check$/,
      /^types?$/,
      /^tsc(?::check)?$/,
      /^lint:(?:types|tsc|ts)$/,
      /^ts:check$/,
      /^check:ts$/,
      /^compile:check$/,
    ],
  ],
  ['coverage', [/^test:cov(?:erage)?$/, /^cov(?:erage)?$/, /^test-coverage$/, /^test:unit:cov(?:erage)?$/]],
  [
    'integration',
    [/^test:(?:int|integration|it)$/, /^integration(?::test)?$/, /^test-integration$/, /^test:integration:(?:ci|run)$/],
  ],
  ['e2e', [/^test:e2e$/, /^e2e$/, /^test-e2e$/, /^e2e:(?:ci|run|test|headless)$/, /^test:e2e:(?:ci|run|headless)$/]],
  ['contract', [/^test:(?:contract|pact)s?$/, /^(?:contract|pact)(?::test)?$/]],
  ['test', [/^test$/, /^test:ci$/, /^test:run$/, /^test:units?$/, /^unit$/, /^tests?$/]],
  ['build', [/^build$/, /^build:prod(?:uction)?$/, /^build-ts$/, /^build:ts$/, /^compile$/, /^bundle$/]],
  [
    'migrate',
    [
      /^(?:db:)?migrate:(?:deploy|prod|production|up|latest|run)$/,
      /^(?:db:)?migrations?:(?:run|up|deploy|latest)$/,
      /^(?:db:)?migrate$/,
      /^migrate-up$/,
      /^prisma:(?:deploy|migrate:deploy)$/,
      /^typeorm:migrations?(?:-|:)run$/,
      /^(?:db|database):deploy$/,
      /^db:migrations:run$/,
    ],
  ],
];

const PLACEHOLDER = /no tests? (?:specified|yet|configured)|^\s*(?:true|exit 0|:)\s*$/i;

/** The scripts of a package by role. One script has one role; the first role that fits wins. */
export function detectScripts(pkg: Package): Readonly<Partial<Record<ScriptRole, Fact<Script>>>> {
  const roles: Partial<Record<ScriptRole, Fact<Script>>> = {};
  const taken = new Set<string>();
  for (const [role, patterns] of NAMES) {
    const named = patterns.flatMap((pattern) =>
      Object.keys(pkg.scripts).filter((name) => pattern.test(name) && !taken.has(name)),
    );
    const rejected: string[] = [];
    for (const name of named) {
      const reason = refuse(pkg, role, name);
      if (reason === null) {
        roles[role] = scriptFact(pkg, name);
        taken.add(name);
        break;
      }
      rejected.push(`script ${name} is not used as the ${role} check: ${reason}`);
    }
    if (roles[role] === undefined && rejected[0] !== undefined)
      pkg.repo.note(rejected[0], pkg.file, pkg.line('scripts', named[0] as string));
  }
  byContent(pkg, roles, taken);
  return roles;
}

/** Roles that no name gave: a `check` script that runs exactly one such tool. */
function byContent(pkg: Package, roles: Partial<Record<ScriptRole, Fact<Script>>>, taken: Set<string>): void {
  const tools: readonly (readonly [ScriptRole, RegExp])[] = [
    ['lint', /^(?:eslint\b|biome (?:check|lint|ci)\b|oxlint\b|xo\b|standard\b|tslint\b|next lint\b)/],
    ['format', /^(?:prettier\b.*(?:--check|-c\b|--list-different|-l\b)|biome (?:format|check|ci)\b|dprint check\b)/],
    ['typecheck', /^(?:tsc\b.*--noEmit|vue-tsc\b)/],
  ];
  for (const [role, pattern] of tools) {
    if (roles[role] !== undefined) continue;
    const name = Object.keys(pkg.scripts).find((n) => {
      if (taken.has(n) || /^(?:pre|post|dev|watch|start|build|test)|:(?:dev|watch|fix|staged)$|lint-staged/.test(n))
        return false;
      const steps = commandsOf(pkg.scripts[n] as string);
      return steps.length === 1 && pattern.test((steps[0]?.words ?? []).join(' ')) && refuse(pkg, role, n) === null;
    });
    if (name === undefined) continue;
    roles[role] = scriptFact(pkg, name);
    taken.add(name);
  }
}

function scriptFact(pkg: Package, name: string): Fact<Script> {
  const hooked = pkg.scripts[`pre${name}`] !== undefined || pkg.scripts[`post${name}`] !== undefined;
  const script = { name, command: pkg.scripts[name] as string };
  return fact(hooked ? { ...script, hooked } : script, pkg.evidence('scripts', name));
}

/** Why a script cannot play the role in a pipeline, or null when it can. */
function refuse(pkg: Package, role: ScriptRole, name: string): string | null {
  const command = pkg.scripts[name] as string;
  if (PLACEHOLDER.test(command)) return 'it is a placeholder';
  const steps = expand(pkg, name);
  for (const { words } of steps) {
    const line = words.join(' ');
    if (role === 'lint' || role === 'format' || role === 'typecheck') {
      if (fixes(words)) return `it changes files (${short(line)})`;
      if (
        role === 'format' &&
        /^(?:prettier|dprint)$/.test(words[0] ?? '') &&
        !/(?:^|\s)(?:--check|-c|--list-different|-l|check)(?:\s|$)/.test(line)
      )
        return `it prints files and checks nothing (${short(line)})`;
      if (
        role === 'typecheck' &&
        words[0] === 'tsc' &&
        !/--noEmit\b|-noEmit\b|--build\b|\s-b\b/.test(line) &&
        !noEmit(pkg)
      )
        return 'it writes files: that is the build';
    }
    if (
      /(?:^|\s)(?:--watch|--watchAll|--watch-all|-w)(?:\s|$)/.test(line) &&
      !/--watch(?:All)?[= ]false/.test(line) &&
      role !== 'build'
    )
      return 'it watches and never ends';
    if (
      (words[0] === 'vitest' && (words[1] === 'watch' || words[1] === 'dev')) ||
      (role !== 'build' && words.includes('--ui'))
    )
      return 'it watches and never ends';
    if ((role === 'e2e' && words[0] === 'cypress' && words[1] === 'open') || words[0] === 'nodemon')
      return 'it is interactive';
    if (role === 'build' && /(?:^|\s)(?:--watch|-w)(?:\s|$)/.test(line)) return 'it watches and never ends';
    if (
      role === 'migrate' &&
      /prisma migrate dev|prisma db push|drizzle-kit push|migrate:make|migration:(?:generate|create)|sync/.test(line)
    )
      return `it is for development (${short(line)})`;
  }
  return null;
}

function noEmit(pkg: Package): boolean {
  const path = pkg.at('tsconfig.json');
  return path !== null && /"noEmit"\s*:\s*true/.test(pkg.repo.text(path) ?? '');
}

/** True for a command that rewrites the files it looks at. */
function fixes(words: readonly string[]): boolean {
  const [program = ''] = words;
  if (/^(?:prettier|biome|dprint|rome|oxfmt)$/.test(program))
    return (
      words.some((w) => /^(?:--write|-w|--fix|--apply|--apply-unsafe|--fix-dry-run|fmt)$/.test(w)) ||
      (program === 'dprint' && words[1] === 'fmt')
    );
  if (
    /^(?:eslint|xo|standard|stylelint|oxlint|tslint|next|dts|ultracite|ts-standard)$/.test(program) ||
    /\/eslint(?:\.js)?$/.test(program)
  )
    return words.some((w) => w === '--fix' || w === '--fix=true' || w === 'fix' || w === 'format');
  return words.includes('--fix') || words.includes('--write');
}

function short(line: string): string {
  return line.length > 48 ? `${line.slice(0, 45)}…` : line;
}
