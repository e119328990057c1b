/** The package as somebody else's program uses it: types, the documented examples, and a scaffolded generator with its test. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, cli, emptyFolder, project, ROOT, removeFolders } from '../helpers/cli.ts';
import { install, pack } from '../helpers/tarball.ts';

let tarball: string;
beforeAll(() => {
  ({ tarball } = pack());
});
afterAll(removeFolders, 60_000);

const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');

describe('the types', () => {
  const CONSUMER = `import {
  apply, compileTemplates, confirm, defineGenerator, detect, findRoot, integer, memoryProject, multiselect, openPorts, openProject,
  openWriter, plan, render, renderGenerator, resolve, schemas, select, SetupError, text, verify,
  type Change, type Generator, type Kit, type Plan, type Ports, type Problem, type System,
} from 'create-devops-setup';
import devops from 'create-devops-setup/plop';
import * as all from 'create-devops-setup';

const words = { message: 'Which?', help: 'One of them.' };
export const mine: Generator = defineGenerator({
  id: 'mine',
  title: 'Mine',
  summary: 'one file',
  needs: ['docker'],
  questions: [
    integer('mine.a', { ...words, minimum: 1, maximum: 2 }),
    select('mine.b', [{ value: 'x', title: 'X' }], words),
    multiselect('mine.c', [{ value: 'x', title: 'X' }], words),
    text('mine.d', { ...words, pattern: /a/, expected: 'a' }),
    confirm('mine.e', words),
  ],
  applies: (system: System) => system.services.length > 0 || 'no service',
  files: ({ system, answers, outputs, pins }) => [
    { path: 'a.md', view: { name: system.project.name, a: answers['mine.a'] ?? null, of: outputs.docker?.length ?? 0, tag: pins.tool('trivy') } },
  ],
});
export const fromKit = ({ defineGenerator: define }: Kit): Generator => define({ id: 'x', title: 'X', summary: 's', files: () => [] });
export const ports: Ports = openPorts(openProject(findRoot('.')), { generators: [mine], templates: await compileTemplates({}) });
export const planned: Plan = plan(ports, detect(ports), render(ports, detect(ports), resolve(detect(ports), { set: { generators: ['mine'] } })), { policy: 'keep' });
export const kinds = planned.changes.map((change: Change) => (change.kind === 'conflict' ? change.conflicts.length : change.path));
export const wrote: boolean = apply(openWriter('.'), planned, { label: 'mine' });
export const report = verify(ports, detect(ports), resolve(detect(ports))).verdicts.map(({ state }) => state);
export const files: Readonly<Record<string, string>> = await renderGenerator('/x/devops/generators/a.mjs', { project: { 'package.json': {} } });
export const said = (error: unknown): readonly Problem[] => (error instanceof SetupError ? error.problems : []);
export const more = [memoryProject({}), schemas()['config.schema.json'], devops, Object.keys(all)];

// @ts-expect-error a path is a text
defineGenerator({ id: 'x', title: 'X', summary: 's', files: () => [{ path: 5, view: {} }] });
// @ts-expect-error a view is plain data
defineGenerator({ id: 'x', title: 'X', summary: 's', files: () => [{ path: 'a', view: { at: new Date() } }] });
// @ts-expect-error a default is one of the choices
select('x', [{ value: 'a', title: 'A' }], { ...words, default: 'b' });
// @ts-expect-error ports are opened, not made
detect({ files: ports.files, git: null });
`;

  it.each([
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ])('are whole for a strict consumer, module resolution %s, libraries checked', (moduleResolution, module) => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
    install(folder, tarball);
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      target: 'es2023',
      lib: ['es2023'],
      types: [],
      noEmit: true,
      module,
      moduleResolution,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('declare what is there, and nothing else', async () => {
    const folder = emptyFolder();
    install(folder, tarball);
    const there = execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        "console.log(JSON.stringify(Object.keys(await import('create-devops-setup')).sort()))",
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    const text = readFileSync(join(folder, 'node_modules/create-devops-setup/dist/types/src/index.d.ts'), 'utf8');
    const declared = [...text.matchAll(/^export \{([^}]*)\}/gm)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    expect(JSON.parse(there)).toEqual(declared.sort());
    for (const name of declared) expect(readFileSync(join(ROOT, 'docs/api.md'), 'utf8'), name).toContain(name);
  });
});

describe('docs/api.md', () => {
  const examples = [
    ...readFileSync(join(ROOT, 'docs/api.md'), 'utf8').matchAll(/^```js example\n([\s\S]*?)^```$/gm),
  ].map(([, code = '']) => code);

  it('has an example that sets a project up, and its write can be taken back', () => {
    const folder = project();
    install(folder, tarball);
    const before = bytesOf(folder);
    writeFileSync(join(folder, 'example.mjs'), examples[0] ?? '');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('create Dockerfile\n');
    expect(stdout).toMatch(/^[1-9]\d* standards hold, 0 findings$/m);
    expect(stdout).toContain('can be taken back: example');
    expect(existsSync(join(folder, 'Dockerfile'))).toBe(true);
    expect(cli(folder, ['verify']).code).toBe(0);
    expect(cli(folder, ['undo', '--yes']).code).toBe(0);
    const after = new Map(bytesOf(folder));
    after.delete('example.mjs');
    expect(after).toEqual(before);
  });

  it('has an example of a generator without a file', () => {
    const folder = emptyFolder();
    install(folder, tarball);
    writeFileSync(join(folder, 'example.mjs'), examples[1] ?? '');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).toBe('HELLO.md: # Hello, orders\n\n');
    expect(examples).toHaveLength(2);
  });

  it('says what is wrong as problems', () => {
    const folder = emptyFolder();
    install(folder, tarball);
    const code = `import { detect, memoryProject, openPorts, render, resolve, SetupError } from 'create-devops-setup';
      const ports = openPorts(memoryProject({ 'package.json': { name: 'orders', scripts: { start: 'node s.js' } }, 's.js': '' }));
      const inspection = detect(ports);
      try { render(ports, inspection, resolve(inspection, { set: { generators: ['dokcer'], 'delivery.strategy': 'x' } })); }
      catch (error) { if (!(error instanceof SetupError)) throw error; console.log(error.problems.map(({ code }) => code).join()); }`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout, stderr).toBe('CONFIG_VALUE,CONFIG_VALUE\n');
  });
});

describe('new-generator', () => {
  const state = () => ({ XDG_STATE_HOME: emptyFolder() });

  it.each([
    ['vitest', true, ['npx', 'vitest', 'run', '--root', 'devops']],
    ['node --test', false, ['node', '--test', 'devops/test/service-page.test.mjs']],
  ] as const)('scaffolds a generator whose test runs with %s', (_, hasVitest, command) => {
    const root = project();
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    if (!hasVitest) delete manifest.devDependencies.vitest;
    writeFileSync(join(root, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    const before = bytesOf(root);
    const env = state();

    const made = cli(root, ['new-generator', 'service-page', '--json'], { env });
    expect(made.code, made.stderr).toBe(0);
    const data = JSON.parse(made.stdout) as { files: string[]; nextSteps: string[]; written: boolean };
    expect(data).toMatchObject({ command: 'new-generator', schema: 1, id: 'service-page', written: true });
    expect(data.nextSteps).toContain(command.join(' '));
    expect(data.nextSteps[0]).toMatch(/^npm install --save-dev create-devops-setup@/);
    for (const path of data.files) expect(existsSync(join(root, path)), path).toBe(true);

    install(root, tarball, hasVitest ? ['vitest'] : []);
    const test = () =>
      hasVitest
        ? spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', 'devops'], {
            cwd: root,
            encoding: 'utf8',
            env: { ...process.env, CI: 'true', NO_COLOR: '1', FORCE_COLOR: '' },
          })
        : spawnSync(process.execPath, command.slice(1), {
            cwd: root,
            encoding: 'utf8',
            env: { ...process.env, NODE_OPTIONS: '' },
          });
    const passed = test();
    expect(passed.status, passed.stdout + passed.stderr).toBe(0);
    expect(passed.stdout).toMatch(hasVitest ? /2 passed/ : /# pass 2|ℹ pass 2/);

    // It is a test: it fails when the template says something else.
    const template = join(root, 'devops/generators/service-page/docs/service-page.md.ejs');
    const text = readFileSync(template, 'utf8');
    writeFileSync(template, text.replace('# Services of', '# Every service of'));
    const failed = test();
    expect(failed.status).toBe(1);
    expect(failed.stdout + failed.stderr).toContain('Every service of');
    writeFileSync(template, text);

    // And the generator runs.
    const added = cli(root, ['add', 'service-page', '--yes', '--allow-local-code'], { env });
    expect(added.code, added.stderr).toBe(0);
    expect(readFileSync(join(root, 'docs/service-page.md'), 'utf8')).toContain('- orders (web) on port 3000\n');

    // Two writes, two times undo: nothing is left.
    for (const modules of ['node_modules', 'devops/node_modules'])
      rmSync(join(root, modules), { recursive: true, force: true });
    for (const label of ['add', 'new-generator']) {
      const undone = cli(root, ['undo', '--yes'], { env });
      expect(undone.code, `${label}: ${undone.stderr}`).toBe(0);
    }
    expect(bytesOf(root)).toEqual(before);
  });

  it('is typed in the editor: the JSDoc of the scaffold checks', () => {
    const root = project();
    expect(cli(root, ['new-generator', 'service-page'], { env: state() }).code).toBe(0);
    install(root, tarball);
    const compilerOptions = {
      strict: true,
      checkJs: true,
      allowJs: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023'],
      types: [],
    };
    const path = 'devops/generators/service-page.mjs';
    writeFileSync(join(root, 'check.json'), JSON.stringify({ compilerOptions, files: [path] }));
    const check = () => spawnSync(process.execPath, [tsc, '-p', 'check.json'], { cwd: root, encoding: 'utf8' }).stdout;
    expect(check()).toBe('');
    const text = readFileSync(join(root, path), 'utf8');
    writeFileSync(join(root, path), text.replace('system.project.name', 'system.project.nmae'));
    expect(check()).toContain("Property 'nmae' does not exist");
  });

  it('is what docs/generators.md shows: its example runs', () => {
    const folder = emptyFolder();
    install(folder, tarball);
    const [, example = ''] =
      /^```js\n(\/\*\* @param[\s\S]*?)^```$/m.exec(readFileSync(join(ROOT, 'docs/generators.md'), 'utf8')) ?? [];
    mkdirSync(join(folder, 'devops/generators/service-page/docs'), { recursive: true });
    writeFileSync(join(folder, 'devops/generators/service-page.mjs'), example);
    writeFileSync(
      join(folder, 'devops/generators/service-page/docs/service-page.md.ejs'),
      '<%= it.project %> <%= it.depth %>\n',
    );
    const code = `import { renderGenerator } from 'create-devops-setup';
      const project = { 'package.json': { name: 'sample', scripts: { start: 'node server.js' } }, 'package-lock.json': {}, 'server.js': '' };
      const set = { 'services.sample.kind': 'web', 'services.sample.port': 8080 };
      console.log(JSON.stringify(await renderGenerator(${JSON.stringify(join(folder, 'devops/generators/service-page.mjs'))}, { project, set })));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout, stderr).toBe('{"docs/service-page.md":"sample 2\\n"}\n');
  });

  it('refuses ids and paths that are taken, all at once, with a way out', () => {
    const root = project();
    mkdirSync(join(root, 'devops/test'), { recursive: true });
    writeFileSync(join(root, 'devops/test/mine.test.mjs'), '');
    mkdirSync(join(root, 'devops/generators'), { recursive: true });
    writeFileSync(join(root, 'devops/generators/mine.ts'), '');
    const before = bytesOf(root);
    for (const [word, messages] of [
      ['My_Thing', ['"My_Thing" is no id of a generator', 'Call it my-thing.']],
      ['docker', ['docker is a generator of ours.']],
      ['delivery', ['delivery is a section of .devops/config.yaml']],
      ['../evil', ['is no id of a generator', 'Call it evil.']],
      [
        'mine',
        ['this project has it already: devops/generators/mine.ts.', 'devops/test/mine.test.mjs: it is there already'],
      ],
    ] as const) {
      const { code, stderr } = cli(root, ['new-generator', word]);
      expect(code, word).toBe(2);
      for (const message of messages) expect(stderr).toContain(message);
    }
    expect(cli(root, ['new-generator', 'other', '--dry-run']).code).toBe(1);
    expect(bytesOf(root)).toEqual(before);
  });
});
