/** The remote and the default branch, read from git's own files. Git is never run. */
import type { Fact, GitFiles, RepositoryFacts } from '../../model.ts';
import { record, text } from './json.ts';
import type { Package } from './package.ts';
import { at, fact } from './repo.ts';

/** Where the code lives: the remote `origin` (else the only remote), else what package.json says. */
export function detectRepository(git: GitFiles, root: Package | null): Fact<RepositoryFacts> | null {
  const config = git?.read('config') ?? null;
  if (config !== null) {
    const remotes = readRemotes(config);
    const chosen = remotes.find((r) => r.name === 'origin') ?? (remotes.length === 1 ? remotes[0] : undefined);
    const parsed = chosen === undefined ? null : parseRemote(chosen.url);
    if (parsed !== null && chosen !== undefined) return fact(parsed, at('.git/config', chosen.line));
  }
  if (root === null) return null;
  const field = root.manifest.repository;
  const url = text(field) ?? text(record(field).url);
  const parsed = url === null ? null : parseRemote(shorthand(url));
  return parsed === null ? null : fact(parsed, root.evidence('repository'));
}

type Remote = Readonly<{ name: string; url: string; line: number }>;

function readRemotes(config: string): Remote[] {
  const remotes: Remote[] = [];
  let section: string | null = null;
  config.split('\n').forEach((raw, index) => {
    const header = /^\s*\[\s*remote\s+"((?:[^"\\]|\\.)*)"\s*\]/.exec(raw);
    if (header !== null) section = header[1] as string;
    else if (/^\s*\[/.test(raw)) section = null;
    const url = section === null ? null : /^\s*url\s*=\s*(.+?)\s*$/i.exec(raw.replace(/\s[#;].*$/, ''));
    if (url !== null && section !== null && !remotes.some((r) => r.name === section)) {
      remotes.push({ name: section, url: (url[1] as string).replace(/^"(.*)"$/, '$1'), line: index + 1 });
    }
  });
  return remotes;
}

/** npm's short forms: `github:owner/name`, `gitlab:owner/name`, `owner/name`. */
function shorthand(url: string): string {
  const m = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+)$/.exec(url);
  if (m === null) return url;
  const host = m[1] === 'gitlab' ? 'gitlab.com' : m[1] === 'bitbucket' ? 'bitbucket.org' : 'github.com';
  return `https://${host}/${m[2]}`;
}

/**
 * Reads `https://user:token@host/owner/name.git`, `ssh://git@host:22/owner/name`, `git@host:owner/name.git`.
 * User info and query never survive; a path on this machine is no remote.
 */
export function parseRemote(url: string): RepositoryFacts | null {
  const m =
    // Up to the last `@`: a password may hold one.
    /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^/]*@)?([^/:@]+)(?::\d+)?\/([^?#]+)/i.exec(url) ??
    // The scp-like form has no scheme; a single letter before the colon would be a Windows drive.
    /^(?:[^@/\s]+@)?([\w.-]{2,}):(?!\/\/)\/?([^?#]+)$/.exec(url);
  if (m === null) return null;
  const host = (m[1] as string).toLowerCase();
  const path = (m[2] as string).replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  const segments = path.split('/');
  // Azure DevOps: org/project/_git/name, and over ssh v3/org/project/name.
  const parts = segments.filter((s) => s !== '_git' && !(host.startsWith('ssh.dev.azure') && s === 'v3'));
  const name = parts.pop();
  if (name === undefined || name === '' || parts.length === 0 || path.includes('@')) return null;
  const web = host === 'ssh.dev.azure.com' ? 'dev.azure.com' : host === 'ssh.github.com' ? 'github.com' : host;
  const owner = parts.join('/');
  const address = web === 'dev.azure.com' ? `https://${web}/${owner}/_git/${name}` : `https://${web}/${owner}/${name}`;
  return { host: web, owner, name, url: address };
}

/** The default branch: what the remote says, else the branch that a main line is usually called, else what is checked out. */
export function detectDefaultBranch(git: GitFiles): Fact<string> | null {
  if (git === null) return null;
  const origin = /^ref:\s*refs\/remotes\/origin\/(\S+)/.exec(git.read('refs/remotes/origin/HEAD') ?? '');
  if (origin !== null) return fact(origin[1] as string, at('.git/refs/remotes/origin/HEAD', 1));
  const packed = git.read('packed-refs') ?? '';
  const remote = ['main', 'master', 'trunk'].filter(
    (b) =>
      git.read(`refs/remotes/origin/${b}`) !== null ||
      new RegExp(`^[0-9a-f]+ refs/remotes/origin/${b}$`, 'm').test(packed),
  );
  if (remote.length === 1) return fact(remote[0] as string, at('.git/packed-refs', undefined, `origin/${remote[0]}`));
  const head = /^ref:\s*refs\/heads\/(\S+)/.exec(git.read('HEAD') ?? '')?.[1];
  if (head !== undefined && ['main', 'master', 'trunk'].includes(head)) return fact(head, at('.git/HEAD', 1));
  for (const branch of ['main', 'master', 'trunk']) {
    const there =
      git.read(`refs/heads/${branch}`) !== null || new RegExp(`^[0-9a-f]+ refs/heads/${branch}$`, 'm').test(packed);
    if (there) return fact(branch, at(`.git/refs/heads/${branch}`));
  }
  return head === undefined ? null : fact(head, at('.git/HEAD', 1, 'the branch that is checked out'));
}
