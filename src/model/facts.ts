/**
 * What detection saw in the repository, each fact with the place where it was seen.
 * Facts are never guessed: a fact that was not seen is `null`, and a question asks for it.
 */

/** Where a fact was seen. `file` is relative to the project's root, with `/`; `line` counts from 1. */
export type Evidence = Readonly<{ file: string; line?: number; note?: string }>;

/** A value with its evidence. `also` holds other candidates that were seen and not chosen, best first. */
export type Fact<T> = Readonly<{ value: T; evidence: Evidence; also?: readonly Fact<T>[] }>;

export type PackageManagerName = 'npm' | 'pnpm' | 'yarn' | 'bun';
export type Framework = 'express' | 'fastify' | 'nestjs' | 'nextjs' | 'hono' | 'koa' | 'http';
export type ServiceKind = 'web' | 'worker' | 'cron' | 'cli' | 'library';
export type DatastoreKind = 'postgresql' | 'mysql' | 'mongodb' | 'redis' | 'rabbitmq' | 'kafka';
export type TestRunner = 'vitest' | 'jest' | 'mocha' | 'node-test' | 'ava' | 'tap' | 'bun-test';

/** What a script of package.json is for. One script has one role; the first that fits wins. */
export type ScriptRole =
  | 'lint'
  | 'format'
  | 'typecheck'
  | 'test'
  | 'coverage'
  | 'integration'
  | 'e2e'
  | 'contract'
  | 'build'
  | 'migrate';

/**
 * A script: its key in package.json and the command line written there. `hooked`: there is a `pre…` or `post…` script of its name, which
 * npm, pnpm, Yarn 1 and Bun run around it; calling the tool directly, or another script, leaves out what they prepare.
 */
export type Script = Readonly<{ name: string; command: string; hooked?: true }>;

/** The package manager, where its lock file stands (`installRoot`, relative to the project's root, `.` for the root itself). */
export type PackageManagerFacts = Readonly<{
  name: PackageManagerName;
  /** Exact version, from `packageManager`, `devEngines`, `volta` or, less exactly, the lock file's format; null when nobody says. */
  version: Fact<string> | null;
  /** yarn 1 and yarn 2+ differ in every command. */
  flavour: 'npm' | 'pnpm' | 'yarn-classic' | 'yarn-berry' | 'bun';
  lockFile: Fact<string> | null;
  installRoot: string;
}>;

/** An environment variable that the application reads. */
export type EnvironmentVariableFact = Readonly<{
  name: string;
  /** Read without a default or fallback in code: the service does not run without it. A value in a sample file is no fallback. */
  required: boolean;
  /** A default written in code or in the sample file; never a value from a real `.env`. Never set for a secret. */
  default: string | null;
  /** Looks like a credential (name or the URL of a datastore with user info). */
  secret: boolean;
  evidence: Evidence;
}>;

/** A datastore that the service talks to. */
export type DatastoreFact = Readonly<{
  kind: DatastoreKind;
  /** Major version seen in an existing compose file or image; null when unknown. */
  version: Fact<string> | null;
  /** How the application is told where it is: one URL variable, or several parts (host, port, user, password, database). */
  connection: Readonly<{
    url: string | null;
    host: string | null;
    port: string | null;
    user: string | null;
    password: string | null;
    database: string | null;
  }>;
  evidence: Evidence;
  /** Where the code or its configuration says that it is on this machine, while no variable can move it: in a container nothing answers there. */
  localhost?: Evidence;
}>;

/** A database that is a file (SQLite, libSQL with a `file:` URL): where its path or URL comes from, and the one that holds without it. */
export type FileDatabaseFact = Readonly<{ variable: string | null; default: string | null }>;

