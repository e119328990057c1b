/** The package manager, its exact version, its flavour and its lock file. */
import type { Fact, PackageManagerFacts, PackageManagerName } from '../../model.ts';
import { record, text } from './json.ts';
import type { Package } from './package.ts';
import { at, choose, fact, folderOf, lineWhere, type Repo } from './repo.ts';

const LOCK_FILES: readonly (readonly [string, PackageManagerName])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

type Declared = Readonly<{ name: PackageManagerName; version: string | null; evidence: Fact<string>['evidence'] }>;

/** The package manager of a package: the nearest folder with a lock file, from the package up to the root, is where the install runs. */
export function detectPackageManager(repo: Repo, pkg: Package, root: Package | null): PackageManagerFacts {
  const installRoot = installRootOf(repo, pkg.path);
  const owner = installRoot === pkg.path ? pkg : (root ?? pkg);
  const declared = [...declarations(owner), ...(owner === pkg ? [] : declarations(pkg))];
  const locks = LOCK_FILES.map(([name, manager]) => ({ file: inFolder(installRoot, name), manager })).filter((l) =>
    repo.exists(l.file),
  );
  const said = declared[0];
  const matching = locks.filter((l) => l.manager === said?.name);
  const chosen = [...matching, ...locks.filter((l) => !matching.includes(l))];
  const lock = said === undefined || matching.length > 0 ? chosen[0] : undefined;
  const others = chosen.filter((l) => l !== lock);
  if (others.length > 0 && lock !== undefined) {
    repo.note(
      `several lock files: ${lock.file} is used${said === undefined ? '' : `, as ${said.evidence.file} says`}; remove the others`,
      others[0]?.file ?? lock.file,
    );
  } else if (others.length > 0 && said !== undefined) {
    repo.note(
      `is the lock file of another package manager than the one declared (${said.name})`,
      others[0]?.file ?? owner.file,
    );
  }
  const name = said?.name ?? lock?.manager ?? marker(repo, installRoot) ?? 'npm';
  if (lock === undefined) repo.note('no lock file: an install cannot be reproduced', owner.file);
  const lockText = lock === undefined || lock.file.endsWith('.lockb') ? null : repo.text(lock.file);
  const versions = versionsOf(declared, name, owner, lock?.file ?? null, lockText);
  return {
    name,
    version: choose(versions),
    flavour: name === 'yarn' ? yarnFlavour(repo, installRoot, versions[0]?.value ?? null, lockText) : name,
    lockFile:
      lock === undefined
        ? null
        : fact(
            lock.file,
            at(lock.file),
            others.map((o) => fact(o.file, at(o.file))),
          ),
    installRoot,
  };
}

function inFolder(folder: string, name: string): string {
  return folder === '.' ? name : `${folder}/${name}`;
}

function installRootOf(repo: Repo, path: string): string {
  for (let folder = path; ; folder = folderOf(folder)) {
    if (LOCK_FILES.some(([name]) => repo.exists(inFolder(folder, name)))) return folder;
    if (folder === '.') break;
  }
  // Without any lock file a workspace installs at its root, everything else where it stands.
  return repo.exists('package.json') && path !== '.' ? '.' : path;
}

function marker(repo: Repo, folder: string): PackageManagerName | null {
  if (repo.exists(inFolder(folder, 'pnpm-workspace.yaml'))) return 'pnpm';
  if (repo.exists(inFolder(folder, '.yarnrc.yml')) || repo.exists(inFolder(folder, '.yarnrc'))) return 'yarn';
  return repo.exists(inFolder(folder, 'bunfig.toml')) ? 'bun' : null;
}

