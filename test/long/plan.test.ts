/** As in `npm test`, on many more random histories of a project. */
import { it } from 'vitest';
import { playHistories } from '../helpers/plan-histories.ts';

it('any history of releases and edits converges, loses no text and keeps its records', () => {
  playHistories(5000);
}, 600_000);
