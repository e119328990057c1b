/** The only printer. stdout is data, stderr is talk. */
import type { ReadStream, WriteStream } from 'node:tty';

/** Colour as help, never as the only carrier of a meaning. */
export type Style = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>>;

export type Terminal = Readonly<{
  /** Data: what a script reads. */
  out: (text: string) => void;
  /** Talk: what a person reads. */
  say: (text: string) => void;
  /** One line that is overwritten while something goes on; silent without a terminal. */
  progress: (text: string | null) => void;
  style: Style;
  /** Style for stdout, which may be a pipe while stderr is a terminal. */
  outStyle: Style;
  /** Columns of the talk, at most 100. */
  columns: number;
  /** A person is there to answer. */
  interactive: boolean;
}>;

export type TerminalStreams = Readonly<{
  stdin: Pick<ReadStream, 'isTTY'>;
  stdout: Pick<WriteStream, 'write' | 'isTTY'>;
  stderr: Pick<WriteStream, 'write' | 'isTTY'> & { columns?: number };
  env: Readonly<Record<string, string | undefined>>;
}>;

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Opens the terminal on the process's streams (or those of a test). `NO_COLOR`, `FORCE_COLOR=0`, `TERM=dumb` and `CI` are honoured. */
export function openTerminal({ stdin, stdout, stderr, env }: TerminalStreams): Terminal {
  const plain = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  const coloured = (isTTY: boolean) => isTTY && !plain && env.TERM !== 'dumb' && env.FORCE_COLOR !== '0';
  const live = stderr.isTTY === true && !isCi(env) && env.TERM !== 'dumb';
  return {
    out: (text) => void stdout.write(text),
    say: (text) => void stderr.write(text),
    progress: (text) => {
      if (live) stderr.write(`\r\u001b[2K${text ?? ''}`);
    },
    style: styleOf(coloured(stderr.isTTY === true)),
    outStyle: styleOf(coloured(stdout.isTTY === true)),
    columns: Math.min(stderr.columns && stderr.columns > 20 ? stderr.columns : 80, 100),
    interactive: stdin.isTTY === true && stderr.isTTY === true && !isCi(env),
  };
}

function isCi(env: TerminalStreams['env']): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== 'false' && env.CI !== '0';
}

function styleOf(coloured: boolean): Style {
  const paint = (name: keyof typeof CODES) => (text: string) =>
    coloured ? `\u001b[${CODES[name][0]}m${text}\u001b[${CODES[name][1]}m` : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
  };
}

/** Control characters of the project's own texts must not reach the terminal: a file name could move the cursor or change the title. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) =>
    character === '\n' || character === '\t' ? character : '\u00b7',
  );
}
