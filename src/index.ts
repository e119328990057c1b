/** What the package exports: the command line's entry, and the steps for programs. */
export { main } from './cli/main.ts';
export { defineGenerator } from './define.ts';
export { SetupError } from './errors.ts';
