/** Facts and answers → System: the one model that everything downstream reads. */
import type { Generator, Pins } from '../../define.ts';
import type { Facts, Lock, PlainRecord, Project, Question, Service, ServiceFacts, System } from '../../model.ts';
import { type Persona, personaOf } from '../personas.ts';
import * as questions from '../questions/index.ts';
import { answerOf, answerOrNull, fullId, type Resolution } from '../resolve/index.ts';
import type { NamedService } from '../resolve/services.ts';
import { commandsOf, coverageOf } from './commands.ts';
import { datastoresOf, linksOf } from './datastores.ts';
import { environmentOf } from './environment.ts';
import { environmentsOf } from './environments.ts';
import { layoutOf, serviceFiles } from './layout.ts';
import { preloadedMetrics, servedMetrics } from './metrics.ts';
import { runtimeOf } from './runtime.ts';

export type SystemInput = Readonly<{
  facts: Facts;
  resolution: Resolution;
  /** All registered generators, in order. */
  generators: readonly Generator[];
  pins: Pins;
  tool: Readonly<{ name: string; version: string }>;
  /** What an earlier run pinned of the clone (remote, default branch). */
  pinned: Lock['pinned'];
}>;

/** One numeric user everywhere: the one that distroless and hardened images use, above the 10,000 that Kubernetes linters ask for. */
const UID = 65_532;

/** Builds the System. Every required question has to be answered. */
export function buildSystem({ facts, resolution, generators, pins, tool, pinned }: SystemInput): System {
  const persona = personaOf(resolution.persona);
  const slug = answerOf(resolution, questions.projectName);
  const coverage = answerOf(resolution, questions.coverage) || null;
  const services = resolution.services.filter(
    ({ name }) => answerOrNull(resolution, questions.serviceSetUp, name) !== false,
  );
  const chosen = answerOf(resolution, questions.generatorsQuestion(generators)) as readonly string[];
  // The module is installed by our image, and read by our Prometheus.
  const instrumented =
    answerOf(resolution, questions.instrument) && chosen.includes('docker') && chosen.includes('prometheus');
  return {
    tool,
    persona: { id: persona.id, title: persona.title },
    generators: generators.map(({ id }) => id).filter((id) => chosen.includes(id)),
    project: projectOf(facts, slug, pinned),
    services: services
      .map((named) => serviceOf(named, facts.existing, resolution, persona, coverage, pins))
      .map((service) =>
        instrumented && service.metrics === null ? { ...service, metrics: preloadedMetrics(service) } : service,
      ),
    datastores: datastoresOf(services, slug, pins),
    environments: environmentsOf(resolution),
    delivery: {
      platform: answerOf(resolution, questions.platform),
      strategy: answerOf(resolution, questions.strategy),
      branches: [defaultBranch(facts, pinned)],
      budgetMinutes: 10,
      coverage,
      tests: { e2e: answerOf(resolution, questions.endToEnd), contract: answerOf(resolution, questions.contract) },
      productionApproval: persona.features.productionApproval === 'on',
      previews: persona.features.previews === 'on',
    },
    infrastructure: {
      target: answerOf(resolution, questions.target),
      region: answerOf(resolution, questions.region),
      cdk: answerOf(resolution, questions.cdk),
      recovery: {
        rtoMinutes: answerOf(resolution, questions.recoveryTime),
        rpoMinutes: answerOf(resolution, questions.recoveryPoint),
      },
      budget: answerOf(resolution, questions.budget),
    },
    observability: {
      pager: answerOf(resolution, questions.pager),
      chat: {
        kind: answerOf(resolution, questions.chatKind),
        channel: answerOrNull(resolution, questions.chatChannel) ?? '',
      },
      objective: {
        availability: answerOf(resolution, questions.availability),
        p95Milliseconds: answerOf(resolution, questions.p95),
      },
      tracing: persona.features.tracing === 'on' ? tracingOf(persona) : 'none',
    },
    security: {
      uid: UID,
      gid: UID,
      failOn: ['HIGH', 'CRITICAL'],
      secretsManager: persona.id === 'battra-contributor' ? 'platform' : 'aws-secrets-manager',
      codeScanning: answerOf(resolution, questions.codeScanning),
    },
    documents: {
      adr: persona.features.decisionRecords === 'on',
      lifecycle: persona.features.lifecycleDocuments === 'on',
      handoff: persona.features.handoffFiles === 'on',
      postmortems: true,
    },
    layout: layoutOf(persona),
    options: optionsOf(generators, resolution),
  };
}

function tracingOf(persona: Persona): System['observability']['tracing'] {
  if (persona.id === 'automator') return 'xray';
  return persona.id === 'buddy-specialist' ? 'jaeger' : 'otel';
}

/** What to remember of this clone, so that another clone renders the same. */
export function pinnedFacts(facts: Facts, before: Lock['pinned']): Lock['pinned'] {
  const repository = facts.repository?.value.url;
  const branch = facts.defaultBranch?.value;
  return {
    ...(branch ? { defaultBranch: branch } : {}),
    ...(repository ? { repository } : {}),
    ...before,
  };
}

