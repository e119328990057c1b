import { afterAll, describe, expect, it } from 'vitest';
import { CrashBench } from '../../helpers/crash.ts';
import { snapshot } from '../../helpers/tree.ts';

/** A sample that meets every phase; `test/long/crash.test.ts` kills at every call. */
const POINTS = 24;

describe('a run that is killed', () => {
  const bench = new CrashBench();
  afterAll(() => bench.close());

  it('leaves the old or the new tree, never a mixture, at a sample of its disk calls', () => {
    expect(bench.before).not.toEqual(bench.after);
    expect(bench.steps).toBeGreaterThan(150);
    const seen = new Set<string>();
    for (let point = 0; point < POINTS; point += 1) {
      const { outcome, tree } = bench.crash(Math.floor(((point + 0.5) * bench.steps) / POINTS));
      seen.add(`${outcome} ${tree}`);
    }
    for (const end of ['staging-dropped old', 'rolled-back old', 'rolled-forward new']) expect(seen).toContain(end);
  });

  it('is healed by the next apply as well', () => {
    const root = bench.fresh();
    bench.run(root, Math.floor(bench.steps * 0.7), 'apply');
    expect(bench.run(root, -1, 'apply').signal).toBeNull();
    expect(snapshot(root)).toEqual(bench.after);
  });
});
