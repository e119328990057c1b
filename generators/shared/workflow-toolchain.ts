/** The first steps of every job that runs the project's own commands: package manager, runtime, install, generated code. */
import type { Pins } from '../../src/define.ts';
import type { Service } from '../../src/model.ts';
import {
  carriesYarn,
  execLine,
  installLine,
  majorOf,
  managerVersion,
  manual,
  registryToken,
  underRoot,
} from './package-manager.ts';

export type Action = Readonly<{ uses: string; tag: string }>;

/** `cwd` is null at the root of the repository, where a step says nothing about it. */
export type Line = Readonly<{ name: string; line: string; cwd: string | null }>;

export type Toolchain = Readonly<{
  checkout: Action;
  /** `version` is null where package.json says it. */
  pnpm: (Action & Readonly<{ version: string | null; packageJson: string | null }>) | null;
  /** `version` is null where package.json says it. Stands before setup-node, whose cache asks Yarn where it keeps things. */
  corepack: Readonly<{ version: string | null }> | null;
  node:
    | (Action &
        Readonly<{ versionFile: string | null; version: string | null; cache: string | null; lockFile: string | null }>)
    | null;
  bun: (Action & Readonly<{ version: string; cache: (Action & Readonly<{ lockFile: string }>) | null }>) | null;
  install: Readonly<{ line: string; cwd: string | null; locked: boolean; token: string | null }>;
  /** Prisma's client, for each service that has a schema. The address is one that nothing connects to. */
  prisma: readonly (Line & Readonly<{ url: string | null; placeholder: string }>)[];
}>;

export function folder(path: string): string | null {
  return path === '.' ? null : path;
}

/**
 * `services` share one install root, and so one package manager and one runtime.
 * @param known names of variables that the job sets anyway
 */
export function toolchainOf(services: readonly Service[], pins: Pins, known: readonly string[] = []): Toolchain {
  const [first] = services;
  if (!first) throw new Error('a toolchain is asked for by nobody');
  const { packageManager: manager, runtime } = first;
  const { flavour } = manager;
  const { declared, version } = settledVersion(manager, pins);
  return {
    checkout: pins.action('actions/checkout'),
    pnpm:
      flavour === 'pnpm'
        ? {
            ...pins.action('pnpm/action-setup'),
            // The action refuses to hear twice what package.json says.
            version: declared ? null : version,
            packageJson:
              declared && manager.installRoot !== '.' ? underRoot(manager.installRoot, 'package.json') : null,
          }
        : null,
    corepack: flavour === 'yarn-berry' && !carriesYarn(first) ? { version: declared ? null : version } : null,
    node:
      runtime.name === 'node'
        ? {
            ...pins.action('actions/setup-node'),
            versionFile: runtime.versionFile,
            version: runtime.versionFile ? null : runtime.version,
            cache: manager.lockFile ? manual(flavour).setupNodeCache : null,
            lockFile: manager.lockFile,
          }
        : null,
    bun:
      flavour === 'bun' || runtime.name === 'bun'
        ? {
            ...pins.action('oven-sh/setup-bun'),
            version: runtime.name === 'bun' ? runtime.version : (version ?? pins.tool('bun')),
            cache:
              flavour === 'bun' && manager.lockFile
                ? { ...pins.action('actions/cache'), lockFile: manager.lockFile }
                : null,
          }
        : null,
    install: {
      line: installLine(manager),
      cwd: folder(manager.installRoot),
      locked: manager.lockFile !== null,
      token: services.map(({ traps }) => registryToken(traps)).find((token) => token !== null) ?? null,
    },
    prisma: services.flatMap((service) => prismaOf(service, known)),
  };
}

/**
 * Which version of the package manager a workflow gets. An exact one was declared in package.json, and is read there; else the pinned one, or,
 * where the lock file is of another major, the newest of that.
 */
export function settledVersion(
  manager: Service['packageManager'],
  pins: Pins,
): Readonly<{ name: string; version: string | null; declared: boolean }> {
  const { name, version } = manager;
  if (version !== null && /^\d+\.\d+\.\d+/.test(version)) return { name, version, declared: true };
  const pinned = managerVersion({ ...manager, version: null }, pins);
  const wanted = majorOf(version);
  return { name, version: wanted === null || wanted === majorOf(pinned) ? pinned : String(wanted), declared: false };
}

function prismaOf(service: Service, known: readonly string[]): Toolchain['prisma'] {
  const schema = service.traps.prismaSchema?.value;
  if (schema === undefined) return [];
  const usual = schema === 'prisma/schema.prisma' || schema === 'schema.prisma';
  const store = service.datastores.find(({ kind }) => kind !== 'redis' && kind !== 'rabbitmq' && kind !== 'kafka');
  const url = store?.variables.url ?? null;
  return [
    {
      name: 'Generate the Prisma client',
      line: `${execLine(service.packageManager, 'prisma generate')}${usual ? '' : ` --schema=${shellWord(schema)}`}`,
      cwd: folder(service.path),
      url: url !== null && known.includes(url) ? null : url,
      placeholder: `${store?.kind ?? 'postgresql'}://localhost/${service.name}`,
    },
  ];
}

/** One word of shell text. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
