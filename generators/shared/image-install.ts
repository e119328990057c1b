/** How dependencies get into an image: what the install reads, and the commands of each package manager, as argument lists. */
import { posix } from 'node:path';
import type { Pins } from '../../src/define.ts';
import type { Service, System } from '../../src/model.ts';
import { majorOf, managerVersion, manual, underRoot } from './package-manager.ts';

/** A command as its words; the template quotes them. */
export type Words = readonly string[];

/** One COPY: `stage` null copies from the build context. `to` ends in `/` where it is a folder that files land in. */
export type Copy = Readonly<{ stage: string | null; from: readonly string[]; to: string }>;

/**
 * Native modules without a prebuilt binary for Linux and glibc. All others that detection lists bring one, or fetch it when they are
 * installed: for those, a compiler would only make the build longer.
 */
const ALWAYS_COMPILED: ReadonlySet<string> = new Set([
  ...[
    'cpu-features',
    'dtrace-provider',
    'ffi-napi',
    'gc-stats',
    'grpc',
    'heapdump',
    'hiredis',
    'ibm_db',
    'iltorb',
    'mmmagic',
  ],
  ...[
    'modern-syslog',
    'node-expat',
    'node-pty',
    'node-rdkafka',
    'node-sass',
    'odbc',
    'pcsclite',
    'pg-native',
    'posix',
    'ref-napi',
  ],
  ...['unix-dgram', 'v8-profiler-next'],
]);

/** Native modules of the service that need python, make and a C++ compiler. */
export function compiledModules(service: Service): readonly string[] {
  return service.traps.nativeModules.map(({ value }) => value).filter((name) => ALWAYS_COMPILED.has(name));
}

/** Folder of the installation in the image. */
export const APP = '/app';

/** True for a member of a workspace: it is installed from the root, with the members that it depends on. */
export function isMember(service: Service): boolean {
  return service.path !== service.packageManager.installRoot;
}

/** A path of the repository as it stands in the image: the installation's root becomes `/app`. */
export function inImage(service: Service, path: string): string {
  const { installRoot } = service.packageManager;
  if (installRoot === '.') return path;
  if (path === installRoot) return '.';
  return path.startsWith(`${installRoot}/`) ? path.slice(installRoot.length + 1) : path;
}

/** `/app`, or `/app/<member>` for a member of a workspace. */
export function workdir(service: Service): string {
  const inside = inImage(service, service.path);
  return inside === '.' ? APP : `${APP}/${inside}`;
}

/** Members whose manifests the install has to see, relative to the root, sorted; empty for a single package. */
function manifestMembers(service: Service, system: System): readonly string[] {
  if (!isMember(service)) return [];
  const needed = [service.path, ...service.workspaceDependencies];
  // npm, yarn 2+ and bun refuse a lock file that speaks of members which are not there.
  const all = ['npm', 'yarn-berry', 'bun'].includes(service.packageManager.flavour);
  const members = all ? (system.project.workspace?.members ?? []).map(({ path }) => path) : [];
  return [...new Set([...needed, ...members])].filter((path) => path !== '.').sort();
}

const memberCopies = new WeakMap<System, Map<string, Copy>>();

/** One object for all services that copy it: in a workspace of a thousand members each Dockerfile has a thousand of them. */
function memberCopy(service: Service, system: System, path: string): Copy {
  const known = memberCopies.get(system) ?? new Map<string, Copy>();
  memberCopies.set(system, known);
  const to = `${inImage(service, path)}/`;
  const copy = known.get(`${path}\0${to}`) ?? { stage: null, from: [`${path}/package.json`], to };
  known.set(`${path}\0${to}`, copy);
  return copy;
}

/** What an install reads: manifests, the lock file, settings, patches. */
export function manifestCopies(service: Service, system: System): readonly Copy[] {
  const { installRoot, lockFile } = service.packageManager;
  const inputs = service.traps.installInputs
    .filter((path) => runsOwnScripts(service) || !isSchema(service, path))
    .map((path) => underRoot(installRoot, path));
  const isFile = (path: string) => !inImage(service, path).includes('/') && /[^.]\.[a-z]+$|rc$/.test(path);
  const root = [underRoot(installRoot, 'package.json'), ...(lockFile ? [lockFile] : []), ...inputs.filter(isFile)];
  return [
    { stage: null, from: [...new Set(root)], to: './' },
    ...manifestMembers(service, system).map((path) => memberCopy(service, system, path)),
    ...inputs
      .filter((path) => !isFile(path))
      .map((path) => ({
        stage: null,
        from: [path],
        to: /\.[a-z]+$/.test(path) ? `${posix.dirname(inImage(service, path))}/` : inImage(service, path),
      })),
  ];
}

