import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandsOf, coverageOf } from '../../../../src/core/system/commands.ts';
import type { PackageManagerFacts, ServiceFacts, TestRunner } from '../../../../src/model.ts';
import { fact, scripts, serviceFacts } from '../../../helpers/facts.ts';

type Flavour = PackageManagerFacts['flavour'];

function manager(flavour: Flavour): PackageManagerFacts {
  const name = flavour === 'yarn-classic' || flavour === 'yarn-berry' ? 'yarn' : flavour;
  return { name, flavour, version: null, lockFile: null, installRoot: '.' };
}

function withScripts(given: Parameters<typeof scripts>[0], change: Partial<ServiceFacts> = {}): ServiceFacts {
  return serviceFacts({ scripts: scripts(given), ...change });
}

describe('commands', () => {
  it.each([
    ['npm', 'npm run lint', 'npm test', 'npm run test:unit'],
    ['pnpm', 'pnpm run lint', 'pnpm run test', 'pnpm run test:unit'],
    ['yarn-classic', 'yarn run lint', 'yarn run test', 'yarn run test:unit'],
    ['yarn-berry', 'yarn run lint', 'yarn run test', 'yarn run test:unit'],
    ['bun', 'bun run lint', 'bun run test', 'bun run test:unit'],
  ] as const)('%s', (flavour, lint, test, unit) => {
    const line = (name: string) =>
      commandsOf(withScripts({ test: [name, 'x'] }, { packageManager: manager(flavour) })).test?.line;
    expect([line('lint'), line('test'), line('test:unit')]).toEqual([lint, test, unit]);
  });

  it('are there for the roles that have a script, and run in the service’s folder', () => {
    const commands = commandsOf(withScripts({ lint: ['lint', 'eslint .'] }, { path: 'apps/api' }));
    expect(commands).toEqual({ lint: { role: 'lint', script: 'lint', line: 'npm run lint', cwd: 'apps/api' } });
    expect(commandsOf(withScripts({}))).toEqual({});
  });

  it.each([
    'lint & rm',
    "it's",
    '$(id)',
    '`id`',
    'a"b',
    'a b',
    'a;b',
    'a\nb',
    '~',
    '*',
    '',
    'a\\',
    '!x',
    'größe',
    '#x',
  ])('hand the script name %j to the shell as one word', (name) => {
    const line = commandsOf(withScripts({ lint: [name, 'x'] })).lint?.line ?? '';
    const [npm, run, ...given] = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);
    expect([npm, run, given]).toEqual(['npm', 'run', [name]]);
  });
});

