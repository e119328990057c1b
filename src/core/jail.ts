/**
 * The lexical half of the jail: which relative paths may be written, on any file system that a clone may land on. Pure. The other half,
 * symlinks and non-files on the way, needs the disk and is in `io/jail`. Answers, presets, lock and journal all pass here.
 */
import type { Problem } from '../errors.ts';

/** Two paths that cannot both exist everywhere. `twin`: they differ in case or Unicode form only; `folder`: one is a file, the other lies below it. */
export type Collision = Readonly<{ first: string; second: string; why: 'twin' | 'folder' }>;

const WINDOWS_DEVICE = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])( *\..*)?$/i;
/** NTFS gives long names a second, short one: `DEVOPS~1` may be `.devops`. */
const WINDOWS_SHORT_NAME = /^(?=.{3,8}(?:\.|$))[^.~]{1,6}~[0-9]{1,6}(\.[^.]{1,3})?$/;
const MAX_SEGMENT_BYTES = 245; // 255 on most file systems; `.next.base` is added to copies of the path

/**
 * Why a path may not be written, or null when it may. A good path is relative, has `/` between its segments and looks the same on
 * Linux, macOS and Windows.
 */
export function checkPath(path: string): Problem | null {
  const reason = typeof path === 'string' ? pathFault(path) : 'it is no text';
  return reason === null
    ? null
    : {
        code: 'JAIL',
        place: printable(String(path)),
        message: `this path is refused: ${reason}.`,
        hint: 'Use a relative path below the root of the project, with / between its parts.',
      };
}

function pathFault(path: string): string | null {
  if (path === '') return 'it is empty';
  if (path.length > 2000) return 'it is too long';
  if (/\p{Surrogate}/u.test(path)) return 'it is not valid Unicode';
  if (/\p{Cc}/u.test(path)) return 'it holds a control character';
  if (path.includes('\\')) return 'it holds a backslash';
  if (path.startsWith('/')) return 'it is absolute';
  if (/^[A-Za-z]:/.test(path)) return 'it starts with a drive';
  for (const segment of path.split('/')) {
    const fault = segmentFault(segment);
    if (fault !== null) return fault;
  }
  return null;
}

function segmentFault(segment: string): string | null {
  if (segment === '') return 'a part of it is empty';
  if (segment === '.' || segment === '..') return `it holds "${segment}"`;
  if (isGitFolder(segment)) return 'it reaches into .git';
  if (/[<>:"|?*]/.test(segment)) return 'Windows does not allow one of its characters';
  if (/[ .]$/.test(segment)) return 'a part of it ends in a dot or a space, which Windows drops';
  if (WINDOWS_SHORT_NAME.test(segment)) return `"${segment}" may be the short name of another file on Windows`;
  if (WINDOWS_DEVICE.test(segment)) return `"${segment}" is a device on Windows`;
  // Right-to-left marks make a path read as another one in a terminal or a review.
  if (/[\u202a-\u202e\u2066-\u2069]/.test(segment)) return 'it holds a text direction mark';
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return 'a part of it is too long';
  return null;
}

/** macOS ignores format characters and case, NTFS has short names (`GIT~1`) and drops trailing dots and spaces: all of them are `.git`. */
function isGitFolder(segment: string): boolean {
  const folded = foldedName(segment);
  return folded === '.git' || /^git~\d+$/.test(folded) || folded.startsWith('.git:');
}

/** What a name may be on any file system that a clone may land on. */
function foldedName(segment: string): string {
  return segment
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[ .]+$/, '')
    .toUpperCase() // some letters meet only there: a dotless i
    .toLowerCase();
}

/** Whether a path is, anywhere, the same as a folder of ours or lies below it; `folder` is one of our own names, in lower case. */
export function isBelow(path: string, folder: string): boolean {
  const folded = path.split('/').map(foldedName).join('/');
  return folded === folder || folded.startsWith(`${folder}/`);
}

/** The key under which two spellings are one file on a file system that ignores case (macOS, Windows). */
export function twinKey(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC');
}

/** All pairs that cannot stand side by side: twins by case or Unicode form (also of folders), one path twice, and a file that is also a folder. */
export function collisions(paths: readonly string[]): readonly Collision[] {
  const files = new Map<string, string>();
  const folders = new Map<string, { spelling: string; path: string }>();
  const found: Collision[] = [];
  for (const path of paths) {
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const folder = parts.slice(0, length).join('/');
      const seen = folders.get(twinKey(folder));
      if (seen === undefined) folders.set(twinKey(folder), { spelling: folder, path });
      else if (seen.spelling !== folder) {
        found.push({ first: seen.path, second: path, why: 'twin' });
        break;
      }
    }
    const twin = files.get(twinKey(path));
    if (twin === undefined) files.set(twinKey(path), path);
    else found.push({ first: twin, second: path, why: 'twin' });
  }
  for (const [key, file] of files) {
    const below = folders.get(key);
    if (below !== undefined) found.push({ first: file, second: below.path, why: 'folder' });
  }
  return found;
}

function printable(path: string): string {
  const shown = path.replace(/[\p{Cc}\p{Cf}\p{Surrogate}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
  if (shown === '') return '(empty path)';
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
