/** What stands in a service's Dockerfile, stage by stage, as data. */
import { posix } from 'node:path';
import type { Pins } from '../../src/define.ts';
import type { Service, System, View } from '../../src/model.ts';
import { command, probe } from './health.ts';
import {
  APP,
  buildCommands,
  type Copy,
  cacheMount,
  compiledModules,
  fullInstall,
  inImage,
  isMember,
  managerInstall,
  managerSettings,
  manifestCopies,
  mayInstallNothing,
  productionInstall,
  prunes,
  registrySecret,
  stripCommand,
  strippedScripts,
  type Words,
  workdir,
} from './image-install.ts';
import { isHostVariable } from './network.ts';
import { manual, underRoot } from './package-manager.ts';

/** Folders that a server reads while it runs, beside what the build writes. */
const READ_AT_RUN_TIME = new Set([
  ...['public', 'static', 'assets', 'views', 'templates', 'locales', 'i18n', 'config', 'proto', 'protos', 'emails'],
  ...['migrations', 'drizzle'],
]);

type Stages = Readonly<{ build: Build | null; copies: readonly Copy[]; deps: boolean; workdir: string; start: Words }>;
type Build = Readonly<{ copies: readonly Copy[]; commands: readonly Words[] }>;

/** The whole view of `templates/docker/Dockerfile.ejs`. */
export function imageView(service: Service, system: System, pins: Pins): View {
  const stages = stagesOf(service, system);
  const { security, project } = system;
  const secret = registrySecret(service);
  const mounts = [cacheMount(service), ...(secret ? [secret.mount] : [])];
  const start = command(service, stages.start);
  const settings = managerSettings(service);
  const production = productionInstall(service);
  const compiled = compiledModules(service);
  return {
    name: service.name,
    dockerfile: service.files.dockerfile,
    image: service.runtime.image,
    app: APP,
    uid: security.uid,
    gid: security.gid,
    openssl: service.traps.prismaSchema !== null,
    manifests: {
      compiled,
      manager: managerInstall(service, pins),
      managerName: service.packageManager.name,
      settings,
      copies: manifestCopies(service, system).map(copyView),
      strip: stripCommand(service),
      stripped: strippedScripts(service),
      member: isMember(service),
    },
    token: secret?.variable ? secret.id : null,
    deps: stages.deps
      ? {
          mounts,
          commands: [...production, ...folders(service)],
          prunes: prunes(service),
          mayBeEmpty: mayInstallNothing(service),
          generated: generatedClient(service),
        }
      : null,
    build: stages.build && {
      mounts,
      install: fullInstall(service),
      copies: stages.build.copies.map(copyView),
      commands: stages.build.commands,
      secret: secret !== null,
    },
    migrations: service.migrations && {
      workdir: workdir(service),
      moves: workdir(service) !== APP,
      command: resolveBinary(service, service.migrations.command),
    },
    runtime: {
      workdir: stages.workdir,
      moves: stages.workdir !== APP,
      environment: runtimeEnvironment(service),
      copies: stages.copies.map(copyView),
      preload: start.file,
      port: service.port,
      probe: probe(service),
      labels: labels(service, project),
      command: start.words,
      defaultSigterm: start.words !== stages.start,
    },
  };
}

function stagesOf(service: Service, system: System): Stages {
  const commands = [...prismaGenerate(service), ...buildCommands(service, system), ...leftBehind(service)];
  const build = commands.length > 0 || service.migrations ? { copies: sourceCopies(service, system), commands } : null;
  if (service.framework === 'nextjs') return nextStages(service, build);
  const here = inImage(service, service.path);
  const own = (name: string) => (here === '.' ? name : `${here}/${name}`);
  const output = commands.length > 0 ? outputOf(service) : null;
  const wanted = service.sources.filter((name) => output === null || READ_AT_RUN_TIME.has(name));
  // What `prisma generate` or a build without an output folder wrote lies among the sources.
  const stage = output === null && commands.length > 0 ? 'build' : null;
  return {
    build,
    deps: true,
    workdir: workdir(service),
    start: resolveBinary(service, service.start ?? []),
    copies: [
      ...dependencyCopies(service),
      ...(output ? [fromStage('build', own(output))] : []),
      ...wanted.map((name) => (stage ? fromStage(stage, own(name)) : fromContext(service, name))),
      manifestCopy(service),
    ],
  };
}

