import { describe, expect, it } from 'vitest';
import { hashText } from '../../../../src/core/lock.ts';
import { type LoadedPresets, loadPresets } from '../../../../src/core/presets/load.ts';
import { SetupError } from '../../../../src/errors.ts';
import type { PresetEntry } from '../../../../src/model.ts';
import { QUESTIONS } from '../../../helpers/facts.ts';
import { project } from '../../../helpers/project.ts';

type Files = Readonly<Record<string, string>>;
type Entries = Readonly<Record<string, PresetEntry>>;

/** Loads the words of a configuration, each on a line of its own. */
function load(words: readonly string[], files: Files, entries: Entries = {}): LoadedPresets {
  const listed = words.map((word, index) => ({ word, place: `.devops/config.yaml:${index + 3}` }));
  return loadPresets(listed, { files: project(files), entries, questions: QUESTIONS });
}

/** What a person reads, `code place: message hint`. */
function told(words: readonly string[], files: Files, entries: Entries = {}): readonly string[] {
  try {
    load(words, files, entries);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.problems.map(({ code, place, message, hint }) => `${code} ${place}: ${message} ${hint}`);
  }
  return [];
}

const names = ({ chain }: LoadedPresets) => chain.map(({ name }) => name);
const entry = (text: string, file = '.devops/presets/acme.yaml'): PresetEntry => ({
  file,
  hash: hashText(text),
  resolved: '2.1.0',
  integrity: 'sha512-x',
});

describe('a preset', () => {
  it('is answers with their lines, and the reasons of those that are locked', () => {
    const text = [
      '# ours',
      'title: Acme',
      'infrastructure:',
      '  region: eu-central-1 # data stays',
      'services:',
      '  "*": { health: /healthz }',
      'locked:',
      '  infrastructure.region: Platform team, data stays in the EU',
    ].join('\n');
    const { chain, files } = load(['./presets/acme.yaml'], { 'presets/acme.yaml': text });
    expect(chain).toEqual([
      {
        name: './presets/acme.yaml',
        kind: 'preset',
        place: 'presets/acme.yaml',
        values: { infrastructure: { region: 'eu-central-1' }, services: { '*': { health: '/healthz' } } },
        locked: { 'infrastructure.region': 'Platform team, data stays in the EU' },
        lines: { 'infrastructure.region': 4, 'services.*.health': 6 },
      },
    ]);
    expect(files).toEqual({ 'presets/acme.yaml': hashText(text) });
  });

  it('may be JSON, also with tabs, and may answer anything that is a question', () => {
    const text = '{\n\t"persona": "automator",\n\t"generators": ["docker"],\n\t"services": {"api": {"port": 80}}\n}\n';
    expect(load(['./a.json'], { 'a.json': text }).chain[0]?.lines).toEqual({
      persona: 2,
      generators: 3,
      'services.api.port': 4,
    });
    expect(load(['./a.yaml'], { 'a.yaml': '# nothing yet\n' }).chain).toHaveLength(1);
  });

  it.each([
    [
      'a key that nobody knows',
      'delivery: { strategi: canary }',
      'CONFIG_KEY p.yaml:1, delivery.strategi: there is no question "delivery.strategi". Did you mean delivery.strategy?',
    ],
    [
      'a value that its question refuses',
      '\ndelivery:\n  strategy: bluegreen',
      'CONFIG_VALUE p.yaml:3, delivery.strategy: "bluegreen" is not one of rolling, blue-green, canary. Did you mean blue-green?',
    ],
    [
      'a code-like tag',
      'project: !!js/function "() => 1"',
      'CONFIG_SYNTAX p.yaml:1: the tag !!js/function is refused: data only.',
    ],
    ['a tag of its own', 'project: !include x.yaml', 'CONFIG_SYNTAX p.yaml:1: the tag !include is refused'],
    ['text that is no YAML', 'a: [1\nb: 2', 'CONFIG_SYNTAX p.yaml:'],
    ['a list', '- a', 'CONFIG_SYNTAX p.yaml:1: a mapping of keys is expected.'],
    ['a key twice', 'persona: automator\npersona: workflow', 'CONFIG_SYNTAX p.yaml:2: Map keys must be unique.'],
    [
      'a newer version',
      'version: 9',
      'CONFIG_VALUE p.yaml:1, version: this release reads versions up to 1, the file says 9.',
    ],
    [
      'what belongs to a project',
      'unmanaged: [Dockerfile]',
      'CONFIG_KEY p.yaml:1, unmanaged: a preset does not say which files are left to the user.',
    ],
    [
      'where a service lives',
      'services: { api: { path: x } }',
      'PRESET p.yaml:1, services.api.path: a preset does not say where services live.',
    ],
    [
      'a service that cannot be',
      'services: { API: { port: 1 } }',
      'PRESET p.yaml:1, services: "API" is no name of a service.',
    ],
    [
      'a service called like a prototype',
      'services: { "__proto__": { port: 1 } }',
      'PRESET p.yaml:1, services: "__proto__" is no name of a service.',
    ],
    [
      'a lock without an answer',
      'locked:\n  delivery.strategy: us',
      'PRESET p.yaml:2, locked: delivery.strategy is locked, and the preset does not answer it.',
    ],
    [
      'a lock without a reason',
      'delivery: { strategy: canary }\nlocked: { delivery.strategy: true }',
      'PRESET p.yaml:2, locked: the reason of delivery.strategy is not a line of text.',
    ],
    [
      'a list of locks',
      'locked: [persona]',
      'PRESET p.yaml:1, locked: it is not a list of question ids with a reason each.',
    ],
    ['a title over two lines', 'title: "a\\nb"', 'PRESET p.yaml:1, title: the title is not one line of text.'],
    ['an odd word to extend', 'extends: [3]', 'CONFIG_VALUE p.yaml:1, extends: 3 is no preset.'],
  ])('with %s is refused', (_, text, problem) => {
    expect(told(['./p.yaml'], { 'p.yaml': text })[0]).toContain(problem);
  });

  it('is refused where aliases multiply, it is nested without end, or it is too large', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [...pair] as [string, string]))
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
    expect(told(['./p.yaml'], { 'p.yaml': bomb.join('\n') })[0]).toContain('Excessive alias count');
    for (const text of ['observability: &a\n  chat: *a', 'title: x\ngenerators: &a [*a]', 'a: &a { b: { c: *a } }'])
      expect(told(['./p.yaml'], { 'p.yaml': text })).toEqual([
        `CONFIG_SYNTAX p.yaml:${text.split('\n').length}: the alias *a stands inside of what it names. Mend the preset, or take it out of \`extends\`.`,
      ]);
    const deep = told(['./p.yaml'], { 'p.yaml': `a: ${'['.repeat(100_000)}` });
    expect(deep).toHaveLength(1);
    expect(deep[0]).toContain('CONFIG_SYNTAX p.yaml:1: it is nested too deeply.');
    const large = told(['./p.yaml'], { 'p.yaml': `# ${'ü'.repeat(128 * 1024)}\n` });
    expect(large[0]).toContain('PRESET p.yaml: it is larger than 256 KiB');
    expect(told(['./p.yaml'], { 'p.yaml': `# ${'x'.repeat(255 * 1024)}\n` })).toEqual([]);
  });

  it('is told of with the words that stand in it, whatever they are', () => {
    expect(
      told(['./p.yaml'], { 'p.yaml': 'toString: 1\n__proto__: { a: 1 }\ninfrastructure: { budget: .inf }' }),
    ).toEqual([
      'CONFIG_KEY p.yaml:1, toString: there is no question "toString". See `create-devops-setup list --questions`.',
      'CONFIG_KEY p.yaml:2, __proto__.a: there is no question "__proto__.a". See `create-devops-setup list --questions`.',
      expect.stringMatching(/^CONFIG_VALUE p\.yaml:3, infrastructure\.budget: Infinity is not a whole number/),
    ]);
  });
});

