/** What people do to a file of a project, on a real disk. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { basePath } from '../../src/core/lock.ts';

type Text = Readonly<{ text: string; token: string; line: number }>;

/** Acts that make another text of one. */
const EDITS: Readonly<Record<string, (now: Text) => string | Uint8Array>> = {
  insert: ({ text, token, line }) => text.split('\n').toSpliced(line, 0, `# ${token}`).join('\n'),
  append: ({ text, token }) => `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}# ${token}\n`,
  change: ({ text, token, line }) =>
    text
      .split('\n')
      .with(line, `${text.split('\n')[line]} # ${token}`)
      .join('\n'),
  cut: ({ text, line }) => text.split('\n').toSpliced(line, 2).join('\n'),
  empty: () => '',
  crlf: ({ text }) => text.replace(/\r?\n/g, '\r\n'),
  bom: ({ text }) => `\ufeff${text.replace(/^\ufeff/, '')}`,
  bare: ({ text }) => text.replace(/\r?\n$/, ''),
  settle: ({ text }) => text.replace(/^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?\r?\n/gm, ''),
  mine: ({ text }) => text.replace(/^<{7} .*\r?\n([\s\S]*?)^\|{7} [\s\S]*?^>{7} .*\r?\n/gm, '$1'),
  git: ({ text, token }) => `<<<<<<< HEAD\n${text}=======\n# ${token}\n>>>>>>> topic\n`,
  foreign: ({ token }) => `# ${token}\nsomething else\n`,
  bytes: ({ token }) => Buffer.from(`# ${token} \u00e9\n`, 'latin1'),
  binary: ({ token }) => Buffer.from(`${token}\0`),
};
/** Acts that give a file, or the folder that it is in, another name. */
const NAMES: Readonly<Record<string, (path: string, token: string) => string>> = {
  move: (path, token) => `moved/${token}/${path.split('/').at(-1)}`,
  link: (_, token) => `linked-${token}`,
  blocked: (_, token) => `was-${token}`,
  twin: (path) =>
    path.replace(/[^/]+$/, (name) => (name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase())),
};
const OTHERS = ['delete', 'folder', 'mode', 'base', 'unbase'];
const OFTEN = ['insert', 'insert', 'append', 'change', 'cut', 'delete', 'mine', 'mode'];

export const ACTS: readonly string[] = [...Object.keys(EDITS), ...Object.keys(NAMES), ...OTHERS, ...OFTEN];

export type Act = Readonly<{ what: string; path: string; token: string; below: (limit: number) => number }>;

/** Does it, where it can be done, and says which paths were touched. */
export function act(root: string, { what, path, token, below }: Act): readonly string[] {
  const at = join(root, path);
  const text = textAt(at);
  if (text === null && what !== 'append') return [];
  const edit = EDITS[what];
  if (edit !== undefined)
    put(root, path, edit({ text: text ?? '', token, line: below(text?.split('\n').length ?? 1) }));
  if (what === 'mode') chmodSync(at, [0o755, 0o600, 0o444][below(3)] as number);
  if (what === 'base' && textAt(join(root, basePath(path))) !== null) put(root, basePath(path), `${token} tampered\n`);
  if (what === 'unbase') rmSync(join(root, basePath(path)), { force: true });
  if (what === 'delete' || what === 'folder') rmSync(at);
  if (what === 'folder') put(root, `${path}/mine`, token);
  const to = NAMES[what]?.(path, token);
  const from = what === 'blocked' ? dirname(path) : path;
  if (to === undefined || from === '.' || existsSync(join(root, to))) return [path];
  mkdirSync(dirname(join(root, to)), { recursive: true });
  renameSync(join(root, from), join(root, to));
  if (what === 'link') symlinkSync(relative(dirname(at), join(root, to)), at);
  if (what === 'blocked') put(root, from, token);
  return [path, from, to];
}

function put(root: string, path: string, text: string | Uint8Array): void {
  try {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  } catch {} // a folder or a file stands in the way: nobody could type there
}

/** Null where there is no file, or a folder. */
export function textAt(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
