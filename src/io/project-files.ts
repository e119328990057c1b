/** The read-only ports over a real folder. Git is never run: what it knows is read from its own files. */
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { SetupError } from '../errors.ts';
import type { GitFiles, ProjectFiles } from '../model.ts';

/** Dependency, build and VCS folders, and the parts of `.devops` that are copies. */
const LEFT_OUT = new Set([
  'node_modules',
  '.git',
  'dist',
  'build',
  'coverage',
  '.next',
  '.turbo',
  '.nx',
  'vendor',
  '.yarn',
  '.pnpm-store',
  '.cache',
  '.nyc_output',
  '.output',
  '.svelte-kit',
  '.terraform',
  'cdktf.out',
  'cdk.out',
  '.venv',
  'venv',
  '__pycache__',
  'bower_components',
  '.idea',
  '.parcel-cache',
  '.serverless',
  '.vercel',
]);
const BASES = '.devops/base';
const LEFT_OUT_PATHS = new Set([BASES, '.devops/tx']);
/**
 * A repository beyond these is read as far as they go; the facts then name what was seen. Listing 100,000 files takes a third of a second
 * and 35 MB: a workspace of 1,000 services is known to its last file, and a heap of millions of data files does not stop anybody.
 */
const MAX_FILES = 200_000;
const MAX_DEPTH = 24;
const MAX_BYTES = 2 * 1024 * 1024;
/** Lock files are large and only their head is looked at, and our own records grow with the project; they are text all the same. */
const MAX_LARGE_BYTES = 64 * 1024 * 1024;
/** Data grows with the number of services: the workflow of 1,000 of them has 2.3 MiB. A source of that size was written by no person. */
const MAX_DATA_BYTES = 16 * 1024 * 1024;
const DATA = /\.(?:ya?ml|jsonc?|toml|md)$/;
const LARGE = /^\.devops\/|(?:^|\/)(?:pnpm-lock\.yaml|yarn\.lock|bun\.lock|package-lock\.json|npm-shrinkwrap\.json)$/;

/** An opened project. `truncated` is set when the folder holds more than is listed. */
export type OpenedProject = Readonly<{ files: ProjectFiles; git: GitFiles; root: string; truncated: boolean }>;

/** Opens a folder for reading. Nothing is read before it is asked for. Throws SetupError (PROJECT) when it is no folder. */
export function openProject(root: string): OpenedProject {
  const real = realRoot(root);
  let listing: Listing | null = null;
  const walked = (): Listing => {
    listing ??= walk(real);
    return listing;
  };
  // One copy for each managed file: asking the disk about each of them anew would cost more than reading them.
  let bases: Listing | null = null;
  const isBase = (path: string): boolean => {
    if (!path.startsWith(`${BASES}/`)) return false;
    bases ??= crossesLink(real, BASES) ? NOTHING : walk(real, BASES);
    return bases.plain.has(path);
  };
  // The walk follows no link to a folder, so a plain file that it met is inside without asking the disk again.
  const isPlain = (path: string): boolean => (listing?.plain.has(path) ?? false) || isBase(path);
  return {
    root: real,
    git: openGit(real),
    get truncated() {
      return walked().truncated;
    },
    files: {
      list: () => walked().paths,
      truncated: () => walked().truncated,
      leftLinks: () => walked().links,
      read: (path, ours = false) =>
        isPlain(path) ? readFile(join(real, path), path, ours) : readText(real, path, ours),
      exists: (path) => isPlain(path) || inside(real, path) !== null,
      mode: (path) => {
        // Windows has no executable bit: what it reports says nothing.
        if (process.platform === 'win32') return null;
        const target = isPlain(path) ? join(real, path) : inside(real, path);
        const mode = target === null ? undefined : statSync(target, { throwIfNoEntry: false })?.mode;
        return mode === undefined ? null : mode & 0o7777;
      },
      linked: (path) => !isPlain(path) && crossesLink(real, path),
      size: (path) => sizeOf(real, path),
      below: (folder) => (crossesLink(real, folder) ? [] : [...walk(real, folder).plain].sort()),
    },
  };
}

function sizeOf(root: string, path: string): number | null {
  const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : null;
}

function look(at: string, path: string): ReturnType<typeof lstatSync> | undefined {
  try {
    return lstatSync(at, { throwIfNoEntry: false });
  } catch (error) {
    // A parent that is a file is the same as a file that is absent.
    if (code(error) === 'ENOTDIR') return undefined;
    return fail(path, `cannot be read (${reason(error)})`, 'Check its permissions.', error);
  }
}

/** True when the path itself, or a folder on the way to it, is a symbolic link; also one that leads nowhere. */
function crossesLink(root: string, path: string): boolean {
  let at = root;
  for (const segment of path.split('/')) {
    at = join(at, segment);
    const stat = look(at, path);
    if (stat?.isSymbolicLink()) return true;
  }
  return false;
}

/** The nearest ancestor with `.git` (a folder, or the file of a worktree), else the folder itself. */
export function findRoot(directory: string): string {
  const start = resolve(directory);
  for (let folder = start; ; folder = dirname(folder)) {
    if (lstatSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined) return folder;
    if (dirname(folder) === folder) return start;
  }
}

function realRoot(root: string): string {
  try {
    const real = realpathSync.native(root);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    throw new SetupError(
      {
        code: 'PROJECT',
        place: root,
        message: `cannot be opened (${reason(error)})`,
        hint: 'Give a folder that exists and that you may read.',
      },
      { cause: error },
    );
  }
  throw new SetupError({
    code: 'PROJECT',
    place: root,
    message: 'is not a folder',
    hint: 'Give the folder of the project.',
  });
}

