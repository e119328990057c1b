/** What the build writes, and where a source file lands in it. */
import type { Fact } from '../../model.ts';
import { record, text } from './json.ts';
import type { Package } from './package.ts';
import { at, fact, folderOf, join } from './repo.ts';
import { codeMatches, literal } from './scan.ts';
import { commandsOf, type SimpleCommand, scriptOf } from './shell.ts';
import { layoutInputs, readTsconfig, sourceRoot, type Tsconfig } from './tsconfig.ts';

/** The build of a package. `outputOf` says where a source file lands; null when this build does not tell. */
export type Build = Readonly<{
  output: Fact<string>;
  outputOf: (source: string) => string | null;
  /** The one file that the build makes, when it is a bundle with a single entry. */
  single: string | null;
  /** Top-level names that the build has to see for its output to land where it does; absent: none. */
  layout?: readonly string[];
}>;

/** The steps of a script with package-manager calls followed. */
export function expand(pkg: Package, script: string, seen: readonly string[] = []): SimpleCommand[] {
  const command = pkg.scripts[script];
  if (command === undefined || seen.includes(script)) return [];
  return commandsOf(command).flatMap((c) => {
    const next = scriptOf(c.words, pkg.scripts);
    if (next !== null) return withArguments(expand(pkg, next, [...seen, script]), c.words, next);
    const group = groupOf(c.words, Object.keys(pkg.scripts));
    return group.length > 0 ? group.flatMap((s) => expand(pkg, s, [...seen, script])) : [c];
  });
}

/** `npm run x -- --more`: what follows goes to the last command of `x`. */
function withArguments(steps: readonly SimpleCommand[], words: readonly string[], script: string): SimpleCommand[] {
  const rest = words.slice(words.indexOf(script) + 1).filter((w, i, all) => w !== '--' || all.indexOf('--') !== i);
  const last = steps.at(-1);
  return last === undefined || rest.length === 0
    ? [...steps]
    : [...steps.slice(0, -1), { ...last, words: [...last.words, ...rest] }];
}

/** `run-s build:*`, `run-p a b`, `npm-run-all a b`. */
function groupOf(words: readonly string[], names: readonly string[]): string[] {
  if (!/^(?:run-s|run-p|npm-run-all2?|wireit)$/.test(words[0] ?? '')) return [];
  return words.slice(1).flatMap((w) => {
    const pattern = new RegExp(`^${w.replace(/[.+?^$()[\]{}|\\]/g, '\\$&').replace(/\*/g, '[^:]*')}$`);
    return w.startsWith('-') ? [] : names.filter((n) => pattern.test(n));
  });
}

const BUILD_SCRIPTS = ['build', 'build:prod', 'build:production', 'build-ts', 'build:ts', 'compile', 'bundle', 'tsc'];

/** Detects the build. Null when nothing is built. */
export function detectBuild(pkg: Package): Build | null {
  if (pkg.dependency('next') !== null && (pkg.scripts.build ?? 'next build').includes('next')) {
    const config = ['next.config.ts', 'next.config.mjs', 'next.config.js'].find((f) => pkg.has(f));
    const distDir = config === undefined ? null : propertyLiteral(pkg, config, 'distDir');
    const evidence =
      config !== undefined && distDir !== null ? at(pkg.at(config) as string) : pkg.evidence('scripts', 'build');
    return { output: fact(distDir ?? '.next', evidence), outputOf: () => null, single: null };
  }
  const script = BUILD_SCRIPTS.find((s) => pkg.scripts[s] !== undefined);
  const steps = script === undefined ? [] : expand(pkg, script);
  const evidence = script === undefined ? pkg.evidence() : pkg.evidence('scripts', script);
  // The bundler's output is what runs; a plain `tsc` beside it only checks types.
  for (const step of [...steps].reverse()) {
    const build = bundle(pkg, step, evidence);
    if (build !== null) return build;
  }
  for (const step of [...steps].reverse()) {
    const [program = ''] = step.words;
    if (program === 'nest') return nest(pkg, step.words, evidence);
    if (program === 'tsc' || program === 'ttsc' || program === 'tspc' || program === 'tsc-watch') {
      const build = compiler(pkg, step.words);
      if (build !== null) return build;
    }
  }
  return null;
}

