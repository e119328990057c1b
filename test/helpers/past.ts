/** Pretends that an older release wrote other texts: the base, the lock and the file say what it would have written. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { basePath, hashText, LOCK_PATH, serializeLock } from '../../src/core/lock.ts';
import { parseLock } from '../../src/core/lock-reader.ts';

export type Rewrites = Readonly<Record<string, (text: string) => string>>;

/**
 * Rewrites what was last written to the named paths. To be called before people edit anything: the files have to be as generated. `tool`
 * is the release that is to have written it all. Throws when a rewrite changes nothing: a test with it would show nothing.
 */
export function rewritePast(folder: string, rewrites: Rewrites, tool = '0.0.1'): void {
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const lock = parseLock(read(LOCK_PATH));
  const files = { ...lock.files };
  for (const [path, rewrite] of Object.entries(rewrites)) {
    const entry = files[path];
    if (entry === undefined) throw new Error(`${path} is not in the lock`);
    const text = read(path);
    if (hashText(text) !== entry.hash) throw new Error(`${path} is not as it was generated`);
    const past = rewrite(text);
    if (past === text) throw new Error(`the rewrite of ${path} changes nothing`);
    write(path, past);
    // A file that is written once has no base.
    if (existsSync(join(folder, basePath(path)))) write(basePath(path), past);
    files[path] = { ...entry, hash: hashText(past) };
  }
  write(LOCK_PATH, serializeLock({ ...lock, tool, files }));
}
