/** `add <name>` with generators of the project's plopfile, held against the real plop 4: the same files, with a plan, a jail and a way back. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf, cli, emptyFolder, removeFolders } from '../helpers/cli.ts';
import { givePlop, plop, plopProject, type Texts, write } from '../helpers/plop.ts';
import { converse, findBridge, KEYS } from '../helpers/pty.ts';

afterAll(removeFolders, 60_000);

/** Runs `add` with a memory of its own, so that nobody has agreed to anything before. */
function add(folder: string, args: readonly string[], state = emptyFolder()) {
  return cli(folder, ['add', ...args], { env: { XDG_STATE_HOME: state } });
}

const allowed = (folder: string, args: readonly string[]) => add(folder, [...args, '--yes', '--allow-local-code']);

/** What stands in the project, our records apart. */
function tree(folder: string): ReadonlyMap<string, string> {
  return new Map([...bytesOf(folder)].filter(([path]) => !/^(\.devops|node_modules)(\/|$)|^\.$/.test(path)));
}

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');

type Same = Readonly<{ name: string; plopfile: string; files?: Texts; words: readonly string[] }>;

const generator = (actions: string, prompts = `[{ type: 'input', name: 'name', message: 'Name?' }]`) =>
  `export default (plop) => { plop.setGenerator('part', { description: 'a part', prompts: ${prompts}, actions: ${actions} }); };\n`;

