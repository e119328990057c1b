import { describe, expect, it } from 'vitest';
import { isNewer, requireRelease } from '../../../src/cli/begin.ts';
import type { SetupError } from '../../../src/errors.ts';
import type { Lock } from '../../../src/model.ts';

describe('which release is newer', () => {
  it.each([
    ['2.0.0', '1.9.9', true],
    ['1.10.0', '1.9.0', true],
    ['1.0.1', '1.0.0', true],
    ['1.0.0', '1.0.0', false],
    ['1.0.0', '1.0.1', false],
    ['2.0.0', '2.0.0-rc.1', true],
    ['2.0.0-rc.1', '2.0.0', false],
    ['2.0.0-rc.10', '2.0.0-rc.9', true],
    ['2.0.0+build.5', '2.0.0', false],
    ['1.0.0', '0.0.0-source', false],
    ['from a fork', '1.0.0', false],
  ])('%s after %s: %s', (a, b, expected) => expect(isNewer(a, b)).toBe(expected));
});

describe('a lock of a newer release', () => {
  const lock = (tool: string): Lock => ({ version: 1, tool, config: '', pinned: {}, files: {} });

  it('is refused with both releases named and the command that helps', () => {
    try {
      requireRelease(lock('2.3.0'), '2.2.9');
      expect.fail('it was not refused');
    } catch (error) {
      const [problem] = (error as SetupError).problems;
      expect(problem?.message).toContain('2.3.0');
      expect(problem?.message).toContain('2.2.9');
      expect(problem?.hint).toContain('npx create-devops-setup@2.3.0');
    }
  });

  it.each(['2.2.9', '2.2.8', '1.0.0'])('of %s it is not', (tool) =>
    expect(() => requireRelease(lock(tool), '2.2.9')).not.toThrow(),
  );

  it('is no reason where there is none', () => expect(() => requireRelease(null, '1.0.0')).not.toThrow());
});