/** What the images and pipelines must know about dependencies that need special care (`design.md`, Docker traps). */
export type BuildTraps = Readonly<{
  /** `prepare` runs husky (or another git hook installer) and would fail where dev dependencies are left out. */
  prepareScript: Fact<string> | null;
  /** Other lifecycle scripts of the project's own package.json that run during an install. */
  installScripts: readonly Fact<Script>[];
  /** Prisma's client has to be generated after the install; the schema's path relative to the service. */
  prismaSchema: Fact<string> | null;
  /** Dependencies that are compiled at install time (need python, make, g++). */
  nativeModules: readonly Fact<string>[];
  /** `.npmrc` / `.yarnrc.yml` names a registry or a token variable: the install needs a secret mount. */
  privateRegistry: Fact<string> | null;
  /** Paths that the install step needs besides the manifests: `.npmrc`, `.yarnrc.yml`, `.yarn/releases`, `patches/`, `prisma/` … */
  installInputs: readonly string[];
}>;

/** A metric that the service's own code declares, or that the options of its library describe. */
export type DeclaredMetric = Readonly<{
  name: string;
  kind: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** As written; null: nobody could read them. */
  labels: readonly string[] | null;
  /** As written; null: the library's own; empty: nobody could read them. */
  buckets: readonly number[] | null;
}>;

/** What is served to Prometheus, beside the path of the endpoint. */
export type MetricsFacts = Readonly<{
  /** The families of the process and of Node.js are served under their own names: prom-client's default metrics, without a prefix. */
  defaults: Fact<true> | null;
  declared: readonly Fact<DeclaredMetric>[];
  /** A server of their own that serves them; null: the service's own. */
  port: Fact<number> | null;
}>;

/** One deployable unit: the root package, or a member of a workspace. */
export type ServiceFacts = Readonly<{
  /** Folder relative to the project's root, `.` for the root itself. */
  path: string;
  name: Fact<string> | null;
  description: string | null;
  kind: Fact<ServiceKind>;
  language: Fact<'typescript' | 'javascript'>;
  typescriptVersion: Fact<string> | null;
  runtime: Readonly<{
    name: 'node' | 'bun';
    /** The version as written (`22`, `22.13.0`, `>=20`, `lts/jod`); null when nobody says. */
    version: Fact<string> | null;
    /** A file that setup-node can read (`.nvmrc`, `.node-version`, `package.json`), relative to the root. */
    versionFile: string | null;
  }>;
  packageManager: PackageManagerFacts;
  framework: Fact<Framework> | null;
  frameworkVersion: string | null;
  /** The file that starts the service when it runs in production (`dist/server.js`), relative to the service. */
  entry: Fact<string> | null;
  /** The start command without a package manager, as argv: `['node', 'dist/server.js']`. */
  start: Fact<readonly string[]> | null;
  /** Folder(s) that the build writes, relative to the service (`dist`, `.next`). */
  buildOutput: Fact<string> | null;
  scripts: Readonly<Partial<Record<ScriptRole, Fact<Script>>>>;
  testRunner: Fact<TestRunner> | null;
  /** How coverage can be measured: the package that does it (`@vitest/coverage-v8`, `c8`, `jest`, `nyc`, `node`), null when nothing is installed for it. */
  coverage: Fact<string> | null;
  port: Fact<number> | null;
  /** The variable that moves the port (`PORT`), null when the port is fixed in code. */
  portVariable: string | null;
  /** The address it binds to when the code says so; `127.0.0.1` and `localhost` cannot be reached in a container. */
  host: Fact<string> | null;
  endpoints: Readonly<{ health: Fact<string> | null; ready: Fact<string> | null; metrics: Fact<string> | null }>;
  /** True when the code handles SIGTERM (or its framework does when told to, e.g. Nest's enableShutdownHooks). */
  handlesSigterm: Fact<boolean> | null;
  metricsLibrary: Fact<string> | null;
  /** Null where no library of metrics is used. */
  metrics?: MetricsFacts | null;
  logger: Fact<string> | null;
  environment: readonly EnvironmentVariableFact[];
  datastores: readonly DatastoreFact[];
  /** Null when there is none. `default` is as written: a path relative to the working directory, an absolute one, or a `file:` URL. */
  fileDatabase?: Fact<FileDatabaseFact> | null;
  migrations: Fact<Readonly<{ tool: string; script: string | null; command: readonly string[] }>> | null;
  /** Next.js only: `output: 'standalone'` is set. */
  nextStandalone: Fact<boolean> | null;
  /** Workspace members (paths relative to the root) that this one depends on, itself left out. */
  workspaceDependencies: readonly string[];
  /** Top-level entries of the service's folder that are source for the build (`src`, `tsconfig.json`, `public`), for COPY and .dockerignore. */
  sources: readonly string[];
  traps: BuildTraps;
}>;

