/**
 * The resolved model of what is being set up. Everything downstream reads this and nothing else, which is what makes the outputs agree:
 * a port, a name, a path, a uid or a metric stands here once.
 */
import type { PersonaId, PlainRecord, Platform, Strategy } from './config.ts';
import type {
  BuildTraps,
  DatastoreKind,
  DeclaredMetric,
  ExistingFile,
  Framework,
  PackageManagerFacts,
  RepositoryFacts,
  ScriptRole,
  ServiceKind,
  TestRunner,
  WholeTypescript,
} from './facts.ts';

export type EnvironmentName = 'development' | 'staging' | 'production';

export type Project = Readonly<{
  /** Human name; the root package's name or the repository's slug. */
  name: string;
  /** `[a-z][a-z0-9-]*`, at most 20 characters; prefix of everything that is named after the project. */
  slug: string;
  repository: RepositoryFacts | null;
  defaultBranch: string;
  license: string | null;
  /** Members of the workspace that are no service but may be built with one. Empty for a single package. */
  workspace: Readonly<{
    tool: 'npm' | 'pnpm' | 'yarn' | 'bun';
    runner: 'turbo' | 'nx' | null;
    members: readonly Readonly<{ path: string; name: string }>[];
  }> | null;
  /** The user's own files that play a role of ours. */
  existing: readonly ExistingFile[];
  /** Configuration files of tools whose checks must not trip over ours. `eslintReadsData`: it also lints JSON, YAML or Markdown. */
  tools: Readonly<{
    prettier: boolean;
    biome: string | null;
    eslint: boolean;
    eslintReadsData?: string | null;
    /** ESLint's configuration file, where a script lints all TypeScript of the project. */
    eslintReadsTypescript?: string | null;
    /** `.eslintignore`, where there is one. */
    eslintIgnore?: string | null;
    /** Configurations of TypeScript that take in every file below the root. */
    typescript?: readonly WholeTypescript[];
    /** Folders of ours that the workspace's patterns take for members. */
    workspaceTakes?: readonly string[];
  }>;
}>;

/** A command of the project's own, ready to be run from `cwd` (relative to the root). `line` is shell text, already quoted. */
export type Command = Readonly<{
  role: ScriptRole | 'install' | 'audit';
  script: string | null;
  line: string;
  cwd: string;
}>;

/** How a service is told to be alive. `http` probes `path`; `tcp` connects to the port; `none`: no port and no liveness command. */
export type HealthCheck =
  | Readonly<{ kind: 'http'; path: string; readyPath: string | null }>
  | Readonly<{ kind: 'tcp' }>
  | Readonly<{ kind: 'none' }>;

export type EnvironmentVariable = Readonly<{
  name: string;
  required: boolean;
  secret: boolean;
  /** A value that is safe to write down for local work; null for secrets and for what nobody knows. */
  local: string | null;
  /** Where the value comes from when it is not a plain setting: a datastore's address, a generated local secret. */
  from: 'setting' | 'datastore' | 'secret' | 'unknown';
  /** `src/config.ts:12`. */
  seenAt: string;
}>;

/** A datastore that services talk to; one per kind and project. `name` is the host name on the local network and the suffix of AWS names. */
export type Datastore = Readonly<{
  kind: DatastoreKind;
  name: string;
  /** Image with tag and digest for local work and CI service containers. */
  image: string;
  major: string;
  port: number;
  database: string;
  user: string;
  /** Services that use it, by name. */
  usedBy: readonly string[];
}>;

/** How one service reaches one datastore: the variables that its code reads. */
export type DatastoreLink = Readonly<{
  kind: DatastoreKind;
  datastore: string;
  /** Where the code names this very machine as the host, so that no variable can point it anywhere else; absent: it does not. */
  fixedTo?: string | null;
  variables: Readonly<{
    url: string | null;
    host: string | null;
    port: string | null;
    user: string | null;
    password: string | null;
    database: string | null;
  }>;
}>;

