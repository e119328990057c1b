/** Which of the project's own tools would take our folders in. */
import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { type Content, project, told } from '../../../helpers/project.ts';

const LISTEN = { 'src/index.ts': 'app.listen(3000);\n' };
function tools(files: Record<string, Content>, manifest: Readonly<Record<string, unknown>> = {}) {
  const base = {
    name: 'x',
    scripts: { start: 'node dist/index.js' },
    dependencies: { express: '^5.0.0' },
    ...manifest,
  };
  return detect(project({ 'package.json': base, ...LISTEN, ...files }), null).tools;
}
const compilers = (...parts: Parameters<typeof tools>) =>
  tools(...parts).typescript?.map(({ value }) => `${value.path}: ${value.defaults.join(' ')}`);

describe('the compiler', () => {
  const tsconfig = (content: Content) => ({ 'tsconfig.json': content });

  test.each<[string, Content, readonly string[]]>([
    ['nothing is said', {}, ['tsconfig.json: node_modules']],
    ['the output is named', { compilerOptions: { outDir: './build' } }, ['tsconfig.json: node_modules build']],
    ['every file is included', { include: ['**/*.ts'], exclude: ['node_modules'] }, ['tsconfig.json: node_modules']],
    ['the root is included', { include: ['.'] }, ['tsconfig.json: node_modules']],
    ['the infrastructure is included', { include: ['src', 'infrastructure'] }, ['tsconfig.json: node_modules']],
    ['ours is excluded already', { exclude: ['infrastructure/cdktf', 'telemetry'] }, ['tsconfig.json: node_modules']],
    ['one folder is included', { include: ['src/**/*'] }, []],
    ['files are listed', { files: ['src/index.ts'] }, []],
    ['only references', { files: [], references: [{ path: './app' }] }, []],
    ['all infrastructure is excluded', { exclude: ['infrastructure'] }, []],
    ['only other files are included', { include: ['**/*.d.mts'] }, []],
  ])('%s', (_, content, expected) => expect(compilers(tsconfig(content))).toEqual(expected));

  test('NestJS: both configurations have a list of their own', () => {
    const files = {
      'tsconfig.json': { compilerOptions: { outDir: './dist' } },
      'tsconfig.build.json': { extends: './tsconfig.json', exclude: ['node_modules', 'dist'] },
    };
    expect(compilers(files)).toEqual(['tsconfig.build.json: node_modules dist', 'tsconfig.json: node_modules dist']);
  });

  test('a list that is inherited is edited once, with the outputs of all', () => {
    const files = {
      'tsconfig.json': {},
      'tsconfig.build.json': { extends: './tsconfig.json', compilerOptions: { outDir: 'dist' } },
    };
    expect(compilers(files)).toEqual(['tsconfig.json: node_modules dist']);
    const narrow = {
      ...files,
      'tsconfig.json': { include: ['src'] },
      'tsconfig.build.json': { extends: './tsconfig.json', include: ['**/*'] },
    };
    expect(compilers(narrow)).toEqual(['tsconfig.build.json: node_modules']);
  });

  test('what others only begin with is no program', () => {
    expect(compilers({ 'tsconfig.base.json': {} })).toEqual([]);
    expect(compilers({ 'tsconfig.ci.json': {} }, { scripts: { typecheck: 'tsc -p tsconfig.ci.json' } })).toEqual([
      'tsconfig.ci.json: node_modules',
    ]);
  });
});

describe('ESLint', () => {
  const eslint = (lint: string, parser = 'typescript-eslint') =>
    told(
      tools(
        { 'eslint.config.js': 'export default [];' },
        { scripts: { lint }, devDependencies: { [parser]: '^8.0.0' } },
      ).eslintReadsTypescript,
    );

  test.each([
    'eslint .',
    'eslint',
    'eslint . --max-warnings 0',
    'eslint --cache .',
    'eslint "**/*.ts"',
    'eslint && tsc',
  ])('%s reads everything', (script) => expect(eslint(script)).toBe('eslint.config.js @eslint.config.js'));
  test.each(['eslint src', 'eslint ./src', 'eslint src/**/*.ts', 'biome check .'])('%s does not', (script) =>
    expect(eslint(script)).toBeNull(),
  );
  test('without a parser of TypeScript it reads JavaScript only', () => expect(eslint('eslint .', 'chalk')).toBeNull());
  test('its ignore file', () => {
    expect(told(tools({ '.eslintignore': 'dist\n' }).eslintIgnore)).toBe('.eslintignore @.eslintignore');
    expect(tools({}).eslintIgnore).toBeNull();
  });
});

describe('the workspace', () => {
  const takes = (workspaces: readonly string[]) => tools({}, { workspaces }).workspaceTakes;

  test('takes folders of ours for members by its patterns', () => {
    expect(takes(['packages/*'])).toEqual([]);
    expect(takes(['infrastructure/*', 'apps/*'])).toEqual(['infrastructure/cdktf']);
    expect(takes(['*'])).toEqual(['telemetry']);
    expect(takes(['**'])).toEqual(['infrastructure/cdktf', 'telemetry']);
    expect(takes(['**', '!infrastructure/cdktf', '!telemetry'])).toEqual([]);
    expect(tools({}).workspaceTakes).toEqual([]);
  });

  test('what we wrote is neither a service nor a member, a folder of the same name is', () => {
    const ours = {
      'infrastructure/cdktf/package.json': { name: 'stacks' },
      'infrastructure/cdktf/config/services.json': '{}',
      'telemetry/package.json': { name: 'x-telemetry', type: 'module' },
      'telemetry/register.mjs': 'createServer().listen(9464);\n',
      'apps/a/package.json': { name: 'a', scripts: { start: 'node i.js' }, dependencies: { express: '^5.0.0' } },
      'apps/a/i.js': 'app.listen(3000);\n',
    };
    const seen = detect(
      project({ 'package.json': { name: 'root', private: true, workspaces: ['**'] }, ...ours }),
      null,
    );
    expect(seen.services.map(({ path }) => path)).toEqual(['apps/a']);
    expect(seen.workspace?.members.map(({ path }) => path)).toEqual(['apps/a']);
    const theirs = {
      'telemetry/package.json': { name: 't', scripts: { start: 'node i.js' }, dependencies: { express: '5' } },
      'telemetry/i.js': 'app.listen(1234);\n',
    };
    expect(detect(project(theirs), null).services.map(({ path }) => path)).toEqual(['telemetry']);
  });
});
