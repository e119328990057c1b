/** Generators of a project: found by name, run after consent only, judged like ours, taken away without a trace. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BIN, bytesOf, cli, emptyFolder, project, type Ran, type RunOptions, removeFolders } from '../helpers/cli.ts';
import { converse, findBridge, KEYS } from '../helpers/pty.ts';

afterAll(removeFolders, 60_000);

const FOLDER = 'devops/generators';
const GOOD = `export default ({ defineGenerator, integer }) => defineGenerator({
  id: 'mine', title: 'Mine', summary: 'a page',
  questions: [integer('mine.level', { message: 'Which level?', help: 'The level.', minimum: 1, maximum: 5, default: 2 })],
  files: ({ system, answers }) => [{ path: 'docs/mine.md', view: { project: system.project.name, level: answers['mine.level'] } }],
});
`;
const TEMPLATE = '# <%= it.project %>\n\nLevel <%= it.level %>.<%# DEVX-004 %>\n';

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A project with the generator `mine` in it; a state folder of its own, so that nobody agreed to anything. */
function withMine(files: Readonly<Record<string, string>> = {}) {
  const root = project();
  write(root, { [`${FOLDER}/mine.mjs`]: GOOD, [`${FOLDER}/mine/docs/mine.md.ejs`]: TEMPLATE, ...files });
  const state = emptyFolder();
  const run = (args: readonly string[], options: RunOptions = {}): Ran =>
    cli(root, args, { ...options, env: { XDG_STATE_HOME: state, ...options.env } });
  return { root, state, run };
}

const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8');

