import { describe, expect, it } from 'vitest';
import { CrashBench } from '../helpers/crash.ts';
import { SCENARIOS, type ScenarioName } from '../helpers/crash-plan.ts';

describe.each(['EIO', 'ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EPERM', 'EMFILE', 'EBUSY'])(
  '%s at each disk call',
  (code) => {
    it.each(Object.keys(SCENARIOS) as ScenarioName[])('of %s leaves every file as it was, or it is done', (name) => {
      const bench = new CrashBench(name);
      try {
        const ends = { old: 0, new: 0 };
        for (let at = 0; at < bench.steps; at += 1) ends[bench.fail(at, code)] += 1;
        console.log(`${code} in ${name}: ${bench.steps} points`, ends);
        expect(ends.old).toBeGreaterThan(100);
      } finally {
        bench.close();
      }
    });
  },
);
