import { describe, expect, it } from 'vitest';
import { CrashBench } from '../helpers/crash.ts';
import { SCENARIOS, type ScenarioName } from '../helpers/crash-plan.ts';

/** A process for each point. */
const PATIENCE = 3_600_000;
const NAMES = Object.keys(SCENARIOS) as ScenarioName[];

function on(name: ScenarioName, action: (bench: CrashBench) => void): void {
  const bench = new CrashBench(name);
  try {
    action(bench);
  } finally {
    bench.close();
  }
}

describe('SIGKILL before each disk call', () => {
  it.each(NAMES)(
    'of %s leaves the old or the new state, and what undo had',
    (name) => {
      on(name, (bench) => {
        const tally: Record<string, number> = {};
        for (let at = 0; at < bench.steps; at += 1) {
          const { outcome, state } = bench.kill(at);
          tally[`${outcome} ${state}`] = (tally[`${outcome} ${state}`] ?? 0) + 1;
        }
        console.log(`${name}: ${bench.steps} points`, tally);
        expect(tally['rolled-back old']).toBeGreaterThan(20);
        expect(tally['rolled-forward new']).toBeGreaterThan(3);
      });
    },
    PATIENCE,
  );

  it.each(['apply', 'undo of an update', 'remove --all'] as const)(
    'of the recovery from a killed %s leaves a recovery that can be done again',
    (name) => {
      on(name, (bench) => {
        let points = 0;
        // In the middle of the renames, and behind the marker.
        for (const part of [0.75, 0.95])
          for (let second = 0; !bench.kill(Math.floor(bench.steps * part), second).finished; second += 1) points += 1;
        console.log(`recovery of ${name}: ${points} points`);
        expect(points).toBeGreaterThan(20);
      });
    },
    PATIENCE,
  );

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s to a process that catches nothing is the same', (signal) => {
    on('update', (bench) => {
      for (let at = 0; at < bench.steps; at += 7) bench.kill(at, null, signal);
    });
  });
});