function defaultBranch(facts: Facts, pinned: Lock['pinned']): string {
  return pinned.defaultBranch ?? facts.defaultBranch?.value ?? 'main';
}

/**
 * The remote that the first write saw: a clone without one, or a fork's, renders the same files. The lock is untrusted: what does not read like
 * an address of ours, without user info, is passed over.
 */
function repositoryOf(facts: Facts, pinned: Lock['pinned']): Project['repository'] {
  const url = pinned.repository ?? '';
  const [, host, owner, name] = /^https:\/\/([\w.-]+)\/([^\s@?#]+?)(?:\/_git)?\/([^/\s@?#]+)$/.exec(url) ?? [];
  if (host && owner && name) return { host, owner, name, url };
  return facts.repository?.value ?? null;
}

function projectOf(facts: Facts, slug: string, pinned: Lock['pinned']): Project {
  const { workspace } = facts;
  return {
    name: slug,
    slug,
    repository: repositoryOf(facts, pinned),
    defaultBranch: defaultBranch(facts, pinned),
    license: facts.license?.value ?? null,
    workspace: workspace && {
      tool: workspace.tool,
      runner: workspace.runner?.value ?? null,
      members: workspace.members.map(({ path, name }) => ({ path, name })),
    },
    existing: facts.existing,
    tools: {
      prettier: facts.tools.prettier !== null,
      biome: facts.tools.biome?.value ?? null,
      eslint: facts.tools.eslint !== null,
      eslintReadsData: facts.tools.eslintReadsData?.value ?? null,
      eslintReadsTypescript: facts.tools.eslintReadsTypescript?.value ?? null,
      eslintIgnore: facts.tools.eslintIgnore?.value ?? null,
      typescript: facts.tools.typescript?.map(({ value }) => value) ?? [],
      workspaceTakes: facts.tools.workspaceTakes ?? [],
    },
  };
}

function serviceOf(
  { name, facts }: NamedService,
  existing: Facts['existing'],
  resolution: Resolution,
  persona: Persona,
  coverage: number | null,
  pins: Pins,
): Service {
  const kind = answerOrNull(resolution, questions.serviceKind, name) ?? facts.kind.value;
  const runs = kind === 'web' || kind === 'worker' || kind === 'cron';
  const port = kind === 'web' ? answerOrNull(resolution, questions.servicePort, name) : null;
  const health = kind === 'web' ? answerOrNull(resolution, questions.serviceHealth, name) : null;
  const ready = answerOrNull(resolution, questions.serviceReady, name);
  const runtime = runtimeOf(facts, pins);
  const served = servedMetrics(facts, kind, port, answerOrNull(resolution, questions.serviceMetrics, name));
  return {
    name,
    packageName: facts.name?.value ?? name,
    description: facts.description,
    path: facts.path,
    kind,
    language: facts.language.value,
    framework: facts.framework?.value ?? null,
    runtime,
    packageManager: {
      name: facts.packageManager.name,
      flavour: facts.packageManager.flavour,
      version: facts.packageManager.version?.value ?? null,
      lockFile: facts.packageManager.lockFile?.value ?? null,
      installRoot: facts.packageManager.installRoot,
    },
    commands: commandsOf(facts),
    testRunner: facts.testRunner?.value ?? null,
    coverage: coverageOf(facts, coverage, Number.parseInt(runtime.version, 10)),
    start: runs ? startOf(facts, resolution, name) : null,
    buildOutput: facts.buildOutput?.value ?? null,
    sources: facts.sources,
    workspaceDependencies: facts.workspaceDependencies,
    nextStandalone: facts.nextStandalone?.value ?? false,
    port,
    portVariable: port === null ? null : facts.portVariable,
    host: port === null ? null : (facts.host?.value ?? null),
    health:
      health !== null ? { kind: 'http', path: health, readyPath: ready } : { kind: port === null ? 'none' : 'tcp' },
    metrics: served,
    metricsLibrary: facts.metricsLibrary?.value ?? null,
    logger: facts.logger?.value ?? null,
    handlesSigterm: facts.handlesSigterm?.value ?? false,
    environment: environmentOf(facts, port),
    datastores: linksOf(facts),
    migrations: facts.migrations && { tool: facts.migrations.value.tool, command: facts.migrations.value.command },
    image: name,
    traps: facts.traps,
    files: serviceFiles(persona, facts.path, existing),
  };
}

/** What detection saw is argv already, and a word of it may hold a space; what a person wrote is split. */
function startOf(facts: ServiceFacts, resolution: Resolution, name: string): readonly string[] | null {
  const given = resolution.answers.get(fullId(questions.serviceStart.id, name));
  if (given?.source === 'detected') return facts.start?.value ?? null;
  return answerOrNull(resolution, questions.serviceStart, name)?.split(' ') ?? null;
}

function optionsOf(generators: readonly Generator[], resolution: Resolution): System['options'] {
  const options: Record<string, PlainRecord> = {};
  for (const generator of generators) {
    if (generator.questions.length === 0) continue;
    options[generator.id] = Object.fromEntries(
      generator.questions.flatMap((question: Question) => {
        const answer = resolution.answers.get(fullId(question.id, null));
        return answer ? [[question.id, answer.value]] : [];
      }),
    );
  }
  return options;
}
