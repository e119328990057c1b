/** One generator that fails: told with what else is wrong, and never half a result. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../../src/core/generate.ts';
import type { Templates } from '../../../src/core/render/render.ts';
import { defineGenerator, type Generator, type GeneratorDeclaration } from '../../../src/define.ts';
import { SetupError } from '../../../src/errors.ts';
import { system } from '../../helpers/system.ts';
import { pins } from '../../helpers/templates.ts';
import { told as problemsTold } from '../../helpers/told.ts';

const templates: Templates = { 'said.ejs': (it) => `${String(it.text)}\n` };
const say = (path: string) => ({ path, template: 'said.ejs', view: { text: path } });

function one(id: string, rest: Partial<GeneratorDeclaration> = {}): Generator {
  return defineGenerator({ id, title: id, summary: id, files: () => [say(`${id}.txt`)], ...rest });
}

function told(generators: readonly Generator[]): readonly string[] {
  return problemsTold(() =>
    generate(system({ generators: generators.map(({ id }) => id) }), generators, templates, pins),
  );
}

const failing = (id: string) => (): never => {
  throw new SetupError({ code: 'GENERATOR', place: id, message: 'it throws.', hint: 'Mend it.' });
};

describe('one generator that fails', () => {
  it.each(['files', 'nextSteps', 'applies'] as const)('in %s is told with the others that fail', (step) => {
    const generators = ['a', 'b'].map((id) => one(id, { [step]: failing(id) }));
    expect(told([...generators, one('c')])).toEqual(['a: it throws. Mend it.', 'b: it throws. Mend it.']);
  });

  it('that needs one that is not there stops the run, also when nothing else is wrong', () => {
    expect(told([one('a', { needs: ['report'] })])).toEqual([
      'generator a: it needs "report", and there is no such generator (there are a). Take it out of `needs`, or write that generator.',
    ]);
    expect(told([one('a', { needs: ['a'] })])).toHaveLength(1);
  });

  it('that writes a path of another is told how to mend it, and one that writes a path twice otherwise', () => {
    const shared = { files: () => [say('x.txt')] };
    expect(told([one('a', shared), one('b', shared)])).toEqual([
      'x.txt: both a and b write this path. Let one of them own it, or give one another path.',
    ]);
    expect(told([one('a', { files: () => [say('x.txt'), say('x.txt')] })])).toEqual([
      'x.txt: a writes this path twice. Ask for it once.',
    ]);
  });

  it('of ours with a mistake is a bug, and nobody is told that it is theirs', () => {
    const mistake = new TypeError('ours');
    const files = () => {
      throw mistake;
    };
    expect(() => told([one('a', { files })])).toThrow(mistake);
  });
});
