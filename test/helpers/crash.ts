/** Starts the crash child and says what it left. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { expect } from 'vitest';
import { openWriter } from '../../src/io/disk.ts';
import { OLD } from './crash-plan.ts';
import { removeFolder, seed, snapshot, tempFolder } from './tree.ts';

type Tree = Record<string, string>;

/** The child, bundled once per test file. `before` and `after` are the two trees that may be found; `steps` the calls of a whole apply. */
export class CrashBench {
  readonly #folder = tempFolder();
  readonly #script: string;
  readonly before: Tree;
  readonly after: Tree;
  readonly steps: number;

  constructor() {
    this.#script = join(this.#folder, 'child.mjs');
    const entry = fileURLToPath(new URL('crash-child.ts', import.meta.url));
    buildSync({ entryPoints: [entry], outfile: this.#script, bundle: true, platform: 'node', format: 'esm' });
    const root = this.fresh();
    this.before = snapshot(root);
    this.steps = Number(this.run(root, -1, 'apply').stdout);
    this.after = snapshot(root);
  }

  fresh(): string {
    const root = tempFolder(this.#folder);
    seed(root, OLD);
    return root;
  }

  run(root: string, at: number, action: 'apply' | 'recover'): { signal: string | null; stdout: string } {
    const child = spawnSync(process.execPath, [this.#script, root, String(at), action], { encoding: 'utf8' });
    if (child.signal === null) expect(child.stderr).toBe('');
    return { signal: child.signal, stdout: child.stdout };
  }

  /** Kills an apply at a step, then (optionally) a recovery at another, and recovers. Says which tree came out. */
  crash(at: number, recoveryAt: number | null = null): { outcome: string; tree: 'old' | 'new'; finished: boolean } {
    const root = this.fresh();
    expect(this.run(root, at, 'apply').signal).toBe('SIGKILL');
    this.#eachFileIsOldOrNew(root, at);
    const finished = recoveryAt !== null && this.run(root, recoveryAt, 'recover').signal === null;
    const writer = openWriter(root);
    const outcome = writer.recover();
    expect(writer.unfinished()).toBe(false);
    const tree = snapshot(root);
    const which = JSON.stringify(tree) === JSON.stringify(this.before) ? 'old' : 'new';
    expect(tree, `after a kill at call ${at}, recovery at ${recoveryAt}`).toEqual(
      which === 'old' ? this.before : this.after,
    );
    expect(writer.recover()).toBe('clean');
    removeFolder(root);
    return { outcome, tree: which, finished };
  }

  #eachFileIsOldOrNew(root: string, at: number): void {
    for (const [path, state] of Object.entries(snapshot(root))) {
      if (path.startsWith('.devops/tx/') || path.endsWith('/')) continue;
      expect([this.before[path], this.after[path]], `${path} after a kill at call ${at}`).toContain(state);
    }
  }

  close(): void {
    removeFolder(this.#folder);
  }
}