const SAME: readonly Same[] = [
  {
    name: 'add: template, templateFile with its mode, data, transform, skip, skipIfExists, force, comments',
    plopfile: `export default function (plop) {
  plop.setHelper('shout', (text) => text.toUpperCase());
  plop.addHelper('twice', (text) => text + text);
  plop.setPartial('foot', '-- {{name}} {{pkg "name"}} --');
  plop.addPartial('head', '## {{shout name}}');
  plop.setGenerator('part', {
    description: 'a part',
    prompts: [{ type: 'input', name: 'name', message: 'Name?' }],
    actions: [
      'a comment',
      { type: 'add', path: 'src/{{dashCase name}}/{{pascalCase name}}.ts', template: '{{> head}}\\n{{twice name}} {{extra}} {{{quoted}}}\\n{{> foot}}\\n', data: { extra: 7, quoted: '"<>"', name: 'never' } },
      { type: 'add', path: 'bin\\\\{{name}}.sh', templateFile: 'templates/run.sh.hbs', data: () => ({ port: 80 }) },
      { type: 'add', path: 'src/by-name.txt', templateFile: './templates/{{name}}.hbs' },
      { type: 'add', path: 'src/relative.txt', templateFile: './templates/run.sh.hbs' },
      { type: 'add', path: 'kept.txt', template: 'new', skipIfExists: true },
      { type: 'add', path: 'forced.txt', template: 'new {{name}}', force: true },
      { type: 'add', path: 'skipped.txt', template: 'x', skip: (data) => data.name === 'button' ? 'not for buttons' : false },
      { type: 'add', path: 'moved.txt', template: 'a,b,{{name}}', transform: async (text, data) => text.split(',').reverse().join(';') + data.name },
      { type: 'add', path: 'empty.txt' },
    ],
  });
}
`,
    files: {
      'templates/run.sh.hbs': '#!/bin/sh\necho {{name}} {{port}}\n',
      'templates/button.hbs': 'by its name\n',
      'kept.txt': 'old',
      'forced.txt': 'old',
    },
    words: ['button'],
  },
  {
    name: 'addMany: base, globs, dot files, stripExtensions, names in paths; without a base',
    plopfile: generator(`[
      { type: 'addMany', destination: 'apps/{{name}}', base: 'templates/app', templateFiles: ['templates/app/**', '!templates/app/**/*.md'], globOptions: { dot: true } },
      { type: 'addMany', destination: 'flat', templateFiles: 'templates/app/src/*.hbs', verbose: false },
      { type: 'addMany', destination: 'md', base: 'templates/{{name}}', templateFiles: 'templates/**/*.md', stripExtensions: ['md'] },
      { type: 'addMany', destination: 'fn', base: 'templates/app/src', templateFiles: () => ['templates/app/src/{{name}}-extra.ts.hbs'], stripExtensions: ['hbs'] },
    ]`),
    files: {
      'templates/app/.env.hbs': 'NAME={{name}}\n',
      'templates/app/src/{{dashCase name}}.ts.hbs': 'export const x = "{{name}}";\n',
      'templates/app/src/button-extra.ts.hbs': 'fixed {{name}}\n',
      'templates/app/README.md': '# {{name}}\n',
      'templates/button/page.en.md': 'page {{name}}\n',
    },
    words: ['button'],
  },
  {
    name: 'modify and append: patterns as text and as expressions, templates, transform, unique, separator, what earlier actions wrote',
    plopfile: generator(`(data) => [
      { type: 'add', path: 'new.ts', template: 'one();\\n// here\\n' },
      { type: 'modify', path: 'new.ts', pattern: '// here', template: '{{name}}();\\n// here' },
      { type: 'append', path: 'new.ts', pattern: /\\/\\/ here/, template: 'behind{{name}}();' },
      { type: 'modify', path: 'index.ts', pattern: /(import) (\\w+)/g, template: '$1 {{name}}$2' },
      { type: 'modify', path: 'index.ts', transform: (text) => text + data.name },
      { type: 'append', path: 'list.txt', template: '{{name}}' },
      { type: 'append', path: 'list.txt', template: '{{name}}', unique: false, separator: ', ' },
      { type: 'append', path: 'list.txt', pattern: /^a$/m, templateFile: 'line.hbs', separator: '\\n  ' },
      { type: 'append', path: 'known.txt', pattern: '# list', template: 'button' },
      { type: 'append', path: 'blank.txt', template: '{{name}}' },
    ]`),
    files: {
      'index.ts': 'import a from "a";\nimport b from "b";\n',
      'list.txt': 'a\nb',
      'line.hbs': '- {{name}}',
      'known.txt': '# list\nx\nbutton\ny\n',
      'blank.txt': '',
    },
    words: ['button'],
  },
  {
    name: 'prompts: choices by value, name and number, checkbox, number, confirm, filter, names with dots',
    plopfile: generator(
      `(data) => [{ type: 'add', path: 'answers.json', template: '{{{json}}}', data: { json: JSON.stringify(data, Object.keys(data).sort()) } }]`,
      `[
        { type: 'input', name: 'name', message: '?', filter: (text) => text.trim().toLowerCase(), validate: (text) => text.length > 2 || 'too short' },
        { type: 'list', name: 'kind', message: '?', choices: ['ui', { name: 'Data layer', value: 'data' }] },
        { type: 'rawlist', name: 'raw', message: '?', choices: [{ name: 'One', value: 1 }, { name: 'Two', value: 2 }] },
        { type: 'expand', name: 'expand', message: '?', choices: [{ key: 'y', name: 'Yes', value: 'yes' }, { key: 'n', name: 'No', value: 'no' }] },
        { type: 'checkbox', name: 'parts', message: '?', choices: ['css', { name: 'Tests', value: 'test' }, 'docs'] },
        { type: 'confirm', name: 'sure', message: '?' },
        { type: 'password', name: 'token', message: '?' },
      ]`,
    ),
    words: ['Button', 'Data layer', 'Two', 'n', 'css,Tests', 'no', 's3cret'],
  },
  {
    name: 'load: a pack with templates, helpers and partials of its own, chosen and renamed',
    plopfile: `export default async function (plop) {
  plop.setHelper('who', () => 'root');
  await plop.load('./packs/one/plopfile.mjs', { option: 'given' }, { generators: { thing: 'part' }, helpers: ['loud'], partials: true, actionTypes: false });
  plop.setGenerator('after', { prompts: [], actions: [{ type: 'add', path: 'after.txt', template: '{{loud "x"}} {{> sign}}' }] });
}
`,
    files: {
      'packs/one/plopfile.mjs': `export default function (plop, { option }) {
  plop.setHelper('loud', (text) => text + '!');
  plop.setHelper('who', () => 'pack');
  plop.setPartial('sign', '~{{loud "pack"}}~');
  plop.setGenerator('thing', { description: 'of a pack', prompts: [{ name: 'name', message: '?' }], actions: [
    { type: 'add', path: '{{name}}.txt', templateFile: 'thing.hbs', data: { option } },
    { type: 'addMany', destination: '{{name}}', base: 'many', templateFiles: 'many/**' },
  ] });
  plop.setGenerator('other', { prompts: [], actions: [] });
}
`,
      'packs/one/thing.hbs': '{{name}} {{option}} {{loud name}} {{> sign}}\n',
      'packs/one/many/a.txt.hbs': 'a {{name}}\n',
    },
    words: ['button'],
  },
];

