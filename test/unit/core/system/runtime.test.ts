import { describe, expect, it } from 'vitest';
import { pinsFrom } from '../../../../src/core/pins.ts';
import { runtimeOf } from '../../../../src/core/system/runtime.ts';
import * as pinData from '../../../../src/generated/pins.ts';
import { fact, serviceFacts } from '../../../helpers/facts.ts';

const pins = pinsFrom(pinData);

const of = (version: string | null, name: 'node' | 'bun' = 'node') =>
  runtimeOf(
    serviceFacts({
      runtime: { name, version: version === null ? null : fact(version, '.nvmrc'), versionFile: '.nvmrc' },
    }),
    pins,
  );

describe('the line of Node', () => {
  it.each([
    // Exact versions keep their line.
    ['20', '20'],
    ['22', '22'],
    ['v22.13.0', '22'],
    ['22.13.0', '22'],
    ['22.x', '22'],
    ['22.*', '22'],
    [' 24 ', '24'],
    // Ranges: the usual line where it is allowed, else the highest, else the next one up.
    ['>=20', '22'],
    ['>= 20', '22'],
    ['>=20.19.0', '22'],
    ['^20 || ^22', '22'],
    ['^20.19.0 || ^22.13.0 || >=24', '22'],
    ['>=18 <23', '22'],
    ['>=18 <22', '20'],
    ['>=18.0.0 <22.0.0', '20'],
    ['<22.5', '22'],
    ['>22', '24'],
    ['>22.4', '22'],
    ['<=20', '20'],
    ['^20', '20'],
    ['~20.11', '20'],
    ['=24', '24'],
    ['^18 || ^20', '20'],
    ['20 || 24', '24'],
    ['18 - 22', '22'],
    ['18.0.0 - 20.9.9', '20'],
    ['>=24', '24'],
    // Gone, or not here yet.
    ['18', '20'],
    ['16', '20'],
    ['^16', '20'],
    ['0.12', '20'],
    ['21', '22'],
    ['23', '24'],
    ['26', '24'],
    ['>=26', '24'],
    ['99999999999999999999', '24'],
    // Names.
    ['lts/iron', '20'],
    ['lts/jod', '22'],
    ['lts/Krypton', '24'],
    ['jod', '22'],
    ['lts/krypton', '24'],
    ['lts/hydrogen', '20'],
    ['lts/*', '24'],
    ['node', '24'],
    ['latest', '24'],
    ['*', '22'],
    // Nobody says, or nobody understands.
    [null, '22'],
    ['', '22'],
    ['garbage', '22'],
    ['constructor', '22'],
    ['lts/-1', '22'],
    ['$(rm -rf /)', '22'],
  ])('%j is built on %s', (version, line) => {
    const { name, version: built, image } = of(version);
    expect({ name, built }).toEqual({ name: 'node', built: line });
    expect(image).toBe(`node:${line}-bookworm-slim@${pinData.images[`node:${line}-bookworm-slim`]}`);
    expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it('hands the version file on to setup-node', () => {
    expect(of('22').versionFile).toBe('.nvmrc');
  });
});

describe('bun', () => {
  it('is the pinned version, in the workflow and in the image', () => {
    const { version, image, versionFile } = of('1.1.0', 'bun');
    expect(version).toBe(pinData.tools.bun);
    expect(image).toContain(`oven/bun:${version}@sha256:`);
    expect(versionFile).toBeNull();
  });
});

describe('pins', () => {
  it('throw for what nobody pinned, and for names of the prototype', () => {
    for (const name of ['node:99', 'toString', '__proto__', ''])
      expect(() => pins.image(name)).toThrow('is not pinned');
    expect(() => pins.tool('npm')).toThrow('npm is not pinned');
    expect(() => pins.action('actions/nobody')).toThrow('is not pinned');
    expect(pins.hasImage('node:22-bookworm-slim')).toBe(true);
    expect(pins.hasImage('constructor')).toBe(false);
  });

  it('give actions by hash, with the tag beside it', () => {
    const { uses, tag } = pins.action('actions/checkout');
    expect(uses).toMatch(/^actions\/checkout@[0-9a-f]{40}$/);
    expect(tag).toMatch(/^v\d/);
  });

  it('give the one image of a repository, and refuse to choose among several', () => {
    const { reference, tag } = pins.imageOf('aquasec/trivy');
    expect(reference).toMatch(new RegExp(`^aquasec/trivy:${tag}@sha256:`));
    expect(() => pins.imageOf('node')).toThrow('3 times');
    expect(() => pins.imageOf('nobody')).toThrow('0 times');
    expect(() => pins.imageOf('trivy')).toThrow('0 times');
  });
});
