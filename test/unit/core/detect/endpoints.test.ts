import { describe, expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { type Content, only, project, told } from '../../../helpers/project.ts';

function endpoints(
  files: Record<string, Content>,
  dependencies: Record<string, string> = { express: '^5.0.0' },
  scripts: Record<string, string> = { start: 'node src/index.js' },
) {
  const { health, ready, metrics } = only(
    detect(project({ 'package.json': { name: 'x', scripts, dependencies }, ...files }), null),
  ).endpoints;
  return [told(health), told(ready), told(metrics)];
}
const listen = '\napp.listen(3000);\n';

describe('routers', () => {
  test('on the application', () => {
    expect(
      endpoints({
        'src/index.js': `app.get('/healthz', h);\napp.get("/readyz", h);\napp.get(\`/metrics\`, h);${listen}`,
      }),
    ).toEqual(['/healthz @src/index.js:1', '/readyz @src/index.js:2', '/metrics @src/index.js:3']);
  });
  test('a comment and a string are none', () => {
    expect(
      endpoints({ 'src/index.js': `// app.get('/healthz', h);\nconsole.log("app.get('/health')");${listen}` }),
    ).toEqual([null, null, null]);
  });
  test('mounted in another file, twice', () => {
    const files = {
      'src/index.js': `const api = require('./api');\napp.use('/api', api);${listen}`,
      'src/api.js':
        "const { Router } = require('express');\nconst health = require('./health');\nconst router = Router();\nrouter.use('/v1', health);\nmodule.exports = router;\n",
      'src/health.js':
        "const router = require('express').Router();\nrouter.get('/health', h);\nmodule.exports = router;\n",
    };
    expect(endpoints(files)[0]).toBe('/api/v1/health @src/health.js:2');
  });
  test('mounted under the name itself', () => {
    const files = {
      'src/index.js': `import checks from './checks.js';\napp.use('/health', checks);${listen}`,
      'src/checks.js': "router.get('/', h);\nrouter.get('/ready', h);\nexport default router;\n",
    };
    expect(endpoints(files).slice(0, 2)).toEqual(['/health @src/checks.js:1', '/health/ready @src/checks.js:2']);
  });
  test('the documentation of a route is no route', () => {
    expect(
      endpoints({
        'src/index.js': `registry.registerPath({ method: 'get', path: '/health', responses });${listen}`,
      })[0],
    ).toBeNull();
  });
  test('an ordinary resource called status is not taken', () => {
    expect(
      endpoints({ 'src/index.js': `app.get('/orders/:id/status', h);\napp.get('/orders/status', h);${listen}` })[0],
    ).toBeNull();
    expect(endpoints({ 'src/index.js': `app.get('/api/status', h);${listen}` })[0]).toBe('/api/status @src/index.js:1');
  });
  test('the better name first, the others beside it', () => {
    expect(endpoints({ 'src/index.js': `app.get('/ping', h);\napp.get('/livez', h);${listen}` })[0]).toBe(
      '/livez @src/index.js:2 | /ping @src/index.js:1',
    );
  });
});

describe('frameworks', () => {
  test('koa-router with a prefix', () => {
    expect(
      endpoints(
        { 'src/index.js': `const router = new Router({ prefix: '/api' });\nrouter.get('/health', h);${listen}` },
        { koa: '^3.0.0' },
      )[0],
    ).toBe('/api/health @src/index.js:2');
  });
  test('Hono: route, basePath, chains', () => {
    const hono = { hono: '^4.0.0' };
    expect(
      endpoints(
        {
          'src/index.js': `const probes = new Hono().get('/livez', h).get('/readyz', h);\napp.route('/internal', probes);${listen}`,
        },
        hono,
      ).slice(0, 2),
    ).toEqual(['/internal/livez @src/index.js:1', '/internal/readyz @src/index.js:1']);
    expect(
      endpoints(
        { 'src/index.js': `const app = new Hono().basePath('/v1');\napp.get('/health', h);${listen}` },
        hono,
      )[0],
    ).toBe('/v1/health @src/index.js:2');
  });
  test('Fastify: route objects, prefixes, under-pressure, fastify-metrics', () => {
    const fastify = { fastify: '^5.0.0', '@fastify/under-pressure': '^9.0.0', 'fastify-metrics': '^12.0.0' };
    expect(
      endpoints(
        {
          'src/index.js': `import metrics from 'fastify-metrics';\nimport routes from './routes.js';\napp.register(routes, { prefix: '/internal' });${listen}`,
          'src/routes.js':
            "export default async (app) => {\n  app.route({ method: 'GET', url: '/ready', handler: h });\n};\n",
        },
        fastify,
      ),
    ).toEqual([null, '/internal/ready @src/routes.js:2', '/metrics @src/index.js:1 (default of fastify-metrics)']);
    expect(
      endpoints(
        { 'src/index.js': `app.register(underPressure, { exposeStatusRoute: '/alive' });${listen}` },
        fastify,
      )[0],
    ).toBe('/alive @src/index.js:1');
    expect(
      endpoints({ 'src/index.js': `app.register(underPressure, { exposeStatusRoute: true });${listen}` }, fastify)[0],
    ).toBe('/status @src/index.js:1');
  });
  test('Fastify autoload: folders are prefixes', () => {
    expect(
      endpoints(
        {
          'src/index.js': `app.register(AutoLoad, { dir: join(import.meta.dirname, 'routes'), options: { prefix: '/v2' } });${listen}`,
          'src/routes/internal/health/index.js': "export default async (app) => {\n  app.get('/', h);\n};\n",
        },
        { fastify: '^5.0.0' },
      )[0],
    ).toBe('/v2/internal/health @src/routes/internal/health/index.js:2');
  });
  test('node:http by hand', () => {
    expect(
      endpoints(
        {
          'src/index.js': `import { createServer } from 'node:http';\ncreateServer((req, res) => {\n  if (req.url === '/healthz') return res.end();\n})\n.listen(3000);\n`,
        },
        {},
      )[0],
    ).toBe('/healthz @src/index.js:3');
  });
  test('Next: the file is the route', () => {
    const next = { next: '15.0.0' };
    const scripts = { start: 'next start' };
    expect(endpoints({ 'src/app/(ops)/api/health/route.ts': 'export function GET() {}\n' }, next, scripts)[0]).toBe(
      '/api/health @src/app/(ops)/api/health/route.ts:1',
    );
    expect(
      endpoints(
        { 'pages/api/healthz.ts': '', 'next.config.js': "module.exports = { basePath: '/shop' };\n" },
        next,
        scripts,
      )[0],
    ).toBe('/shop/api/healthz @pages/api/healthz.ts:1');
  });
  describe('Nest', () => {
    const nest = { '@nestjs/core': '^11.0.0', '@nestjs/common': '^11.0.0', '@willsoto/nestjs-prometheus': '^6.0.0' };
    const main = (extra: string): string =>
      `const app = await NestFactory.create(M);\n${extra}\nawait app.listen(3000);\n`;
    const controller = (head: string, method: string): string =>
      `@Controller(${head})\nexport class A {\n  @Get(${method})\n  check() {}\n}\n`;
    test.each([
      ['no prefix', '', "'health'", '', '/health'],
      ['a prefix', "app.setGlobalPrefix('api');", "'health'", "'live'", '/api/health/live'],
      ['excluded', "app.setGlobalPrefix('api', { exclude: ['health'] });", "'health'", '', '/health'],
      [
        'excluded as an object',
        "app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }] });",
        "{ path: 'health' }",
        '',
        '/health',
      ],
      [
        'a version',
        "app.setGlobalPrefix('api');\napp.enableVersioning({ type: VersioningType.URI });",
        "{ path: 'health', version: '1' }",
        '',
        '/api/v1/health',
      ],
      [
        'neutral',
        'app.enableVersioning({ type: VersioningType.URI });',
        "{ path: 'health', version: VERSION_NEUTRAL }",
        '',
        '/health',
      ],
    ])('%s', (_, extra, head, method, path) => {
      expect(endpoints({ 'src/main.ts': main(extra), 'src/a.controller.ts': controller(head, method) }, nest)[0]).toBe(
        `${path} @src/a.controller.ts:3`,
      );
    });
    test('an exclusion alone is no route', () => {
      expect(
        endpoints(
          {
            'src/main.ts': main(
              "app.setGlobalPrefix('api', { exclude: [{ method: RequestMethod.GET, path: 'health' }] });",
            ),
          },
          nest,
        )[0],
      ).toBeNull();
    });
    test('the metrics module is under the prefix', () => {
      expect(
        endpoints(
          {
            'src/main.ts': main("app.setGlobalPrefix('api');"),
            'src/a.module.ts':
              "import { PrometheusModule } from '@willsoto/nestjs-prometheus';\n@Module({ imports: [PrometheusModule.register()] })\nexport class A {}\n",
          },
          nest,
        )[2],
      ).toBe('/api/metrics @src/a.module.ts:1 (default of @willsoto/nestjs-prometheus)');
    });
  });
});
