/** A real pseudo-terminal without native modules: python3's `pty`, else util-linux's `script`, as a pipe; the conversation is held here. */
import { spawn, spawnSync } from 'node:child_process';

/** Waits until the text is on the terminal (after what was seen before), then types. Keys: see KEYS. */
export type Step = Readonly<{ see: string; type: string }>;

export const KEYS = { enter: '\r', down: '\u001b[B', up: '\u001b[A', space: ' ', ctrlC: '\u0003' } as const;

export type Session = Readonly<{
  code: number | null;
  /** Everything that came out of the terminal, escape sequences and all. */
  raw: string;
  /** The same without escape sequences. */
  text: string;
  /** What came out, piece by piece, with the second since the start. */
  chunks: readonly Readonly<{ at: number; text: string }>[];
  /** The steps that were never reached: empty when the conversation went as written. */
  missed: readonly Step[];
}>;

export type SessionOptions = Readonly<{
  cwd: string;
  steps: readonly Step[];
  columns?: number;
  env?: Readonly<Record<string, string>>;
}>;

const PYTHON = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
const SIZED = 'stty cols "$1" rows 200; shift; exec "$@"';
/** What a person would not notice, and a prompt needs to begin listening. */
const SETTLE_MS = 60;
const PATIENCE_MS = 20_000;

/** How a terminal can be had here, or null: then tests that need one say so and are skipped. */
export function findBridge(): ((command: readonly string[]) => readonly string[]) | null {
  if (spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0)
    return (command) => ['python3', '-c', PYTHON, ...command];
  if (/util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? ''))
    return (command) => ['script', '--quiet', '--return', '--command', command.map(quoted).join(' '), '/dev/null'];
  return null;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Runs a command in a terminal of 200 rows and answers as the steps say. */
export function converse(command: readonly string[], { cwd, steps, columns = 90, env = {} }: SessionOptions) {
  const bridge = findBridge();
  if (!bridge) throw new Error('neither python3 nor util-linux script is here');
  const [program = '', ...args] = bridge(['sh', '-c', SIZED, 'sh', String(columns), ...command]);
  const child = spawn(program, args, {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      ...env,
    },
  });
  return new Promise<Session>((resolve, reject) => {
    const waiting = [...steps];
    let raw = '';
    const chunks: { at: number; text: string }[] = [];
    const started = performance.now();
    let seen = 0;
    let settle: NodeJS.Timeout | undefined;
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    const look = (): void => {
      const [next] = waiting;
      if (!next) return;
      const at = plain(raw).indexOf(next.see, seen);
      if (at === -1) return;
      waiting.shift();
      seen = at + next.see.length;
      child.stdin.write(next.type);
      look();
    };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      raw += chunk;
      chunks.push({ at: (performance.now() - started) / 1000, text: chunk });
      clearTimeout(settle);
      settle = setTimeout(look, SETTLE_MS);
    });
    child.stdin.on('error', () => undefined); // the program may end before it has read everything
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(patience);
      clearTimeout(settle);
      resolve({ code, raw, chunks, text: plain(raw).replaceAll('\r', ''), missed: waiting });
    });
  });
}

/** Text without escape sequences. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007]*\u0007|[()][A-Z0-9]|[=>78])/g, '');
}
