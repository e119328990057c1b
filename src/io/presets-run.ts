/** Runs the user's own npm or git for `preset add`: no shell, a time limit, and nothing that could ask. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { SetupError } from '../errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Standard output. Throws SetupError PRESET when the program is not there, fails, or takes too long. */
export type Run = (
  program: 'npm' | 'git',
  args: readonly string[],
  options: Readonly<{ cwd: string; env: Environment; word: string }>,
) => Promise<Buffer>;

const PATIENCE = 180_000;
const MOST_OUTPUT = 4 * 1024 * 1024;

export const runProgram: Run = (program, args, { cwd, env, word }) => {
  const [file, before] = commandOf(program);
  return new Promise((resolve, reject) => {
    const options = {
      cwd,
      env,
      timeout: PATIENCE,
      maxBuffer: MOST_OUTPUT,
      encoding: 'buffer',
      windowsHide: true,
    } as const;
    const child = execFile(file, [...before, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(failure(program, word, error, stderr.toString('utf8')));
    });
    child.stdin?.end();
  });
};

/** On Windows npm is a batch file, which only a shell could run; the program that it starts can be started directly. */
function commandOf(program: 'npm' | 'git'): readonly [file: string, before: readonly string[]] {
  if (program === 'git' || process.platform !== 'win32') return [program, []];
  const script = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return existsSync(script) ? [process.execPath, [script]] : ['npm.exe', []];
}

function failure(
  program: string,
  word: string,
  error: Error & { code?: unknown; killed?: boolean },
  talk: string,
): SetupError {
  const problem = (message: string, hint: string) =>
    new SetupError({ code: 'PRESET', place: word, message, hint }, { cause: error });
  if (error.code === 'ENOENT') return problem(`${program} was not found.`, `Install ${program}, or put it on PATH.`);
  if (error.killed === true)
    return problem(
      `${program} did not finish within ${PATIENCE / 1000} seconds.`,
      'Try again when the network is well.',
    );
  const said = lastWords(talk);
  return problem(
    `${program} could not fetch it${said === '' ? '' : `: ${said}`}.`,
    `It was your own ${program} that ran, with your own settings: mend them, or the word.`,
  );
}

/** The few lines that say why, without colours, and without what could be a secret in an address. */
function lastWords(talk: string): string {
  const lines = stripVTControlCharacters(talk)
    .replace(/:\/\/[^/\s@]*@/g, '://')
    .split('\n')
    .map((line) => line.replace(/^(npm )?(error|ERR!)\s*/i, '').trim())
    .filter((line) => line !== '' && !/^(A complete log|Note: switching|hint:)/.test(line) && !line.includes('_logs'));
  return lines.slice(0, 3).join('; ').replace(/\.$/, '').slice(0, 400);
}