/** Next.js: its own traced tree where the project asks for it, else all production dependencies and `next start`. */
function nextStages(service: Service, build: Build | null): Stages {
  const here = inImage(service, service.path);
  const own = (name: string) => (here === '.' ? name : `${here}/${name}`);
  const output = service.buildOutput ?? '.next';
  const assets = service.sources.includes('public') ? [fromContext(service, 'public')] : [];
  if (service.nextStandalone) {
    const traced: Copy = { stage: 'build', from: [`${APP}/${own(output)}/standalone`], to: './' };
    return {
      build,
      deps: false,
      workdir: APP,
      start: ['node', own('server.js')],
      copies: [traced, fromStage('build', own(`${output}/static`)), ...assets],
    };
  }
  const configuration = service.sources.filter((name) => /^next\.config\.[cm]?js$/.test(name));
  const root = isMember(service) && service.packageManager.name !== 'pnpm' ? `${up(service)}` : '';
  return {
    build,
    deps: true,
    workdir: workdir(service),
    start: ['node', `${root}node_modules/next/dist/bin/next`, 'start'],
    copies: [
      ...dependencyCopies(service),
      fromStage('build', own(output)),
      ...assets,
      ...configuration.map((name) => fromContext(service, name)),
      manifestCopy(service),
    ],
  };
}

/** A command without a package manager; a bare name is a binary of the installation. */
function resolveBinary(service: Service, words: Words): Words {
  const [program, ...rest] = words[0] === 'npx' ? words.slice(1) : words;
  if (!program || program === 'node' || program === 'bun' || program.includes('/')) return words;
  const root = isMember(service) && service.packageManager.name !== 'pnpm' ? up(service) : '';
  return [`${root}node_modules/.bin/${program}`, ...rest];
}

