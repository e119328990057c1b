import { describe, expect, it } from 'vitest';
import { configuration } from '../../../generators/configuration.ts';
import { pinsFrom } from '../../../src/core/pins.ts';
import { renderFile } from '../../../src/core/render/render.ts';
import * as pinData from '../../../src/generated/pins.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { Service, System } from '../../../src/model.ts';
import { baseSystem, service, system } from '../../helpers/system.ts';

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);

function rendered(sys: System) {
  const specs = configuration.files({ system: sys, answers: {}, outputs: {}, pins });
  return new Map(specs.map((spec) => [spec.path, renderFile(templates, configuration.id, spec)]));
}

const text = (sys: System, path: string) => rendered(sys).get(path)?.text ?? '';

describe('docs/configuration.md', () => {
  const guide = text(system(), 'docs/configuration.md');

  it('lists every variable with its place, and no value of a secret', () => {
    for (const { name, seenAt } of service().environment) {
      expect(guide).toMatch(new RegExp(`^\\| \`${name}\` .*\`${seenAt}\``, 'm'));
    }
    expect(guide).toMatch(/^\| `DATABASE_URL` \| yes \| secret \| none \|.*\.secrets\/orders\.env \(generated\) \|$/m);
    expect(guide).toMatch(/^\| `LOG_LEVEL` \| no \| setting \| `info` \|.*compose\.yaml \|$/m);
    expect(guide).toMatch(/^\| `PORT` .* Dockerfile \|$/m);
  });

  it('names ports, health and datastores', () => {
    expect(guide).toContain('`127.0.0.1:3000` (`ORDERS_PORT` moves it)');
    expect(guide).toContain('Alive: `GET /healthz`.');
    expect(guide).toContain('| `postgresql` | `postgres:17-alpine` | 5432 | orders |');
  });

  it('speaks of no Compose and no pipeline that is not there', () => {
    const alone = text(system({ generators: ['configuration'] }), 'docs/configuration.md');
    expect(alone).not.toMatch(/compose|workflows|On a workstation|\.secrets/i);
  });

  it('keeps its tables whole whatever a default holds', () => {
    const environment = [
      { name: 'SEPARATOR', required: false, secret: false, local: 'a|b', from: 'setting' as const, seenAt: 'x.ts:1' },
    ];
    const row = text(system({ services: [service({ environment })] }), 'docs/configuration.md')
      .split('\n')
      .find((line) => line.includes('SEPARATOR'));
    expect(row?.replace(/\\\|/g, '').split('|')).toHaveLength(8);
  });
});

it('adds a short section to the README', () => {
  const file = rendered(system()).get('README.md');
  expect(file?.ownership).toBe('merge:markdown-section');
  expect(file?.text).toContain('`npm run devops:up`');
  expect(file?.text.split('\n').length).toBeLessThan(12);
});

it('keeps formatters away from our files where the project has them', () => {
  expect([...rendered(system()).keys()]).toEqual(['docs/configuration.md', 'README.md']);
  const tools = { prettier: true, biome: '2.2.2', eslint: true };
  const files = rendered(system({ project: { ...baseSystem.project, tools } }));
  expect(files.get('.prettierignore')?.text.split('\n')).toContain('/.devops/');
  expect(files.get('biome.json')).toMatchObject({ ownership: 'merge:biome-excludes', text: '.devops\n' });
});

