/**
 * argv → exit code: 0 done, 1 changes or findings or conflicts left, 2 an error of usage or environment, 70 a bug of ours. This part is small
 * and answers what needs nothing else; the work is a bundle of its own, loaded when there is some.
 */
import { isatty } from 'node:tty';
import { openTerminal } from '../io/terminal.ts';
import { COMMANDS, parseArguments } from './args.ts';
import { explainFailure } from './failure.ts';
import { helpText } from './help.ts';
import { TOOL } from './tool.ts';

/** Runs one command. Never throws and never exits by itself, so that what was printed reaches its reader. */
export async function main(argv: readonly string[]): Promise<number> {
  const { stdout, stderr, env } = process;
  const terminal = openTerminal({ stdin: { isTTY: isatty(0) }, stdout, stderr, env });
  // A reader that went away (`| head`) is no reason to stop in the middle of a write.
  stdout.on('error', ignoreClosedPipe);
  stderr.on('error', ignoreClosedPipe);
  try {
    const args = parseArguments(argv);
    if (args.version) {
      terminal.out(`${TOOL.version}\n`);
      return 0;
    }
    if (args.help) {
      terminal.out(helpText(argv.length > 1 && args.command !== 'init' ? args.command : null));
      return 0;
    }
    const { run } = await import('./run.ts');
    return await run(args, { terminal, cwd: process.cwd(), env });
  } catch (error) {
    return explainFailure(error, terminal, jsonCommand(argv));
  }
}

/** Wrong flags are told as data too, when data was asked for. */
function jsonCommand(argv: readonly string[]): string | null {
  if (!argv.includes('--json')) return null;
  return COMMANDS.find((command) => argv.includes(command)) ?? 'init';
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
