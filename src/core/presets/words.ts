/** The words of `extends`: what a project names, and what that means. */
import type { Problem } from '../../errors.ts';
import { checkPath } from '../jail.ts';

/** Copied into `.devops/presets` once; read from there afterwards. */
export type FetchWord =
  | Readonly<{ kind: 'npm'; word: string; name: string; range: string }>
  | Readonly<{ kind: 'git'; word: string; url: string; commit: string }>;

export type PresetWord =
  | Readonly<{ kind: 'file'; word: string; path: string }>
  | Readonly<{ kind: 'package'; word: string; name: string }>
  | FetchWord;

/** As npm has it, and never what a program could take for an option. */
const NAME = /^(@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/;
/** What npm takes for a range, without what would lead it elsewhere than to the registry (`:` and `/`). */
const RANGE = /^[A-Za-z0-9.+\-^~<>=*| ]{1,100}$/;
const COMMIT = /^[0-9a-f]{40}$/;
export const PRESET_FILE = /\.(ya?ml|json)$/;

/** What a word means, or what is wrong with it; `place` is where it stands. */
export function parseWord(word: string, place: string): PresetWord | Problem {
  const wrong = (message: string, hint: string): Problem => ({ code: 'PRESET', place, message, hint });
  if (/^\.{1,2}[\\/]/.test(word)) return fileWord(word, wrong);
  if (word.startsWith('npm:')) return npmWord(word, wrong);
  if (word.startsWith('git+')) return gitWord(word, wrong);
  if (NAME.test(word) && word.length <= 214 && !PRESET_FILE.test(word)) return { kind: 'package', word, name: word };
  return wrong(`"${word}" is no preset: a file, an installed package, npm: or git+https: is expected.`, hintFor(word));
}

export function isProblem(word: PresetWord | Problem): word is Problem {
  return 'code' in word;
}

type Wrong = (message: string, hint: string) => Problem;

function fileWord(word: string, wrong: Wrong): PresetWord | Problem {
  const path = word.replace(/^\.\//, '');
  const fault = checkPath(path);
  if (fault !== null) return { ...wrong(`${word}: ${fault.message}`, fault.hint), code: 'JAIL' };
  if (!PRESET_FILE.test(path))
    return wrong(`${word} is no YAML or JSON: a preset is data.`, 'Name a .yaml or .json file.');
  return { kind: 'file', word, path };
}

function npmWord(word: string, wrong: Wrong): PresetWord | Problem {
  const [, name = '', range] = /^npm:(@?[^@]*)(?:@(.*))?$/s.exec(word) ?? [];
  if (!NAME.test(name)) return wrong(`"${word}" names no package.`, 'Write it like npm:@acme/devops-preset@^2.');
  if (range === undefined || range === '')
    return wrong(
      `"${word}" says no version.`,
      `Write it like npm:${name}@^1; what it resolves to is kept in the lock.`,
    );
  if (!RANGE.test(range))
    return wrong(`"${range}" is no range of versions.`, `Write it like npm:${name}@^1; only the registry is asked.`);
  return { kind: 'npm', word, name, range };
}

function gitWord(word: string, wrong: Wrong): PresetWord | Problem {
  const like = 'Write it like git+https://github.com/acme/presets#<40 hex digits of the commit>.';
  const at = word.indexOf('#');
  const address = word.slice('git+'.length, at < 0 ? undefined : at);
  if (!URL.canParse(address)) return wrong(`"${word}" holds no address.`, like);
  const url = new URL(address);
  if (url.protocol !== 'https:') return wrong(`"${word}" is not fetched by https.`, like);
  if (url.username !== '' || url.password !== '') {
    // Not repeated: it is a secret, and this text ends up in logs.
    const hint = 'Leave the name and the password to git (a credential helper): this file is committed.';
    return wrong(`the address at ${url.host} holds a user name or a password.`, hint);
  }
  if (url.search !== '' || url.pathname.length < 2 || /[\s\p{Cc}]/u.test(address))
    return wrong(`"${word}" is no address of a repository.`, like);
  const commit = at < 0 ? '' : word.slice(at + 1);
  if (!COMMIT.test(commit)) {
    const what = commit === '' ? 'names no commit' : `names "${commit}", which may move`;
    return wrong(`"${word}" ${what}.`, `${like} A branch or a tag can be pointed elsewhere.`);
  }
  return { kind: 'git', word, url: address, commit };
}

function hintFor(word: string): string {
  if (/^(https?|ssh|git):/.test(word) || /^git@/.test(word))
    return 'Repositories are named like git+https://github.com/acme/presets#<40 hex digits of the commit>.';
  if (/^(github|gitlab|bitbucket):/.test(word))
    return 'Write the whole address: git+https://github.com/acme/presets#<40 hex digits of the commit>.';
  if (word.startsWith('/') || word.startsWith('~') || /^[A-Za-z]:[\\/]/.test(word))
    return 'Files of the project are named from its root, like ./presets/acme.yaml.';
  if (PRESET_FILE.test(word)) return `If it is a file of the project, write ./${word}.`;
  const [, name] = /^((?:@[^/@]+\/)?[^@]+)@/.exec(word) ?? [];
  return name
    ? `An installed package is named without a version (${name}); with one it is npm:${word}.`
    : 'Examples: ./presets/acme.yaml, @acme/devops-preset, npm:@acme/devops-preset@^2.';
}
