/** Alert routing. */
import { defineGenerator } from '../src/define.ts';

export const alertmanager = defineGenerator({
  id: 'alertmanager',
  title: 'Alert routing',
  summary: 'Alertmanager routes, inhibition, message templates',
  applies: () => 'it is being written',
  files: () => [],
});
