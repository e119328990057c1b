import { describe, expect, it } from 'vitest';
import { foldCommand, groupSteps } from '../../../src/cli/text/steps.ts';

describe('a long command', () => {
  it('breaks between its parts and stays the same command', () => {
    const command =
      'gh api --method PUT repos/acme/orders/environments/notifications && gh secret set A --env notifications';
    expect(foldCommand(command, 84)).toEqual([
      'gh api --method PUT repos/acme/orders/environments/notifications &&',
      '  gh secret set A --env notifications',
    ]);
    expect(foldCommand('git init', 84)).toEqual(['git init']);
  });
});

describe('steps of many services', () => {
  it('are said once', () => {
    const services = ['api', 'web', 'jobs', 'mail', 'feed', 'api-two'];
    const steps = services.map((name) => ({
      text: `package.json of ${name} has no "lint" script.`,
      standard: 'CI-004',
    }));
    expect(groupSteps([{ text: 'First.' }, ...steps], services)).toEqual([
      { text: 'First.' },
      {
        text: 'package.json of api has no "lint" script. The same for web, jobs, mail and 2 more.',
        standard: 'CI-004',
      },
    ]);
    expect(groupSteps(steps.slice(0, 2), services)[0]?.text).toMatch(/The same for web\.$/);
    expect(groupSteps(steps.slice(0, 1), services)).toEqual(steps.slice(0, 1));
  });
});
