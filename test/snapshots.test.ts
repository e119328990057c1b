/** Every case's tree equals the committed one, by paths and by text, and a second run changes nothing. `npm run snapshots` writes them anew. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CASES } from './cases.ts';
import { cleanUp, emittedTree, prepare, run, SNAPSHOTS, treeOf, writeTree } from './helpers/snapshot.ts';

const update = process.env.UPDATE_SNAPSHOTS === '1';

afterAll(cleanUp);

describe.each(CASES)('$name', ({ name, fixture, flags = [], overlay = {} }) => {
  it('writes the committed tree, and nothing the second time', () => {
    const project = prepare(fixture, overlay);
    const plan = run(project, ['plan', ...flags]);
    expect(plan, plan.stderr).toMatchObject({ code: 1 });
    const before = treeOf(project);
    const init = run(project, ['--yes', ...flags]);
    expect(init, init.stderr).toMatchObject({ code: 0 });

    const tree = emittedTree(before, treeOf(project));
    tree.set('PLAN.txt', plan.stdout);
    const folder = join(SNAPSHOTS, name);
    if (update) {
      rmSync(folder, { recursive: true, force: true });
      writeTree(folder, tree);
    }
    const committed = treeOf(folder);
    expect([...tree.keys()].sort()).toEqual([...committed.keys()].sort());
    for (const [path, text] of tree) expect(text, path).toBe(committed.get(path));

    const first = treeOf(project, { everything: true });
    const again = run(project, ['--yes', ...flags]);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(treeOf(project, { everything: true })).toEqual(first);
    expect(run(project, ['plan', ...flags]).code).toBe(0);
    expect(run(project, ['verify'])).toMatchObject({ code: 0 });
  });

  it('keeps a base of every file of ours, equal to what was written', () => {
    const project = prepare(fixture, overlay);
    expect(run(project, ['--yes', ...flags]).code).toBe(0);
    const tree = treeOf(project, { everything: true });
    const { files } = JSON.parse(tree.get('.devops/lock.json') ?? '') as {
      files: Record<string, { ownership: string }>;
    };
    const own = Object.keys(files).filter((path) => files[path]?.ownership === 'own');
    expect(own.length).toBeGreaterThan(0);
    for (const path of own) expect(tree.get(`.devops/base/${path}.base`), path).toBe(tree.get(path));
  });
});
