/** The small readers that checks stand on. */
import { describe, expect, it } from 'vitest';
import { interpolated, readCompose, resolvePath } from '../../../src/standards/parse/compose.ts';
import { evaluate } from '../../../src/standards/parse/condition.ts';
import { parseDockerfile } from '../../../src/standards/parse/dockerfile.ts';
import { ignoredBy, parseIgnore } from '../../../src/standards/parse/ignore.ts';
import { tableRows } from '../../../src/standards/parse/markdown.ts';
import { seconds } from '../../../src/standards/parse/plain.ts';
import { calls, shellCommands, swallowed } from '../../../src/standards/parse/shell.ts';
import { parseYaml, type YamlFile } from '../../../src/standards/parse/yaml.ts';

describe('shellCommands', () => {
  const words = (source: string) => shellCommands(source).map((command) => command.words.join(' '));

  it.each([
    ['npm ci && npm run lint; echo done', ['npm ci', 'npm run lint', 'echo done']],
    ['CI=1 NODE_ENV=test npm test', ['npm test']],
    ['if npm test; then echo "a; b"; fi', ['npm test', 'echo a; b']],
    ['npm run a \\\n  --flag # comment\nnpm run b', ['npm run a --flag', 'npm run b']],
    ["echo 'a && b' | cat", ['echo a && b', 'cat']],
    ['x=$(git log | head -1)', []],
    ['echo "$(npm test)" ${A:-"b c"}', ['echo $(npm test) ${A:-"b c"}']],
    ['cat <<EOF\nnpm run hidden\nEOF\nnpm run shown', ['cat', 'npm run shown']],
    ['npm test 2>&1 >/dev/null', ['npm test 2>&1 >/dev/null']],
  ])('%s', (source, expected) => {
    expect(words(source)).toEqual(expected);
  });

  it('knows the line', () => {
    expect(shellCommands('a\n\n# x\nb').map(({ line }) => line)).toEqual([0, 3]);
  });

  it('finds a call with more words, not one with others', () => {
    expect(calls('cd x && npm run test -- --coverage', 'npm run test')).toBe(true);
    expect(calls('npm run test:integration', 'npm run test')).toBe(false);
    expect(calls('echo npm run test', 'npm run test')).toBe(false);
  });

  it('finds failures that are thrown away', () => {
    expect(swallowed('npm test || true\nnpm run lint').map((command) => command.words[1])).toEqual(['test']);
    expect(swallowed('npm audit || [ "$?" -lt 8 ]')).toEqual([]);
  });
});

describe('parseDockerfile', () => {
  it('reads stages, flags, continuation lines, comments and both forms', () => {
    const { file } = parseDockerfile(
      'Dockerfile',
      '# syntax=x\nARG V=22\nFROM node:${V}-slim AS base\nRUN --mount=type=cache,target=/x \\\n  # why\n  npm ci && \\\n  npm cache clean\nFROM base\nCOPY --from=base --chown=1:1 ["a b", "/c"]\nHEALTHCHECK --start-period=5s CMD ["x", "y"]\ncmd node a.js\n',
    );
    expect(file?.stages).toMatchObject([
      { name: 'base', from: 'node:22-slim', parent: null, line: 3 },
      { name: null, from: 'base', parent: 0, line: 8 },
    ]);
    expect(file?.final).toHaveLength(2);
    expect(file?.instructions.map(({ name, line, endLine }) => [name, line, endLine])).toEqual([
      ['ARG', 2, 2],
      ['FROM', 3, 3],
      ['RUN', 4, 7],
      ['FROM', 8, 8],
      ['COPY', 9, 9],
      ['HEALTHCHECK', 10, 10],
      ['CMD', 11, 11],
    ]);
    expect(file?.instructions[2]).toMatchObject({
      text: 'npm ci &&  npm cache clean'.replace('  ', ' '),
      flags: { mount: ['type=cache,target=/x'] },
    });
    expect(file?.instructions[4]).toMatchObject({ exec: ['a b', '/c'], flags: { from: ['base'], chown: ['1:1'] } });
    expect(file?.instructions[5]?.exec).toEqual(['x', 'y']);
  });

  it('reads here-documents, and tells of one without an end', () => {
    const { file } = parseDockerfile('Dockerfile', 'FROM a\nRUN <<EOF\nnpm ci\nEOF\nUSER 1\n');
    expect(file?.instructions[1]).toMatchObject({ heredoc: 'npm ci', endLine: 4 });
    expect(parseDockerfile('Dockerfile', 'FROM a\nRUN <<EOF\nnpm ci\n').problems).toMatchObject([{ line: 2 }]);
  });

  it.each([['FORM a\n'], [''], ['RUN a\n']])('finds fault with %j', (source) => {
    expect(parseDockerfile('Dockerfile', source).problems.length).toBeGreaterThan(0);
  });
});

