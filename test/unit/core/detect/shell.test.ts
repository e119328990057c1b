import { expect, test } from 'vitest';
import { commandsOf, scriptOf } from '../../../../src/core/detect/shell.ts';

test.each([
  ['node dist/main', [['node', 'dist/main']]],
  ['NODE_ENV=production node dist/x.js', [['node', 'dist/x.js']]],
  ['cross-env A=1 B="two words" node x.js', [['node', 'x.js']]],
  [
    'npm run build && node x.js',
    [
      ['npm', 'run', 'build'],
      ['node', 'x.js'],
    ],
  ],
  ["eslint 'src/**/*.ts' --max-warnings=0", [['eslint', 'src/**/*.ts', '--max-warnings=0']]],
  ['env-cmd -f .env.test -- jest', [['jest']]],
  ['dotenv -e .env -- tsx src/a.ts', [['tsx', 'src/a.ts']]],
  ['npx prisma migrate deploy; a | b', [['prisma', 'migrate', 'deploy'], ['a'], ['b']]],
  ['./node_modules/.bin/next start', [['next', 'start']]],
  ['jest 2>&1', [['jest', '2>&1']]],
])('%s', (line, expected) => {
  expect(commandsOf(line).map((c) => [...c.words])).toEqual(expected);
});

test('keeps the variables', () => {
  expect(commandsOf('PORT=4000 cross-env NODE_ENV=production node x.js')[0]?.variables).toEqual({
    PORT: '4000',
    NODE_ENV: 'production',
  });
});

test.each([
  [['npm', 'run', 'a'], 'a'],
  [['npm', 'start'], 'start'],
  [['npm', 'a'], null],
  [['pnpm', 'a'], 'a'],
  [['yarn', 'a', '--x'], 'a'],
  [['pnpm', '--filter', 'web', 'a'], 'a'],
  [['bun', 'test'], null],
  [['npm', 'run', 'missing'], null],
  [['node', 'a'], null],
])('%j runs the script %s', (words, expected) => {
  expect(scriptOf(words, { a: '', start: '', test: '' })).toBe(expected);
});
