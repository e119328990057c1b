/**
 * What each package manager is told, spelt once: CI and the Dockerfile read this, so that both install the same tree.
 * There is no audit command here: npm retired the endpoint that pnpm up to 10 and Yarn 1 ask (410 Gone since 2026), so the security scan reads
 * the lock file with Trivy instead.
 * Every line is shell text for the folder that holds the lock file (`packageManager.installRoot`).
 */
import type { Pins } from '../../src/define.ts';
import type { BuildTraps, Service } from '../../src/model.ts';

export type PackageManager = Service['packageManager'];
export type Flavour = PackageManager['flavour'];

type Manual = Readonly<{
  /** The executable. */
  binary: string;
  install: string;
  /** For a project without a lock file: resolves anew on every run. */
  installUnlocked: string;
  installProduction: string;
  run: string;
  exec: string;
  /** Adds development dependencies; the package names follow. */
  addDev: string;
  /** Value of setup-node's `cache`; null: it cannot cache for this one. */
  setupNodeCache: 'npm' | 'pnpm' | 'yarn' | null;
  /** Where downloads are kept, as a path in an image that installs as root, and the id of a BuildKit cache mount. */
  downloads: string;
  lockFiles: readonly string[];
  /** Package on the npm registry that brings this manager, as named in `templates/_pins/package.json`; null: comes with Node. */
  npmPackage: string | null;
}>;

const MANUALS: Readonly<Record<Flavour, Manual>> = {
  npm: {
    binary: 'npm',
    install: 'npm ci',
    installUnlocked: 'npm install --no-package-lock',
    installProduction: 'npm ci --omit=dev',
    run: 'npm run',
    exec: 'npx --no-install',
    addDev: 'npm install --save-dev',
    setupNodeCache: 'npm',
    downloads: '/root/.npm',
    lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
    npmPackage: null,
  },
  pnpm: {
    binary: 'pnpm',
    install: 'pnpm install --frozen-lockfile',
    installUnlocked: 'pnpm install --no-lockfile',
    installProduction: 'pnpm install --frozen-lockfile --prod',
    run: 'pnpm run',
    exec: 'pnpm exec',
    addDev: 'pnpm add --save-dev',
    setupNodeCache: 'pnpm',
    downloads: '/root/.local/share/pnpm/store',
    lockFiles: ['pnpm-lock.yaml'],
    npmPackage: 'pnpm',
  },
  'yarn-classic': {
    binary: 'yarn',
    install: 'yarn install --frozen-lockfile',
    installUnlocked: 'yarn install --no-lockfile',
    installProduction: 'yarn install --frozen-lockfile --production',
    run: 'yarn run',
    exec: 'yarn run',
    addDev: 'yarn add --dev',
    setupNodeCache: 'yarn',
    downloads: '/usr/local/share/.cache/yarn',
    lockFiles: ['yarn.lock'],
    npmPackage: 'yarn',
  },
  'yarn-berry': {
    binary: 'yarn',
    install: 'yarn install --immutable',
    installUnlocked: 'yarn install --no-immutable',
    installProduction: 'yarn workspaces focus --all --production',
    run: 'yarn run',
    exec: 'yarn run',
    addDev: 'yarn add --dev',
    setupNodeCache: 'yarn',
    downloads: '/root/.yarn/berry/cache',
    lockFiles: ['yarn.lock'],
    npmPackage: '@yarnpkg/cli-dist',
  },
  bun: {
    binary: 'bun',
    install: 'bun install --frozen-lockfile',
    installUnlocked: 'bun install --no-save',
    installProduction: 'bun install --frozen-lockfile --production',
    run: 'bun run',
    exec: 'bunx --no-install',
    addDev: 'bun add --dev',
    setupNodeCache: null,
    downloads: '/root/.bun/install/cache',
    lockFiles: ['bun.lock', 'bun.lockb'],
    npmPackage: 'bun',
  },
};

/** Everything there is to say about one flavour. */
export function manual(flavour: Flavour): Manual {
  return MANUALS[flavour];
}

/** Installs exactly what the lock file says; without a lock file, whatever the ranges allow today. */
export function installLine(manager: PackageManager): string {
  const { install, installUnlocked } = MANUALS[manager.flavour];
  return manager.lockFile ? install : installUnlocked;
}

/** Runs a binary of `node_modules/.bin`, never downloading one. */
export function execLine(manager: PackageManager, binary: string): string {
  return `${MANUALS[manager.flavour].exec} ${binary}`;
}

/** Major version as a number; null when nobody says which version it is. */
export function majorOf(version: string | null): number | null {
  const major = Number.parseInt(version ?? '', 10);
  return Number.isNaN(major) ? null : major;
}

/** The version to install: what the project says, else the pinned one. npm comes with Node and has none. */
export function managerVersion(manager: PackageManager, pins: Pins): string | null {
  const { npmPackage } = MANUALS[manager.flavour];
  return manager.version ?? (npmPackage ? pins.tool(npmPackage) : null);
}

/** Joins paths below the root without leaving `./` behind. */
export function underRoot(root: string, path: string): string {
  return root === '.' ? path : `${root}/${path}`;
}

/**
 * The variable that the project's own `.npmrc` or `.yarnrc.yml` reads its registry's token from; null where no variable is named (then either
 * nobody has to sign in, or the place for the token is missing). It is also the id of the build secret, and the name of the secret in CI.
 */
export function registryToken(traps: BuildTraps): string | null {
  const found = traps.privateRegistry?.value ?? '';
  return /^[A-Za-z_]\w*$/.test(found) && found !== 'token' ? found : null;
}

/** True when the repository carries its own Yarn release (`yarnPath`), which any other Yarn hands over to. */
export function carriesYarn(service: Pick<Service, 'packageManager' | 'traps'>): boolean {
  return (
    service.packageManager.flavour === 'yarn-berry' &&
    service.traps.installInputs.some((path) => /(^|\/)\.yarn\/releases(\/|$)/.test(path))
  );
}
