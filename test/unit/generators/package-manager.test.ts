import { describe, expect, it } from 'vitest';
import {
  carriesYarn,
  execLine,
  type Flavour,
  installLine,
  majorOf,
  managerVersion,
  manual,
  type PackageManager,
  registryToken,
  underRoot,
} from '../../../generators/shared/package-manager.ts';
import { expressService } from '../../helpers/system.ts';
import { pins } from '../../helpers/templates.ts';

const FLAVOURS: readonly Flavour[] = ['npm', 'pnpm', 'yarn-classic', 'yarn-berry', 'bun'];
const managerOf = (flavour: Flavour, changes: Partial<PackageManager> = {}): PackageManager => ({
  name: flavour.startsWith('yarn') ? 'yarn' : (flavour as 'npm' | 'pnpm' | 'bun'),
  flavour,
  version: null,
  lockFile: manual(flavour).lockFiles[0] ?? null,
  installRoot: '.',
  ...changes,
});
const traps = (value: string) => ({
  ...expressService.traps,
  privateRegistry: { value, evidence: { file: '.npmrc', line: 1 } },
});

describe('package managers', () => {
  it.each(FLAVOURS)('%s installs exactly what the lock file says', (flavour) => {
    expect(installLine(managerOf(flavour))).toMatch(/^npm ci$|--frozen-lockfile$|--immutable$/);
  });

  it.each(FLAVOURS)('%s writes no lock file where there is none', (flavour) => {
    const line = installLine(managerOf(flavour, { lockFile: null }));
    expect(line).toMatch(/^\w+ install --no-/);
    expect(line).not.toMatch(/frozen|--immutable|npm ci/);
  });

  it('runs binaries that are installed, and fetches none', () => {
    expect(FLAVOURS.map((flavour) => execLine(managerOf(flavour), 'prisma generate'))).toEqual([
      'npx --no-install prisma generate',
      'pnpm exec prisma generate',
      'yarn run prisma generate',
      'yarn run prisma generate',
      'bunx --no-install prisma generate',
    ]);
  });

  it('takes the version of the project before the pinned one', () => {
    expect(managerVersion(managerOf('pnpm', { version: '9.1.0' }), pins)).toBe('9.1.0');
    expect(managerVersion(managerOf('pnpm'), pins)).toBe(pins.tool('pnpm'));
    expect(managerVersion(managerOf('npm'), pins)).toBeNull();
  });

  it('reads majors', () => {
    expect([majorOf('11'), majorOf('10.34.9'), majorOf(null), majorOf('latest')]).toEqual([11, 10, null, null]);
  });

  it('finds the variable of a registry token', () => {
    expect(registryToken(expressService.traps)).toBeNull();
    expect(registryToken(traps('NPM_TOKEN'))).toBe('NPM_TOKEN');
    expect(registryToken(traps('https://npm.acme.dev/'))).toBeNull();
    expect(registryToken(traps('token'))).toBeNull();
  });

  it('knows a repository that carries its Yarn', () => {
    const yarn = (installInputs: readonly string[]) => ({
      packageManager: managerOf('yarn-berry'),
      traps: { ...expressService.traps, installInputs },
    });
    expect(carriesYarn(yarn(['.yarnrc.yml', '.yarn/releases']))).toBe(true);
    expect(carriesYarn(yarn(['.yarnrc.yml']))).toBe(false);
    expect(carriesYarn({ ...yarn(['.yarn/releases']), packageManager: managerOf('yarn-classic') })).toBe(false);
  });

  it('joins paths', () => {
    expect([underRoot('.', 'a'), underRoot('x/y', 'a')]).toEqual(['a', 'x/y/a']);
  });
});
