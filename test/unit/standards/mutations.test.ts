/** A check that cannot fail is a defect: the real output is clean, and each mutation of it is seen by the check that it breaks. */
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../src/generated/catalog.ts';
import type { System } from '../../../src/model.ts';
import type { Defect } from '../../../src/standards/check.ts';
import { checks } from '../../../src/standards/checks/index.ts';
import { checkAll } from '../../../src/standards/index.ts';
import { checkInput } from '../../../src/standards/input.ts';
import { mutations } from '../../../src/standards/mutations/index.ts';
import { expressService, system } from '../../helpers/system.ts';
import { systemMatrix } from '../../helpers/system-matrix.ts';
import { operationsMatrix } from './operations.ts';
import { rendered, requestOf, treeOf } from './rendered.ts';

const personas = ['buddy-specialist', 'workflow', 'battra-contributor'] as const;

const byId = new Map(checks.map((check) => [check.id, check]));

const casesOf = (systems: Readonly<Record<string, System>>) =>
  Object.entries(systems).map(([name, system]) => {
    const tree = treeOf(rendered(system));
    const input = checkInput(requestOf(system, tree));
    const applying = new Set(checks.filter((check) => check.applies(input) === true).map(({ id }) => id));
    return { name, system, tree, applying };
  });

/** `yarn run` starts scripts and binaries alike. */
function yarnMigrations(): System {
  const text = JSON.stringify(systemMatrix['nest-mysql-parts'])
    .replaceAll('npm run', 'yarn run')
    .replaceAll('package-lock.json', 'yarn.lock');
  const base = JSON.parse(text) as System;
  const packageManager = {
    name: 'yarn',
    flavour: 'yarn-berry',
    version: '4.9.2',
    lockFile: 'yarn.lock',
    installRoot: '.',
  } as const;
  const migrations = { tool: 'typeorm', command: ['typeorm', 'migration:run', '-d', 'dist/data-source.js'] };
  return { ...base, services: base.services.map((one) => ({ ...one, packageManager, migrations })) };
}

/** The matrix of the pipeline, and every persona. */
const cases = casesOf({
  ...systemMatrix,
  ...operationsMatrix,
  'yarn-migrations': yarnMigrations(),
  ...Object.fromEntries(personas.map((id) => [`persona-${id}`, system({ persona: { id, title: id } })])),
});

/** A service whose Dockerfile was there before us: less is ours, so less can be broken. */
const theirs = casesOf({
  'own-dockerfile': system({
    services: [{ ...expressService, files: { ...expressService.files, dockerfileOwner: 'user' } }],
  }),
});

describe('unchanged output', () => {
  it.each([...cases, ...theirs])('$name has no findings', ({ system, tree }) => {
    expect(checkAll(requestOf(system, tree), catalog).findings).toEqual([]);
  });
});

describe('mutations', () => {
  it.each(mutations)('$check: $name', ({ check, at, mutate }) => {
    let applied = 0;
    for (const { name, system, tree, applying } of cases) {
      if (!applying.has(check)) continue;
      const changed = mutate(tree);
      if (changed === null) continue;
      applied++;
      const paths = [...new Set([...tree.keys(), ...changed.keys()])].filter(
        (path) => tree.get(path) !== changed.get(path),
      );
      expect(paths, `${name}: the mutation changes nothing`).not.toEqual([]);
      if (isElsewhere(name, paths)) continue;
      const found = byId.get(check)?.run(checkInput(requestOf(system, changed))) ?? [];
      expect(found, `${name}: not seen`).not.toEqual([]);
      expect(
        found.some((finding) => isPlausible(finding, at, changed)),
        `${name}: ${JSON.stringify(found, null, 1)}`,
      ).toBe(true);
    }
    expect(applied, 'there is no system that this mutation applies to').toBeGreaterThan(0);
  });

  it('exist for every check, and for nothing else', () => {
    expect([...new Set(mutations.map(({ check }) => check))].sort()).toEqual(checks.map(({ id }) => id).sort());
  });
});

/** What delivery files say is judged on the systems without operations, and on two that have them: the rest would say the same again. */
function isElsewhere(name: string, paths: readonly string[]): boolean {
  const operations = /^(monitoring|docs\/runbooks|infrastructure\/cdktf|telemetry)\//;
  return (
    name.startsWith('operations-') &&
    !/-(preload|workspace)$/.test(name) &&
    !paths.some((path) => operations.test(path) || path.includes('compose'))
  );
}

/** The line that is found fault with says what the mutation expects. */
function isPlausible({ file, line }: Defect, at: RegExp | null, tree: ReadonlyMap<string, string>): boolean {
  if (at === null) return line === undefined;
  const lines = tree.get(file)?.split('\n') ?? [];
  return line !== undefined && line >= 1 && line <= lines.length && at.test(lines[line - 1] ?? '');
}

describe('ids', () => {
  it('of checks are in the catalogue, or are agreement checks', () => {
    const known = new Set(catalog.map(({ id }) => id));
    expect(checks.filter(({ id }) => !id.startsWith('X-') && !known.has(id))).toEqual([]);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });

  it('of marks are in the catalogue', () => {
    const known = new Set(catalog.map(({ id }) => id));
    const marked = cases.flatMap(({ system }) =>
      rendered(system).flatMap(({ template, marks }) =>
        Object.values(marks).flatMap((ids) => ids.map((id) => ({ template, id }))),
      ),
    );
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.filter(({ id }) => !known.has(id))).toEqual([]);
  });
});
