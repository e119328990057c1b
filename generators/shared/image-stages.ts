/** The stages of a service's Dockerfile: what each copies, and what it runs. */
import { posix } from 'node:path';
import type { Service, System, View } from '../../src/model.ts';
import {
  APP,
  buildCommands,
  type Copy,
  inImage,
  isMember,
  mayInstallNothing,
  type Words,
  workdir,
} from './image-install.ts';
import { manual, underRoot } from './package-manager.ts';

/** Folders that a server reads while it runs, beside what the build writes. */
const READ_AT_RUN_TIME = new Set([
  ...['public', 'static', 'assets', 'views', 'templates', 'locales', 'i18n', 'config', 'proto', 'protos', 'emails'],
  ...['migrations', 'drizzle'],
]);

export type Stages = Readonly<{
  build: Build | null;
  copies: readonly Copy[];
  deps: boolean;
  workdir: string;
  start: Words;
}>;
type Build = Readonly<{ copies: readonly Copy[]; commands: readonly Words[] }>;

/** The stages of one service: what the build reads and runs, what the runtime takes from where, and how it starts. */
export function stagesOf(service: Service, system: System): Stages {
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
export function resolveBinary(service: Service, words: Words): Words {
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
export function folders(service: Service): readonly Words[] {
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
export function generatedClient(service: Service): View | null {
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
