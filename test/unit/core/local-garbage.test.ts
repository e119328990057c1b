/** Garbage that a generator of the project may return in small places, and questions of every kind that it may ask. */
import { describe, expect, it } from 'vitest';
import { kit } from '../../../src/api/kit.ts';
import { localGenerator } from '../../../src/core/local/generator.ts';
import type { Generator } from '../../../src/define.ts';
import { SetupError } from '../../../src/errors.ts';
import { facts } from '../../helpers/facts.ts';
import { system } from '../../helpers/system.ts';
import { pins } from '../../helpers/templates.ts';

const source = { id: 'mine', file: 'devops/generators/mine.mjs', relative: (text: string) => text };
const open = (more: object): Generator =>
  localGenerator(source, { id: 'mine', title: 'Mine', summary: 'one file', files: () => [], ...more }, kit);
const asked = { message: 'Which?', help: 'It is asked.' };
const question: object = kit.select('mine.level', [{ value: 'a', title: 'A' }], {
  ...asked,
  suggest: () => ({ value: 'a', source: 'default', why: 'so' }),
});
const context = { facts: facts(), persona: 'workflow', project: null, service: null } as const;

function told(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SetupError) return error.problems.map(({ message }) => message).join(' ');
    throw error;
  }
  return 'fine';
}

describe('a generator of the project', () => {
  it.each([[[7]], [['docker', null]], [[['docker']]]])('that needs %j is refused', (needs) => {
    expect(told(() => open({ needs }))).toContain('not a list of generator ids');
  });

  it.each([
    [{ text: 'Look', command: 7 }],
    [{ text: 'Look', command: 'ls\nrm -r x' }],
    [{ text: 'Look', standard: ['x'] }],
    [{ text: '' }],
    [{ command: 'ls' }],
    [null],
  ])('whose next step is %j is refused: it would be printed as it is', (step) => {
    const input = { system: system(), answers: {}, outputs: {}, pins };
    expect(told(() => open({ nextSteps: () => [step] }).nextSteps(input))).toContain('that is no { text, command }');
    expect(told(() => open({ nextSteps: () => [{ text: 'a' }, step] }).nextSteps(input))).toContain('nextSteps()[1]');
  });
});

describe('a question of a generator of the project', () => {
  const asking = (more: object) => told(() => open({ questions: [{ ...question, ...more }] }));

  it('may be of every kind that the builders make', () => {
    expect(asking({})).toBe('fine');
    for (const kind of ['text', 'integer', 'number', 'confirm'])
      expect(asking({ kind, choices: undefined })).toBe('fine');
    for (const kind of ['select', 'multiselect']) expect(asking({ kind })).toBe('fine');
    expect(asking({ kind: 'list' })).toContain('not one of text, integer, number, select, multiselect, confirm');
  });

  it.each([
    ['none', undefined],
    ['no list', 'a'],
    ['a choice without a title', [{ value: 'a' }]],
    ['a value that is none', [{ value: {}, title: 'A' }]],
    ['a hint of two lines', [{ value: 'a', title: 'A', hint: 'x\ny' }]],
  ])('is refused where it needs choices and has %s, with what they look like', (_, choices) => {
    expect(asking({ choices })).toContain('not a list of { value, title }');
  });

  it.each(['persona', 'detected', 'default'])('may suggest an answer from %s, and from nobody else', (from) => {
    const [made] = open({
      questions: [{ ...question, suggest: () => ({ value: 'a', source: from, why: 'so' }) }],
    }).questions;
    expect(made?.suggest(context)).toEqual({ value: 'a', source: from, why: 'so' });
    const [bad] = open({
      questions: [{ ...question, suggest: () => ({ value: 'a', source: 'flag', why: 'so' }) }],
    }).questions;
    expect(told(() => bad?.suggest(context))).toContain('that is no { value, source, why }');
  });

  it('that throws is at fault itself, unless it says what it expects: then the answer is', () => {
    const throwing = (fields: object) => {
      const parse = (): never => {
        throw Object.assign(new Error('x'), fields);
      };
      return open({ questions: [{ ...question, parse }] }).questions[0];
    };
    for (const fields of [{ name: 'InvalidAnswer' }, { expected: 'a level', suggestion: null }])
      expect(told(() => throwing(fields)?.parse('b'))).toContain('mine.level');
    const answer = throwing({ name: 'InvalidAnswer', expected: 'a level', suggestion: null });
    expect(() => answer?.parse('b')).toThrow(expect.objectContaining({ expected: 'a level' }));
  });
});
