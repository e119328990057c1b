/** What operations are told wrongly, against the built command line: what, where, why and how; all of it at once; the disk as it was. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf, cli, emptyFolder, project, type Ran, removeFolders } from '../helpers/cli.ts';

afterAll(removeFolders, 60_000);

const set = (...answers: readonly string[]) => ['--yes', ...answers.flatMap((answer) => ['--set', answer])];

function put(folder: string, files: Readonly<Record<string, unknown>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  return folder;
}

/** Text of the terminal on one line, so that no width matters. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

/** Exit 2; these problems and no others, each whole; nothing written. */
function refuses(folder: string, args: readonly string[], problems: readonly string[]): void {
  const before = bytesOf(folder);
  const { code, stdout, stderr } = cli(folder, args);
  const said = flat(stderr).match(/error [A-Z_]+ .*?(?=error [A-Z_]+ |Nothing was written)/g) ?? [];
  expect(said.map((one) => one.trim())).toEqual(problems);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/Nothing was written\.\n$/);
  expect(bytesOf(folder)).toEqual(before);
}

/** Two services of a workspace; `ports` in the order of their folders, `name` the same package name under two scopes. */
function workspace(ports: readonly number[], name = 'api'): string {
  const members = ports.flatMap((port, index): [string, unknown][] => {
    const scope = 'ab'[index];
    return [
      [
        `apps/${scope}/package.json`,
        {
          name: `@${scope}/${name}`,
          version: '1.0.0',
          scripts: { start: 'node index.js' },
          dependencies: { express: '^5.1.0' },
        },
      ],
      [
        `apps/${scope}/index.js`,
        `const app = require('express')();\napp.get('/healthz', (_, res) => res.end());\napp.listen(${port});\nprocess.on('SIGTERM', () => process.exit(0));\n`,
      ],
    ];
  });
  const root = { name: 'shop', private: true, workspaces: ['apps/*'] };
  return put(emptyFolder(), { 'package.json': root, ...Object.fromEntries(members) });
}

function written(folder: string, args: readonly string[] = ['--yes']): Ran {
  const ran = cli(folder, args);
  expect(ran.code, ran.stderr).toBe(0);
  return ran;
}

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');

describe('answers that are no answers', () => {
  it.each<[string, string, string]>([
    [
      'an objective that leaves no budget',
      'observability.objective.availability=100',
      '"100" is not an objective: 30 days x 24 h x 60 min x (100 - 100) % = 0 minutes of error budget; 99.9 leaves 43.2 minutes.',
    ],
    [
      'an unknown kind of chat',
      'observability.chat.kind=slak',
      '"slak" is not one of slack, teams, email, none. Did you mean slack?',
    ],
    [
      'an unknown region',
      'infrastructure.region=eu-west-9',
      '"eu-west-9" is not an AWS region (nearest: eu-west-1, eu-west-2, eu-west-3).',
    ],
    [
      'a network that is too small',
      'infrastructure.network.staging=10.20.0.0/24',
      '"10.20.0.0/24" is not large enough: /24 has 256 addresses, a sixteenth for each of nine subnets is 16, and AWS keeps 5 of each; /22 (59 usable a subnet) is the smallest.',
    ],
    [
      'a network that is too large',
      'infrastructure.network.staging=10.0.0.0/8',
      '"10.0.0.0/8" is not a network that AWS can make: /8 is larger than /16 (65,536 addresses), its limit for a VPC.',
    ],
    [
      'CPU units that Fargate has none of',
      'infrastructure.task.cpu=768',
      '"768" is not a number of CPU units that Fargate has: 256, 512, 1024, 2048, 4096, 8192, 16384.',
    ],
    [
      'a project name that is too long',
      'project.name=orders-of-every-customer',
      '"orders-of-every-customer" is not a name of lower-case letters, digits and dashes, starting with a letter, at most 20 characters: with "-development" that is 32, the limit of a load balancer\'s name.',
    ],
    [
      'no time',
      'infrastructure.recovery.rpo=never',
      '"never" is not a whole number from 5 to 10080 (minutes, or 1h; RDS restores to within 5 minutes).',
    ],
    ['no budget', 'infrastructure.budget=0', '"0" is not a whole number from 1 to 1000000 (US dollars a month).'],
  ])('%s', (_, answer, problem) => {
    refuses(project(), set(answer), [`error CONFIG_VALUE --set ${answer.split('=')[0]}: ${problem}`]);
  });

  it('all at once', () => {
    const answers = ['infrastructure.region=eu-west-9', 'observability.chat.kind=irc', 'infrastructure.budget=much'];
    refuses(project(), set('observability.objective.availability=100', ...answers), [
      expect.stringContaining('infrastructure.region') as unknown as string,
      expect.stringContaining('infrastructure.budget') as unknown as string,
      expect.stringContaining('observability.chat.kind') as unknown as string,
      expect.stringContaining('0 minutes of error budget') as unknown as string,
    ]);
  });
});

