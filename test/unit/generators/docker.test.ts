import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { docker } from '../../../generators/docker.ts';
import { pinsFrom } from '../../../src/core/pins.ts';
import { renderFile } from '../../../src/core/render/render.ts';
import * as pinData from '../../../src/generated/pins.ts';
import { templates } from '../../../src/generated/templates.ts';
import type { Fact, Service, System } from '../../../src/model.ts';
import { expressService, service, system } from '../../helpers/system.ts';

const pins = pinsFrom(pinData as Parameters<typeof pinsFrom>[0]);
const fact = <T>(value: T): Fact<T> => ({ value, evidence: { file: 'package.json' } });
const traps = expressService.traps;

function files(sys: System): Readonly<Record<string, string>> {
  const specs = docker.files({ system: sys, answers: {}, outputs: {}, pins });
  return Object.fromEntries(specs.map((spec) => [spec.path, renderFile(templates, docker.id, spec).text]));
}

const only = (changes: Partial<Service> = {}) => system({ services: [service(changes)] });
const dockerfile = (changes: Partial<Service> = {}) =>
  files(only(changes))[changes.files?.dockerfile ?? 'Dockerfile'] ?? '';
const manager = (flavour: Service['packageManager']['flavour'], version: string | null, lockFile: string | null) =>
  ({
    name: flavour.startsWith('yarn') ? 'yarn' : flavour,
    flavour,
    version,
    lockFile,
    installRoot: '.',
  }) as Service['packageManager'];

function member(
  flavour: Service['packageManager']['flavour'],
  lockFile: string,
  version: string | null = null,
): System {
  const api = service({
    path: 'apps/api',
    packageName: '@shop/api',
    packageManager: manager(flavour, version, lockFile),
    workspaceDependencies: ['packages/shared'],
    files: {
      dockerfile: 'apps/api/Dockerfile',
      dockerfileOwner: 'us',
      dockerignore: 'apps/api/Dockerfile.dockerignore',
      dockerignoreCopy: null,
    },
    traps: { ...traps, installInputs: flavour === 'pnpm' ? ['pnpm-workspace.yaml'] : [] },
    migrations: null,
  });
  const members = ['apps/api', 'apps/other', 'packages/shared'].map((path) => ({ path, name: path }));
  const tool = flavour.startsWith('yarn') ? 'yarn' : (flavour as 'npm' | 'pnpm' | 'bun');
  const { project } = system();
  return system({ services: [api], project: { ...project, workspace: { tool, runner: null, members } } });
}

const PRELOAD: Service['metrics'] = {
  source: 'preload',
  port: 9464,
  path: '/metrics',
  library: 'prom-client',
  defaults: true,
  declared: [],
};

function preloadedMember(): Service {
  const [api] = member('pnpm', 'pnpm-lock.yaml').services;
  if (!api) throw new Error('no service');
  return { ...api, metrics: PRELOAD };
}

