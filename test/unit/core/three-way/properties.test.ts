/** What holds for every merge, on triples as people and new versions make them. The long run has twenty times as many. */
import { expect, it } from 'vitest';
import { runTriples } from '../../../helpers/merge-properties.ts';

it('holds for 500 triples, with at most half of the conflicts that diff3 has', { timeout: 60_000 }, () => {
  const { tally, rates } = runTriples(500, 5);
  console.log(rates);
  expect(tally.triples).toBe(500);
  expect(tally.invalid).toBe(0);
  expect(tally.ours).toBeLessThanOrEqual(tally.diff3 / 2);
  expect(tally.unsteady).toBeLessThanOrEqual(tally.twice / 20);
});
