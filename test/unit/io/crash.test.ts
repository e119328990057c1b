import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { openWriter } from '../../../src/io/disk.ts';
import { CrashBench, look } from '../../helpers/crash.ts';
import { SCENARIOS, type ScenarioName } from '../../helpers/crash-plan.ts';

/** A sample that meets every phase; `test/long/crash.test.ts` kills at every call, and `crash-twice.test.ts` in every recovery as well. */
const POINTS = 24;

describe('a run that is killed', () => {
  const bench = new CrashBench('apply');
  afterAll(() => bench.close());

  it('leaves the old or the new tree, never a mixture, at a sample of its disk calls', () => {
    expect(bench.steps).toBeGreaterThan(150);
    const seen = new Set<string>();
    for (let point = 0; point < POINTS; point += 1) {
      const { outcome, state } = bench.kill(Math.floor(((point + 0.5) * bench.steps) / POINTS));
      seen.add(`${outcome} ${state}`);
    }
    for (const end of ['staging-dropped old', 'rolled-back old', 'rolled-forward new']) expect(seen).toContain(end);
  });

  it('is healed by the next apply as well', () => {
    const place = bench.fresh();
    bench.run(place, Math.floor(bench.steps * 0.7));
    expect(bench.run(place, -1).signal).toBeNull();
    expect(look(place)).toEqual(bench.after);
  });
});

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'])('%s, held back by the command line, waits until everything is written', (signal) => {
    const bench = new CrashBench('apply');
    try {
      for (const part of [0, 0.2, 0.5, 0.8, 0.97]) {
        const place = bench.fresh();
        expect(bench.run(place, Math.floor(bench.steps * part), 'apply', signal, 'caught').signal).toBeNull();
        expect(look(place)).toEqual(bench.after);
        expect(bench.open(place).recover().outcome).toBe('clean');
      }
    } finally {
      bench.close();
    }
  });

  it.each(Object.keys(SCENARIOS) as ScenarioName[])(
    'asked for before any file or the marker of %s takes it back',
    (name) => {
      const bench = new CrashBench(name);
      try {
        for (let at = 1, state = 'old'; state === 'old'; at += 1) {
          const place = bench.fresh();
          let asked = 0;
          const writer = openWriter(place.root, { stateFolder: () => place.state, shouldStop: () => ++asked === at });
          let code = '';
          try {
            SCENARIOS[name].act(writer);
          } catch (error) {
            code = error instanceof SetupError ? (error.problems[0]?.code ?? '') : String(error);
          }
          state = code === '' ? 'new' : 'old';
          if (state === 'old') expect(code).toBe('CANCELLED');
          expect(look(place)).toEqual(state === 'old' ? bench.before : bench.after);
        }
      } finally {
        bench.close();
      }
    },
  );
});

describe('a clock that jumps', () => {
  it.each(Object.keys(SCENARIOS) as ScenarioName[])('changes nothing for %s, killed or not', (name) => {
    const bench = new CrashBench(name);
    const times = [0, 4e12, 1e12, 2 ** 31 * 1000, -1e12];
    let calls = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => times[calls++ % times.length] ?? 0);
    try {
      const place = bench.fresh();
      age(place.root, 0);
      SCENARIOS[name].act(bench.open(place));
      age(place.root, 4e9);
      expect(look(place)).toEqual(bench.after);
      for (let at = 3; at < bench.changes; at += 13) bench.cut(at);
    } finally {
      clock.mockRestore();
      bench.close();
    }
  });

  /** Gives everything below a folder one time, in seconds. */
  function age(path: string, time: number): void {
    for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }))
      utimesSync(join(entry.parentPath, entry.name), time, time);
  }
});

describe('undo after a power cut', () => {
  it.each<[name: ScenarioName, state: 'before' | 'after']>([
    ['undo of an update', 'after'],
    ['undo of remove --all', 'after'],
    ['update', 'before'],
    ['remove --all', 'before'],
  ])('in the middle of %s takes that back, and nothing else', (name, state) => {
    const bench = new CrashBench(name);
    try {
      let begun = 0;
      for (let at = 0; at < bench.changes; at += 2) {
        const found = bench.undoAfterCut(at);
        if (found === null) continue;
        begun += 1;
        expect(found.tree, `a cut at change ${at}`).toEqual(bench[state].tree);
      }
      expect(begun).toBeGreaterThan(10);
    } finally {
      bench.close();
    }
  });
});

describe('a power cut', () => {
  it.each(Object.keys(SCENARIOS) as ScenarioName[])(
    'at a sample of the changes of %s leaves the old or the new state',
    (name) => {
      const bench = new CrashBench(name);
      try {
        const tally = { old: 0, new: 0 };
        for (let at = 0; at < bench.changes; at += 4) tally[bench.cut(at).state] += 1;
        expect(tally.old).toBeGreaterThan(10);
        expect(tally.new).toBeGreaterThan(0);
      } finally {
        bench.close();
      }
    },
  );
});
