/** A kept plan comes from anywhere: whatever is wrong with it is said, and never a stack trace. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../src/cli/request.ts';
import { SetupError } from '../../../src/errors.ts';

const good = {
  schema: 1,
  command: 'plan',
  planId: '0123456789abcdef',
  tool: { name: 'create-devops-setup', version: '1.0.0' },
  request: { flags: { persona: 'workflow' }, answers: null, only: null, onConflict: 'keep' },
  changes: [{ path: 'Dockerfile', kind: 'create', hashBefore: null, hashAfter: 'a' }],
};
const parse = (value: unknown) => parsePlan(JSON.stringify(value), '--plan p.json');
const messages = (value: unknown): readonly string[] => {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
};

describe('a kept plan', () => {
  it('is read', () => {
    const kept = parse(good);
    expect(kept).toMatchObject({ planId: good.planId, tool: '1.0.0', onConflict: 'keep', changes: good.changes });
    expect([...kept.request.flags]).toEqual([['persona', 'workflow']]);
  });

  it.each([
    ['of another command', { ...good, command: 'diff' }, 'it is not what plan --json prints.'],
    ['of another schema', { ...good, schema: 2 }, 'it is not what plan --json prints.'],
    ['without an id', { ...good, planId: '../x' }, 'planId is not an id of a plan.'],
    ['without a release', { ...good, tool: '1.0.0' }, 'tool.version is not a version.'],
    ['without a request', { ...good, request: null }, 'request is not one.'],
    ['with a folder that leads out', { ...good, request: { ...good.request, only: '../x' } }, 'request is not one.'],
    ['with another policy', { ...good, request: { ...good.request, onConflict: 'mine' } }, 'request is not one.'],
    ['with changes that are none', { ...good, changes: [{ path: 1 }] }, 'changes is not a list of changes.'],
  ])('%s is refused', (_, value, message) => expect(messages(value)).toContain(message));

  it('tells everything that is wrong at once', () =>
    expect(messages({ ...good, planId: 1, tool: null, request: 1, changes: {} })).toHaveLength(4));

  it('that is not JSON is refused', () => expect(() => parsePlan('{', 'p')).toThrow(SetupError));

  it('never fails in another way', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        messages(value);
        messages({ ...good, request: value });
        messages({ ...good, changes: value });
      }),
      { numRuns: 300 },
    );
  });
});
