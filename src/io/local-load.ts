/** Loads a module of the project. Whoever calls this has asked for consent. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../errors.ts';

/** A module that is still not there after this long waits for something that does not come. */
const PATIENCE_MS = 10_000;

/** Why this Node cannot run a file of that kind, or null. TypeScript is run by a Node that takes the types out itself. */
export function cannotRun(file: string): Problem | null {
  if (!file.endsWith('.ts') || (process.features as { typescript?: unknown }).typescript) return null;
  return {
    code: 'GENERATOR',
    place: file,
    message: `Node.js ${process.versions.node} does not run TypeScript.`,
    hint: 'Run it with Node.js 22.18 or newer, or make the file a .mjs.',
  };
}

/**
 * The default export, as it is: a promise is not waited for. `version` is another one when the file is: a server that lives on runs what is
 * there now. @throws whatever the module throws, and Error when it is not loaded in time
 */
export async function loadDefault(
  root: string,
  file: string,
  version: string,
): Promise<Readonly<{ exported: unknown }>> {
  let timer: NodeJS.Timeout | undefined;
  // The timer also keeps the process alive: one that only waits for a module would end without a word.
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it is not loaded after ${PATIENCE_MS / 1000} seconds (an await that never ends?)`)),
      PATIENCE_MS,
    );
  });
  try {
    const { href } = pathToFileURL(join(root, file));
    const loaded = (await Promise.race([import(`${href}?${version}`), late])) as { default?: unknown };
    return { exported: loaded.default };
  } finally {
    clearTimeout(timer);
  }
}

/** Takes this machine's paths out of a text: what is left is relative to the root, and of no version. */
export function relativeTo(root: string): (text: string) => string {
  const prefixes = [`${pathToFileURL(root).href}/`, `${root}/`, `${root}\\`, /\?[0-9a-f]{64}/g];
  return (text) => prefixes.reduce<string>((done, prefix) => done.replaceAll(prefix, ''), text).replaceAll('\\', '/');
}
