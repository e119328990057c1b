/** Generators of the project: what their names may be, what their modules may export, and what their data may hold. */
import { describe, expect, it } from 'vitest';
import { kit } from '../../../src/api/kit.ts';
import { localGenerator } from '../../../src/core/local/generator.ts';
import { localNames, unopened } from '../../../src/core/local/names.ts';
import { deepFreeze, plainCopy } from '../../../src/core/local/plain.ts';
import { resolve } from '../../../src/core/resolve/index.ts';
import { type Generator, InvalidAnswer } from '../../../src/define.ts';
import { allQuestions } from '../../../src/pipeline.ts';
import { facts } from '../../helpers/facts.ts';
import { system } from '../../helpers/system.ts';
import { pins } from '../../helpers/templates.ts';
import { told } from '../../helpers/told.ts';

const FILE = 'devops/generators/mine.mjs';
const source = { id: 'mine', file: FILE, relative: (text: string) => text.replaceAll('/home/me/project/', '') };
const parts = { id: 'mine', title: 'Mine', summary: 'one file' };
const input = { system: system(), answers: {}, outputs: {}, pins };

const open = (exported: unknown): Generator => localGenerator(source, exported, kit);

describe('names', () => {
  const house = [{ id: 'persona' }, { id: 'delivery.platform' }, { id: 'services.*.port' }];
  const names = (list: readonly string[]) => localNames(list, ['docker'], house);

  it('are modules right in the folder; helpers, tests and declarations are none', () => {
    const list = ['b-2.ts', 'a.mjs', '_shared.mjs', 'a.test.mjs', 'a.d.ts', 'README.md', 'a.ejs', '.hidden.mjs'];
    expect(names(list).found).toEqual([
      { id: 'a', file: 'devops/generators/a.mjs' },
      { id: 'b-2', file: 'devops/generators/b-2.ts' },
    ]);
    expect(names(list).others).toEqual([]);
  });

  it.each([
    [['docker.mjs'], 'clashes', 'docker is a generator of ours.'],
    [['delivery.mjs'], 'clashes', 'delivery is a section of .devops/config.yaml that has another meaning.'],
    [['services.ts'], 'clashes', 'services is a section of .devops/config.yaml that has another meaning.'],
    [['extends.mjs'], 'clashes', 'extends is a section of .devops/config.yaml that has another meaning.'],
    [['a.mjs', 'a.ts'], 'clashes', 'there is devops/generators/a.mjs as well: nobody can tell which one is a.'],
    [['MyThing.mjs'], 'others', '"MyThing" is no id of a generator: lower-case words with dashes between them.'],
    [['my_thing.mjs'], 'others', '"my_thing" is no id of a generator: lower-case words with dashes between them.'],
    [['a.js'], 'others', 'a generator is a module that ends in .mjs or .ts.'],
    [['a.cjs'], 'others', 'a generator is a module that ends in .mjs or .ts.'],
  ] as const)('%j: %s, %s', (list, which, message) => {
    const result = names(list);
    expect(result[which].map((problem) => problem.message)).toEqual([message]);
    expect(result.found.map(({ id }) => id)).toEqual(list.length === 2 ? ['a'] : []);
  });

  it('can be chosen without being run, and their section of the configuration is accepted as it stands', () => {
    const mine = unopened({ id: 'mine', file: FILE });
    const questions = allQuestions([mine]);
    const config = { generators: ['mine'], mine: { level: 3, deep: { er: [1, 2] } } };
    const input = { flags: new Map(), prompted: new Map(), answersFile: null, config };
    const resolution = resolve(facts(), questions, input as never);
    expect(resolution.problems).toEqual([]);
    expect(resolution.answers.get('generators')?.value).toEqual(['mine']);
    expect(told(() => mine.files(input as never))[0]).toContain('it is chosen, and was not loaded.');
  });
});

