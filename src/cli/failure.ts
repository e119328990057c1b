/** What went wrong → what is said, and the exit code. */
import { SetupError } from '../errors.ts';
import type { Terminal } from '../io/terminal.ts';
import { problemsJson } from './json.ts';
import { problemsText } from './text/errors.ts';
import { TOOL } from './tool.ts';

/**
 * 2 for what a person can mend, 70 for a bug of ours, which is told with its stack. With `json`, the command that failed, the problems also
 * go to standard output as data: a script reads one place, whatever happened.
 */
export function explainFailure(error: unknown, terminal: Terminal, json: string | null = null): number {
  terminal.progress(null);
  if (error instanceof SetupError) {
    if (json !== null) terminal.out(problemsJson(json, error.problems));
    terminal.say(`${problemsText(error.problems, terminal.style)}Nothing was written.\n`);
    return 2;
  }
  const { style } = terminal;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.say(`${style.red('This is a bug of create-devops-setup')} ${TOOL.version}, not your fault.\n${text}\n`);
  terminal.say('Please report it with the command that you ran.\n');
  return 70;
}