/** Prisma's schema and settings are wanted by `prisma generate` only, which has a place of its own after the sources. */
function isSchema(service: Service, path: string): boolean {
  const schema = service.traps.prismaSchema?.value;
  if (!schema) return false;
  const here = inImage(service, service.path);
  const whole = posix.join(here, schema);
  return path === whole || path === posix.dirname(whole) || /(?:^|\/)prisma\.config\.[cm]?[jt]s$/.test(path);
}

/** Puts the package manager into the stage that installs; null where the base image brings it. */
export function managerInstall(service: Service, pins: Pins): Words | null {
  const { npmPackage } = manual(service.packageManager.flavour);
  const version = managerVersion(service.packageManager, pins);
  if (service.runtime.name === 'bun') return null;
  if (npmPackage && version) {
    // Images up to Node 24 bring a yarn of their own in the same place.
    const force = service.packageManager.name === 'yarn' ? ['--force'] : [];
    return ['npm', 'install', '--global', ...force, `${npmPackage}@${version}`];
  }
  return version ? ['npm', 'install', '--global', `npm@${version}`] : null;
}

/** Where yarn 2+ keeps its downloads in an image: below `.cache/yarn`, where linters look for a cache of yarn's. */
const BERRY_FOLDER = '/root/.cache/yarn';

/** Settings of the package manager for the stages that install. */
export function managerSettings(service: Service): readonly Readonly<{ name: string; value: string }>[] {
  if (service.packageManager.flavour !== 'yarn-berry') return [];
  return [
    { name: 'YARN_NODE_LINKER', value: 'node-modules' },
    { name: 'YARN_ENABLE_GLOBAL_CACHE', value: 'true' },
    { name: 'YARN_GLOBAL_FOLDER', value: BERRY_FOLDER },
    { name: 'YARN_ENABLE_TELEMETRY', value: '0' },
  ];
}

/** The cache mount's options. npm, pnpm and yarn 2+ share their cache between processes; the other two must take turns. */
export function cacheMount(service: Service): string {
  const { flavour } = service.packageManager;
  const turns = flavour === 'yarn-classic' || flavour === 'bun' ? ',sharing=locked' : '';
  return `type=cache,target=${flavour === 'yarn-berry' ? BERRY_FOLDER : manual(flavour).downloads}${turns}`;
}

/** Secret that the install needs: a token variable by name, or the user's own `.npmrc` where a registry is named without one. */
export function registrySecret(service: Service): Readonly<{ id: string; variable: boolean; mount: string }> | null {
  const value = service.traps.privateRegistry?.value;
  if (!value) return null;
  if (/^[A-Za-z_]\w*$/.test(value) && value !== 'token')
    return { id: value, variable: true, mount: `type=secret,id=${value},required=true` };
  return /^https?:/.test(value)
    ? { id: 'npmrc', variable: false, mount: 'type=secret,id=npmrc,target=/root/.npmrc' }
    : null;
}

/** True for a lifecycle script that the image does by itself, later: building, and generating Prisma's client. */
function doneLater(name: string, command: string): boolean {
  return name.includes('prepare') || /\bprisma generate\b|\bbuild\b|\btsc\b|\bcompile\b/.test(command);
}

/** True where lifecycle scripts of the project's own have to run during the install (`patch-package`). */
export function runsOwnScripts(service: Service): boolean {
  return service.traps.installScripts.some(
    ({ value: { name, command } }) => !doneLater(name, command) && !/^(?:npx\s+)?only-allow\b/.test(command),
  );
}

/** Names of lifecycle scripts that must not run during the install. */
export function strippedScripts(service: Service): readonly string[] {
  const { prepareScript, installScripts } = service.traps;
  const kept = installScripts
    .filter(({ value }) => !doneLater(value.name, value.command))
    .map(({ value }) => value.name);
  const later = installScripts
    .filter(({ value }) => doneLater(value.name, value.command))
    .map(({ value }) => value.name);
  // yarn 2+ knows no `prepare`, so there hooks are installed by `postinstall`.
  const hooks = !prepareScript ? [] : service.packageManager.name === 'yarn' ? ['prepare', 'postinstall'] : ['prepare'];
  return [...new Set([...hooks, ...later])].filter((name) => !kept.includes(name)).sort();
}

export function stripCommand(service: Service): Words | null {
  const names = strippedScripts(service).map((name) => `scripts.${name}`);
  if (names.length === 0) return null;
  return service.runtime.name === 'bun' ? ['bun', 'pm', 'pkg', 'delete', ...names] : ['npm', 'pkg', 'delete', ...names];
}

