/** What the pins say has to be what npm, and what the committed lock files, say. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pinsFrom } from '../../../src/core/pins.ts';
import * as pinData from '../../../src/generated/pins.ts';

const pins = pinsFrom(pinData);
const FLAVOURS = ['cdktf', 'cdktn'];

type Manifest = Readonly<Record<'dependencies' | 'devDependencies' | 'imports' | 'engines', Record<string, string>>>;
type Locked = Readonly<{ version: string; resolved?: string; integrity?: string; inBundle?: true; link?: true }>;
type Lock = Readonly<{ name: string; packages: Readonly<Record<string, Locked & Manifest & { name?: string }>> }>;

describe.each(FLAVOURS)('the npm project of %s', (flavour) => {
  const texts = pins.npmProject(flavour, 'orders-infrastructure');
  const manifest = JSON.parse(texts.manifest) as Manifest & { name: string };
  const lock = JSON.parse(texts.lock) as Lock;
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

  it('has its name in the manifest and twice in the lock', () => {
    expect([manifest.name, lock.name, lock.packages['']?.name]).toEqual(Array(3).fill('orders-infrastructure'));
  });

  it('is the committed files but for the name, as npm prints them', () => {
    const file = (name: string) =>
      readFileSync(new URL(`../../../templates/_pins/${flavour}/${name}`, import.meta.url), 'utf8');
    const renamed = (text: string) => text.replaceAll('"name": "orders-infrastructure"', '"name": "stacks"');
    expect(renamed(texts.manifest)).toBe(file('package.json'));
    expect(renamed(texts.lock)).toBe(file('package-lock.json'));
  });

  it('locks exactly what the manifest asks for', () => {
    const root = lock.packages[''];
    for (const kind of ['dependencies', 'devDependencies', 'engines'] as const)
      expect(root?.[kind]).toEqual(manifest[kind]);
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  });

  it('names no address of a registry, and a hash for every package that is downloaded', () => {
    expect(packages.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    expect(packages.filter(([, entry]) => !entry.integrity && !entry.inBundle).map(([path]) => path)).toEqual([]);
    expect(packages.length).toBeGreaterThan(50);
  });

  it('resolves both subpaths to its own flavour', () => {
    expect(manifest.imports['#cdk']).toBe(flavour);
    expect(manifest.imports['#aws/*']).toBe(`@${flavour}/provider-aws/lib/*/index.js`);
    expect(Object.keys(manifest.dependencies).sort()).toEqual([`@${flavour}/provider-aws`, flavour, 'constructs']);
  });
});

it('tells the flavours apart by three packages, two subpaths and the Node that they need; by nothing else', () => {
  const [cdktf, cdktn] = FLAVOURS.map((flavour) => {
    const { dependencies, imports, engines, ...rest } = JSON.parse(pins.npmProject(flavour, 'x').manifest) as Manifest;
    return rest;
  });
  expect(cdktf).toEqual(cdktn);
});

it('refuses what is not pinned', () => {
  expect(() => pins.npmProject('pulumi', 'x')).toThrow('pulumi is not pinned in templates/_pins');
  expect(() => pins.tool('terraform')).toThrow('terraform is not pinned');
});