describe('the default export', () => {
  it('is a generator, declared or plain, or a function that makes one of the kit', () => {
    const files = () => [{ path: 'a.txt', view: { text: 'x' } }];
    for (const exported of [
      { ...parts, files },
      kit.defineGenerator({ ...parts, files }),
      () => ({ ...parts, files }),
    ]) {
      const generator = open(exported);
      expect(generator).toMatchObject({ ...parts, source: FILE, needs: [], questions: [] });
      expect(generator.applies(input.system)).toBe(true);
      expect(generator.files(input)).toEqual(files());
      expect(generator.nextSteps(input)).toEqual([]);
    }
    const made = open(({ defineGenerator, integer }: typeof kit) =>
      defineGenerator({
        ...parts,
        files,
        needs: ['docker'],
        questions: [integer('mine.level', { message: 'How?', help: 'So.', minimum: 1, maximum: 3, default: 2 })],
        nextSteps: () => [{ text: 'Look', command: 'ls' }],
      }),
    );
    expect(made.needs).toEqual(['docker']);
    expect(made.nextSteps(input)).toEqual([{ text: 'Look', command: 'ls' }]);
    expect(made.questions[0]?.parse('3')).toBe(3);
    expect(() => made.questions[0]?.parse('9')).toThrow(InvalidAnswer);
    expect(made.questions[0]?.suggest({ facts: facts(), persona: 'workflow', project: null, service: null })).toEqual({
      value: 2,
      source: 'default',
      why: 'our default',
    });
  });

  it.each([
    ['nothing', undefined, 'it exports nothing as default.'],
    ['null', null, 'its default export is null, not a generator.'],
    ['a number', 5, 'its default export is 5, not a generator.'],
    ['a list', [], 'its default export is an empty list, not a generator.'],
    ['a promise', Promise.resolve(parts), 'its default export is a promise, not a generator.'],
    [
      'a function that returns nothing',
      () => undefined,
      'its default export returns nothing (undefined), not a generator.',
    ],
    ['an asynchronous function', async () => parts, 'its default export returns a promise, not a generator.'],
  ])('may not be %s', (_, exported, message) => {
    expect(told(() => open(exported))[0]).toContain(`${FILE}: ${message}`);
  });

  it('names everything that is wrong with a generator at once', () => {
    const problems = told(() =>
      open({
        id: 'other',
        title: '',
        summary: 'two\nlines',
        files: 'docs/x.md',
        applies: true,
        needs: 'docker',
        fils: [],
        questions: [null, { id: 'level', kind: 'number?' }],
      }),
    );
    expect(problems.map((problem) => problem.slice(FILE.length + 2))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^a generator has no "fils" .* Did you mean files\?$/),
        expect.stringMatching(/^`id` is "other", and the file is called after mine\./),
        expect.stringMatching(/^`title` is "", not one line of text\./),
        expect.stringMatching(/^`summary` is "two\\nlines", not one line of text\./),
        expect.stringMatching(/^`files` is "docs\/x\.md", not a function that returns files\./),
        expect.stringMatching(/^`applies` is true, not a function\./),
        expect.stringMatching(/^`needs` is "docker", not a list of generator ids\./),
        expect.stringMatching(/^`questions\[0\]` is null, not a question\./),
        expect.stringMatching(/^`questions\[1\]\.id` is "level"; the id of a question begins with mine and a dot\./),
        expect.stringMatching(/^`questions\[1\]\.kind` is "number\?", not one of text, /),
        expect.stringMatching(/^`questions\[1\]\.parse` is nothing \(undefined\), not a function\./),
      ]),
    );
  });

  it('has questions whose names do not meet', () => {
    const { confirm } = kit;
    const words = { message: 'M?', help: 'H.' };
    const twice = ['mine.a', 'mine.a', 'mine.b', 'mine.b.c'].map((id) => confirm(id, words));
    expect(told(() => open({ ...parts, files: () => [], questions: twice }))).toEqual([
      `${FILE}: two questions are called mine.a. Give one of them another name.`,
      `${FILE}: the questions mine.b and mine.b.c cannot both be there: one is a part of the other's name. Give one of them another name.`,
    ]);
  });

  it('tells the line of the project’s own code that threw, without this machine’s paths', () => {
    const error = new TypeError('Cannot read properties of undefined in /home/me/project/devops/generators/mine.mjs');
    error.stack = `TypeError: x\n    at ours (/opt/x.js:1:2)\n    at go (file:///home/me/project/devops/generators/mine.mjs:7:3)`;
    const [problem] = told(() =>
      open(() => {
        throw error;
      }),
    );
    expect(problem).toBe(
      'devops/generators/mine.mjs:7: its default export throws: TypeError: Cannot read properties of undefined in devops/generators/mine.mjs. Mend the generator, or take mine off `generators` in .devops/config.yaml.',
    );
  });

  it.each([
    ['a text', 'no', 'it threw "no"'],
    ['nothing', undefined, 'it threw undefined'],
    [
      'an object that cannot be shown',
      Object.create(null, {
        toJSON: {
          get: () => {
            throw new Error('x');
          },
        },
      }),
      'it threw something that cannot be shown',
    ],
    ['control characters', new Error('a\u001b[31mb\nc'), 'a·[31mb'],
    ['no words', new Error(''), '(it does not say why)'],
  ])('survives what throws %s', (_, thrown, text) => {
    const generator = open({
      ...parts,
      files: () => {
        throw thrown;
      },
    });
    expect(told(() => generator.files(input))[0]).toBe(
      `${FILE}: \`files\` throws: ${text}. Mend the generator, or take mine off \`generators\` in .devops/config.yaml.`,
    );
  });

  it('cannot change the system, what others wrote, or the pins', () => {
    const generator = open({
      ...parts,
      files: ({ system: given }: typeof input) => {
        (given as { project: { name: string } }).project.name = 'mine now';
        return [];
      },
    });
    expect(told(() => generator.files({ ...input, system: system() }))[0]).toContain(
      'Cannot assign to read only property',
    );
  });
});