function option(words: readonly string[], ...names: readonly string[]): string | null {
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    for (const name of names) {
      if (word === name) return words[i + 1] ?? null;
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return null;
}

const clean = (path: string): string => join('.', path) ?? path;

function mirror(output: Fact<string>, root: string, extension: (source: string) => string): Build {
  const prefix = root === '.' ? '' : `${root}/`;
  return {
    output,
    single: null,
    outputOf: (source) => {
      const file = clean(source);
      return file.startsWith(prefix) ? clean(`${output.value}/${extension(file.slice(prefix.length))}`) : null;
    },
  };
}

const emitted = (file: string): string => file.replace(/\.([cm]?)tsx?$/, '.$1js').replace(/\.jsx$/, '.js');

function compiler(pkg: Package, words: readonly string[]): Build | null {
  if (words.includes('--noEmit') || words.includes('--emitDeclarationOnly')) return null;
  const project = option(words, '-p', '--project', '-b', '--build');
  const file =
    project === null || project.startsWith('-')
      ? 'tsconfig.json'
      : clean(project.endsWith('.json') ? project : `${project}/tsconfig.json`);
  let config = readTsconfig(pkg, file);
  // A solution file only points at the configuration that emits.
  const reference = config?.outDir === null && config.references.length > 0 ? config.references[0] : undefined;
  if (reference !== undefined)
    config = readTsconfig(pkg, reference.endsWith('.json') ? reference : `${reference}/tsconfig.json`) ?? config;
  if (config === null) return null;
  const outDir = option(words, '--outDir') ?? config.outDir;
  const emits = !config.noEmit || /^false$/i.test(option(words, '--noEmit') ?? '');
  if (!emits || outDir === null) return null;
  const evidence = config.outDirEvidence ?? at(pkg.file);
  const rootDir = option(words, '--rootDir');
  const root = rootDir === null ? sourceRoot(pkg, config) : clean(rootDir);
  const layout = rootDir === null ? layoutInputs(pkg, config) : [];
  return { ...mirror(fact(clean(outDir), { ...evidence }), root, emitted), layout };
}

function nest(pkg: Package, words: readonly string[], evidence: Fact<string>['evidence']): Build {
  const cli = pkg.repo.json(pkg.at('nest-cli.json') ?? '');
  const json = record(cli?.value);
  const options = record(json.compilerOptions);
  const file =
    option(words, '-p', '--path') ??
    text(options.tsConfigPath) ??
    (pkg.has('tsconfig.build.json') ? 'tsconfig.build.json' : 'tsconfig.json');
  const config: Tsconfig | null = readTsconfig(pkg, clean(file));
  const outDir = config?.outDir ?? 'dist';
  const output = fact(outDir, config?.outDirEvidence ?? evidence);
  const entry = text(json.entryFile) ?? 'main';
  const sources = text(json.sourceRoot) ?? 'src';
  if (options.webpack === true || words.includes('--webpack')) {
    return { output, outputOf: () => null, single: clean(`${outDir}/${entry}.js`) };
  }
  const build = mirror(output, config === null ? sources : sourceRoot(pkg, config), emitted);
  const single = build.outputOf(`${sources}/${entry}.ts`) ?? clean(`${outDir}/${entry}.js`);
  return { ...build, single, layout: config === null ? [] : layoutInputs(pkg, config) };
}

const CODE_FILE = /\.[cm]?[jt]sx?$/;

function bundle(pkg: Package, step: SimpleCommand, evidence: Fact<string>['evidence']): Build | null {
  const { words } = step;
  const [program = '', ...rest] = words;
  const esm = pkg.manifest.type === 'module';
  const inputs = rest.filter((w) => CODE_FILE.test(w) && !w.startsWith('-'));
  const base = (file: string): string => (file.split('/').at(-1) as string).replace(CODE_FILE, '');
  const into = (dir: string, extension: string): Build => {
    const folder = clean(dir);
    return {
      output: fact(folder, evidence),
      outputOf: (source) => `${folder}/${base(source)}${extension}`,
      single: inputs.length === 1 ? `${folder}/${base(inputs[0] as string)}${extension}` : null,
    };
  };
  switch (program) {
    case 'esbuild': {
      const outfile = option(words, '--outfile');
      if (outfile !== null)
        return {
          output: fact(folderOf(clean(outfile)), evidence),
          outputOf: () => clean(outfile),
          single: clean(outfile),
        };
      const outdir = option(words, '--outdir');
      return outdir === null ? null : into(outdir, option(words, '--out-extension:.js') ?? '.js');
    }
    case 'tsup':
    case 'tsdown': {
      const config = ['tsup.config.ts', 'tsup.config.js', 'tsup.config.mjs', 'tsdown.config.ts'].find((f) =>
        pkg.has(f),
      );
      const outDir =
        option(words, '--out-dir', '-d') ??
        (config === undefined ? null : propertyLiteral(pkg, config, 'outDir')) ??
        'dist';
      const format =
        option(words, '--format') ??
        (config === undefined ? null : propertyLiteral(pkg, config, 'format')) ??
        (program === 'tsdown' ? 'esm' : 'cjs');
      const extension =
        program === 'tsdown'
          ? format.startsWith('cjs') && !esm
            ? '.js'
            : format.startsWith('cjs')
              ? '.cjs'
              : esm
                ? '.js'
                : '.mjs'
          : format.startsWith('esm') === esm
            ? '.js'
            : esm
              ? '.cjs'
              : '.mjs';
      return into(outDir, extension);
    }
    case 'dts':
    case 'tsdx':
      return rest[0] === 'build'
        ? { output: fact('dist', evidence), outputOf: () => 'dist/index.js', single: 'dist/index.js' }
        : null;
    case 'ncc': {
      const out = clean(option(words, '-o', '--out') ?? 'dist');
      return words.includes('build')
        ? { output: fact(out, evidence), outputOf: () => `${out}/index.js`, single: `${out}/index.js` }
        : null;
    }
    case 'bun': {
      const outfile = option(words, '--outfile');
      const outdir = option(words, '--outdir');
      if (rest[0] !== 'build') return null;
      if (outfile !== null && !words.includes('--compile'))
        return {
          output: fact(folderOf(clean(outfile)), evidence),
          outputOf: () => clean(outfile),
          single: clean(outfile),
        };
      return outdir === null ? null : into(outdir, '.js');
    }
    case 'swc':
    case 'babel': {
      const out = option(words, '-d', '--out-dir');
      const from = rest.find((w) => !w.startsWith('-'));
      if (out === null || from === undefined) return null;
      const keeps = program === 'swc' && !words.includes('--strip-leading-paths');
      return mirror(fact(clean(out), evidence), keeps ? '.' : clean(from), emitted);
    }
    default:
      return null;
  }
}

/** A string property of a configuration file, or the first string of an array. */
export function propertyLiteral(pkg: Package, file: string, name: string): string | null {
  const path = pkg.at(file);
  const source = path === null ? null : pkg.repo.source(path);
  if (source === null) return null;
  for (const m of codeMatches(source, new RegExp(`\\b${name}\\s*:\\s*\\[?\\s*`))) {
    const start = m.index + m[0].length;
    const quote = source.text[start] ?? '';
    const end = /['"`]/.test(quote) ? source.text.indexOf(quote, start + 1) : -1;
    if (end > 0) return literal(source, { start, end: end + 1 });
  }
  return null;
}