/** What the build writes; where nobody says, the folder of the started file, if it is no source. */
function outputOf(service: Service): string | null {
  if (service.buildOutput) return service.buildOutput;
  const entry = service.start?.findLast((word) => /\.[cm]?js$/.test(word)) ?? '';
  const [top = '', ...below] = entry.replace(/^\.\//, '').split('/');
  return below.length > 0 && !service.sources.includes(top) && !top.startsWith('.') && top !== 'node_modules'
    ? top
    : null;
}

function up(service: Service): string {
  return '../'.repeat(inImage(service, service.path).split('/').length);
}

/** `node_modules`, and in a workspace each needed member with what the install put into it. */
function dependencyCopies(service: Service): readonly Copy[] {
  const modules = (path: string) => fromStage('deps', path === '.' ? 'node_modules' : `${path}/node_modules`);
  if (!isMember(service)) return [modules('.')];
  const others = service.workspaceDependencies.map((path) => inImage(service, path));
  return [
    modules('.'),
    ...others.flatMap((path) => [fromStage(service.commands.build ? 'build' : null, path), modules(path)]),
    modules(inImage(service, service.path)),
  ];
}

/** Folders that the COPY of the runtime stage relies on, whatever the package manager hoisted. */
function folders(service: Service): readonly Words[] {
  if (isMember(service)) {
    const paths = [...service.workspaceDependencies, service.path].map((path) => inImage(service, path));
    return [['mkdir', '-p', ...paths.map((path) => `${path}/node_modules`)]];
  }
  return mayInstallNothing(service) ? [['mkdir', '-p', 'node_modules']] : [];
}

/** What the build leaves lying about in folders that the runtime takes as they are: modules of members, Next's build cache. */
function leftBehind(service: Service): readonly Words[] {
  if (!service.commands.build) return [];
  const here = inImage(service, service.path);
  const modules = isMember(service)
    ? service.workspaceDependencies.map((path) => `${inImage(service, path)}/node_modules`)
    : [];
  const cache =
    service.framework === 'nextjs' && !service.nextStandalone
      ? [posix.join(here, service.buildOutput ?? '.next', 'cache')]
      : [];
  return modules.length + cache.length > 0 ? [['rm', '-rf', ...modules, ...cache]] : [];
}

/** Prisma's generated client stands among the dependencies, but no install brings it. Null where there is none. */
function generatedClient(service: Service): View | null {
  if (!service.traps.prismaSchema) return null;
  return { pnpm: service.packageManager.name === 'pnpm' };
}

function prismaGenerate(service: Service): readonly Words[] {
  const schema = service.traps.prismaSchema?.value;
  if (!schema) return [];
  const here = inImage(service, service.path);
  const path = here === '.' ? schema : `${here}/${schema}`;
  const usual = schema === 'prisma/schema.prisma' && here === '.';
  const exec = manual(service.packageManager.flavour).exec.split(' ');
  const generate = [...exec, 'prisma', 'generate', ...(usual ? [] : ['--schema', path])];
  // A client that is generated among the sources leaves nothing here, and COPY needs something to copy.
  return service.packageManager.name === 'pnpm' ? [generate] : [generate, ['mkdir', '-p', 'node_modules/.prisma']];
}

/** What the build reads: the service's own sources; in a workspace the members it depends on and the shared compiler settings. */
function sourceCopies(service: Service, system: System): readonly Copy[] {
  const own = service.sources;
  const files = own.filter((name) => name.includes('.') && !name.startsWith('.'));
  const rest = own.filter((name) => !files.includes(name));
  const here = inImage(service, service.path);
  const prefix = (name: string) => (service.path === '.' ? name : `${service.path}/${name}`);
  const turbo = buildCommands(service, system).flat().includes('turbo') ? ['turbo.json'] : [];
  const shared: Copy[] = isMember(service)
    ? [
        {
          stage: null,
          from: ['package.json', 'tsconfig*.json', ...turbo].map((name) =>
            underRoot(service.packageManager.installRoot, name),
          ),
          to: './',
        },
        ...service.workspaceDependencies.map((path) => fromContextPath(service, path)),
      ]
    : [];
  return [
    ...shared,
    ...(files.length > 0 ? [{ stage: null, from: files.map(prefix), to: here === '.' ? './' : `${here}/` }] : []),
    ...rest.map((name) => fromContext(service, name)),
  ];
}

function manifestCopy(service: Service): Copy {
  const here = inImage(service, service.path);
  const from = service.path === '.' ? 'package.json' : `${service.path}/package.json`;
  return { stage: null, from: [from], to: here === '.' ? './' : `${here}/` };
}

function fromStage(stage: 'deps' | 'build' | null, path: string): Copy {
  return { stage, from: [stage === null ? path : `${APP}/${path}`], to: `${APP}/${path}` };
}

function fromContext(service: Service, name: string): Copy {
  return fromContextPath(service, service.path === '.' ? name : `${service.path}/${name}`);
}

function fromContextPath(service: Service, path: string): Copy {
  return { stage: null, from: [path], to: `${APP}/${inImage(service, path)}` };
}

/** Paths with white space need the exec form: COPY splits before it looks at quotes. */
function copyView({ stage, from, to }: Copy): View {
  const words = [...from, to.startsWith(`${APP}/`) && from.length === 1 ? `./${to.slice(APP.length + 1)}` : to];
  return { stage, words, exec: words.some((word) => /\s/.test(word)) };
}

/** Variables that every orchestrator wants the same: production, the port that EXPOSE names, and an address that can be reached. */
function runtimeEnvironment(service: Service): View[] {
  const host = service.environment.find(({ name }) => isHostVariable(service, name))?.name;
  const hostName = service.framework === 'nextjs' ? 'HOSTNAME' : host;
  return [
    { name: 'NODE_ENV', value: 'production' },
    ...(service.port !== null && service.portVariable
      ? [{ name: service.portVariable, value: String(service.port) }]
      : []),
    ...(service.port !== null && hostName ? [{ name: hostName, value: '0.0.0.0' }] : []),
  ];
}

function labels(service: Service, project: System['project']): View[] {
  const of = (name: string, value: string | null | undefined) => (value ? [{ name, value }] : []);
  return [
    ...of('title', service.name),
    ...of('description', service.description?.replace(/\s+/g, ' ').trim()),
    ...of('source', project.repository?.url),
    ...of('licenses', project.license),
  ];
}

/** Everything that a COPY takes from the build context, sorted: what the ignore file has to let through. */
export function allowedPaths(service: Service, system: System): readonly string[] {
  const stages = stagesOf(service, system);
  const all = [...manifestCopies(service, system), ...(stages.build?.copies ?? []), ...stages.copies];
  const paths = all.filter(({ stage }) => stage === null).flatMap(({ from }) => from);
  return [...new Set(paths)].sort();
}

/** What stays out even below a folder that is let in: secrets, and what every machine makes for itself. */
const NEVER_ALLOWED = [
  '**/.DS_Store',
  '**/.env*',
  '**/.git',
  '**/.next',
  '**/*.key',
  '**/*.log',
  '**/*.pem',
  '**/*.spec.[jt]s',
  '**/*.spec.[jt]sx',
  '**/*.test.[jt]s',
  '**/*.test.[jt]sx',
  '**/*.tsbuildinfo',
  '**/__tests__',
  '**/coverage',
  '**/dist',
  '**/node_modules',
];

/**
 * A folder that is let in by its name (a committed `dist`) is no longer among them; and where the build compiles the tests too, because the
 * layout of its output depends on them, they are let in.
 */
export function neverAllowed(allowed: readonly string[]): readonly string[] {
  const segments = new Set(allowed.flatMap((path) => path.split('/')));
  const tests = [...segments].some((name) => /^(?:__tests__|tests?|specs?)$/.test(name));
  return NEVER_ALLOWED.filter(
    (pattern) => !segments.has(pattern.slice(3)) && !(tests && /__tests__|\.(?:test|spec)\./.test(pattern)),
  );
}