describe('a generator of the project', () => {
  it('is listed by its file without being run', () => {
    const { root, run } = withMine({
      [`${FOLDER}/mine.mjs`]: 'import { writeFileSync } from "node:fs"; writeFileSync("ran", ""); ',
    });
    const { code, stdout } = run(['list']);
    expect(code).toBe(0);
    expect(stdout).toContain('mine  devops/generators/mine.mjs, not run yet: add mine');
    const data = JSON.parse(run(['list', '--json']).stdout) as {
      generators: { id: string; file?: string; loaded?: boolean }[];
    };
    expect(data.generators.at(-1)).toMatchObject({ id: 'mine', file: 'devops/generators/mine.mjs', loaded: false });
    for (const args of [['facts'], ['plan'], ['doctor'], ['list', '--questions']]) run(args);
    expect(existsSync(join(root, 'ran'))).toBe(false);
  });

  it('is not run where nobody agreed: exit 2 names the flag, the disk is as it was', () => {
    const { root, state, run } = withMine();
    const before = bytesOf(root);
    for (const args of [
      ['add', 'mine', '--yes'],
      ['plan', '--set', 'generators=mine'],
      ['add', 'mine', '--json', '--yes'],
    ]) {
      const { code, stderr } = run(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /error CONSENT {2}devops\/generators: The generator mine of this project would have to run, and nobody can be asked here whether it may \(2 files, sha256 [0-9a-f]{16}\)\. .*--allow-local-code/,
      );
    }
    expect(bytesOf(root)).toEqual(before);
    expect(readdirSync(state)).toEqual([]);
  });

  it('lives with plan, answers, schema, lock, verify, explain, update and undo like ours', () => {
    const { root, run } = withMine();
    const added = run(['add', 'mine', '--yes', '--allow-local-code', '--set', 'mine.level=3']);
    expect(added.code, added.stderr).toBe(0);
    expect(read(root, 'docs/mine.md')).toBe('# orders\n\nLevel 3.\n');
    expect(read(root, '.devops/config.yaml')).toContain('mine: { level: 3 }');
    const schema = JSON.parse(read(root, '.devops/config.schema.json')) as {
      properties: Record<string, { properties: object }>;
    };
    expect(schema.properties.mine?.properties).toMatchObject({ level: { type: 'integer', minimum: 1, maximum: 5 } });
    const lock = JSON.parse(read(root, '.devops/lock.json')) as { files: Record<string, { generator: string }> };
    expect(lock.files['docs/mine.md']?.generator).toBe('mine');

    // Agreed to once: no flag is needed any more.
    expect(run(['plan']).code).toBe(0);
    expect(run(['verify']).code).toBe(0);
    expect(run(['explain', 'docs/mine.md:3']).stdout).toContain('DEVX-004');
    const wrong = run(['plan', '--set', 'mine.level=9']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--set mine.level: "9" is not a whole number from 1 to 5.');
    expect(run(['plan', '--set', 'mine.levle=9']).stderr).toContain('Did you mean mine.level?');

    // A hand edit stays, news come in: the generator changed, and so it is asked again.
    writeFileSync(join(root, 'docs/mine.md'), '# orders\n\nLevel 3.\n\nOurs.\n');
    write(root, { [`${FOLDER}/mine/docs/mine.md.ejs`]: TEMPLATE.replace('# <', '# The project <') });
    const again = run(['update', '--yes']);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('which changed since you agreed to it');
    const updated = run(['update', '--yes', '--allow-local-code']);
    expect(updated.code, updated.stderr).toBe(0);
    expect(read(root, 'docs/mine.md')).toBe('# The project orders\n\nLevel 3.\n\nOurs.\n');
    expect(run(['undo', '--yes']).code).toBe(0);
    expect(read(root, 'docs/mine.md')).toBe('# orders\n\nLevel 3.\n\nOurs.\n');
  });

  it('is chosen by a preset too, and a configuration that does not parse is told as ever', () => {
    const { root, run } = withMine({ 'acme.yaml': 'generators: [docker, mine]\nmine: { level: 4 }\n' });
    write(root, { '.devops/config.yaml': 'version: 1\nextends: ./acme.yaml\n' });
    expect(run(['plan']).stderr).toContain('CONSENT');
    const { code, stderr } = run(['init', '--yes', '--allow-local-code']);
    expect(code, stderr).toBe(0);
    expect(read(root, 'docs/mine.md')).toBe('# orders\n\nLevel 4.\n');
    write(root, { '.devops/config.yaml': 'version: 1\ngenerators: [mine\n' });
    const broken = run(['plan']);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('CONFIG_SYNTAX');
  });

  it('changes nothing of what is found in the project', () => {
    const { root, run } = withMine();
    rmSync(join(root, 'devops'), { recursive: true });
    const before = run(['facts', '--json']).stdout;
    expect(run(['new-generator', 'service-page']).code).toBe(0);
    expect(run(['facts', '--json']).stdout).toBe(before);
    expect(run(['facts']).stderr).toBe('');
  });

  it('is removed without being run, even where its file is gone', () => {
    for (const gone of [false, true]) {
      const { root, run } = withMine();
      expect(run(['add', 'docker', '--yes']).code).toBe(0);
      const before = read(root, '.devops/config.yaml');
      expect(run(['add', 'mine', '--yes', '--allow-local-code']).code).toBe(0);
      if (gone) rmSync(join(root, FOLDER), { recursive: true });
      else write(root, { [`${FOLDER}/mine.mjs`]: 'throw new Error("it ran");' });
      const removed = run(['remove', 'mine', '--yes']);
      expect(removed.code, removed.stderr).toBe(0);
      expect(existsSync(join(root, 'docs/mine.md'))).toBe(false);
      expect(read(root, '.devops/config.yaml')).toBe(before);
      expect(run(['plan']).code).toBe(0);
    }
  });

  it('builds on what one of ours wrote', () => {
    const { root, run } = withMine({
      [`${FOLDER}/mine.mjs`]: `export default ({ defineGenerator }) => defineGenerator({
        id: 'mine', title: 'Mine', summary: 'a page', needs: ['docker'],
        files: ({ outputs }) => [{ path: 'docs/mine.md', view: { project: outputs.docker.map(({ path }) => path).join(' and '), level: 1 } }],
      });`,
    });
    const alone = run(['add', 'mine', '--yes', '--allow-local-code']);
    expect(alone.stderr).toContain('mine is left out: it needs docker, which is not chosen');
    expect(existsSync(join(root, 'docs/mine.md'))).toBe(false);
    expect(run(['add', 'docker', '--yes']).code).toBe(0);
    expect(read(root, 'docs/mine.md')).toContain('# Dockerfile and .dockerignore');
  });
});

describe('bad generators', () => {
  const module = (body: string) => ({ [`${FOLDER}/mine.mjs`]: body });
  const files = (expression: string) =>
    module(`export default { id: 'mine', title: 'M', summary: 's',\n files: () => ${expression} };`);
  const template = (text: string) => ({ [`${FOLDER}/mine/docs/mine.md.ejs`]: text });
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, RegExp, string?])[] = [
    [
      'throws',
      module('\n\nthrow new Error("no database");'),
      /devops\/generators\/mine\.mjs:3: it cannot be loaded: no database\. Mend the generator/,
    ],
    [
      'does not parse',
      module('export default {\n  id: "mine",\n  files: (=> 1\n}'),
      /devops\/generators\/mine\.mjs:3: it cannot be loaded: SyntaxError: /,
    ],
    [
      'imports what is not there',
      module('import x from "not-installed-anywhere"; export default x;'),
      /devops\/generators\/mine\.mjs: it cannot be loaded: Cannot find package 'not-installed-anywhere' imported from devops\/generators\/mine\.mjs/,
    ],
    ['exports nothing', module('export const mine = 1;'), /it exports nothing as default/],
    [
      'is a promise',
      module('export default (async () => ({}))();'),
      /its default export is a promise, not a generator/,
    ],
    [
      'throws later',
      files('{\n throw new RangeError("too many") }'),
      /devops\/generators\/mine\.mjs:3: `files` throws: RangeError: too many/,
    ],
    ['returns a promise', files('Promise.resolve([])'), /`files` returns a promise\./],
    [
      'returns a promise that fails',
      files('Promise.reject(new Error("later"))'),
      /`files` returns a promise\.(?!.*later).* Nothing was written\. $/,
    ],
    [
      'ends the process',
      files('{\n process.exit(0) }'),
      /devops\/generators\/mine\.mjs:3: `files` throws: it calls process\.exit\(0\), which would end everything/,
    ],
    [
      'writes a generator',
      files('[{ path: "Devops\\u200d/generators/x.mjs", template: "mine/docs/mine.md.ejs", view: {} }]'),
      /a generator does not write generators/,
    ],
    [
      'writes outside',
      files('[{ path: "../x", template: "mine/docs/mine.md.ejs", view: { project: "p", level: 1 } }]'),
      /JAIL {2}\.\.\/x: this path is refused: it holds "\.\."\. devops\/generators\/mine\.mjs asks for it/,
    ],
    [
      'writes into .git',
      files('[{ path: ".GIT/hooks/pre-commit", template: "mine/docs/mine.md.ejs", view: { project: "p", level: 1 } }]'),
      /it reaches into \.git/,
    ],
    [
      'writes our records',
      files('[{ path: ".devops/lock.json", template: "mine/docs/mine.md.ejs", view: { project: "p", level: 1 } }]'),
      /\.devops\/lock\.json: /,
    ],
    [
      'has no template',
      files('[{ path: "other.md", view: {} }]'),
      /it uses the template devops\/generators\/mine\/other\.md\.ejs: there is no such template/,
    ],
    [
      'has a view of classes',
      files('[{ path: "docs/mine.md", view: { at: new Date() } }]'),
      /`files\(\)\[0\]\.view\.at`: it is a Date, not a plain object/,
    ],
    [
      'has a view that holds itself',
      files('{ const a = {}; a.a = a; return [{ path: "docs/mine.md", view: a }]; }'),
      /`files\(\)\[0\]\.view\.a`: it holds itself/,
    ],
    [
      'misspells a key in its template',
      template('# <%= it.project %>\n\n<%= it.levle %>\n'),
      /devops\/generators\/mine\/docs\/mine\.md\.ejs:3: the template fails: it\.levle is not in the view \(there is: project, level\)/,
    ],
    [
      'leaves a tag open',
      template('a\n<% if (it.level) {\n'),
      /mine\.md\.ejs:2: the template does not compile: Could not find matching close tag for "<%"/,
    ],
    [
      'leaves a block open',
      template('a\n<% if (it.level) { %>\nb\n'),
      /mine\.md\.ejs:\d: the template does not compile: a block that is opened is never closed/,
    ],
    [
      'writes bad JavaScript',
      template('a\n\n<%= it.level level %>\n'),
      /mine\.md\.ejs:3: the template does not compile: its JavaScript does not parse: /,
    ],
    [
      'prints unescaped',
      template('a\n<%- it.level %>\n'),
      /mine\.md\.ejs:2: the template does not compile: `<%-` prints unescaped text/,
    ],
    [
      'names a standard that is none',
      template('a\nb<%# NOPE-001 %>\n'),
      /mine\.md\.ejs:2: there is no standard NOPE-001/,
    ],
    [
      'writes a twin of ours',
      files('[{ path: "dockerfile", template: "mine/docs/mine.md.ejs", view: { project: "p", level: 1 } }]'),
      /dockerfile/i,
    ],
    [
      'goes round in circles',
      files('{ const f = () => f(); return f(); }'),
      /`files` throws: RangeError: Maximum call stack size exceeded/,
    ],
    [
      'takes a path of ours',
      files('[{ path: "Dockerfile", template: "mine/docs/mine.md.ejs", view: { project: "p", level: 1 } }]'),
      /OWNER {2}Dockerfile: both docker and mine write this path/,
    ],
    [
      'needs what is not there',
      module('export default { id: "mine", title: "M", summary: "s", needs: ["dokcer"], files: () => [] };'),
      /mine\.mjs: it needs "dokcer", and there is no such generator .* Did you mean docker\?/,
    ],
    [
      'needs itself',
      module('export default { id: "mine", title: "M", summary: "s", needs: ["mine"], files: () => [] };'),
      /mine\.mjs: it needs itself/,
    ],
    [
      'breaks a standard',
      {
        ...files(
          '[{ path: ".github/workflows/ci.yml", template: "mine/docs/mine.md.ejs", view: { project: "p", level: 1 } }]',
        ),
        ...template(
          'name: x\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n',
        ),
      },
      /error STANDARDS {2}\.github\/workflows\/ci\.yml.*devops\/generators\/mine\.mjs writes this file\./,
      'mine',
    ],
    [
      'waits for ever',
      module('await new Promise(() => undefined); export default {};'),
      /it is not loaded after 10 seconds/,
    ],
  ];

  for (const [name, broken, message, chosen = 'docker,mine'] of rows)
    it(`${name}: what, where, why, how; exit 2; nothing written`, () => {
      const { root, run } = withMine(broken);
      const before = bytesOf(root);
      const { code, stderr } = run(['init', '--set', `generators=${chosen}`, '--yes', '--allow-local-code']);
      expect(stderr.replaceAll(/\s+/g, (space) => (space === '  ' ? space : ' '))).toMatch(message);
      expect(code, stderr).toBe(2);
      expect(stderr).toContain('Nothing was written.');
      expect(stderr).not.toContain(root);
      expect(bytesOf(root)).toEqual(before);
    });

  it('tells everything that is wrong with all of them at once', () => {
    const { run } = withMine({
      ...module('export default 5;'),
      [`${FOLDER}/other.mjs`]: 'throw new Error("no");',
      [`${FOLDER}/other/a.md.ejs`]: '<%- 1 %>',
    });
    const { code, stderr } = run(['plan', '--set', 'generators=mine,other', '--allow-local-code']);
    expect(code).toBe(2);
    for (const part of [
      'mine.mjs: its default export is 5',
      'other.mjs:1: it cannot be loaded: no',
      'other/a.md.ejs:1: ',
    ])
      expect(stderr).toContain(part);
  });

  it('says what to do where the file of a chosen one is gone', () => {
    const { root, run } = withMine();
    expect(run(['add', 'docker', '--yes']).code).toBe(0);
    expect(run(['add', 'mine', '--yes', '--allow-local-code']).code).toBe(0);
    rmSync(join(root, FOLDER), { recursive: true });
    for (const args of [['plan'], ['update', '--yes'], ['add', 'compose', '--yes']]) {
      const { code, stderr } = run(args);
      expect(code, stderr).toBe(2);
      expect(stderr).toContain(
        '(unknown: mine). Is the file of a generator of this project gone from devops/generators?',
      );
      expect(stderr).toContain('create-devops-setup remove <id>');
    }
    expect(run(['remove', 'mine', '--yes']).code).toBe(0);
    expect(existsSync(join(root, 'docs/mine.md'))).toBe(false);
    expect(run(['update', '--yes']).code).toBe(0);
  });

  it('may print: that is talk, and no part of the data', () => {
    const { run } = withMine({
      [`${FOLDER}/mine.mjs`]: GOOD.replace('=> [{', '=> { console.log("noise"); return [{').replace(
        '}],\n});',
        '}]; },\n});',
      ),
    });
    const { code, stdout, stderr } = run(['plan', '--set', 'generators=mine', '--allow-local-code', '--json']);
    expect(code, stderr).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'plan' });
    expect(stderr).toContain('noise\n');
  });

  it('may leave a timer running: the command that is done ends', () => {
    const { run } = withMine({
      [`${FOLDER}/mine.mjs`]: GOOD.replace('=> [{', '=> { setInterval(() => undefined, 1000); return [{').replace(
        '}],\n});',
        '}]; },\n});',
      ),
    });
    expect(run(['plan', '--set', 'generators=mine', '--allow-local-code']).code).toBe(1);
  });

  it('refuses links, devices and sizes that nobody has read, all at once', () => {
    const { root, run } = withMine({ [`${FOLDER}/mine/large.ejs`]: 'x'.repeat(1024 * 1024 + 1) });
    symlinkSync('/etc/hostname', join(root, FOLDER, 'mine/link.ejs'));
    symlinkSync('../../..', join(root, FOLDER, 'mine/up'));
    const { code, stderr } = run(['add', 'mine', '--yes', '--allow-local-code']);
    expect(code).toBe(2);
    for (const part of [
      'mine/link.ejs: it is a link',
      'mine/up: it is a link',
      'mine/large.ejs: it is larger than 1 MiB',
    ])
      expect(stderr).toContain(part);

    const many = withMine(Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`${FOLDER}/mine/f${n}.ejs`, 'x'])));
    expect(many.run(['add', 'mine', '--yes', '--allow-local-code']).stderr).toContain('there are more than 500 files');

    const linked = withMine();
    const elsewhere = emptyFolder();
    rmSync(join(linked.root, FOLDER), { recursive: true });
    write(elsewhere, { 'mine.mjs': GOOD });
    symlinkSync(elsewhere, join(linked.root, FOLDER));
    const through = linked.run(['plan', '--yes', '--allow-local-code']);
    expect(through.code).toBe(2);
    expect(through.stderr).toContain(
      'devops/generators: it is a link; generators are run from the project itself only.',
    );
  });

  it('are none where `devops` is a file', () => {
    const root = project();
    write(root, { devops: '#!/bin/sh\n' });
    expect(cli(root, ['list']).code).toBe(0);
    expect(cli(root, ['plan', '--yes']).code).toBe(1);
  });

  it('says so where a name is taken or is none', () => {
    const { run } = withMine({ [`${FOLDER}/docker.mjs`]: GOOD, [`${FOLDER}/My_Thing.mjs`]: GOOD });
    const planned = run(['plan', '--yes']);
    expect(planned.code).toBe(2);
    expect(planned.stderr).toContain('devops/generators/docker.mjs: docker is a generator of ours.');
    const listed = run(['list']);
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain('"My_Thing" is no id of a generator');
  });

  it('does not run TypeScript where this Node cannot', () => {
    const { root, run } = withMine();
    unlinkSync(join(root, FOLDER, 'mine.mjs'));
    write(root, {
      [`${FOLDER}/mine.ts`]: GOOD.replace('({ defineGenerator, integer })', '({ defineGenerator, integer }: any)'),
    });
    const { code, stderr } = run(['add', 'mine', '--yes', '--allow-local-code']);
    if ((process.features as { typescript?: unknown }).typescript) expect(code, stderr).toBe(0);
    else {
      expect(code).toBe(2);
      expect(stderr).toContain(
        `devops/generators/mine.ts: Node.js ${process.versions.node} does not run TypeScript. Run it with Node.js 22.18 or newer, or make the file a .mjs.`,
      );
    }
  });
});

