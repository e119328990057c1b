/** What every command has at hand: the project, the ports, the terminal. */
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { findLocal, withNames } from '../api/local.ts';
import { portsOf } from '../api/ports.ts';
import { readAnswers } from '../core/config-file.ts';
import type { LocalNames } from '../core/local/names.ts';
import { type Problem, SetupError } from '../errors.ts';
import { openWriter } from '../io/disk.ts';
import { findRoot, openProject } from '../io/project-files.ts';
import { openPrompt, type Prompt } from '../io/prompt.ts';
import type { Terminal } from '../io/terminal.ts';
import type { ProjectWriter } from '../model.ts';
import type { Ports, Request } from '../pipeline.ts';
import type { Arguments } from './args.ts';
import { openLocal } from './local.ts';

export type Context = Readonly<{
  args: Arguments;
  terminal: Terminal;
  /** Real, absolute path of the project's root. */
  root: string;
  /** Generators of the project, by the names of their files, and those of them that are loaded. */
  local: LocalNames;
  loaded: ReadonlySet<string>;
  env: Surroundings['env'];
  ports: Ports;
  request: Request;
  writer: () => ProjectWriter;
  prompt: () => Promise<Prompt>;
}>;

/** What a command outside any project needs. */
export type Surroundings = Readonly<{
  terminal: Terminal;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}>;

/**
 * Opens the project that the arguments name: the nearest folder with `.git` above the given one, else that folder itself. A subfolder selects
 * the services that live in it. Generators of the project are loaded where the command runs them and they are chosen.
 * @throws SetupError PROJECT for a folder that is not there, READ or CONFIG_SYNTAX for the answers file, GENERATOR and CONSENT for generators
 * of the project.
 */
export async function openContext(args: Arguments, { terminal, cwd, env }: Surroundings): Promise<Context> {
  const start = folder(args, cwd);
  const root = findRoot(start);
  const inside = relative(root, start).split(sep).join('/');
  const project = openProject(root);
  const ports = portsOf(project);
  const local = findLocal(project.root, ports.generators);
  return openLocal({
    args,
    terminal,
    root: project.root,
    local,
    loaded: new Set(),
    env,
    ports: withNames(ports, local),
    request: {
      flags: args.set,
      prompted: new Map(),
      ...(args.answers === null ? { answersFile: null } : await answersIn(args.answers, cwd)),
      only: inside === '' ? null : inside,
    },
    writer: () => openWriter(project.root),
    prompt: openPrompt,
  });
}

const TAKES_FOLDER = new Set(['init', 'plan', 'facts', 'verify', 'update', 'mcp']);

function folder(args: Arguments, cwd: string): string {
  const base = args.cwd === null ? cwd : resolve(cwd, args.cwd);
  const word = TAKES_FOLDER.has(args.command) ? args.words[0] : undefined;
  const path = word === undefined ? base : resolve(base, word);
  try {
    if (statSync(path).isDirectory()) return path;
  } catch {}
  const shown = word ?? args.cwd ?? path;
  const typo = word !== undefined && !/[./\\]/.test(word) ? ` There is no command "${word}" either: see --help.` : '';
  throw new SetupError({
    code: 'PROJECT',
    place: isAbsolute(shown) ? shown : `${shown}`,
    message: 'there is no such folder.',
    hint: `Give the folder of a project that exists.${typo}`,
  });
}

/** `-` is standard input, read as a stream: a pipe whose text comes late answers a synchronous read with EAGAIN. */
async function answersIn(file: string, cwd: string): Promise<Pick<Request, 'answersFile' | 'answersPlace'>> {
  const place = file === '-' ? 'standard input' : file;
  const problem = (message: string): Problem => ({
    code: 'READ',
    place: `--answers ${file}`,
    message,
    hint: 'Give a YAML or JSON file, or - for standard input.',
  });
  let text: string;
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : readFileSync(resolve(cwd, file));
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
        ? 'is not text in UTF-8'
        : `cannot be read (${code ?? 'unknown reason'})`;
    throw new SetupError(problem(`${what}.`), { cause: error });
  }
  const { answers, placeOf } = readAnswers(text, place);
  return { answersFile: answers, answersPlace: placeOf };
}
