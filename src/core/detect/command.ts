/** How a command line starts a service: package managers, development tools and process managers are taken off. */
import type { Evidence } from '../../model.ts';
import type { Build } from './build.ts';
import { text } from './json.ts';
import type { Package } from './package.ts';
import { join } from './repo.ts';
import { commandsOf, type SimpleCommand, scriptOf } from './shell.ts';

/** `declared`: a script, Procfile or Dockerfile says so, not only the `main` field. `quality`: 0 runs what production should run, 1 a development tool had to be taken off, 2 only a hint. */
export type Start = Readonly<{
  argv: readonly string[];
  entry: string | null;
  quality: 0 | 1 | 2;
  evidence: Evidence;
  variables: Readonly<Record<string, string>>;
  declared: boolean;
}>;

export function ofScript(pkg: Package, build: Build | null, script: string, seen: readonly string[]): Start | null {
  const line = pkg.scripts[script];
  if (line === undefined || seen.includes(script)) return null;
  return ofLine(pkg, build, line, pkg.evidence('scripts', script), [...seen, script]);
}

/** The last command of a line that starts something; `npm run build && node dist/x.js` starts the second. */
export function ofLine(
  pkg: Package,
  build: Build | null,
  line: string,
  evidence: Evidence,
  seen: readonly string[],
): Start | null {
  for (const command of commandsOf(line).reverse()) {
    const next = scriptOf(command.words, pkg.scripts);
    const start = next === null ? ofCommand(pkg, build, command, evidence) : ofScript(pkg, build, next, seen);
    if (start !== null)
      return {
        ...start,
        variables: { ...command.variables, ...start.variables },
        evidence: next === null ? start.evidence : evidence,
      };
  }
  return null;
}

const CODE = /\.[cm]?[jt]sx?$/;

function ofCommand(pkg: Package, build: Build | null, command: SimpleCommand, evidence: Evidence): Start | null {
  const [program = '', ...args] = command.words;
  const done = (argv: readonly string[], entry: string | null, quality: Start['quality']): Start => ({
    argv,
    entry,
    quality,
    evidence,
    variables: command.variables,
    declared: true,
  });
  switch (program) {
    case 'node':
    case 'nodejs':
      return ofNode(pkg, build, args, done);
    case 'bun': {
      const rest = args.filter((a) => a !== '--watch' && a !== '--hot' && a !== 'run' && !a.startsWith('--env-file'));
      const file = rest.find((a) => !a.startsWith('-'));
      if (file === undefined || rest[0] === 'test' || rest[0] === 'build' || rest[0] === 'install') return null;
      const entry = existingCode(pkg, file) ?? (build !== null ? join('.', file) : null);
      if (entry === null) return null;
      const watching = args.includes('--watch') || args.includes('--hot');
      return done(['bun', ...rest.map((a) => (a === file ? entry : a))], entry, watching ? 1 : 0);
    }
    case 'nest': {
      if (args[0] !== 'start') return null;
      const file = build?.single ?? 'dist/main.js';
      return done(['node', file], file, 1);
    }
    case 'next':
      return args[0] === 'start' ? done(['next', ...args], null, 0) : null;
    case 'ts-node':
    case 'ts-node-esm':
    case 'ts-node-dev':
    case 'tsnd':
    case 'tsx':
    case 'swc-node':
    case 'babel-node':
      return ofTypeScript(pkg, build, program, args, done);
    case 'nodemon': {
      const exec = optionValue(args, '--exec', '-x');
      if (exec !== null) {
        const line = `${exec} ${args.filter((a) => CODE.test(a) && !exec.includes(a)).join(' ')}`;
        const inner = ofLine(pkg, build, line, evidence, []);
        return inner === null ? null : { ...inner, quality: 2 };
      }
      const file = args.find((a) => CODE.test(a) || existingCode(pkg, a) !== null) ?? text(pkg.manifest.main);
      if (file === null) return null;
      const inner =
        CODE.test(file) && /tsx?$/.test(file)
          ? ofTypeScript(pkg, build, 'tsx', [file], done)
          : ofNode(pkg, build, [file], done);
      return inner === null ? null : { ...inner, quality: 1 };
    }
    case 'pm2':
    case 'pm2-runtime':
    case 'pm2-docker':
      return ofPm2(pkg, build, args, evidence, done);
    case 'fastify': {
      if (args[0] !== 'start') return null;
      const file = args.findLast((a) => CODE.test(a));
      return done(
        ['fastify', ...args.filter((a) => a !== '-w' && a !== '--watch')],
        file === undefined ? null : (join('.', file) ?? file),
        args.includes('-w') ? 1 : 0,
      );
    }
    case 'concurrently': {
      for (const inner of args.filter((a) => a.includes(' '))) {
        const start = ofLine(pkg, build, inner, evidence, []);
        if (start !== null) return { ...start, quality: 2 };
      }
      return null;
    }
    default:
      return null;
  }
}

type Done = (argv: readonly string[], entry: string | null, quality: Start['quality']) => Start;

/** Options of node that take their value as the next word. */
const WITH_VALUE = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--title',
  '--max-http-header-size',
]);

/** Options that are for developers; an env file is not there in an image, and node stops when it is missing. */
const DROPPED = /^--(?:watch|inspect|env-file|watch-path|trace-|no-watch)/;

