/** The next run must not take its own output for the user's, and must not plan between two states of another run. */
import { describe, expect, it } from 'vitest';
import { requireSameLock, withoutOurs } from '../../../src/core/ours.ts';
import { SetupError } from '../../../src/errors.ts';
import type { ExistingFile, Lock, ProjectFiles } from '../../../src/model.ts';
import { facts } from '../../helpers/facts.ts';
import { MemoryProject } from '../../helpers/plan.ts';
import { project } from '../../helpers/project.ts';

const LOCK = '.devops/lock.json';
const seen = (...paths: string[]) => facts({ existing: paths.map((path) => ({ path }) as ExistingFile) });
const entry = (ownership: 'own' | 'once', at?: string) => ({
  generator: 'docker',
  hash: 'a'.repeat(64),
  mode: 0o644,
  ownership,
  ...(at === undefined ? {} : { at }),
});

function lockOf(files: Lock['files']): Lock {
  return { version: 1, tool: '1.0.0', config: 'c'.repeat(64), pinned: {}, files };
}

/** The paths that count as the user's. */
function left(
  paths: readonly string[],
  lock: Lock | null,
  files: ProjectFiles = project({}),
  unmanaged: readonly string[] = [],
): readonly string[] {
  return withoutOurs(seen(...paths), lock, files, new Set(unmanaged)).existing.map(({ path }) => path);
}

describe('a file that plays a role of ours', () => {
  it('is the user\u2019s where the lock does not know it, and ours where it does', () => {
    const lock = lockOf({ Dockerfile: entry('own') });
    expect(left(['Dockerfile', 'compose.yaml'], lock)).toEqual(['compose.yaml']);
    expect(left(['Dockerfile', 'compose.yaml'], lockOf({}))).toEqual(['Dockerfile', 'compose.yaml']);
  });

  it('is ours where a person moved it, and no longer where it was', () => {
    const lock = lockOf({ Dockerfile: entry('own', 'build/Dockerfile') });
    expect(left(['Dockerfile', 'build/Dockerfile'], lock)).toEqual(['Dockerfile']);
  });

  it('is the user\u2019s where we only wrote it once', () => {
    expect(left(['contacts.yaml'], lockOf({ 'contacts.yaml': entry('once') }))).toEqual(['contacts.yaml']);
  });

  it('has no role where it is left to the user, so that nothing is made of it', () => {
    expect(left(['Dockerfile', 'compose.yaml'], lockOf({}), project({}), ['Dockerfile'])).toEqual(['compose.yaml']);
    expect(left(['Dockerfile'], null, project({ Dockerfile: 'x\n' }), ['Dockerfile'])).toEqual([]);
  });

  it('is ours without a lock where it still is what we last wrote, and only then', () => {
    const files = project({
      same: 'x\n',
      '.devops/base/same.base': 'x\n',
      edited: 'mine\n',
      '.devops/base/edited.base': 'x\n',
      foreign: 'x\n',
    });
    expect(left(['same', 'edited', 'foreign'], null, files)).toEqual(['edited', 'foreign']);
    // With a lock, a copy that lies around says nothing.
    expect(left(['same'], lockOf({}), files)).toEqual(['same']);
  });
});

describe('a lock that changes while a run reads', () => {
  const told = (now: string | null, before: string | null): string => {
    const files = new MemoryProject(now === null ? {} : { [LOCK]: now }).files;
    try {
      requireSameLock(files, before);
    } catch (error) {
      if (error instanceof SetupError) return error.problems.map(({ code, place }) => `${code} ${place}`).join();
      throw error;
    }
    return 'fine';
  };

  it('stops it: the plan would be half of before and half of after', () => {
    for (const [now, before] of [
      ['b', 'a'],
      [null, 'a'],
      ['b', null],
    ] as const)
      expect(told(now, before)).toBe(`CHANGED ${LOCK}`);
    expect(told('a', 'a')).toBe('fine');
    expect(told(null, null)).toBe('fine');
  });
});
