import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The programs that `tools/install-judges.sh` installs; terraform is the one that has to be on PATH already. */
export const JUDGES = [
  'zizmor',
  'hadolint',
  'checkov',
  'yamllint',
  'actionlint',
  'shellcheck',
  'gitleaks',
  'docker',
  'aws',
  'promtool',
  'prometheus',
  'amtool',
  'alertmanager',
  'node-exporter',
  'blackbox-exporter',
  'postgres-exporter',
  'mysqld-exporter',
  'redis-exporter',
  'terraform',
] as const;
export type Judge = (typeof JUDGES)[number];

export type RunOptions = {
  cwd?: string;
  /** Added to the environment of this process; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>;
  input?: string;
  timeoutMs?: number;
};
export type RunResult = { code: number; stdout: string; stderr: string };

/** Where `tools/install-judges.sh` puts the judges unless it is told otherwise. */
export function judgesDir(): string {
  return process.env.JUDGES_DIR || join(homedir(), '.cache', 'create-devops-setup', 'judges');
}

/** The judges that `JUDGES_ABSENT=a,b` waives. A name that is no judge is an error, so that a typo waives nothing. */
export function waivedJudges(): Judge[] {
  const names = (process.env.JUDGES_ABSENT ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '').map(knownJudge);
}

/** For `describe.skipIf(isWaived('zizmor'))`: nothing is skipped that was not waived by name. */
export function isWaived(judge: Judge): boolean {
  return waivedJudges().includes(judge);
}

/** The line that a test run must end with where judges were waived. */
export function waiverNotice(): string | undefined {
  const names = waivedJudges();
  return names.length === 0 ? undefined : `NOT JUDGED (JUDGES_ABSENT): ${names.join(', ')}`;
}

/** Path of a judge: the judges' own folder first, then PATH. */
export function findJudge(judge: Judge): string | undefined {
  // A docker client elsewhere on the machine speaks to another engine, or to none: only the private one counts.
  const onPath = judge === 'docker' ? [] : (process.env.PATH ?? '').split(delimiter);
  return [join(judgesDir(), 'bin'), ...onPath]
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, judge))
    .find(isProgram);
}

/** Path of a judge, or an error that says how to get it. */
export function requireJudge(judge: Judge): string {
  const path = findJudge(judge);
  if (path !== undefined) return path;
  if (judge === 'terraform')
    throw new Error(
      'The judge "terraform" is missing: put 1.11 or newer on PATH, or waive it with JUDGES_ABSENT=terraform.',
    );
  throw new Error(
    `The judge "${judge}" is missing: it is neither in ${join(judgesDir(), 'bin')} nor on PATH.\n` +
      `Install it with: tools/install-judges.sh --only ${judge} "${judgesDir()}"\n` +
      `(needs Debian, root, apt, python3, Go), or waive it for this run with JUDGES_ABSENT=${judge}.`,
  );
}

/** Runs a judge without a shell. Findings are an exit code, not an exception; a judge that cannot run is one. */
export function run(judge: Judge, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const path = `${join(judgesDir(), 'bin')}${delimiter}${process.env.PATH ?? ''}`; // actionlint looks for shellcheck there
  return runFile(requireJudge(judge), args, { ...options, env: { PATH: path, ...options.env } });
}

/** Runs any program without a shell. */
export function runFile(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { cwd, input, timeoutMs = 300_000 } = options;
  const env = { ...process.env, ...options.env };
  return new Promise((resolve, reject) => {
    const settings = { env, timeout: timeoutMs, maxBuffer: 256 * 1024 * 1024, encoding: 'utf8' as const };
    const child = execFile(file, args, cwd === undefined ? settings : { ...settings, cwd }, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      if (typeof error.code === 'number') return resolve({ code: error.code, stdout, stderr });
      const reason = error.killed ? `took longer than ${timeoutMs} ms, or printed too much` : error.message;
      reject(new Error(`${file} ${args.join(' ')}: ${reason}\n${stderr.slice(-2000)}`, { cause: error }));
    });
    child.stdin?.on('error', () => {}); // a program that does not read its input closes it
    child.stdin?.end(input ?? '');
  });
}

function knownJudge(name: string): Judge {
  const judge = JUDGES.find((known) => known === name);
  if (judge === undefined) throw new Error(`JUDGES_ABSENT names "${name}", which is none of: ${JUDGES.join(', ')}`);
  return judge;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
