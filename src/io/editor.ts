/** A text in the person's own editor. Run without a shell, on a copy in a private folder that is removed again. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { SetupError } from '../errors.ts';

export type Editor = Readonly<{
  /** What it is called in a menu: `vim`. */
  name: string;
  /** The text as it was saved; null when the editor failed or was left with an error (`:cq`). `path` gives the name, and so the language. */
  edit: (text: string, path: string) => string | null;
}>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `$VISUAL`, else `$EDITOR`, else one that is usually there; null when there is none.
 * @throws SetupError USAGE for a variable whose quotes do not close
 */
export function findEditor(env: Environment, platform: string = process.platform): Editor | null {
  const [variable, value] =
    env.VISUAL?.trim() && env.TERM !== 'dumb' ? ['VISUAL', env.VISUAL] : ['EDITOR', env.EDITOR ?? ''];
  const given = splitWords(value, platform);
  if (given === null) {
    throw new SetupError({
      code: 'USAGE',
      place: `$${variable}`,
      message: 'a quote in it does not close.',
      hint: `Write it like ${variable}="code --wait".`,
    });
  }
  const usual = platform === 'win32' ? ['notepad'] : ['nano', 'vi'];
  const words = given.length > 0 ? given : usual.filter((name) => isOnPath(name, env, platform)).slice(0, 1);
  const [program, ...args] = words;
  if (program === undefined) return null;
  return { name: basename(program), edit: (text, path) => run(program, args, text, path) };
}

/**
 * A command line → its words, with the quotes and backslashes of a shell and nothing else of it: `$`, `;` and `|` mean themselves. On
 * Windows a backslash belongs to the path. Null: a quote does not close.
 */
export function splitWords(line: string, platform: string = process.platform): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  const characters = [...line];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] as string;
    const next = characters[at + 1];
    const escapes = platform !== 'win32' && character === '\\' && quote !== "'" && next !== undefined;
    if (escapes && (quote === '' || next === '"' || next === '\\')) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || (character === "'" && platform !== 'win32')) {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') return null;
  return word === null ? words : [...words, word];
}

function run(program: string, args: readonly string[], text: string, path: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'create-devops-setup-')); // 0700: nobody else reads or replaces what is in it
  const file = join(folder, basename(path));
  const hold = () => undefined;
  process.on('SIGINT', hold); // Ctrl-C in the editor is the editor's
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    // The editor talks where we talk: standard output may be a pipe.
    const { status, error } = spawnSync(program, [...args, file], { stdio: ['inherit', 2, 2], shell: false });
    return error || status !== 0 ? null : readFileSync(file, 'utf8');
  } catch {
    return null; // it took the file away
  } finally {
    process.off('SIGINT', hold);
    rmSync(folder, { recursive: true, force: true });
  }
}

function isOnPath(name: string, env: Environment, platform: string): boolean {
  const file = platform === 'win32' ? `${name}.exe` : name;
  return (env.PATH ?? env.Path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .some((folder) => {
      try {
        accessSync(join(folder, file), constants.X_OK);
        return statSync(join(folder, file)).isFile();
      } catch {
        return false;
      }
    });
}
