/** The emitted CDKTF application: it type-checks, synthesizes, and passes the tests that it is shipped with. No judge, no network. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, edit, emitApp, giveDomain, npm, OWN_MODULES, pins, synthesized } from '../helpers/stacks.ts';

const FIXTURES = ['express-postgres', 'fastify-redis', 'worker-only', 'pnpm-workspace'];
const ENVIRONMENTS = ['development', 'production', 'staging'];

it('is tested with exactly the packages that it locks', () => {
  const { dependencies, devDependencies } = JSON.parse(pins.npmProject('cdktf', 'x').manifest) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    const installed = JSON.parse(readFileSync(join(OWN_MODULES, name, 'package.json'), 'utf8')) as { version: string };
    expect(installed.version, name).toBe(version);
  }
});

describe.each(FIXTURES)('%s', (fixture) => {
  let app: App;
  beforeAll(() => {
    app = emitApp(fixture);
  });
  afterAll(() => app.remove());

  it('type-checks and synthesizes every stack of every environment', async () => {
    const { code, stdout, stderr } = await npm(app, ['run', 'synth']);
    expect(code, stdout + stderr).toBe(0);
    const slug = app.system.project.slug;
    const layers = ['bootstrap', 'data', 'network', 'service'];
    expect([...synthesized(app).keys()]).toEqual(
      ENVIRONMENTS.flatMap((environment) => layers.map((layer) => `${slug}-${environment}-${layer}`)),
    );
  });

  it('passes its own tests, which write their snapshots the first time and hold them from then on', async () => {
    const first = await npm(app, ['test', '--', '-u', '--reporter=dot']);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(readdirSync(join(app.stacks, 'tests/__snapshots__'))).toHaveLength(synthesized(app).size);
  });
});

describe('the tests that are shipped', () => {
  let app: App;
  beforeAll(() => {
    app = emitApp('express-postgres');
  });
  afterAll(() => app.remove());

  it('are type-checked with the application', async () => {
    const { code, stdout, stderr } = await npm(app, ['run', 'typecheck']);
    expect(code, stdout + stderr).toBe(0);
  });

  it('hold with a domain as well: TLS, a redirect, a load balancer that faces the internet', async () => {
    giveDomain(app);
    const { code, stdout, stderr } = await npm(app, ['test', '--', '-u', '--reporter=dot']);
    expect(code, stdout + stderr).toBe(0);
    const again = await npm(app, ['test', '--', '--reporter=dot'], { CI: 'true' });
    expect(again.code, again.stdout + again.stderr).toBe(0);
  });

  it('fail in CI when a stack is not what was committed', async () => {
    edit(app, 'config/base.ts', 'logRetentionDays: 365', 'logRetentionDays: 400');
    const { code, stdout, stderr } = await npm(app, ['test', '--', 'snapshots'], { CI: 'true' });
    expect(code, stdout).toBe(1);
    expect(stderr).toMatch(/- +"retention_in_days": 365/);
  });
});