describe('the same files as plop itself', () => {
  it.each(SAME)('$name', ({ plopfile, files = {}, words }) => {
    const [byPlop, byUs] = [plopProject(plopfile, files), plopProject(plopfile, files)];
    for (const folder of [byPlop, byUs])
      if (files['templates/run.sh.hbs']) chmodSync(join(folder, 'templates/run.sh.hbs'), 0o755);
    const before = tree(byUs);
    const ran = plop(byPlop, ['part', ...words]);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const added = allowed(byUs, ['part', ...words]);
    expect(added.code, added.stderr).toBe(0);
    expect(tree(byUs)).toEqual(tree(byPlop));
    expect(tree(byUs)).not.toEqual(before);
    expect(existsSync(join(byUs, '.devops/lock.json'))).toBe(false);

    const undone = cli(byUs, ['undo', '--yes']);
    expect(undone.code, undone.stderr).toBe(0);
    expect(tree(byUs)).toEqual(before);
  });

  it('and nothing the second time, where plop fails or doubles what it appends', () => {
    const folder = plopProject(
      generator(`[
        { type: 'add', path: '{{name}}.ts', template: 'one' },
        { type: 'modify', path: '{{name}}.ts', pattern: 'one', template: 'two()' },
        { type: 'append', path: 'index.ts', pattern: '// list', template: 'export * from "./{{name}}";' },
      ]`),
      { 'index.ts': '// list\n' },
    );
    expect(allowed(folder, ['part', 'button']).code).toBe(0);
    const before = tree(folder);
    const again = allowed(folder, ['part', 'button']);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain('Nothing to do');
    expect(tree(folder)).toEqual(before);
  });

  it.each([
    ['plopfile.js', '{ "type": "module" }', 'export default (plop) => {'],
    ['plopfile.cjs', '{}', 'module.exports = (plop) => {'],
    ['plopfile.js', '{}', 'module.exports = (plop) => {'],
  ])('from a %s with %s', (name, manifest, head) => {
    const body = `${head} plop.setGenerator('part', { prompts: [], actions: [{ type: 'add', path: 'x.txt', template: 'x' }] }); };\n`;
    const folder = plopProject(body, { 'package.json': manifest }, name);
    const { code, stderr } = allowed(folder, ['part']);
    expect(code, stderr).toBe(0);
    expect(read(folder, 'x.txt')).toBe('x');
  });
});