describe('coverage', () => {
  const line = (
    runner: TestRunner,
    tool: string | null,
    given: Parameters<typeof scripts>[0],
    gate: number | null = null,
    flavour: Flavour = 'npm',
    node = 22,
  ) => {
    const change = {
      testRunner: fact(runner),
      coverage: tool === null ? null : fact(tool),
      packageManager: manager(flavour),
    };
    return coverageOf(withScripts(given, change), gate, node)?.line ?? null;
  };
  const test = (command: string, name = 'test') => ({ test: [name, command] as const });

  it.each([
    // Each runner, with and without a gate.
    ['vitest', 'v8', 'vitest run', null, 'npm test -- --coverage'],
    ['vitest', 'v8', 'vitest run', 80, 'npm test -- --coverage --coverage.thresholds.lines=80'],
    ['jest', 'jest', 'jest', null, 'npm test -- --coverage'],
    ['jest', 'jest', 'jest', 80, 'npm test -- --coverage --coverageThreshold=\'{"global":{"lines":80}}\''],
    ['node-test', 'node', 'node --test', null, 'npm test -- --experimental-test-coverage'],
    ['node-test', 'node', 'node --test', 80, 'npm test -- --experimental-test-coverage --test-coverage-lines=80'],
    ['mocha', 'c8', 'mocha', null, 'npx --no-install c8 npm test'],
    ['mocha', 'nyc', 'mocha', 80, 'npx --no-install nyc --check-coverage --lines 80 npm test'],
    ['ava', 'c8', 'ava', 75, 'npx --no-install c8 --check-coverage --lines 75 npm test'],
    ['node-test', 'c8', 'node --test', 80, 'npx --no-install c8 --check-coverage --lines 80 npm test'],
    ['bun-test', 'bun', 'bun test', null, 'npm test -- --coverage'],
    ['bun-test', 'bun', 'bun test', 80, null],
    ['tap', 'tap', 'tap', 80, null],
    // A wrapper that is in the script is not put around it again.
    ['mocha', 'c8', 'c8 mocha', null, 'npm test'],
    ['mocha', 'c8', 'c8 mocha', 80, 'npm test && npx --no-install c8 check-coverage --lines 80'],
    // A flag that is in the script is not given again: vitest ends with a stack trace then.
    ['vitest', 'v8', 'vitest run --coverage', null, 'npm test'],
    ['vitest', 'v8', 'vitest run --coverage', 80, 'npm test -- --coverage.thresholds.lines=80'],
    // Compound scripts: the runner has to be what the appended flags reach.
    ['vitest', 'v8', 'tsc --noEmit && vitest run', null, 'npm test -- --coverage'],
    ['vitest', 'v8', 'NODE_ENV=test cross-env X=1 vitest', null, 'npm test -- --coverage'],
    ['jest', 'jest', 'node --experimental-vm-modules node_modules/.bin/jest', null, 'npm test -- --coverage'],
    ['jest', 'jest', 'node node_modules/jest/bin/jest.js', null, 'npm test -- --coverage'],
    ['vitest', 'v8', 'npx vitest run', null, 'npm test -- --coverage'],
    ['vitest', 'v8', 'vitest run && eslint .', null, null],
    ['vitest', 'v8', 'vitest run; true', null, null],
    ['vitest', 'v8', 'vitest run | tee log', null, null],
    ['vitest', 'v8', 'vitest & wait', null, null],
    ['vitest', 'v8', 'sh -c "vitest run"', null, null],
    ['vitest', 'v8', 'vitest run # all', null, null],
    ['vitest', 'v8', '(cd src && vitest)', null, null],
    ['vitest', 'v8', 'npm run vitest', null, null],
    ['vitest', 'v8', 'turbo run vitest', null, null],
    ['vitest', 'v8', 'run-p lint vitest', null, null],
    ['vitest', 'v8', 'echo vitest', null, null],
    ['vitest', 'v8', 'my-vitest run', null, null],
    ['jest', 'jest', 'react-scripts test', null, null],
    ['node-test', 'node', 'node --test test/', null, null],
    ['node-test', 'node', 'node --import tsx --test', null, 'npm test -- --experimental-test-coverage'],
    ['node-test', 'node', 'node --test --test-reporter=dot', null, 'npm test -- --experimental-test-coverage'],
    ['node-test', 'node', 'tsx --test', null, null],
    // Nothing is installed that measures.
    ['vitest', null, 'vitest run', 80, null],
  ] as const)('%s with %s, script %j, gate %j', (runner, tool, command, gate, expected) => {
    expect(line(runner, tool, test(command), gate)).toBe(expected);
  });

  it.each([
    ['npm', 'npm run test:unit -- --coverage'],
    ['pnpm', 'pnpm run test:unit --coverage'],
    ['yarn-classic', 'yarn run test:unit --coverage'],
    ['yarn-berry', 'yarn run test:unit --coverage'],
    ['bun', 'bun run test:unit --coverage'],
  ] as const)('%s hands flags on in its way', (flavour, expected) => {
    expect(line('vitest', 'v8', test('vitest run', 'test:unit'), null, flavour)).toBe(expected);
  });

  it('does not give Node 20 an option that it does not know', () => {
    const script = test('node --test');
    expect(line('node-test', 'node', script, 80, 'npm', 20)).toBeNull();
    expect(line('node-test', 'node', script, null, 'npm', 20)).toBe('npm test -- --experimental-test-coverage');
  });

  it('prefers the project’s own script where there is no gate, and adds the gate where it can', () => {
    const both = (command: string, own: string) => ({
      test: ['test', command] as const,
      coverage: ['test:cov', own] as const,
    });
    expect(line('vitest', 'v8', both('vitest run', 'vitest run --coverage'))).toBe('npm run test:cov');
    expect(line('vitest', 'v8', both('vitest run', 'vitest run --coverage'), 80)).toBe(
      'npm test -- --coverage --coverage.thresholds.lines=80',
    );
    expect(line('vitest', 'v8', both('turbo test', 'vitest run --coverage'), 80)).toBe(
      'npm run test:cov -- --coverage.thresholds.lines=80',
    );
    expect(line('vitest', 'v8', both('turbo test', 'turbo cov'), 80)).toBeNull();
  });

  it('names the tool', () => {
    expect(coverageOf(serviceFacts(), null, 22)?.tool).toBe('@vitest/coverage-v8');
    expect(coverageOf(serviceFacts({ testRunner: null }), null, 22)).toBeNull();
  });
});