describe('the chain', () => {
  const extending = (...words: readonly string[]) => `extends: [${words.map((word) => `"${word}"`).join(', ')}]\n`;

  it('has the strongest first: the last of a list, and each before what it extends', () => {
    const files = {
      'a.yaml': extending('./base.yaml'),
      'b.yaml': extending('./c.yaml', './d.yaml'),
      'base.yaml': '',
      'c.yaml': extending('./base.yaml'),
      'd.yaml': '',
    };
    expect(names(load(['./a.yaml', './b.yaml'], files))).toEqual(
      ['b', 'd', 'c', 'base', 'a'].map((name) => `./${name}.yaml`),
    );
  });

  it('names a circle as a circle, wherever it closes', () => {
    const files = {
      'a.yaml': extending('./b.yaml'),
      'b.yaml': `\n${extending('./c.yaml')}`,
      'c.yaml': extending('./b.yaml'),
    };
    expect(told(['./a.yaml'], files)).toEqual([
      'PRESET c.yaml:1: presets extend each other in a circle: ./b.yaml → ./c.yaml → ./b.yaml. Take one of these steps out.',
    ]);
    expect(told(['./a.yaml'], { 'a.yaml': 'extends: ./a.yaml' })[0]).toContain('in a circle: ./a.yaml → ./a.yaml.');
  });

  it('goes five deep and no deeper', () => {
    const chain = (length: number): Files =>
      Object.fromEntries(
        Array.from({ length }, (_, n) => [`${n + 1}.yaml`, n + 1 < length ? extending(`./${n + 2}.yaml`) : '']),
      );
    expect(names(load(['./1.yaml'], chain(5)))).toHaveLength(5);
    expect(told(['./1.yaml'], chain(6))).toEqual([
      'PRESET 5.yaml:1: presets extend each other more than 5 deep: ./1.yaml → ./2.yaml → ./3.yaml → ./4.yaml → ./5.yaml → ./6.yaml. Put some into one.',
    ]);
  });

  it('holds twenty presets and no more, said once', () => {
    const many = (count: number): Files =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}.yaml`, '']));
    const words = (count: number) => Object.keys(many(count)).map((name) => `./${name}`);
    expect(names(load(words(20), many(20)))).toHaveLength(20);
    expect(told(words(25), many(25))).toEqual([expect.stringContaining('there are more than 20 presets.')]);
  });

  it('reports what is wrong in all of them at once', () => {
    const files = {
      'a.yaml': 'persoan: x\nextends: [./gone.yaml, nowhere]\n',
      'b.yaml': 'delivery: { coverage: 101 }',
    };
    expect(told(['./a.yaml', './b.yaml', 'bad word'], files).map((line) => line.split(': ')[0])).toEqual([
      'PRESET .devops/config.yaml:5',
      'CONFIG_VALUE b.yaml:1, delivery.coverage',
      'CONFIG_KEY a.yaml:1, persoan',
    ]);
    expect(
      told(['./a.yaml'], { ...files, 'a.yaml': 'extends: [./gone.yaml, nowhere]\n' }).map((l) => l.split(': ')[0]),
    ).toEqual(['PRESET a.yaml:1', 'PRESET a.yaml:1']);
  });
});

describe('a word', () => {
  it.each([
    ['./presets/acme.yml', 'is not there (looked in the root of the project). Did you mean ./presets/acme.yaml?'],
    ['./elsewhere.yaml', 'Name a file that is there, or take it back from git.'],
    ['./folder.yaml', './folder.yaml is no file.'],
    ['../acme.yaml', 'JAIL .devops/config.yaml:3: ../acme.yaml: this path is refused: it holds "..".'],
    ['./a/../../b.yaml', 'it holds "..".'],
    ['./.git/config.yaml', 'it reaches into .git.'],
    ['.\\presets\\acme.yaml', 'it holds a backslash.'],
    ['./preset.js', './preset.js is no YAML or JSON: a preset is data.'],
    ['presets/acme.yaml', 'If it is a file of the project, write ./presets/acme.yaml.'],
    ['/etc/acme.yaml', 'Files of the project are named from its root'],
    ['C:\\acme.yaml', 'Files of the project are named from its root'],
    ['@acme/devops-preset@^2', 'with one it is npm:@acme/devops-preset@^2.'],
    ['github:acme/presets', 'Write the whole address: git+https://'],
    ['https://example.com/preset.yaml', 'Repositories are named like git+https://'],
    ['git@github.com:acme/presets', 'Repositories are named like git+https://'],
    ['npm:@acme/preset', '"npm:@acme/preset" says no version. Write it like npm:@acme/preset@^1'],
    ['npm:@acme/preset@', 'says no version'],
    ['npm:@acme/preset@git+ssh://x', '"git+ssh://x" is no range of versions.'],
    ['npm:@acme/preset@file:../x', 'is no range of versions.'],
    ['npm:../x@1', '"npm:../x@1" names no package.'],
    ['npm:--prefix@1', '"npm:--prefix@1" names no package.'],
    ['--global', 'is no preset'],
    ['git+http://example.com/a#0123456789012345678901234567890123456789', 'is not fetched by https.'],
    ['git+ssh://git@example.com/a#0123456789012345678901234567890123456789', 'is not fetched by https.'],
    ['git+https://example.com/a', 'names no commit.'],
    ['git+https://example.com/a#main', 'names "main", which may move.'],
    ['git+https://example.com/a#v1.2.0', 'A branch or a tag can be pointed elsewhere.'],
    ['git+https://example.com/a#0123456', 'names "0123456", which may move.'],
    [
      'git+https://me:secret@example.com/a#0123456789012345678901234567890123456789',
      'the address at example.com holds a user name or a password.',
    ],
    ['git+https://', 'holds no address.'],
  ])('%s: %s', (word, problem) => {
    const said = told([word], { 'presets/acme.yaml': '', 'folder.yaml/x': '' });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(problem);
    expect(said[0]).not.toContain('secret');
  });
});

describe('an installed package', () => {
  const inside = (name: string) => `node_modules/@acme/devops-preset/${name}`;

  it('names its file in its package.json, or has it at its usual place, and reads only below itself', () => {
    const named = {
      [inside('package.json')]: '{"devopsSetup": "./presets/base.yaml"}',
      [inside('presets/base.yaml')]: 'extends: ./presets/low.yaml\n',
      [inside('presets/low.yaml')]: '',
    };
    expect(load(['@acme/devops-preset'], named).chain.map(({ place }) => place)).toEqual([
      inside('presets/base.yaml'),
      inside('presets/low.yaml'),
    ]);
    for (const usual of ['devops-preset.yaml', 'devops-preset.json'])
      expect(
        load(['@acme/devops-preset'], { [inside('package.json')]: '{}', [inside(usual)]: '{}' }).chain[0]?.place,
      ).toBe(inside(usual));
    const leaving = { [inside('package.json')]: '{}', [inside('devops-preset.yaml')]: 'extends: ./../other/x.yaml' };
    expect(told(['@acme/devops-preset'], leaving)[0]).toContain('it holds ".."');
  });

  it.each([
    [
      'is not installed',
      {},
      'the package @acme/devops-preset is not installed (no node_modules/@acme/devops-preset/package.json). Install it: npm install --save-dev @acme/devops-preset',
    ],
    [
      'holds none',
      { 'package.json': '{}' },
      'the package @acme/devops-preset holds no preset. Its package.json has to name one',
    ],
    [
      'names what is not there',
      { 'package.json': '{"devopsSetup": "x.yaml"}' },
      'node_modules/@acme/devops-preset/x.yaml is not there, and the package says so.',
    ],
    [
      'names code',
      { 'package.json': '{"devopsSetup": "index.js"}' },
      '"devopsSetup" in node_modules/@acme/devops-preset/package.json is "index.js", and no YAML or JSON file of the package.',
    ],
    [
      'leads out of itself',
      { 'package.json': '{"devopsSetup": "../../secret.yaml"}' },
      'no YAML or JSON file of the package.',
    ],
    ['has a broken manifest', { 'package.json': '{' }, 'package.json is not JSON ('],
  ])('that %s is told', (_, files, problem) => {
    const there = Object.fromEntries(Object.entries(files).map(([name, text]) => [inside(name), text]));
    expect(told(['@acme/devops-preset'], there)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('what was fetched', () => {
  const word = 'npm:@acme/devops-preset@^2';
  const text = 'infrastructure: { region: eu-central-1 }\n';
  const file = '.devops/presets/acme.yaml';

  it('is read from its copy, whatever the line ends of the checkout', () => {
    for (const copy of [text, text.replaceAll('\n', '\r\n')])
      expect(names(load([word], { [file]: copy }, { [word]: entry(text) }))).toEqual([word]);
  });

  it('is refused where it was never fetched, its copy is gone, or was edited', () => {
    expect(told([word], {})).toEqual([
      `PRESET .devops/config.yaml:3: ${word} has not been fetched. Fetch it once: create-devops-setup preset add '${word}'`,
    ]);
    expect(told([word], {}, { [word]: entry(text) })[0]).toContain(
      `the copy of ${word}, ${file}, is gone. Take it back from git`,
    );
    const [tampered, ...more] = told([word], { [file]: text.replace('central', 'west') }, { [word]: entry(text) });
    expect(tampered).toContain(`PRESET ${file}: it is not what was fetched for ${word}: its sha-256 begins with `);
    expect(tampered).toContain(`the lock says ${hashText(text).slice(0, 12)}.`);
    expect(tampered).toContain(
      `(git checkout -- ${file}), or fetch it again: create-devops-setup preset add '${word}'`,
    );
    expect(more).toEqual([]);
  });

  it('is not looked for where a tampered lock leads', () => {
    for (const place of ['../x.yaml', '/etc/passwd', '.devops/presets/../../x.yaml', 'package.json'])
      expect(told([word], { 'package.json': text }, { [word]: entry(text, place) })[0]).toContain(
        `PRESET .devops/lock.json: ${place} is no place of a preset.`,
      );
    expect(told(['npm:constructor@1'], {})[0]).toContain('has not been fetched');
  });

  it('cannot extend a file beside it, which was not fetched; it may extend another that was', () => {
    const beside = 'extends: ./base.yaml\n';
    expect(told([word], { [file]: beside, 'base.yaml': '' }, { [word]: entry(beside) })[0]).toContain(
      `PRESET ${file}:1: it extends ./base.yaml, and only the preset itself was fetched.`,
    );
    const base = 'npm:base@1.0.0';
    const on = `extends: ${base}\n`;
    const entries = { [word]: entry(on), [base]: entry('', '.devops/presets/base.yaml') };
    expect(names(load([word], { [file]: on, '.devops/presets/base.yaml': '' }, entries))).toEqual([word, base]);
  });
});