function ofNode(pkg: Package, build: Build | null, args: readonly string[], done: Done): Start | null {
  const options: string[] = [];
  let typescript = false;
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] as string;
    if (arg === '-e' || arg === '--eval' || arg === '-p' || arg === '--print' || arg === '--test') return null;
    if (WITH_VALUE.has(arg)) {
      const value = args[i + 1] ?? '';
      if (/^(?:ts-node|tsx|@swc-node)/.test(value)) typescript = true;
      options.push(arg, value);
      i += 1;
    } else if (arg === '--env-file') i += 1;
    else if (arg.startsWith('-')) {
      if (/=(?:ts-node|tsx|@swc-node)/.test(arg)) typescript = true;
      if (!DROPPED.test(arg)) options.push(arg);
    } else {
      const watching = args.some((a) => a.startsWith('--watch') || a.startsWith('--inspect'));
      if (typescript && build !== null) {
        const compiled = build.outputOf(arg) ?? build.single;
        const kept = withoutTypeScript(options);
        if (compiled !== null && /tsx?$/.test(arg)) return done(['node', ...kept, compiled], compiled, 1);
      }
      const entry = landing(pkg, build, arg);
      if (entry === null) return null;
      return done(['node', ...options, entry, ...args.slice(i + 1)], entry, watching ? 1 : 0);
    }
  }
  return null;
}

function withoutTypeScript(options: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < options.length; i += 1) {
    const option = options[i] as string;
    const value = WITH_VALUE.has(option) ? (options[i + 1] ?? '') : option;
    if (/(?:ts-node|tsx|@swc-node|tsconfig-paths)/.test(value)) i += WITH_VALUE.has(option) ? 1 : 0;
    else if (WITH_VALUE.has(option)) {
      result.push(option, value);
      i += 1;
    } else result.push(option);
  }
  return result;
}

function ofTypeScript(
  pkg: Package,
  build: Build | null,
  program: string,
  args: readonly string[],
  done: Done,
): Start | null {
  const file = args.find(
    (a, i) =>
      (CODE.test(a) || existingCode(pkg, a) !== null) &&
      !['-r', '--require', '-P', '--project', '--import'].includes(args[i - 1] ?? ''),
  );
  if (file === undefined || /(?:^|\/)node_modules\//.test(file)) return null;
  const source = existingCode(pkg, file) ?? join('.', file) ?? file;
  const compiled = build?.outputOf(source) ?? build?.single ?? null;
  if (/tsx?$/.test(source) && compiled !== null) return done(['node', compiled], compiled, 1);
  // A file that is compiled already needs no loader.
  if (!/tsx?$/.test(source)) return done(['node', source], source, 1);
  const loader =
    program === 'tsx'
      ? ['--import', 'tsx']
      : ['--require', program === 'babel-node' ? '@babel/register' : 'ts-node/register'];
  return done(['node', ...loader, source], source, 1);
}

function ofPm2(
  pkg: Package,
  build: Build | null,
  args: readonly string[],
  evidence: Evidence,
  done: Done,
): Start | null {
  const file = args.find((a) => /\.(?:[cm]?js|ts|json|ya?ml)$/.test(a));
  if (file === undefined) return null;
  if (!/(?:ecosystem|pm2|process)[\w.-]*\.(?:[cm]?js|json|ya?ml)$/.test(file)) {
    const inner = ofNode(pkg, build, [file], done);
    return inner === null ? null : { ...inner, quality: 1 };
  }
  const path = pkg.at(file);
  const config = path === null ? null : pkg.repo.text(path);
  const script = config === null ? null : /['"]?\bscript['"]?\s*:\s*['"]?([^'"\n,]+)/.exec(config)?.[1];
  const inner =
    script === undefined || script === null
      ? null
      : CODE.test(script)
        ? ofNode(pkg, build, [script], done)
        : ofLine(pkg, build, script, evidence, []);
  return inner === null ? null : { ...inner, quality: 1 };
}

/** The file that node would run for `.`, `dist`, `dist/main` or `./src/x.js`. A file that does not exist must come from the build. */
function landing(pkg: Package, build: Build | null, word: string): string | null {
  const path = join('.', word);
  if (path === null || /[*{$]/.test(word)) return null;
  if (path === '.') {
    const main = text(pkg.manifest.main) ?? 'index.js';
    return landing(pkg, build, main === '.' || main === './' ? 'index.js' : main);
  }
  const exists = existingCode(pkg, path);
  if (exists !== null) return exists;
  if (CODE.test(path)) return path;
  return path.includes('/') ? `${path}.js` : `${path}/index.js`;
}

/** A code file of the package for a path that may leave out its extension. */
export function existingCode(pkg: Package, word: string): string | null {
  const path = join('.', word);
  if (path === null) return null;
  const known = pkg.repo.once(`files ${pkg.path}`, () => new Set(pkg.files));
  for (const ending of ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '/index.js', '/index.mjs', '/index.ts']) {
    if (CODE.test(path + ending) && known.has(path + ending)) return path + ending;
  }
  return null;
}

function optionValue(words: readonly string[], ...names: readonly string[]): string | null {
  const index = words.findIndex((w) => names.includes(w));
  return index < 0 ? null : (words[index + 1] ?? null);
}
