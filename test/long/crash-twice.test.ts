import { describe, expect, it } from 'vitest';
import { CrashBench } from '../helpers/crash.ts';
import { SCENARIOS, type ScenarioName } from '../helpers/crash-plan.ts';

describe('a power cut at every change of the disk, and another at every change of the recovery', () => {
  it.each(Object.keys(SCENARIOS) as ScenarioName[])('of %s leaves the old or the new state', (name) => {
    const bench = new CrashBench(name);
    try {
      const tally = { once: 0, twice: 0, old: 0, new: 0 };
      for (let at = 0; at < bench.changes; at += 1) {
        tally[bench.cut(at).state] += 1;
        tally.once += 1;
        for (let second = 0; !bench.cut(at, second).finished; second += 1) tally.twice += 1;
      }
      console.log(`${name}: ${tally.once} points, ${tally.twice} with one in the recovery`, tally);
      expect(tally.twice).toBeGreaterThan(2000);
    } finally {
      bench.close();
    }
  });
});
