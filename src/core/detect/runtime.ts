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
    ...toolVersions(repo, folders, /^node(?:js)?\s+(\S+)/),
    ...manifests.flatMap((p) => field(p, 'volta', 'node')),
    ...manifests.flatMap(devEngines),
    ...workflowFiles(repo),
    ...manifests.flatMap((p) => field(p, 'engines', 'node')),
    ...workflowVersions(repo),
    ...dockerfileVersion(repo, folders),
  ];
  const first = versions[0];
  return {
    name,
    version: choose(versions),
    versionFile: first !== undefined && setupNodeReads(repo, first) ? first.evidence.file : null,
  };
}

/** What setup-node makes of a plain version file. */
const PLAIN_VERSION = /^(?:node(?:js)?\s+)?v?(\S+)$/m;

/** True where `node-version-file` would give the same version: package.json, or a file with nothing but a version in its line. */
function setupNodeReads(repo: Repo, version: Fact<string>): boolean {
  const { file } = version.evidence;
  if (/(?:^|\/)package\.json$/.test(file)) return true;
  if (/\.ya?ml$|(?:^|\/)Dockerfile$/.test(file)) return false;
  return PLAIN_VERSION.exec(repo.text(file) ?? '')?.[1] === version.value;
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

/** A row about the version in a workflow. `given` is what stands behind the key, an expression followed to where it is set. */
type Row = Readonly<{ key: string; given: string; file: string; line: number }>;

/** A version file that a workflow gives to setup-node, whatever it is called, or whose content it hands on. */
function workflowFiles(repo: Repo): Fact<string>[] {
  return workflowRows(repo).flatMap(({ key, given }) => {
    const file = key === 'node-version-file' ? given : /^\$\(\s*(?:cat\s+|<\s*)([\w./-]+)\s*\)$/.exec(given)?.[1];
    const path = file?.replace(/^(?:\$\{\{\s*github\.workspace\s*\}\}\/|\.\/)/, '');
    if (path === undefined || !/^[\w./-]+$/.test(path) || /(?:^|\/)package\.json$/.test(path)) return [];
    if (path.endsWith('.tool-versions'))
      return toolVersions(repo, [path.slice(0, -'/.tool-versions'.length) || '.'], /^node(?:js)?\s+(\S+)/);
    return versionFile(repo, '.', path).filter((f) => VERSION.test(f.value));
  });
}

const VERSION = /^(?:\d+(?:\.[\dx]+)*|lts\/(?:\*|\w+)|latest|current|node)$/;

/** The one version that the workflows name; a matrix of several says nothing about production. */
function workflowVersions(repo: Repo): Fact<string>[] {
  const found = workflowRows(repo).flatMap(({ key, given, file, line }) => {
    const value = key === 'node-version' ? given.replace(/^\[\s*([^,\]]+?)\s*\]$/, '$1').replace(/['"]/g, '') : '';
    const version = value.replace(/^v(?=\d)/, '');
    return VERSION.test(version) ? [fact(version, at(file, line))] : [];
  });
  return new Set(found.map((f) => f.value)).size === 1 ? found.slice(0, 1) : [];
}

function workflowRows(repo: Repo): readonly Row[] {
  return repo.once('workflow rows', () =>
    repo.list
      .filter((f) => /^\.github\/(?:workflows|actions)\/.*\.ya?ml$/.test(f))
      .flatMap((file) => {
        const text = repo.text(file) ?? '';
        if (!text.includes('node-version')) return [];
        return text.split('\n').flatMap((row, i) => {
          const m = /^\s*(?:-\s*)?(node-version(?:-file)?):\s*(.+?)\s*(?:\s#.*)?$/.exec(row);
          if (m === null) return [];
          const given = (m[2] as string).replace(/^(['"])(.*)\1$/, '$2');
          return [{ key: m[1] as string, given: followed(text, given), file, line: i + 1 }];
        });
      }),
  );
}

/** `${{ env.X }}`: what the same workflow sets X to, in an `env:` or through $GITHUB_ENV. */
function followed(text: string, given: string): string {
  const name = /^\$\{\{\s*env\.(\w+)\s*\}\}$/.exec(given)?.[1];
  if (name === undefined) return given;
  const plain = new RegExp(`^\\s*${name}:\\s*['"]?([^'"\\n#]+?)['"]?\\s*(?:#.*)?$`, 'm').exec(text)?.[1];
  const written = new RegExp(`\\b${name}=(\\$\\([^)\\n]*\\)|[\\w./*]+)['"]?\\s*>>`).exec(text)?.[1];
  return plain ?? written ?? given;
}

/** What the image runs today is said in the Dockerfile; the last resort. */
function dockerfileVersion(repo: Repo, folders: readonly string[]): Fact<string>[] {
  for (const folder of folders) {
    const file = folder === '.' ? 'Dockerfile' : `${folder}/Dockerfile`;
    const rows = repo.text(file)?.split('\n') ?? [];
    const defaults = new Map<string, string>();
    for (const [index, row] of rows.entries()) {
      const arg = /^\s*ARG\s+(\w+)=['"]?([^\s'"]+)/i.exec(row);
      if (arg !== null) defaults.set(arg[1] as string, arg[2] as string);
      const image = /^\s*FROM\s+(?:--\S+\s+)*['"]?(\S+)/i
        .exec(row)?.[1]
        ?.replace(
          /\$\{?(\w+)(?:\s*:-([^}]*))?\}?/g,
          (_, name: string, own?: string) => defaults.get(name) ?? own ?? '',
        );
      const version = /(?:^|\/)node:v?(\d+(?:\.\d+){0,2})/.exec(image ?? '')?.[1];
      if (version !== undefined) return [fact(version, at(file, index + 1))];
    }
  }
  return [];
}
