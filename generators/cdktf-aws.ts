/** AWS stacks. */
import { defineGenerator } from '../src/define.ts';

export const cdktfAws = defineGenerator({
  id: 'cdktf-aws',
  title: 'AWS stacks',
  summary: 'infrastructure/cdktf: network, data, service and bootstrap stacks for three environments, with tests',
  applies: () => 'it is being written',
  files: () => [],
});