export type WorkspaceFacts = Readonly<{
  tool: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** Task runner on top, when there is one. */
  runner: Fact<'turbo' | 'nx'> | null;
  evidence: Evidence;
  /** All members, deployable or not, sorted by path. */
  members: readonly Readonly<{ path: string; name: string; deployable: boolean; reason: string }>[];
  /** Files at the root that the builds of members need (`tsconfig.base.json`, `turbo.json`), sorted. */
  sharedFiles?: readonly string[];
  /** Scripts of the root package by role (`turbo lint`): steps that run once for all members. */
  scripts?: Readonly<Partial<Record<ScriptRole, Fact<Script>>>>;
}>;

/** A file of the user's that plays a role which one of our generators plays too. */
export type ExistingFile = Readonly<{
  path: string;
  role:
    | 'ci'
    | 'dockerfile'
    | 'dockerignore'
    | 'compose'
    | 'iac'
    | 'kubernetes'
    | 'monitoring'
    | 'update-bot'
    | 'security'
    | 'docs';
  /** `github-actions`, `gitlab-ci`, `jenkins`, `azure-pipelines`, `terraform`, `renovate` … */
  system: string;
}>;

/**
 * A configuration of TypeScript that takes in every file below the root, relative to it. `defaults`: what the compiler leaves out by itself while
 * the file has no `exclude`, the outputs of the project's other configurations among them.
 */
export type WholeTypescript = Readonly<{ path: string; defaults: readonly string[] }>;

/** Something that detection could not read or understand; shown, never fatal by itself. */
export type DetectionNote = Readonly<{ file: string; line?: number; message: string }>;

export type RepositoryFacts = Readonly<{
  host: string;
  owner: string;
  name: string;
  /** Without user info, ever. */
  url: string;
}>;

export type Facts = Readonly<{
  /** The stack detection understood; null for an empty folder or a project in another language. */
  stack: 'node' | null;
  git: boolean;
  /** The name in the root's package.json, also where the root is no service (a workspace). */
  projectName: Fact<string> | null;
  repository: Fact<RepositoryFacts> | null;
  defaultBranch: Fact<string> | null;
  license: Fact<string> | null;
  workspace: WorkspaceFacts | null;
  services: readonly ServiceFacts[];
  existing: readonly ExistingFile[];
  /** Tools whose own checks must not trip over our files. */
  tools: Readonly<{
    prettier: Fact<boolean> | null;
    /** The configuration file. */
    biome: Fact<string> | null;
    /** The configuration file. */
    eslint: Fact<string> | null;
    /** ESLint's configuration file, where it also lints JSON, YAML or Markdown. */
    eslintReadsData?: Fact<string> | null;
    /** ESLint's configuration file, where a script lints all TypeScript of the project. */
    eslintReadsTypescript?: Fact<string> | null;
    eslintIgnore?: Fact<string> | null;
    typescript?: readonly Fact<WholeTypescript>[];
    /** Folders of ours that the workspace's patterns take for members. */
    workspaceTakes?: readonly string[];
  }>;
  notes: readonly DetectionNote[];
}>;
