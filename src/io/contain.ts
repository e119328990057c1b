/** Code of a project runs in our process: it does not end it without a word, and what it prints is talk, not our data. */
import { Console } from 'node:console';

/** Called when such code may be run; doing it twice is doing it once. */
export function contain(): void {
  const { exit } = process;
  if (exit.name === NAME) return;
  const guarded = (code?: number | string | null): never => {
    // The last thing that a command does is to say how it ended: nobody says it anew.
    if (process.exitCode !== undefined) return exit(process.exitCode);
    throw new Error(`it calls process.exit(${code ?? ''}), which would end everything`);
  };
  process.exit = Object.defineProperty(guarded, 'name', { value: NAME });
  globalThis.console = new Console(process.stderr);
}

const NAME = 'exitWhenDone';