describe('answers', () => {
  const PROMPTS = generator(
    `[{ type: 'add', path: '{{name}}.txt', template: '{{kind}} {{db.port}} {{deep}} {{more}}' }]`,
    `[
      { type: 'input', name: 'name', message: 'Which name?', validate: (text) => text !== '' || 'a name is needed' },
      { type: 'list', name: 'kind', message: 'Kind?', choices: (answers) => [answers.name + '-a', answers.name + '-b'], default: 1 },
      { type: 'number', name: 'db.port', message: 'Port?', default: 5432, when: (answers) => answers.kind.endsWith('b') },
      { type: 'confirm', name: 'deep', message: 'Deep?', default: false },
      { type: 'input', name: 'more', message: 'More?', default: (answers) => answers.name + '!' },
    ]`,
  );

  it('come from flags, a file and words; the rest from the prompts’ own defaults', () => {
    const folder = plopProject(PROMPTS, { 'answers.yaml': 'db: { port: 1 }\nkind: x-a\n' });
    expect(allowed(folder, ['part', 'n', '_', '--set', 'more=m']).code).toBe(0);
    expect(read(folder, 'n.txt')).toBe('n-b 5432 false m');
    const { code, stderr } = add(folder, [
      'part',
      'x',
      '--answers',
      'answers.yaml',
      '--set',
      'deep=yes',
      '--allow-local-code',
    ]);
    expect(code, stderr).toBe(0);
    expect(read(folder, 'x.txt')).toBe('x-a 1 true x!');
  });

  it('are asked for where nobody can be asked, all at once', () => {
    const folder = plopProject(PROMPTS);
    const before = bytesOf(folder);
    const { code, stderr } = add(folder, ['part', '--allow-local-code', '--set', 'nam=x', '--set', 'deep=perhaps']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/CONFIG_KEY\s+--set nam: there is no prompt of that name.*Did you mean name\?/);
    expect(stderr).toMatch(/CONFIG_VALUE\s+--set deep: "perhaps" is not taken for deep: it is neither yes nor no/);
    expect(stderr).toMatch(
      /ANSWERS_MISSING\s+name: it has to be answered \(a name is needed\)\. Answer it with --set name=/,
    );
    expect(stderr).not.toContain('undefined');
    const defaults = add(folder, ['part', 'x', '--allow-local-code']);
    expect(defaults.code).toBe(2);
    expect(defaults.stderr).toMatch(/ANSWERS_MISSING\s+kind: Kind\? --set kind=x-b/);
    expect(defaults.stderr).toMatch(/ANSWERS_MISSING\s+no terminal: .* Add --yes/);
    expect(bytesOf(folder)).toEqual(before);
  });

  it('of types that the plopfile registers, and by a bypass of its own', () => {
    const folder = plopProject(`export default (plop) => {
  class Directory {}
  Directory.bypass = (raw) => 'dir/' + raw;
  plop.setPrompt('directory', Directory);
  plop.setGenerator('part', {
    prompts: [
      { type: 'directory', name: 'where', message: '?' },
      { type: 'input', name: 'name', message: '?', bypass: (raw) => raw.toUpperCase() },
    ],
    actions: [{ type: 'add', path: '{{where}}/{{name}}.txt', template: 'x' }],
  });
};
`);
    const byPlop = plopProject(readFileSync(join(folder, 'plopfile.mjs'), 'utf8'));
    expect(plop(byPlop, ['part', 'a', 'b']).code).toBe(0);
    const { code, stderr } = allowed(folder, ['part', 'a', 'b']);
    expect(code, stderr).toBe(0);
    expect(read(folder, 'dir/a/B.txt')).toBe('x');
    expect(tree(folder)).toEqual(tree(byPlop));
  });

  it('of prompts that are a function are taken as they are given', () => {
    const folder = plopProject(
      generator(
        `[{ type: 'add', path: '{{name}}.txt', template: '{{kind}}' }]`,
        `async (inquirer) => inquirer.prompt([])`,
      ),
    );
    const missing = allowed(folder, ['part']);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('its prompts are a function');
    expect(allowed(folder, ['part', '--set', 'name=a', '--set', 'kind=b']).code).toBe(0);
    expect(read(folder, 'a.txt')).toBe('b');
  });
});

type Wrong = Readonly<{
  name: string;
  plopfile: string;
  files?: Texts;
  args?: readonly string[];
  says: readonly (string | RegExp)[];
}>;

