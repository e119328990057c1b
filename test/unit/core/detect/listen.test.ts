import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { type Content, only, project, told } from '../../../helpers/project.ts';

function service(
  source: string,
  files: Record<string, Content> = {},
  dependencies: Record<string, string> = { express: '^5.0.0' },
) {
  return only(
    detect(
      project({
        'package.json': { name: 'x', scripts: { start: 'node src/index.js' }, dependencies },
        'src/index.js': source,
        ...files,
      }),
      null,
    ),
  );
}

describe('the port', () => {
  test.each([
    ['a number', 'app.listen(3000);', 3000, null],
    ['a variable with a default', 'app.listen(process.env.PORT || 8080);', 8080, 'PORT'],
    ['??', "app.listen(process.env['HTTP_PORT'] ?? 8080);", 8080, 'HTTP_PORT'],
    ['Number', 'app.listen(Number(process.env.PORT) || 8080);', 8080, 'PORT'],
    ['parseInt', "app.listen(parseInt(process.env.PORT ?? '8080', 10));", 8080, 'PORT'],
    ['a ternary', 'const p = process.env.PORT ? Number(process.env.PORT) : 8081;\napp.listen(p);', 8081, 'PORT'],
    ['a constant', 'const port = 4000;\napp.listen(port, () => {});', 4000, null],
    [
      'a typed constant without semicolons',
      'const port = process.env.PORT || 4000\nconst app = x()\napp.listen(port)',
      4000,
      'PORT',
    ],
    ['destructuring', 'const { PORT = 4001 } = process.env;\napp.listen(PORT);', 4001, 'PORT'],
    ['an object', 'app.listen({ port: 4002 });', 4002, null],
    ['app.set', "app.set('port', process.env.PORT || 4003);\napp.listen(app.get('port'));", 4003, 'PORT'],
    ['normalizePort', "const port = normalizePort(process.env.PORT || '4004');\nserver.listen(port);", 4004, 'PORT'],
    ['a comment is none', '// app.listen(1111)\napp.listen(4005);', 4005, null],
    ['a string is none', "console.log('app.listen(1111)');\napp.listen(4006);", 4006, null],
    ['a variable and no default', 'app.listen(process.env.PORT);', null, 'PORT'],
    ['no number at all', 'app.listen(getSomething());', null, null],
    ['a metrics server beside it', 'metricsServer.listen(9464);\napp.listen(4007);', 4007, null],
    ['Bun.serve', 'Bun.serve({ port: 4008, fetch });', 4008, null],
    ['an exported server', 'export default { port: process.env.PORT || 4009, fetch: app.fetch };', 4009, 'PORT'],
    ['a node-server of Hono', 'serve({ fetch: app.fetch, port: 4010 });', 4010, null],
    ['out of range', 'app.listen(70000);', null, null],
  ])('%s', (_, source, port, variable) => {
    const found = service(source);
    expect([found.port?.value ?? null, found.portVariable]).toEqual([port, variable]);
  });

  test.each([
    [
      'an object',
      'module.exports = { server: { port: process.env.PORT || 5000 } };\n',
      "const config = require('./config');\napp.listen(config.server.port);",
      5000,
      'PORT',
    ],
    [
      'an export',
      'export const PORT = Number(process.env.PORT ?? 5001);\n',
      "import { PORT } from './config';\napp.listen(PORT);",
      5001,
      'PORT',
    ],
    [
      'zod',
      "import { z } from 'zod';\nexport const env = z.object({ PORT: z.coerce.number().int().default(5002) }).parse(process.env);\n",
      "import { env } from './config';\napp.listen(env.PORT);",
      5002,
      'PORT',
    ],
    [
      'envalid',
      "import { cleanEnv, port } from 'envalid';\nexport const env = cleanEnv(process.env, { PORT: port({ default: 5003 }) });\n",
      "import { env } from './config';\napp.listen(env.PORT);",
      5003,
      'PORT',
    ],
    [
      'joi',
      "import Joi from 'joi';\nexport default Joi.object({ PORT: Joi.number().default(5004) });\n",
      'const env = load();\napp.listen(env.PORT);',
      5004,
      'PORT',
    ],
    [
      'convict',
      "module.exports = convict({ port: { format: 'port', default: 5005, env: 'PORT' } });\n",
      "const config = require('./config');\napp.listen(config.get('port'));",
      5005,
      'PORT',
    ],
    [
      'through a function',
      'export const config = { port: parseInt(process.env.PORT || "5006", 10) };\n',
      "import { config } from './config';\nfunction start(port) { Bun.serve({ port, fetch }); }\nstart(config.port);",
      5006,
      'PORT',
    ],
  ])('in a config module: %s', (_, config, source, port, variable) => {
    const found = service(source, { 'src/config.js': config });
    expect([found.port?.value ?? null, found.portVariable]).toEqual([port, variable]);
    expect(found.port?.evidence.file).toBe('src/config.js');
  });

  test('falls back on the sample, then EXPOSE, then Compose', () => {
    const source = 'app.listen(process.env.PORT);';
    const sample = { '.env.example': 'A=1\nPORT=6000\n' };
    const docker = { Dockerfile: 'FROM node:22\nEXPOSE 6001\n' };
    const compose = { 'compose.yaml': 'services:\n  x:\n    build: .\n    ports:\n      - "80:6002"\n' };
    expect(told(service(source, { ...sample, ...docker, ...compose }).port)).toBe(
      '6000 @.env.example:2 | 6001 @Dockerfile:2 | 6002 @compose.yaml:4',
    );
    expect(told(service(source, { ...docker, ...compose }).port)).toBe('6001 @Dockerfile:2 | 6002 @compose.yaml:4');
    expect(told(service(source, compose).port)).toBe('6002 @compose.yaml:4');
  });

  test('a test does not count', () => {
    expect(
      service('app.listen(getPort());', { 'test/a.js': 'app.listen(1234);\n', 'src/a.test.js': 'app.listen(1234);\n' })
        .port,
    ).toBeNull();
  });
});

describe('the host', () => {
  test.each([
    ["app.listen(3000, '127.0.0.1');", '127.0.0.1 @src/index.js:1'],
    ["app.listen({ port: 3000, host: process.env.HOST || '0.0.0.0' });", '0.0.0.0 @src/index.js:1'],
    ['app.listen(3000);', null],
  ])('%s', (source, expected) => {
    expect(told(service(source).host)).toBe(expected);
  });

  test('Fastify listens on localhost unless told otherwise', () => {
    const fastify = { fastify: '^5.0.0' };
    expect(told(service("import Fastify from 'fastify';\napp.listen({ port: 3000 });", {}, fastify).host)).toBe(
      "localhost @src/index.js:2 (Fastify's default when no host is given)",
    );
    expect(
      told(service("import Fastify from 'fastify';\napp.listen({ port: 3000, host: '::' });", {}, fastify).host),
    ).toBe(':: @src/index.js:2');
  });
});
