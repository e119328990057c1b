/** Short hands for tests of plans: a project in memory, rendered files, and a plan that is carried out in memory. */

import { parseLock } from '../../src/core/lock-reader.ts';
import { locate } from '../../src/core/plan/moved.ts';
import { type PlanInput, plan, toWrites } from '../../src/core/plan.ts';
import type { Change, Lock, Plan, ProjectFiles, RenderedFile } from '../../src/model.ts';
import { sha } from './tree.ts';

/** Text and mode by path. */
export class MemoryProject {
  readonly entries = new Map<string, { text: string; mode: number }>();
  readonly links = new Set<string>();
  /** Every path that was read, in order. */
  readonly reads: string[] = [];

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) this.put(path, text);
  }

  put(path: string, text: string | null, mode = this.entries.get(path)?.mode ?? 0o644): this {
    if (text === null) this.entries.delete(path);
    else this.entries.set(path, { text, mode });
    return this;
  }

  text(path: string): string | null {
    return this.entries.get(path)?.text ?? null;
  }

  /** A view of the files as they are now: what is put later is not in its list. */
  get files(): ProjectFiles {
    const all = [...this.entries.keys()].sort();
    const listed = all.filter((path) => !/^\.devops\/(base|tx)\//.test(path));
    const folders = new Set(all.flatMap(foldersOf));
    return {
      list: () => listed,
      read: (path) => {
        this.reads.push(path);
        return this.text(path);
      },
      exists: (path) => this.entries.has(path) || folders.has(path),
      mode: (path) => this.entries.get(path)?.mode ?? null,
      linked: (path) => this.links.has(path),
      size: (path) => {
        const text = this.text(path);
        return text === null ? null : Buffer.byteLength(text);
      },
      below: (folder) => all.filter((path) => path.startsWith(`${folder}/`)),
    };
  }

  /** The lock as a run sees it: read back, with moved files found. */
  lock(more: Pick<Partial<PlanInput>, 'unmanaged'> = {}): Lock | null {
    const text = this.text('.devops/lock.json');
    return text === null ? null : locate(parseLock(text), this.files, more.unmanaged);
  }

  plan(rendered: readonly RenderedFile[], more: Partial<PlanInput> = {}): Plan {
    return plan({
      rendered,
      lock: this.lock(more),
      files: this.files,
      policy: 'leave',
      tool: '1.0.0',
      configHash: 'c'.repeat(64),
      pinned: {},
      ...more,
    });
  }

  /** Plans, carries it out, and gives the plan back. Throws when a write does not find what it expects. */
  run(rendered: readonly RenderedFile[], more: Partial<PlanInput> = {}): Plan {
    const made = this.plan(rendered, more);
    this.carryOut(made);
    return made;
  }

  /** Writes a plan. Throws when a write does not find what it expects. */
  carryOut(made: Plan): void {
    for (const { path, content, mode, expect } of toWrites(made)) {
      const before = this.text(path);
      if ((before === null ? null : sha(before)) !== expect) throw new Error(`${path} is not what the plan saw`);
      this.put(path, content, mode);
    }
  }
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

export function file(path: string, text: string, more: Partial<RenderedFile> = {}): RenderedFile {
  return {
    path,
    text,
    mode: 0o644,
    ownership: 'own',
    generator: 'docker',
    template: `docker/${path}.ejs`,
    marks: {},
    ...more,
  };
}

export function changeOf(made: Plan, path: string): Change | undefined {
  return made.changes.find((change) => change.path === path);
}

/** A project with a source file in which `rendered` was written. */
export function written(rendered: readonly RenderedFile[]): MemoryProject {
  const project = new MemoryProject({ 'src/index.ts': 'export {};\n' });
  project.run(rendered);
  return project;
}