const WRONG: readonly Wrong[] = [
  {
    name: 'a plopfile that throws',
    plopfile: `export default () => {\n  throw new Error('no such luck');\n};\n`,
    says: ['GENERATOR', 'plopfile.mjs:2', 'no such luck', 'Mend it'],
  },
  {
    name: 'a plopfile that does not parse',
    plopfile: 'export default (plop => {',
    says: ['plopfile.mjs', 'cannot be loaded'],
  },
  { name: 'a plopfile without a function', plopfile: 'export const x = 1;\n', says: ['it exports no function'] },
  {
    name: 'a plopfile whose import is not there',
    plopfile: `import x from './nope.mjs';\nexport default () => x;\n`,
    says: ['plopfile.mjs', /Cannot find module.*nope\.mjs/],
  },
  {
    name: 'a generator that is not there',
    plopfile: generator('[]'),
    args: ['parts'],
    says: ['USAGE', 'plopfile.mjs has part', 'Did you mean part?'],
  },
  {
    name: 'a template that is not there',
    plopfile: generator(
      `[{ type: 'add', path: 'first.txt', template: 'x' }, { type: 'add', path: 'x.txt', templateFile: 'templates/none.hbs' }]`,
    ),
    says: [
      'plopfile.mjs: part, action 2 (add x.txt)',
      'its template templates/none.hbs is not there',
      '`templateFile`',
    ],
  },
  {
    name: 'a template that does not parse',
    plopfile: generator(`[{ type: 'add', path: 'x.txt', templateFile: 'bad.hbs' }]`),
    files: { 'bad.hbs': "if: ${{ github.event_name == 'push' }}\n" },
    says: ['bad.hbs cannot be rendered', '$\\{{ github.sha }}'],
  },
  {
    name: 'a helper that is not there',
    plopfile: generator(`[{ type: 'add', path: 'x.txt', template: '{{louder name}}' }]`),
    says: ['its template cannot be rendered', 'louder'],
  },
  {
    name: 'a pattern that matches nothing',
    plopfile: generator(
      `[{ type: 'add', path: 'first.txt', template: 'x' }, { type: 'modify', path: 'a.txt', pattern: /nope/, template: 'x' }]`,
    ),
    files: { 'a.txt': 'a\n' },
    says: ['action 2 (modify a.txt)', 'its pattern /nope/ matches nothing in a.txt', 'Mend the pattern'],
  },
  {
    name: 'an append whose pattern matches nothing',
    plopfile: generator(`[{ type: 'append', path: 'a.txt', pattern: '// here', template: 'x' }]`),
    files: { 'a.txt': 'a\n' },
    says: ['its pattern // here matches nothing in a.txt'],
  },
  {
    name: 'a modify without pattern and transform',
    plopfile: generator(`[{ type: 'modify', path: 'package.json', template: 'x' }]`),
    says: ['it has neither `pattern` nor `transform`'],
  },
  {
    name: 'a modify of a file that is not there',
    plopfile: generator(`[{ type: 'modify', path: 'no.txt', pattern: 'x' }]`),
    says: ['no.txt is not there'],
  },
  {
    name: 'a file that is there already',
    plopfile: generator(`[{ type: 'add', path: 'package.json', template: 'x' }]`),
    says: ['package.json is there already', '--on-conflict'],
  },
  {
    name: 'an action without a path',
    plopfile: generator(`[{ type: 'add', template: 'x' }]`),
    says: ['it has no `path`'],
  },
  {
    name: 'an action of an unknown type',
    plopfile: generator(`[{ type: 'ad', path: 'x' }]`),
    says: ['action 1 of part has the type "ad"', 'setActionType'],
  },
  {
    name: 'actions that are no list',
    plopfile: generator(`async () => []`),
    says: ['the actions of part are no list', 'not a promise'],
  },
  {
    name: 'actions that throw',
    plopfile: generator(`() => { throw new Error('oh'); }`),
    says: ['the actions of part cannot be told: oh'],
  },
  {
    name: 'a transform that returns nothing',
    plopfile: generator(`[{ type: 'add', path: 'x', template: 'x', transform: () => undefined }]`),
    says: ['its `transform` does not return a text'],
  },
  {
    name: 'a glob that fits nothing',
    plopfile: generator(`[{ type: 'addMany', destination: 'x', base: 'none', templateFiles: 'none/**' }]`),
    says: ['no template fits none/** below none'],
  },
  {
    name: 'a prompt of a type that nobody knows',
    plopfile: generator('[]', `[{ type: 'lst', name: 'name', message: '?' }]`),
    says: ['prompt name has the type "lst", which nobody knows', 'Did you mean list?'],
  },
  {
    name: 'too many words',
    plopfile: generator('[]'),
    args: ['part', 'a', 'b'],
    says: ['b: is one word too many: there are 1 prompts'],
  },
  {
    name: 'a value that is no choice',
    plopfile: generator('[]', `[{ type: 'list', name: 'kind', message: '?', choices: ['a', 'b'] }]`),
    args: ['part', 'c'],
    says: ['"c" is not taken for kind: there is no such choice', 'It is one of a|b.'],
  },
  // The jail.
  {
    name: 'an answer that climbs',
    plopfile: generator(`[{ type: 'add', path: 'src/{{name}}.ts', template: 'x' }]`),
    args: ['part', '../../x'],
    says: ['JAIL', '..', 'an answer climbs out of its folder'],
  },
  {
    name: 'an answer that climbs, and stays inside',
    plopfile: generator(`[{ type: 'add', path: 'src/{{name}}.ts', template: 'x' }]`),
    args: ['part', '../x'],
    says: ['JAIL', 'src/../x.ts', 'climbs'],
  },
  {
    name: 'a path that leads out',
    plopfile: generator(`[{ type: 'add', path: '../{{name}}.ts', template: 'x' }]`),
    says: ['JAIL', 'it leads out of the project'],
  },
  {
    name: 'an absolute path',
    plopfile: generator(`[{ type: 'add', path: '{{name}}', template: 'x' }]`),
    args: ['part', '/tmp/created-by-plop'],
    says: ['JAIL', 'leads out of the project'],
  },
  {
    name: 'git’s own folder',
    plopfile: generator(`[{ type: 'add', path: '{{name}}/hooks/pre-commit', template: 'x' }]`),
    args: ['part', '.GIT'],
    says: ['JAIL', 'reaches into .git'],
  },
  {
    name: 'our own folder',
    plopfile: generator(`[{ type: 'add', path: '.devops/lock.json', template: '{}' }]`),
    says: ['JAIL', 'our own folder'],
  },
  {
    name: 'a drive letter',
    plopfile: generator(`[{ type: 'add', path: '{{name}}', template: 'x' }]`),
    args: ['part', 'C:/x'],
    says: ['JAIL'],
  },
  {
    name: 'a device of Windows',
    plopfile: generator(`[{ type: 'add', path: '{{name}}.txt', template: 'x' }]`),
    args: ['part', 'aux'],
    says: ['JAIL', 'device on Windows'],
  },
  {
    name: 'a twin of a file',
    plopfile: generator(`[{ type: 'add', path: 'Package.json', template: 'x' }]`),
    says: ['JAIL', 'package.json is the same path where case is ignored'],
  },
  {
    name: 'two twins',
    plopfile: generator(`['a', 'A'].map((name) => ({ type: 'add', path: 'd/' + name, template: 'x' }))`),
    says: ['JAIL', 'd/a is the same path'],
  },
  {
    name: 'a file below a file',
    plopfile: generator(`[{ type: 'add', path: 'package.json/x', template: 'x' }]`),
    says: ['JAIL', 'package.json is a file here'],
  },
  {
    name: 'a file where a folder stands',
    plopfile: generator(`[{ type: 'add', path: 'there', template: 'x', force: true }]`),
    files: { 'there/x': '' },
    says: ['JAIL', 'a folder stands'],
  },
  {
    name: 'a template outside',
    plopfile: generator(`[{ type: 'add', path: 'x', templateFile: '../../../../../../../../etc/hostname' }]`),
    says: ['JAIL', 'this template is outside of the project'],
  },
];