describe('answers that do not fit each other', () => {
  it('networks that overlap, with their addresses', () => {
    const answers = ['infrastructure.network.staging=10.50.0.0/16', 'infrastructure.network.production=10.50.128.0/17'];
    refuses(project(), set(...answers), [
      'error CONFIG_VALUE --set infrastructure.network.production: the network of production overlaps that of staging: 10.50.128.0/17 is 10.50.128.0 to 10.50.255.255, 10.50.0.0/16 is 10.50.0.0 to 10.50.255.255. Give one of them another range; 10.20.0.0/16 is free.',
    ]);
  });

  it('a task that Fargate has not', () => {
    refuses(project(), set('infrastructure.task.cpu=512', 'infrastructure.task.memory=8192'), [
      'error CONFIG_VALUE --set infrastructure.task.memory: Fargate has no task with 512 CPU units and 8192 MiB: 512 CPU units go with 1024 to 4096 MiB in steps of 1024. Take 4096 MiB, or give another infrastructure.task.cpu.',
    ]);
  });

  it('the same in the configuration, with the file named', () => {
    const folder = put(project(), {
      '.devops/config.yaml': 'version: 1\ninfrastructure:\n  task: { cpu: 256, memory: 4096 }\n',
    });
    refuses(
      folder,
      ['--yes'],
      [
        'error CONFIG_VALUE .devops/config.yaml:3, infrastructure.task.memory: Fargate has no task with 256 CPU units and 4096 MiB: 256 CPU units go with 512, 1024 or 2048 MiB. Take 2048 MiB, or give another infrastructure.task.cpu.',
      ],
    );
  });
});

describe('two services with one name', () => {
  it('in the configuration are refused by the line', () => {
    const folder = put(workspace([3000, 3001]), {
      '.devops/config.yaml': 'version: 1\nservices:\n  api: { path: apps/a }\n  api: { path: apps/b }\n',
    });
    refuses(
      folder,
      ['--yes'],
      [
        'error CONFIG_SYNTAX .devops/config.yaml:4: Map keys must be unique. Mend the line, or move the file away to start anew.',
      ],
    );
  });

  it('for one folder are refused by the folder', () => {
    const folder = put(workspace([3000, 3001]), {
      '.devops/config.yaml': 'version: 1\nservices:\n  one: { path: apps/a }\n  two: { path: apps/a }\n',
    });
    refuses(
      folder,
      ['--yes'],
      [
        'error CONFIG_KEY .devops/config.yaml:4, services.two: the folder apps/a has a name already: one. Keep one of the two keys, services.one or services.two.',
      ],
    );
  });

  it('a name that AWS does not take is refused with a better one', () => {
    const folder = put(workspace([3000, 3001]), {
      '.devops/config.yaml': 'version: 1\nservices:\n  api-of-the-whole-company: { path: apps/a }\n',
    });
    refuses(
      folder,
      ['--yes'],
      [
        'error CONFIG_VALUE .devops/config.yaml:3, services.api-of-the-whole-company: "api-of-the-whole-company" is not a name of lower-case letters, digits and dashes, starting with a letter, at most 20 characters. Call it api-of-the-whole.',
      ],
    );
  });

  it('in the code get two names, which stay', () => {
    const folder = workspace([3000, 3001]);
    written(folder);
    const config = read(folder, '.devops/config.yaml');
    expect(config).toContain('services:\n  api: { path: apps/a }\n  api-2: { path: apps/b }\n');
    expect(flat(written(folder).stderr)).toContain('Nothing to do');
    expect(read(folder, '.devops/config.yaml')).toBe(config);
  });
});

describe('a port that is wanted twice on a workstation', () => {
  it('by two services: the second is moved, with both ports told', () => {
    const folder = workspace([3000, 3000]);
    const { stderr } = written(folder);
    expect(flat(stderr)).toContain(
      'On a workstation api-2 answers at 127.0.0.1:3001, not at 3000: api has that port there. API_2_PORT moves it; in its container it keeps 3000.',
    );
    expect(read(folder, 'compose.yaml')).toMatch(/API_PORT:-3000\}:3000[\s\S]*API_2_PORT:-3001\}:3000/);
  });

  it('by a service and by Prometheus: the service is moved', () => {
    const folder = workspace([9090, 9093]);
    const said = flat(written(folder).stderr);
    expect(said).toContain('api answers at 127.0.0.1:9091, not at 9090: prometheus has that port there.');
    expect(said).toContain('api-2 answers at 127.0.0.1:9094, not at 9093: alertmanager has that port there.');
  });
});

describe('a service without a start command', () => {
  const files = {
    'package.json': { name: 'shop', version: '1.0.0', dependencies: { express: '^5.1.0' } },
    'src/http.js': "require('express')().listen(3000);\n",
  };

  it('is refused with the answer that is missing', () => {
    refuses(
      put(emptyFolder(), files),
      ['--yes'],
      [
        'error ANSWERS_MISSING services.shop.start: How is shop started in production, without a package manager? Answer it with --set services.shop.start=<text>',
      ],
    );
  });

  it('that is none to be run gets a plan that says what is left out', () => {
    const folder = put(emptyFolder(), files);
    const { code, stderr } = cli(folder, ['--dry-run', ...set('services.shop.kind=library')]);
    expect(code).toBe(1);
    for (const generator of ['docker', 'compose', 'cdktf-aws', 'prometheus'])
      expect(stderr).toMatch(new RegExp(`· ${generator} is left out: `));
    expect(stderr).not.toContain('Dockerfile');
  });

  it('that is one of two leaves the other whole', () => {
    const folder = workspace([3000, 3001]);
    rmSync(join(folder, 'apps/b/package.json'));
    put(folder, { 'apps/b/package.json': { name: '@b/jobs', dependencies: { express: '^5.1.0' } } });
    rmSync(join(folder, 'apps/b/index.js'));
    put(folder, { 'apps/b/src/http.js': "require('express')().listen(3001);\n" });
    refuses(
      folder,
      ['--yes'],
      [
        'error ANSWERS_MISSING services.jobs.start: How is jobs started in production, without a package manager? Answer it with --set services.jobs.start=<text>',
      ],
    );
    written(folder, set('services.jobs.setUp=false'));
    expect(read(folder, 'compose.yaml')).toContain('API_PORT');
  });
});
