/** The steps on a real project that lives on: files that were moved, files that are left to the user, and everything taken away again. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { portsOf } from '../../src/api/ports.ts';
import { toWrites } from '../../src/core/plan.ts';
import { openWriter } from '../../src/io/disk.ts';
import { openProject } from '../../src/io/project-files.ts';
import type { Plan } from '../../src/model.ts';
import {
  answer,
  type Decisions,
  EMPTY_REQUEST,
  inspect,
  leaveTo,
  makePlan,
  makeRemoval,
  makeSetup,
  verifySetup,
} from '../../src/pipeline.ts';
import { cleanUp, prepare, treeOf } from '../helpers/snapshot.ts';

let root: string;
let before: Map<string, string>;
beforeEach(() => {
  root = prepare('express-postgres');
  before = treeOf(root, { everything: true });
  apply(look().plan);
});
afterAll(cleanUp);

function look(decisions: Decisions = { policy: 'leave' }, unmanaged: string | null = null) {
  const ports = portsOf(openProject(root));
  const found = inspect(ports);
  const inspection = unmanaged === null ? found : leaveTo(found, unmanaged, true);
  const resolution = answer(inspection, EMPTY_REQUEST);
  const setup = makeSetup(ports, inspection, resolution);
  const plan = makePlan(ports, inspection, setup, decisions);
  return { ports, inspection, resolution, plan };
}

function apply(plan: Plan): void {
  openWriter(root).apply(toWrites(plan), { label: 'test' });
}

function tree(): Map<string, string> {
  return new Map([...treeOf(root, { everything: true })].filter(([path]) => !path.startsWith('.devops/tx/')));
}

function move(from: string, to: string): void {
  mkdirSync(join(root, to, '..'), { recursive: true });
  renameSync(join(root, from), join(root, to));
}

const paths = (plan: Plan) => toWrites(plan).map(({ path }) => path);
const changed = ({ changes }: Plan) => changes.filter(({ kind }) => kind !== 'unchanged' && kind !== 'keep');

describe('a file that was moved', () => {
  it('is followed by plan, facts and verify, and nothing else changes for it', () => {
    move('Dockerfile', 'docker/app/Dockerfile');
    const { plan, inspection } = look();
    expect(changed(plan)).toEqual([]);
    expect(plan.changes.find(({ from }) => from === 'Dockerfile')).toMatchObject({
      kind: 'unchanged',
      path: 'docker/app/Dockerfile',
    });
    expect(inspection.facts.existing.map(({ path }) => path)).not.toContain('docker/app/Dockerfile');
    expect(paths(plan)).toEqual(['.devops/lock.json']);
    apply(plan);
    expect(paths(look().plan)).toEqual([]);
  });

  it('is judged where it is', () => {
    move('Dockerfile', 'docker/app/Dockerfile');
    const path = join(root, 'docker/app/Dockerfile');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/@sha256:[0-9a-f]{64}/g, ''));
    const { ports, inspection, resolution } = look();
    const { findings } = verifySetup(ports, inspection, resolution).report;
    const told = findings.filter(({ file }) => file.endsWith('Dockerfile'));
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ file, origin }) => `${file} ${origin}`))).toEqual(
      new Set(['docker/app/Dockerfile edited']),
    );
  });
});

describe('a file that is left to the user', () => {
  it('stays as it is, and nothing else changes for it, also when they delete it', () => {
    const { plan } = look({ policy: 'leave', only: new Set(['Dockerfile']) }, 'Dockerfile');
    apply(plan);
    expect(paths(look().plan)).toEqual([]);
    move('Dockerfile', '../gone');
    const { plan: next, ports, inspection, resolution } = look();
    expect(paths(next)).toEqual([]);
    const { findings } = verifySetup(ports, inspection, resolution).report;
    expect(findings.filter(({ standard, file }) => standard === 'X-FILES' && file === 'Dockerfile')).toEqual([]);
  });
});

describe('remove --all', () => {
  it('leaves the project as it was, byte for byte', () => {
    const { ports, inspection } = look();
    apply(makeRemoval(ports, inspection));
    expect(tree()).toEqual(before);
    const folders = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
    const empty = folders
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((folder) => readdirSync(folder).length === 0);
    expect(empty).toEqual([]);
  });

  it('leaves what was edited or put among our own files', () => {
    writeFileSync(join(root, 'Dockerfile'), 'FROM scratch\n');
    writeFileSync(join(root, '.devops/notes.md'), 'ours to keep\n');
    const { ports, inspection } = look();
    const plan = makeRemoval(ports, inspection);
    expect(plan.changes.filter(({ kind }) => kind === 'orphan').map(({ path }) => path)).toEqual([
      '.devops/notes.md',
      'Dockerfile',
    ]);
    apply(plan);
    expect(tree()).toEqual(
      new Map([...before, ['Dockerfile', 'FROM scratch\n'], ['.devops/notes.md', 'ours to keep\n']]),
    );
  });
});
