/** Which generators run, in which order, with what, and what is said when one cannot. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generate } from '../../../src/core/generate.ts';
import { inOrder } from '../../../src/core/generate-order.ts';
import type { Templates } from '../../../src/core/render/render.ts';
import { defineGenerator, type Generator, type GeneratorDeclaration } from '../../../src/define.ts';
import { type Problem, SetupError } from '../../../src/errors.ts';
import { system } from '../../helpers/system.ts';
import { pins } from '../../helpers/templates.ts';

const templates: Templates = {
  'said.ejs': (it) => `${String(it.text)}\n`,
  'broken.ejs': () => {
    throw { line: 3, cause: new Error('it.prot is not in the view (there is: port)') };
  },
};
const say = (path: string, text: string) => ({ path, template: 'said.ejs', view: { text } });

function one(id: string, rest: Partial<GeneratorDeclaration> = {}): Generator {
  return defineGenerator({ id, title: id, summary: id, files: () => [say(`${id}.txt`, id)], ...rest });
}

function run(generators: readonly Generator[], chosen: readonly string[] = generators.map(({ id }) => id)) {
  return generate(system({ generators: chosen }), generators, templates, pins);
}

function problemsOf(action: () => unknown): readonly Problem[] {
  try {
    action();
  } catch (error) {
    if (error instanceof SetupError) return error.problems;
    throw error;
  }
  throw new Error('nothing was wrong');
}

const ids = (generators: readonly Generator[]) => inOrder(generators).order.map(({ id }) => id);

describe('needs', () => {
  it('runs a generator behind those that it needs and gives it their files, and nobody else’s', () => {
    let seen: unknown;
    const index = one('index', {
      needs: ['pages', 'map'],
      files: ({ outputs }) => {
        seen = Object.fromEntries(Object.entries(outputs).map(([id, files]) => [id, files.map(({ text }) => text)]));
        return [say('index.txt', Object.keys(outputs).join(' '))];
      },
    });
    const generated = run([index, one('other'), one('map'), one('pages')]);
    expect(seen).toEqual({ pages: ['pages\n'], map: ['map\n'] });
    expect(generated.files.map(({ path, text }) => [path, text])).toEqual([
      ['index.txt', 'pages map\n'],
      ['map.txt', 'map\n'],
      ['other.txt', 'other\n'],
      ['pages.txt', 'pages\n'],
    ]);
  });

  it('keeps the order of the registry wherever nothing is needed', () => {
    expect(ids([one('a'), one('b'), one('c')])).toEqual(['a', 'b', 'c']);
    expect(ids([one('a', { needs: ['c'] }), one('b'), one('c')])).toEqual(['c', 'a', 'b']);
    expect(ids([one('d', { needs: ['b', 'c'] }), one('c', { needs: ['a'] }), one('b'), one('a')])).toEqual([
      'b',
      'a',
      'c',
      'd',
    ]);
  });

  it('is an order for any acyclic needs: whole, each behind what it needs, the same each time', () => {
    const registry = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.tuple(
        fc.array(fc.array(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }),
        fc.shuffledSubarray(
          Array.from({ length: size }, (_, index) => index),
          { minLength: size },
        ),
      ),
    );
    fc.assert(
      fc.property(registry, ([needs, shuffled]) => {
        // Whoever has the higher number may need the lower ones: no circle, in whatever order they are registered.
        const generators = shuffled.map((n) =>
          one(`g${n}`, { needs: (needs[n] ?? []).filter((other) => other < n).map((other) => `g${other}`) }),
        );
        const { order, problems } = inOrder(generators);
        expect(problems).toEqual([]);
        expect(new Set(order)).toEqual(new Set(generators));
        expect(order).toHaveLength(generators.length);
        order.forEach((generator, index) => {
          const before = order.slice(0, index).map(({ id }) => id);
          for (const id of generator.needs) expect(before).toContain(id);
        });
        expect(ids(generators)).toEqual(order.map(({ id }) => id));
      }),
    );
  });

  it('names every unknown id and every circle at once', () => {
    const problems = problemsOf(() =>
      run([
        one('a', { needs: ['b', 'dokcer'] }),
        one('b', { needs: ['c'] }),
        one('c', { needs: ['a'] }),
        one('docker'),
        one('e', { needs: ['e', 'nothing'] }),
      ]),
    );
    expect(problems.map(({ code, place, message, hint }) => `${code} ${place}: ${message} ${hint}`)).toEqual([
      'GENERATOR generator a: it needs "dokcer", and there is no such generator (there are a, b, c, docker, e). Did you mean docker?',
      'GENERATOR generator e: it needs "nothing", and there is no such generator (there are a, b, c, docker, e). Take it out of `needs`, or write that generator.',
      'GENERATOR generator a: generators need each other in a circle: a → b → c → a. None of them can be the first. Take one of them out of `needs`.',
      'GENERATOR generator e: it needs itself. Take one of them out of `needs`.',
    ]);
  });

  it('leaves out, with the reason, who needs one that is not chosen or does not apply, and who needs that one', () => {
    const asked: string[] = [];
    const files = (id: string) => () => {
      asked.push(id);
      return [say(`${id}.txt`, id)];
    };
    const generators = [
      one('top', { needs: ['middle'], files: files('top') }),
      one('middle', { needs: ['lambda'], files: files('middle') }),
      one('lambda', { applies: () => 'there is no function', files: files('lambda') }),
      one('page', { needs: ['unchosen'], files: files('page') }),
      one('unchosen', { files: files('unchosen') }),
      one('alone', { files: files('alone') }),
    ];
    const generated = run(generators, ['top', 'middle', 'lambda', 'page', 'alone']);
    expect(asked).toEqual(['alone']);
    expect(generated.left).toEqual([
      {
        generator: 'top',
        reason: 'it needs middle, which is left out (it needs lambda, which is left out (there is no function))',
      },
      { generator: 'middle', reason: 'it needs lambda, which is left out (there is no function)' },
      { generator: 'lambda', reason: 'there is no function' },
      { generator: 'page', reason: 'it needs unchosen, which is not chosen' },
    ]);
  });
});

describe('paths', () => {
  it('have one owner: both are named, and so is every path that leaves the root', () => {
    const problems = problemsOf(() =>
      run([
        one('a', { files: () => [say('x.txt', ''), say('../y', ''), say('x.txt', '')] }),
        one('b', { files: () => [say('x.txt', ''), say('.git/hooks/pre-commit', '')] }),
      ]),
    );
    expect(problems.map(({ code, place, message }) => `${code} ${place}: ${message}`)).toEqual([
      'JAIL ../y: this path is refused: it holds "..". The generator a asks for it.',
      'OWNER x.txt: a writes this path twice.',
      'OWNER x.txt: both a and b write this path.',
      'JAIL .git/hooks/pre-commit: this path is refused: it reaches into .git. The generator b asks for it.',
    ]);
  });
});

describe('a generator of the project', () => {
  const source = 'devops/generators/mine.mjs';
  const broken = () => [{ path: 'a.txt', template: 'broken.ejs', view: {} }];

  it('that fails is told with everything else; who needs it is not asked', () => {
    let asked = false;
    const mine = { ...one('mine', { files: broken }), source };
    const theirs = one('theirs', {
      needs: ['mine'],
      files: () => {
        asked = true;
        return [];
      },
    });
    const bad = one('bad', { files: () => [say('/etc/passwd', '')] });
    expect(problemsOf(() => run([mine, theirs, bad])).map(({ place, message }) => `${place}: ${message}`)).toEqual([
      'devops/generators/broken.ejs:3: the template fails: it.prot is not in the view (there is: port).',
      '/etc/passwd: this path is refused: it is absolute. The generator bad asks for it.',
    ]);
    expect(asked).toBe(false);
  });

  it('is the project’s to mend; one of ours that fails is a bug', () => {
    expect(() => run([one('ours', { files: broken })])).toThrow('templates/broken.ejs:3');
    const lost = () => [{ path: 'a.txt', template: 'mine/a.ejs', view: {} }];
    expect(problemsOf(() => run([{ ...one('mine', { files: lost }), source }]))[0]).toMatchObject({
      code: 'GENERATOR',
      place: source,
      message: 'it uses the template devops/generators/mine/a.ejs: there is no such template.',
    });
  });
});
