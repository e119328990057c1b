/**
 * A year in the life of a setup: written by this release, edited by people and bots, updated by two later releases. Every edit is there
 * afterwards, every bump too, nothing is invalid, and nothing had to be decided twice. `test/long` does it for every snapshot case.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES } from '../cases.ts';
import { removeReleases } from '../helpers/releases.ts';
import { cleanUp } from '../helpers/snapshot.ts';
import { live, type Releases, releases } from './year/live.ts';

let built: Releases;
beforeAll(() => {
  built = releases();
}, 120_000);
afterAll(() => {
  removeReleases();
  cleanUp();
});

describe.each(CASES.filter(({ name }) => ['express-postgres', 'pnpm-workspace'].includes(name)))('$name', (one) => {
  it('keeps every edit and every bump over two releases', () => {
    const { edits, problems } = live(one, built);
    expect(problems).toEqual([]);
    expect(edits.length).toBeGreaterThanOrEqual(12);
  }, 120_000);
});