describe('what functions return', () => {
  const cyclic: Record<string, unknown> = { a: { b: {} } };
  (cyclic.a as Record<string, unknown>).b = cyclic;
  const deep = Array.from({ length: 80 }).reduce<unknown>((inner) => ({ inner }), 1);
  it.each([
    [undefined, '`files` returns nothing (undefined), not a list.'],
    ['a.txt', '`files` returns "a.txt", not a list.'],
    [Promise.resolve([]), '`files` returns a promise.'],
    [new Set(), '`files` returns a Set, not a list.'],
    [Array.from({ length: 5_001 }, () => ({})), '`files` returns 5001 files; 5000 are the most.'],
    [[null], '`files()[0]` is null, not a file.'],
    [[{ view: {} }], '`files()[0].path` is nothing (undefined), not a path.'],
    [[{ path: 'a', view: {}, mode: 755 }], '`files()[0].mode` is 755, neither 0o644 nor 0o755.'],
    [
      [{ path: 'a', view: {}, ownership: 'onec' }],
      '`files()[0].ownership` is "onec", not one of own, once, merge:ignore-lines',
    ],
    [[{ path: 'a', view: {}, template: 5 }], '`files()[0].template` is 5, not the name of a template.'],
    [
      [{ path: 'a', view: {}, contents: 'x' }],
      '`files()[0]` has no "contents" (it has path, template, view, mode, ownership).',
    ],
    [[{ path: 'a' }], '`files()[0].view`: it is nothing (undefined), not plain data; say null.'],
    [[{ path: 'a', view: [] }], '`files()[0].view` is an empty list, not a record.'],
    [[{ path: 'a', view: { when: new Date(0) } }], '`files()[0].view.when`: it is a Date, not a plain object.'],
    [[{ path: 'a', view: { of: new Map() } }], '`files()[0].view.of`: it is a Map, not a plain object.'],
    [[{ path: 'a', view: { list: [1, () => 2] } }], '`files()[0].view.list[1]`: it is a function, not plain data.'],
    [[{ path: 'a', view: { n: Number.NaN } }], '`files()[0].view.n`: NaN is no number that a file can say.'],
    [[{ path: 'a', view: { n: 10n } }], '`files()[0].view.n`: it is a bigint, not plain data.'],
    [
      [{ path: 'a', view: { x: undefined } }],
      '`files()[0].view.x`: it is nothing (undefined), not plain data; say null.',
    ],
    [[{ path: 'a', view: { p: Promise.resolve(1) } }], '`files()[0].view.p`: it is a promise, not a plain object.'],
    [[{ path: 'a', view: cyclic }], '`files()[0].view.a.b`: it holds itself.'],
    [[{ path: 'a', view: { deep } }], 'it is deeper than 64 levels.'],
    [[{ path: 'a', view: { [Symbol('s')]: 1 } }], '`files()[0].view`: it has keys that are symbols.'],
    [[{ path: 'a', view: { many: Array.from({ length: 100_001 }, () => 1) } }], 'it holds more than 100000 values.'],
    [
      [{ path: 'devops/generators/mine.mjs', view: {} }],
      '`files()[0]` writes devops/generators/mine.mjs: a generator does not write generators.',
    ],
    [[{ path: 'DevOps/Generators/x/y.ejs', view: {} }], 'a generator does not write generators.'],
  ])('%# is named precisely', (returned, message) => {
    const generator = open({ ...parts, files: () => returned });
    const problems = told(() => generator.files(input));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
    expect(problems[0]).toMatch(/^devops\/generators\/mine\.mjs: /);
  });

  it('names every file’s fault at once', () => {
    const generator = open({
      ...parts,
      files: () => [{ path: 1 }, { path: 'a', view: {} }, { path: 'b', view: 5 }, 'c'],
    });
    expect(told(() => generator.files(input)).map((problem) => problem.split(': ')[1])).toEqual([
      '`files()[0].path` is 1, not a path. Return a list of { path, view }, for example [{ path',
      '`files()[2].view` is 5, not a record. Give `view',
      '`files()[3]` is "c", not a file. Return a list of { path, view }, for example [{ path',
    ]);
  });

  it.each([
    ['applies', { applies: () => false }, '`applies` returns false.'],
    ['applies', { applies: async () => true }, '`applies` returns a promise.'],
    ['nextSteps', { nextSteps: () => 'do this' }, '`nextSteps` returns "do this", not a list.'],
    [
      'nextSteps',
      { nextSteps: () => [{ command: 'ls' }] },
      '`nextSteps()[0]` is an object that is no { text, command }.',
    ],
  ])('%s: %#', (name, extra, message) => {
    const generator = open({ ...parts, files: () => [], ...extra });
    const call = () => (name === 'applies' ? generator.applies(input.system) : generator.nextSteps(input));
    expect(told(call)[0]).toContain(message);
  });

  it('of a question that fails is told with its name', () => {
    const question = kit.confirm('mine.a', { message: 'M?', help: 'H.' });
    const broken = (extra: object) =>
      open({ ...parts, files: () => [], questions: [{ ...question, ...extra }] }).questions[0];
    const context = { facts: facts(), persona: 'workflow', project: null, service: null } as const;
    const fail = () => {
      throw new Error('no');
    };
    expect(told(() => broken({ parse: fail })?.parse(1))[0]).toContain('`parse` of the question mine.a throws: no.');
    expect(told(() => broken({ suggest: fail })?.suggest(context))[0]).toContain(
      '`suggest` of the question mine.a throws: no.',
    );
    expect(told(() => broken({ suggest: () => 5 })?.suggest(context))[0]).toContain(
      'returns 5 that is no { value, source, why }.',
    );
    expect(told(() => broken({ parse: () => new Date() })?.parse(1))[0]).toContain(
      'what `parse` returns: it is a Date',
    );
    // Another copy of this package is another class of the same name.
    class InvalidAnswerOfAnother extends Error {
      override name = 'InvalidAnswer';
      expected = 'so';
      suggestion = null;
    }
    const other = broken({
      parse: () => {
        throw new InvalidAnswerOfAnother();
      },
    });
    expect(() => other?.parse(1)).toThrow(InvalidAnswer);
  });
});

