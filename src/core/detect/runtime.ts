/** Node or Bun, and which version. */
import type { Fact, PackageManagerFacts, ServiceFacts } from '../../model.ts';
import { record, text } from './json.ts';
import type { Package } from './package.ts';
import { at, choose, fact, type Repo } from './repo.ts';
import { commandsOf } from './shell.ts';

/** The runtime. A version file beats `engines`: it is what developers run, and what setup-node reads. */
export function detectRuntime(
  repo: Repo,
  pkg: Package,
  root: Package | null,
  manager: PackageManagerFacts,
): ServiceFacts['runtime'] {
  const name = runtimeName(pkg, manager);
  const folders = pkg.path === '.' ? ['.'] : [pkg.path, '.'];
  const manifests = root === null || root === pkg ? [pkg] : [pkg, root];
  if (name === 'bun') {
    const versions = [
      ...folders.flatMap((f) => versionFile(repo, f, '.bun-version')),
      ...toolVersions(repo, folders, /^bun\s+(\S+)/),
      ...(manager.name === 'bun' && manager.version !== null
        ? [fact(manager.version.value, manager.version.evidence)]
        : []),
      ...manifests.flatMap((p) => field(p, 'engines', 'bun')),
    ];
    const file = versions[0]?.evidence.file;
    return {
      name,
      version: choose(versions),
      versionFile: file !== undefined && /\.bun-version$|\.tool-versions$/.test(file) ? file : null,
    };
  }
  const versions: Fact<string>[] = [
    ...folders.flatMap((f) => versionFile(repo, f, '.nvmrc')),
    ...folders.flatMap((f) => versionFile(repo, f, '.node-version')),
    ...toolVersions(repo, folders, /^nodejs\s+(\S+)/),
    ...manifests.flatMap((p) => field(p, 'volta', 'node')),
    ...manifests.flatMap(devEngines),
    ...workflowFiles(repo),
    ...manifests.flatMap((p) => field(p, 'engines', 'node')),
    ...workflowVersions(repo),
    ...dockerfileVersion(repo, folders),
  ];
  const file = versions[0]?.evidence.file;
  // setup-node reads these, and any plain file that the project's own workflow gives it.
  const readable =
    file !== undefined &&
    (/(?:^|\/)(?:\.nvmrc|\.node-version|\.tool-versions|package\.json)$/.test(file) ||
      workflowFiles(repo).some((f) => f.evidence.file === file));
  return { name, version: choose(versions), versionFile: readable ? file : null };
}

/** Bun runs it when a start script says so, or the code uses Bun's own API; a lock file alone only installs. */
function runtimeName(pkg: Package, manager: PackageManagerFacts): 'node' | 'bun' {
  const start = ['start:prod', 'start', 'prod', 'serve', 'dev'].map((s) => pkg.scripts[s]).find((s) => s !== undefined);
  if (start !== undefined) {
    const words = commandsOf(start).map((c) => c.words[0]);
    if (words.includes('bun') || words.includes('bunx')) {
      // `bun run build:x` only runs a script of package.json.
      const runsFile = commandsOf(start).some(
        (c) => c.words[0] === 'bun' && c.words.some((w) => /\.[cm]?[jt]sx?$|^dist\//.test(w)),
      );
      if (runsFile || manager.name === 'bun') return 'bun';
    }
    if (words.includes('node') || words.includes('next') || words.includes('nest')) return 'node';
  }
  if (pkg.sources(/\bBun\.serve\(/).length > 0) return 'bun';
  return manager.name === 'bun' &&
    text(record(pkg.manifest.engines).node) === null &&
    pkg.dependency('@types/bun', 'bun-types') !== null
    ? 'bun'
    : 'node';
}

function versionFile(repo: Repo, folder: string, name: string): Fact<string>[] {
  const file = folder === '.' ? name : `${folder}/${name}`;
  const rows = repo.text(file)?.split('\n') ?? [];
  const index = rows.findIndex((row) => row.replace(/#.*/, '').trim() !== '');
  const row = rows[index]?.replace(/#.*/, '').trim();
  return row === undefined ? [] : [fact(row.replace(/^v(?=\d)/, ''), at(file, index + 1))];
}

function toolVersions(repo: Repo, folders: readonly string[], pattern: RegExp): Fact<string>[] {
  for (const folder of folders) {
    const file = folder === '.' ? '.tool-versions' : `${folder}/.tool-versions`;
    const rows = repo.text(file)?.split('\n') ?? [];
    const index = rows.findIndex((row) => pattern.test(row));
    const m = index < 0 ? null : pattern.exec(rows[index] as string);
    if (m !== null) return [fact(m[1] as string, at(file, index + 1))];
  }
  return [];
}

function field(pkg: Package, ...path: [string, string]): Fact<string>[] {
  const value = text(record(pkg.manifest[path[0]])[path[1]]);
  return value === null ? [] : [fact(value, { ...pkg.evidence(...path), note: path[0] })];
}

function devEngines(pkg: Package): Fact<string>[] {
  const runtime = [record(pkg.manifest.devEngines).runtime]
    .flat()
    .map(record)
    .find((r) => r.name === 'node');
  const version = text(runtime?.version);
  return version === null ? [] : [fact(version, { ...pkg.evidence('devEngines', 'runtime'), note: 'devEngines' })];
}

/** A version file with a name of its own that a workflow gives to setup-node. */
function workflowFiles(repo: Repo): Fact<string>[] {
  return workflowRows(repo).flatMap(({ row }) => {
    const file = /^\s*node-version-file:\s*['"]?([\w./-]+)/.exec(row)?.[1]?.replace(/^\.\//, '');
    if (file === undefined || /(?:^|\/)(?:\.nvmrc|\.node-version|\.tool-versions|package\.json)$/.test(file)) return [];
    return versionFile(repo, '.', file);
  });
}

/** The one version that the workflows name; a matrix says nothing about production. */
function workflowVersions(repo: Repo): Fact<string>[] {
  const found = workflowRows(repo).flatMap(({ row, file, line }) => {
    const m = /^\s*(?:-\s*)?node-version:\s*['"]?v?(\d+(?:\.[\dx]+)*|lts\/\*|lts\/\w+)['"]?\s*(?:#.*)?$/.exec(row);
    return m === null ? [] : [fact(m[1] as string, at(file, line))];
  });
  return new Set(found.map((f) => f.value)).size === 1 ? found.slice(0, 1) : [];
}

function workflowRows(repo: Repo): readonly { row: string; file: string; line: number }[] {
  return repo.once('workflow rows', () =>
    repo.list
      .filter((f) => /^\.github\/(?:workflows|actions)\/.*\.ya?ml$/.test(f))
      .flatMap((file) =>
        (repo.text(file) ?? '')
          .split('\n')
          .flatMap((row, i) => (row.includes('node-version') ? [{ row, file, line: i + 1 }] : [])),
      ),
  );
}

/** What the image runs today is said in the Dockerfile; the last resort. */
function dockerfileVersion(repo: Repo, folders: readonly string[]): Fact<string>[] {
  for (const folder of folders) {
    const file = folder === '.' ? 'Dockerfile' : `${folder}/Dockerfile`;
    const rows = repo.text(file)?.split('\n') ?? [];
    const index = rows.findIndex((row) => /^FROM\s+(?:--\S+\s+)?(?:\S+\/)?node:\d/i.test(row));
    const m = index < 0 ? null : /node:(\d+(?:\.\d+){0,2})/.exec(rows[index] as string);
    if (m !== null) return [fact(m[1] as string, at(file, index + 1))];
  }
  return [];
}