/** Systems that take every road through the template. */
const ROADS: Readonly<Record<string, System>> = {
  npm: only(),
  'no lock file': only({ packageManager: manager('npm', null, null) }),
  'hooks, a patch and a private registry': only({
    traps: {
      ...traps,
      prepareScript: fact('husky'),
      installScripts: [fact({ name: 'postinstall', command: 'patch-package' })],
      privateRegistry: fact('NPM_TOKEN'),
      installInputs: ['.npmrc', 'patches'],
    },
  }),
  prisma: only({
    sources: ['prisma', 'src', 'tsconfig.json'],
    traps: { ...traps, prismaSchema: fact('prisma/schema.prisma'), installInputs: ['prisma'] },
  }),
  'prisma with pnpm': only({
    packageManager: manager('pnpm', '10.1.0', 'pnpm-lock.yaml'),
    traps: { ...traps, prismaSchema: fact('db/schema.prisma') },
  }),
  compiled: only({ traps: { ...traps, nativeModules: [fact('bcrypt'), fact('node-rdkafka')] } }),
  'no build': only({
    commands: {},
    buildOutput: null,
    language: 'javascript',
    sources: ['lib', 'server.js'],
    start: ['node', 'server.js'],
    migrations: null,
  }),
  'plain http': only({
    commands: {},
    buildOutput: null,
    framework: 'http',
    logger: null,
    datastores: [],
    migrations: null,
    sources: ['a b'],
  }),
  worker: only({
    kind: 'worker',
    port: null,
    portVariable: null,
    health: { kind: 'none' },
    handlesSigterm: false,
    migrations: null,
  }),
  'metrics of ours': only({ metrics: PRELOAD, handlesSigterm: false }),
  'metrics of ours, member': { ...member('pnpm', 'pnpm-lock.yaml'), services: [preloadedMember()] },
  'metrics of ours, worker': only({
    kind: 'worker',
    port: null,
    portVariable: null,
    health: { kind: 'none' },
    metrics: PRELOAD,
    migrations: null,
  }),
  'next.js': only({
    framework: 'nextjs',
    buildOutput: '.next',
    sources: ['app', 'public', 'next.config.js'],
    migrations: null,
  }),
  'next.js standalone': only({
    framework: 'nextjs',
    nextStandalone: true,
    buildOutput: '.next',
    sources: ['app', 'public'],
    migrations: null,
  }),
  bun: only({
    runtime: {
      name: 'bun',
      version: '1.3.14',
      versionFile: null,
      outdated: null,
      image: 'oven/bun:1.3.14@sha256:e10577f0db68676a7024391c6e5cb4b879ebd17188ab750cf10024a6d700e5c4',
    },
    packageManager: manager('bun', null, 'bun.lock'),
    commands: {},
    buildOutput: null,
    start: ['bun', 'src/index.ts'],
    handlesSigterm: false,
    migrations: null,
  }),
  'yarn 1': only({ packageManager: manager('yarn-classic', '1.22.22', 'yarn.lock') }),
  'yarn 4': only({
    packageManager: manager('yarn-berry', '4.9.4', 'yarn.lock'),
    traps: { ...traps, installInputs: ['.yarn/releases', '.yarnrc.yml'] },
  }),
  'yarn 3': only({ packageManager: manager('yarn-berry', '3.8.0', 'yarn.lock') }),
  'folder of its own': only({
    path: 'api',
    packageManager: { ...manager('npm', null, 'api/package-lock.json'), installRoot: 'api' },
    files: {
      dockerfile: 'api/Dockerfile',
      dockerfileOwner: 'us',
      dockerignore: 'api/Dockerfile.dockerignore',
      dockerignoreCopy: null,
    },
  }),
  'npm workspace': member('npm', 'package-lock.json'),
  'pnpm workspace': member('pnpm', 'pnpm-lock.yaml', '10.1.0'),
  'yarn 4 workspace': member('yarn-berry', 'yarn.lock', '4.9.4'),
  'yarn 1 workspace': member('yarn-classic', 'yarn.lock'),
  'bun workspace': member('bun', 'bun.lock'),
};

/** Last match wins, and a pattern that matches a folder decides for what is in it: moby/patternmatcher, as far as our patterns go. */
function ignored(lines: readonly string[], path: string): boolean {
  const folders = path.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'));
  let out = false;
  for (const line of lines) {
    const allow = line.startsWith('!');
    const pattern = (allow ? line.slice(1) : line)
      .replace(/[.+^$()|{}\\]/g, '\\$&')
      .replace(/\*\*\/?|\*/g, (stars) => (stars === '**/' ? '(?:.*/)?' : stars === '**' ? '.*' : '[^/]*'));
    if (folders.some((folder) => new RegExp(`^${pattern}$`).test(folder))) out = !allow;
  }
  return out;
}

