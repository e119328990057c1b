/** Everything about one package, put together. */
import type { EnvironmentVariableFact, Fact, ServiceFacts, ServiceKind } from '../../model.ts';
import { detectBuild } from './build.ts';
import { composeServices } from './compose.ts';
import { detectSources } from './copied.ts';
import { detectDatastores } from './datastores.ts';
import { detectEndpoints } from './endpoints.ts';
import { detectEnvironment } from './environment.ts';
import { detectFileDatabase } from './file-database.ts';
import { detectFramework, detectLogger, detectMetricsLibrary, plainVersion } from './framework.ts';
import { text } from './json.ts';
import { detectKind } from './kind.ts';
import { withLinked } from './linked.ts';
import { detectListening } from './listen.ts';
import { detectMetrics } from './metrics.ts';
import { detectMigrations } from './migrations.ts';
import type { Package } from './package.ts';
import { detectPackageManager } from './package-manager.ts';
import { at, fact } from './repo.ts';
import { detectRuntime } from './runtime.ts';
import { codeMatches } from './scan.ts';
import { detectScripts } from './scripts.ts';
import { detectSigterm } from './signals.ts';
import { detectStart } from './start.ts';
import { detectCoverage, detectTestRunner } from './testing.ts';
import { detectTraps } from './traps.ts';

/** A package looked at so far as its kind needs; `describe` does the rest, for those that are services. */
export type Candidate = Readonly<{
  path: string;
  name: string;
  kind: Fact<ServiceKind>;
  describe: () => ServiceFacts;
}>;

/** Looks at one package. `linked` are the members of the workspace that it depends on. */
export function inspect(pkg: Package, root: Package | null, linked: readonly Package[]): Candidate {
  const { repo } = pkg;
  const all = withLinked(pkg, linked);
  const { framework, version } = detectFramework(pkg);
  const build = detectBuild(pkg);
  const started = detectStart(pkg, build);
  const compose = composeServices(repo);
  const own = compose.filter(
    (s) => s.build === pkg.path && (s.dockerfile === null || /(?:^|\/)Dockerfile/.test(s.dockerfile)),
  );
  let environment: readonly EnvironmentVariableFact[] | null = null;
  const readEnvironment = (): readonly EnvironmentVariableFact[] => {
    environment ??= detectEnvironment(all);
    return environment;
  };
  const listening = detectListening(all, {
    next: framework?.value === 'nextjs',
    variables: started.variables,
    argv: started.start?.value ?? [],
    compose: own,
    environment: readEnvironment,
  });
  const kind = detectKind(pkg, framework, listening.server, started.start?.evidence ?? null, started.declared);
  const describe = (): ServiceFacts => {
    const packageManager = detectPackageManager(repo, pkg, root);
    const environment = readEnvironment();
    const serves = kind.value === 'web';
    const runs = serves || kind.value === 'worker' || kind.value === 'cron';
    const scripts = detectScripts(pkg);
    const testRunner = detectTestRunner(pkg, scripts);
    const language = detectLanguage(pkg);
    const typescript = pkg.dependency('typescript') ?? root?.dependency('typescript') ?? null;
    const typescriptVersion = plainVersion(pkg.version('typescript') ?? root?.version('typescript') ?? null);
    const metricsLibrary = detectMetricsLibrary(all);
    const none = { health: null, ready: null, metrics: null };
    return {
      path: pkg.path,
      name: pkg.name === null ? null : fact(pkg.name, pkg.evidence('name')),
      description: text(pkg.manifest.description),
      kind,
      language,
      typescriptVersion:
        typescript === null || typescriptVersion === null ? null : fact(typescriptVersion, typescript.evidence),
      runtime: detectRuntime(repo, pkg, root, packageManager),
      packageManager,
      framework,
      frameworkVersion: version,
      entry: runs ? started.entry : null,
      start: runs ? started.start : null,
      buildOutput: build?.output ?? impliedOutput(pkg, started.entry),
      scripts,
      testRunner,
      coverage: detectCoverage(pkg, scripts, testRunner),
      port: serves ? listening.port : null,
      portVariable: serves ? listening.variable : null,
      host: serves ? listening.host : null,
      endpoints: runs ? detectEndpoints(all, framework?.value ?? null) : none,
      handlesSigterm: runs ? detectSigterm(all, framework?.value ?? null, kind.evidence) : null,
      metricsLibrary,
      metrics: runs ? detectMetrics(all, metricsLibrary, listening.metrics) : null,
      logger: detectLogger(all, framework?.value ?? null),
      environment,
      datastores: detectDatastores(all, environment, compose),
      fileDatabase: detectFileDatabase(all, environment),
      migrations: detectMigrations(pkg, scripts, build),
      nextStandalone: framework?.value === 'nextjs' ? nextStandalone(pkg) : null,
      workspaceDependencies: linked.map((l) => l.path),
      sources: detectSources(pkg, build?.output.value ?? null, build?.layout),
      traps: detectTraps(all, root, packageManager),
    };
  };
  return { path: pkg.path, name: pkg.name ?? pkg.path, kind, describe };
}

/** A start command that runs a file which is not there: the build, whatever it is, must write its folder. */
function impliedOutput(pkg: Package, entry: Fact<string> | null): Fact<string> | null {
  const folder =
    entry === null || !entry.value.includes('/') || pkg.scripts.build === undefined
      ? null
      : (entry.value.split('/')[0] as string);
  return entry === null || folder === null || pkg.files.some((f) => f.startsWith(`${folder}/`))
    ? null
    : fact(folder, entry.evidence);
}

function detectLanguage(pkg: Package): Fact<'typescript' | 'javascript'> {
  const typed = pkg.codeFiles.find((f) => /\.[cm]?tsx?$/.test(f));
  if (pkg.has('tsconfig.json') && typed !== undefined) return fact('typescript', at(pkg.at('tsconfig.json') as string));
  const first = typed ?? pkg.codeFiles[0];
  return fact(
    typed === undefined ? 'javascript' : 'typescript',
    first === undefined ? at(pkg.file) : at(pkg.at(first) as string),
  );
}

function nextStandalone(pkg: Package): Fact<boolean> {
  const file = ['next.config.ts', 'next.config.mjs', 'next.config.js', 'next.config.cjs'].find((f) => pkg.has(f));
  const source = file === undefined ? null : pkg.repo.source(pkg.at(file) as string);
  if (source === null || file === undefined) return fact(false, pkg.evidence('dependencies', 'next'));
  for (const m of codeMatches(source, /\boutput\s*:\s*(['"])standalone\1|\boutput\s*:[^,\n]*['"]standalone['"]/))
    return fact(true, at(source.file, source.lineAt(m.index)));
  return fact(false, at(source.file, 1));
}
