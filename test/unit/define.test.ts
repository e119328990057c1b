import { describe, expect, it } from 'vitest';
import {
  confirm,
  decimal,
  defineGenerator,
  InvalidAnswer,
  integer,
  multiselect,
  nearest,
  select,
  text,
} from '../../src/define.ts';

const words = { message: 'Which?', help: 'One of them.' };
const context = { facts: {} as never, persona: 'workflow', project: null, service: null } as const;

/** What a question says about input that it refuses. */
function refusal(parse: () => unknown): Pick<InvalidAnswer, 'expected' | 'suggestion'> {
  try {
    parse();
  } catch (error) {
    if (error instanceof InvalidAnswer) return { expected: error.expected, suggestion: error.suggestion };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('select', () => {
  const few = ['rolling', 'blue-green', 'canary'].map((value) => ({ value, title: value }));
  const strategy = select('s', few, { ...words, refused: { recreate: 'for production' } });

  it('takes its choices and nothing else', () => {
    expect(strategy.parse('blue-green')).toBe('blue-green');
    for (const raw of ['Rolling', '', 'rolling ', 1, null, ['rolling'], {}])
      expect(refusal(() => strategy.parse(raw)).expected).toBe('one of rolling, blue-green, canary');
  });

  it.each([
    ['bluegreen', 'blue-green'],
    ['Canary', 'canary'],
    ['rollling', 'rolling'],
    ['helicopter', null],
    ['', null],
  ])('suggests for %j: %j', (raw, suggestion) => {
    expect(refusal(() => strategy.parse(raw)).suggestion).toBe(suggestion);
  });

  it('says why a known word is no choice, and leaves it out of the schema', () => {
    expect(refusal(() => strategy.parse('recreate'))).toEqual({ expected: 'for production', suggestion: null });
    expect(strategy.schema).toEqual({ type: 'string', enum: ['rolling', 'blue-green', 'canary'] });
    expect(refusal(() => strategy.parse('constructor')).expected).toContain('one of');
  });

  it('names the three nearest of many choices, all of them when none is near', () => {
    const regions = ['eu-west-1', 'eu-west-2', 'eu-west-3', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'];
    const many = [...regions, 'ap-south-1', 'sa-east-1', 'me-south-1', 'il-central-1'];
    const region = select(
      'r',
      many.map((value) => ({ value, title: value })),
      { ...words, noun: 'an AWS region' },
    );
    const near = refusal(() => region.parse('eu-west-9'));
    expect(near).toEqual({ expected: 'an AWS region (nearest: eu-west-1, eu-west-2, eu-west-3)', suggestion: null });
    expect(refusal(() => region.parse('moon')).expected).toBe(`an AWS region: one of ${many.join(', ')}`);
  });
});

describe('multiselect', () => {
  const ids = ['ci-github', 'docker', 'compose'].map((value) => ({ value, title: value }));
  const question = multiselect('generators', ids, words);

  it.each([
    ['docker,ci-github', ['ci-github', 'docker']],
    [' docker , docker,', ['docker']],
    [
      ['compose', 'docker'],
      ['docker', 'compose'],
    ],
    ['', []],
    [[], []],
  ])('reads %j in the order of the choices', (raw, value) => {
    expect(question.parse(raw)).toEqual(value);
  });

  it('names every unknown item at once', () => {
    expect(refusal(() => question.parse('dokcer,ci-github,helm'))).toEqual({
      expected: 'a list of ci-github, docker, compose (unknown: dokcer, helm)',
      suggestion: 'docker',
    });
    for (const raw of [null, 5, { docker: true }])
      expect(refusal(() => question.parse(raw)).expected).toBe('a list of ci-github, docker, compose');
    expect(refusal(() => question.parse([null, 1])).expected).toContain('unknown: null, 1');
  });
});

describe('numbers', () => {
  const port = integer('port', { ...words, minimum: 1, maximum: 65_535 });
  const p95 = integer('p95', { ...words, minimum: 1, maximum: 60_000, unit: 'milliseconds', suffix: 'ms' });
  const goal = decimal('goal', {
    ...words,
    minimum: 90,
    maximum: 99.999,
    decimals: 3,
    suffix: '%',
    refuse: (value) => (value === 100 ? 'possible' : null),
  });

  it.each([
    [port, 1, 1],
    [port, '3000', 3000],
    [port, ' 65535 ', 65_535],
    [p95, 500, 500],
    [p95, '500ms', 500],
    [p95, '500 ms', 500],
    [goal, 99.9, 99.9],
    [goal, '99.95', 99.95],
    [goal, '99.9%', 99.9],
    [goal, '99 %', 99],
    [goal, 99.999, 99.999],
  ])('%# takes %j', (question, raw, value) => {
    expect(question.parse(raw)).toBe(value);
  });

  it.each([
    [port, [0, -1, '-1', 65_536, 80.5, '80.5', '0x50', '1e3', '80ms', '', ' ', null, true, [80], {}, Number.NaN, '৮০']],
    [port, [Number.POSITIVE_INFINITY, 1e21, '99999999999999999999']],
    [p95, ['500s', '500 m s', 'ms', '0ms', '60001ms']],
    [goal, ['89.999', '99.9999', 99.9999, '99,9', '99.', '.9', 'high', '%']],
  ])('%# refuses what is no number of its kind', (question, refused) => {
    for (const raw of refused) expect(() => question.parse(raw), String(raw)).toThrow(InvalidAnswer);
  });

  it('says the limits, the unit, and a reason where there is one', () => {
    expect(refusal(() => port.parse(0)).expected).toBe('a whole number from 1 to 65535');
    expect(refusal(() => p95.parse(0)).expected).toBe('a whole number from 1 to 60000 (milliseconds)');
    expect(refusal(() => goal.parse(1)).expected).toBe('a number from 90 to 99.999');
    for (const raw of [100, '100', '100%', '100.000']) expect(refusal(() => goal.parse(raw)).expected).toBe('possible');
  });

  it('publishes a schema that takes what parse takes', () => {
    expect(port.schema).toEqual({ type: 'integer', minimum: 1, maximum: 65_535 });
    const [, written] = (p95.schema as { anyOf: { pattern: string }[] }).anyOf;
    expect(new RegExp(written?.pattern ?? '').test('500ms')).toBe(true);
    expect(new RegExp(written?.pattern ?? '').test('500')).toBe(false);
  });
});

describe('text and confirm', () => {
  const name = text('name', { ...words, pattern: /^[a-z]+$/, expected: 'a word' });
  it('trims, takes numbers as text, and is anchored', () => {
    expect(name.parse(' orders ')).toBe('orders');
    expect(text('n', { ...words, pattern: /^\d+$/, expected: 'digits' }).parse(22)).toBe('22');
    for (const raw of ['', 'a b', 'orders\nrm', null, true, ['a']])
      expect(refusal(() => name.parse(raw)).expected).toBe('a word');
  });

  it('takes yes and no in the words of YAML and of people', () => {
    const question = confirm('c', words);
    for (const raw of [true, 'true', 'yes']) expect(question.parse(raw)).toBe(true);
    for (const raw of [false, 'false', 'no']) expect(question.parse(raw)).toBe(false);
    for (const raw of [1, 'maybe', null, '']) expect(refusal(() => question.parse(raw)).expected).toBe('yes or no');
  });
});

describe('defaults', () => {
  it('gives the suggestion, else the default with its reason, else nothing', () => {
    const suggesting = integer('p', {
      ...words,
      minimum: 0,
      maximum: 9,
      default: 1,
      suggest: ({ persona }) => (persona === 'workflow' ? { value: 5, source: 'detected', why: 'seen' } : undefined),
    });
    expect(suggesting.suggest(context)).toEqual({ value: 5, source: 'detected', why: 'seen' });
    const other = { ...context, persona: 'automator' } as const;
    expect(suggesting.suggest(other)).toEqual({ value: 1, source: 'default', why: 'our default' });
    expect(integer('p', { ...words, minimum: 0, maximum: 9 }).suggest(context)).toBeUndefined();
  });

  it('keeps a default that is false or zero', () => {
    expect(confirm('c', { ...words, default: false }).suggest(context)?.value).toBe(false);
    expect(integer('i', { ...words, minimum: 0, maximum: 1, default: 0 }).suggest(context)?.value).toBe(0);
  });
});

describe('nearest', () => {
  it.each([
    ['verfiy', ['verify', 'version'], 'verify'],
    ['services.orders.prot', ['services.orders.path', 'services.orders.port'], 'services.orders.port'],
    ['xyz', ['plan', 'init'], null],
    ['anything', [], null],
  ])('%j among %j is %j', (word, values, expected) => {
    expect(nearest(word, values)).toBe(expected);
  });
});

describe('defineGenerator', () => {
  const parts = { title: 'T', summary: 'S', files: () => [] };
  it('fills what a declaration leaves out', () => {
    const made = defineGenerator({ id: 'ci-github', ...parts });
    expect(made.questions).toEqual([]);
    expect(made.applies({} as never)).toBe(true);
    expect(made.nextSteps({} as never)).toEqual([]);
  });
  it.each(['CI', 'ci_github', '-ci', 'ci-', '', '1ci', '../ci'])('refuses the id %j', (id) => {
    expect(() => defineGenerator({ id, ...parts })).toThrow('kebab-case');
  });
});