/**
 * Where Prometheus reads a service. `application`: its own code serves them at its own port. `preload`: our module in `layout.telemetry` does,
 * at a management port beside it. What the names are follows from `library` and `declared` (`generators/shared/metrics.ts`).
 */
export type MetricsEndpoint = Readonly<{
  source: 'application' | 'preload';
  port: number;
  path: string;
  /** The package that serves them (`prom-client`, `fastify-metrics`, …); null: served, but nobody knows by what. */
  library: string | null;
  /** prom-client only: `collectDefaultMetrics()` is called, so the process and Node.js families are there. */
  defaults: boolean;
  declared: readonly DeclaredMetric[];
}>;

export type Service = Readonly<{
  /** `[a-z][a-z0-9-]*`, at most 20 characters, frozen as a key of the configuration. */
  name: string;
  /** The package's own name, with its scope. */
  packageName: string;
  description: string | null;
  /** Folder relative to the root; `.` for a single-service repository. */
  path: string;
  kind: ServiceKind;
  language: 'typescript' | 'javascript';
  framework: Framework | null;
  runtime: Readonly<{
    name: 'node' | 'bun';
    /** Major line (`22`), or the exact version for bun. */
    version: string;
    /** File that setup-node reads; null when the version stands in the workflow. Relative to the root. */
    versionFile: string | null;
    /** The exact version that the project asks for and that gets no updates any more; null where it gets what it asks for. */
    outdated: string | null;
    /** Build and runtime image with tag and digest: `node:22-bookworm-slim@sha256:…`. */
    image: string;
  }>;
  packageManager: Readonly<{
    name: PackageManagerFacts['name'];
    flavour: PackageManagerFacts['flavour'];
    /** Exact version; null means: the one that comes with the runtime. */
    version: string | null;
    /** Relative to the root; null when the project has none (nothing can be installed reproducibly then). */
    lockFile: string | null;
    /** Where the install runs, relative to the root. */
    installRoot: string;
  }>;
  /** Commands that exist in the project; a missing role is missing here. */
  commands: Readonly<Partial<Record<ScriptRole, Command>>>;
  testRunner: TestRunner | null;
  /** Coverage: can it be measured with what is installed, and the flag line that does it with a threshold. */
  coverage: Readonly<{ tool: string; line: string }> | null;
  /** argv that starts the built service, no package manager, no shell; null for libraries and CLIs. */
  start: readonly string[] | null;
  buildOutput: string | null;
  sources: readonly string[];
  workspaceDependencies: readonly string[];
  nextStandalone: boolean;
  /** null for workers, crons, CLIs and libraries. */
  port: number | null;
  portVariable: string | null;
  /** The address it binds to when the code says so; a loopback address cannot be reached in a container. */
  host?: string | null;
  health: HealthCheck;
  metrics: MetricsEndpoint | null;
  /** The metrics library among its dependencies, whether or not it serves anything. */
  metricsLibrary: string | null;
  logger: string | null;
  handlesSigterm: boolean;
  environment: readonly EnvironmentVariable[];
  datastores: readonly DatastoreLink[];
  migrations: Readonly<{ tool: string; command: readonly string[] }> | null;
  /** Image name without registry and tag: the same in CI, Compose and, later, the task definition. */
  image: string;
  traps: BuildTraps;
  /** Paths of the files that are this service's own, by role, relative to the root. */
  files: Readonly<{
    dockerfile: string;
    /** `user`: a Dockerfile was there before us. It stays, so nothing may rely on the stages, the user or the probe that ours has. */
    dockerfileOwner: 'us' | 'user';
    /** The ignore file that the build honours. */
    dockerignore: string;
    /** A second copy where a preset's document wants one beside the Dockerfile; null otherwise. */
    dockerignoreCopy: string | null;
  }>;
}>;