describe('what is wrong: told exactly, exit 2, the disk untouched', () => {
  it.each(WRONG)('$name', ({ plopfile, files = {}, args, says }) => {
    const folder = plopProject(plopfile, files);
    const before = bytesOf(folder);
    const { code, stderr } = allowed(folder, args ?? ['part', 'name']);
    expect(code, stderr).toBe(2);
    for (const part of says) part instanceof RegExp ? expect(stderr).toMatch(part) : expect(stderr).toContain(part);
    expect(stderr).not.toContain(folder);
    expect(stderr).toContain('Nothing was written.');
    expect(bytesOf(folder)).toEqual(before);
  });

  it('a symbolic link on the way', () => {
    const outside = emptyFolder();
    const folder = plopProject(generator(`[{ type: 'add', path: 'out/{{name}}', template: 'x' }]`));
    symlinkSync(outside, join(folder, 'out'));
    const { code, stderr } = allowed(folder, ['part', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain('symbolic link');
    expect(existsSync(join(outside, 'x'))).toBe(false);
  });

  it('a template that is no text', () => {
    const folder = plopProject(generator(`[{ type: 'add', path: 'x.png', templateFile: 'logo.png' }]`), {
      'logo.png': 'PNG\0\0',
    });
    const { code, stderr } = allowed(folder, ['part', 'x']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/logo\.png: it is no text.*Run plop itself/);
  });

  it('no plop in the project, and one that is too old', () => {
    const folder = plopProject(generator('[]'));
    rmSync(join(folder, 'node_modules'), { recursive: true });
    const none = allowed(folder, ['part']);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/plopfile\.mjs: its generators are run by plop 4.*npm install --save-dev plop@4/);
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    write(folder, {
      'node_modules/node-plop/package.json': '{ "version": "0.26.3", "main": "i.js" }',
      'node_modules/node-plop/i.js': '',
    });
    const old = allowed(folder, ['part']);
    expect(old.code).toBe(2);
    expect(old.stderr).toContain('node-plop 0.26.3 is installed, and plop 4');
  });

  it('no plopfile: the generators that there are', () => {
    const folder = emptyFolder();
    write(folder, { '.git/HEAD': 'ref: refs/heads/main\n' });
    givePlop(folder);
    const { code, stderr } = add(folder, ['part']);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no such generator');
  });
});

describe('abortOnFail: false', () => {
  it('goes on, writes the rest, says what failed, and exits 1', () => {
    const plopfile = generator(`[
      { type: 'modify', path: 'no.txt', pattern: 'x', template: 'y', abortOnFail: false },
      { type: 'add', path: 'x.txt', template: 'x' },
    ]`);
    const [byPlop, byUs] = [plopProject(plopfile), plopProject(plopfile)];
    expect(plop(byPlop, ['part', 'x']).code).toBe(1);
    const { code, stderr } = allowed(byUs, ['part', 'x']);
    expect(code).toBe(1);
    expect(stderr).toContain('no.txt is not there');
    expect(tree(byUs)).toEqual(tree(byPlop));
  });
});

const OWN = `import { writeFileSync, readFileSync } from 'node:fs';
export default function (plop) {
  plop.setActionType('format', (answers, config, api) => {
    const path = api.getDestBasePath() + '/src/' + answers.name + '.ts';
    writeFileSync(api.getDestBasePath() + '/log.txt', readFileSync(path, 'utf8') + config.extra);
    return 'formatted';
  });
  plop.setGenerator('part', {
    prompts: [{ name: 'name', message: '?' }],
    actions: [
      { type: 'format', extra: '!' },
      { type: 'add', path: 'src/{{name}}.ts', template: 'x {{name}}' },
      function install(answers) { if (answers.name === 'bad') throw new Error('no network'); return 'installed'; },
    ],
  });
}
`;

describe('actions that are code of the plopfile', () => {
  it('are named, and need somebody’s word, before anything is written', () => {
    const folder = plopProject(OWN);
    const state = emptyFolder();
    expect(add(folder, ['part', 'a', '--dry-run', '--allow-local-code'], state).code).toBe(1);
    const before = bytesOf(folder);
    const { code, stderr } = add(folder, ['part', 'a', '--yes'], state);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /CONSENT\s+plopfile\.mjs: format \(action 1\), install \(action 3\): code of the plopfile that may write by itself/,
    );
    expect(stderr).toContain('undo does not take back what it does');
    expect(bytesOf(folder)).toEqual(before);
  });

  it('run when all else is written', () => {
    const folder = plopProject(OWN);
    const { code, stderr, stdout } = allowed(folder, ['part', 'a', '--json']);
    expect(code, stderr).toBe(0);
    expect(read(folder, 'log.txt')).toBe('x a!');
    expect(stderr).toMatch(/✓ format +formatted[\s\S]*✓ install +installed/);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      command: 'add',
      written: true,
      changes: [{ kind: 'create', path: 'src/a.ts' }],
      plopfile: {
        file: 'plopfile.mjs',
        generator: 'part',
        actions: [
          { type: 'add', text: 'src/a.ts' },
          { type: 'format', text: 'formatted' },
          { type: 'install', text: 'installed' },
        ],
        own: [
          { name: 'format', index: 1, run: true },
          { name: 'install', index: 3, run: true },
        ],
        warnings: [],
        failures: [],
      },
    });
  });

  it('take our files back when they fail', () => {
    const folder = plopProject(OWN);
    const { code, stderr } = allowed(folder, ['part', 'bad']);
    expect(code).toBe(2);
    expect(stderr).toContain('plopfile.mjs: part, action 3 (function install): it fails: no network');
    expect(stderr).toContain(
      'What had been written was taken back; what the code of the plopfile did by itself was not.',
    );
    expect(existsSync(join(folder, 'src'))).toBe(false);
    expect(existsSync(join(folder, 'log.txt'))).toBe(true);
  });

  it('keep them where such an action edited them, and say so', () => {
    const folder = plopProject(OWN.replace("'/log.txt'", "'/src/' + answers.name + '.ts'"));
    const { code, stderr } = allowed(folder, ['part', 'bad']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/What had been written stays, because it could not be taken back: src\/bad\.ts/);
    expect(read(folder, 'src/bad.ts')).toBe('x bad!');
  });
});