describe('consent', () => {
  it('survives a record that is damaged, and a state folder that cannot be written', () => {
    const { state, run } = withMine();
    write(state, { 'create-devops-setup/local-code.json': '{ "version": 1, "agreed": [5, {"root": 1' });
    expect(run(['plan', '--set', 'generators=mine']).code).toBe(2);
    expect(run(['plan', '--set', 'generators=mine', '--allow-local-code']).code).toBe(1);
    expect(run(['plan', '--set', 'generators=mine']).code).toBe(1);
    const blocked = emptyFolder();
    write(blocked, { 'create-devops-setup': 'a file' });
    const told = run(['plan', '--set', 'generators=mine', '--allow-local-code'], { env: { XDG_STATE_HOME: blocked } });
    expect(told.code).toBe(1);
    expect(told.stderr).toContain('It cannot be remembered that you agreed');
  });

  it('is not the project’s to give: another copy of it is asked again', () => {
    const { run } = withMine();
    expect(run(['plan', '--set', 'generators=mine', '--allow-local-code']).code).toBe(1);
    const other = withMine();
    const { code, stderr } = cli(other.root, ['plan', '--set', 'generators=mine'], {
      env: { XDG_STATE_HOME: other.state },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('CONSENT');
  });
});

const { enter, down } = KEYS;
const bridge = findBridge();
if (!bridge) console.warn('SKIPPED: tests at a terminal need python3 or util-linux script, and neither is here.');

describe.skipIf(!bridge)('consent at a terminal', () => {
  const AGREE = [
    { see: '? Run devops/generators?', type: down },
    { see: '❯ Show the files', type: down },
    { see: '❯ Yes, until one of them changes', type: enter },
  ];

  it('is asked once, with files and hash; again when a file changed, naming it; no means no', async () => {
    const { root, state } = withMine();
    const talk = (steps: readonly { see: string; type: string }[], args = ['plan', '--set', 'generators=mine']) =>
      converse([process.execPath, BIN, ...args], { cwd: root, steps, env: { XDG_STATE_HOME: state } });

    const looked = await talk([
      { see: '? Run devops/generators?', type: down },
      { see: '❯ Show the files', type: enter },
      { see: 'export default ({ defineGenerator, integer })', type: '' },
      { see: '? Run devops/generators?', type: enter },
    ]);
    expect({ code: looked.code, missed: looked.missed }, looked.text).toEqual({ code: 2, missed: [] });
    expect(looked.text).toContain(
      'The generator mine of this project would run now, with all that you may do yourself.',
    );
    expect(looked.text).toContain('It has not run here before.');
    expect(looked.text).toMatch(/sha256 [0-9a-f]{64}/);
    expect(looked.text).toContain('you did not want it to run');

    const first = await talk(AGREE);
    expect({ code: first.code, missed: first.missed }, first.text).toEqual({ code: 1, missed: [] });
    expect(first.text).toContain('mine.md');
    const second = await talk([]);
    expect(second.text).not.toContain('Run devops/generators?');
    expect(second.code).toBe(1);

    write(root, { [`${FOLDER}/mine/docs/mine.md.ejs`]: `${TEMPLATE}More.\n` });
    const changed = await talk(AGREE);
    expect(changed.text).toContain('It changed since you agreed to it.');
    expect(changed.text).toMatch(/mine\.md\.ejs \d+ bytes changed/);
    expect(changed.text).not.toMatch(/mine\.mjs \d+ bytes changed/);
    expect(changed.code).toBe(1);
  });
});