describe.each(Object.entries(ROADS))('%s', (_name, sys) => {
  const all = files(sys);
  const [name = ''] = Object.keys(all).filter((path) => path.endsWith('Dockerfile'));
  const text = all[name] ?? '';
  const instructions = text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));

  it('is a Dockerfile without a finding', () => {
    expect(validate(text)).toEqual([]);
    expect(text).not.toMatch(/[ \t]\n|\n\n\n|undefined|null/);
  });

  it('keeps to what every builder understands', () => {
    expect(text).not.toMatch(/--link|--parents|--start-interval|<<|\$\{\w+#|^ADD /m);
  });

  it('lets its ignore file through for everything that it copies, and for nothing else', () => {
    const ignore = (all[`${name}.dockerignore`] ?? all['.dockerignore'] ?? '')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    const copies = instructions.filter((line) => line.startsWith('COPY') && !line.includes('--from='));
    const words = copies.flatMap((line) => {
      const rest = line.slice(5).trim();
      return (rest.startsWith('[') ? (JSON.parse(rest) as string[]) : rest.split(/\s+/)).slice(0, -1);
    });
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) expect({ word, out: ignored(ignore, word) }).toEqual({ word, out: false });
    const strangers = [
      '.env',
      'src/.env.local',
      '.git/config',
      'node_modules/x/index.js',
      'secrets.txt',
      'packages/shared/node_modules/x',
      'key.pem',
    ];
    for (const path of strangers) expect({ path, out: ignored(ignore, path) }).toEqual({ path, out: true });
  });

  it('uses only stages that are already there, and ends with the runtime', () => {
    const seen = new Set<string>();
    for (const line of instructions) {
      const used = /--from=(\w+)|,from=(\w+)/.exec(line);
      if (used) expect(seen).toContain(used[1] ?? used[2]);
      const from = /^FROM (\S+) AS (\w+)$/.exec(line);
      if (!from?.[1] || !from[2]) continue;
      if (!from[1].includes('@sha256:')) expect(seen).toContain(from[1]);
      seen.add(from[2]);
    }
    expect([...seen].at(-1)).toBe('runtime');
  });

  it('runs as nobody, is probed, and starts the process itself', () => {
    const runtime = text.slice(text.indexOf('FROM base AS runtime'));
    expect(runtime).toContain('\nUSER 65532:65532\n');
    expect(runtime).toMatch(/\nHEALTHCHECK [^\n]+\\\n {2}CMD \["(?:node|bun)",/);
    expect(runtime).toMatch(/\nCMD \["(?:node|bun)", [^\n]+\]\n$/);
    expect(runtime).not.toMatch(/\b(?:npm|pnpm|yarn)\b(?! )/);
    expect(runtime).not.toMatch(/COPY \S*(?:lock|\.env)/);
  });
});

describe('the traps', () => {
  it('takes hook installers out before any install', () => {
    const text = dockerfile({ traps: { ...traps, prepareScript: fact('husky') } });
    expect(text.indexOf('npm pkg delete scripts.prepare')).toBeGreaterThan(0);
    expect(text.indexOf('npm pkg delete scripts.prepare')).toBeLessThan(text.indexOf('npm ci'));
    expect(text).not.toContain('--ignore-scripts');
  });

  it('gives the token to the installs as a secret, never as an argument or a variable of the image', () => {
    const text = dockerfile({ traps: { ...traps, privateRegistry: fact('NPM_TOKEN'), installInputs: ['.npmrc'] } });
    expect(text.match(/--mount=type=secret,id=NPM_TOKEN,required=true/g)).toHaveLength(2);
    expect(text).not.toMatch(/^(?:ARG|ENV) .*TOKEN/m);
  });

  it('brings a compiler only for modules that have no prebuilt binary', () => {
    expect(dockerfile({ traps: { ...traps, nativeModules: [fact('bcrypt')] } })).not.toContain('g++');
    expect(dockerfile({ traps: { ...traps, nativeModules: [fact('node-rdkafka')] } })).toMatch(
      /ignore=DL3008\nRUN apt-get update/,
    );
  });

  it('lets install scripts of the project run with dev dependencies, then takes those out', () => {
    const text = dockerfile({
      traps: { ...traps, installScripts: [fact({ name: 'postinstall', command: 'patch-package' })] },
    });
    expect(text).toContain('npm ci \\\n && npm prune --omit=dev --ignore-scripts');
  });

  it('copies the client that Prisma generated', () => {
    expect(dockerfile({ traps: { ...traps, prismaSchema: fact('prisma/schema.prisma') } })).toContain(
      'COPY --from=build /app/node_modules/.prisma',
    );
  });

  it('lets tests through where the build compiles them', () => {
    const ignore = files(only({ sources: ['src', 'test', 'tsconfig.json'] }))['.dockerignore'] ?? '';
    expect(ignore).not.toContain('.test.');
    expect(files(only())['.dockerignore']).toContain('**/*.test.[jt]s');
  });
});

