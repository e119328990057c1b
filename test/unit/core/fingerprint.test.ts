import { describe, expect, it } from 'vitest';
import { canonical, type PlanInputs, planId } from '../../../src/core/fingerprint.ts';
import { file, type MemoryProject, written } from '../../helpers/plan.ts';

const V1 = [file('a.yml', 'x: 1\ny: 2\n'), file('b.yml', 'x: 1\n')];
const V2 = [file('a.yml', 'x: 2\ny: 2\n'), file('b.yml', 'x: 1\n')];

function inputs(project: MemoryProject = written(V1), rendered = V2, more: Partial<PlanInputs> = {}): PlanInputs {
  return { plan: project.plan(rendered), tool: '1.0.0', config: { a: 1, b: [true] }, rendered, ...more };
}

describe('the id of a plan', () => {
  it('is the same for the same inputs, whatever the order of keys and files', () => {
    const id = planId(inputs());
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(planId(inputs(written([...V1].reverse()), V2, { config: { b: [true], a: 1 } }))).toBe(id);
  });

  it.each<[string, PlanInputs]>([
    ['the version of the tool', inputs(undefined, V2, { tool: '1.0.1' })],
    ['the configuration', inputs(undefined, V2, { config: { a: 2, b: [true] } })],
    ['a preset', inputs(undefined, V2, { presets: { 'presets/acme.yaml': 'f'.repeat(64) } })],
    ['a rendered text', inputs(undefined, [file('a.yml', 'x: 3\ny: 2\n'), file('b.yml', 'x: 1\n')])],
    ['a rendered mode', inputs(undefined, [file('a.yml', 'x: 2\ny: 2\n', { mode: 0o755 }), file('b.yml', 'x: 1\n')])],
    ['a file that is planned', inputs(written(V1).put('a.yml', 'x: 1\ny: 3\n'))],
    ['a file that stays as it is', inputs(written(V1).put('b.yml', 'x: 1 # mine\n'))],
    ['its line ends', inputs(written(V1).put('b.yml', 'x: 1\r\n'))],
    ['a mode on disk', inputs(written(V1).put('a.yml', 'x: 1\ny: 2\n', 0o600))],
    ['a base', inputs(written(V1).put('.devops/base/b.yml.base', 'x: 0\n'))],
    ['a file that is gone', inputs(written(V1).put('b.yml', null))],
    ['the lock', inputs(written([...V1, file('c.yml', 'x\n')]).put('c.yml', null))],
  ])('is another one with %s', (_, changed) => {
    expect(planId(changed)).not.toBe(planId(inputs()));
  });

  it('is another one with another edit of a file that stays, and with another text that is replaced', () => {
    const ids = (texts: readonly string[], path: string) =>
      new Set(texts.map((text) => planId(inputs(written(V1).put(path, text)))));
    expect(ids(['x: 1 # a\n', 'x: 1 # b\n', '\ufeffx: 1 # b\n'], 'b.yml').size).toBe(3);
    expect(ids(['x: 1\ny: 2\n', 'x: 1\ny: 2', 'x: 1\r\ny: 2\r\n'], 'a.yml').size).toBe(3);
  });

  it('is another one with the base of a conflict', () => {
    const project = () => written([file('a.yml', 'x: 1\n')]).put('a.yml', 'x: 7\n');
    const rendered = [file('a.yml', 'x: 2\n')];
    const gone = project().put('.devops/base/a.yml.base', null);
    expect(planId(inputs(gone, rendered))).not.toBe(planId(inputs(project(), rendered)));
  });
});

describe('canonical data', () => {
  it('has sorted keys, at every depth', () => {
    expect(canonical({ b: [{ d: null, c: 'x' }], a: 1 })).toBe('{"a":1,"b":[{"c":"x","d":null}]}');
  });
});
