/**
 * Step 1 of the pipeline: reads the repository and says what it is, each fact with its place.
 * Pure: reads through the ports only, executes nothing, and gives the same facts for the same files.
 */
import { SetupError } from '../../errors.ts';
import type { Facts, GitFiles, ProjectFiles, ServiceFacts, WorkspaceFacts } from '../../model.ts';
import { detectExisting } from './existing.ts';
import { detectDefaultBranch, detectRepository } from './git.ts';
import { compare, fact, openRepo, type Repo } from './repo.ts';
import { detectScripts } from './scripts.ts';
import { inspect } from './service.ts';
import { detectLicense, detectTools } from './tools.ts';
import { deployability, type Layout, readLayout, workspaceDependencies } from './workspaces.ts';

/** Detects everything. Throws SetupError (PROJECT) when a package.json is broken, with all broken ones at once. */
export function detect(files: ProjectFiles, git: GitFiles): Facts {
  const repo = openRepo(files);
  if (files.truncated?.() === true)
    repo.note('holds more files than are read, or deeper folders; the facts name what was seen of it', '.');
  const layout = readLayout(repo);
  if (repo.problems.length > 0) throw new SetupError([...repo.problems].sort((a, b) => compare(a.place, b.place)));
  const { root, workspace, independent } = layout;
  const packages = [...(root === null ? [] : [root]), ...(workspace?.members ?? []), ...independent];
  const stack = packages.length === 0 ? null : 'node';
  if (stack === null) noteOtherStack(repo);
  const { services, members } = detectServices(layout);
  return {
    stack,
    git: git !== null,
    projectName: root === null || root.name === null ? null : fact(root.name, root.evidence('name')),
    repository: detectRepository(git, root),
    defaultBranch: detectDefaultBranch(git),
    license: detectLicense(repo, root),
    workspace:
      workspace === null
        ? null
        : {
            tool: workspace.tool,
            runner: workspace.runner,
            evidence: workspace.evidence,
            members,
            sharedFiles: sharedFiles(repo),
            ...(root === null ? {} : { scripts: detectScripts(root) }),
          },
    services,
    existing: detectExisting(repo),
    tools: detectTools(repo, packages, root, layout.swallowed),
    notes: repo.notes(),
  };
}

function detectServices(layout: Layout): { services: ServiceFacts[]; members: WorkspaceFacts['members'] } {
  const { root, workspace, independent } = layout;
  const all = workspace?.members ?? [];
  const inside = all.map((pkg) => inspect(pkg, root, workspaceDependencies(pkg, all)));
  const members = inside
    .map(({ path, name, kind }) => ({ path, name, ...deployability(kind) }))
    .sort((a, b) => compare(a.path, b.path));
  const beside = independent.map((pkg) => inspect(pkg, pkg, []));
  const chosen = [...inside, ...beside].filter((c) => deployability(c.kind).deployable);
  const whole = root === null ? null : inspect(root, root, workspaceDependencies(root, all));
  // A root that only orchestrates is no service; alone in its repository it is described, whatever it is.
  if (whole !== null && (chosen.length === 0 || deployability(whole.kind).deployable)) chosen.push(whole);
  return { services: chosen.map((c) => c.describe()).sort((a, b) => compare(a.path, b.path)), members };
}

/** What members extend or what runs their builds; manifests and lock files are known elsewhere. */
function sharedFiles(repo: Repo): string[] {
  return repo.list.filter((f) =>
    /^(?:tsconfig[\w.-]*\.json|turbo\.jsonc?|nx\.json|babel\.config\.\w+|\.babelrc|\.swcrc)$/.test(f),
  );
}

const OTHER_STACKS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)go\.mod$/, 'Go'],
  [/(?:^|\/)(?:pyproject\.toml|requirements\.txt|setup\.py|Pipfile)$/, 'Python'],
  [/(?:^|\/)Cargo\.toml$/, 'Rust'],
  [/(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?)$/, 'Java or Kotlin'],
  [/(?:^|\/)Gemfile$/, 'Ruby'],
  [/(?:^|\/)composer\.json$/, 'PHP'],
  [/\.(?:csproj|fsproj|sln)$/, '.NET'],
  [/(?:^|\/)mix\.exs$/, 'Elixir'],
  [/(?:^|\/)deno\.jsonc?$/, 'Deno'],
  [/(?:^|\/)Package\.swift$/, 'Swift'],
];

function noteOtherStack(repo: Repo): void {
  const seen = OTHER_STACKS.flatMap(([pattern, name]) => {
    const file = repo.list.find((f) => pattern.test(f));
    return file === undefined ? [] : [{ file, name }];
  });
  for (const { file, name } of seen) repo.note(`a ${name} project; only Node.js and TypeScript are detected`, file, 1);
  if (seen.length === 0) repo.note(repo.list.length === 0 ? 'the folder is empty' : 'no package.json was found', '.');
}
