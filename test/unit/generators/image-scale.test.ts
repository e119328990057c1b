/** A workspace of many: what its images read is the same for all of them, and is made once. */
import { describe, expect, it } from 'vitest';
import { neverAllowed } from '../../../generators/shared/image-ignore.ts';
import { manifestCopies } from '../../../generators/shared/image-install.ts';
import type { Service, System } from '../../../src/model.ts';
import { expressService, service, system } from '../../helpers/system.ts';

function workspace(size: number): System {
  const members = Array.from({ length: size }, (_, index) => ({ path: `apps/s${index}`, name: `s${index}` }));
  const services = members.map(
    ({ path, name }): Service =>
      service({
        name,
        path,
        packageManager: { name: 'npm', flavour: 'npm', version: null, lockFile: 'package-lock.json', installRoot: '.' },
        traps: { ...expressService.traps, installInputs: [] },
      }),
  );
  return system({ services, project: { ...system().project, workspace: { tool: 'npm', runner: null, members } } });
}

describe('a workspace of many', () => {
  it('has one copy instruction for each manifest, shared by all services', () => {
    const sys = workspace(20);
    const all = sys.services.flatMap((one) => manifestCopies(one, sys));
    expect(all).toHaveLength(20 * 21);
    const manifests = all.filter(({ from }) => from[0]?.startsWith('apps/'));
    expect(manifests).toHaveLength(20 * 20);
    expect(new Set(manifests).size).toBe(20);
    expect(manifests.slice(0, 2)).toEqual([
      { stage: null, from: ['apps/s0/package.json'], to: 'apps/s0/' },
      { stage: null, from: ['apps/s1/package.json'], to: 'apps/s1/' },
    ]);
  });

  it('does not share them with another system', () => {
    const [one, other] = [workspace(2), workspace(2)];
    const copies = (sys: System) => manifestCopies(sys.services[0] as Service, sys);
    expect(copies(one)[1]).toEqual(copies(other)[1]);
    expect(copies(one)[1]).not.toBe(copies(other)[1]);
  });
});

describe('what never goes into an image', () => {
  const all = neverAllowed([]);

  it.each([
    ['a folder by its name', ['apps/a/dist'], ['**/dist']],
    ['a folder above a file', ['coverage/index.js'], ['**/coverage']],
    ['nothing for a name that only contains it', ['apps/distribution', 'x-dist', 'dist2'], []],
    [
      'tests that are compiled',
      ['apps/a/test'],
      ['**/*.spec.[jt]s', '**/*.spec.[jt]sx', '**/*.test.[jt]s', '**/*.test.[jt]sx', '**/__tests__'],
    ],
    ['nothing for a file that is called like tests', ['apps/latest/x', 'contest'], []],
  ])('lets in %s', (_, allowed, letIn) => {
    expect(all.filter((pattern) => !neverAllowed(allowed).includes(pattern))).toEqual(letIn);
  });
});