describe('SIGTERM', () => {
  const cmd = (changes: Partial<Service>) => /\nCMD (.+)\n$/.exec(dockerfile(changes))?.[1] ?? '';

  it('is left to an application that handles it', () => {
    expect(cmd({})).toBe('["node", "dist/server.js"]');
  });

  it('gets its default back where the application does not', () => {
    expect(cmd({ handlesSigterm: false })).toMatch(
      /^\["node", "--import", "data:text\/javascript,.*process\.exit\(143\)\)", "dist\/server\.js"\]$/,
    );
    const steps = docker.nextSteps({ system: only({ handlesSigterm: false }), answers: {}, outputs: {}, pins });
    expect(steps.map(({ text }) => text).join()).toContain('143');
  });
});

describe('metrics of ours', () => {
  it('are installed in a stage of their own and loaded before the application', () => {
    const text = dockerfile({ metrics: PRELOAD });
    expect(text).toContain('FROM base AS telemetry\nWORKDIR /app/telemetry\n');
    expect(text).toContain('COPY telemetry/package.json telemetry/package-lock.json ./\nRUN --mount=type=cache,');
    expect(text).toContain('npm ci --omit=dev --ignore-scripts\nCOPY telemetry/register.mjs ./\n');
    expect(text).toMatch(
      /FROM base AS runtime[\s\S]*COPY --from=telemetry \/app\/telemetry \/app\/telemetry\n[\s\S]*USER /,
    );
    expect(text).toContain('\nEXPOSE 3000 9464\n');
    expect(text).toMatch(/\nCMD \["node", "--import", "\/app\/telemetry\/register\.mjs", "dist\/server\.js"\]\n$/);
    expect(files(only({ metrics: PRELOAD }))['.dockerignore']).toMatch(
      /!telemetry\/package-lock\.json\n!telemetry\/package\.json\n!telemetry\/register\.mjs\n/,
    );
  });

  it('know which requests are probes, and another port than the usual one', () => {
    const probed = { kind: 'http', path: '/healthz', readyPath: '/ready' } as const;
    const text = dockerfile({ metrics: { ...PRELOAD, port: 9465 }, health: probed });
    expect(text).toMatch(/TELEMETRY_PORT=9465 \\\n {4}TELEMETRY_IGNORE=\/healthz,\/ready\n/);
    expect(dockerfile({ metrics: PRELOAD, health: { kind: 'tcp' } })).not.toContain('TELEMETRY_');
  });

  it('put the default of SIGTERM back by themselves', () => {
    const text = dockerfile({ metrics: PRELOAD, handlesSigterm: false });
    expect(text).toContain('CMD ["node", "--import", "/app/telemetry/register.mjs", "dist/server.js"]');
    expect(text).not.toContain('data:text/javascript');
  });

  it('answer for a worker, which nothing could be asked before', () => {
    const worker = {
      kind: 'worker',
      port: null,
      portVariable: null,
      health: { kind: 'none' },
      migrations: null,
    } as const;
    const text = dockerfile({ ...worker, metrics: PRELOAD });
    expect(text).toContain('\nEXPOSE 9464\n');
    expect(text).toContain("fetch('http://127.0.0.1:9464/health')");
    expect(text).not.toContain('Nothing listens');
    expect(dockerfile(worker)).toContain('Nothing listens');
  });

  it('leave an application alone that serves its own', () => {
    const own = { ...PRELOAD, source: 'application', port: 3000 } as const;
    expect(dockerfile({ metrics: own })).toBe(dockerfile());
    expect(dockerfile({ metrics: { ...own, port: 9464 } })).toContain('\nEXPOSE 3000 9464\n');
  });
});

describe('next steps', () => {
  const texts = (changes: Partial<Service>) =>
    docker
      .nextSteps({ system: only(changes), answers: {}, outputs: {}, pins })
      .map(({ standard, text }) => `${standard ?? ''} ${text}`);

  it('has none for a service that does everything', () => {
    expect(texts({})).toEqual([]);
  });

  it('names what is missing with the standard that stays unmet', () => {
    expect(texts({ health: { kind: 'tcp' } })[0]).toMatch(/^OBS-013 .*add GET \/health/);
    expect(texts({ packageManager: manager('npm', null, null) })[0]).toMatch(/^DOCKER-003 /);
    expect(texts({ framework: 'nextjs' })[0]).toMatch(/^DOCKER-002 .*standalone/);
    expect(texts({ host: '127.0.0.1', environment: [] })[0]).toMatch(/binds to 127\.0\.0\.1/);
  });
});