describe('the tools of a project whose setup has code', () => {
  const ALL = [
    'ci-github',
    'compose',
    'docker',
    'cdktf-aws',
    'prometheus',
    'alertmanager',
    'runbooks',
    'configuration',
  ];
  const tools = {
    prettier: true,
    biome: 'biome.jsonc',
    eslint: true,
    eslintReadsTypescript: 'eslint.config.js',
    typescript: [{ path: 'tsconfig.json', defaults: ['node_modules', 'dist'] }],
    workspaceTakes: ['infrastructure/cdktf'],
  };
  const metrics = {
    source: 'preload',
    port: 9464,
    path: '/metrics',
    library: 'prom-client',
    defaults: true,
    declared: [],
  } as const;
  const whole = (change: Partial<System['project']['tools']> = {}, generators = ALL) =>
    system({
      generators,
      services: [service({ metrics })],
      project: { ...baseSystem.project, tools: { ...tools, ...change } },
    });
  const steps = (sys: System) =>
    configuration.nextSteps({ system: sys, answers: {}, outputs: {}, pins }).map((step) => step.text);

  it('leave it alone by edits of their own files', () => {
    const files = rendered(whole());
    const lines = (path: string) => files.get(path)?.text.trimEnd().split('\n');
    expect(lines('.prettierignore')).toEqual([
      '/.devops/',
      '/.github/dependabot.yml',
      '/.github/workflows/ci.yml',
      '/compose.yaml',
      '/docs/configuration.md',
      '/docs/runbooks/',
      '/infrastructure/cdktf/',
      '/monitoring/alertmanager/alertmanager.yml',
      '/monitoring/blackbox/blackbox.yml',
      '/monitoring/prometheus/config.ecs.yml',
      '/monitoring/prometheus/config.yml',
      '/monitoring/prometheus/rules/',
      '/monitoring/prometheus/tests/',
      '/telemetry/',
    ]);
    expect(lines('biome.jsonc')).toEqual(['.devops', 'infrastructure/cdktf', 'telemetry']);
    expect(files.get('tsconfig.json')).toMatchObject({
      ownership: 'merge:tsconfig-excludes',
      text: 'default node_modules\ndefault dist\ninfrastructure/cdktf\ntelemetry\n',
    });
    expect(files.has('.eslintignore')).toBe(false);
    expect(rendered(whole({ eslintIgnore: '.eslintignore' })).get('.eslintignore')).toMatchObject({
      ownership: 'merge:ignore-lines',
      text: '/infrastructure/cdktf/\n/telemetry/\n',
    });
  });

  it('are told by a person where nobody can edit them safely', () => {
    expect(steps(whole())).toEqual([
      'ESLint lints all TypeScript and JavaScript of the project: add `{ ignores: ["infrastructure/cdktf/**","telemetry/**"] }` to eslint.config.js, or it lints our code by your rules.',
      'The patterns of your workspace take infrastructure/cdktf for a member, and an install by the lock file fails then: add "!infrastructure/cdktf" to the workspaces of package.json.',
    ]);
    expect(steps(whole({ eslintIgnore: '.eslintignore', workspaceTakes: [] }))).toEqual([]);
  });

  it('have nothing to do with a setup without code', () => {
    const plain = system({ project: { ...baseSystem.project, tools } });
    expect(rendered(plain).has('tsconfig.json')).toBe(false);
    expect(rendered(plain).get('biome.jsonc')?.text).toBe('.devops\n');
    expect(steps(plain)).toEqual([]);
  });

  it('says who serves the metrics, and where', () => {
    const guide = (change: Partial<Service>, generators = ALL) =>
      text(system({ generators, services: [service(change)] }), 'docs/configuration.md');
    expect(guide({ metrics })).toContain(
      'Metrics: `GET /metrics` at port 9464, by `telemetry/register.mjs`, which its image loads before it; `GET /health` and `GET /ready` are there too.\n',
    );
    expect(guide({ metrics: { ...metrics, source: 'application', port: 3000 } })).toContain(
      '\nMetrics: `GET /metrics`.\n',
    );
    expect(guide({ metrics }, ['configuration'])).not.toContain('Metrics:');
    expect(guide({})).not.toContain('Metrics:');
  });

  it('says where each value stands on AWS', () => {
    const guide = text(whole(), 'docs/configuration.md');
    const column = (name: string) =>
      guide
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\``))
        ?.split(' | ')
        .at(-1);
    expect(column('DATABASE_URL')).toBe('secret orders-production/orders/DATABASE_URL (made with postgresql) |');
    expect(column('SESSION_SECRET')).toBe('secret orders-production/orders/SESSION_SECRET (generated) |');
    expect(column('LOG_LEVEL')).toBe('task definition |');
    expect(column('PORT')).toBe('Dockerfile |');
    expect(text(system(), 'docs/configuration.md')).not.toContain('AWS');
  });
});

