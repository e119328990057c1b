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
  const specs = configuration.files({ system: sys, answers: {}, pins });
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
