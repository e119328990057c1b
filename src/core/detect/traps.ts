/** What an install in an image or a pipeline stumbles over. */
import type { BuildTraps, Fact, PackageManagerFacts, Script } from '../../model.ts';
import { record } from './json.ts';
import type { Package } from './package.ts';
import { at, compare, fact, lineWhere } from './repo.ts';

/** Packages that are compiled, or may be, when they are installed. Those with prebuilt files for every common platform are not here. */
const NATIVE = [
  'bcrypt',
  'argon2',
  'better-sqlite3',
  'sqlite3',
  'canvas',
  'node-sass',
  'libxmljs',
  'libxmljs2',
  'node-rdkafka',
  're2',
  'pg-native',
  'couchbase',
  'sodium-native',
  'isolated-vm',
  'usb',
  'serialport',
  'node-expat',
  'farmhash',
  'zeromq',
  'leveldown',
  'heapdump',
  'microtime',
  'ffi-napi',
  'ref-napi',
  'grpc',
  'oracledb',
  'ibm_db',
  'odbc',
  'bufferutil',
  'utf-8-validate',
  'node-pty',
  'cpu-features',
  'ssh2',
  'v8-profiler-next',
  'deasync',
  'gc-stats',
  'iltorb',
  'snappy',
  'hiredis',
  'kerberos',
  'mongodb-client-encryption',
  'unix-dgram',
  'dtrace-provider',
  'node-libcurl',
  'robotjs',
  'nodegit',
  'tree-sitter',
  'wrtc',
  'mmmagic',
  'modern-syslog',
  'posix',
  'pcsclite',
];
/** Built on N-API with files for every platform inside the package: nothing is compiled any more from this major on. */
const PREBUILT_FROM: Readonly<Record<string, number>> = {
  bcrypt: 6,
  argon2: 0.4,
  zeromq: 6,
  snappy: 7,
  oracledb: 6,
  usb: 2,
  serialport: 10,
  leveldown: 5,
  bufferutil: 4,
  'utf-8-validate': 5,
  'sodium-native': 3,
};
const HOOKS =
  /\b(?:husky|lefthook|simple-git-hooks|is-ci|pre-commit|yorkie|git-hooks|ghooks|patch-git-hooks|skip-ci)\b|core\.hooksPath|\.husky/;

/** The traps of a service: those of its own manifest, and of the folder where the install runs. */
export function detectTraps(pkg: Package, root: Package | null, manager: PackageManagerFacts): BuildTraps {
  const owners = root === null || root === pkg || manager.installRoot === pkg.path ? [pkg] : [root, pkg];
  return {
    prepareScript: prepareScript(owners),
    installScripts: owners.flatMap(installScripts),
    prismaSchema: prismaSchema(pkg),
    nativeModules: nativeModules(pkg),
    privateRegistry: privateRegistry(pkg, manager),
    installInputs: installInputs(pkg, owners, manager),
  };
}

function prepareScript(owners: readonly Package[]): Fact<string> | null {
  for (const pkg of owners) {
    const command = pkg.scripts.prepare;
    if (command !== undefined && HOOKS.test(command)) return fact(command, pkg.evidence('scripts', 'prepare'));
    const after = pkg.scripts.postinstall;
    if (after !== undefined && HOOKS.test(after)) return fact(after, pkg.evidence('scripts', 'postinstall'));
  }
  return null;
}

const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare'];

function installScripts(pkg: Package): Fact<Script>[] {
  return LIFECYCLE.flatMap((name) => {
    const command = pkg.scripts[name];
    return command === undefined || HOOKS.test(command) ? [] : [fact({ name, command }, pkg.evidence('scripts', name))];
  });
}

function prismaSchema(service: Package): Fact<string> | null {
  for (const owner of [{ ...service, linked: [] }, ...service.linked]) {
    const found = ownPrismaSchema(owner);
    if (found === null) continue;
    if (owner.path === service.path) return found;
    const up =
      service.path === '.'
        ? ''
        : service.path
            .split('/')
            .map(() => '../')
            .join('');
    return fact(`${up}${owner.path}/${found.value}`, found.evidence);
  }
  return null;
}