describe('consent', () => {
  const FILES = { 'plop/helpers.mjs': 'export const loud = (text) => text.toUpperCase();\n' };
  const PLOPFILE = `import { loud } from './plop/helpers.mjs';
export default (plop) => {
  plop.setHelper('loud', loud);
  plop.setGenerator('part', { prompts: [{ name: 'name', message: '?' }], actions: [{ type: 'add', path: '{{name}}.txt', template: '{{loud name}}' }] });
};
`;

  it('is asked once, and again when the plopfile or a file that it names has changed', () => {
    const folder = plopProject(PLOPFILE, FILES);
    const state = emptyFolder();
    const refused = add(folder, ['part', 'a', '--yes'], state);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/CONSENT\s+plopfile\.mjs: The plopfile of this project would have to run.*2 files/);
    expect(add(folder, ['part', 'a', '--yes', '--allow-local-code'], state).code).toBe(0);
    expect(add(folder, ['part', 'b', '--yes'], state).code).toBe(0);
    expect(read(folder, 'b.txt')).toBe('B');
    write(folder, { 'plop/helpers.mjs': 'export const loud = (text) => text;\n' });
    const changed = add(folder, ['part', 'c', '--yes'], state);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain('changed since you agreed');
    expect(existsSync(join(folder, 'c.txt'))).toBe(false);
  });

  it('is not needed for generators of ours: plop is not even looked for', () => {
    const folder = plopProject(`throw new Error('read');\n`);
    rmSync(join(folder, 'node_modules'), { recursive: true });
    const { stderr } = add(folder, ['docker', '--yes']);
    expect(stderr).not.toContain('plop');
    const typo = add(folder, ['dokcer', '--yes']);
    expect(typo.code).toBe(2);
    expect(typo.stderr).toContain('Did you mean docker?');
    expect(typo.stderr).not.toMatch(/CONSENT|plop/);
    const words = add(folder, ['docker', 'x', '--yes']);
    expect(words.code).toBe(2);
    expect(words.stderr).toContain('is one word too many: add docker takes no more.');
  });
});