/** Installs everything, for the build. */
export function fullInstall(service: Service): Words {
  const { flavour, lockFile } = service.packageManager;
  const { install, installUnlocked } = manual(flavour);
  return (lockFile ? install : installUnlocked).split(' ');
}

/** Installs what runs in production. Several commands where dev dependencies have to help first. */
export function productionInstall(service: Service): readonly Words[] {
  const { flavour, lockFile, version } = service.packageManager;
  if (!lockFile) return [[...manual(flavour).installUnlocked.split(' '), ...PRODUCTION[flavour]]];
  if (runsOwnScripts(service) && !isMember(service)) {
    if (flavour === 'npm') return [fullInstall(service), ['npm', 'prune', '--omit=dev', '--ignore-scripts']];
    if (flavour === 'pnpm') return [fullInstall(service), ['pnpm', 'prune', '--prod', '--ignore-scripts']];
  }
  const words = manual(flavour).installProduction.split(' ');
  if (!isMember(service)) {
    const needsPlugin = flavour === 'yarn-berry' && (majorOf(version) ?? 4) < 4 && !hasFocusPlugin(service);
    return needsPlugin ? [['yarn', 'plugin', 'import', 'workspace-tools'], words] : [words];
  }
  switch (flavour) {
    case 'npm':
      return [[...words, '--workspace', inImage(service, service.path)]];
    case 'pnpm':
      return [[...words, '--filter', `${service.packageName}...`]];
    case 'yarn-berry':
      return [['yarn', 'workspaces', 'focus', service.packageName, '--production']];
    case 'bun':
      return [[...words, '--filter', service.packageName]];
    case 'yarn-classic':
      return [words];
  }
}

const PRODUCTION: Readonly<Record<Service['packageManager']['flavour'], Words>> = {
  npm: ['--omit=dev'],
  pnpm: ['--prod'],
  'yarn-classic': ['--production'],
  'yarn-berry': [],
  bun: ['--production'],
};

function hasFocusPlugin(service: Service): boolean {
  return service.traps.installInputs.some((path) => path.includes('.yarn/plugins'));
}

/** True where the production install is a full one with the rest taken out again. */
export function prunes(service: Service): boolean {
  return productionInstall(service).length > 1 && service.packageManager.flavour !== 'yarn-berry';
}

/** True where an install may end without a `node_modules` to copy: a project that may have no production dependency at all. */
export function mayInstallNothing(service: Service): boolean {
  const bare = service.framework === null || service.framework === 'http';
  const known =
    service.datastores.length > 0 ||
    service.logger !== null ||
    service.metricsLibrary !== null ||
    service.traps.prismaSchema !== null;
  return !isMember(service) && bare && !known;
}

/** The build of a service and, before it, of the members that it depends on. */
export function buildCommands(service: Service, system: System): readonly Words[] {
  const script = service.commands.build?.script;
  if (!script) return [];
  const { flavour, name, version } = service.packageManager;
  const run = manual(flavour).run.split(' ');
  if (!isMember(service)) return [[...run, script]];
  const { packageName } = service;
  if (flavour === 'pnpm') {
    const one = (filter: string, what: string): Words => ['pnpm', '--filter', filter, 'run', what];
    if (script === 'build') return [one(`${packageName}...`, 'build')];
    return [one(`${packageName}^...`, 'build'), one(packageName, script)];
  }
  if (flavour === 'yarn-berry' && (majorOf(version) ?? 4) >= 4) {
    const all = ['yarn', 'workspaces', 'foreach', '--recursive', '--topological-dev', '--from', packageName];
    if (script === 'build') return [[...all, 'run', 'build']];
    return [
      [...all, '--exclude', packageName, 'run', 'build'],
      ['yarn', 'workspace', packageName, 'run', script],
    ];
  }
  if (system.project.workspace?.runner === 'turbo')
    return [[...manual(flavour).exec.split(' '), 'turbo', 'run', script, `--filter=${packageName}`]];
  const member = (path: string, what: string, ifPresent: boolean): Words =>
    name === 'bun'
      ? ['bun', 'run', '--cwd', inImage(service, path), ...(ifPresent ? ['--if-present'] : []), what]
      : ['npm', 'run', what, '--workspace', inImage(service, path), ...(ifPresent ? ['--if-present'] : [])];
  return [
    ...service.workspaceDependencies.map((path) => member(path, 'build', true)),
    member(service.path, script, false),
  ];
}