function ownPrismaSchema(pkg: Package): Fact<string> | null {
  if (pkg.dependency('@prisma/client', 'prisma') === null) return null;
  const said = record(pkg.manifest.prisma).schema;
  if (typeof said === 'string') return fact(said.replace(/^\.\//, ''), pkg.evidence('prisma', 'schema'));
  const config = ['prisma.config.ts', 'prisma.config.js', 'prisma.config.mjs', '.config/prisma.ts'].find((f) =>
    pkg.has(f),
  );
  const path = config === undefined ? null : pkg.at(config);
  const text = path === null ? null : pkg.repo.text(path);
  const named =
    text === null
      ? null
      : /\bschema\s*:\s*(?:path\.join\(\s*)?['"]([^'"\n]+)['"](?:\s*,\s*['"]([^'"\n]+)['"])?/.exec(text);
  if (named !== null && path !== null) {
    const schema = [named[1], named[2]]
      .filter((s) => s !== undefined)
      .join('/')
      .replace(/^\.\//, '');
    return fact(schema, at(path, lineWhere(text as string, /\bschema\s*:/)));
  }
  const file =
    ['prisma/schema.prisma', 'schema.prisma', 'prisma/schema/schema.prisma', 'src/prisma/schema.prisma'].find((f) =>
      pkg.files.includes(f),
    ) ?? pkg.files.find((f) => f.endsWith('schema.prisma'));
  return file === undefined ? null : fact(file, at(pkg.at(file) as string));
}

function nativeModules(pkg: Package): Fact<string>[] {
  return NATIVE.flatMap((name) => {
    if (!pkg.isProduction(name)) return [];
    const version = Number(/\d+(?:\.\d+)?/.exec(pkg.version(name) ?? '')?.[0] ?? Number.NaN);
    const prebuilt = PREBUILT_FROM[name];
    const comparable =
      prebuilt !== undefined && prebuilt < 1
        ? Number.parseFloat(/\d+\.\d+/.exec(pkg.version(name) ?? '')?.[0].replace(/\.(\d)$/, '.0$1') ?? 'NaN')
        : Math.floor(version);
    const threshold = prebuilt !== undefined && prebuilt < 1 ? 0.4 : prebuilt;
    if (threshold !== undefined && comparable >= threshold) return [];
    return [fact(name, pkg.dependency(name)?.evidence ?? at(pkg.file))];
  }).sort((a, b) => compare(a.value, b.value));
}

/** Registries that everybody can read, by the end of their name. */
const PUBLIC = /\b(?:npmjs|yarnpkg|npmmirror)\.(?:org|com)\b/;

function privateRegistry(pkg: Package, manager: PackageManagerFacts): Fact<string> | null {
  const folders = [...new Set([manager.installRoot, pkg.path])];
  for (const folder of folders) {
    for (const name of ['.npmrc', '.yarnrc.yml', '.yarnrc', 'bunfig.toml']) {
      const file = folder === '.' ? name : `${folder}/${name}`;
      const rows = pkg.repo.text(file)?.split('\n') ?? [];
      for (const [index, raw] of rows.entries()) {
        const row = raw.replace(/^\s*[#;].*$/, '');
        const token =
          /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|token)["']?\s*[:=]\s*["']?(?:\$\{?(\w+)|(\S+))/.exec(
            row,
          );
        if (token !== null) {
          if (token[1] === undefined)
            pkg.repo.note('a token is written into this file; read it from a variable and revoke it', file, index + 1);
          return fact(token[1] ?? 'token', at(file, index + 1));
        }
      }
      for (const [index, raw] of rows.entries()) {
        const registry =
          /^\s*(?:@[\w.-]+:)?(?:registry|npmRegistryServer)["']?\s*[:=]?\s*["']?(https?:\/\/[^\s"']+)/.exec(raw)?.[1];
        if (registry !== undefined && !PUBLIC.test(registry))
          return fact(registry.replace(/\/\/[^@/]*@/, '//'), at(file, index + 1));
      }
    }
  }
  return null;
}

/** Paths relative to the install root. */
function installInputs(pkg: Package, owners: readonly Package[], manager: PackageManagerFacts): string[] {
  const root = manager.installRoot;
  const prefix = root === '.' ? '' : `${root}/`;
  const { repo } = pkg;
  const result = new Set<string>();
  for (const name of [
    '.npmrc',
    '.yarnrc.yml',
    '.yarnrc',
    '.pnpmfile.cjs',
    'pnpmfile.cjs',
    'bunfig.toml',
    '.yarn/releases',
    '.yarn/plugins',
    '.yarn/patches',
    'pnpm-workspace.yaml',
  ]) {
    if (repo.exists(prefix + name)) result.add(name);
  }
  const patched =
    owners.some(
      (o) =>
        o.dependency('patch-package', 'postinstall-postinstall') !== null ||
        record(o.manifest.pnpm).patchedDependencies !== undefined ||
        o.manifest.patchedDependencies !== undefined,
    ) || /^patchedDependencies:/m.test(repo.text(`${prefix}pnpm-workspace.yaml`) ?? '');
  if (patched && repo.exists(`${prefix}patches`)) result.add('patches');
  const inside = (path: string): string | null => (path.startsWith(prefix) ? path.slice(prefix.length) : null);
  // Prisma's client generates itself after the install and needs the schema then.
  const schema = prismaSchema(pkg);
  if (schema !== null) {
    const path = pkg.at(schema.value);
    const entry = path === null ? null : inside(path);
    if (entry !== null)
      result.add(entry.includes('/') && /\.prisma$/.test(entry) ? entry.slice(0, entry.lastIndexOf('/')) : entry);
    const config = ['prisma.config.ts', 'prisma.config.js', 'prisma.config.mjs'].find((f) => pkg.has(f));
    const configPath = config === undefined ? null : inside(pkg.at(config) as string);
    if (configPath !== null) result.add(configPath);
  }
  for (const owner of owners) {
    for (const script of installScripts(owner)) {
      if (script.value.name === 'prepare' && /\bbuild\b|tsc/.test(script.value.command)) continue;
      for (const word of script.value.command.split(/[\s'"=;&|]+/)) {
        const path = /^\.?\/?[\w.-]+(?:\/[\w.-]+)*$/.test(word) && /\//.test(word) ? owner.at(word) : null;
        const entry = path !== null && repo.lists(path) ? inside(path) : null;
        if (entry !== null) result.add(entry);
      }
    }
  }
  return [...result].sort(compare);
}
