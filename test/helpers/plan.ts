/** Short hands for tests of plans: a project in memory, rendered files, and a plan that is carried out in memory. */

import { parseLock } from '../../src/core/lock.ts';
import { type PlanInput, plan, toWrites } from '../../src/core/plan.ts';
import type { Change, Plan, ProjectFiles, RenderedFile } from '../../src/model.ts';
import { sha } from './tree.ts';

/** Text and mode by path. */
export class MemoryProject {
  readonly entries = new Map<string, { text: string; mode: number }>();
  readonly links = new Set<string>();

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

  get files(): ProjectFiles {
    return {
      list: () => [...this.entries.keys()].filter((path) => !/^\.devops\/(base|tx)\//.test(path)).sort(),
      read: (path) => this.text(path),
      exists: (path) => [...this.entries.keys()].some((other) => other === path || other.startsWith(`${path}/`)),
      mode: (path) => this.entries.get(path)?.mode ?? null,
      linked: (path) => this.links.has(path),
    };
  }

  plan(rendered: readonly RenderedFile[], more: Partial<PlanInput> = {}): Plan {
    const lock = this.text('.devops/lock.json');
    return plan({
      rendered,
      lock: lock === null ? null : parseLock(lock),
      files: this.files,
      policy: 'keep',
      tool: '1.0.0',
      configHash: 'c'.repeat(64),
      pinned: {},
      ...more,
    });
  }

  /** Plans, carries it out, and gives the plan back. Throws when a write does not find what it expects. */
  run(rendered: readonly RenderedFile[], more: Partial<PlanInput> = {}): Plan {
    const made = this.plan(rendered, more);
    for (const { path, content, mode, expect } of toWrites(made)) {
      const before = this.text(path);
      if ((before === null ? null : sha(before)) !== expect) throw new Error(`${path} is not what the plan saw`);
      this.put(path, content, mode);
    }
    return made;
  }
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
