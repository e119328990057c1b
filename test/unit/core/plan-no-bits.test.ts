/** A file system without an executable bit (Windows): nothing is written for its sake, and every write has a mode all the same. */
import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../../src/core/plan.ts';
import { toWrites } from '../../../src/core/plan.ts';
import type { Intent, RenderedFile } from '../../../src/model.ts';
import { changeOf, file, MemoryProject, written } from '../../helpers/plan.ts';

const PATH = 'deploy.sh';
const BASE = '#!/bin/sh\none\ntwo\nthree\nfour\nfive\n';
const NEWS = BASE.replace('two', 'TWO');
const NEAR = BASE.replace('two', 'my two');
const sh = (text: string, mode: 0o755 | 0o644 = 0o755): readonly RenderedFile[] => [file(PATH, text, { mode })];

function bare(project: MemoryProject) {
  return { files: { ...project.files, mode: () => null } };
}

describe('without an executable bit', () => {
  it('what is as generated stays so, with not one write', () => {
    for (const mode of [0o755, 0o644] as const) {
      const project = written(sh(BASE, mode));
      const made = project.plan(sh(BASE, mode), bare(project));
      expect(changeOf(made, PATH)).toMatchObject({ kind: 'unchanged', reason: 'as generated' });
      expect(toWrites(made)).toEqual([]);
      const edited = project.put(PATH, NEAR).plan(sh(BASE, mode), bare(project));
      expect(changeOf(edited, PATH)).toMatchObject({ kind: 'keep', reason: 'edited by you' });
      expect(toWrites(edited)).toEqual([]);
    }
  });

  it('a bit of ours that changes is remembered for who has bits, and told to nobody here', () => {
    const project = written(sh(BASE, 0o644));
    const made = project.plan(sh(BASE, 0o755), bare(project));
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'unchanged', reason: 'as generated' });
    expect(toWrites(made).map(({ path }) => path)).toEqual(['.devops/lock.json']);
    const edited = project.put(PATH, NEAR).plan(sh(BASE, 0o755), bare(project));
    expect(changeOf(edited, PATH)).toMatchObject({ kind: 'keep', reason: 'edited by you' });
  });

  it('what is there already when we come is as generated as well', () => {
    for (const mode of [0o755, 0o644] as const) {
      const project = new MemoryProject({ [PATH]: BASE });
      const made = project.plan(sh(BASE, mode), bare(project));
      expect(changeOf(made, PATH)).toMatchObject({ kind: 'unchanged', reason: 'as generated' });
    }
  });

  const intend = (intent: Intent) => new Map([[PATH, intent]]);

  it.each<[string, () => MemoryProject, Partial<PlanInput>]>([
    ['an update', () => written(sh(BASE)), {}],
    ['marks', () => written(sh(BASE)).put(PATH, NEAR), { policy: 'markers' }],
    ['a merge', () => written(sh(BASE)).put(PATH, BASE.replace('five', 'mine')), {}],
    ['restore', () => written(sh(BASE)).put(PATH, NEAR), { intents: intend('restore') }],
    [
      'adopt with ours taken',
      () => new MemoryProject({ [PATH]: NEAR }),
      { policy: 'theirs', intents: intend('adopt') },
    ],
  ])('%s is written with the mode that we want', (_, make, more) => {
    const project = make();
    const made = project.plan(sh(NEWS), { ...bare(project), ...more });
    expect(changeOf(made, PATH)).toMatchObject({ kind: 'update' });
    expect(toWrites(made).find(({ path }) => path === PATH)?.mode).toBe(0o755);
    expect(made.lock.files[PATH]?.mode).toBe(0o755);
  });

  it('adopting writes no mode, and the conflict of one that is asked has one', () => {
    const project = new MemoryProject({ [PATH]: NEAR });
    const intents = intend('adopt');
    const taken = changeOf(project.plan(sh(NEWS), { ...bare(project), intents }), PATH);
    expect(taken).toMatchObject({ kind: 'unchanged', mode: 0o755 });
    const asked = changeOf(project.plan(sh(NEWS), { ...bare(project), intents, policy: 'fail' }), PATH);
    expect(asked).toMatchObject({ kind: 'conflict', mode: 0o755 });
  });

  it('a small addition of ours and a file that is written once are written with the mode that we want', () => {
    const lines = (text: string) => [file('.gitignore', text, { ownership: 'merge:ignore-lines' })];
    const project = new MemoryProject({ '.gitignore': 'mine/\n' });
    const made = project.plan(lines('dist/\n'), bare(project));
    expect(toWrites(made).find(({ path }) => path === '.gitignore')).toMatchObject({ mode: 0o644 });
    project.run(lines('dist/\n'));
    const out = project.plan([], bare(project));
    expect(toWrites(out).find(({ path }) => path === '.gitignore')).toMatchObject({ content: 'mine/\n', mode: 0o644 });
    const once = [file('contacts.yaml', 'team: ?\n', { ownership: 'once' })];
    const kept = new MemoryProject({ 'contacts.yaml': 'team: ?\n' });
    expect(changeOf(kept.plan(once, bare(kept)), 'contacts.yaml')).toMatchObject({ kind: 'unchanged' });
  });
});
