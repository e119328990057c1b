import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { type Content, only, project, told } from '../../../helpers/project.ts';

const tsconfig = { compilerOptions: { outDir: 'dist', rootDir: 'src' }, include: ['src'] };
const server = "import express from 'express';\nconst app = express();\napp.listen(3000);\n";

function service(
  scripts: Record<string, string>,
  files: Record<string, Content> = {},
  manifest: Record<string, unknown> = {},
) {
  return only(
    detect(
      project({
        'package.json': { name: 'x', scripts, dependencies: { express: '^5.0.0' }, ...manifest },
        'tsconfig.json': tsconfig,
        'src/index.ts': server,
        'src/server.ts': server,
        ...files,
      }),
      null,
    ),
  );
}
const start = (...args: Parameters<typeof service>): readonly string[] | null => service(...args).start?.value ?? null;
const build = { build: 'tsc' };

describe('the start command needs no package manager and no development tool', () => {
  test.each([
    ['node', { start: 'node dist/server.js' }, ['node', 'dist/server.js']],
    ['a variable before it', { start: 'NODE_ENV=production node dist/server.js' }, ['node', 'dist/server.js']],
    ['a chain', { start: 'npm run serve', serve: 'pnpm go', go: 'node dist/server.js' }, ['node', 'dist/server.js']],
    ['a chain that goes round', { start: 'npm run serve', serve: 'npm start' }, null],
    ['a build before it', { start: 'npm run build && node dist/server.js', ...build }, ['node', 'dist/server.js']],
    ['a migration before it', { start: 'prisma migrate deploy && node dist/server.js' }, ['node', 'dist/server.js']],
    ['no extension', { start: 'node dist/server' }, ['node', 'dist/server.js']],
    ['a folder', { start: 'node dist' }, ['node', 'dist/index.js']],
    [
      'options that stay',
      { start: 'node --enable-source-maps -r dotenv/config dist/x.js' },
      ['node', '--enable-source-maps', '-r', 'dotenv/config', 'dist/x.js'],
    ],
    [
      'an env file that no image has',
      { start: 'node --env-file=.env --env-file .env.local dist/x.js' },
      ['node', 'dist/x.js'],
    ],
    [
      '--import',
      { start: 'node --import ./telemetry.mjs dist/x.js' },
      ['node', '--import', './telemetry.mjs', 'dist/x.js'],
    ],
    ['ts-node with a build', { start: 'ts-node src/server.ts', ...build }, ['node', 'dist/server.js']],
    ['tsx with a build', { start: 'tsx watch src/server.ts', ...build }, ['node', 'dist/server.js']],
    [
      'node --import tsx with a build',
      { start: 'node --import tsx src/server.ts', ...build },
      ['node', 'dist/server.js'],
    ],
    ['tsx without a build', { start: 'tsx src/server.ts' }, ['node', '--import', 'tsx', 'src/server.ts']],
    ['nodemon', { start: 'nodemon dist/server.js' }, ['node', 'dist/server.js']],
    ['nodemon --exec', { dev: "nodemon --exec 'ts-node' src/server.ts", ...build }, ['node', 'dist/server.js']],
    ['pm2 with a file', { start: 'pm2-runtime dist/server.js -i max' }, ['node', 'dist/server.js']],
    [
      'the production script first',
      { start: 'nodemon src/server.ts', 'start:prod': 'node dist/server.js', ...build },
      ['node', 'dist/server.js'],
    ],
    [
      'start before start:dev',
      { 'start:dev': 'tsx src/index.ts', start: 'node dist/server.js' },
      ['node', 'dist/server.js'],
    ],
    ['bun', { start: 'bun run src/server.ts' }, ['bun', 'src/server.ts']],
  ])('%s', (_, scripts, expected) => {
    expect(start(scripts)).toEqual(expected);
  });

  test('an ecosystem file of pm2 is read', () => {
    expect(
      start(
        { start: 'pm2-runtime start ecosystem.config.cjs' },
        { 'ecosystem.config.cjs': "module.exports = { apps: [{ script: 'dist/server.js' }] };\n" },
      ),
    ).toEqual(['node', 'dist/server.js']);
  });

  test('main, where no script starts anything', () => {
    expect(start(build, {}, { main: 'dist/server.js' })).toEqual(['node', 'dist/server.js']);
  });

  test('a Procfile and a Dockerfile are read where there is no script', () => {
    expect(start({}, { Procfile: 'web: node dist/server.js\n' })).toEqual(['node', 'dist/server.js']);
    expect(start({}, { Dockerfile: 'FROM node:22\nCMD ["node", "dist/server.js"]\n' })).toEqual([
      'node',
      'dist/server.js',
    ]);
  });

  test('says where it was seen', () => {
    expect(told(service({ start: 'npm run serve', serve: 'node dist/server.js' }).start)).toBe(
      '["node","dist/server.js"] @package.json:4 | ["node","dist/server.js"] @package.json:5'.split(' | ')[0],
    );
  });
});