/** The real path of a path of the project, or null when it is absent or leads out of the root. */
function inside(root: string, path: string): string | null {
  if (path === '' || isAbsolute(path) || path.includes('\0')) return null;
  const lexical = join(root, path);
  try {
    if (lstatSync(lexical, { throwIfNoEntry: false }) === undefined) return null;
    const target = realpathSync.native(lexical);
    return target === root || target.startsWith(root + sep) ? target : null;
  } catch {
    return null;
  }
}

function readText(root: string, path: string, ours: boolean): string | null {
  const lexical = join(root, path);
  if (look(lexical, path) === undefined) return null;
  const target = inside(root, path);
  if (target === null)
    return fail(
      path,
      'is a link that leads out of the project, or nowhere; it is not followed',
      'Replace the link by the file.',
    );
  return readFile(target, path, ours);
}

function fail(place: string, message: string, hint: string, cause?: unknown): never {
  throw new SetupError({ code: 'READ', place, message, hint }, cause === undefined ? undefined : { cause });
}

/** Where a file of ours belongs nothing can be decided about what cannot be read. */
const BLOCKED = 'A text of ours belongs here: put one back, or move the file away.';

function readFile(target: string, path: string, ours: boolean): string | null {
  try {
    const stat = statSync(target, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) return null;
    const limit = ours || LARGE.test(path) ? MAX_LARGE_BYTES : DATA.test(path) ? MAX_DATA_BYTES : MAX_BYTES;
    if (stat.size > limit)
      return fail(
        path,
        `is larger than ${limit / 1024 / 1024} MiB and is not read`,
        ours ? BLOCKED : 'Nothing to do, unless it is source code.',
      );
    const bytes = readFileSync(target);
    if (bytes.subarray(0, 8000).includes(0))
      return fail(path, 'is not a text file', ours ? BLOCKED : 'Save it as text in UTF-8, if it is meant to be read.');
    // As it stands on the disk, line ends and all: merging must be able to keep them.
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof SetupError) throw error;
    return fail(path, `cannot be read (${reason(error)})`, 'Check its permissions.', error);
  }
}

type Listing = Readonly<{
  paths: readonly string[];
  plain: ReadonlySet<string>;
  links: ReadonlySet<string>;
  truncated: boolean;
}>;

const NOTHING: Listing = { paths: [], plain: new Set(), links: new Set(), truncated: false };

/** Every file below `start`, a folder of the project that is named on purpose: then nothing in it is left out. Empty where it is not there. */
function walk(root: string, start = ''): Listing {
  const paths: string[] = [];
  const plain = new Set<string>();
  const links = new Set<string>();
  let truncated = false;
  const visit = (folder: string, prefix: string, depth: number): void => {
    let entries: ReturnType<typeof readEntries>;
    try {
      entries = readEntries(folder);
    } catch (error) {
      if (prefix === '')
        throw new SetupError(
          { code: 'READ', place: '.', message: `cannot be listed (${reason(error)})`, hint: 'Check its permissions.' },
          { cause: error },
        );
      return;
    }
    for (const entry of entries) {
      const path = prefix + entry.name;
      if (entry.isDirectory()) {
        if (start === '' && (LEFT_OUT.has(entry.name) || LEFT_OUT_PATHS.has(path))) continue;
        if (depth >= MAX_DEPTH || paths.length >= MAX_FILES) truncated = true;
        else visit(join(folder, entry.name), `${path}/`, depth + 1);
      } else if (paths.length >= MAX_FILES) truncated = true;
      else if (entry.isFile()) {
        paths.push(path);
        plain.add(path);
      } else if (entry.isSymbolicLink()) {
        if (linkedFile(root, path)) paths.push(path);
        else links.add(path);
      }
    }
  };
  visit(join(root, start), start === '' ? '' : `${start}/`, 0);
  return { paths: paths.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)), plain, links, truncated };
}

const readEntries = (folder: string) => readdirSync(folder, { withFileTypes: true });

/** A link to a file inside the root is a file; a link to a folder is left out, so that nothing is walked twice or in circles. */
function linkedFile(root: string, path: string): boolean {
  const target = inside(root, path);
  return target !== null && (statSync(target, { throwIfNoEntry: false })?.isFile() ?? false);
}

/** Git's own folder, also for worktrees and submodules, where `.git` is a file that points to it. */
function openGit(root: string): GitFiles {
  const dot = join(root, '.git');
  const stat = lstatSync(dot, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  let folder = dot;
  if (stat.isFile()) {
    const pointer = /^gitdir:\s*(.+?)\s*$/m.exec(readQuietly(dot) ?? '')?.[1];
    if (pointer === undefined) return null;
    folder = resolve(root, pointer);
  }
  const common = readQuietly(join(folder, 'commondir'))?.trim();
  const shared = common === undefined ? folder : resolve(folder, common);
  return {
    read: (path) => {
      if (isAbsolute(path) || relative('.', path).startsWith('..')) return null;
      // HEAD and what is in progress belong to the worktree; configuration and refs are shared.
      const own = /^(?:[A-Z_]+|rebase-(?:merge|apply)\/.+)$/.test(path);
      return readQuietly(join(own ? folder : shared, path));
    },
  };
}

function readQuietly(path: string): string | null {
  try {
    return statSync(path).size > MAX_BYTES * 8 ? null : readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function code(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function reason(error: unknown): string {
  return code(error) ?? (error instanceof Error ? error.message : String(error));
}
