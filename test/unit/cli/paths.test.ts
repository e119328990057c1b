import { describe, expect, it } from 'vitest';
import { knownPath } from '../../../src/cli/paths.ts';

const known = [
  { path: 'Dockerfile' },
  { path: '.github/workflows/ci.yml' },
  { path: 'deploy/compose.yaml', from: 'compose.yaml' },
  { path: 'services/orders/Dockerfile' },
];

describe('a path that a person typed', () => {
  it.each([
    ['Dockerfile', null, 'Dockerfile'],
    ['./Dockerfile', null, 'Dockerfile'],
    ['.github\\workflows\\ci.yml', null, '.github/workflows/ci.yml'],
    ['compose.yaml', null, 'deploy/compose.yaml'],
    ['Dockerfile', 'services/orders', 'services/orders/Dockerfile'],
    ['.github/workflows/ci.yml', 'services/orders', '.github/workflows/ci.yml'],
  ])('%s in %s', (word, folder, path) => expect(knownPath(word, known, folder)).toBe(path));

  it.each([
    ['Dokcerfile', 'Did you mean Dockerfile?'],
    ['ci.yml', 'Did you mean .github/workflows/ci.yml?'],
    ['src/server.ts', 'create-devops-setup plan'],
  ])('%s is not known', (word, hint) => {
    try {
      knownPath(word, known, null);
      expect.fail('it was found');
    } catch (error) {
      expect((error as { problems: { hint: string }[] }).problems[0]?.hint).toContain(hint);
    }
  });
});
