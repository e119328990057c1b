/** Presets on a real project: extended, fetched once by the real npm and the real git, locked, explained, taken back. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, cli, emptyFolder, project, ROOT, removeFolders } from '../helpers/cli.ts';
import { type GitSource, type Source, startGit, startRegistry, writeFiles } from '../helpers/preset-sources.ts';

const LOCKING = `title: Acme
infrastructure:
  region: eu-central-1
locked:
  infrastructure.region: Platform team, data stays in the EU
`;

let registry: Source;
let git: GitSource;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  const trap = '{ "preinstall": "node -e \\"require(\'fs\').writeFileSync(process.env.HOME + \'/ran\', \'\')\\"" }';
  registry = await startRegistry(emptyFolder(), [
    {
      'package.json': `{ "name": "@acme/preset", "version": "1.0.0", "devopsSetup": "rules/base.yaml", "scripts": ${trap} }`,
      'rules/base.yaml': LOCKING,
    },
    {
      'package.json': '{ "name": "@acme/preset", "version": "1.2.0", "devopsSetup": "rules/base.yaml" }',
      'rules/base.yaml': LOCKING.replace('central', 'north'),
    },
    {
      'package.json': '{ "name": "on-top", "version": "3.0.0" }',
      'devops-preset.yaml': 'extends: "npm:@acme/preset@1.0.0"\n',
    },
    { 'package.json': '{ "name": "empty", "version": "1.0.0" }' },
    { 'package.json': '{ "name": "code", "version": "1.0.0" }', 'devops-preset.yaml': 'a: !!js/function x\nb: 1\n' },
  ]);
  git = await startGit(emptyFolder(), [
    { 'devops-preset.yaml': LOCKING },
    {
      'devops-preset.yaml': '',
      'package.json': '{ "devopsSetup": "preset.json" }',
      'preset.json': '{ "delivery": { "strategy": "canary" } }',
    },
  ]);
  const home = emptyFolder();
  env = {
    HOME: home,
    npm_config_registry: `http://127.0.0.1:${registry.port}/`,
    npm_config_cache: join(home, 'cache'),
    GIT_SSL_CAINFO: git.certificate,
  };
}, 120_000);

afterAll(() => {
  registry.stop();
  git.stop();
  removeFolders();
});

const config = (folder: string) => readFileSync(join(folder, '.devops/config.yaml'), 'utf8');
const lockOf = (folder: string) => JSON.parse(readFileSync(join(folder, '.devops/lock.json'), 'utf8'));
const gitWord = (commit: string) => `git+https://localhost:${git.port}/acme/presets.git#${commit}`;

/** Whether the output is what `docs/schemas` says. */
function expectSchema(command: string, output: string): void {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  const read = (name: string) => JSON.parse(readFileSync(join(ROOT, `docs/schemas/${name}.schema.json`), 'utf8'));
  ajv.addSchema(read('common'));
  const validate = ajv.compile({ ...read(command), additionalProperties: false });
  validate(JSON.parse(output));
  expect(validate.errors ?? []).toEqual([]);
}

/** Everything but the records of undo, which each write leaves. */
function tree(folder: string): ReadonlyMap<string, string> {
  return new Map([...bytesOf(folder)].filter(([path]) => !path.startsWith('.devops/tx') && !path.startsWith('.git/')));
}

