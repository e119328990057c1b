/** `create-devops-setup/plop` in the real plop 4, from the packed tarball, installed offline as npm installs it. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NodePlopAPI } from 'node-plop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generators } from '../../generators/index.ts';
import devops from '../../src/plop.ts';
import { bytesOf, cli, emptyFolder, project, ROOT, removeFolders } from '../helpers/cli.ts';
import { givePlop, plop, write } from '../helpers/plop.ts';
import { converse, findBridge, KEYS } from '../helpers/pty.ts';

const LOAD = `export default async function (plop) {
  await plop.load('create-devops-setup');
}
`;
const IMPORT = `import devops from 'create-devops-setup/plop';
export default async function (plop) {
  await devops(plop, { prefix: 'ops-', onConflict: 'fail' });
  plop.setGenerator('note', { description: 'a note', prompts: [], actions: [] });
}
`;

let installed: string;

beforeAll(() => {
  const folder = emptyFolder();
  const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' };
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' })) as [
    { filename: string },
  ];
  write(folder, { 'package.json': '{ "name": "app", "private": true }\n' });
  execFileSync('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)], {
    cwd: folder,
    stdio: 'ignore',
    env,
  });
  installed = join(folder, 'node_modules/create-devops-setup');
}, 120_000);

afterAll(removeFolders, 60_000);

/** The Express fixture with plop, this package and a plopfile in it. */
function shop(plopfile: string): string {
  const folder = project();
  givePlop(folder);
  cpSync(installed, join(folder, 'node_modules/create-devops-setup'), { recursive: true });
  write(folder, { 'plopfile.mjs': plopfile });
  return folder;
}

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');