const bridge = findBridge();

describe.skipIf(!bridge)('at a terminal', () => {
  it('asks for consent, then in plop’s own prompts, then shows the plan and the diff', async () => {
    const folder = plopProject(
      OWN.replace(
        "prompts: [{ name: 'name', message: '?' }]",
        "prompts: [{ name: 'name', message: 'Which name?' }, { type: 'list', name: 'kind', message: 'Which kind?', choices: ['ui', 'data'] }]",
      ),
    );
    const steps = [
      { see: 'Run plopfile.mjs?', type: KEYS.down },
      { see: '❯ Show the files', type: KEYS.down },
      { see: '❯ Yes, until', type: KEYS.enter },
      { see: 'Which name?', type: 'card\r' },
      { see: 'Which kind?', type: KEYS.down },
      { see: '❯ data', type: KEYS.enter },
      { see: 'Code of its own: format (action 1), install (action 3).', type: '' },
      { see: '? Run it, when the files are written?', type: KEYS.enter },
      { see: '? Write it?', type: KEYS.down },
      { see: '❯ Show the diff', type: KEYS.enter },
      { see: '+x card', type: '' },
      { see: '? Write it?', type: KEYS.enter },
    ];
    const command = [process.execPath, join(import.meta.dirname, '../../bin/create-devops-setup.js'), 'add', 'part'];
    const { code, text, missed } = await converse(command, {
      cwd: folder,
      steps,
      env: { XDG_STATE_HOME: emptyFolder() },
    });
    expect({ code, missed }, text).toEqual({ code: 0, missed: [] });
    expect(read(folder, 'src/card.ts')).toBe('x card');
    expect(read(folder, 'log.txt')).toBe('x card!');
  });
});