describe('parseIgnore', () => {
  const patterns = parseIgnore('**\n!src\n!package*.json\n# x\n\n**/.env*\n**/*.test.[jt]s\n');
  it.each([
    ['src', false],
    ['src/a/b.ts', false],
    ['src/.env.local', true],
    ['src/a.test.ts', true],
    ['package-lock.json', false],
    ['README.md', true],
    ['sub/package.json', true],
  ])('%s', (path, kept) => {
    expect(ignoredBy(patterns, path) !== null).toBe(kept);
  });
});

describe('evaluate', () => {
  it.each([
    [null, 'push', true],
    ["github.event_name != 'pull_request' || needs.changes.outputs.code == 'true'", 'push', true],
    ["github.event_name != 'pull_request' || needs.changes.outputs.code == 'true'", 'pull_request', null],
    ["${{ !cancelled() && github.event_name == 'pull_request' }}", 'push', false],
    ["failure() && (github.event_name == 'push' || github.event_name == 'schedule')", 'push', false],
    ["always() && !(github.event_name == 'push')", 'push', false],
    ["contains(github.ref, 'x') && false", 'push', false],
    ["startsWith(github.ref, 'refs/tags/')", 'push', null],
    ['a b c', 'push', null],
  ])('%s on %s', (expression, event, expected) => {
    expect(evaluate(expression, event)).toBe(expected);
  });
});

describe('parseYaml', () => {
  it('knows the lines of keys, items and block scalars', () => {
    const { file } = parseYaml('a.yml', 'a:\n  - b: 1\n    run: |\n      x\n      y\n  - &c\n    d: 2\ne: *c\n');
    expect(file?.line(['a', 0, 'run'])).toBe(3);
    expect(file?.lineInside(['a', 0, 'run'], 1)).toBe(5);
    expect(file?.line(['e', 'd'])).toBe(7);
    expect(file?.line(['a', 0, 'nothing'])).toBe(2);
  });

  it('returns what is wrong, with its line', () => {
    expect(parseYaml('a.yml', 'a: 1\nb: [\n')).toMatchObject({ file: null, problems: [{ line: expect.any(Number) }] });
  });
});

describe('readCompose', () => {
  it('reads both spellings of everything, relative to its folder', () => {
    const { file } = parseYaml(
      'infrastructure/docker/docker-compose.yml',
      'services:\n  a:\n    build: { context: ../.., dockerfile: infrastructure/docker/Dockerfile, target: x }\n    environment: [A=1, B]\n    ports: ["127.0.0.1:${P:-80}:3000", { target: 4000 }]\n    env_file: [../../.secrets/a.env]\n    depends_on: [b]\n  b:\n    image: x\n    depends_on: { c: { condition: service_completed_successfully } }\n  c: { image: y, environment: { C: 2 } }\n',
    );
    const compose = readCompose(file as YamlFile);
    expect(compose.service('a')).toMatchObject({
      build: { context: '.', dockerfile: 'infrastructure/docker/Dockerfile', target: 'x' },
      envFiles: ['.secrets/a.env'],
      ports: [{ address: '127.0.0.1', target: 3000 }, { target: 4000 }],
    });
    expect(compose.service('a')?.environment).toEqual(
      new Map([
        ['A', '1'],
        ['B', null],
      ]),
    );
    expect(compose.service('a')?.dependsOn.get('b')).toBe('service_started');
    expect(compose.service('c')?.oneShot).toBe(true);
  });

  it('resolves paths and variables', () => {
    expect(resolvePath('a/b', '../c')).toBe('a/c');
    expect(resolvePath('a', '../../..')).toBe('.');
    expect(interpolated('${A:-x}/${B}/${C:?gone}')).toBe('x//');
  });
});

describe('seconds', () => {
  it.each([
    ['30s', 30],
    ['1m30s', 90],
    ['500ms', 0.5],
    ['0', 0],
    ['soon', null],
    [undefined, null],
  ])('%s', (source, expected) => {
    expect(seconds(source)).toBe(expected);
  });
});

describe('tableRows', () => {
  it('reads cells without code marks, and escaped bars', () => {
    expect(tableRows('## S\n\n| A | B |\n| --- | --- |\n| `x` | a \\| b |\n\ntext\n| C |\n')).toMatchObject([
      { line: 5, cells: ['x', 'a | b'], header: ['A', 'B'], section: 'S' },
    ]);
  });
});