describe('installed from the tarball', () => {
  it('brings no plop of its own, and needs none', () => {
    expect(existsSync(join(dirname(installed), 'plop'))).toBe(false);
    const manifest = JSON.parse(read(installed, 'package.json')) as Record<string, Record<string, unknown>>;
    expect(manifest.peerDependencies).toEqual({ plop: '^4.0.0' });
    expect(manifest.peerDependenciesMeta).toEqual({ plop: { optional: true } });
  });

  it('lists every generator of ours, with what it makes where the plopfile imports it', () => {
    const folder = shop(IMPORT);
    const { stdout } = plop(folder, []);
    const [first] = generators;
    expect(stdout).toContain(`ops-${first?.id} - ${first?.summary}`.slice(0, 60));
    const names = execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const nodePlop = (await import(${JSON.stringify(corePath())})).default;
         const plop = await nodePlop(${JSON.stringify(join(folder, 'plopfile.mjs'))});
         console.log(JSON.stringify(plop.getGeneratorList()));`,
      ],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(names)).toEqual([
      ...generators.map(({ id, summary }) => ({ name: `ops-${id}`, description: summary })),
      { name: 'ops-devops-setup', description: 'the whole setup: detect, plan, write, verify' },
      { name: 'note', description: 'a note' },
    ]);
  });

  it('is loaded by name too; help names the prompts', () => {
    const folder = shop(LOAD);
    expect(plop(folder, ['--help']).stdout).toContain('$ plop <name>');
    const { code, stdout, stderr } = plop(folder, ['cdktf-aws', '--', '--help']);
    expect(code).toBe(1);
    expect(stderr).toContain('"help" is an invalid argument for "cdktf-aws"');
    expect(stdout).toMatch(/--region +The AWS region of every environment\./);
    expect(stdout).toMatch(/--orders-port +/);
    expect(stdout).not.toContain('--pager');
  });

  it('writes by bypass arguments, with what we looked after later; the second run has nothing to do', () => {
    const folder = shop(LOAD);
    const first = plop(folder, [
      'cdktf-aws',
      '--',
      '--persona',
      'automator',
      '--region',
      'eu-north-1',
      '--name',
      'orders',
    ]);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain('+ infrastructure/cdktf/');
    expect(first.stderr).toContain('files written');
    const config = read(folder, '.devops/config.yaml');
    expect(config).toContain('persona: automator');
    expect(config).toContain('region: eu-north-1');
    const before = bytesOf(folder);
    const second = plop(folder, ['cdktf-aws']);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toContain('Nothing to do');
    expect(bytesOf(folder)).toEqual(before);

    // Another one beside it, by position, then all of it back again: the same journal.
    const docker = plop(folder, ['docker']);
    expect(docker.code, docker.stderr).toBe(0);
    expect(read(folder, '.devops/config.yaml')).toContain('generators: [docker, cdktf-aws]');
    expect(cli(folder, ['undo', '--yes']).code).toBe(0);
    expect(existsSync(join(folder, 'infrastructure/docker/Dockerfile'))).toBe(false);
    expect(existsSync(join(folder, 'infrastructure/cdktf'))).toBe(true);
  });

  it('sets everything up at once, in the folder of a plopfile that stands below the root as well', () => {
    const folder = shop(LOAD);
    const words = ['--persona', 'workflow', '--generators', 'docker,compose', '--region', 'eu-west-1'];
    const ran = plop(folder, ['devops-setup', '--', ...words, '--pager', 'none', '--observability-chat-kind', 'none']);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(read(folder, '.devops/config.yaml')).toMatch(/persona: workflow[\s\S]*generators: \[docker, compose\]/);
    expect(existsSync(join(folder, 'compose.yaml'))).toBe(true);
    const below = plop(folder, ['devops-setup', '--dest', 'src']);
    expect(below.code, below.stdout + below.stderr).toBe(0);
    expect(below.stderr).toContain('Nothing to do');
  });

  it('has the type that plop hands in', () => {
    const typed: (plop: NodePlopAPI) => unknown = devops;
    expect(typed).toBe(devops);
  });

  it('writes the same as the command line, workflow expressions and all', () => {
    const [byPlop, byUs] = [shop(LOAD), shop(LOAD)];
    const ran = plop(byPlop, ['ci-github', '--', '--persona', 'automator', '--observability-chat-kind', 'teams']);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const flags = ['--persona', 'automator', '--set', 'observability.chat.kind=teams'];
    expect(cli(byUs, ['add', 'ci-github', '--yes', ...flags]).code).toBe(0);
    for (const folder of [byPlop, byUs]) {
      rmSync(join(folder, 'node_modules'), { recursive: true });
      rmSync(join(folder, '.devops/tx'), { recursive: true });
    }
    expect(read(byPlop, '.github/workflows/ci.yml')).toMatch(/\$\{\{ [\w.]+/);
    expect(bytesOf(byPlop)).toEqual(bytesOf(byUs));
  });

  it.each([
    ['leaves conflicts and says so', LOAD, 'docker', 0],
    ['fails on conflicts with nothing written, where the plopfile asks for that', IMPORT, 'ops-docker', 1],
  ])('%s', (_, plopfile, name, expected) => {
    const folder = shop(plopfile);
    expect(plop(folder, [name, 'automator', 'orders']).code).toBe(0);
    const path = 'infrastructure/docker/Dockerfile';
    const edited = read(folder, path).replace(/3000/g, '3001');
    expect(edited).not.toBe(read(folder, path));
    write(folder, { [path]: edited });
    const before = bytesOf(folder);
    const { code, stderr } = plop(folder, [name, '--', '--orders-port', '4000']);
    expect(code, stderr).toBe(expected);
    expect(stderr).toMatch(/! infrastructure\/docker\/Dockerfile/);
    expect(read(folder, path)).toBe(edited);
    if (expected === 1) expect(bytesOf(folder)).toEqual(before);
    else expect(read(folder, '.devops/config.yaml')).toContain('port: 4000');
  });

  it('refuses what is wrong with the project before anything is asked, by plop’s own exit code', () => {
    const folder = shop(LOAD);
    write(folder, { '.devops/config.yaml': 'version: [\n' });
    const before = bytesOf(folder);
    const { code, stderr } = plop(folder, ['docker']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/CONFIG_SYNTAX.*\.devops\/config\.yaml/s);
    expect(bytesOf(folder)).toEqual(before);
    expect(plop(shop(LOAD), ['docker', '--', '--persona', 'nobody']).stderr).toContain('did not recognize "nobody"');
    expect(plop(shop(LOAD), ['cdktf-aws', '--', '--name', 'Not A Name']).stderr).toContain('That is not');
  });
});

describe('${{ … }} in templates of the plopfile', () => {
  const TEMPLATE = [
    'a: $\\{{ github.sha }}',
    'b: {{gha "github.event_name == \'push\' && matrix.os"}}',
    'c: {{{gha "github.sha"}}}',
    'd: ${{ github.sha }}',
    '',
  ].join('\n');

  it('survives by a backslash and by our helper; plop itself eats the rest', () => {
    const folder = shop(`export default async function (plop) {
  await plop.load('create-devops-setup');
  plop.setGenerator('flow', { prompts: [], actions: [{ type: 'add', path: 'flow.yml', templateFile: 'flow.hbs' }] });
}
`);
    write(folder, { 'flow.hbs': TEMPLATE });
    const expected =
      "a: ${{ github.sha }}\nb: ${{ github.event_name == 'push' && matrix.os }}\nc: ${{ github.sha }}\nd: $\n";
    expect(plop(folder, ['flow']).code).toBe(0);
    expect(read(folder, 'flow.yml')).toBe(expected);

    rmSync(join(folder, 'flow.yml'));
    const { code, stderr } = cli(folder, ['add', 'flow', '--yes', '--allow-local-code'], {
      env: { XDG_STATE_HOME: emptyFolder() },
    });
    expect(code, stderr).toBe(0);
    expect(read(folder, 'flow.yml')).toBe(expected);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'flow.hbs:4: Handlebars takes ${{ github.sha }} for its own and prints nothing in its place. Write $\\{{ github.sha }}',
    );
    expect(stderr.match(/warning/g)).toHaveLength(1);
  });
});

const bridge = findBridge();

describe.skipIf(!bridge)('at a terminal', () => {
  it('asks in plop’s own prompts', async () => {
    const folder = shop(LOAD);
    const steps = [
      { see: 'Whose standards?', type: KEYS.down },
      { see: '❯ automator', type: KEYS.enter },
      { see: 'In which AWS region?', type: KEYS.enter },
    ];
    const command = [process.execPath, join(folder, 'node_modules/plop/bin/plop.js'), 'cdktf-aws'];
    const { code, text, missed } = await converse(command, { cwd: folder, steps });
    expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
    expect(read(folder, '.devops/config.yaml')).toMatch(/persona: automator[\s\S]*region: eu-west-1/);
  });
});

function corePath(): string {
  return join(ROOT, 'node_modules/node-plop/src/index.js');
}
