/** YAML as PyYAML (YAML 1.1, another family of parsers) reads it. Python with PyYAML is asked for; without it the test says so and skips. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { escaperFor, helpersFor } from '../../src/core/escape/index.ts';
import { SAMPLES } from '../unit/core/escape/samples.ts';

const python = ['python3', '/usr/bin/python3'].find((name) => spawnSync(name, ['-c', 'import yaml']).status === 0);
if (!python) console.warn('SKIPPED: no python3 with PyYAML on this machine; YAML was not checked against it');

/** Loads each document with both loaders of PyYAML; a failed load is null. */
const LOAD = `
import json, sys, yaml
loaders = [yaml.SafeLoader] + ([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])
def load(text, loader):
    try:
        return yaml.load(text, Loader=loader)
    except Exception as error:
        return None
sys.stdout.write(json.dumps([[load(text, l) for l in loaders] for text in json.load(sys.stdin)], default=str))
`;

function loadAll(documents: readonly string[]): unknown[][] {
  const result = spawnSync(python ?? 'python3', ['-c', LOAD], { input: JSON.stringify(documents), maxBuffer: 1e9 });
  if (result.status !== 0) throw new Error(result.stderr.toString());
  return JSON.parse(result.stdout.toString()) as unknown[][];
}

/** Values whose document is not read back as `expected` by every loader. */
function wrong(documents: readonly string[], expected: readonly unknown[]): string[] {
  const want = expected.map((value) => JSON.stringify(value));
  return loadAll(documents).flatMap((loaded, i) =>
    loaded.every((v) => JSON.stringify(v) === want[i]) ? [] : [documents[i] ?? ''],
  );
}

describe.skipIf(!python)('YAML, read by PyYAML', () => {
  const yaml = escaperFor('yaml');
  const { block } = helpersFor('yaml');

  it('is the value as value, key and item', () => {
    const documents = SAMPLES.map((s) => `k: ${yaml(s)}\nm:\n  ${yaml(s)}: [${yaml(s)}, 1]\n`);
    const expected = SAMPLES.map((s) => ({ k: s, m: { [s]: [s, 1] } }));
    expect(wrong(documents, expected)).toEqual([]);
    const json = SAMPLES.map((s) => `k: ${JSON.stringify(s)}\nm:\n  ${JSON.stringify(s)}: [${JSON.stringify(s)}, 1]\n`);
    expect(wrong(json, expected).length, 'control: JSON is not YAML 1.1').toBeGreaterThan(0);
  });

  it('is the value as a block', () => {
    const scripts = SAMPLES.map((s, i) => [s, `${s}\necho ${s}`, `echo\n${s}\n`][i % 3] ?? s);
    const write = (scalar: string) => `a:\n  - b: ${scalar}\n\n    c: 1\n`;
    const expected = scripts.map((s) => ({ a: [{ b: s, c: 1 }] }));
    expect(
      wrong(
        scripts.map((s) => write(block(s, 6).text)),
        expected,
      ),
    ).toEqual([]);
    const naive = scripts.map((s) => write(`|-\n${s.replace(/^/gm, '      ')}`));
    expect(wrong(naive, expected).length, 'control: indenting alone').toBeGreaterThan(500);
  });

  it('reads numbers, words and collections as such', () => {
    const value = { a: [1, -0.5, 1e21, 1e-7, true, null, '22', '1e3', 'on', '12:30:45'], b: {}, c: [] };
    expect(wrong([yaml(value)], [value])).toEqual([]);
  });
});
