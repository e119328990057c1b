/** Random histories of a project converge, lose no text and keep their records; `npm run test:long` plays many more. */
import { it } from 'vitest';
import { playHistories } from '../../helpers/plan-histories.ts';

it('any history of releases and edits converges, loses no text and keeps its records', () => {
  playHistories(100);
});
