/**
 * One file a stack, so that the effect of a change is read like the change itself. They are written by the first `npm test` and belong into the
 * repository; after a change that is meant, `npm test -- -u` writes them anew. Where CI finds none, it fails: it cannot know what was meant.
 */
import { expect, it } from 'vitest';
import { stacks } from './synthesis.js';

it.each(stacks.map((stack) => [stack.id, stack] as const))('%s', async (id, { json }) => {
  // Versions of Terraform and of its provider move with updates, and change no resource.
  const { required_providers, required_version, ...terraform } = json.terraform;
  await expect(`${JSON.stringify({ ...json, terraform }, null, 2)}\n`).toMatchFileSnapshot(`__snapshots__/${id}.json.snap`);
});
