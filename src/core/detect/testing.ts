/** The test runner, and what can measure coverage. */
import type { Fact, Script, ScriptRole, TestRunner } from '../../model.ts';
import { expand } from './build.ts';
import type { Package } from './package.ts';
import { fact } from './repo.ts';

type Scripts = Readonly<Partial<Record<ScriptRole, Fact<Script>>>>;

const BY_COMMAND: readonly (readonly [TestRunner, RegExp])[] = [
  ['vitest', /^(?:vitest|vp test)\b/],
  ['jest', /^(?:jest|react-scripts test|dts test|tsdx test)\b|\/jest(?:\.js)?\b/],
  ['mocha', /^(?:mocha|_mocha)\b/],
  ['ava', /^ava\b/],
  ['tap', /^(?:tap|borp)\b/],
  ['bun-test', /^bun test\b/],
  ['node-test', /^(?:node|tsx)\b.*\s--test\b|^glob\b.*--test\b/],
];
const BY_DEPENDENCY: readonly (readonly [TestRunner, string])[] = [
  ['vitest', 'vitest'],
  ['jest', 'jest'],
  ['mocha', 'mocha'],
  ['ava', 'ava'],
  ['tap', 'tap'],
];

/** The runner that the test scripts call, else the one that is installed. */
export function detectTestRunner(pkg: Package, scripts: Scripts): Fact<TestRunner> | null {
  for (const role of ['test', 'coverage', 'integration', 'e2e'] as const) {
    const script = scripts[role];
    if (script === undefined) continue;
    for (const line of lines(pkg, script.value.name)) {
      const found = BY_COMMAND.find(([, pattern]) => pattern.test(line));
      if (found !== undefined) return fact(found[0], script.evidence);
    }
  }
  for (const [runner, name] of BY_DEPENDENCY) {
    const dependency = pkg.dependency(name);
    if (dependency !== null) return fact(runner, dependency.evidence);
  }
  return null;
}

/** The commands of a script, with what `c8` or `nyc` wrap also on its own. */
function lines(pkg: Package, script: string): string[] {
  return expand(pkg, script).flatMap(({ words }) => {
    const line = words.join(' ');
    const wrapped = /^(?:c8|nyc)\s+(?:-\S+\s+)*(.*)$/.exec(line)?.[1];
    const inner = wrapped === undefined ? null : /^(?:npm run|npm|pnpm|yarn)\s+(\S+)/.exec(wrapped)?.[1];
    const nested =
      inner !== null && inner !== undefined && inner in pkg.scripts && inner !== script ? lines(pkg, inner) : [];
    const quoted = /"?(?:bash|sh) -l?c\s+(.*)$/.exec(line)?.[1];
    return [
      line,
      ...(wrapped === undefined ? [] : [wrapped]),
      ...nested,
      ...(quoted === undefined ? [] : quoted.split(/;|&&|\|/).map((s) => s.trim())),
    ];
  });
}

/** What measures coverage with what is installed. */
export function detectCoverage(pkg: Package, scripts: Scripts, runner: Fact<TestRunner> | null): Fact<string> | null {
  const wrapper = pkg.dependency('c8', 'nyc');
  const provider = pkg.dependency('@vitest/coverage-v8', '@vitest/coverage-istanbul', '@vitest/coverage-c8');
  switch (runner?.value) {
    case 'vitest':
      return provider;
    case 'jest':
      return pkg.dependency('jest') ?? fact('jest', runner.evidence);
    case 'tap':
    case 'bun-test':
      return fact(runner.value === 'tap' ? 'tap' : 'bun', runner.evidence);
    case 'node-test':
      return wrapper ?? fact('node', (scripts.coverage ?? scripts.test ?? runner).evidence);
    default:
      return wrapper;
  }
}
