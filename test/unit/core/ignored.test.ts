import { describe, expect, it } from 'vitest';
import { ignoredByGit } from '../../../src/core/ignored.ts';

describe('what git would not see', () => {
  it.each([
    ['compose.yaml\n', ['compose.yaml']],
    ['*.yaml\r\n!compose.yaml\r\n', ['docs/a.yaml']],
    ['docs/\n', ['docs/a.yaml']],
    ['# compose.yaml\n', []],
  ])('%j', (gitignore, expected) => {
    expect(ignoredByGit(gitignore, ['Dockerfile', 'compose.yaml', 'docs/a.yaml'])).toEqual(expected);
  });

  it('is nothing without a .gitignore', () => {
    expect(ignoredByGit(null, ['a'])).toEqual([]);
  });
});