describe('variables that are built in', () => {
  const public_ = (name: string, local: string | null, required = false): Service['environment'][number] => ({
    ...{ name, local, required, secret: false, from: 'setting', seenAt: 'a.ts:1' },
  });
  const web = (environment: Service['environment']) => ({ ...NEXT, environment });
  const NEXT = { framework: 'nextjs', buildOutput: '.next', migrations: null } as const;
  const text = dockerfile(web([public_('NEXT_PUBLIC_API_URL', 'http://a:1'), public_('NEXT_PUBLIC_ID', null, true)]));

  it('are arguments of the build, with the default of the code, after what can be cached', () => {
    expect(text).toContain('ARG NEXT_PUBLIC_API_URL=http://a:1\nARG NEXT_PUBLIC_ID\n\nFROM ');
    expect(text).toMatch(/COPY src [\s\S]*ARG NEXT_PUBLIC_API_URL\nARG NEXT_PUBLIC_ID\nRUN npm run build/);
    expect(text).toContain('ENV NEXT_PUBLIC_API_URL="${NEXT_PUBLIC_API_URL}"');
    expect(text).toContain('# check=error=true');
    expect(validate(text)).toEqual([]);
  });

  it('may be called like secrets, though everybody can read them', () => {
    expect(dockerfile({ environment: [public_('VITE_MAPS_KEY', null)] })).toContain(
      '# check=skip=SecretsUsedInArgOrEnv;error=true\n',
    );
  });

  it('are asked for where nobody knows their value', () => {
    const [step] = docker
      .nextSteps({ system: only(web([public_('NEXT_PUBLIC_ID', null, true)])), answers: {}, outputs: {}, pins })
      .filter(({ text: said }) => said.includes('built in'));
    expect(step?.command).toBe('docker build --file Dockerfile --build-arg NEXT_PUBLIC_ID .');
  });

  it('stay away from an image that builds nothing', () => {
    expect(dockerfile({ ...web([public_('NEXT_PUBLIC_ID', 'a')]), commands: {} })).not.toContain('NEXT_PUBLIC');
  });
});

describe('what runs behind the project’s back', () => {
  const texts = (changes: Partial<Service>) =>
    docker.nextSteps({ system: only(changes), answers: {}, outputs: {}, pins }).map(({ text }) => text);
  const runtime = { ...service().runtime, version: '20', outdated: '18.17.1' };

  it('is said once for each service', () => {
    expect(texts({ runtime })).toEqual([
      'orders asks for Node 18.17.1, which gets no updates: its image and CI use Node 20. Ask for that where the version stands (.nvmrc, .node-version, engines).',
    ]);
    const files = { ...service().files, dockerfileOwner: 'user' as const };
    expect(texts({ runtime, files })[0]).toContain(': CI uses Node 20.');
  });

  it('names no command that does not exist', () => {
    const all = texts({ health: { kind: 'tcp' }, handlesSigterm: false, framework: 'nextjs' }).join('\n');
    expect(all).not.toMatch(/run update/);
    expect(all).toContain('run `npx create-devops-setup` again');
  });
});

it('does not apply where nothing is started', () => {
  expect(docker.applies(only({ kind: 'library', start: null }))).toMatch(/no service/);
});

it('writes the second ignore file where a preset wants one', () => {
  const paths = Object.keys(
    files(
      only({
        files: {
          dockerfile: 'infrastructure/docker/Dockerfile',
          dockerfileOwner: 'us',
          dockerignore: '.dockerignore',
          dockerignoreCopy: 'infrastructure/docker/.dockerignore',
        },
      }),
    ),
  );
  expect(paths).toEqual(['infrastructure/docker/Dockerfile', '.dockerignore', 'infrastructure/docker/.dockerignore']);
});

it('writes no ignore file for a Dockerfile of the user: an allow-list would starve it', () => {
  expect(Object.keys(files(only({ files: { ...expressService.files, dockerfileOwner: 'user' } })))).toEqual([
    'Dockerfile',
  ]);
});