describe('where the build puts the entry', () => {
  const at = (config: Record<string, unknown>, files: Record<string, Content> = {}, command = 'tsc') =>
    start({ start: 'ts-node src/server.ts', build: command }, { 'tsconfig.json': config, ...files });

  test('rootDir src', () => expect(at(tsconfig)).toEqual(['node', 'dist/server.js']));
  test('no rootDir, only src included', () =>
    expect(at({ compilerOptions: { outDir: 'dist' }, include: ['src'] })).toEqual(['node', 'dist/server.js']));
  test('src and test included: the common folder is the package', () => {
    const files = { 'test/a.test.ts': "test('a', () => {});\n" };
    expect(at({ compilerOptions: { outDir: './dist' }, include: ['src', 'test'] }, files)).toEqual([
      'node',
      'dist/src/server.js',
    ]);
    expect(at({ compilerOptions: { outDir: './dist' } }, files)).toEqual(['node', 'dist/src/server.js']);
    expect(at({ compilerOptions: { outDir: './dist' }, exclude: ['test'] }, files)).toEqual(['node', 'dist/server.js']);
  });
  test('rootDir .', () =>
    expect(at({ compilerOptions: { outDir: 'build', rootDir: '.' }, include: ['src'] })).toEqual([
      'node',
      'build/src/server.js',
    ]));
  test('another project file, extending', () => {
    const files = { 'tsconfig.base.json': '{ "compilerOptions": { "outDir": "out" /* here */, } }' };
    expect(at({ extends: './tsconfig.base', include: ['src'] }, files, 'tsc -p tsconfig.json')).toEqual([
      'node',
      'out/server.js',
    ]);
  });
  test('a bundle', () => {
    expect(at(tsconfig, {}, 'esbuild src/server.ts --bundle --platform=node --outfile=dist/app.cjs')).toEqual([
      'node',
      'dist/app.cjs',
    ]);
    expect(at(tsconfig, {}, 'tsup src/server.ts --format esm')).toEqual(['node', 'dist/server.mjs']);
    expect(at(tsconfig, {}, 'tsc && tsup src/server.ts')).toEqual(['node', 'dist/server.js']);
    expect(at(tsconfig, {}, 'ncc build src/server.ts -o bundle')).toEqual(['node', 'bundle/index.js']);
  });
  test('noEmit is no build', () =>
    expect(at({ compilerOptions: { noEmit: true, outDir: 'dist' } })).toEqual([
      'node',
      '--require',
      'ts-node/register',
      'src/server.ts',
    ]));
});

describe('Nest and Next', () => {
  const nest = { dependencies: { '@nestjs/core': '^11.0.0' } };
  const main =
    "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(X);\nawait app.listen(3000);\n";

  test('nest start is node on what nest build writes', () => {
    expect(
      start(
        { start: 'nest start', build: 'nest build' },
        {
          'src/main.ts': main,
          'tsconfig.json': { compilerOptions: { outDir: './dist' } },
          'tsconfig.build.json': { extends: './tsconfig.json', exclude: ['test'] },
          'test/a.e2e-spec.ts': '',
        },
        nest,
      ),
    ).toEqual(['node', 'dist/main.js']);
  });
  test('with prisma/seed.ts compiled too, main lands deeper', () => {
    expect(
      start(
        { start: 'nest start', build: 'nest build' },
        {
          'src/main.ts': main,
          'tsconfig.json': { compilerOptions: { outDir: './dist' } },
          'prisma/seed.ts': 'export {};\n',
        },
        nest,
      ),
    ).toEqual(['node', 'dist/src/main.js']);
  });
  test('next start', () => {
    const found = service(
      { start: 'next start -p 4100', build: 'next build' },
      { 'app/page.tsx': '' },
      { dependencies: { next: '15.0.0' } },
    );
    expect([found.start?.value, found.entry, found.port?.value, found.buildOutput?.value]).toEqual([
      ['next', 'start', '-p', '4100'],
      null,
      4100,
      '.next',
    ]);
  });
});