describe('plainCopy', () => {
  it('copies, so that nothing that was checked changes afterwards', () => {
    let reads = 0;
    const tricky = {
      get port() {
        reads += 1;
        return reads === 1 ? 3000 : 'later';
      },
      list: [1, { a: null }],
    };
    const { copy, faults } = plainCopy(tricky, 'view');
    expect(faults).toEqual([]);
    tricky.list.push(2);
    expect(copy).toEqual({ port: 3000, list: [1, { a: null }] });
    expect(reads).toBe(1);
  });

  it('takes objects without a prototype, and one object in two places', () => {
    const shared = { a: 1 };
    const bare = Object.assign(Object.create(null), { x: shared, y: shared });
    expect(plainCopy(bare, 'view')).toEqual({ copy: { x: { a: 1 }, y: { a: 1 } }, faults: [] });
  });

  it('lets no key reach a prototype', () => {
    const { copy } = plainCopy(JSON.parse('{"__proto__":{"polluted":true}}'), 'view');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys(copy as object)).toEqual(['__proto__']);
  });

  it('freezes to the bottom', () => {
    const value = deepFreeze({ a: [{ b: 1 }] });
    expect(() => (value.a as unknown[]).push(1)).toThrow(TypeError);
    expect(() => {
      (value.a[0] as { b: number }).b = 2;
    }).toThrow(TypeError);
  });
});
