/** Workspaces and other packages of the repository: which are members, which can be deployed. */
import { parse } from 'yaml';
import type { Evidence, Fact, ServiceKind, WorkspaceFacts } from '../../model.ts';
import { record } from './json.ts';
import { type Package, readPackage } from './package.ts';
import { at, compare, fact, lineWhere, type Repo } from './repo.ts';

export type Layout = Readonly<{
  root: Package | null;
  workspace: Readonly<{
    tool: WorkspaceFacts['tool'];
    runner: WorkspaceFacts['runner'];
    evidence: Evidence;
    members: readonly Package[];
  }> | null;
  /** Packages with a manifest of their own that belong to no workspace. */
  independent: readonly Package[];
  /** Folders of ours, there or not yet, that the workspace's patterns take for members. */
  swallowed: readonly string[];
}>;

/** Packages of ours beside the project's, each with a file that shows whose it is. */
const OURS: ReadonlyMap<string, string> = new Map([
  ['infrastructure/cdktf', 'config/services.json'],
  ['telemetry', 'register.mjs'],
]);

const SKIPPED =
  /(?:^|\/)(?:node_modules|examples?|fixtures?|__fixtures__|__tests__|tests?|templates?|docs?|\.[\w-]+|e2e|benchmarks?|cdk|infra|infrastructure|terraform|pulumi|layers?)\//;

/** Reads every package.json that matters. */
export function readLayout(repo: Repo): Layout {
  const isOurs = (path: string): boolean => OURS.has(path) && repo.exists(`${path}/${OURS.get(path)}`);
  const manifests = repo.list
    .filter((f) => f.endsWith('/package.json'))
    .map((f) => f.slice(0, -'/package.json'.length))
    .sort(compare);
  const theirs = manifests.filter((path) => !isOurs(path));
  const root = repo.exists('package.json') ? readPackage(repo, '.', manifests) : null;
  const declared = globs(repo, root);
  const members =
    declared === null
      ? []
      : theirs.filter(memberTest(declared.patterns)).flatMap((path) => readPackage(repo, path, manifests) ?? []);
  const inside = new Set(members.map((m) => m.path));
  const independent = theirs
    .filter((path) => !inside.has(path) && !SKIPPED.test(`${path}/`) && path.split('/').length <= 3)
    .flatMap((path) => readPackage(repo, path, manifests) ?? []);
  const workspace =
    declared === null || members.length === 0
      ? null
      : { tool: declared.tool, runner: runnerOf(repo, root), evidence: declared.evidence, members };
  const swallowed = declared === null ? [] : [...OURS.keys()].filter(memberTest(declared.patterns));
  return { root, workspace, independent, swallowed };
}

function globs(
  repo: Repo,
  root: Package | null,
): { tool: WorkspaceFacts['tool']; patterns: string[]; evidence: Evidence } | null {
  const pnpm = repo.text('pnpm-workspace.yaml');
  if (pnpm !== null) {
    const patterns = yamlStrings(repo, 'pnpm-workspace.yaml', pnpm, 'packages');
    if (patterns.length > 0)
      return { tool: 'pnpm', patterns, evidence: at('pnpm-workspace.yaml', lineWhere(pnpm, /^packages:/m)) };
  }
  const field = root?.manifest.workspaces;
  const list = Array.isArray(field) ? field : record(field).packages;
  const patterns = Array.isArray(list) ? list.filter((p): p is string => typeof p === 'string') : [];
  if (root === null || patterns.length === 0) return null;
  const manager = /^(npm|yarn|bun|pnpm)@/.exec(String(root.manifest.packageManager ?? ''))?.[1];
  const tool =
    manager ??
    (repo.exists('yarn.lock') ? 'yarn' : repo.exists('bun.lock') || repo.exists('bun.lockb') ? 'bun' : 'npm');
  return { tool: tool as WorkspaceFacts['tool'], patterns, evidence: root.evidence('workspaces') };
}

function yamlStrings(repo: Repo, file: string, content: string, key: string): string[] {
  try {
    const list = record(parse(content))[key];
    return Array.isArray(list) ? list.filter((p): p is string => typeof p === 'string') : [];
  } catch (error) {
    repo.note(`is not valid YAML: ${error instanceof Error ? error.message.split('\n')[0] : ''}`, file);
    return [];
  }
}

/** Later negations take away what earlier patterns gave. */
function memberTest(patterns: readonly string[]): (path: string) => boolean {
  const tests = patterns.map((pattern) => {
    const body = pattern.replace(/^!/, '').replace(/^\.\//, '').replace(/\/+$/, '');
    const expression = body
      .replace(/[.+^$()|[\]\\]/g, '\\$&')
      .replace(/\{([^}]*)\}/g, (_, inner: string) => `(?:${inner.split(',').join('|')})`)
      .replace(/\*\*\/|\*\*|\*/g, (w) => (w === '**/' ? '(?:.*/)?' : w === '**' ? '.*' : '[^/]*'));
    return { gives: !pattern.startsWith('!'), test: new RegExp(`^${expression}$`) };
  });
  return (path) => tests.findLast(({ test }) => test.test(path))?.gives ?? false;
}

function runnerOf(repo: Repo, root: Package | null): Fact<'turbo' | 'nx'> | null {
  if (repo.exists('turbo.json') || repo.exists('turbo.jsonc'))
    return fact('turbo', at(repo.exists('turbo.json') ? 'turbo.json' : 'turbo.jsonc'));
  if (repo.exists('nx.json')) return fact('nx', at('nx.json'));
  const dependency = root?.dependency('turbo', 'nx') ?? null;
  return dependency === null ? null : fact(dependency.value as 'turbo' | 'nx', dependency.evidence);
}

/** The members that a package depends on, directly or through others, sorted by path. */
export function workspaceDependencies(pkg: Package, members: readonly Package[]): Package[] {
  const byName = pkg.repo.once(
    'members by name',
    () => new Map(members.flatMap((m) => (m.name === null ? [] : [[m.name, m] as const]))),
  );
  const found = new Map<string, Package>();
  const visit = (current: Package): void => {
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies']) {
      for (const [name, range] of Object.entries(record(current.manifest[field]))) {
        const member = byName.get(name);
        // A registry version of the same name is another package, unless a workspace links it.
        if (
          member === undefined ||
          member.path === pkg.path ||
          found.has(member.path) ||
          (typeof range === 'string' && /^npm:|^https?:/.test(range))
        )
          continue;
        found.set(member.path, member);
        visit(member);
      }
    }
  };
  visit(pkg);
  return [...found.values()].sort((a, b) => compare(a.path, b.path));
}

/** Whether a member can be deployed, and why. */
export function deployability(kind: Fact<ServiceKind>): { deployable: boolean; reason: string } {
  const place = kind.evidence.line === undefined ? kind.evidence.file : `${kind.evidence.file}:${kind.evidence.line}`;
  switch (kind.value) {
    case 'web':
      return { deployable: true, reason: `serves HTTP (${place})` };
    case 'worker':
      return { deployable: true, reason: kind.evidence.note ?? `consumes a queue (${place})` };
    case 'cron':
      return { deployable: true, reason: `runs on a schedule (${place})` };
    case 'cli':
      return { deployable: false, reason: `a command-line program (${place})` };
    default:
      return { deployable: false, reason: kind.evidence.note ?? `a library (${place})` };
  }
}
