/** Metrics and alerts. */
import { defineGenerator } from '../src/define.ts';

export const prometheus = defineGenerator({
  id: 'prometheus',
  title: 'Metrics and alerts',
  summary:
    'Prometheus scrape configuration, recording rules and alerts, each with a test that fires and one that stays quiet',
  applies: () => 'it is being written',
  files: () => [],
});
