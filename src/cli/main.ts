/** argv → exit code. 0 done, 1 changes or findings or conflicts left, 2 an error of usage or environment, 70 a bug of ours. */
import { isatty } from 'node:tty';
import { SetupError } from '../errors.ts';
import { openTerminal, type Terminal } from '../io/terminal.ts';
import { type Arguments, type CommandName, parseArguments } from './args.ts';
import type { Context, Surroundings } from './context.ts';
import { helpText } from './help.ts';
import { problemsText } from './text/errors.ts';
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
    return await run(args, { terminal, cwd: process.cwd(), env });
  } catch (error) {
    return explainFailure(error, terminal);
  }
}

async function run(args: Arguments, around: Surroundings): Promise<number> {
  // Loaded late: the version and the help need neither templates nor catalogue.
  const { openContext } = await import('./context.ts');
  const command = await load(args.command);
  return command(await openContext(args, around), around);
}

type Command = (context: Context, around: Surroundings) => Promise<number> | number;

/** One small file per command, loaded when it is asked for. */
async function load(name: CommandName): Promise<Command> {
  switch (name) {
    case 'init':
      return (await import('./commands/init.ts')).init;
    case 'add':
      return (await import('./commands/add.ts')).add;
    case 'plan':
    case 'diff':
      return (await import('./commands/plan.ts')).planCommand;
    case 'facts':
      return (await import('./commands/facts.ts')).facts;
    case 'verify':
      return (await import('./commands/verify.ts')).verify;
    case 'explain':
      return (await import('./commands/explain.ts')).explain;
    case 'list':
      return (await import('./commands/list.ts')).list;
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor;
  }
}

function explainFailure(error: unknown, terminal: Terminal): number {
  terminal.progress(null);
  if (error instanceof SetupError) {
    terminal.say(`${problemsText(error.problems, terminal.style)}Nothing was written.\n`);
    return 2;
  }
  const { style } = terminal;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.say(`${style.red('This is a bug of create-devops-setup')} ${TOOL.version}, not your fault.\n${text}\n`);
  terminal.say('Please report it with the command that you ran.\n');
  return 70;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