/** One of the three environments; same topology, other sizes. */
export type Environment = Readonly<{
  name: EnvironmentName;
  production: boolean;
  /** Address range of its network, `10.10.0.0/16`; no two overlap, so that networks can be peered. */
  cidr: string;
  /** Size of each task: CPU units (1024 = one vCPU) and MiB; a pair that Fargate has. */
  task: Readonly<{ cpu: number; memory: number }>;
}>;

export type Delivery = Readonly<{
  platform: Platform;
  strategy: Strategy;
  /** Branches whose pushes run CI; the default branch first. */
  branches: readonly string[];
  /** Longest path through the jobs of the pull-request pipeline, minutes. */
  budgetMinutes: number;
  /** Line coverage, percent, below which CI fails; null: no gate. */
  coverage: number | null;
  tests: Readonly<{ e2e: boolean; contract: boolean }>;
  productionApproval: boolean;
  previews: boolean;
}>;

export type Infrastructure = Readonly<{
  target: 'aws-ecs-fargate' | 'none';
  region: string;
  cdk: 'cdktf' | 'cdktn';
  /** Objectives of a recovery, minutes: how long it may take, and how much data may be lost. Defaults until somebody confirms them. */
  recovery: Readonly<{ rtoMinutes: number; rpoMinutes: number }>;
  /** US dollars a month and environment, above which AWS Budgets warns. A default until somebody confirms it. */
  budget: number;
}>;

export type Observability = Readonly<{
  pager: 'pagerduty' | 'none';
  chat: Readonly<{ kind: 'slack' | 'teams' | 'email' | 'none'; channel: string }>;
  objective: Readonly<{ availability: number; p95Milliseconds: number }>;
  tracing: 'none' | 'otel' | 'jaeger' | 'xray';
}>;

export type Security = Readonly<{
  /** The one numeric user and group of every container. */
  uid: number;
  gid: number;
  /** Severities that fail a scan. */
  failOn: readonly ('CRITICAL' | 'HIGH')[];
  secretsManager: 'aws-secrets-manager' | 'vault' | 'platform';
  /** Code scanning and dependency review need no licence: the repository is known to be public, or the owner says so. */
  codeScanning: boolean;
}>;

export type Documents = Readonly<{ adr: boolean; lifecycle: boolean; handoff: boolean; postmortems: boolean }>;

/** Where each artifact stands, by role; the only place where an output path is decided. Relative to the root. */
export type Layout = Readonly<{
  ci: string;
  securityScan: string;
  dependabot: string;
  compose: string;
  configuration: string;
  /** Where Compose looks for generated local secrets; git-ignored. */
  localSecrets: string;
  /** Folder of the CDKTF application. */
  stacks: string;
  /** Prometheus: its configuration on the local stack, and for ECS; the rules, one file a group unless a file for all is named. */
  prometheus: Readonly<{
    config: string;
    ecsConfig: string;
    rules: string;
    recordingRules: string | null;
    alertRules: string | null;
    tests: string;
  }>;
  alertmanager: Readonly<{ config: string; templates: string }>;
  blackbox: string;
  /** Folder; alerts' own pages are in `alerts/` below it. */
  runbooks: string;
  contacts: string;
  /** Folder of the module that is preloaded to serve metrics. */
  telemetry: string;
}>;

export type System = Readonly<{
  tool: Readonly<{ name: string; version: string }>;
  persona: Readonly<{ id: PersonaId; title: string }>;
  /** Ids of the generators that run, in the registry's order. */
  generators: readonly string[];
  project: Project;
  services: readonly Service[];
  datastores: readonly Datastore[];
  environments: readonly Environment[];
  delivery: Delivery;
  infrastructure: Infrastructure;
  observability: Observability;
  security: Security;
  documents: Documents;
  layout: Layout;
  /** Answers to the questions that generators declare themselves: generator id → key → value. */
  options: Readonly<Record<string, PlainRecord>>;
}>;
