/** A terminal with bash in it, as a person has one: commands are typed, and what is on the screen comes back with the exit code. */
import { spawn } from 'node:child_process';
import { findBridge } from '../helpers/pty.ts';

export type Terminal = {
  /** Types a command as it stands on a page. */
  type: (command: string) => Promise<{ code: number; screen: string }>;
  close: () => void;
};

const PATIENCE_MS = 120_000;

export async function openTerminal(cwd: string, env: Readonly<Record<string, string>>): Promise<Terminal> {
  const bridge = findBridge();
  if (bridge === null) throw new Error('neither python3 nor util-linux script is here');
  const [program = '', ...args] = bridge(['bash', '--noprofile', '--norc', '--noediting', '-i']);
  const child = spawn(program, args, {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { HOME: process.env.HOME ?? '', LC_ALL: 'C.UTF-8', TERM: 'dumb', ...env },
  });
  let seen = '';
  child.stdout.on('data', (part: Buffer) => {
    seen += part.toString('utf8');
  });
  const until = async (mark: RegExp): Promise<RegExpExecArray> => {
    for (const end = Date.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const found = mark.exec(seen);
      if (found) return found;
      if (Date.now() > end) throw new Error(`the terminal shows no end of the command:\n${seen.slice(-3000)}`);
    }
  };
  // What is typed is not shown, and there is no prompt: what is on the screen is what commands print.
  child.stdin.write(`stty -echo; PS1=; PS2=; printf 'rea%s\\n' dy\n`);
  await until(/ready\r?\n/);
  return {
    type: async (command) => {
      seen = '';
      // One group, read before any of it runs: a command that reads the terminal must not eat the line behind it.
      child.stdin.write(`{\n${command.trimEnd()}\n}; printf '\\nexit-%s-%s\\n' code "$?"\n`);
      const end = await until(/\r?\nexit-code-(\d+)\r?\n/);
      return { code: Number(end[1]), screen: seen.slice(0, end.index).replaceAll('\r', '') };
    },
    close: () => child.kill(),
  };
}
