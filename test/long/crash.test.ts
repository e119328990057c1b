import { afterAll, describe, expect, it } from 'vitest';
import { CrashBench } from '../helpers/crash.ts';

describe('every crash point', () => {
  const bench = new CrashBench();
  afterAll(() => bench.close());

  it('a kill before each disk call leaves the old or the new tree', () => {
    const tally: Record<string, number> = {};
    for (let at = 0; at < bench.steps; at += 1) {
      const { outcome, tree } = bench.crash(at);
      tally[`${outcome} ${tree}`] = (tally[`${outcome} ${tree}`] ?? 0) + 1;
    }
    console.log(`${bench.steps} crash points`, tally);
    expect(tally['rolled-back old']).toBeGreaterThan(20);
    expect(tally['rolled-forward new']).toBeGreaterThan(3);
  });

  it.each([
    ['in the middle of the renames', 0.75],
    ['behind the commit point', 0.95],
  ])('a kill in the recovery from a crash %s leaves a recovery that can be done again', (_, part) => {
    const at = Math.floor(bench.steps * part);
    for (let second = 0; ; second += 1) if (bench.crash(at, second).finished) break;
  });
});
