/** The properties of the merge on 10,000 triples; another seed with MERGE_SEED. */
import { expect, it } from 'vitest';
import { runTriples } from '../helpers/merge-properties.ts';

const COUNT = 10_000;

it('holds for 10,000 triples, with at most half of the conflicts that diff3 has', { timeout: 900_000 }, () => {
  const { tally, rates } = runTriples(COUNT, Number(process.env.MERGE_SEED ?? 1));
  console.log(rates);
  expect(tally.triples).toBe(COUNT);
  expect(tally.invalid).toBe(0);
  expect(tally.ours).toBeLessThanOrEqual(tally.diff3 / 2);
  expect(tally.unsteady).toBeLessThanOrEqual(tally.twice / 20);
});
