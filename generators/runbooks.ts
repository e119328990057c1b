/** Runbooks. */
import { defineGenerator } from '../src/define.ts';

export const runbooks = defineGenerator({
  id: 'runbooks',
  title: 'Runbooks',
  summary: 'one page for each alert, and deployment, rollback, scaling, incidents, disaster recovery',
  applies: () => 'it is being written',
  files: () => [],
});
