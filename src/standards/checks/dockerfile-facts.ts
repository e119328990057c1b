/** What several checks read out of a Dockerfile. */
import type { Defect } from '../check.ts';
import type { Dockerfile, Instruction } from '../parse/dockerfile.ts';
import { shellCommands } from '../parse/shell.ts';

/** What a RUN executes, as words of each command. */
export function runs(instruction: Instruction): readonly (readonly string[])[] {
  if (instruction.name !== 'RUN') return [];
  if (instruction.exec) return [instruction.exec];
  return shellCommands(instruction.heredoc ?? instruction.text).map(({ words }) => words);
}

export function inFinal(file: Dockerfile): readonly Instruction[] {
  return file.final.flatMap((stage) => stage.instructions);
}

export const last = <T>(items: readonly T[]): T | undefined => items[items.length - 1];

/** `node:22` of `node:22@sha256:…`. */
export function plainName(image: string): string {
  return image.split('@')[0] ?? image;
}

export function has(words: readonly string[], ...flags: readonly string[]): boolean {
  return flags.some((flag) => words.includes(flag));
}

export function at(file: Dockerfile, line: number, message: string, hint: string): Defect {
  return { file: file.path, line, message, hint };
}
