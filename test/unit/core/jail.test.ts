import { describe, expect, it } from 'vitest';
import { checkPath, collisions } from '../../../src/core/jail.ts';
import { ATTACKS, GOOD_PATHS } from '../../helpers/attacks.ts';

describe('the lexical jail', () => {
  it.each(ATTACKS)('refuses %j', (path) => {
    expect(checkPath(path)).toMatchObject({ code: 'JAIL', hint: expect.any(String) });
  });

  it.each(GOOD_PATHS)('lets %j through', (path) => {
    expect(checkPath(path)).toBeNull();
  });

  it('shows a refused path without what would fool a terminal', () => {
    expect(checkPath('a\u001b[2J/../b')?.place).toBe('a\\u{1b}[2J/../b');
    expect(checkPath('')?.place).toBe('(empty path)');
    expect(checkPath(`${'x'.repeat(3000)}`)?.place.length).toBeLessThan(250);
  });

  it('refuses what is no text, as untrusted JSON may say', () => {
    expect(checkPath(7 as unknown as string)).toMatchObject({ code: 'JAIL' });
  });
});

describe('collisions', () => {
  it.each([
    [['Dockerfile', 'dockerfile'], 'twin'],
    [['a/b', 'A/c'], 'twin'],
    [['caf\u00e9', 'cafe\u0301'], 'twin'],
    [['x', 'x/y'], 'folder'],
    [['x/y', 'X'], 'folder'],
    [['x', 'x'], 'twin'],
  ] as const)('finds %j', (paths, why) => {
    expect(collisions(paths)).toMatchObject([{ why }]);
  });

  it('is quiet about paths that can stand side by side', () => {
    expect(collisions(['a', 'b/c', 'b/d', 'b/e/f', 'a.b', 'ab'])).toEqual([]);
  });
});