function declarations(pkg: Package): Declared[] {
  const result: Declared[] = [];
  const field = text(pkg.manifest.packageManager);
  const m = field === null ? null : /^(npm|pnpm|yarn|bun)@(\d[^+\s]*)/.exec(field);
  if (m !== null)
    result.push({
      name: m[1] as PackageManagerName,
      version: m[2] as string,
      evidence: { ...pkg.evidence('packageManager'), note: 'packageManager' },
    });
  const dev = [record(pkg.manifest.devEngines).packageManager].flat()[0];
  const devName = text(record(dev).name);
  if (devName !== null && ['npm', 'pnpm', 'yarn', 'bun'].includes(devName)) {
    const version = text(record(dev).version);
    result.push({
      name: devName as PackageManagerName,
      version: version !== null && /^\d+\.\d+\.\d+/.test(version) ? version : null,
      evidence: { ...pkg.evidence('devEngines', 'packageManager'), note: 'devEngines' },
    });
  }
  const volta = record(pkg.manifest.volta);
  for (const name of ['pnpm', 'yarn', 'npm'] as const) {
    const version = text(volta[name]);
    if (version !== null) result.push({ name, version, evidence: { ...pkg.evidence('volta', name), note: 'volta' } });
  }
  return result;
}

function versionsOf(
  declared: readonly Declared[],
  name: PackageManagerName,
  pkg: Package,
  lock: string | null,
  lockText: string | null,
): Fact<string>[] {
  const versions = declared
    .filter((d) => d.name === name && d.version !== null)
    .map((d) => fact(d.version as string, d.evidence));
  const line = /^(\S+)\s+(\d+\.\d+\.\d+\S*)/;
  const asdf = pkg.repo.text('.tool-versions');
  asdf?.split('\n').forEach((row, index) => {
    const m = line.exec(row);
    if (m !== null && m[1] === name) versions.push(fact(m[2] as string, at('.tool-versions', index + 1)));
  });
  const yarnPath =
    name === 'yarn'
      ? /^yarnPath:\s*.*yarn-(\d+\.\d+\.\d+[\w.-]*?)\.c?js/m.exec(
          pkg.repo.text(inFolder(pkg.path, '.yarnrc.yml')) ?? '',
        )
      : null;
  if (yarnPath !== null)
    versions.push(fact(yarnPath[1] as string, at(inFolder(pkg.path, '.yarnrc.yml'), undefined, 'yarnPath')));
  const engine = text(record(pkg.manifest.engines)[name]);
  if (engine !== null && /^\d+\.\d+\.\d+$/.test(engine))
    versions.push(fact(engine, { ...pkg.evidence('engines', name), note: 'engines' }));
  const format = lock === null || lockText === null ? null : fromLock(name, lockText);
  if (format !== null && lock !== null) {
    const first = lineWhere(lockText as string, /lockfileVersion|__metadata|yarn lockfile/);
    versions.push(fact(format, at(lock, first, 'major, from the format of the lock file')));
  }
  return versions;
}

/** The major that writes this format. npm 7 to 11 share format 3, and pnpm 9 to 11 share 9.0: then nobody says. */
function fromLock(name: PackageManagerName, lock: string): string | null {
  const head = lock.slice(0, 2000);
  if (name === 'pnpm') {
    const v = /^lockfileVersion:\s*['"]?([\d.]+)/m.exec(head)?.[1];
    return v === undefined ? null : v.startsWith('6.') ? '8' : v.startsWith('5.4') ? '7' : null;
  }
  if (name === 'npm') return /"lockfileVersion":\s*1\b/.test(head) ? '6' : null;
  if (name !== 'yarn') return null;
  if (head.includes('# yarn lockfile v1')) return '1';
  const v = Number(/__metadata:\s*\n\s+version:\s*(\d+)/.exec(head)?.[1] ?? Number.NaN);
  return v >= 8 ? '4' : v >= 6 ? '3' : v >= 4 ? '2' : null;
}

function yarnFlavour(
  repo: Repo,
  root: string,
  version: string | null,
  lock: string | null,
): 'yarn-classic' | 'yarn-berry' {
  if (version !== null) return Number.parseInt(version, 10) >= 2 ? 'yarn-berry' : 'yarn-classic';
  if (lock !== null) return lock.includes('__metadata:') ? 'yarn-berry' : 'yarn-classic';
  return repo.exists(inFolder(root, '.yarnrc.yml')) ? 'yarn-berry' : 'yarn-classic';
}
