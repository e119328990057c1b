/** Prompts of a plopfile, asked by plop's own inquirer, which they were written for; on standard error, so that stdout stays data. */
import type { PlopData } from '../core/plop/types.ts';
import type { Inquirer } from './plopfile-load.ts';
import { cancelled } from './prompt.ts';

/** Types of prompts that there are, those of setPrompt among them, each with its own way to take a word (`bypass`), if it has one. */
export function registeredTypes({ prompt }: Inquirer): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(prompt.prompts).map(([name, type]) => [name, (type as { bypass?: unknown }).bypass]));
}

/** What is answered already is not asked. @throws SetupError CANCELLED on Ctrl-C */
export async function askPlop(inquirer: Inquirer, prompts: readonly unknown[], answers: PlopData): Promise<PlopData> {
  const ask = inquirer.createPromptModule({ output: process.stderr });
  for (const [name, type] of Object.entries(inquirer.prompt.prompts)) ask.registerPrompt(name, type);
  return stopped(async () => ask(prompts, answers));
}

/** Prompts that are a function get inquirer itself, and ask what they like. */
export async function askFreely(inquirer: Inquirer, prompts: (inquirer: Inquirer) => unknown): Promise<PlopData> {
  const answers: unknown = await stopped(async () => prompts(inquirer));
  return typeof answers === 'object' && answers !== null ? (answers as PlopData) : {};
}

async function stopped<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') throw cancelled();
    throw error;
  }
}