describe('preset add', () => {
  it('fetches a package by npm, once, runs nothing of it, and reads the copy afterwards', () => {
    const folder = project({ setUp: true });
    const word = 'npm:@acme/preset@1.0.0';
    writeFileSync(join(folder, '.devops/config.yaml'), config(folder).replace(/^ {2}region: .*\n/m, ''));
    const trimmed = config(folder);
    const before = tree(folder);
    const ran = cli(folder, ['preset', 'add', word, '--yes', '--json'], { env });
    expect(ran.stderr).not.toContain('error');
    expect(ran.code).toBe(0);
    expect(readdirSync(env.HOME ?? '')).not.toContain('ran');
    const [file = ''] = readdirSync(join(folder, '.devops/presets'));
    expect(file).toMatch(/^acme-preset-[0-9a-f]{8}\.yaml$/);
    expect(readFileSync(join(folder, '.devops/presets', file), 'utf8')).toBe(LOCKING);
    expect(lockOf(folder).presets[word]).toMatchObject({ file: `.devops/presets/${file}`, resolved: '1.0.0' });
    expect(lockOf(folder).presets[word].integrity).toMatch(/^sha512-/);
    expect(config(folder)).toBe(`${trimmed}extends: ${word}\n`);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      command: 'preset',
      preset: word,
      written: true,
      given: [],
      kept: [],
    });
    expectSchema('preset', ran.stdout);
    for (const key of ['infrastructure.region', 'services.orders.ready', 'generators'])
      expectSchema('config', cli(folder, ['config', 'explain', key, '--json'], { env }).stdout);

    const offline = { env: { HOME: env.HOME ?? '', npm_config_registry: 'http://127.0.0.1:1/' } };
    const update = cli(folder, ['update', '--yes'], offline);
    expect(update.stderr).not.toContain('error');
    expect(cli(folder, ['config', 'explain', 'infrastructure.region'], offline).stdout).toContain(
      `.devops/presets/${file}:3
    locked   Platform team`,
    );
    expect(cli(folder, ['plan'], offline).code).toBe(0);
    expect(readFileSync(join(folder, '.devops/config.yaml'), 'utf8')).not.toContain('region:');
    const wrong = cli(folder, ['plan', '--set', 'infrastructure.region=us-east-1'], offline);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Platform team, data stays in the EU');

    expect(cli(folder, ['undo', '--yes'], { env }).code).toBe(0);
    expect(cli(folder, ['undo', '--yes'], { env }).code).toBe(0);
    expect(tree(folder)).toEqual(before);
  });

  it('takes the newest that fits a range, and asks again without harm', () => {
    const folder = project();
    const word = 'npm:@acme/preset@^1';
    expect(cli(folder, ['preset', 'add', word, '--yes'], { env }).code).toBe(0);
    expect(lockOf(folder).presets[word].resolved).toBe('1.2.0');
    const again = cli(folder, ['preset', 'add', word, '--yes'], { env });
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('Nothing to do');
    expect(config(folder).match(/extends/g)).toHaveLength(1);
    expect(cli(folder, ['--yes'], { env }).code).toBe(0);
    expect(cli(folder, ['config', 'explain', 'infrastructure.region'], { env }).stdout).toContain('eu-north-1');
  });

  it('fetches a commit by git over https, and checks out nothing', () => {
    const folder = project();
    for (const commit of git.commits) {
      const ran = cli(folder, ['preset', 'add', gitWord(commit), '--yes'], { env });
      expect(ran.stderr).toContain('is followed from now on');
      expect(ran.code).toBe(0);
      expect(lockOf(folder).presets[gitWord(commit)]).toMatchObject({ resolved: commit });
    }
    const told = (key: string) => cli(folder, ['config', 'explain', key], { env }).stdout;
    expect(told('delivery.strategy')).toContain(`delivery.strategy: canary`);
    expect(told('infrastructure.region')).toContain('locked   Platform team');
  });

  it('fetches what a preset extends as well, each after asking', () => {
    const folder = project();
    const asked = cli(folder, ['preset', 'add', 'npm:on-top@3'], { env });
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('nobody can be asked here whether to fetch npm:on-top@3. Add --yes.');
    expect(readdirSync(folder)).not.toContain('.devops');
    expect(cli(folder, ['preset', 'add', 'npm:on-top@3', '--yes'], { env }).code).toBe(0);
    expect(Object.keys(lockOf(folder).presets)).toEqual(['npm:@acme/preset@1.0.0', 'npm:on-top@3']);
    expect(config(folder)).toContain('extends: npm:on-top@3\n');
    // Fetched again alone, it is not extended a second time.
    expect(cli(folder, ['preset', 'add', 'npm:@acme/preset@1.0.0', '--yes'], { env }).stderr).toContain(
      'Nothing to do',
    );
  });

  it('brings back a copy that is gone, and forgets one that nobody extends any more', () => {
    const folder = project();
    const word = 'npm:@acme/preset@1.0.0';
    expect(cli(folder, ['preset', 'add', word, '--yes'], { env }).code).toBe(0);
    const good = tree(folder);
    rmSync(join(folder, '.devops/presets'), { recursive: true });
    const gone = cli(folder, ['--yes'], { env });
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain(`preset add '${word}'`);
    expect(cli(folder, ['preset', 'add', word, '--yes'], { env }).code).toBe(0);
    expect(tree(folder)).toEqual(good);
    writeFileSync(join(folder, '.devops/config.yaml'), 'version: 1\n');
    expect(cli(folder, ['--yes'], { env }).code).toBe(0);
    expect(lockOf(folder).presets).toBeUndefined();
    expect(tree(folder).has('.devops/presets')).toBe(false);
  });

  it.each([
    ['npm:@acme/preset@9', 'npm could not fetch it: '],
    ['npm:nobody-has-this@1', 'npm could not fetch it: '],
    [
      'npm:empty@1',
      'there is no preset in empty 1.0.0 (looked for devops-preset.yaml, devops-preset.yml, devops-preset.json).',
    ],
    ['npm:code@1', 'the tag !!js/function is refused: data only.'],
    ['git', 'git could not fetch it: '],
    ['./gone.yaml', './gone.yaml is not there'],
    ['left-pad', 'the package left-pad is not installed'],
    ['git+https://example.com/a#main', 'names "main", which may move'],
  ])('%s: says what is wrong, and writes nothing', (given, problem) => {
    const folder = project();
    const before = bytesOf(folder);
    const word = given === 'git' ? gitWord('0123456789012345678901234567890123456789') : given;
    const ran = cli(folder, ['preset', 'add', word, '--yes'], { env });
    expect(ran.stderr).toContain(problem);
    expect(ran.stderr).toContain('Nothing was written.');
    expect(ran.code).toBe(2);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('refuses a preset whose locks this project contradicts, with every place', () => {
    const folder = project({ setUp: true });
    const path = join(folder, '.devops/config.yaml');
    const said = config(folder).replace('eu-west-1', 'eu-west-2').replace('coverage: 0', 'coverage: 0 # we said so');
    writeFileSync(path, said);
    writeFiles(folder, {
      'acme.yaml': `${LOCKING}  delivery.coverage: Quality team\ndelivery: { coverage: 70 }\n`,
    });
    const place = (key: string) => {
      const line = said.split('\n').findIndex((text) => text.includes(`${key}:`)) + 1;
      return `CONFIG_LOCKED  .devops/config.yaml:${line}`;
    };
    const before = bytesOf(folder);
    const ran = cli(folder, ['preset', 'add', './acme.yaml'], { env });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(
      `${place('region')}, infrastructure.region: "eu-west-2" contradicts "eu-central-1", which ./acme.yaml has locked (acme.yaml:3)`,
    );
    expect(ran.stderr).toContain(`${place('coverage')}, delivery.coverage: 0 contradicts 70`);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('takes the place of defaults that a release wrote down, and of nothing that people said', () => {
    const folder = project({ setUp: true });
    const before = tree(folder);
    const written = config(folder);
    expect(written).toContain('infrastructure.recovery.rto');
    const recovery = LOCKING.replace('locked:', '  recovery: { rto: 30 }\nlocked:');
    writeFiles(folder, { 'acme.yaml': `${recovery}delivery: { strategy: canary, coverage: 70 }\n` });
    const ran = cli(folder, ['preset', 'add', './acme.yaml', '--json'], { env });
    expect(ran.stderr).toContain('Our defaults that it answers instead; their lines go:');
    expect(ran.code).toBe(0);
    const { given } = JSON.parse(ran.stdout) as { given: readonly { id: string }[] };
    expect(given.map(({ id }) => id)).toEqual([
      'delivery.strategy',
      'delivery.coverage',
      'infrastructure.region',
      'infrastructure.recovery.rto',
    ]);
    expectSchema('preset', ran.stdout);
    const lines = (text: string) => text.split('\n').map((one) => one.trim());
    const gone = lines(written).filter((one) => !lines(config(folder)).includes(one));
    expect(gone.length).toBeGreaterThan(2);
    for (const one of gone) expect(one).toMatch(/strategy|coverage|region|rto/);
    expect(config(folder)).not.toContain('rto');
    expect(cli(folder, ['update', '--yes'], { env }).code).toBe(0);
    const told = (key: string) => cli(folder, ['config', 'explain', key], { env }).stdout;
    expect(told('delivery.coverage')).toContain('delivery.coverage: 70');
    expect(told('infrastructure.recovery.rto')).toContain('infrastructure.recovery.rto: 30');
    expect(config(folder)).not.toContain('strategy');
    for (let writes = 0; writes < 2; writes++) expect(cli(folder, ['undo', '--yes'], { env }).code).toBe(0);
    rmSync(join(folder, 'acme.yaml'));
    expect(tree(folder)).toEqual(before);
  });

  it('says which answers of the project stay', () => {
    const folder = project({ setUp: true });
    const path = join(folder, '.devops/config.yaml');
    writeFileSync(path, config(folder).replace('strategy: rolling', 'strategy: rolling # agreed'));
    const before = config(folder);
    writeFiles(folder, { 'acme.yaml': 'delivery: { strategy: canary }\n' });
    const ran = cli(folder, ['preset', 'add', './acme.yaml'], { env });
    expect(ran.stderr).toContain('take a line out to follow the preset');
    expect(ran.stderr).toContain('delivery.strategy: rolling');
    expect(ran.code).toBe(0);
    expect(config(folder)).toBe(`${before}extends: ./acme.yaml\n`);
  });
});

describe('a preset that is tampered with', () => {
  it('stops every command, and names the copy, the word and the two remedies', () => {
    const folder = project();
    const word = 'npm:@acme/preset@1.0.0';
    cli(folder, ['preset', 'add', word, '--yes'], { env });
    const [file = ''] = readdirSync(join(folder, '.devops/presets'));
    const path = join(folder, '.devops/presets', file);
    writeFileSync(path, readFileSync(path, 'utf8').replace('central', 'west'));
    const before = bytesOf(folder);
    for (const command of [['--yes'], ['plan'], ['update'], ['verify'], ['config', 'explain', 'persona']]) {
      const ran = cli(folder, command, { env });
      expect(ran.stderr, command.join(' ')).toContain(
        `.devops/presets/${file}: it is not what was fetched for ${word}`,
      );
      expect(ran.code, command.join(' ')).toBe(2);
    }
    expect(bytesOf(folder)).toEqual(before);
  });
});

describe('a plan that was looked at', () => {
  it('is not written once a preset has changed, also where no file would say so', () => {
    const folder = project();
    writeFiles(folder, { 'acme.yaml': LOCKING, '.devops/config.yaml': 'version: 1\nextends: ./acme.yaml\n' });
    const { stdout } = cli(folder, ['plan', '--json'], { env });
    writeFiles(folder, { 'acme.yaml': LOCKING.replace('data stays', 'all data stays'), 'plan.json': stdout });
    const refused = cli(folder, ['apply', '--plan', 'plan.json', '--yes'], { env });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('CHANGED');
    writeFiles(folder, { 'acme.yaml': LOCKING });
    expect(cli(folder, ['apply', '--plan', 'plan.json', '--yes'], { env }).stderr).not.toContain('CHANGED');
  });
});

describe('an installed package', () => {
  it('is followed as it is installed, through the links of pnpm', () => {
    const folder = project();
    const store = 'node_modules/.pnpm/@acme+preset@1.0.0/node_modules/@acme/preset';
    mkdirSync(join(folder, 'node_modules/@acme'), { recursive: true });
    writeFiles(folder, {
      [`${store}/package.json`]: '{ "devopsSetup": "p.yaml" }',
      [`${store}/p.yaml`]: 'delivery: { strategy: canary }\n',
    });
    symlinkSync('../.pnpm/@acme+preset@1.0.0/node_modules/@acme/preset', join(folder, 'node_modules/@acme/preset'));
    expect(cli(folder, ['preset', 'add', '@acme/preset'], { env }).code).toBe(0);
    expect(cli(folder, ['--yes'], { env }).code).toBe(0);
    writeFiles(folder, { [`${store}/p.yaml`]: 'delivery: { strategy: blue-green }\n' });
    expect(cli(folder, ['config', 'explain', 'delivery.strategy'], { env }).stdout).toContain('blue-green');
    rmSync(join(folder, 'node_modules'), { recursive: true });
    const gone = cli(folder, ['plan'], { env });
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain('.devops/config.yaml:');
    expect(gone.stderr).toContain('the package @acme/preset is not installed');
  });
});