it('says which service is at another port on a workstation, and why', () => {
  const two = (second: number, generators: readonly string[]) =>
    configuration
      .nextSteps({
        system: system({ generators, services: [service(), service({ name: 'api-2', port: second })] }),
        answers: {},
        outputs: {},
        pins,
      })
      .map((step) => step.text);
  expect(two(3000, ['docker', 'compose'])).toEqual([
    'On a workstation api-2 answers at 127.0.0.1:3001, not at 3000: orders has that port there. API_2_PORT moves it; in its container it keeps 3000.',
  ]);
  expect(two(9090, ['docker', 'compose', 'prometheus'])).toEqual([
    'On a workstation api-2 answers at 127.0.0.1:9091, not at 9090: prometheus has that port there. API_2_PORT moves it; in its container it keeps 9090.',
  ]);
  expect(two(9090, ['docker', 'compose'])).toEqual([]);
  expect(two(80, ['docker', 'compose'])).toEqual([]);
  expect(two(3000, ['docker'])).toEqual([]);
});

describe('what is said', () => {
  const plain = service({ environment: [], datastores: [], migrations: null });
  const guideOf = (sys: System) => text(sys, 'docs/configuration.md');

  it('names no command that does not exist', () => {
    const all = [...rendered(system()).values()].map((file) => file.text).join('\n');
    expect(all).not.toMatch(/\bupdate\b|\bundo\b/);
    expect(all).toContain('`npx create-devops-setup` again');
  });

  it('speaks of files of secrets only where there are some', () => {
    expect(guideOf(system())).toMatch(/scripts\/local-secrets\.sh` follow[\s\S]*`\.secrets\/`, which git ignores/);
    const none = guideOf(system({ services: [plain], datastores: [] }));
    expect(none).not.toMatch(/local-secrets|\.secrets/);
    expect(none).toContain('this page and `compose.yaml` follow.');
  });

  it('leaves out no variable, NODE_ENV among them', () => {
    expect(guideOf(system())).toContain('Its image sets `NODE_ENV` to `production` (`Dockerfile`).');
    const environment: Service['environment'] = [
      { name: 'NODE_ENV', required: false, secret: false, local: null, from: 'setting', seenAt: 'src/a.ts:17' },
    ];
    const read = guideOf(system({ services: [service({ environment })] }));
    expect(read).toMatch(/^\| `NODE_ENV` .* Dockerfile \|$/m);
    expect(read).not.toContain('Its image sets');
  });

  it('names no Dockerfile of the user as the place of a value', () => {
    const theirs = service({ files: { ...plain.files, dockerfileOwner: 'user' } });
    expect(guideOf(system({ services: [theirs] }))).toMatch(/^\| `PORT` .* compose\.yaml \|$/m);
    expect(guideOf(system({ services: [theirs] }))).not.toContain('Dockerfile');
  });

  it.each(['docker-compose.yml', 'compose.yaml'])('is nothing of our stack beside %s of the user', (path) => {
    const existing = [{ path, role: 'compose' as const, system: 'compose' }];
    const files = rendered(system({ project: { ...baseSystem.project, existing } }));
    for (const file of files.values()) expect(file.text).not.toMatch(/compose\.yaml|devops:up|\.secrets|local-secrets/);
  });

  it('shows build arguments as such, and no placeholder as a default', () => {
    const environment: Service['environment'] = [
      { name: 'API_URL', required: true, secret: false, local: 'your_api_url', from: 'setting', seenAt: 'a.ts:1' },
      { name: 'VITE_URL', required: false, secret: false, local: 'http://a', from: 'setting', seenAt: 'a.ts:2' },
    ];
    const guide = guideOf(system({ services: [{ ...plain, environment }], datastores: [] }));
    expect(guide).toMatch(/^\| `API_URL` \| yes \| setting \| none \|.*\(fill it in\) \|$/m);
    expect(guide).toMatch(
      /^\| `VITE_URL` \| no \| build argument \| `http:\/\/a` \|.*compose\.yaml \(args of the build\) \|$/m,
    );
  });
});
